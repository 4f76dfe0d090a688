"""A full disk and a folder that cannot be written: reading goes on, writing says so, and a start names the path."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

import harness
from harness import Client, Scenario, Site, command

ENGINES = ("sqlite",)
SANITIZED = False


class SmallDisk(unittest.TestCase):
    size = 6  # MB

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-small-"))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}m,mode=0755", "none", self.folder], capture_output=True)
        if mounted.returncode:
            self.folder.rmdir()
            self.skipTest("only root may mount a small disk")
        self.addCleanup(self.folder.rmdir)
        self.addCleanup(subprocess.run, ["umount", self.folder], check=True)

    def free(self):
        return shutil.disk_usage(self.folder).free / 2**20


class FilesOnTheirWay(SmallDisk):
    size = 64

    def test_a_file_that_never_ends_does_not_take_the_last_room(self):
        site = Site(folder=self.folder, conf={"upload": {"keep_free_mb": "32"}})
        self.addCleanup(site.remove)
        server = site.start()
        least, piece = self.free(), b"x" * 2**20
        self.assertGreater(least, 40)
        with socket.create_connection(("127.0.0.1", server.port), harness.PATIENCE) as s:
            s.sendall(b"POST /publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 60000000\r\n\r\n"
                      b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n')
            for _ in range(48):
                s.sendall(piece)
                least = min(least, self.free())
        self.assertEqual(server.stop(), 0)  # all of its processes have ended, so that the disk can be taken away
        self.assertGreater(least, 30)


class FullDisk(SmallDisk):
    def fill(self, leave=0):
        with open(self.folder / "filler", "ab", buffering=0) as f:
            try:
                while True:
                    f.write(b"x" * 4096)
            except OSError:
                pass

    def test_reading_goes_on_and_writing_says_503(self):
        site = Site(folder=self.folder)
        self.addCleanup(site.remove)
        server = site.start()
        client = Client(server)
        self.addCleanup(client.close)
        article, _ = client.published("Before it was full", "Words before.")
        self.fill()
        refused = 0
        for i in range(20):
            reply = client.publish(f"While full {i}", f"Words {i}. " + "y" * 20000)
            self.assertIn(reply.status, (303, 503), reply)
            if reply.status == 503:
                refused += 1
                self.assertIn("Retry-After", reply.headers)
                self.assertIn("could not be kept", reply.alerts)
                form = reply.form("form#publish")
                self.assertEqual(form.value("title"), f"While full {i}")
                self.assertTrue(form.value("body").strip().startswith(f"Words {i}. yyy"))
            for where in ("/", "/newswire", article, f"/search?q=before&n={i}"):
                self.assertEqual(client.get(where).status, 200, where)
        self.assertGreater(refused, 10)
        (self.folder / "filler").unlink()
        after, _ = client.published("After it was full", "Words after.")
        self.assertEqual(client.get(after).status, 200)
        self.assertEqual(server.stop(), 0, server.log_text()[-3000:])
        checked = site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_commands_say_it_in_a_sentence(self):
        self.fill()
        done = command("init", self.folder / "site", "--title", "No room")
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)


class Unwritable(unittest.TestCase):
    """As an ordinary user, since root may write anywhere."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-locked-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(os.chmod, self.folder, 0o755)
        os.chmod(self.folder, 0o755)
        self.binary = self.folder / "broadside"
        for program in pathlib.Path(harness.BINARY).parent.glob("broadside*"):
            if program.is_file():
                shutil.copy(program, self.folder / program.name)

    def as_user(self, *args):
        drop = (lambda: (os.setgroups([]), os.setgid(65534), os.setuid(65534))) if os.getuid() == 0 else None
        return subprocess.run([str(self.binary), *map(str, args)], capture_output=True, text=True, preexec_fn=drop, timeout=harness.PATIENCE,
                              stdin=subprocess.DEVNULL)

    def test_a_start_names_the_path_and_why(self):
        site = Site(folder=self.folder)
        self.addCleanup(site.remove)
        for path in (site.path, *site.path.rglob("*")):
            os.chmod(path, 0o555 if path.is_dir() else 0o444)
        done = self.as_user("serve", site.path, "--listen", "127.0.0.1:0")
        for path in (site.path, *site.path.rglob("*")):
            os.chmod(path, 0o755 if path.is_dir() else 0o644)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(str(site.path), done.stderr)
        self.assertIn("ermission", done.stderr)
        self.assertNotIn("listening", done.stdout)

    def test_init_where_nothing_may_be_made(self):
        os.chmod(self.folder, 0o555)
        done = self.as_user("init", self.folder / "site", "--title", "T")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(str(self.folder / "site"), done.stderr)


class Starts(Scenario):
    def starts_with(self, site):
        done = command("serve", site.path, "--listen", "127.0.0.1:0", timeout=harness.PATIENCE)
        self.assertEqual(done.returncode, 1, done)
        self.assertNotIn("listening", done.stdout)
        return done.stderr.splitlines()[0]  # the reason stands first; what the processes say of their ends may follow

    def broken(self, conf=None):
        site = Site(conf=conf)
        self.addCleanup(site.remove)
        return site

    def test_settings_that_are_wrong(self):
        said = self.starts_with(self.broken({"spam": {"challenge": "riddle"}}))
        self.assertRegex(said, r"site\.conf:\d+")
        self.assertIn("number", said)
        self.assertIn("none", said)
        self.assertRegex(self.starts_with(self.broken({"site": {"colour": "red"}})), r"site\.conf:\d+.*colour")

    def test_a_template_of_the_site_with_a_wrong_name(self):
        site = self.broken()
        (site.path / "theme").mkdir(exist_ok=True)
        (site.path / "theme/nameplate.html").write_text("<p>\n{{site.tilte}}</p>\n")
        self.assertRegex(self.starts_with(site), r"nameplate\.html:2.*tilte")

    def test_a_template_of_the_site_is_used(self):
        site = self.broken()
        (site.path / "theme").mkdir(exist_ok=True)
        (site.path / "theme/nameplate.html").write_text('<p class="nameplate own">{{site.title}}</p>\n')
        client = Client(site.start())
        self.addCleanup(client.close)
        self.assertTrue(client.get("/newswire").page.has("p.own"))

    def test_no_site_at_all(self):
        done = command("serve", self.site.path / "nothing-here", "--listen", "127.0.0.1:0")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("nothing-here", done.stderr)

    def test_an_address_that_is_taken(self):
        other = self.broken()
        done = command("serve", other.path, "--listen", f"127.0.0.1:{self.server.port}")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(str(self.server.port), done.stderr)

    def test_a_database_from_the_future(self):
        import sqlite3
        site = self.broken()
        with sqlite3.connect(site.path / "site.db") as db:
            db.execute("UPDATE schema_version SET version = 9999 WHERE version = (SELECT max(version) FROM schema_version)")
        self.assertIn("9999", self.starts_with(site))
