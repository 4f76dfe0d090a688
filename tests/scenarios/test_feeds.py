"""Every feed in every format: what its standard asks for, the order of its list, whole texts with whole addresses, and nothing that is not shown."""
import datetime
import email.utils
import json
import re
import xml.etree.ElementTree as ET

import podcast
import samples
from harness import TOP, Scenario, id_of, path_of

SITE = "https://example.org"
ATOM, CONTENT, DC = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/modules/content/}", "{http://purl.org/dc/elements/1.1/}"
TYPES = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")


def need(true, *what):
    assert true, what


def read_rss(data, self_address):
    rss = ET.fromstring(data)
    need(rss.tag == "rss" and rss.get("version") == "2.0" and len(rss) == 1, "not RSS 2.0")
    channel = rss[0]
    need(not list(podcast.each_once(channel, ("title", "link", "description", "language"), "channel")), ET.tostring(channel)[:500])
    need(all(n.tag.startswith("{") or n.tag in podcast.CHANNEL for n in channel), "channel")
    need([a.get("href") for a in channel.findall(ATOM + "link") if a.get("rel") == "self"] == [self_address], "self")
    entries = []
    for item in channel.findall("item"):
        need(all(n.tag.startswith("{") or n.tag in podcast.ITEM for n in item), "item")
        need(not list(podcast.each_once(item, ("link", "guid", "pubDate", DC + "creator", DC + "language"), "item")), ET.tostring(item)[:500])
        need(item.find("guid").get("isPermaLink") == "true" and podcast.is_address(item.findtext("guid")), "guid")
        need(podcast.is_date(item.findtext("pubDate")), item.findtext("pubDate"))
        need(len(item.findall("enclosure")) <= 1, "enclosures")
        licence = item.find(ATOM + "link")
        entries.append({
            "id": item.findtext("guid"), "url": item.findtext("link"), "title": item.findtext("title"), "content": item.findtext(CONTENT + "encoded"), "summary": item.findtext("description"),
            "author": item.findtext(DC + "creator"), "language": item.findtext(DC + "language"), "published": email.utils.parsedate_to_datetime(item.findtext("pubDate")),
            "tags": [c.text for c in item.findall("category")], "licence": licence is not None and licence.get("href"), "email": item.findtext("author"),
            "files": [(e.get("url"), e.get("type"), int(e.get("length"))) for e in item.findall("enclosure")]})
    return channel.findtext("title"), channel.findtext("link"), entries


def read_atom(data, self_address):
    feed = ET.fromstring(data)
    need(feed.tag == ATOM + "feed", "not Atom")
    need(not list(podcast.each_once(feed, (ATOM + "id", ATOM + "title", ATOM + "updated", f"{ATOM}author/{ATOM}name"), "feed")), "feed")
    need(RFC3339.fullmatch(feed.findtext(ATOM + "updated")), feed.findtext(ATOM + "updated"))
    links = {a.get("rel"): a.get("href") for a in feed.findall(ATOM + "link")}
    need(links["self"] == self_address == feed.findtext(ATOM + "id"), links)
    entries = []
    for entry in feed.findall(ATOM + "entry"):
        for name in ("id", "title", "published", "updated", "author"):
            need(len(entry.findall(ATOM + name)) == 1, name)
        need(RFC3339.fullmatch(entry.findtext(ATOM + "published")) and RFC3339.fullmatch(entry.findtext(ATOM + "updated")), "dates")
        need(entry.find(ATOM + "content").get("type") == "html", "content")
        by_rel = {}
        for a in entry.findall(ATOM + "link"):
            by_rel.setdefault(a.get("rel"), []).append(a)
        entries.append({
            "id": entry.findtext(ATOM + "id"), "url": by_rel["alternate"][0].get("href"), "title": entry.findtext(ATOM + "title"), "content": entry.findtext(ATOM + "content"),
            "summary": entry.findtext(ATOM + "summary"), "author": entry.findtext(f"{ATOM}author/{ATOM}name"), "language": entry.get("{http://www.w3.org/XML/1998/namespace}lang"),
            "published": datetime.datetime.fromisoformat(entry.findtext(ATOM + "published").replace("Z", "+00:00")), "tags": [c.get("label") for c in entry.findall(ATOM + "category")],
            "licence": by_rel["license"][0].get("href") if "license" in by_rel else False, "email": entry.findtext(f"{ATOM}author/{ATOM}email"),
            "files": [(a.get("href"), a.get("type"), int(a.get("length"))) for a in by_rel.get("enclosure", [])]})
    return feed.findtext(ATOM + "title"), links["alternate"], entries


def read_json(data, self_address):
    feed = json.loads(data)
    need(feed["version"] == "https://jsonfeed.org/version/1.1" and feed["feed_url"] == self_address and LANGUAGE.fullmatch(feed["language"]), feed["feed_url"])
    entries = []
    for i in feed["items"]:
        need("content_html" in i or "content_text" in i, i["id"])
        need(RFC3339.fullmatch(i["date_published"]), i["date_published"])
        entries.append({
            "id": i["id"], "url": i["url"], "title": i.get("title"), "content": i["content_html"], "summary": i.get("summary"), "author": i["authors"][0]["name"], "language": i["language"],
            "published": datetime.datetime.fromisoformat(i["date_published"].replace("Z", "+00:00")), "tags": i.get("tags", []),
            "files": [(a["url"], a["mime_type"], a["size_in_bytes"]) for a in i.get("attachments", [])]})
    return feed["title"], feed["home_page_url"], entries


READERS = {"rss": read_rss, "atom": read_atom, "json": read_json}


class Feeds(Scenario):
    init = ("--demo",)
    conf = {"site": {"url": SITE}}
    people = (("ed", "admin", "correct horse staple"),)

    def feed(self, where, form="json"):
        """(title, home, entries), read by the format's rules and checked for what all have in common."""
        where = f"{where.rstrip('/')}/feed.{form}"
        reply = self.visitor().get(where)
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, TYPES[form]), where)
        title, home, entries = READERS[form](reply.body, SITE + where)
        self.assertTrue(home.startswith(SITE + "/"), home)
        self.assertEqual(len({e["id"] for e in entries}), len(entries))
        for e in entries:
            for address in (e["id"], e["url"], *(f[0] for f in e["files"]), *re.findall(r'(?:href|src|cite)="([^"]*)"', e["content"])):
                self.assertRegex(address, r"^(https?://[^/ ]+/|https?://[^/ ]+$|mailto:)", where)
            self.assertTrue(e["author"] and LANGUAGE.fullmatch(e["language"]), e["id"])
        return title, home, entries

    def titles(self, where, form="json"):
        return [e["title"] for e in self.feed(where, form)[2]]

    def test_every_list_is_followed_in_its_order(self):
        for page, n in (("/newswire", 10), ("/features", 3), ("/local", 3), ("/type/news", 3), ("/topic/river", 2), ("/region/old-weir", 1), ("/author/maren-oduya", 1), ("/", 10)):
            rows = self.client.get("/newswire" if page == "/" else page).page.all("article.row h2 a")
            shown = [(SITE + path_of(a["href"], self.client.get(page)), a.text) for a in rows]
            self.assertGreaterEqual(len(shown), n, page)
            by_form = {form: self.feed(page, form) for form in READERS}
            for form, (title, home, entries) in by_form.items():
                self.assertEqual([(e["url"], e["title"]) for e in entries], shown, f"{page} as {form}")
                self.assertEqual(home, SITE + page)
                self.assertTrue(title.endswith("The Scenario"), title)
                for key in ("id", "content", "summary", "author", "language", "published", "tags"):
                    self.assertEqual([e[key] for e in entries], [e[key] for e in by_form["json"][2]], f"{key} of {page} as {form}")

    def test_comments_are_followed_too(self):
        article, _edit = self.client.published("Talked of & about", "Words.")
        first = self.client.comment(article, "The first remark, which has no title.", author="Ann & Bob")
        self.client.comment(article, "The second remark.")
        for form in READERS:
            for where, home in (("/comments", SITE + "/"), (f"/article/{id_of(article)}/comments", SITE + article)):
                title, page, entries = self.feed(where, form)
                self.assertEqual(page, home)
                self.assertEqual([e["summary"] for e in entries][:2], ["The second remark.", "The first remark, which has no title."])
                self.assertEqual((entries[1]["title"], entries[1]["author"], entries[0]["author"]), ("The first remark, which has no title.", "Ann & Bob", "Anonymous"))
                self.assertIn("<p>The first remark", entries[1]["content"])
            self.assertEqual((title, len(entries)), ("Comments on “Talked of & about” · The Scenario", 2))
            self.assertEqual(self.client.get(entries[1]["id"][len(SITE):], follow=True).url.partition("#")[0].endswith(article), True)
        number = first.location.rsplit("-", 1)[1]
        self.editor().act(f"/editor/comment/{number}", "hide", reason="spam")
        self.assertEqual([e["summary"] for e in self.feed(f"/article/{id_of(article)}/comments")[2]], ["The second remark."])
        self.assertNotIn("The first remark", self.visitor().get("/comments/feed.atom").text)
        self.editor().act(f"/editor/article/{id_of(article)}", "hide", reason="spam")
        self.assertNotIn("The second remark", self.visitor().get("/comments/feed.rss").text)
        for form in READERS:
            self.assertEqual(self.visitor().get(f"/article/{id_of(article)}/comments/feed.{form}").status, 404)
            self.assertEqual(self.visitor().get(f"/article/99999/comments/feed.{form}").status, 404)

    def test_all_that_an_article_tells(self):
        body = "# A heading\n\nSee [the list](/newswire) & more[^1].\n\n{{file 2}}\n\n]]> <b>bold</b>\n\n[^1]: A note.\n"
        fields = [("title", "Told ]]> & <whole>"), ("body", body), ("format", "markdown"), ("type", "news"), ("topic", "housing"), ("author", "Ann <O'Neil>"), ("email", "ann@example.org"),
                  ("email_public", "1"), ("licence", "cc-by-sa"), ("language", "en"), ("alt", "A \"picture\""), ("alt", ""), ("caption", "One"), ("caption", "Two"), ("action", "publish")]
        reply = self.client.post("/publish", fields, [("files", "a.png", "", samples.png(seed=90)), ("files", "b.wav", "", samples.wav(2, seed=91))], multipart=True)
        self.assertEqual(reply.status, 303, reply.alerts if reply.status == 422 else reply)
        article = path_of(self.client.get(reply.location).page.one("a[rel=bookmark]")["href"], reply)
        for form in READERS:
            entry = self.feed("/newswire", form)[2][0]
            self.assertEqual((entry["title"], entry["author"], entry["url"], entry["id"]), ("Told ]]> & <whole>", "Ann <O'Neil>", SITE + article, f"{SITE}/article/{id_of(article)}"))
            self.assertEqual(self.client.get(entry["id"][len(SITE):], follow=True).status, 200)
            self.assertIn(f'href="{SITE}/newswire"', entry["content"])
            self.assertRegex(entry["content"], f'href="{SITE}{article}#[^"]+"')
            self.assertIn("A &quot;picture&quot;", entry["content"])
            self.assertNotIn("{{file", entry["content"])
            self.assertLess(entry["content"].index("b.wav" if "b.wav" in entry["content"] else "sound-2.wav"), entry["content"].index("bold"))
            self.assertIn("Housing", entry["tags"])
            if form != "json":
                self.assertEqual(entry["licence"], "https://creativecommons.org/licenses/by-sa/4.0/")
                self.assertIn("ann@example.org", entry["email"])
            self.assertEqual([f[1] for f in entry["files"]], ["image/png"] if form == "rss" else ["image/png", "audio/wav"])
            for address, kind, size in entry["files"]:
                served = self.client.get(address[len(SITE):])
                self.assertEqual((served.status, served.headers["Content-Type"], len(served.raw)), (200, kind, size))

    def test_an_address_is_told_only_if_it_is_public(self):
        self.client.published("Not to be written to", "Words.", author="Bea", email="bea@example.org")
        for form in READERS:
            self.assertNotIn("bea@example.org", self.visitor().get(f"/newswire/feed.{form}").text)

    def test_only_what_is_shown(self):
        article, edit = self.client.published("Comes and goes", "Words that come and go.")
        desk = f"/editor/article/{id_of(article)}"
        for act, shown in (("hide", False), ("unhide", True)):
            self.editor().act(desk, act, reason="spam")
            for form in READERS:
                for where in ("/newswire", "/"):
                    self.assertEqual("Comes and goes" in self.titles(where, form), shown, (act, form))
        form = self.client.get(edit).form("form#correct").set(body="Corrected words.")
        self.assertIn(self.client.send(form, "correct").status, (200, 303))
        self.assertIn("Corrected words.", self.visitor().get("/newswire/feed.atom").text)
        self.assertEqual(self.client.post(edit, {"action": "withdraw", "confirm": "1"}).status, 303)
        self.assertNotIn("Comes and goes", self.titles("/newswire"))
        self.assertNotIn("Corrected words.", self.visitor().get("/feed.rss").text)

    def test_a_day_is_noon_and_right_to_left_is_told(self):
        article, _edit = self.client.published("שלום", "שלום עולם", language="he")
        self.site.execute(f"UPDATE article SET posted = 4102488000000000, precision = 0 WHERE id = {id_of(article)}")  # 1 January 2100
        self.client.published("So that lists are made anew", "Words.")
        for form in READERS:
            entry = self.feed("/newswire", form)[2][0]
            self.assertEqual((entry["title"], entry["language"]), ("שלום", "he"))
            self.assertEqual(entry["published"], datetime.datetime(2100, 1, 1, 12, tzinfo=datetime.timezone.utc))
            self.assertTrue(entry["content"].startswith('<div dir="rtl">'))
        self.site.execute(f"UPDATE article SET posted = 1000000000000000 WHERE id = {id_of(article)}")

    def test_asked_again_it_is_told_to_be_unchanged(self):
        for form in READERS:
            where = f"/newswire/feed.{form}"
            first = self.client.get(where)
            tag = first.headers["ETag"]
            again = self.client.get(where, If_None_Match=tag)
            self.assertEqual((again.status, again.raw), (304, b""))
            head = self.client.head(where)
            self.assertEqual((head.status, head.raw, head.headers["ETag"], head.headers["Content-Length"]), (200, b"", tag, str(len(first.raw))))
            packed = self.client.get(where, Accept_Encoding="gzip")
            self.assertEqual((packed.headers["Content-Encoding"], packed.body), ("gzip", first.body))
            self.assertEqual(self.client.get(where, Accept_Encoding="br").headers["Content-Encoding"], "br")
            self.client.published(f"News of {form}", "Words.")
            fresh = self.client.get(where, If_None_Match=tag)
            self.assertEqual(fresh.status, 200)
            self.assertIn(f"News of {form}", fresh.text)

    def test_pages_lead_to_their_feeds(self):
        article = self.client.get("/newswire").page.one("article.row h2 a")["href"]
        for page, feed in (("/", "/feed.atom"), ("/newswire", "/newswire/feed.atom"), ("/topic/river", "/topic/river/feed.atom"), (article, f"/article/{id_of(article)}/comments/feed.atom")):
            [link] = self.client.get(page).page.all("link[rel=alternate]")
            self.assertEqual((link["href"], link["type"]), (feed, "application/atom+xml"))
            self.assertTrue(link["title"])
        links = [a["href"] for a in self.client.get("/local").page.all("p.feeds a")]
        self.assertEqual(sorted(links), [f"/local/feed.{form}" for form in ("atom", "json", "rss")])
        self.assertIn("/newswire/feed.atom", [a["href"] for a in self.client.get("/log").page.all("footer nav a")])
        month = self.client.get("/newswire").page.one("nav.months a")["href"]
        self.assertFalse(self.client.get(month).page.has("p.feeds, link[rel=alternate]"))

    def test_no_other_feeds(self):
        for where in ("/feed.xml", "/newswire/feed", "/topic/none/feed.atom", "/author/nobody/feed.rss", "/log/feed.atom", "/comments", "/newswire/feed.rss/"):
            self.assertEqual(self.client.get(where).status, 404, where)


class Empty(Scenario):
    conf = {"site": {"url": SITE}, "moderation": {"wire": "held"}}

    def test_a_site_without_articles(self):
        self.client.publish("Held", "Words that wait.")
        for where in ("/", "/newswire", "/features", "/local", "/comments"):
            for form, reader in READERS.items():
                at = f"{where.rstrip('/')}/feed.{form}"
                self.assertEqual(reader(self.client.get(at).body, SITE + at)[2], [], at)


class Long(Scenario):
    conf = {"site": {"url": SITE}}

    def test_what_is_too_long_is_introduced_only(self):
        for i in range(30):
            self.client.published(f"Long {i}", f"It begins {i}. " + "'many <words> & \"more\"' " * (20000 if i == 29 else 2000))
        whole = {}
        for form in READERS:
            reply = self.client.get(f"/newswire/feed.{form}")
            self.assertEqual(reply.status, 200)
            self.assertLess(len(reply.raw), 2.5 * 2 ** 20)
            whole[form] = len(re.findall('<content|"content_html"', reply.text))
        items = json.loads(self.client.get("/newswire/feed.json").text)["items"]
        self.assertEqual([i["title"] for i in items], [f"Long {i}" for i in reversed(range(30))])
        self.assertEqual(["content_html" in i for i in items], [False] + [True] * whole["json"] + [False] * (29 - whole["json"]))
        self.assertTrue(5 < whole["json"] < 25 and whole["rss"] == whole["atom"] == whole["json"], whole)
        for i in items:
            self.assertTrue(i["summary"].startswith("It begins"), i["title"])


class Golden(Scenario):
    def test_awkward_feeds_are_well_formed(self):
        found = sorted((TOP / "tests/golden/feed").iterdir())
        self.assertEqual(len(found), 7)
        for path in found:
            json.loads(path.read_bytes()) if path.suffix == ".json" else ET.fromstring(path.read_bytes())
