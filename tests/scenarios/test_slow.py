"""Thousands of connections that are slow on purpose, as slowhttptest makes them in its four ways, while others read and post.

How fast the others are answered is for bench/ to say; here they are answered, all of them, in bounded memory, and nothing is left behind."""
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from harness import Client, PATIENCE, Scenario, Site, together

SANITIZED = False  # its subject is memory
CONNECTIONS = os.environ.get("BROADSIDE_SLOW", "10000")
SECONDS = "6"
MEMORY = 300 << 20


@unittest.skipUnless(shutil.which("slowhttptest"), "slowhttptest is not installed")
class Slow(Scenario):
    @classmethod
    def settle(cls):
        cls.article, _ = Client(cls.server).published("Read while others dawdle", "Words. " * 2000)

    def web(self):
        [pid] = [pid for pid, line in self.server.children() if " web" in f" {line} "]
        return pathlib.Path("/proc", str(pid))

    def memory(self):
        resident = [int(line.split()[1]) << 10 for pid, _ in self.server.children()
                    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
        return sum(resident)

    def descriptors(self):
        return len(os.listdir(self.web() / "fd"))

    def post(self, title, body):
        """On a machine so busy that this client is silent for longest it may be cut off itself: it sends again, as people do, and nothing is there twice."""
        for _once_more in range(2):
            try:
                return Client(self.server).published(title, body)[0]
            except ConnectionError:
                continue
        return Client(self.server).published(title, body)[0]

    def slow(self, *mode):
        """Reads and posts for as long as slowhttptest is at it."""
        before = self.descriptors()
        said = tempfile.TemporaryFile()
        attack = subprocess.Popen(["slowhttptest", *mode, "-c", CONNECTIONS, "-r", "3000", "-i", "3", "-l", SECONDS, "-p", "5"],
                                  stdout=said, stderr=subprocess.STDOUT, cwd=tempfile.gettempdir())
        reads = most = 0
        posted = []
        while attack.poll() is None:
            client = Client(self.server)  # each on a new connection, from the very address that the slow ones come from
            self.assertEqual(client.get(self.article).status, 200)
            self.assertEqual(client.get(f"/newswire?n={reads}").status, 200)
            if reads % 20 == 0:
                posted.append(self.post(f"Posted {mode[0]} {reads}", f"Words {mode[0]} {reads}."))
            client.close()
            reads += 1
            most = max(most, self.memory())
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
        self.assertIn("service available", text)
        for line in text.splitlines():
            if "service available" in line:
                self.assertIn("YES", line)
        self.assertLess(most, MEMORY)
        self.assertGreater(reads, 10)
        client = Client(self.server)
        for article in posted:
            self.assertEqual(client.get(article).status, 200)
        client.close()
        for _wait in range(PATIENCE * 10):
            if self.descriptors() <= before + 5:
                break
            threading.Event().wait(0.1)
        self.assertLessEqual(self.descriptors(), before + 5, "connections are left open")

    def test_slow_heads(self):
        self.slow("-H", "-u", self.server.base)

    def test_slow_bodies(self):
        self.slow("-B", "-s", "8192", "-u", self.server.base + "publish")

    def test_slow_reading(self):
        self.slow("-X", "-k", "3", "-u", self.server.base.rstrip("/") + self.article)

    def test_many_ranges(self):
        self.slow("-R", "-u", self.server.base.rstrip("/") + self.article)


class Measured(Scenario):
    def web(self):
        [pid] = [pid for pid, line in self.server.children() if " web" in f" {line} "]
        return pid

    def memory(self):
        return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{self.web()}/status").read_text())[1]) / 1024


class LongTexts(Measured):
    def test_long_texts_are_looked_at_a_few_at_a_time(self):
        text = "<video src=/></video>" * 24000

        def look():
            client = self.visitor()
            reply = client.post("/publish", {"title": "Long", "type": "news", "format": "html", "body": text, "action": "preview"})
            self.assertIn(reply.status, (200, 503))
            self.assertEqual(reply.form("form#publish").value("body").strip(), text)
            if reply.status == 503:
                self.assertIn("Retry-After", reply.headers)
                self.assertIn("again in a minute", reply.alerts)

        before = self.memory()
        together(*[look] * 16)
        self.assertLess(self.memory() - before, 500)


class LongAnswers(Measured):
    def test_what_they_were_made_of_does_not_wait_with_them(self):
        form = {"title": "Long", "type": "news", "format": "html", "body": "<img src=/>" * 47000, "action": "preview"}
        body, unread = urllib.parse.urlencode(form).encode(), []
        before = self.memory()
        for _ in range(16):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.settimeout(PATIENCE)
            s.connect(("127.0.0.1", self.server.port))
            unread.append(s)
            s.sendall(b"POST /publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                      b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.assertTrue(s.recv(100).startswith(b"HTTP/1.1 200 "))
        self.assertLess(self.memory() - before, 350)
        for s in unread:
            s.close()


class ManyFiles(Measured):
    """Files of one byte, tens in each of hundreds of forms that never end. Making so many files takes a disk seconds, and descriptors run out."""

    def test_readers_are_answered_and_descriptors_are_left(self):
        part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\na\r\n'
        held = []
        for _ in range(300):
            s = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE)
            s.sendall(b"POST /publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 60000000\r\n\r\n" + part * 30)
            held.append(s)
        for _ in range(20):
            self.assertEqual(self.visitor().get("/newswire").status, 200)
        self.assertLess(len(os.listdir(f"/proc/{self.web()}/fd")), 600)
        for s in held:
            s.close()


class FewDescriptors(unittest.TestCase):
    """A shell's usual limit; one client that opens as many connections as it may."""

    def test_readers_are_answered_all_the_same(self):
        site = Site(conf={"listen": {"idle_seconds": "600"}})  # so that nothing but room made for others ends the silent ones
        self.addCleanup(site.remove)
        server = site.start(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512)))
        held = [socket.create_connection(("127.0.0.1", server.port), PATIENCE) for _ in range(600)]
        reader = Client(server)
        self.assertEqual(reader.get("/").status, 200)
        reader.close()
        for s in held:
            s.close()


class LongForms(Measured):
    """One client that sends much of a long form on each of hundreds of connections, and then waits."""

    MOST = 250  # MB
    TEXT = b"body=" + b"x" * 1_900_000

    def begin(self, held):
        s = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE)
        held.append(s)
        try:
            s.sendall(b"POST /publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1999999\r\n\r\n" + self.TEXT)
        except OSError:
            pass  # it was cut off

    def test_they_are_held_in_bounded_memory(self):
        held = []
        for i in range(300):
            self.begin(held)
            if i % 50 == 49:
                client = Client(self.server)
                client.published(f"Posted meanwhile {i}", f"Words {i}. " * 2000)
                client.close()
        self.assertLess(self.memory(), self.MOST)
        for s in held:
            s.close()


if __name__ == "__main__":
    unittest.main()
