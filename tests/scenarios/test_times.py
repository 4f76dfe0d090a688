"""Nobody can read from a site at which second somebody wrote: not from its tables, its pages, feeds and headers, its files or its log."""
import re
import time
import urllib.parse

import samples
import times
from chain import entries, verify
from harness import CLUSTER, Client, Scenario, id_of

ADMIN = ("ada", "admin", "correct horse staple")
PAGES = 400


class Times(Scenario):
    people = [ADMIN]

    @classmethod
    def settle(cls):
        """Everything that readers, authors and editors do, at seconds that are no whole minute's."""
        cls.author, cls.ada = Client(cls.server), Client(cls.server)
        for c in (cls.author, cls.ada):
            cls.addClassCleanup(c.close)
        assert cls.ada.login("ada", "correct horse staple").status == 303
        while time.time() % 60 < 1:
            cls.author.get("/")
        cls.lines = cls.server.log_text().count("\n")
        png, wav = ("one.png", "image/png", samples.png(200, 150, 7)), ("one.wav", "audio/wav", samples.wav(1))
        cls.articles = [cls.author.published(f"Article {i}", f"Words {i}.", topic=["housing"], author="Nobody") for i in range(34)]
        cls.article, cls.edit = cls.articles[0]
        form = cls.author.get("/publish").form("form#publish")
        kind = next(o for o in form.options("type") if o and o != "event")
        sent = cls.author.send(form.set(title="With files", body="{{file 1}}", type=kind), "publish", [("files", *png), ("files", *wav)])
        assert sent.status == 303, sent
        form = cls.author.get("/publish").form("form#publish")
        assert cls.author.send(form.set(title="", body="", type=kind), "publish", [("files", "two.png", "image/png", samples.png(90, 90, 8))]).status == 422
        for i in range(203):
            reply = cls.author.comment(cls.article, f"Remark {i}.")
            assert reply.status == 303, reply
        for title in ("Corrected", "Corrected again"):
            assert cls.author.send(cls.author.get(cls.edit).form("form#correct").set(title=title), "correct").status == 303
        assert cls.author.send(cls.author.get(cls.edit).form("form#write").set(message="A letter."), "letter").status == 303
        gone, gone_edit = cls.author.published("Withdrawn", "Gone.")
        assert cls.author.send(cls.author.get(gone_edit).form("form#withdraw").set(confirm="1"), "withdraw").status == 303
        hidden, _ = cls.author.published("Hidden", "Sold.")
        for where, action, fields in ((cls.article, "feature", {}), (cls.article, "promote", {}), (hidden, "hide", {"reason": "spam"}), (cls.articles[3][0], "purge", {"reason": "spam"})):
            assert cls.ada.act(f"/editor/article/{id_of(where)}", action, **fields).status == 303
        cls.comment = max(int(n) for n, in cls.site.rows("SELECT id FROM comment"))
        assert cls.ada.act(f"/editor/comment/{cls.comment - 1}", "hide", reason="spam").status == 303

    def test_no_column_tells_more_than_the_manual_says(self):
        self.assertEqual(times.columns_that_tell_too_much(self.site), [])
        self.assertEqual(self.site.rows("SELECT count(*) FROM log WHERE version <> 2"), [("0",)])
        if CLUSTER:
            self.assertEqual(self.site.rows("SELECT count(*) FROM write_key WHERE at % 60 <> 0"), [("0",)])

    def look(self, reply):
        """Faults of one answer, and the addresses in it."""
        faults = times.headers_told_too_finely(reply)
        kind = reply.headers.get("Content-Type", "")
        if not re.match(r"text/|application/(json|.*xml|.*json)", kind):
            return faults, []
        faults += times.told_too_finely(reply.text)
        return faults, re.findall(r'(?:href|src|action|url|id|next)="?(?:[>:]\s*"?)?(/[^"<\s]*|http://127[^"<\s]*)', reply.text)

    def crawl(self, client, starts):
        waiting, seen, faults = list(starts), set(), []
        while waiting and len(seen) < PAGES:
            where = waiting.pop(0)
            if where in seen:
                continue
            seen.add(where)
            reply = client.get(where)
            wrong, links = self.look(reply)
            faults += [f"{where}: {w}" for w in wrong]
            if reply.location:
                links.append(reply.location)
            for link in links:
                parts = urllib.parse.urlsplit(urllib.parse.urljoin(self.server.base, link.replace("&amp;", "&")))
                if parts.netloc == f"127.0.0.1:{self.server.port}" and not parts.path.startswith(("/media/", "/static", "/publish", "/challenge")):
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        self.assertEqual(faults, [])
        return seen

    def test_no_page_feed_or_header_tells_more_than_the_minute(self):
        feeds = [f"{where}/feed.{form}" for where in ("", "/newswire", "/features", "/local", "/topic/housing", "/author/nobody", "/comments", f"/article/{id_of(self.article)}/comments")
                 for form in ("atom", "rss", "json")]
        starts = ["/", "/newswire", "/features", "/hidden", "/log", "/log.json", "/gallery", "/audio/feed.rss", f"/comment/{self.comment}", "/search?q=words", "/network", "/page/about", *feeds]
        for where in feeds:
            self.assertEqual(self.visitor().get(where).status, 200, where)
        seen = self.crawl(self.visitor(), starts)
        self.assertTrue(any("before=" in s for s in seen) and any("after=" in s for s in seen), seen)
        self.crawl(self.visitor(), [self.edit])
        self.crawl(self.ada, ["/editor", f"/editor/article/{id_of(self.article)}", f"/editor/comment/{self.comment}", "/account"])

    def test_cursors_carry_the_minute_and_the_number(self):
        older = self.visitor().get("/newswire").page.one("a[rel=next]")["href"]
        self.assertRegex(older, r"\?before=\d{16}-\d+$")
        self.assertEqual(int(re.search(r"=(\d+)-", older).group(1)) % times.MINUTE, 0)
        to = self.visitor().get(f"/comment/{self.comment}").location
        at, comment = re.search(r"after=(\d+)-(\d+)#", to).groups()
        self.assertEqual((int(at) % times.MINUTE, int(comment)), (0, self.comment - 1))
        self.assertIn(f'id="comment-{self.comment}"', self.visitor().get(to).text)

    def test_the_public_log_tells_the_hour(self):
        told = entries(self.visitor())
        verify(told)
        self.assertGreater(len(told), 5)
        for page in (self.visitor().get("/log"), self.ada.get("/editor")):
            for stamp in re.findall(r'class="meta"><a href="/log#.*?datetime="([^"]*)"', page.text):
                self.assertRegex(stamp, r"T\d\d:00Z$")

    def test_updated_never_repeats_for_two_editions(self):
        author = self.visitor()
        article, edit = author.published("Often corrected", "Words.")
        told = set()
        for i in range(4):
            feed = self.visitor().get("/newswire/feed.atom").text
            entry = next(e for e in feed.split("<entry")[1:] if f"/article/{id_of(article)}<" in e)
            told.add(re.search(r"<updated>(.*?)</updated>", entry).group(1))
            self.assertEqual(len(told), i + 1)
            self.assertEqual(author.send(author.get(edit).form("form#correct").set(body=f"Words {i}."), "correct").status, 303)

    def test_of_two_corrections_within_a_minute_the_second_knows_of_the_first(self):
        author, other = self.visitor(), self.visitor()
        _, edit = author.published("Read by two", "Words.")
        early, late = author.get(edit).form("form#correct"), other.get(edit).form("form#correct")
        self.assertEqual(author.send(early.set(body="The first."), "correct").status, 303)
        self.assertEqual(other.send(late.set(body="The second."), "correct").status, 409)
        form = author.get(edit).form("form#correct")
        self.assertEqual(dict(form.fields)["seen"], "2")
        self.assertEqual(author.send(form.set(body="The third."), "correct").status, 303)

    def test_files_tell_the_minute_at_most(self):
        places = [self.site.path / "media", *(self.site.path / "media").rglob("*")]
        self.assertGreater(len([p for p in places if p.is_file()]), 2)
        for place in places:
            self.assertEqual(place.stat().st_mtime_ns % (60 * 10**9), 0, place)
        stale = next(p for p in places if p.is_file())
        before = stale.stat().st_atime_ns
        sha = stale.parent.name + stale.name
        self.visitor().get(f"/media/{sha}/file")
        self.assertEqual(stale.stat().st_atime_ns, before)

    def test_the_log_of_the_server_has_no_line_for_a_post_or_an_upload(self):
        said = self.server.log_text().split("\n")[self.lines:]
        self.assertEqual([line for line in said if line and "level=info" in line or "level=warn" in line], [])

    def test_paging_through_a_minute_neither_skips_nor_repeats(self):
        found, where = [], "/newswire"
        while where:
            page = self.visitor().get(where).page
            found += [a["href"] for a in page.all("article.row h2 a")]
            older = page.all("a[rel=next]")
            where = older[0]["href"] if older else None
        wanted = [int(n) for n, in self.site.rows("SELECT id FROM article WHERE status = 0 ORDER BY posted DESC, id DESC")]
        self.assertEqual([int(re.search(r"/article/(\d+)", f).group(1)) for f in found], wanted)

    def test_what_was_hidden_in_one_hour_is_paged_without_a_gap(self):
        author, n = self.visitor(), 40
        articles = [id_of(author.published(f"To be hidden {i}", f"Sold {i}.")[0]) for i in range(n)]
        under, _ = author.published("Under it", "Words.")
        for i in range(n):
            self.assertEqual(author.comment(under, f"Sold as well {i}.").status, 303)
        comments = [int(i) for i, in self.site.rows(f"SELECT id FROM comment WHERE article = {id_of(under)}")]
        for kind, numbers in (("article", articles), ("comment", comments)):
            token = self.ada.token(f"/editor/{kind}/{numbers[0]}")
            for number in numbers:
                self.assertEqual(self.ada.post(f"/editor/{kind}/{number}", {"action": "hide", "reason": "spam", "token": token}).status, 303)
        found, where = [], "/hidden"
        while where:
            page = self.visitor().get(where).page
            found += [i["id"] for i in page.all("article.hidden-item")]
            older = page.all("a[rel=next]")
            where = older[0]["href"] if older else None
        self.assertEqual(len(found), len(set(found)))
        hidden = {f"{kind}-{n}" for kind in ("article", "comment") for n, in self.site.rows(f"SELECT id FROM {kind} WHERE status IN (1, 5)")}
        self.assertEqual(set(found), hidden)
