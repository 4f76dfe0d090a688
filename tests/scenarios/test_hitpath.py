"""A request that the page cache answers takes no lock of ours and allocates nothing of ours, on a site of ten thousand articles; one that it does not
answer is handed on without a lock."""
import mmap
import pathlib
import re
import shutil
import struct
import tempfile
import time

import harness
from harness import Scenario, command

SANITIZED = False  # a sanitizer has an allocator of its own, and the counting server is not built with one
HITS = 500


class HitPath(Scenario):
    @classmethod
    def setUpClass(cls):
        built = pathlib.Path(harness.BINARY).resolve().parent
        cls.folder = tempfile.mkdtemp(prefix="broadside-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        shutil.copy(built.parent / "tests/counting/broadside-counting", cls.folder + "/broadside")
        shutil.copy(built / "broadside-decode", cls.folder)
        shutil.copy(built / "broadside-read", cls.folder)
        before, harness.BINARY = harness.BINARY, cls.folder + "/broadside"
        cls.addClassCleanup(setattr, harness, "BINARY", before)
        super().setUpClass()

    @classmethod
    def settle(cls):
        cls.server.stop()
        done = command("bench", cls.site.path, "--generate", 10000)
        assert done.returncode == 0, done.stderr
        where = cls.site.path / "counts"
        where.write_bytes(bytes(4096))
        with open(where, "r+b") as f:
            cls.counts = mmap.mmap(f.fileno(), 4096)
        cls.server = cls.site.start()
        # Within its first second the server notices what the command wrote, and every page is made once more. So that this can be seen to be over,
        # one thing more is written, as a command would.
        client = harness.Client(cls.server)
        client.get("/newswire")
        cls.site.execute("UPDATE setting SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'changed'",
                         "UPDATE article SET title = 'Noticed' WHERE id = (SELECT id FROM article WHERE status = 0 ORDER BY posted DESC, id DESC LIMIT 1)")
        end = time.monotonic() + harness.PATIENCE
        while "Noticed" not in client.get("/newswire").text:
            assert time.monotonic() < end, cls.server.log_text()[-3000:]
        client.close()

    def figures(self):
        return struct.unpack_from("5Q", self.counts)

    def counted(self, ask, times):
        before = self.figures()
        for _i in range(times):
            ask()
        return [b - a for a, b in zip(before, self.figures())]

    def metric(self, name):
        """Over a connection that is kept, since one that ends would be counted."""
        self.operators.request("GET", "/metrics")
        [n] = re.findall(rf"^{name} (\d+)$", self.operators.getresponse().read().decode(), re.M)
        return int(n)

    def setUp(self):
        super().setUp()
        self.operators = harness.Unix(self.site.path / "control")
        self.addCleanup(self.operators.close)

    def stale(self):
        return self.metric("broadside_cache_stale_total")

    def be_alone(self):
        """Until the server has noticed that all but this visitor and the operators are gone: the end of a connection is counted under a lock."""
        end = time.monotonic() + harness.PATIENCE
        self.client.get("/newswire")
        while self.metric("broadside_connections") != 2:
            self.assertLess(time.monotonic(), end)

    def hit_free(self, where, status=200, method="GET", **headers):
        def ask():
            reply = self.client.request(method, where, None, {k.replace("_", "-"): v for k, v in headers.items()})
            self.assertEqual(reply.status, status)
        for _time in range(3):  # what the server was told of late has the page made anew once: then it was no row of hits
            for _i in range(4):
                ask()  # made, found in the cache, put at hand; the connection is there
            self.be_alone()
            stale = self.stale()
            memory, locks, their_memory, their_locks, _last = self.counted(ask, HITS)
            if self.stale() == stale:
                break
        at = f"the last call came from broadside-counting+{self.figures()[4]:#x}"
        self.assertEqual((memory, locks), (0, 0), f"{memory} allocations and {locks} locks of ours in {HITS} hits of {where}; {at}")
        # What is left is the library's: each answer's reference is counted under a mutex that no other thread waits for.
        self.assertEqual(their_memory, 0, where)
        self.assertLessEqual(their_locks, 8 * HITS + HITS // 10, where)  # on a busy machine it sometimes looks for nothing

    def test_pages_lists_and_the_front(self):
        article = self.client.get("/newswire").page.one("article.row h2 a")["href"]
        for where in ("/", "/newswire", article, "/archive/2012/5", "/style.css"):
            self.hit_free(where)

    def test_compressed(self):
        for coding in ("gzip", "br", "gzip, deflate, br"):
            self.hit_free("/", Accept_Encoding=coding)

    def test_unchanged_and_head(self):
        tag = self.client.get("/").headers["ETag"]
        self.hit_free("/", 304, If_None_Match=tag)
        self.hit_free("/", method="HEAD")

    def test_with_all_that_a_browser_sends(self):
        self.hit_free("/", Accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", Accept_Language="de,en;q=0.5", User_Agent="Mozilla/5.0 " + "x" * 100,
                      Referer="http://127.0.0.1/newswire", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="navigate", DNT="1")

    def test_handing_over_to_a_worker(self):
        """A listener's readers must not wait for a worker that holds a lock while others have its processor."""
        for ask in (lambda: self.client.get("/search?q=x"), lambda: self.client.post("/login", {"user": "nobody", "password": "x"})):
            _memory, locks, _tm, _tl, _last = self.counted(ask, 20)
            self.assertLess(locks, 20, f"the last call came from broadside-counting+{self.figures()[4]:#x}")  # connections that end are counted under one

    def test_the_counting_itself(self):
        """What is asked for the first time goes through the cache, which has a lock: were it not seen, the other tests would show nothing."""
        asked = iter(range(20))
        _memory, locks, _tm, _tl, _last = self.counted(lambda: self.client.get(f"/newswire?not-asked-before={next(asked)}"), 20)
        self.assertGreaterEqual(locks, 20)
