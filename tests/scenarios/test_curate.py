"""What editors take away, and what stays of it: purged, hidden before it was shown, withdrawn, corrected by two at once."""
import contextlib
import hashlib
import json
import time

from chain import verify
from harness import CLUSTER, PATIENCE, Scenario, command, id_of, together

ADMIN = ("ada", "admin", "correct horse staple")
EDITOR = ("ed", "editor", "another long word")


class Curating(Scenario):
    people = [ADMIN, EDITOR]

    def desk(self, article):
        return f"/editor/article/{id_of(article)}"

    def log(self):
        return json.loads(self.visitor().get("/log.json").text)["entries"]

    def entries(self):
        return [e.text for e in self.visitor().get("/log").page.all(".entry")]

    def test_a_purge_leaves_no_word(self):
        ada = self.editor("ada", "correct horse staple")
        words = ["qztitlezq", "qzbodyzq", "qzsummaryzq", "qzauthorzq", "qzmailzq", "qzcommentzq", "qznotezq", "qzoldzq", "qzletterzq", "qzlognotezq"]
        article, edit = self.visitor().published("The qztitlezq", "With qzoldzq.", summary="Of qzsummaryzq.", author="Qzauthorzq", email="qzmailzq@example.org",
                                                 topic=["housing"])
        stays, _ = self.visitor().published("Its neighbour", "Words of a neighbour.")
        author = self.visitor()
        self.assertEqual(author.send(author.get(edit).form("form#correct").set(body="With qzbodyzq."), "correct").status, 303)
        self.assertEqual(author.send(author.get(edit).form("form#write").set(message="A qzletterzq."), "letter").status, 303)
        article = self.visitor().get(f"/article/{id_of(article)}").headers["Location"]
        self.assertEqual(self.visitor().comment(article, "A qzcommentzq.").status, 303)
        self.assertEqual(ada.act(self.desk(article), "lock", note="Since qzlognotezq.").status, 303)
        self.assertEqual(ada.act(self.desk(article), "hide", reason="unlawful", note="For qznotezq.").status, 303)
        self.assertEqual(ada.act(self.desk(article), "purge").status, 422)
        form = ada.get(self.desk(article)).form("form#purge")
        self.assertEqual(ada.send(form.set(reason="unlawful", note="As the court said."), "purge").status, 303)
        for where in ("/", "/newswire", "/topic/housing", "/hidden", "/log", "/log.json", article, "/search?q=qzbodyzq", "/search?q=qztitlezq"):
            reply = self.visitor().get(where, follow=True)
            for word in words:
                self.assertNotIn(word, reply.text.replace("q=" + word, "").replace(f'value="{word}"', "").replace(f"“{word}”", ""), f"{word} on {where}")
        self.assertEqual(self.visitor().get(article).status, 404)
        self.assertEqual(self.visitor().get(edit).status, 404)
        self.assertIn("Its neighbour", self.listed())
        self.assertIn(f"Article {id_of(article)} [removed]", " ".join(self.entries()))
        self.assertIn("As the court said.", self.entries()[0])
        about = [e for e in self.log() if e["article"] == id_of(article)]
        self.assertEqual([(e["action"], e["title"], e["note"]) for e in about],
                         [("purge", "", "As the court said."), ("hide", "[removed]", "[removed]"), ("lock", "[removed]", "[removed]")])
        self.assertEqual(ada.get(self.desk(article)).status, 200)
        self.assertEqual(ada.act(self.desk(article), "purge", reason="unlawful").status, 409)
        verify(self.log())
        self.assertEqual(command("log", "verify", self.site.path).returncode, 0)
        self.forgotten(words)
        self.assertEqual(self.site.check().returncode, 0, self.site.check())

    def forgotten(self, words):
        """Waits until work has forgotten, and looks for the words in every file as it stands then."""
        last, at, until = [], self.visitor(), time.monotonic() + PATIENCE
        while time.monotonic() < until:
            last = self.site.rows("SELECT count(DISTINCT value), count(*) FROM setting WHERE name IN ('forget', 'forgotten')")
            if last == [("1", "2")]:
                break
            at.get("/healthz")
        self.assertEqual(last, [("1", "2")])
        if CLUSTER:
            return  # when the server's old rows go from its files is its own affair
        for path in self.site.path.rglob("*"):
            held = path.read_bytes().lower() if path.is_file() else b""
            for word in words:
                self.assertNotIn(word.encode(), held, path)
                self.assertNotIn(word.encode()[1:], held, path)

    def test_a_purged_comment_leaves_its_neighbours(self):
        ada = self.editor("ada", "correct horse staple")
        article, _ = self.visitor().published("A disputed story", "Words of it.")
        ids = [self.visitor().comment(article, body).headers["Location"].rsplit("-", 1)[1] for body in ("Unlawful zqremarkqz.", "A fair remark.")]
        self.assertEqual(ada.act(f"/editor/comment/{ids[0]}", "hide", reason="hate", note="That zqremarkqz.").status, 303)
        self.assertEqual(ada.send(ada.get(f"/editor/comment/{ids[0]}").form("form#purge").set(reason="unlawful"), "purge").status, 303)
        self.assertEqual(ada.act(f"/editor/comment/{ids[0]}", "unhide").status, 409)
        text = self.visitor().get(article).text
        self.assertNotIn("zqremarkqz", text)
        self.assertIn("A fair remark.", text)
        self.assertNotIn("zqremarkqz", self.visitor().get("/log").text + self.visitor().get("/log.json").text + self.visitor().get("/hidden").text)
        verify(self.log())

    def test_titles_of_what_was_withdrawn_are_told_nowhere(self):
        ed = self.editor("ed", "another long word")
        article, edit = self.visitor().published("A qqregrettedqq title", "Words taken back.")
        told = self.visitor().comment(article, "A remark about it.")
        comment = told.headers["Location"].rsplit("-", 1)[1]
        self.assertEqual(ed.act(self.desk(article), "feature").status, 303)
        self.assertEqual(ed.act(f"/editor/comment/{comment}", "hide", reason="hate").status, 303)
        self.assertIn("qqregrettedqq", self.visitor().get("/log").text)
        self.assertIn("qqregrettedqq", self.visitor().get("/hidden").text)
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        for where in ("/", "/log", "/log.json", "/hidden", "/newswire"):
            self.assertNotIn("qqregrettedqq", self.visitor().get(where).text.lower(), where)
        self.assertIn(f"Article {id_of(article)}, withdrawn by its author", " ".join(self.entries()))
        self.assertIn(f"article {id_of(article)}, withdrawn by its author", self.visitor().get("/hidden").page.text)
        self.assertNotIn("A remark about it.", self.visitor().get("/hidden").text)
        self.assertIn("[withdrawn]", [e["title"] for e in self.log()])
        verify(self.log())
        self.assertIn("qqregrettedqq", ed.get("/editor").text)

    def test_withdrawing_what_is_hidden_keeps_why(self):
        ed = self.editor("ed", "another long word")
        article, edit = self.visitor().published("Hidden first", "Words.")
        self.assertEqual(ed.act(self.desk(article), "hide", reason="hate", note="It threatens.").status, 303)
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        self.assertEqual([(e["actor"], e["action"], e["reason"]) for e in self.log()[:2]], [("author", "withdraw", "hate"), ("ed", "hide", "hate")])
        self.assertIn("it was hidden before: Hatred or threats", self.entries()[0])
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 409)
        self.assertEqual(len([e for e in self.log() if e["article"] == id_of(article)]), 2)

    def test_an_author_s_mail_address_is_not_an_editor_s(self):
        ed = self.editor("ed", "another long word")
        article, edit = self.visitor().published("By somebody", "Words.", author="Somebody", email="somebody@private.example")
        for where in (self.desk(article), self.desk(article) + "/edit", "/editor"):
            self.assertNotIn("private.example", ed.get(where).text, where)
        form = ed.get(self.desk(article) + "/edit").form("form#edit")
        self.assertEqual(ed.send(form.set(title="By somebody, mended"), "edit").status, 303)
        mine = self.visitor().get(edit).form("form#correct")
        self.assertIn(("email", "somebody@private.example"), [tuple(f) for f in mine.fields])
        self.assertNotIn("private.example", self.visitor().get(article, follow=True).text)

    def test_an_edit_of_what_another_changed_is_not_lost(self):
        ed, ada = self.editor("ed", "another long word"), self.editor("ada", "correct horse staple")
        article, edit = self.visitor().published("Edited by two", "Words.")
        first, second = (c.get(self.desk(article) + "/edit").form("form#edit") for c in (ed, ada))
        mine = self.visitor().get(edit).form("form#correct")
        self.assertEqual(ed.send(first.set(title="The first edit"), "edit").status, 303)
        rows = len(self.log())
        late = ada.send(second.set(title="The second edit"), "edit")
        self.assertEqual(late.status, 409, late)
        self.assertIn("Somebody else has changed this article", late.alerts)
        self.assertIn(("title", "The second edit"), [tuple(f) for f in late.form("form#edit").fields])
        self.assertEqual(len(self.log()), rows)
        self.assertEqual(self.visitor().get(article, follow=True).page.one("h1").text, "The first edit")
        author = self.visitor().send(mine.set(title="The author's edit"), "correct")
        self.assertEqual(author.status, 409, author)
        self.assertEqual(ada.send(late.form("form#edit"), "edit").status, 303)
        self.assertEqual(self.visitor().get(article, follow=True).page.one("h1").text, "The second edit")

    def test_of_editors_at_once_one_is_first(self):
        article, _ = self.visitor().published("Wanted by many", "Words.")
        editors = [self.editor(*p) for p in (("ed", "another long word"), ("ada", "correct horse staple")) * 3]
        tokens = [e.token(self.desk(article)) for e in editors]
        for action, more in (("feature", {}), ("lock", {}), ("hide", {"reason": "spam"}), ("unhide", {})):
            rows, answers = len(self.log()), []

            def act(client, token, action=action, more=more, answers=answers):
                answers.append(client.post(self.desk(article), {"action": action, "token": token, **more}))

            together(*(lambda c=c, t=t: act(c, t) for c, t in zip(editors, tokens)))
            self.assertEqual(sorted(a.status for a in answers), [303] + [409] * 5)
            self.assertEqual(len(self.log()), rows + 1)
            for refused in (a for a in answers if a.status == 409):
                self.assertIn("It already is so", refused.page.text)

    def test_acts_on_what_they_do_not_fit(self):
        ed = self.editor("ed", "another long word")
        article, edit = self.visitor().published("Unfit", "Words.")
        rows = len(self.log())
        for action in ("unhide", "approve", "unlock", "unfeature", "demote"):
            reply = ed.act(self.desk(article), action)
            self.assertEqual(reply.status, 409, action)
            self.assertGreater(len(reply.page.one("main").text), 40)
        self.assertEqual(self.visitor().post(edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        for action in ("feature", "promote", "lock", "unhide", "approve"):
            self.assertEqual(ed.act(self.desk(article), action).status, 409, action)
        self.assertEqual(ed.get(self.desk(article) + "/edit").status, 409)
        self.assertEqual(len(self.log()), rows + 1)


class Held(Scenario):
    conf = {"moderation": {"wire": "held"}, "comments": {"mode": "held"}}
    people = [ADMIN, EDITOR]

    def setUp(self):
        super().setUp()
        self.ed = self.editor("ed", "another long word")

    def approved(self, title, body):
        article, edit = self.visitor().published(title, body)
        desk = f"/editor/article/{id_of(article)}"
        self.assertEqual(self.ed.act(desk, "approve").status, 303)
        return article, edit, desk

    def test_hiding_what_waits_shows_it_to_nobody(self):
        article, edit = self.visitor().published("A qqwaitingqq title", "Words of qqwaitingqq.", author="Qqwriterqq")
        desk = f"/editor/article/{id_of(article)}"
        self.assertEqual(self.ed.act(desk, "hide", reason="hate", note="It threatens.").status, 303)
        reply = self.visitor().get(article)
        self.assertEqual(reply.status, 404)
        for where in (article, article + "/print", f"/article/{id_of(article)}/comment", f"/article/{id_of(article)}/email", "/hidden", "/log", "/log.json", "/"):
            for word in ("qqwaitingqq", "qqwriterqq"):
                self.assertNotIn(word, self.visitor().get(where, follow=True).text.lower().replace("a-qqwaitingqq-title", ""), where)
        hidden = self.visitor().get("/hidden").page.text
        self.assertIn(f"Article {id_of(article)}, not published", hidden)
        self.assertIn("It threatens.", hidden)
        self.assertIn("qqwaitingqq", self.ed.get(desk).text)
        self.assertIn("Nobody but editors can read this", self.ed.get(desk).text)
        self.assertEqual(self.visitor().send(self.visitor().get(edit).form("form#correct").set(title="Another"), "correct").status, 409)
        self.assertEqual(self.ed.act(desk, "approve").status, 409)
        self.assertEqual(self.ed.act(desk, "unhide").status, 303)
        self.assertEqual(self.visitor().get(article).status, 404)
        self.assertEqual(self.ed.act(desk, "approve").status, 303)
        self.assertEqual(self.visitor().get(article).status, 200)

    def test_hiding_a_comment_that_waits_shows_it_to_nobody(self):
        article, _, _ = self.approved("With comments", "Words.")
        told = self.visitor().comment(article, "A qqremarkqq.", author="Qqpersonqq")
        comment = told.headers["Location"].rsplit("-", 1)[1]
        page = self.visitor().get(article)
        self.assertNotIn("qqremarkqq", page.text)
        self.assertIn("This comment is waiting for an editor", page.text)
        self.assertEqual(self.ed.act(f"/editor/comment/{comment}", "hide", reason="spam").status, 303)
        for where in (article, "/hidden", "/log", "/"):
            for word in ("qqremarkqq", "qqpersonqq"):
                self.assertNotIn(word, self.visitor().get(where).text.lower(), where)
        self.assertIn(f"Comment {comment}, not published", self.visitor().get("/hidden").page.text)

    def test_a_correction_of_what_was_approved_is_shown_and_put_before_editors(self):
        article, edit, desk = self.approved("Approved once", "Words.")
        self.assertNotIn("Corrected after approval", self.ed.get("/editor").text)
        author = self.visitor()
        self.assertEqual(author.send(author.get(edit).form("form#correct").set(title="Corrected since"), "correct").status, 303)
        self.assertEqual(self.visitor().get(article, follow=True).page.one("h1").text, "Corrected since")
        self.assertIn("Corrected after approval (1)", self.ed.get("/editor").page.text)
        seen = self.ed.get(desk)
        self.assertIn("Its author has corrected it", seen.page.text)
        self.assertEqual(author.send(author.get(edit).form("form#correct").set(title="Corrected twice"), "correct").status, 303)
        rows = len(json.loads(self.visitor().get("/log.json").text)["entries"])
        late = self.ed.send(seen.form("form#decide"), "approve")
        self.assertEqual(late.status, 409, late)
        self.assertIn("look at it again", late.page.text)
        self.assertEqual(self.ed.send(self.ed.get(desk).form("form#decide"), "approve").status, 303)
        self.assertEqual(len(json.loads(self.visitor().get("/log.json").text)["entries"]), rows + 1)
        self.assertNotIn("Corrected after approval", self.ed.get("/editor").text)
        self.assertEqual(self.ed.act(desk, "approve").status, 409)
