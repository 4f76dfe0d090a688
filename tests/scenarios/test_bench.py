"""A site that is filled for measuring: always the same, whole, and served like any other."""

import time

from harness import CLUSTER, PATIENCE, Client, Scenario, Site, command

COUNT = 400


class Filled(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()
        done = command("bench", cls.site.path, "--generate", COUNT)
        assert done.returncode == 0, done.stderr
        cls.said = done.stdout
        cls.server = cls.site.start()

    def rows(self, site, table):
        return sorted(site.rows(f"SELECT * FROM {table}"))

    def test_it_holds_what_was_asked_for_and_is_whole(self):
        self.assertRegex(self.said, rf"^{COUNT} articles and \d+ comments in .* articles a second\n$")
        self.assertEqual(len(self.rows(self.site, "article")), COUNT)
        self.assertGreater(len(self.rows(self.site, "comment")), 2 * COUNT)
        checked = self.site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertEqual(command("log", "verify", self.site.path).returncode, 0)

    def test_its_search_index_is_of_one_piece(self):
        if not CLUSTER:  # PostgreSQL's is no tree of pieces
            self.assertEqual(self.site.rows("SELECT count(DISTINCT segid) FROM article_text_idx"), [("1",)])

    def test_the_same_again(self):
        other = Site()
        self.addCleanup(other.remove)
        self.assertEqual(command("bench", other.path, "--generate", COUNT).returncode, 0)
        for table in ("article", "comment", "article_topic", "term", "log"):
            self.assertEqual(self.rows(self.site, table), self.rows(other, table), table)

    def test_every_kind_of_page_has_something_to_show(self):
        front = self.client.get("/").page
        self.assertTrue(front.all("article[data-id]"))
        for where in ("/newswire", "/features", "/local", "/topic/topic-1", "/region/region-1", "/hidden", "/log"):
            reply = self.client.get(where)
            self.assertEqual(reply.status, 200, where)
            self.assertTrue(reply.page.all("main a"), where)
        self.assertTrue(self.client.get("/newswire").page.all("[dir=rtl]") or self.client.get("/archive/2015/6").page.all("[dir=rtl]"))
        [(title,)] = [row for row in self.titles() if row][:1]
        self.assertTrue(self.client.get("/search?q=" + title.split()[0]).page.all("article.row"), title)

    def titles(self):
        return self.site.rows("SELECT title FROM article WHERE status = 0 AND language = 'en' ORDER BY id LIMIT 1")

    def test_wrong_usage(self):
        for words in ([], ["--generate"], ["--generate", "0"], ["--generate", "x"], ["--generate", "5", "more"]):
            self.assertEqual(command("bench", self.site.path, *words).returncode, 2, words)

    def test_a_running_server_shows_it(self):
        site = Site()
        self.addCleanup(site.remove)
        client = Client(site.start())
        self.addCleanup(client.close)
        self.assertFalse(client.get("/newswire").page.all("article.row"))
        self.assertEqual(command("bench", site.path, "--generate", "20").returncode, 0)
        end = time.monotonic() + PATIENCE  # it looks for what commands wrote once a second
        while not client.get("/newswire").page.all("article.row"):
            self.assertLess(time.monotonic(), end, "the server never noticed")
        self.assertEqual(site.server.stop(), 0)
