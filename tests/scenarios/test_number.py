"""The anti-spam number: the picture, the number in words, each good for one answer, neither typed too fast."""
import re
import urllib.parse

import samples
from harness import Scenario

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER = set(ONES) | set(TENS) | {"hundred", "thousand", "and"}


def value_of(words):
    total = part = 0
    for word in words:
        if word in ONES:
            part += ONES.index(word)
        elif word in TENS:
            part += 20 + 10 * TENS.index(word)
        elif word == "hundred":
            part *= 100
        elif word == "thousand":
            total, part = part * 1000, 0
    return total + part


def work_out(sentence):
    """As a person reads it: digits one by one, two parts behind each other, or one number."""
    words = re.findall(r"[a-z]+|[,.:]", sentence.lower())
    if ":" in words:
        return "".join(str(ONES.index(w)) for w in words[words.index(":"):] if w in ONES)
    runs, run = [], []
    for word in [*words, "."]:
        if word in NUMBER and not (word == "and" and not run):
            run.append(word)
        elif run:
            runs.append(run)
            run = []
    runs = [r[:-1] if r[-1] == "and" else r for r in runs]
    return "".join(str(value_of(r)) for r in (runs if "plate" in words else runs[:1]))


def in_words(client, where="/publish"):
    """As somebody who cannot see the picture: the link on the form of that page, and the sentence there."""
    link = client.get(where).page.one("form .challenge a[href]")["href"]
    reply = client.get(link)
    assert reply.status == 200, reply
    return work_out(reply.page.one("#number").text)


class Number(Scenario):
    conf = {"spam": {"challenge": "number", "least_seconds": "0"}}

    def test_a_number_in_words_lets_a_post_through_once(self):
        for i in range(12):  # every kind of sentence
            answer = in_words(self.client)
            self.assertRegex(answer, r"^[1-9]\d{4,5}$")
            self.assertEqual(self.client.publish(f"Counted {i}", f"Words {i}.", answer=answer).status, 303)
        self.assertRefused(self.client.publish("Counted again", "Other words.", answer=answer), "answer")

    def test_the_page_in_words(self):
        reply = self.client.get("/publish/challenge")
        self.assertEqual(len(reply.page.all("h1")), 1)
        self.assertEqual(reply.page.one("html")["lang"], "en")
        self.assertEqual(reply.page.one("#number")["lang"], "en")
        self.assertTrue(reply.page.has("main a[href=/publish/challenge]"))
        self.assertNotIn("style", [n.tag for n in reply.page.walk()])
        self.assertIn("no-store", reply.headers["Cache-Control"])

    def test_a_wrong_number_loses_nothing_typed_and_is_spent(self):
        answer = in_words(self.client)
        wrong = self.client.publish("Miscounted", "Many careful words.", answer=str(int(answer) + 1), summary="Short.")
        self.assertRefused(wrong, "answer")
        form = wrong.form("form#publish")
        self.assertEqual(form.value("body").strip(), "Many careful words.")
        self.assertEqual(form.value("summary"), "Short.")
        again = self.client.send(form.set(answer=answer), "publish")
        self.assertRefused(again, "answer")
        self.assertEqual(self.client.send(again.form("form#publish").set(answer=in_words(self.client)), "publish").status, 303)

    def test_another_fault_costs_no_number(self):
        answer = in_words(self.client)
        refused = self.client.publish("", "Words.", answer=answer)
        self.assertRefused(refused, "title")
        self.assertRefused(self.client.publish("Trapped", "Words.", answer=answer, website="x"), "website")
        self.assertEqual(self.client.send(refused.form("form#publish").set(title="Titled", answer=answer), "publish").status, 303)

    def test_no_number_and_no_cookie(self):
        self.assertRefused(self.client.publish("Uncounted", "Words."), "answer")
        self.assertRefused(self.visitor().publish("Uncounted", "Words.", answer="7"), "answer")

    def test_somebody_elses_number(self):
        answer = in_words(self.visitor())
        self.assertRefused(self.client.publish("Borrowed", "Words.", answer=answer), "answer")

    def test_preview_asks_for_no_number(self):
        self.assertEqual(self.client.publish("Looked at", "Words.", press="preview").status, 200)

    def test_a_comment_asks_too(self):
        article, _ = self.client.published("Commented", "Words for a comment.", answer=in_words(self.client))
        self.assertEqual(self.client.comment(article, "No number.").status, 422)
        self.assertEqual(self.client.comment(article, "A number.", answer=in_words(self.client, article)).status, 303)

    def test_the_picture(self):
        page = self.client.get("/publish")
        self.assertNotIn("Set-Cookie", page.headers)
        self.assertEqual(page.body, self.visitor().get("/publish").body)
        picture = self.client.get(page.page.one("form#publish .challenge img")["src"])
        self.assertIn(picture.status, (200, 503))  # 503 only while none is drawn yet
        if picture.status == 200:
            self.assertEqual(picture.headers["Content-Type"], "image/png")
            self.assertTrue(picture.body.startswith(b"\x89PNG\r\n\x1a\n"))
            self.assertIn("no-store", picture.headers["Cache-Control"])
            cookie = picture.headers["Set-Cookie"]
            for word in ("HttpOnly", "SameSite", "Path=/publish;", "Max-Age=3600;"):
                self.assertIn(word.lower(), cookie.lower())

    def test_the_number_s_cookie_belongs_to_its_form(self):
        article, _ = self.client.published("Read by many", "Words to read.", answer=in_words(self.client))
        other, _ = self.client.published("Read by few", "Other words to read.", answer=in_words(self.client))
        reader = self.visitor()
        page = reader.get(article)
        self.assertEqual(page.page.one("form#quick-comment .challenge img").get("loading"), "lazy")
        action = page.form("form#quick-comment").action
        for kind in ("img", "a"):
            part = page.page.one(f"form#quick-comment .challenge {kind}")
            where = part.get("src") or part.get("href")
            self.assertEqual(where.rpartition("/")[0], urllib.parse.urlsplit(action).path)
            got = reader.get(where)
            if got.status == 200:
                self.assertIn(f"Path={where.rpartition('/')[0]};", got.headers["Set-Cookie"])
        self.assertEqual(reader.cookies, {}, "nothing for the whole site")
        for where in (article, "/", "/newswire", other, "/publish"):
            self.assertEqual(reader.sent(urllib.parse.urlsplit(where).path), [], where)
        answer = in_words(reader, article)
        self.assertEqual(reader.comment(other, "A number of another form.", answer=answer).status, 422)
        self.assertEqual(reader.comment(article, "Its own number.", answer=answer).status, 303)

    def test_one_form_may_be_open_several_times(self):
        first, second = in_words(self.client), in_words(self.client)
        self.assertEqual(self.client.publish("Opened first", "Words of the first.", answer=first).status, 303)
        self.assertEqual(self.client.publish("Opened second", "Words of the second.", answer=second).status, 303)

    def test_an_address_under_no_form_is_the_publish_form_s(self):
        answer = work_out(self.client.get("/challenge").page.one("#number").text)
        self.assertEqual(self.client.publish("An address of before", "Words of then.", answer=answer).status, 303)


class TooFast(Scenario):
    conf = {"spam": {"challenge": "number", "least_seconds": "60"}}

    def test_typed_faster_than_anybody_can(self):
        self.assertRefused(self.client.publish("Fast", "Words.", answer=in_words(self.client)), "answer")


class Guesses(Scenario):
    conf = {"listen": {"behind_proxy": "yes"}, "spam": {"challenge": "number", "least_seconds": "0"}}

    def test_wrong_numbers_run_out(self):
        statuses = []
        for i in range(33):
            client = self.visitor(forwarded="203.0.113.7")
            self.assertEqual(client.get("/publish/challenge").status, 200)
            statuses.append(client.publish(f"Guess {i}", "Words.", answer="1").status)
        self.assertEqual(statuses, [422] * 30 + [429] * 3)
        client = self.visitor(forwarded="203.0.113.7")
        refused = client.publish("Right at last", "Words that stay.", answer=in_words(client))
        self.assertEqual(refused.status, 429)
        self.assertIn("Retry-After", refused.headers)
        self.assertEqual(refused.form("form#publish").value("body").strip(), "Words that stay.")
        elsewhere = self.visitor(forwarded="203.0.113.8")
        self.assertEqual(elsewhere.publish("From elsewhere", "Other words.", answer=in_words(elsewhere)).status, 303)


class Limits(Scenario):
    conf = {"listen": {"behind_proxy": "yes"},
            "spam": {"challenge": "number", "least_seconds": "0", "limit_posts_per_hour": "3", "limit_comments_per_hour": "2"}}

    def setUp(self):
        self.client = self.visitor(forwarded="203.0.113.7")

    def assertOften(self, reply, form, **kept):
        self.assertEqual(reply.status, 429, reply)
        self.assertRegex(reply.headers["Retry-After"], r"^[1-9]\d{0,3}$")
        self.assertIn("in an hour", reply.alerts)
        form = reply.form(form)
        for name, value in kept.items():
            self.assertEqual(form.value(name).strip(), value)
        return form

    def test_more_than_the_limit_gives_the_form_back(self):
        for i in range(3):
            self.assertEqual(self.client.publish(f"Many {i}", f"Words {i}.", answer=in_words(self.client)).status, 303)
        answer = in_words(self.client)
        for _again in range(2):  # the number is not spent by being early
            self.assertOften(self.client.publish("One too many", "Careful words.", summary="Short.", author="Ada", answer=answer),
                             "form#publish", title="One too many", body="Careful words.", summary="Short.", author="Ada")
        self.assertEqual(self.client.publish("Looked at", "x", press="preview").status, 200)
        elsewhere = self.visitor(forwarded="203.0.113.9")
        self.assertEqual(elsewhere.publish("Another place", "Words from there.", answer=in_words(elsewhere)).status, 303)

    def test_comments_and_corrections_too(self):
        client = self.visitor(forwarded="203.0.113.5")
        article, edit = client.published("Limited", "Words to comment upon.", answer=in_words(client))
        for i in range(2):
            self.assertEqual(client.comment(article, f"Remark {i}.", answer=in_words(client, article)).status, 303)
        self.assertOften(client.comment(article, "A third remark.", author="Bo", answer=in_words(client, article)), "form#full-comment",
                         body="A third remark.", author="Bo")
        form = client.get(edit).form("form#correct")
        self.assertOften(client.send(form.set(body="Corrected words."), "correct"), "form#correct", body="Corrected words.")
        letter = client.get(edit).form("form#write")
        self.assertOften(client.send(letter.set(message="To the editors."), "letter"), "form#write", message="To the editors.")


class SharedAddress(Scenario):
    """An onion service, or a proxy that tells no address: all who come that way share one limit, which is larger."""
    conf = {"spam": {"challenge": "number", "least_seconds": "0", "limit_posts_per_hour": "2", "limit_comments_per_hour": "2", "shared_factor": "3"}}
    people = [("ed", "editor", "correct horse staple")]

    def test_beyond_the_limit_posts_wait_for_an_editor(self):
        shown = []
        for i in range(8):
            visitor = self.visitor()
            reply = visitor.publish(f"Shared {i}", f"Words {i}.", answer=in_words(visitor))
            self.assertEqual(reply.status, 303, reply)
            receipt = visitor.get(reply.location)
            held = "is with the editors" in receipt.page.one("h1").text
            shown.append(not held)
            if held:
                self.assertIn("Very much is being sent in just now. An editor reads it before it appears.", receipt.page.text)
        self.assertEqual(shown, [True] * 6 + [False] * 2)
        listed = self.listed()
        self.assertIn("Shared 5", listed)
        self.assertNotIn("Shared 6", listed)
        desk = self.editor().get("/editor/queue").page.text
        self.assertIn("Shared 6", desk)
        editor = self.editor()
        self.assertEqual(editor.publish("An editor's own", "Words of an editor.").status, 303)
        self.assertIn("An editor's own", self.listed(), "editors wait for nobody")

    def test_comments_beyond_it_too(self):
        article, _ = self.editor().published("Much commented", "Words to comment upon.")
        for i in range(8):
            visitor = self.visitor()
            reply = visitor.comment(article, f"Shared remark {i}.", answer=in_words(visitor, article))
            self.assertEqual(reply.status, 303, reply)
            said = visitor.get(reply.location).page.one(f"#{reply.location.partition('#')[2]}").text
            self.assertEqual("waiting for an editor" in said, i >= 6, said)


class SharedAttempts(Scenario):
    conf = SharedAddress.conf
    people = SharedAddress.people

    def test_what_was_not_written_uses_nothing_up(self):
        """Wrong numbers, previews, refused forms, the same thing twice: one sender's, by the dozen."""
        article, edit = self.editor().published("To guess at", "Words to guess at.")
        sender = self.visitor()
        for i in range(40):
            wrong = str(int(in_words(sender, article)) + 1)
            self.assertEqual(sender.comment(article, "A guess.", answer=wrong).status, 422)
            self.assertEqual(sender.comment(article, "A guess.", website="trapped").status, 422)
            self.assertEqual(sender.comment(article, "", answer="1").status, 422)
            self.assertEqual(sender.publish(f"Looked at {i}", "Words.", press="preview").status, 200)
        first = sender.comment(article, "Said once.", answer=in_words(sender, article))
        for _again in range(20):
            self.assertEqual(sender.comment(article, "Said once.", answer=in_words(sender, article)).status, 303)
        visitor = self.visitor()
        reply = visitor.comment(article, "Somebody else's remark.", answer=in_words(visitor, article))
        self.assertEqual(reply.status, 303)
        page = self.visitor().get(article).page
        self.assertIn("Somebody else's remark.", page.text)
        self.assertIn("Said once.", page.one(f"#{first.location.partition('#')[2]}").text)

    def test_a_private_link_has_a_limit_of_its_own(self):
        editor = self.editor()
        (_, edit), (_, other) = editor.published("Linked", "Words."), editor.published("Linked too", "More words.")
        author = self.visitor()
        write = lambda where, text: author.send(author.get(where).form("form#write").set(message=text), "letter").status  # noqa: E731
        self.assertEqual([write(edit, f"Letter {i}.") for i in range(4)], [303, 303, 429, 429])
        self.assertEqual([write(other, f"Letter {i}.") for i in range(3)], [303, 303, 429])


class SharedFiles(Scenario):
    """Files that nobody posts use a shared limit up; who shows a right number is taken all the same."""
    conf = {"spam": {"challenge": "number", "least_seconds": "0", "limit_files_per_hour": "1", "shared_factor": "2"}}

    def test_a_file_comes_with_a_right_number(self):
        sender, visitor = self.visitor(), self.visitor()
        picture = [("files", "a.png", "image/png", samples.png(60, 40))]
        statuses = [sender.publish(f"Looked at {i}", "Words.", press="preview", files=picture).status for i in range(4)]
        self.assertEqual(statuses, [200, 200, 429, 429])
        wrong = sender.publish("With a guess", "Words.", files=picture, answer=str(int(in_words(sender)) + 1))
        self.assertIn("one more than we take just now without the anti-spam number", wrong.alerts)
        reply = visitor.publish("With a picture", "Words.", files=picture, answer=in_words(visitor))
        self.assertEqual(reply.status, 303, reply)
        self.assertIn("is with the editors", visitor.get(reply.location).page.one("h1").text)


class BehindProxy(Scenario):
    conf = {"listen": {"behind_proxy": "yes"}, "spam": {"limit_posts_per_hour": "2", "shared_factor": "1"}}

    def post(self, i, forwarded):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return self.client.post("/publish", {"title": f"Forwarded {i}", "body": f"Words {i}.", "type": "news", "action": "publish"}, headers=headers).status

    def test_clients_are_told_apart_by_what_the_proxy_added(self):
        self.assertEqual([self.post(i, "203.0.113.7") for i in range(3)], [303, 303, 429])
        self.assertEqual(self.post(3, "203.0.113.8"), 303)
        self.assertEqual(self.post(4, "203.0.113.8, 203.0.113.7"), 429, "only the last hop is the proxy's own word")
        self.assertEqual([self.post(5 + i, None) for i in range(3)], [303, 303, 303], "refused to one, it would be refused to all")
