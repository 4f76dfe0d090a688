"""Readers comment."""
import time

from harness import PATIENCE, Scenario, id_of

EDITOR = ("ed", "editor", "correct horse staple")


class Comments(Scenario):
    people = [EDITOR]

    def setUp(self):
        super().setUp()
        self.article, _ = self.client.published(f"About {self.id()}", f"Words for {self.id()}.")

    def test_the_latest_stand_beside_other_articles_within_a_moment(self):
        """Not at once: or each comment anywhere would have every page made anew."""
        other, _ = self.client.published("Beside which the latest comments stand", "Words.")
        here, _ = self.client.published("Where something is remarked", "Words.")
        self.client.get(other)
        self.client.comment(here, "Seen from beside.")
        self.assertIn("Seen from beside.", self.client.get(here).text)
        end = time.monotonic() + PATIENCE
        while not any("Seen from beside." in li.text for li in self.client.get(other).page.all(".latest li")):
            self.assertLess(time.monotonic(), end, "it is not told of")

    def comments(self):
        return self.visitor().get(self.article).page.all("section#comments article.comment")

    def test_quick(self):
        reply = self.client.comment(self.article, "Well *said*.", author="Bo", format="markdown")
        self.assertEqual(reply.status, 303, reply)
        place, _, anchor = reply.headers["Location"].partition("#")
        self.assertTrue(place.endswith(self.article), reply.headers["Location"])
        [comment] = self.comments()
        self.assertEqual(comment["id"], anchor)
        self.assertIn("Bo", comment.text)
        self.assertEqual(comment.one(".body em").text, "said")
        number = anchor.removeprefix("comment-")
        jump = self.client.get(f"/comment/{number}")
        self.assertEqual(jump.status, 303)
        self.assertTrue(jump.headers["Location"].endswith(f"{self.article}#{anchor}"))

    def test_full_form_with_preview(self):
        link = self.client.get(self.article).page.one("form#quick-comment a[href]")["href"]
        form = self.client.get(link).form("form#full-comment")
        form.set(title="On the whole", body="<p>Yes, <b>but</b></p>", format="html", author="Cy")
        preview = self.client.send(form, "preview")
        self.assertEqual(preview.status, 200, preview)
        self.assertEqual(self.comments(), [])
        seen = preview.page.one(".preview .body").outline()
        reply = self.client.send(preview.form("form#full-comment"), "publish")
        self.assertEqual(reply.status, 303, reply)
        [comment] = self.comments()
        self.assertEqual(comment.one("h3").text, "On the whole")
        self.assertEqual(comment.one(".body").outline(), seen)

    def test_refused_with_everything_kept(self):
        reply = self.client.comment(self.article, "", author="Di", format="markdown")
        self.assertRefused(reply, "body")
        form = reply.form("main form")
        self.assertEqual(form.value("author"), "Di")
        self.assertEqual(form.value("format"), "markdown")
        self.assertRefused(self.client.comment(self.article, "x" * 65537), "body")
        self.assertRefused(self.client.comment(self.article, "x", website="y"), "website")
        self.assertRefused(self.client.comment(self.article, "x", email="odd"), "email")
        self.assertEqual(self.comments(), [])

    def test_sent_twice_is_there_once(self):
        first, second = (self.client.comment(self.article, "Once is enough.") for _ in range(2))
        self.assertEqual((first.status, second.status), (303, 303))
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self.comments()), 1)

    def test_in_the_order_they_came(self):
        for i in range(5):
            self.client.comment(self.article, f"Number {i}.")
        self.assertEqual([c.one(".body").text for c in self.comments()], [f"Number {i}." for i in range(5)])

    def test_locked(self):
        form = self.client.get(self.article).form("form#quick-comment")
        desk = f"/editor/article/{id_of(self.article)}"
        editor = self.editor()
        self.assertEqual(editor.act(desk, "lock").status, 303)
        self.assertFalse(self.visitor().get(self.article).page.has("form#quick-comment"))
        refused = self.client.send(form.set(body="Too late."))
        self.assertEqual(refused.status, 403)
        self.assertIn("Too late.", refused.text)
        self.assertEqual(self.comments(), [])
        self.assertEqual(editor.act(desk, "unlock").status, 303)
        self.assertEqual(self.client.comment(self.article, "In time.").status, 303)

    def test_hidden(self):
        reply = self.client.comment(self.article, "Buy my wonderful wares.")
        number = reply.headers["Location"].rpartition("-")[2]
        desk = f"/editor/comment/{number}"
        editor = self.editor()
        self.assertEqual(editor.act(desk, "hide").status, 422)
        self.assertEqual(editor.act(desk, "hide", reason="spam", note="Wares.").status, 303)
        page = self.visitor().get(self.article)
        self.assertNotIn("wonderful wares", page.text)
        self.assertNotIn("wonderful wares", self.visitor().get("/").text)
        hidden = self.visitor().get("/hidden").page.text
        self.assertIn("wonderful wares", hidden)
        self.assertIn("Spam or advertising", hidden)
        self.assertEqual(editor.act(desk, "unhide").status, 303)
        self.assertIn("wonderful wares", self.visitor().get(self.article).text)

    def test_an_article_that_is_not_there(self):
        self.assertEqual(self.client.post("/article/99999/comment", {"body": "x", "action": "publish"}).status, 404)
        self.assertEqual(self.client.get("/article/99999/comment").status, 404)
        self.assertEqual(self.client.get("/comment/99999").status, 404)


class Many(Scenario):
    """More comments than one page shows: each is found where its address says."""

    COUNT = 203

    @classmethod
    def settle(cls):
        from harness import Client
        poster = Client(cls.server)
        cls.article, _ = poster.published("Much talked about", "Words.")
        cls.answers = [poster.comment(cls.article, f"Remark number {i}.") for i in range(cls.COUNT)]
        poster.close()

    def follow(self, where):
        """The page that an address leads to, and what stands behind its '#'."""
        for _redirect in range(4):
            where, _, mark = where.partition("#")
            reply = self.client.get(where)
            if reply.status != 303:
                self.assertEqual(reply.status, 200, where)
                return reply.page, mark
            where = reply.location
        self.fail("it goes on and on")

    def test_who_wrote_sees_what_was_written(self):
        for i in (0, 199, 200, 202):
            self.assertEqual(self.answers[i].status, 303)
            page, mark = self.follow(self.answers[i].location)
            self.assertEqual(page.one(f"#{mark} .body").text, f"Remark number {i}.")

    def test_permalinks_and_the_latest_lead_to_them(self):
        latest = self.client.get("/").page.one(".latest li a")
        page, mark = self.follow(latest["href"])
        self.assertEqual(page.one(f"#{mark} .body").text, f"Remark number {self.COUNT - 1}.")
        for node in (page.all("article.comment")[-1], self.client.get(self.article).page.all("article.comment")[150]):
            there, mark = self.follow(node.one("a.permalink")["href"])
            self.assertEqual(there.one(f"#{mark} .body").text, node.one(".body").text)

    def test_from_later_comments_one_comes_to_the_first(self):
        first = self.client.get(self.article).page
        self.assertEqual([a.text for a in first.all("nav.pager a")], ["Later comments"])
        later = self.client.get(first.one("nav.pager a")["href"]).page
        self.assertEqual(len(later.all("article.comment")), self.COUNT - 200)
        [back] = later.all("nav.pager a")
        self.assertEqual(back.text, "First comments")
        self.assertEqual(len(self.client.get(back["href"]).page.all("article.comment")), 200)
