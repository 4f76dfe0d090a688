"""What authors take back: articles and comments, withdrawn for readers and kept for the editors for some days, or erased at once; and what is left of it."""
import contextlib
import json
import re
import sqlite3
import time

import samples
from harness import CLUSTER, PATIENCE, Scenario, command, id_of, only_sqlite, path_of

ADMIN = ("ada", "admin", "correct horse staple")
DAY = 24 * 3600 * 10**6


def sent(data, name):
    return ("files", name, "application/octet-stream", data)


class Authors(Scenario):
    conf = {"moderation": {"withdrawn_days": "30"}}
    people = [ADMIN]

    def setUp(self):
        super().setUp()
        self.ada = self.editor("ada", "correct horse staple")

    def commented(self, article, body, client=None, **fields):
        """Comments by the quick form; (number, private link) as its writer is told."""
        client = client or self.visitor()
        reply = client.comment(article, body, **fields)
        self.assertEqual(reply.status, 303, reply)
        place = reply.headers["Location"]
        self.assertRegex(place, rf"^/article/{id_of(article)}/[^?]*#comment-\d+$")
        page = client.get(place.partition("#")[0])
        [link] = page.page.all(f"#{place.partition('#')[2]} a[rel=edit]")
        return int(place.rpartition("-")[2]), path_of(link["href"], page)

    def form(self, edit, which):
        return self.visitor().get(edit).form(f"form#{which}")

    def take_back(self, edit, how):
        reply = self.visitor().send(self.form(edit, how).set(confirm="1"), how)
        self.assertEqual(reply.status, 303, reply)
        return self.visitor().get(reply.location)

    def log(self):
        return json.loads(self.visitor().get("/log.json").text)["entries"]

    def days_pass(self, table, number, days):
        """They are over: the server finds out when it looks next, which is at its start at the latest."""
        self.site.execute(f"UPDATE {table} SET hidden = hidden - {days * DAY} WHERE id = {number}")

    def restart(self):
        self.assertEqual(self.server.stop(), 0)
        type(self).server = self.site.start()

    def wait_for(self, what):
        at, until = self.visitor(), time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if what():
                return
            at.get("/healthz")
        self.fail("it does not come about")

    def status(self, table, number):
        return int(self.site.rows(f"SELECT status FROM {table} WHERE id = {number}")[0][0])

    # Where words are looked for.

    def wait_until_forgotten(self):
        self.wait_for(lambda: self.site.rows("SELECT count(DISTINCT value), count(*) FROM setting WHERE name IN ('forget', 'forgotten')") == [("1", "2")])

    def tables(self):
        if CLUSTER:
            return [r[0] for r in self.site.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")]
        return [r[0] for r in self.site.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'article_text_%' AND name <> 'article_text'")]

    def held(self):
        """All that is kept: every file of the site, and on PostgreSQL every value of every table."""
        found = {str(p.relative_to(self.site.path)): p.read_bytes() for p in self.site.path.rglob("*") if p.is_file()}
        if CLUSTER:
            for table in self.tables():
                found[table] = "\n".join(r[0] for r in self.site.rows(f"SELECT t::text FROM {table} t")).encode()
        return {name: data.lower() for name, data in found.items()}

    def assert_kept(self, words):
        held = self.held()
        if CLUSTER:  # where they are to be gone from, they must have been found
            held = {**{n: d for n, d in held.items() if n not in self.tables()}, **self.files_of_tables()}
        for word in words:
            self.assertTrue(any(word.encode() in data for data in held.values()), f"{word} was looked for wrongly")

    def files_of_tables(self):
        """PostgreSQL's own files of this site's tables: on a site as small as this they are written anew."""
        CLUSTER.sql("CHECKPOINT")
        number = CLUSTER.sql(f"SELECT oid FROM pg_database WHERE datname = '{self.site.database}'")
        return {f"base/{p.name}": p.read_bytes().lower() for p in (CLUSTER.data / "base" / number).iterdir() if p.is_file()}

    def assert_gone(self, words):
        self.wait_until_forgotten()
        for name, data in {**self.held(), **(self.files_of_tables() if CLUSTER else {})}.items():
            for word in words:
                self.assertNotIn(word.encode(), data, name)
                self.assertNotIn(word.encode()[1:], data, name)  # the index keeps of a word what differs from the one before it

    def assert_sound(self):
        self.assertEqual(command("log", "verify", self.site.path).returncode, 0)
        checked = command("check", self.site.path, "--deep")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def whole_article(self, mark):
        """An article in which every place holds a word of its own; (article, edit, words)."""
        w = {k: f"{mark}{k}" for k in ("title", "old", "summary", "body", "author", "mail", "source", "related", "alt", "caption", "filename", "filetext", "letter", "lognote",
                                       "comment", "commenter", "commentmail")}
        client = self.visitor()
        form = client.get("/publish").form("form#publish").set(
            title=f"The {w['title']}", body=f"With {w['old']}.", summary=f"Of {w['summary']}.", author=w["author"], email=f"{w['mail']}@example.org", type="news",
            source=w["source"], source_url=f"https://{w['source']}.example/", related=[f"https://{w['related']}.example/"], topic=["housing"])
        fields = [(k, v) for k, v in form.fields if k not in ("alt", "caption", "order")] + [
            ("alt", w["alt"]), ("caption", w["caption"]), ("alt", ""), ("caption", ""), ("keep", "2"), ("action", "publish")]
        files = [sent(samples.png(seed=hash(mark) % 1000), "a.png"), sent(f"Minutes with {w['filetext']}.\n".encode(), f"{w['filename']}.txt")]
        reply = client.post("/publish", fields, files, multipart=True)
        self.assertEqual(reply.status, 303, reply.alerts if reply.status != 303 else "")
        receipt = client.get(reply.location)
        article, edit = (path_of(receipt.page.one(f"a[rel={rel}]")["href"], receipt) for rel in ("bookmark", "edit"))
        form = client.get(edit).form("form#correct").set(body=f"With {w['body']}.")
        self.assertEqual(client.post(edit, [*form.fields, ("action", "correct")], [], multipart=True).status, 303)
        self.assertEqual(client.send(client.get(edit).form("form#write").set(message=f"A {w['letter']}."), "letter").status, 303)
        self.commented(article, f"A {w['comment']}.", author=w["commenter"], email=f"{w['commentmail']}@example.org")
        desk = f"/editor/article/{id_of(article)}"
        self.assertEqual(self.ada.act(desk, "lock", note=f"Since {w['lognote']}.").status, 303)
        return article, edit, list(w.values())

    # Articles.

    def test_an_author_is_told_both_ways_and_how_they_differ(self):
        article, edit = self.visitor().published("Told both ways", "Words.")
        page = self.visitor().get(edit).page
        withdraw, erase = page.one("form#withdraw").text, page.one("form#erase").text
        self.assertIn("For 30 days the editors can still read it", withdraw)
        self.assertIn("erased by itself", withdraw)
        self.assertIn("nobody can bring them back", erase)
        self.assertIn("public log says that its author erased it", erase)
        self.assertIn("copies are out of our reach", page.one(".taking-back").text)
        for which in ("withdraw", "erase"):  # neither without its box
            reply = self.visitor().send(self.form(edit, which), which)
            self.assertRefused(reply, which)
            self.assertIn("tick the box", reply.alerts)
        self.assertEqual(self.visitor().get(article).status, 200)

    def test_what_an_author_erases_leaves_no_word_in_any_file(self):
        article, edit, words = self.whole_article("qqa")
        self.assert_kept(words)
        media = {p for p in (self.site.path / "media").rglob("*") if p.is_file()}
        where = self.visitor().get(article, follow=True).url
        told = self.take_back(edit, "erase")
        self.assertEqual(told.status, 200)
        self.assertIn("It is erased", told.page.one("h1").text)
        self.assertEqual(self.visitor().get(edit).status, 404)
        self.assertEqual(self.visitor().post(edit, {"action": "erase", "confirm": "1"}).status, 404)
        self.assertEqual(self.visitor().get(where).status, 404)
        self.assertIn("erased by its author", self.visitor().get(where).text)
        self.assertEqual([(e["actor"], e["action"], e["title"]) for e in self.log() if e["article"] == id_of(article)],
                         [("author", "erase", ""), ("ada", "lock", "[removed]")])
        self.assertIn("Erased", self.visitor().get("/log").page.one(".entry").text)
        self.assert_gone(words)
        self.assertTrue({p for p in (self.site.path / "media").rglob("*") if p.is_file()} < media)
        self.assert_sound()

    def test_what_is_withdrawn_is_kept_for_editors_for_its_days_and_then_gone(self):
        article, edit, words = self.whole_article("qqb")
        number, desk = id_of(article), f"/editor/article/{id_of(article)}"
        page = self.visitor().get(article, follow=True)
        picture = path_of(page.page.one(".body img, .gallery img, figure img")["src"], page)
        told = self.take_back(edit, "withdraw")
        self.assertIn("Your article is withdrawn.", told.page.text)
        self.assertIn("It is kept for them until", told.page.text)
        self.assertFalse(told.page.has("form#withdraw"))
        self.assertTrue(told.page.has("form#erase"))
        for where in ("/", "/newswire", "/log", "/log.json", "/hidden", "/feed.atom", "/search?q=qqbbody", f"/article/{number}", f"/article/{number}/print"):
            for word in set(words) - {"qqblognote"}:  # what an editor noted stands in the log until it is erased
                self.assertNotIn(word, self.visitor().get(where, follow=True).text.lower().replace("q=qqbbody", "").replace('value="qqbbody"', "").replace("“qqbbody”", "")
                                 .replace(f"/article/{number}/the-qqbtitle", ""), where)
        self.assertEqual(self.visitor().get(picture).status, 404)
        seen = self.ada.get(desk)
        self.assertIn("It is kept for you until", seen.page.text)
        for word in ("qqbtitle", "qqbbody", "qqbletter", "qqbcomment"):
            self.assertIn(word, seen.text)
        self.assertEqual(self.ada.get(picture).status, 200)
        self.assert_kept(words)
        self.days_pass("article", number, 29)
        self.restart()
        self.ada = self.editor("ada", "correct horse staple")
        other, other_edit = self.visitor().published("Withdrawn long ago", "Words.")
        self.take_back(other_edit, "withdraw")
        self.days_pass("article", id_of(other), 31)
        self.restart()
        self.wait_for(lambda: self.status("article", id_of(other)) == 4)
        self.assertEqual(self.status("article", number), 3)
        self.days_pass("article", number, 1)
        self.restart()
        self.wait_for(lambda: self.status("article", number) == 4)
        self.assertEqual([(e["actor"], e["action"]) for e in self.log() if e["article"] == number], [("site", "erase"), ("author", "withdraw"), ("ada", "lock")])
        self.assertEqual(self.visitor().get(edit).status, 404)
        self.assert_gone(words)
        self.assert_sound()

    def test_what_editors_look_into_cannot_be_erased(self):
        hidden, hidden_edit = self.visitor().published("A threat", "Words.")
        self.assertEqual(self.ada.act(f"/editor/article/{id_of(hidden)}", "hide", reason="hate").status, 303)
        asked, asked_edit = self.visitor().published("Asked about", "Words.")
        self.site.execute(f"INSERT INTO letter (article, at, editor, text) VALUES ({id_of(asked)}, 60000000, 'ada', 'Is that so?')")
        for edit, word in ((hidden_edit, "hidden it"), (asked_edit, "wait for your answer")):
            page = self.visitor().get(edit).page
            self.assertIn(word, page.one("form#erase").text)
            self.assertFalse(page.has("form#erase button"))
            reply = self.visitor().post(edit, {"action": "erase", "confirm": "1"})
            self.assertEqual(reply.status, 409, reply)
            self.assertIn(word, reply.alerts)
        self.assertEqual(self.visitor().post(hidden_edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        self.assertEqual(self.visitor().post(hidden_edit, {"action": "erase", "confirm": "1"}).status, 409)
        self.assertIn("A threat", self.ada.get(f"/editor/article/{id_of(hidden)}").text)
        self.assertEqual(self.visitor().send(self.form(asked_edit, "write").set(message="It is."), "letter").status, 303)
        self.take_back(asked_edit, "erase")

    # Comments.

    def test_who_comments_is_offered_a_private_link_and_nobody_else_is(self):
        article, _ = self.visitor().published("Commented upon", "Words.")
        writer, other = self.visitor(), self.visitor()
        reply = writer.comment(article, "The first word.")
        self.assertEqual(reply.status, 303)
        [cookie] = reply.headers.get_all("Set-Cookie")
        self.assertRegex(cookie, rf"^receipt=[0-9a-f]+; Path=/article/{id_of(article)}; Max-Age=600; HttpOnly; SameSite=Lax$")
        first = writer.get(reply.location.partition("#")[0])
        [link] = first.page.all("a[rel=edit]")
        key = link["href"].rpartition("/")[2]
        self.assertRegex(key, r"^[0-9a-f]{32,}$")
        self.assertNotIn(key, cookie)
        self.assertIn(link["href"], reply.text)  # for who sends it by a program
        self.assertNotIn(key, self.site.path.joinpath("site.conf").read_text())
        self.assertEqual(first.headers["Cache-Control"], "private, no-store")
        again = writer.get(article)
        self.assertEqual(again.page.one("a[rel=edit]")["href"], link["href"])  # nothing is lost when the page is loaded anew
        for client in (other, self.visitor()):
            page = client.get(article)
            self.assertIn("The first word.", page.text)
            self.assertFalse(page.page.has("a[rel=edit]"))
            self.assertNotIn(key, page.text)
            self.assertEqual(page.headers["Cache-Control"], "no-cache")
        second, _ = self.visitor().published("Another article", "Words.")
        self.assertFalse(writer.get(second).page.has("a[rel=edit]"))
        [own] = [key for key in writer.scoped if key[1] == "receipt"]
        other.scoped[own] = "0" * len(cookie.split(";")[0].partition("=")[2])
        self.assertEqual(other.get(article).headers["Cache-Control"], "no-cache")  # one that is not ours makes no page anew
        other.cookies["receipt"] = writer.scoped[own]
        self.assertEqual(other.get(second).headers["Cache-Control"], "no-cache")
        twice = self.visitor().comment(article, "The first word.")
        self.assertEqual((twice.status, twice.headers.get("Set-Cookie")), (303, None))

    def test_the_link_is_offered_wherever_the_comment_stands(self):
        article, _ = self.visitor().published("Much commented upon", "Words.")
        client = self.visitor()
        for i in range(201):
            last = client.comment(article, f"Remark {i}.")
        self.assertRegex(last.headers["Location"], r"^/comment/\d+$")
        page = client.get(last.location, follow=True)
        [link] = page.page.all("a[rel=edit]")
        self.assertIn("Remark 200.", client.get(link["href"]).text)

    def test_a_comment_is_corrected_and_written_about(self):
        article, _ = self.visitor().published("Corrected below", "Words.")
        number, edit = self.commented(article, "A *slipp*.", format="markdown", author="Bo", email="bo@private.example")
        page = self.visitor().get(edit)
        self.assertIn("Corrected below", page.page.text)
        form = page.form("form#correct")
        self.assertEqual((form.value("body"), form.value("author"), form.value("format")), ("A *slipp*.", "Bo", "markdown"))
        preview = self.visitor().send(form.set(body="A *slip*."), "preview")
        self.assertEqual(preview.page.one(".preview .body em").text, "slip")
        saved = self.visitor().send(preview.form("form#correct"), "correct")
        self.assertEqual(saved.status, 303, saved)
        told = self.visitor().get(saved.location)
        self.assertIn("Your correction is published.", told.page.text)
        self.assertEqual(len(told.page.all("ol.revisions li")), 1)
        self.assertIn("<em>slip</em>", self.visitor().get(article).text)
        self.assertIn("modified", self.visitor().get(article).page.one(f"#comment-{number} .meta").text)  # who answered it sees that it changed
        late = self.visitor().send(form.set(body="From an older page."), "correct")
        self.assertEqual(late.status, 409, late)
        self.assertEqual(late.form("form#correct").value("body"), "From an older page.")
        self.assertRefused(self.visitor().send(self.form(edit, "correct").set(body=" "), "correct"), "body")
        self.assertEqual(self.visitor().send(self.form(edit, "write").set(message="Please look."), "letter").status, 303)
        self.assertIn("Please look.", self.visitor().get(edit).text)
        self.assertIn("Please look.", self.ada.get(f"/editor/comment/{number}").text)
        self.assertNotIn("Please look.", self.ada.get(f"/editor/article/{id_of(article)}").text)

    def test_a_withdrawn_comment_is_out_of_counts_and_feeds_and_its_place_says_so(self):
        article, _ = self.visitor().published("With two comments", "Words.")
        number, edit = self.commented(article, "A qqwithdrawnqq remark.", author="Qqsomebodyqq")
        self.commented(article, "One that stays.")
        told = self.take_back(edit, "withdraw")
        self.assertIn("Your comment is withdrawn.", told.page.text)
        page = self.visitor().get(article).page
        self.assertIn("1 comment", page.one("#comments-heading").text)
        self.assertEqual(page.one(f"#comment-{number} .notice").text, "Its author has withdrawn this comment.")
        for where in (article, "/", "/comments/feed.atom", f"/article/{id_of(article)}/comments/feed.atom", "/log", "/log.json", "/hidden"):
            text = self.visitor().get(where).text.lower()
            self.assertNotIn("qqwithdrawnqq", text, where)
            self.assertNotIn("qqsomebodyqq", text, where)
        seen = self.ada.get(f"/editor/comment/{number}")
        self.assertIn("qqwithdrawnqq", seen.text)
        self.assertIn("It is kept for you until", seen.page.text)
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 409)
        self.assertEqual(self.visitor().post(edit, {"action": "correct", "body": "Back again."}).status, 409)
        self.days_pass("comment", number, 31)
        self.restart()
        self.wait_for(lambda: self.status("comment", number) == 4)
        self.wait_for(lambda: "erased" in self.visitor().get(article).page.one(f"#comment-{number} .notice").text)
        self.assertEqual(self.visitor().get(edit).status, 404)
        self.assert_gone(["qqwithdrawnqq", "qqsomebodyqq"])
        self.assert_sound()

    def whole_comment(self, article, mark):
        w = {k: f"{mark}{k}" for k in ("title", "old", "body", "author", "mail", "alt", "caption", "filename", "filetext", "letter", "lognote")}
        client = self.visitor()
        form = client.get(f"/article/{id_of(article)}/comment").form("form#full-comment").set(title=w["title"], body=f"With {w['old']}.", author=w["author"], email=f"{w['mail']}@example.org")
        fields = [(k, v) for k, v in form.fields if k not in ("alt", "caption", "order")] + [("alt", w["alt"]), ("caption", w["caption"]), ("keep", "1"), ("action", "publish")]
        reply = client.post(form.action, fields, [sent(f"Minutes with {w['filetext']}.\n".encode(), f"{w['filename']}.txt")], multipart=True)
        self.assertEqual(reply.status, 303, reply)
        page = client.get(reply.location.partition("#")[0])
        edit = path_of(page.page.one("a[rel=edit]")["href"], page)
        number = int(reply.location.rpartition("-")[2])
        self.assertEqual(client.send(client.get(edit).form("form#correct").set(body=f"With {w['body']}."), "correct").status, 303)
        self.assertEqual(client.send(client.get(edit).form("form#write").set(message=f"A {w['letter']}."), "letter").status, 303)
        for action, more in (("hide", {"reason": "spam", "note": w["lognote"]}), ("unhide", {})):
            self.assertEqual(self.ada.act(f"/editor/comment/{number}", action, **more).status, 303)
        return number, edit, list(w.values())

    def test_an_erased_comment_leaves_no_word_and_its_place_says_so(self):
        article, _ = self.visitor().published("Under which one is erased", "Words that stay.")
        number, edit, words = self.whole_comment(article, "qqc")
        self.assert_kept(words)
        self.assertIn("It is erased", self.take_back(edit, "erase").page.one("h1").text)
        self.assertEqual(self.visitor().get(article).page.one(f"#comment-{number} .notice").text, "Its author has erased this comment.")
        self.assertEqual(self.visitor().get(edit).status, 404)
        self.assertEqual([(e["actor"], e["action"]) for e in self.log()[:1]], [("author", "erase")])
        self.assert_gone(words)
        self.assert_sound()

    def test_a_purged_comment_leaves_no_word_in_any_file(self):
        article, _ = self.visitor().published("Under which one is purged", "Words that stay.")
        number, edit, words = self.whole_comment(article, "qqd")
        form = self.ada.get(f"/editor/comment/{number}").form("form#purge")
        self.assertEqual(self.ada.send(form.set(reason="unlawful"), "purge").status, 303)
        self.assertIn("The editors have removed this comment for good", self.visitor().get(article).page.one(f"#comment-{number} .notice").text)
        self.assertEqual(self.visitor().get(edit).status, 404)
        self.assert_gone(words)
        self.assert_sound()

    def test_a_hidden_comment_cannot_be_erased(self):
        article, _ = self.visitor().published("Under which one is hidden", "Words.")
        number, edit = self.commented(article, "A threat.")
        self.assertEqual(self.ada.act(f"/editor/comment/{number}", "hide", reason="hate", note="It threatens.").status, 303)
        self.assertEqual(self.visitor().post(edit, {"action": "erase", "confirm": "1"}).status, 409)
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        self.assertEqual([(e["actor"], e["action"], e["reason"]) for e in self.log()[:1]], [("author", "withdraw", "hate")])
        self.assertEqual(self.visitor().post(edit, {"action": "erase", "confirm": "1"}).status, 409)
        self.assertIn("A threat.", self.ada.get(f"/editor/comment/{number}").text)

    def test_what_was_taken_back_can_be_said_anew(self):
        article, _ = self.visitor().published("Said twice", "Words.")
        first, edit = self.commented(article, "The same words.")
        self.take_back(edit, "withdraw")
        second, again = self.commented(article, "The same words.")
        self.assertNotEqual((first, edit), (second, again))


class Readers(Scenario):
    """Somebody who reads for long keeps the log from being emptied, and is kept waiting by nobody."""

    people = [ADMIN]

    @only_sqlite
    def test_erased_text_leaves_the_log_when_the_last_reader_of_it_is_gone(self):
        _, edit = self.visitor().published("Read for long", "Words of qqlongreadqq.")
        with contextlib.closing(sqlite3.connect(f"file:{self.site.path}/site.db?mode=ro", uri=True, isolation_level=None)) as db:
            db.execute("BEGIN")
            self.assertEqual(db.execute("SELECT count(*) FROM article WHERE body LIKE '%qqlongreadqq%'").fetchone(), (1,))
            self.assertEqual(self.visitor().post(edit, {"action": "erase", "confirm": "1"}).status, 303)
            for i in range(20):  # others read and write meanwhile
                self.assertEqual(self.visitor().publish(f"Written meanwhile {i}", "Words.").status, 303)
            self.assertEqual(db.execute("SELECT count(*) FROM article WHERE body LIKE '%qqlongreadqq%'").fetchone(), (1,))
            self.assertNotEqual(*self.counted())
            db.execute("COMMIT")
        until = time.monotonic() + PATIENCE
        while len(set(self.counted())) > 1:
            self.assertLess(time.monotonic(), until)
            self.visitor().get("/healthz")
        for path in self.site.path.rglob("*"):
            self.assertNotIn(b"qqlongreadqq", path.read_bytes() if path.is_file() else b"", path)

    def counted(self):
        found = dict(self.site.rows("SELECT name, value FROM setting WHERE name IN ('forget', 'forgotten')"))
        return found.get("forget"), found.get("forgotten")


class Held(Scenario):
    conf = {"moderation": {"wire": "held", "withdrawn_days": "0"}, "comments": {"mode": "held"}}
    people = [ADMIN]

    def setUp(self):
        super().setUp()
        self.ada = self.editor("ada", "correct horse staple")

    def test_what_waits_for_editors_can_be_withdrawn_and_not_erased(self):
        article, edit = self.visitor().published("Not yet read", "Words.")
        page = self.visitor().get(edit).page
        self.assertIn("have not looked at it yet", page.one("form#erase").text)
        self.assertIn("within minutes", page.one("form#withdraw").text)
        self.assertEqual(self.visitor().post(edit, {"action": "erase", "confirm": "1"}).status, 409)
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        self.assertEqual(self.visitor().get(article).status, 404)

    def test_a_comment_that_waits_has_its_link_and_a_correction_waits_again(self):
        article, _ = self.visitor().published("Under which all waits", "Words.")
        self.assertEqual(self.ada.act(f"/editor/article/{id_of(article)}", "approve").status, 303)
        writer = self.visitor()
        told = writer.comment(article, "A remark.")
        number = told.location.rpartition("-")[2]
        page = writer.get(told.location.partition("#")[0])
        self.assertIn("waiting for an editor", page.page.one(f"#comment-{number}").text)
        edit = path_of(page.page.one(f"#comment-{number} a[rel=edit]")["href"], page)
        self.assertEqual(self.ada.act(f"/editor/comment/{number}", "approve").status, 303)
        self.assertIn("1 comment", self.visitor().get(article).page.one("#comments-heading").text)
        form = writer.get(edit).form("form#correct")
        self.assertEqual(writer.send(form.set(body="Another remark."), "correct").status, 303)
        self.assertNotIn("remark.", self.visitor().get(article).page.one(f"#comment-{number}").text)
        self.assertEqual(self.ada.act(f"/editor/comment/{number}", "approve").status, 303)
        self.assertIn("Another remark.", self.visitor().get(article).text)
        self.assertTrue(re.search(r"1 comment\b", self.visitor().get(article).page.one("#comments-heading").text))
