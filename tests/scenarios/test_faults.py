"""The disk under a running server begins to fail: strace makes the web process's own system calls come back with an error.

What was acknowledged is there afterwards, what was refused is not there by half, and reading goes on. After a failed fsync nobody can
tell what is on the disk, so nothing more is written until the server is started anew."""
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import unittest

import harness
from harness import Client, PATIENCE, Site, command

ENGINES = ("sqlite",)
SANITIZED = False
POSTERS = 4
READERS = 8


class Strace:
    """Makes system calls of a running process, all of its threads, fail while the with-block lasts."""

    def __init__(self, pid, inject):
        self.arguments = ["strace", "-f", "-p", str(pid), "-o", "/dev/null", "-e", f"trace={inject.split(':')[0]}", "-e", f"inject={inject}"]

    def __enter__(self):
        self.process = subprocess.Popen(self.arguments, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        if "attached" not in line:
            self.process.wait()
            raise AssertionError(f"strace says {line!r}")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE)


def may_trace():
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
    return done.returncode == 0


@unittest.skipUnless(may_trace(), "this machine lets nobody trace a process")
class Faults(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.remove)
        self.server = self.site.start()
        self.client = Client(self.server)
        self.addCleanup(self.client.close)
        self.promised, self.refused, self.lock = set(), set(), threading.Lock()
        self.article, _ = self.client.published("Before the faults", "Words before.")

    def web(self):
        [pid] = [pid for pid, line in self.server.children() if " web" in f" {line} "]
        return pid

    def post(self, prefix, each):
        """POSTERS visitors post each so many articles at the same time; every answer is a promise or a refusal with a sentence."""
        faults = []

        def one(who):
            client = Client(self.server)
            try:
                for i in range(each):
                    key = f"{prefix}-{who}-{i}"
                    reply = client.post("/publish", {"title": key, "body": f"All of {key}. " * 30, "type": "news", "topic": "housing", "action": "publish"})
                    with self.lock:
                        if reply.status == 303:
                            self.promised.add(key)
                        elif reply.status == 503 and "Retry-After" in reply.headers and reply.page.one("main").text:
                            self.refused.add(key)
                        else:
                            faults.append(reply)
            except Exception as e:  # told by the main thread
                faults.append(e)
            finally:
                client.close()

        threads = [threading.Thread(target=one, args=(w,)) for w in range(POSTERS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(faults, [])

    def reading_goes_on(self, mark):
        for where in ("/", "/newswire", self.article, f"/search?q=before&n={mark}"):
            self.assertEqual(self.client.get(where).status, 200, where)

    def verify(self):
        """After a restart all that was promised is there whole, and nothing of what was refused."""
        self.server.kill()
        checked = self.site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        with sqlite3.connect(f"file:{self.site.path}/site.db?mode=ro", uri=True) as db:
            found = dict(db.execute("SELECT title, body FROM article WHERE title LIKE '%-%-%'"))
            half = db.execute("SELECT count(*) FROM article a WHERE title LIKE '%-%-%' "
                              "AND (SELECT count(*) FROM article_topic t WHERE t.article = a.id) <> 1").fetchone()[0]
        self.assertEqual(half, 0)
        self.assertEqual(self.promised - set(found), set(), "acknowledged and lost")
        for title, body in found.items():
            self.assertEqual(body.strip(), (f"All of {title}. " * 30).strip())
        self.server = self.site.start()
        self.client.close()
        self.client = Client(self.server)
        self.client.published("After the faults", "Words after.")
        self.assertEqual(self.server.stop(), 0)
        return set(found)

    def test_a_failed_fsync_stops_writing(self):
        self.post("before", 3)
        with Strace(self.web(), "fsync,fdatasync:error=EIO:when=3"):  # one alone, in the middle of what goes on
            self.post("while", 8)
            self.reading_goes_on("while")
        self.assertTrue(self.refused)
        promised = set(self.promised)
        self.post("later", 3)  # the disk is well again, but what it holds is not known
        self.assertEqual(self.promised, promised)
        self.reading_goes_on("later")
        self.assertRegex(self.server.log_text(), "level=error")
        found = self.verify()
        self.assertFalse({t for t in found if t.startswith("later")})

    def test_fsync_fails_for_good(self):
        with Strace(self.web(), "fsync,fdatasync:error=EIO"):
            self.post("while", 3)
            self.assertEqual(self.promised, set())
            self.reading_goes_on("while")
        self.verify()

    def test_writes_fail_now_and_then(self):
        for error, when in (("EIO", "2+5"), ("ENOSPC", "3+7")):
            with Strace(self.web(), f"pwrite64:error={error}:when={when}"):
                self.post(f"while{error}", 6)
                self.reading_goes_on(error)
        self.assertTrue(self.refused)
        promised = len(self.promised)
        self.post("later", 3)
        self.assertEqual(len(self.promised), promised + 3 * POSTERS, "writing goes on when the disk does")
        found = self.verify()
        self.assertEqual(found & self.refused, set(), "refused, and there all the same")

    def test_the_disk_is_full_for_a_while(self):
        with Strace(self.web(), "pwrite64,fallocate,ftruncate:error=ENOSPC"):
            self.post("while", 3)
            self.assertEqual(self.promised, set())
            self.reading_goes_on("while")
        self.post("later", 3)
        self.assertEqual(len(self.promised), 3 * POSTERS)
        found = self.verify()
        self.assertEqual(found & self.refused, set())

    def test_who_reads_does_not_wait_for_a_disk_that_stalls(self):
        """An upload whose every write takes half a second, and readers on connections of both listeners: on the one that brings the upload they
        would have their answers between two writes."""
        over, answers = threading.Event(), [0] * READERS

        def read(i):
            reader = Client(self.server)
            while not over.is_set():
                assert reader.get("/newswire").status == 200
                answers[i] += 1
            reader.close()
        with Strace(self.web(), "fstatfs:delay_enter=500000"):  # asked before each write of an upload, by whoever writes
            readers = [threading.Thread(target=read, args=(i,), daemon=True) for i in range(READERS)]
            for r in readers:
                r.start()
            try:
                text = b"What was said at the meeting, line by line.\n" * 5500
                reply = self.client.post("/publish", {"title": "Minutes", "body": "Attached.", "type": "news", "action": "preview"}, files=[("files", "minutes.txt", "text/plain", text)])
            finally:
                over.set()
                for r in readers:
                    r.join()
        self.assertEqual(reply.status, 200)
        self.assertTrue(reply.page.has("input[name=received]"))
        self.assertGreater(6 * min(answers), max(answers), answers)

    def wait_for_spooled(self, web, n):
        """Until the process holds so many files without a name; readers come meanwhile."""
        end = time.monotonic() + PATIENCE
        while True:
            held = 0
            for fd in os.listdir(f"/proc/{web}/fd"):
                try:
                    held += "(deleted)" in os.readlink(f"/proc/{web}/fd/{fd}")
                except FileNotFoundError:
                    pass
            if held == n:
                return
            self.assertLess(time.monotonic(), end, f"{held} files are held, not {n}")
            self.assertEqual(self.client.get("/newswire").status, 200)

    def test_who_answers_touches_no_file(self):
        """Listeners neither write what comes nor free its room, whether it is posted or broken off: strace tells each call with the file it is about."""
        web, said = self.web(), self.site.folder / "strace"
        self.addCleanup(said.unlink, True)
        listeners = {task.name for task in pathlib.Path(f"/proc/{web}/task").iterdir() if (task / "comm").read_text().strip() == "listener"}
        self.assertGreaterEqual(len(listeners), 1)
        calls = "open,openat,write,pwrite64,ftruncate,fstatfs,lseek,close,fsync,fdatasync"
        strace = subprocess.Popen(["strace", "-f", "-y", "-p", str(web), "-o", said, "-e", f"trace={calls}"], stderr=subprocess.PIPE, text=True)
        self.assertIn("attached", strace.stderr.readline())
        fields = {"title": "Minutes", "body": "Attached.", "type": "news", "action": "preview"}
        for kib in (20, 40, 60, 300):
            text = b"What was said at the meeting, line by line. Nobody left.....\n" * (kib * 16)
            reply = self.client.post("/publish", fields, files=[("files", "minutes.txt", "text/plain", text)])
            self.assertEqual(reply.status, 200)
            self.assertTrue(reply.page.has("input[name=received]"))
        body, kind = harness.encode_multipart(list(fields.items()), [("files", "minutes.txt", "text/plain", text)])
        with socket.create_connection(("127.0.0.1", self.server.port)) as broken_off:
            broken_off.sendall(f"POST /publish HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:250000])
            self.wait_for_spooled(web, 1)
        self.wait_for_spooled(web, 0)
        strace.send_signal(signal.SIGINT)
        strace.communicate(timeout=PATIENCE)
        lines = said.read_text(errors="replace").splitlines()
        about_files = [line for line in lines if str(self.site.path) in line or "(deleted)" in line]
        self.assertGreater(len(about_files), 20)
        self.assertEqual([line for line in about_files if line.split()[0] in listeners], [])

    def test_init_fails_in_a_sentence_and_can_be_tried_again(self):
        folder = self.site.folder.parent / "another"
        for calls in ("rename", "fsync,fdatasync", "pwrite64", "mkdir"):
            strace = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:error=EIO"]
            done = subprocess.run([*strace, os.path.abspath(harness.BINARY), "init", str(folder), "--title", "T"],
                                  capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, 1, calls)
            self.assertTrue(done.stderr.strip().splitlines()[-1].startswith("broadside: "), done.stderr)
        done = command("init", folder, "--title", "T")
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
