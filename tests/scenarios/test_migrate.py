"""A site from SQLite to PostgreSQL and back: every row is there, by counts and digests, however often the copying was interrupted.

BROADSIDE_MIGRATE_ARTICLES says how large the site is."""
import os
import random
import shutil
import subprocess
import threading
import unittest

from harness import BINARY, Client, Site, command
from postgres import Cluster, binaries

ENGINES = ("sqlite",)  # it brings a server of its own
ARTICLES = int(os.environ.get("BROADSIDE_MIGRATE_ARTICLES", "600"))
TIME = 60 + ARTICLES / 20


@unittest.skipUnless(binaries(), "there is no PostgreSQL on this machine")
class Migrate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One site with everything in it, on SQLite."""
        cls.cluster = Cluster().start()
        cls.addClassCleanup(shutil.rmtree, cls.cluster.folder, True)
        cls.addClassCleanup(cls.cluster.stop, "immediate")
        cls.site = Site(init=("--demo",))
        cls.addClassCleanup(cls.site.remove)
        done = command("bench", cls.site.path, "--generate", ARTICLES, timeout=TIME)
        assert done.returncode == 0, done.stderr
        cls.site.user("ed", "admin", "correct horse staple")
        client = Client(cls.site.start())
        cls.article, cls.edit = client.published("Zwölf Boxkämpfer 🥊", "Words in النص and 中文.\n\n`x'00'` \\ ' \"", topic=["housing"], summary="Short.")
        assert client.comment(cls.article, "A remark 🥊").status == 303
        assert client.send(client.get(cls.edit).form("form#correct").set(title="Corrected"), "correct").status == 303
        client.close()
        assert cls.site.server.stop() == 0

    def migrate(self, source, target, status=0):
        done = command("migrate", source, target, timeout=TIME)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stderr

    def digests(self, said):
        return {line.split()[0]: tuple(line.split()[1:4:2]) for line in said.splitlines() if line.endswith(")") or " rows  " in line}

    def site_on_postgres(self):
        name = self.cluster.create()
        site = Site(init=("--database", self.cluster.url(name)))
        site.name = name
        self.addCleanup(site.remove)
        return site

    def copy_of_it(self):
        site = self.site.copy()
        self.addCleanup(site.remove)
        return site

    def test_there_and_back(self):
        there, back = self.site_on_postgres(), Site()
        self.addCleanup(back.remove)
        said = self.migrate(self.site.path, there.path)
        self.assertIn("the same on both sides", said)
        self.assertEqual(int(self.digests(said)["comment"][0]), int(self.site.rows("SELECT count(*) FROM comment")[0][0]))
        again = self.migrate(there.path, back.path)
        self.assertEqual(self.digests(said), self.digests(again))
        for table in [t for t, in self.site.rows("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite%'")]:
            if table == "schema_version":
                continue
            self.assertIn(table, self.digests(said))
            self.assertEqual(sorted(self.site.rows(f"SELECT * FROM {table}")), sorted(back.rows(f"SELECT * FROM {table}")), table)
        self.assertEqual(back.rows("SELECT count(DISTINCT segid) FROM article_text_idx"), [("1",)])  # in one piece, whatever the copying left
        for site in (there, back):
            checked = site.check()
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            self.assertEqual(command("log", "verify", site.path).returncode, 0)
            client = Client(site.start())
            self.addCleanup(client.close)
            page = client.get(self.article, follow=True)
            self.assertIn("A remark 🥊", page.text)
            self.assertTrue(client.get("/search?q=corrected").page.all("article.row"))
            self.assertEqual(client.get(self.edit).status, 200)
            self.assertEqual(client.login("ed", "correct horse staple").status, 303)
            article, _ = client.published("New on the other side", "Words.")  # takes a number that nobody has
            self.assertEqual(client.comment(article, "The first.").status, 303)
            self.assertEqual(site.server.stop(), 0)
            self.assertEqual(site.check().returncode, 0)

    def test_killed_again_and_again(self):
        there, luck = self.site_on_postgres(), random.Random(20040521)
        first = self.migrate(self.site.path, self.site_on_postgres().path)
        kills = 0
        while kills < 8 or self.cluster.rows("SELECT count(*) FROM article", there.name) == [("0",)]:  # the files go first, and take what time the disk takes
            kills += 1
            self.assertLess(kills, 400, "no row was ever copied")
            process = subprocess.Popen([os.path.abspath(BINARY), "migrate", str(self.site.path), str(there.path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            killer = threading.Timer(luck.random() * max(0.3, ARTICLES / 3000), process.kill)
            killer.start()
            process.wait()
            killer.cancel()
        said = self.migrate(self.site.path, there.path)
        self.assertEqual(self.digests(said), self.digests(first))
        self.assertIn("were there)", said)
        self.assertEqual(there.check().returncode, 0)
        self.assertEqual(self.digests(self.migrate(self.site.path, there.path)), self.digests(first))  # once more changes nothing

    def test_what_is_somebody_elses_stays(self):
        there, other = self.site_on_postgres(), Site()
        self.addCleanup(other.remove)
        client = Client(there.start())
        client.published("Already here", "Words.")
        client.close()
        there.server.stop()
        self.assertIn("holds something else already", self.migrate(self.site.path, there.path, 1))
        self.assertEqual([t for t, in self.cluster.rows("SELECT title FROM article", there.name)], ["Already here"])

    def test_a_site_that_is_served_is_left_alone(self):
        served, there = self.copy_of_it(), self.site_on_postgres()
        served.start()
        self.assertIn("is being served", self.migrate(served.path, there.path, 1))
        self.assertIn("is being served", self.migrate(self.site.path, served.path, 1))
        self.assertEqual(served.server.stop(), 0)

    def test_by_addresses_alone(self):
        target = self.site.folder.parent / "alone.db"
        self.addCleanup(target.unlink, True)
        said = self.migrate(f"sqlite:{self.site.path}/site.db", f"sqlite:{target}")
        self.assertIn("the same on both sides", said)
        self.assertIn("the same database", self.migrate(self.site.path, f"sqlite:{self.site.path}/site.db", 1))
        self.assertEqual(command("migrate", self.site.path, "mysql://x/y").returncode, 1)
        self.assertEqual(command("migrate", self.site.path).returncode, 2)
