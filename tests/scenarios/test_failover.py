"""PostgreSQL stopped, killed, and taken over by its standby while people post and read: nothing that was acknowledged is lost, nothing is there twice,
and the pages that readers had go on being shown."""
import collections
import http.client
import shutil
import threading
import time
import unittest

from harness import PATIENCE, Client, Site
from postgres import Cluster, binaries

ENGINES = ("sqlite",)  # it brings servers of its own

POSTERS = 4
READERS = 2
EACH = 8  # posts promised before and after each blow


class Poster(threading.Thread):
    """Posts one article after the other. One that was not acknowledged is sent again until it is, as a patient person would by the form's button."""

    def __init__(self, crowd, number):
        super().__init__()
        self.crowd, self.number = crowd, number

    def run(self):
        client = Client(self.crowd.server)
        try:
            for i in range(1_000_000):
                title = f"Poster {self.number} has news, number {i}"
                with self.crowd.lock:
                    self.crowd.sent.add(title)
                while not self.send(client, title):
                    if self.crowd.over.is_set():
                        return
                with self.crowd.changed:
                    self.crowd.promised.add(title)
                    self.crowd.changed.notify_all()
                if self.crowd.over.is_set():
                    return
        except BaseException as fault:  # noqa: BLE001  told by the test
            self.crowd.faults.append(repr(fault))
        finally:
            client.close()

    def send(self, client, title):
        try:
            reply = client.post("/publish", [("title", title), ("body", f"All that {title} has to say."), ("type", "news"), ("format", "plain"), ("action", "publish")])
        except (OSError, http.client.HTTPException):
            return False
        if reply.status == 303:
            return True
        if reply.status != 503:
            raise AssertionError(f"an answer of {reply.status} to a post: {reply.text[:600]}")
        self.crowd.refused += 1
        if title not in reply.text:
            raise AssertionError("a post was refused, and what was typed is gone")
        time.sleep(0.02)  # it was told to come back later
        return False


class Reader(threading.Thread):
    """Reads pages that everybody reads, and counts the answers."""

    def __init__(self, crowd):
        super().__init__()
        self.crowd = crowd
        self.answers = collections.Counter()
        self.longest = 0

    def run(self):
        client = Client(self.crowd.server)
        while not self.crowd.over.is_set():
            for where in self.crowd.pages:
                begun = time.monotonic()
                try:
                    self.answers[client.get(where).status] += 1
                except (OSError, http.client.HTTPException) as fault:
                    self.answers[repr(fault)] += 1
                self.longest = max(self.longest, time.monotonic() - begun)
        client.close()


class Crowd:
    def __init__(self, server, pages):
        self.server, self.pages = server, pages
        self.sent, self.promised, self.faults, self.refused = set(), set(), [], 0
        self.lock = threading.Lock()
        self.changed, self.over = threading.Condition(self.lock), threading.Event()
        self.posters = [Poster(self, n) for n in range(POSTERS)]
        self.readers = [Reader(self) for _ in range(READERS)]

    def start(self):
        for t in self.posters + self.readers:
            t.start()

    def more(self, count, patience=PATIENCE * 2):
        """Waits until so many more are promised."""
        with self.changed:
            want = len(self.promised) + count
            there = self.changed.wait_for(lambda: len(self.promised) >= want or self.faults, patience)
        assert there and not self.faults, f"posting did not go on: {self.faults}, {len(self.promised)} of {want}, {self.refused} refused"

    def end(self):
        self.over.set()
        for t in self.posters + self.readers:
            t.join()


@unittest.skipUnless(binaries(), "there is no PostgreSQL on this machine")
class Failover(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A primary, and a standby without whose receipt it commits nothing."""
        cls.primary = Cluster(durable=True).start()
        cls.addClassCleanup(cls.throw_away, cls.primary)
        cls.standby = Cluster(durable=True, copy_of=cls.primary).start()
        cls.addClassCleanup(cls.throw_away, cls.standby)
        cls.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        cls.primary.sql("SELECT pg_reload_conf()")
        database = cls.primary.create()
        cls.site = Site(init=("--database", cls.primary.url(database, [cls.standby])))
        cls.addClassCleanup(cls.site.remove)
        cls.database = database
        cls.server = cls.site.start()

    @staticmethod
    def throw_away(cluster):
        try:
            cluster.stop("immediate")
        except AssertionError:
            pass  # it was killed
        shutil.rmtree(cluster.folder, ignore_errors=True)

    def status(self, where):
        client = Client(self.server)
        try:
            return client.get(where).status
        finally:
            client.close()

    def until(self, what):
        end = time.monotonic() + PATIENCE
        while not what():
            self.assertLess(time.monotonic(), end, "it did not come about")

    def test_stopped_killed_and_taken_over(self):
        pages = ["/", "/newswire", "/page/about"]
        for where in pages:
            self.assertEqual(self.status(where), 200)
        crowd = Crowd(self.server, pages)
        crowd.start()
        try:
            crowd.more(EACH)
            self.primary.stop("fast")
            self.away(crowd)
            self.primary.start()
            crowd.more(EACH)
            self.primary.kill()
            self.away(crowd)
            self.primary.start()
            crowd.more(EACH)
            self.primary.kill()
            self.away(crowd)
            self.standby.promote()
            crowd.more(EACH)
        finally:
            crowd.end()
        self.assertEqual(crowd.faults, [])
        rows = [t for t, in self.standby.rows("SELECT title FROM article", self.database)]
        twice = [t for t, n in collections.Counter(rows).items() if n > 1]
        self.assertEqual(twice, [], "posted twice")
        self.assertEqual(crowd.promised - set(rows), set(), "acknowledged and lost")
        self.assertEqual(set(rows) - crowd.sent, set())
        for reader in crowd.readers:
            self.assertEqual(set(reader.answers), {200}, reader.answers)
            self.assertGreater(reader.answers[200], 100)
        self.assertGreater(crowd.refused, 0)
        checked = self.site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertEqual(self.server.stop(), 0)

    def away(self, crowd):
        """While nobody is there: alive but not ready; what nobody had read is refused with a time to come back, and soon."""
        self.until(lambda: self.status("/readyz") == 503)
        self.assertEqual(self.status("/healthz"), 200)
        client = Client(self.server)
        for i in range(3):
            begun = time.monotonic()
            reply = client.get(f"/search?q=nobody-asked-{len(crowd.promised)}-{i}")
            self.assertEqual(reply.status, 503, reply)
            self.assertIn("Retry-After", reply.headers)
            self.assertTrue(reply.page.all("h1"), reply)
            self.assertLess(time.monotonic() - begun, 8)
        client.close()
        refused = crowd.refused
        self.until(lambda: crowd.refused > refused)
