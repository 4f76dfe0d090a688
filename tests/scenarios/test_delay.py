"""A site that lets what people post appear some minutes later: until then it is nowhere, for anybody but editors and whoever has its private link."""
import time

import samples
from harness import PATIENCE, Scenario, id_of

ADMIN = ("ada", "admin", "correct horse staple")
EVERYWHERE = ["/", "/newswire", "/topic/housing", "/feed.atom", "/newswire/feed.rss", "/newswire/feed.json", "/comments/feed.atom", "/gallery", "/search?q=lanternfish", "/hidden", "/log",
              "/log.json", "/author/qzlaterzq"]


class Delay(Scenario):
    conf = {"moderation": {"delay_minutes": "120"}}
    people = [ADMIN]

    def arrive(self, table, number):
        """Its minute comes: the row is set back, as if time had passed; then a reader's page says when it is there."""
        self.site.execute(f"UPDATE {table} SET posted = posted - 7200000000 WHERE id = {number}")
        end = time.monotonic() + PATIENCE
        while self.site.rows(f"SELECT status FROM {table} WHERE id = {number}") != [("0",)]:
            self.assertLess(time.monotonic(), end, "it does not appear")
            self.visitor().get("/")

    def nowhere(self, mark, *more):
        for where in (*EVERYWHERE, *more):
            self.assertNotIn(mark, self.visitor().get(where, follow=True).text, where)

    def test_an_article_is_nowhere_until_its_minute(self):
        author = self.visitor()
        before = {where: self.visitor().get(where).body for where in ("/", "/newswire", "/feed.atom")}
        form = author.get("/publish").form("form#publish")
        kind = next(o for o in form.options("type") if o and o != "event")
        sent = author.send(form.set(title="The qzlatertitle", body="Words of qzlaterbody and a lanternfish.", author="qzlaterzq", type=kind, topic=["housing"]), "publish",
                           [("files", "one.png", "image/png", samples.png(90, 80, 3))])
        self.assertEqual(sent.status, 303)
        receipt = author.get(sent.location)
        self.assertIn("within 120 minutes", receipt.text)
        article, edit = (receipt.page.one(f"a[rel={rel}]")["href"] for rel in ("bookmark", "edit"))
        number = id_of(article)
        self.assertEqual({where: self.visitor().get(where).body for where in before}, before)
        self.nowhere("qzlater")
        # Its address says just what an address says where nothing ever was.
        missing, there = self.visitor().get("/article/999999"), self.visitor().get(f"/article/{number}")
        self.assertEqual((there.status, there.text), (404, missing.text))
        for where in (f"/article/{number}/print", f"/article/{number}/comment", f"/article/{number}/comments/feed.atom", f"/article/{number}/email"):
            self.assertEqual(self.visitor().get(where).status, 404, where)
        sha = self.site.rows(f"SELECT f.sha FROM file f JOIN attachment t ON t.file = f.id WHERE t.article = {number}")[0][0].removeprefix("\\x")
        self.assertEqual(self.visitor().get(f"/media/{sha}/file").status, 404)
        # Who has the private link sees it, and may correct it; an editor sees it, too.
        self.assertIn("qzlaterbody", author.get(edit).text)
        self.assertEqual(author.send(author.get(edit).form("form#correct").set(title="The qzlatertitle, corrected"), "correct").status, 303)
        self.assertIn("on its way", self.editor("ada").get("/editor").text)
        self.assertIn("qzlaterbody", self.editor("ada").get(article, follow=True).text)
        self.nowhere("qzlater")
        # Sent again, it is the same, and its writer is told so.
        again = author.send(author.get("/publish").form("form#publish").set(title="Twice qzlater", body="B", type=kind), "publish")
        self.assertEqual(again.status, 303)
        again = author.send(author.get("/publish").form("form#publish").set(title="Twice qzlater", body="B", type=kind), "publish")
        self.assertEqual(again.status, 200)
        self.assertIn("here already", again.text)
        posted = int(self.site.rows(f"SELECT posted FROM article WHERE id = {number}")[0][0])
        self.assertTrue(posted % 60_000_000 == 0 and 0 < posted / 1e6 - time.time() <= 7260)
        self.arrive("article", number)
        for where in ("/", "/newswire", "/topic/housing", "/feed.atom", f"/article/{number}"):
            self.assertIn("qzlatertitle", self.visitor().get(where, follow=True).text, where)
        self.assertEqual(self.visitor().get(f"/media/{sha}/file").status, 200)

    def test_a_comment_is_nowhere_until_its_minute(self):
        ada, visitor = self.editor("ada"), self.visitor()
        form = ada.get("/publish").form("form#publish")
        sent = ada.send(form.set(title="By an editor", body="At once.", type=next(o for o in form.options("type") if o and o != "event")), "publish")
        article = self.visitor().get(self.visitor().get(ada.get(sent.location).page.one("a[rel=bookmark]")["href"]).url).url
        before = self.visitor().get(article).body
        sent = visitor.comment(article, "A qzremark.")
        self.assertEqual(sent.status, 200)
        self.assertIn("within 120 minutes", sent.text)
        self.assertEqual(visitor.comment(article, "A qzremark.").status, 200)
        (number,), = self.site.rows(f"SELECT id FROM comment WHERE article = {id_of(article)}")
        self.assertEqual(self.visitor().get(article).body, before)
        self.nowhere("qzremark", article, f"/comment/{number}", f"/article/{id_of(article)}/comments/feed.atom")
        missing, there = self.visitor().get("/comment/999999"), self.visitor().get(f"/comment/{number}")
        self.assertEqual((there.status, there.text), (404, missing.text))
        self.assertEqual(self.site.rows(f"SELECT comments FROM article WHERE id = {id_of(article)}"), [("0",)])
        self.assertIn("on its way", ada.get("/editor").text)
        self.arrive("comment", number)
        self.assertIn("qzremark", self.visitor().get(article).text)
        self.assertIn("qzremark", self.visitor().get("/comments/feed.atom").text)
        self.assertEqual(self.site.rows(f"SELECT comments FROM article WHERE id = {id_of(article)}"), [("1",)])
        self.assertEqual(self.site.check().returncode, 0)

    def test_an_editor_refuses_it_before_it_is_shown(self):
        author, ada = self.visitor(), self.editor("ada")
        article, _edit = author.published("A qzspam", "Sold.")
        self.assertEqual(ada.act(f"/editor/article/{id_of(article)}", "hide", reason="spam").status, 303)
        self.assertNotIn("qzspam", self.visitor().get("/hidden").text)
        self.assertRegex(self.visitor().get("/log").text, r"Article \d+, not published")
        self.site.execute("UPDATE article SET posted = posted - 7200000000 WHERE status = 5")
        self.assertNotIn("qzspam", self.visitor().get("/newswire").text)
