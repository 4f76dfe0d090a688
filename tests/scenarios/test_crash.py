"""kill -9 under posting load: what was acknowledged with a 303 is there afterwards, whole, and nothing half-written is.

BROADSIDE_KILLS says how many times the whole server is killed."""
import http.client
import os
import random
import threading

from harness import Client, Scenario, Server, Site

import unittest

SANITIZED = False
KILLS = int(os.environ.get("BROADSIDE_KILLS", "200"))
POSTERS = 3


def words(key):
    return " ".join(f"{key}-{i}" for i in range(40))


class Posting:
    """Posters that post until they are cut off, and what they were promised."""

    def __init__(self):
        self.promised, self.sent, self.lock, self.count = set(), set(), threading.Lock(), 0

    def post(self, server, enough):
        """Posts until the connection breaks; calls enough after every promise."""
        client = Client(server)
        try:
            while True:
                with self.lock:
                    self.count += 1
                    key = f"post{self.count}"
                    self.sent.add(key)
                reply = client.post("/publish", {"title": key, "body": words(key), "type": "news", "topic": "housing", "action": "publish"})
                if reply.status == 303:
                    with self.lock:
                        self.promised.add(key)
                    enough()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            client.close()


class Crash(unittest.TestCase):
    def test_nothing_promised_is_lost(self):
        site, posting, luck = Site(), Posting(), random.Random(20040521)
        self.addCleanup(site.remove)
        for _kill in range(KILLS):
            server = site.start()
            left = luck.randrange(0, 8)  # die after so many more promises, at whatever point the others are then
            reached = threading.Semaphore(0)
            threads = [threading.Thread(target=posting.post, args=(server, reached.release)) for _ in range(POSTERS)]
            for t in threads:
                t.start()
            for _promise in range(left):
                self.assertTrue(reached.acquire(timeout=30), server.log_text()[-2000:])
            server.kill()
            for t in threads:
                t.join()
        self.verify(site, posting)

    def test_the_web_process_alone_dies(self):
        site, posting = Site(), Posting()
        self.addCleanup(site.remove)
        server = site.start()
        for _kill in range(5):
            reached = threading.Semaphore(0)
            threads = [threading.Thread(target=posting.post, args=(server, reached.release)) for _ in range(POSTERS)]
            for t in threads:
                t.start()
            for _promise in range(3):
                self.assertTrue(reached.acquire(timeout=30), server.log_text()[-2000:])
            [web] = [pid for pid, line in server.children() if " web" in f" {line} "]
            os.kill(web, 9)
            for t in threads:
                t.join()
            self.wait_until_served(server)
        self.assertEqual(server.stop(), 0)
        self.verify(site, posting)

    def wait_until_served(self, server):
        """The listener stays open in the parent: a connection waits in its queue until the new process takes it."""
        for _try in range(1000):
            try:
                client = Client(server)
                if client.get("/healthz").status == 200:
                    return
            except (OSError, http.client.HTTPException):
                self.assertIsNone(server.process.poll(), "the parent ended")
                threading.Event().wait(0.05)
            finally:
                client.close()
        self.fail("no new web process serves")

    def verify(self, site, posting):
        checked = site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        rows = site.rows("SELECT title, body, body_html, (SELECT count(*) FROM article_topic t WHERE t.article = a.id) FROM article a")
        found = {}
        for title, body, body_html, topics in rows:
            self.assertNotIn(title, found, "an article is there twice")
            self.assertEqual(body, words(title))
            self.assertIn(words(title), body_html)
            self.assertEqual(topics, "1", f"{title} is half there")
            found[title] = body
        self.assertGreater(len(posting.promised), 10)
        self.assertEqual(posting.promised - set(found), set(), "acknowledged and lost")
        self.assertEqual(set(found) - posting.sent, set())
        server = site.start()
        client, where, listed = Client(server), "/newswire", set()
        while where:
            page = client.get(where).page
            listed |= {h.text for h in page.all("article.row h2")}
            older = page.all(".pager a[rel=next]")
            where = older[0]["href"] if older else None
        client.close()
        self.assertEqual(listed, set(found))
        self.assertEqual(server.stop(), 0)


class Terminated(Scenario):
    def test_sigterm_finishes_what_is_in_flight(self):
        posting = Posting()
        reached = threading.Semaphore(0)
        threads = [threading.Thread(target=posting.post, args=(self.server, reached.release)) for _ in range(POSTERS)]
        for t in threads:
            t.start()
        for _promise in range(10):
            self.assertTrue(reached.acquire(timeout=30))
        self.assertEqual(self.server.stop(), 0)
        for t in threads:
            t.join()
        found = {t for t, in self.site.rows("SELECT title FROM article")}
        self.assertEqual(posting.promised - found, set())
