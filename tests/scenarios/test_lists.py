"""Lists page by keyset: whoever follows the links sees every article exactly once, whatever is posted meanwhile."""
import re
from datetime import datetime, timezone

from harness import Scenario, id_of

COUNT = 75


class Lists(Scenario):
    @classmethod
    def settle(cls):
        from harness import Client
        poster = Client(cls.server)
        cls.articles = [id_of(poster.published(f"Listed {i}", f"Words number {i}.", type="news", topic=["housing"])[0]) for i in range(COUNT)]
        poster.close()

    def walk(self, where, meanwhile=lambda: None):
        seen = []
        for _page in range(40):
            reply = self.client.get(where)
            self.assertEqual(reply.status, 200, reply)
            rows = reply.page.all("main article.row[data-id]")
            seen += [int(r["data-id"]) for r in rows]
            meanwhile()
            older = reply.page.all(".pager a[rel=next]")
            if not older:
                return seen
            where = older[0]["href"]
            self.assertRegex(where, r"[?&]before=")
        self.fail("the pages do not end")

    def test_each_exactly_once_while_new_ones_come(self):
        fresh = iter(range(1000))
        poster = self.visitor()
        for where in ("/newswire", "/topic/housing", "/type/news"):
            seen = self.walk(where, lambda: poster.published(f"Between {next(fresh)}", f"Between {next(fresh)}", type="news", topic=["housing"]))
            self.assertEqual(len(seen), len(set(seen)), f"{where} shows an article twice")
            self.assertEqual([a for a in seen if a in set(self.articles)], self.articles[::-1], where)

    def test_days_and_times(self):
        row = self.client.get("/newswire").page.one("article.row time")
        self.assertRegex(row.text, r"^\d\d:\d\d$", "the day stands above")
        self.assertIn(row.text, row["datetime"])
        day = self.client.get("/newswire").page.one(".day").text
        self.assertRegex(day, r"^\d+ [A-Z][a-z]+ \d{4}$")
        self.assertRegex(self.client.get("/search?q=Listed").page.one("article.row time").text, r"^\d+ [A-Z][a-z]+ \d{4}$", "a search has no days above its rows")

    def test_by_month(self):
        month = re.match(r"(\d{4})-(\d{2})", self.client.get("/newswire").page.one("article.row time")["datetime"])
        seen = self.walk(f"/archive/{month.group(1)}/{month.group(2)}")
        self.assertTrue(set(self.articles) <= set(seen))
        self.assertEqual(self.client.get("/archive/2004/13").status, 404)
        self.assertEqual(self.client.get("/archive/1999/01").status, 200)

    def test_odd_cursors(self):
        for cursor in ("x", "%00", "9" * 400, "-1", "1-1", "../..", "%ff"):
            self.assertIn(self.client.get(f"/newswire?before={cursor}").status, (200, 400, 404), cursor)

    def test_unknown_terms(self):
        for where in ("/type/none", "/topic/none", "/region/none", "/type/", "/topic"):
            self.assertEqual(self.client.get(where).status, 404, where)


class Months(Scenario):
    """From the newswire one comes to every month."""

    @classmethod
    def settle(cls):
        from harness import Client
        poster = Client(cls.server)
        for i, day in enumerate(("2004-05-21", "2004-12-31", "2006-01-01")):
            poster.published(f"Of {day}", f"Words of {day}.")
            cls.site.execute(f"UPDATE article SET precision = 0, posted = {int(datetime.fromisoformat(day + 'T12:00+00:00').timestamp()) * 1000000} WHERE id = {i + 1}")
        poster.published("Of today", "Words of today.") # and what the server had ready is stale
        poster.close()

    def months(self, where):
        nav = self.client.get(where).page.one("nav.months")
        return [a.text for a in nav.all("a")], [a["href"] for a in nav.all("a")], [a.text for a in nav.all("a[aria-current]")]

    def test_every_month_is_offered(self):
        texts, hrefs, _ = self.months("/newswire")
        now = datetime.now(timezone.utc)
        self.assertEqual(hrefs[0], f"/archive/{now:%Y/%m}")
        self.assertEqual(texts[0], f"{now:%B %Y}")
        self.assertEqual(texts[-3:], ["2006", "2005", "2004"])
        texts, hrefs, current = self.months(hrefs[-1])
        self.assertEqual(texts[-8:], [f"{m} 2004" for m in ("December", "November", "October", "September", "August", "July", "June", "May")])
        self.assertEqual(current, ["December 2004"])
        self.assertEqual(self.listed("/archive/2004/12"), ["Of 2004-12-31"])
        self.assertEqual(self.listed(hrefs[-1]), ["Of 2004-05-21"])
        self.assertEqual(self.listed("/archive/2005/12"), [])

    def test_lists_of_other_things_have_none(self):
        self.assertFalse(self.client.get("/type/news").page.has("nav.months"))


class Beginnings(Scenario):
    """What stands in a list for a summary or a title that nobody gave is what readers read, not what its author typed."""

    TYPED = {"html": "<h2>Head</h2><p>Some <b>bold</b> words &amp; <a href=\"https://example.org/\">a link</a>.</p>",
             "markdown": "## Head\n\nSome **bold** words & [a link](https://example.org/).", "plain": "Head\n\nSome bold words & a link."}

    def test_of_articles_and_of_comments(self):
        for way, typed in self.TYPED.items():
            article, _ = self.client.published(f"In {way}", typed, format=way)
            self.assertEqual(self.client.comment(article, typed, format=way, author=way).status, 303)
        for row in self.client.get("/type/news").page.all("article.row"):
            self.assertEqual(row.one(".summary").text, "Head Some bold words & a link.", row.text)
        latest = self.client.get("/").page.all(".latest li")
        self.assertEqual([li.one("a").text for li in latest], ["Head Some bold words & a link."] * 3)

    def test_marks_of_files_are_none_of_it(self):
        self.client.published("Marked", "Before.\n\n{{file 1}}\n\nAfter.", type="review")
        self.assertEqual(self.client.get("/type/review").page.one(".row .summary").text, "Before. After.")


class Empty(Scenario):
    def test_a_search_asks_for_nothing_that_it_does_not_look_at(self):
        names = {n["name"] for n in self.client.get("/search?q=x").page.all("form#search [name]")}
        self.assertEqual(names, {"q"})

    def test_a_site_with_nothing_in_it(self):
        for where in ("/", "/newswire", "/features", "/local", "/log", "/hidden", "/search", "/search?q=x", "/type/news", "/topic/media"):
            self.assertEqual(self.client.get(where).status, 200, where)
