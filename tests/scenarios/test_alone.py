"""One server to an SQLite file: a second is told which process serves already; the right ends with its holder, however that ends; commands need none."""
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest

from harness import BINARY, Client, Site, command

ENGINES = ("sqlite",)
HOLD_AT = 1 << 31


def second(path, *listen):
    """A start that must fail; ends by itself."""
    return command("serve", path, *(listen or ("--listen", "127.0.0.1:0")))


class Alone(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.remove)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def assertNamesTheOther(self, done, server):
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stdout, "")
        self.assertIn(f"process {server.process.pid} serves ", done.stderr)
        self.assertIn(f"port {server.port}", done.stderr)

    def test_a_second_server_is_told_who_serves(self):
        server = self.site.start()
        self.assertNamesTheOther(second(self.site.path), server)
        self.assertNamesTheOther(second(self.site.path, "--listen", f"unix:{self.folder}/socket"), server)
        self.assertNamesTheOther(second(self.site.path, "--listen", f"127.0.0.1:{server.port}"), server)
        self.assertEqual(Client(server).get("/").status, 200)
        self.assertEqual(server.stop(), 0)

    def test_by_whatever_path_it_comes(self):
        server = self.site.start()
        by_folder, by_file = self.folder / "link", self.folder / "other"
        by_folder.symlink_to(self.site.path)
        by_file.mkdir()
        shutil.copy(self.site.path / "site.conf", by_file)
        (by_file / "site.db").symlink_to(self.site.path / "site.db")
        by_name = self.folder / "third"
        by_name.mkdir()
        (by_name / "site.conf").write_text((self.site.path / "site.conf").read_text() + f"\n[database]\nurl = sqlite:{self.site.path}/site.db\n")
        for path in (by_folder, by_file, by_name, os.path.relpath(self.site.path)):
            self.assertNamesTheOther(second(path), server)
        self.assertEqual(server.stop(), 0)

    def test_nothing_that_tidies_up_takes_the_right_away(self):
        server = self.site.start()
        for path in self.site.path.iterdir():
            if path.name not in ("site.conf", "site.db", "site.db-wal", "site.db-shm", "media"):
                path.unlink()
        self.assertNamesTheOther(second(self.site.path), server)
        self.assertEqual(server.stop(), 0)

    def test_a_killed_server_leaves_nothing_in_the_way(self):
        for _time in range(3):
            self.site.start().kill()
        server = self.site.start()
        self.assertEqual(Client(server).get("/").status, 200)
        os.kill(server.process.pid, 9)  # the parent alone: its children must end with it and not keep the right
        server.process.wait()
        server.process.stdout.close()
        self.assertEqual(self.site.start().stop(), 0)

    def test_a_server_that_is_stopped_makes_room(self):
        self.assertEqual(self.site.start().stop(), 0)
        self.assertEqual(self.site.start().stop(), 0)

    def test_children_do_not_hold_it(self):
        server = self.site.start()
        database = os.stat(self.site.path / "site.db")
        [fd] = [fd for fd in os.listdir(f"/proc/{server.process.pid}/fd") if os.stat(f"/proc/{server.process.pid}/fd/{fd}").st_ino == database.st_ino]
        held = pathlib.Path(f"/proc/{server.process.pid}/fdinfo/{fd}").read_text()
        self.assertIn("OFDLCK", held)
        for pid, line in server.children():
            for info in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
                self.assertNotIn(f" {HOLD_AT} ", info.read_text(), line)
        self.assertEqual(server.stop(), 0)

    def test_commands_go_on_beside_a_server(self):
        server = self.site.start()
        Client(server).published("Something to check")
        for words, typed in ((("check", self.site.path), ""), (("user", self.site.path, "add", "ada", "--role", "editor"), "correct horse staple\n"),
                             (("user", self.site.path, "list"), ""), (("log", "verify", self.site.path), ""), (("top", self.site.path, "--once"), ""),
                             (("config", self.site.path), "")):
            done = command(*words, stdin=typed)
            self.assertEqual(done.returncode, 0, done)
        self.assertEqual(server.stop(), 0)

    def test_a_start_that_has_not_said_where_it_listens_is_named_too(self):
        with open(self.site.path / "site.db", "r+b") as held:
            fcntl.fcntl(held, 37, struct.pack("hhqqi", fcntl.F_WRLCK, 0, HOLD_AT, 4711, 0))  # F_OFD_SETLK: as a parent does, before there is a port
            done = second(self.site.path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("process 4711 serves ", done.stderr)
        self.assertNotIn("port", done.stderr.split("PostgreSQL")[0])

    def test_many_at_once_leave_one(self):
        starts = [subprocess.Popen([os.path.abspath(BINARY), "serve", self.site.path, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                  for _ in range(6)]
        lines = [s.stdout.readline() for s in starts]
        serving = [s for s, line in zip(starts, lines) if line.startswith(b"listening on ")]
        self.assertEqual(len(serving), 1, lines)
        for s in starts:
            if s is serving[0]:
                s.terminate()
            _out, said = s.communicate(timeout=60)
            if s is not serving[0]:
                self.assertIn(f"process {serving[0].pid} serves ".encode(), said)
        self.assertEqual(serving[0].returncode, 0)
