"""Several servers on one PostgreSQL database: what one of them or a command writes, the pages that others keep ready show at once."""
import os
import shutil
import signal
import threading
import time
import unittest

from harness import PATIENCE, Client, Site, command, id_of
from postgres import Cluster, binaries

ENGINES = ("sqlite",)  # it brings a server of its own


@unittest.skipUnless(binaries(), "there is no PostgreSQL on this machine")
class Shared(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().start()
        cls.addClassCleanup(shutil.rmtree, cls.cluster.folder, True)
        cls.addClassCleanup(cls.cluster.stop, "immediate")

    def setUp(self):
        """Two site folders and two servers on one database."""
        url = self.cluster.url(self.cluster.create())
        self.sites = [Site(init=("--database", url)) for _ in range(2)]
        for s in self.sites:
            self.addCleanup(s.remove)
        self.sites[0].user("ed", "admin", "correct horse staple")
        self.servers = [s.start() for s in self.sites]
        self.here, self.there = (self.client(s) for s in self.servers)

    def client(self, server):
        client = Client(server)
        self.addCleanup(client.close)
        return client

    def soon(self, what, seconds=PATIENCE):
        until = time.monotonic() + seconds
        while not (got := what()):
            self.assertLess(time.monotonic(), until, "it did not come about")
        return got

    def titles(self, client, where="/newswire"):
        return [n.text for n in client.get(where).page.all("article.row h2")]

    def test_what_one_writes_the_other_shows(self):
        self.assertEqual(self.titles(self.there), [])
        article, edit = self.here.published("From here", "Words.")
        self.soon(lambda: self.titles(self.there) == ["From here"])
        self.assertEqual(self.there.get(article).status, 200)
        self.assertEqual(self.there.comment(article, "A remark from there.").status, 303)
        self.soon(lambda: "A remark from there." in self.here.get(article).text)
        self.assertEqual(self.here.send(self.here.get(edit).form("form#correct").set(title="Corrected here"), "correct").status, 303)
        self.soon(lambda: "Corrected here" in self.there.get(article, follow=True).text)
        self.assertEqual(self.here.login("ed", "correct horse staple").status, 303)
        self.assertEqual(self.here.act(f"/editor/article/{id_of(article)}", "hide", reason="spam").status, 303)
        self.soon(lambda: self.titles(self.there) == [])
        self.soon(lambda: self.there.get("/hidden").page.all("main a[href*='/article/']"))

    def test_who_logs_in_is_known_to_all_and_who_logs_out_to_none(self):
        for _ in range(3):
            self.assertEqual(self.here.login("ed", "correct horse staple").status, 303)
            self.there.cookies = dict(self.here.cookies)
            token = self.there.get("/account").form("main form[action='/logout'], form[action='/logout']").fields
            self.assertEqual(self.there.get("/editor").status, 200)
            self.assertEqual(self.there.post("/logout", token).status, 303)
            self.there.cookies = dict(self.here.cookies)
            for client in (self.here, self.there):
                self.assertEqual(client.get("/editor").status, 303)
            self.here.cookies.clear()
            self.there.cookies.clear()

    def test_it_is_told_and_not_waited_for(self):
        """Well within the second after which everybody looks for what was missed: most of many changes are seen sooner than that."""
        self.titles(self.there)
        took = []
        for i in range(8):
            self.here.published(f"Number {i}", "Words.")
            begun = time.monotonic()
            self.soon(lambda i=i: f"Number {i}" in self.titles(self.there))
            took.append(time.monotonic() - begun)
        self.assertLess(sorted(took)[3], 0.5, took)

    def test_pages_that_did_not_change_stay_ready(self):
        first, _ = self.here.published("The first", "Words.")
        self.soon(lambda: "The first" in self.titles(self.there))
        self.assertEqual(self.there.get(first).status, 200)
        self.here.published("The second", "Words.")
        self.soon(lambda: "The second" in self.titles(self.there))
        before = self.misses()
        self.assertEqual(self.there.get(first).status, 200)
        self.assertEqual(self.misses(), before)

    def misses(self):
        """How many pages the other server had to make."""
        return next(int(line.split()[1]) for line in self.there.server.site.metrics().splitlines() if line.startswith("broadside_cache_misses_total "))

    def test_what_a_command_wrote(self):
        self.titles(self.there)
        self.assertEqual(command("bench", self.sites[0].path, "--generate", "20").returncode, 0)
        for client in (self.here, self.there):
            self.soon(lambda c=client: self.titles(c))

    def test_what_was_missed_while_the_connection_was_broken(self):
        self.titles(self.there)
        stop = threading.Event()

        def break_all():
            while not stop.is_set():
                self.cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%changed%' AND pid <> pg_backend_pid()")

        breaker = threading.Thread(target=break_all)
        breaker.start()
        try:
            for i in range(10):
                self.here.published(f"Number {i}", "Words.")
        finally:
            stop.set()
            breaker.join()
        self.soon(lambda: len(self.titles(self.there)) == 10)
        self.soon(lambda: len(self.titles(self.here)) == 10)

    def test_what_a_process_did_not_live_to_tell(self):
        """It is killed as soon as the answer is there; the one that is started in its place says that anything may have changed."""
        self.titles(self.there)
        for i in range(5):
            self.here.published(f"Number {i}", "Words.")
            for pid, line in self.servers[0].children():
                if " role web " in f" {line} ":
                    os.kill(pid, signal.SIGKILL)
            self.soon(lambda i=i: f"Number {i}" in self.titles(self.there))
            self.here.close()
            self.soon(lambda: self.alive())

    def alive(self):
        try:
            return self.here.get("/healthz").status == 200
        except OSError:
            return False
        finally:
            self.here.close()
