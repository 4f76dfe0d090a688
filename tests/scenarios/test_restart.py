"""Whatever ends the web process, and however often: the next one has its listeners at once, and who connects meanwhile waits and is answered."""
import os
import pathlib
import resource
import signal
import socket
import time
import unittest

import samples
from harness import PATIENCE, SANITIZED, Client, Scenario, Site, command

DEATHS = 50
BOUND = 30 if SANITIZED else 5  # seconds that one answer may take, on the slowest of machines; doubling pauses would have come to ten after the seventh death


def of_role(server, role):
    return [pid for pid, line in server.children() if f" role {role} " in f"{line} "]


def wait_for(what):
    """Looks until what() is true, and gives it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = what()
        if found:
            return found
    raise AssertionError("it never came")


def the_one(server, role, other_than=()):
    return wait_for(lambda: [pid for pid in of_role(server, role) if pid not in other_than])[0]


def is_stopped(pid):
    states = [(task / "stat").read_text().rsplit(")", 1)[1].split()[0] for task in pathlib.Path(f"/proc/{pid}/task").iterdir()]
    return set(states) == {"T"}


def ask(server, address="/"):
    s = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
    s.sendall(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode())
    return s


def answer(s):
    got = b""
    with s:
        while piece := s.recv(65536):
            got += piece
    return got


def end(server, how, while_stopped=None):
    """Ends the web process. while_stopped: is called when no thread of it can take anything any more, before its end."""
    web = the_one(server, "web")
    if while_stopped:
        os.kill(web, signal.SIGSTOP)
        wait_for(lambda: is_stopped(web))
        while_stopped()
    os.kill(web, how)
    return web


class Restart(Scenario):
    def test_fifty_deaths_in_a_row_are_hardly_noticed(self):
        for death in range(DEATHS):
            waiting = []
            end(self.server, signal.SIGKILL, lambda: waiting.append(ask(self.server)))  # noqa: B023  it is called in there
            begun = time.monotonic()
            waiting.append(ask(self.server))
            for s in waiting:
                got = answer(s)
                self.assertTrue(got.startswith(b"HTTP/1.1 200 "), f"death {death}: {got[:200]}")
            self.assertLess(time.monotonic() - begun, BOUND, f"death {death}")
        self.assertIn("The Scenario", self.client.get("/").text)

    def test_who_connects_at_the_very_moment_is_not_refused(self):
        for death in range(10):
            web = end(self.server, (signal.SIGABRT, signal.SIGKILL, signal.SIGSYS)[death % 3])
            begun = time.monotonic()
            got = wait_for(lambda: self.try_once())
            self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got[:200])
            self.assertLess(time.monotonic() - begun, BOUND)
            the_one(self.server, "web", other_than=(web,))

    def try_once(self):
        """What is answered; empty when the one that is ending had taken the connection already. Refused it is never."""
        try:
            return answer(ask(self.server))
        except (ConnectionResetError, BrokenPipeError):
            return b""

    def test_the_next_one_shows_what_was_written_while_it_waited(self):
        the_one(self.server, "standby")
        article, _edit = self.client.published("Written meanwhile")
        end(self.server, signal.SIGKILL)
        self.assertIn("Written meanwhile", self.listed())
        self.assertEqual(self.visitor().get(article).status, 200)
        self.visitor().published("Written afterwards")
        self.assertEqual(self.listed()[0], "Written afterwards")

    def test_the_next_one_reads_settings_and_theme_as_they_are(self):
        the_one(self.server, "standby")
        self.site.configure({"site": {"tagline": "Since the third death"}})
        end(self.server, signal.SIGKILL)
        self.assertIn("Since the third death", wait_for(lambda: self.try_once()).decode())
        the_one(self.server, "standby")
        (self.site.path / "theme").mkdir(exist_ok=True)
        (self.site.path / "theme/style.css").write_text("body { color: #123456 }\n")
        end(self.server, signal.SIGKILL)
        style = wait_for(lambda: self.visitor().get("/").page.one("link[rel=stylesheet]")["href"])
        self.assertIn("#123456", self.client.get(style).text)

    def test_a_standby_that_dies_is_replaced_and_nobody_notices(self):
        web, standby = the_one(self.server, "web"), the_one(self.server, "standby")
        os.kill(standby, signal.SIGKILL)
        self.assertEqual(self.client.get("/").status, 200)
        the_one(self.server, "standby", other_than=(standby,))
        self.assertEqual(of_role(self.server, "web"), [web])

    def test_work_is_started_again(self):
        work = the_one(self.server, "work")
        os.kill(work, signal.SIGKILL)
        the_one(self.server, "work", other_than=(work,))

    def test_top_goes_on(self):
        end(self.server, signal.SIGKILL)
        self.assertEqual(self.client.get("/").status, 200)
        done = command("top", self.site.path, "--once")
        self.assertEqual(done.returncode, 0, done.stderr)


class Ended(Scenario):
    def test_sigterm_ends_both(self):
        pids = [the_one(self.server, "web"), the_one(self.server, "standby"), the_one(self.server, "work")]
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual([pid for pid in pids if pathlib.Path(f"/proc/{pid}").exists()], [])
        self.assertNotIn("standby", self.server.log_text())


class Secrets(unittest.TestCase):
    """What a process holds is in no core file, and for no debugger of the same account: site.conf may name passwords."""

    NOBODY = 65534

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.remove)
        self.root = os.geteuid() == 0
        if self.root:
            for path in [self.site.path.parent, self.site.path, *self.site.path.rglob("*")]:
                os.chown(path, self.NOBODY, self.NOBODY)

    def become_somebody(self):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY) if self.root else resource.getrlimit(resource.RLIMIT_CORE))
        if self.root:
            os.setgroups([])
            os.setgid(self.NOBODY)
            os.setuid(self.NOBODY)

    def test_no_core_and_no_reading_of_memory(self):
        server = self.site.start(preexec=self.become_somebody)
        the_one(server, "standby")
        pids = [server.process.pid, *(pid for pid, line in server.children() if " role " in line)]
        self.assertEqual(len(pids), 4)
        for pid in pids:
            limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
            self.assertRegex(limits, r"(?m)^Max core file size +0 +0 ")
            if not SANITIZED:
                wait_for(lambda: os.stat(f"/proc/{pid}/maps").st_uid == 0)  # noqa: B023  not its account's own any more; a standby has just been started
        client = Client(server)
        self.addCleanup(client.close)
        article, _edit = client.published("By nobody in particular", files=[("files", "p.png", "image/png", samples.png(40, 30))])
        os.kill(the_one(server, "web"), signal.SIGKILL)
        self.assertTrue(answer(ask(server, article)).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(server.stop(), 0)
