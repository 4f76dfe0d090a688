"""The anti-spam number: the picture, the number in words, each good for one answer, neither typed too fast."""
import re

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


def in_words(client):
    """As somebody who cannot see the picture: the link on the form, and the sentence there."""
    link = client.get("/publish").page.one("form#publish .challenge a[href]")["href"]
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
        reply = self.client.get("/challenge")
        self.assertEqual(len(reply.page.all("h1")), 1)
        self.assertEqual(reply.page.one("html")["lang"], "en")
        self.assertEqual(reply.page.one("#number")["lang"], "en")
        self.assertTrue(reply.page.has("main a[href=/challenge]"))
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
        self.assertEqual(self.client.comment(article, "A number.", answer=in_words(self.client)).status, 303)

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
            for word in ("HttpOnly", "SameSite"):
                self.assertIn(word.lower(), cookie.lower())


class TooFast(Scenario):
    conf = {"spam": {"challenge": "number", "least_seconds": "60"}}

    def test_typed_faster_than_anybody_can(self):
        self.assertRefused(self.client.publish("Fast", "Words.", answer=in_words(self.client)), "answer")


class Guesses(Scenario):
    conf = {"spam": {"challenge": "number", "least_seconds": "0", "shared_factor": "1"}}

    def test_wrong_numbers_run_out(self):
        statuses = []
        for i in range(33):
            client = self.visitor()
            self.assertEqual(client.get("/challenge").status, 200)
            statuses.append(client.publish(f"Guess {i}", "Words.", answer="1").status)
        self.assertEqual(statuses, [422] * 30 + [429] * 3)
        answer = in_words(self.client)
        refused = self.client.publish("Right at last", "Words that stay.", answer=answer)
        self.assertEqual(refused.status, 429)
        self.assertIn("Retry-After", refused.headers)
        self.assertEqual(refused.form("form#publish").value("body").strip(), "Words that stay.")


class Limits(Scenario):
    conf = {"spam": {"challenge": "number", "least_seconds": "0", "limit_posts_per_hour": "3", "limit_comments_per_hour": "2", "shared_factor": "1"}}

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
        elsewhere = self.visitor("127.0.0.9")
        self.assertEqual(elsewhere.publish("Another place", "Words from there.", answer=in_words(elsewhere)).status, 303)

    def test_comments_and_corrections_too(self):
        client = self.visitor("127.0.0.5")
        article, edit = client.published("Limited", "Words to comment upon.", answer=in_words(client))
        for i in range(2):
            self.assertEqual(client.comment(article, f"Remark {i}.", answer=in_words(client)).status, 303)
        self.assertOften(client.comment(article, "A third remark.", author="Bo", answer=in_words(client)), "form#full-comment",
                         body="A third remark.", author="Bo")
        form = client.get(edit).form("form#correct")
        self.assertOften(client.send(form.set(body="Corrected words."), "correct"), "form#correct", body="Corrected words.")
        letter = client.get(edit).form("form#write")
        self.assertOften(client.send(letter.set(message="To the editors."), "letter"), "form#write", message="To the editors.")


class SharedAddress(Scenario):
    """An onion service, or a proxy that tells no address: all who come that way share one bucket, which is larger."""
    conf = {"spam": {"limit_posts_per_hour": "2", "shared_factor": "3"}}

    def test_the_shared_bucket(self):
        statuses = [self.visitor().publish(f"Shared {i}", f"Words {i}.").status for i in range(8)]
        self.assertEqual(statuses, [303] * 6 + [429] * 2)


class BehindProxy(Scenario):
    conf = {"listen": {"behind_proxy": "yes"}, "spam": {"limit_posts_per_hour": "2", "shared_factor": "1"}}

    def post(self, i, forwarded):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return self.client.post("/publish", {"title": f"Forwarded {i}", "body": f"Words {i}.", "type": "news", "action": "publish"}, headers=headers).status

    def test_clients_are_told_apart_by_what_the_proxy_added(self):
        self.assertEqual([self.post(i, "203.0.113.7") for i in range(3)], [303, 303, 429])
        self.assertEqual(self.post(3, "203.0.113.8"), 303)
        self.assertEqual(self.post(4, "203.0.113.8, 203.0.113.7"), 429, "only the last hop is the proxy's own word")
        self.assertEqual([self.post(5 + i, None) for i in range(3)], [303, 303, 429])
