"""What a first view weighs on the wire."""
from harness import Scenario

SANITIZED = False


class Weight(Scenario):
    init = ("--demo",)

    def wire(self, where):
        reply = self.client.get(where, Accept_Encoding="gzip")
        self.assertEqual(reply.status, 200, where)
        return reply, len(reply.raw) + sum(len(k) + len(v) + 4 for k, v in reply.headers.items())

    def first_view(self, where):
        page, total = self.wire(where)
        for link in page.page.all("link[rel=stylesheet], link[rel=icon], script[src]"):
            total += self.wire(link.get("href") or link["src"])[1]
        return page.page, total

    def test_an_article_is_under_30_kb_without_pictures(self):
        for row in self.client.get("/newswire").page.all("article.row h2 a")[:8]:
            _page, total = self.first_view(row["href"])
            self.assertLess(total, 30 * 1000, row["href"])

    def test_the_front_page_too(self):
        self.assertLess(self.first_view("/")[1], 40 * 1000)

    def test_one_stylesheet_under_20_kb(self):
        [sheet] = self.client.get("/").page.all("link[rel=stylesheet]")
        reply = self.client.get(sheet["href"])
        self.assertLess(len(reply.body), 20 * 1000)
        self.assertTrue(reply.headers["Content-Type"].startswith("text/css"))

    def test_the_demo_is_worth_looking_at(self):
        page = self.client.get("/").page
        self.assertTrue(page.has(".nameplate"))
        self.assertGreaterEqual(len(page.all("article[data-id]")), 8)
        self.assertGreaterEqual(len(page.all(".block")), 3)
        checked = self.site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertGreaterEqual(len(self.client.get("/newswire").page.all("article.row")), 10)
        lead = page.one(".lead img")
        self.assertTrue(lead["alt"])
        self.assertEqual(self.client.get(lead["src"]).status, 200)
        self.assertGreaterEqual(len(self.client.get("/gallery").page.all(".gallery img[alt]")), 5)
        commented = [a for a in page.all("a") if "comment" in a.text]
        self.assertTrue(commented)
