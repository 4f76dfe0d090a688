"""The anti-spam number: the picture, the sum in words, each used once, neither typed too fast."""
import re

from harness import Scenario

WORDS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
         "nineteen twenty").split()


def work_out(text):
    numbers = [WORDS.index(w) for w in re.findall(r"[a-z]+", text.lower()) if w in WORDS[1:]]
    assert len(numbers) == 2, f"no sum of two numbers in {text!r}"
    return str(sum(numbers))


class Number(Scenario):
    conf = {"spam": {"challenge": "number", "least_seconds": "0"}}

    def answer(self, client):
        """As somebody who cannot see the picture: the link on the form, and the sum there."""
        link = client.get("/publish").page.one("form#publish .challenge a[href]")["href"]
        page = client.get(link)
        self.assertEqual(page.status, 200, page)
        return work_out(page.page.one("main").text)

    def test_the_sum_in_words_lets_a_post_through_once(self):
        answer = self.answer(self.client)
        self.assertEqual(self.client.publish("Counted", "Words.", answer=answer).status, 303)
        self.assertRefused(self.client.publish("Counted again", "Other words.", answer=answer), "answer")

    def test_a_wrong_number_loses_nothing(self):
        answer = self.answer(self.client)
        wrong = self.client.publish("Miscounted", "Many careful words.", answer=str(int(answer) + 1), summary="Short.")
        self.assertRefused(wrong, "answer")
        form = wrong.form("form#publish")
        self.assertEqual(form.value("body").strip(), "Many careful words.")
        self.assertEqual(form.value("summary"), "Short.")
        self.assertEqual(self.client.send(form.set(answer=answer), "publish").status, 303)

    def test_no_number_and_no_cookie(self):
        self.assertRefused(self.client.publish("Uncounted", "Words."), "answer")
        self.assertRefused(self.visitor().publish("Uncounted", "Words.", answer="7"), "answer")

    def test_somebody_elses_number(self):
        answer = self.answer(self.visitor())
        self.assertRefused(self.client.publish("Borrowed", "Words.", answer=answer), "answer")

    def test_preview_asks_for_no_number(self):
        self.assertEqual(self.client.publish("Looked at", "Words.", press="preview").status, 200)

    def test_a_comment_asks_too(self):
        answer = self.answer(self.client)
        article, _ = self.client.published("Commented", "Words for a comment.", answer=answer)
        self.assertEqual(self.client.comment(article, "No number.").status, 422)
        self.assertEqual(self.client.comment(article, "A number.", answer=self.answer(self.client)).status, 303)

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
        link = self.client.get("/publish").page.one("form#publish .challenge a[href]")["href"]
        answer = work_out(self.client.get(link).page.one("main").text)
        self.assertRefused(self.client.publish("Fast", "Words.", answer=answer), "answer")


class Limits(Scenario):
    conf = {"spam": {"challenge": "none", "limit_posts_per_hour": "3"}}

    def test_more_than_the_limit(self):
        statuses = [self.client.publish(f"Many {i}", f"Words {i}.").status for i in range(5)]
        self.assertEqual(statuses, [303, 303, 303, 429, 429])
        self.assertEqual(self.client.publish("Looked at", "x", press="preview").status, 200)
        self.assertEqual(self.visitor("127.0.0.9").publish("Another place", "Words from there.").status, 303)
