"""Enemies and honest people at once, for a while: afterwards the server stands as before. BROADSIDE_HOSTILE_SECONDS says how long
(8), BROADSIDE_HOSTILE_SEED how (2004)."""
import os
import pathlib
import re
import sys
import time

from harness import PATIENCE, SANITIZED, Scenario
from hostile import Attacker

SECONDS = float(os.environ.get("BROADSIDE_HOSTILE_SECONDS", "8"))
SEED = os.environ.get("BROADSIDE_HOSTILE_SEED", "2004")
CROWD = 20
MIB = 1 << 20


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+) kB", pathlib.Path("/proc", str(pid), "status").read_text()).group(1)) * 1024


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Hostile(Scenario):
    people = [("ed", "admin", "correct horse staple")]
    conf = {"cache": {"megabytes": "4"}, "listen": {"idle_seconds": "2"}}

    def web(self):
        [pid] = [pid for pid, line in self.server.children() if " web" in f" {line} "]
        return pid

    def attack(self, seconds, seed):
        """What all of them did: how many acts, and the answers by status."""
        editor = self.editor()
        shared = {"articles": [], "edits": [], "comments": [], "editor": (f"session={editor.cookies['session']}", editor.token("/editor"))}
        faults, until = [], time.monotonic() + seconds
        crowd = [Attacker(self.server.port, i, seed, until, shared, faults) for i in range(CROWD)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join(seconds + 2 * PATIENCE)
            self.assertFalse(one.is_alive(), "an attacker still waits for an answer")
        self.assertEqual(faults, [], self.server.log_text()[-2000:])
        statuses, acts = {}, {}
        for one in crowd:
            for into, of in ((statuses, one.statuses), (acts, one.counts)):
                for k, n in of.items():
                    into[k] = into.get(k, 0) + n
        return statuses, acts

    def quiet(self, pid, most):
        """Waits until the server has closed what the crowd left open."""
        until = time.monotonic() + 4 * PATIENCE
        while descriptors(pid) > most and time.monotonic() < until:
            self.assertEqual(self.client.get("/healthz").status, 200)
        return descriptors(pid)

    def test_a_crowd(self):
        web = self.web()
        self.assertEqual(self.client.get("/healthz").status, 200)
        fds = descriptors(web)
        self.attack(min(SECONDS / 4, 20), SEED + " warm")  # caches fill, threads keep an arena each
        memory = resident(web)
        statuses, acts = self.attack(SECONDS, SEED)
        if os.environ.get("BROADSIDE_HOSTILE_SECONDS"):
            print(statuses, acts, resident(web) - memory, file=sys.stderr, flush=True)
        self.assertTrue({200, 303, 400, 404, 422} <= set(statuses), statuses)
        self.assertLess(statuses.get(503, 0), sum(statuses.values()) / 4, statuses)

        log = self.server.log_text()
        for word in ("ended by", "ended with status", "is killed", "ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer"):
            self.assertNotIn(word, log, log[-4000:])
        self.assertEqual(self.web(), web, log[-2000:])
        self.assertEqual(self.visitor().get("/").status, 200)
        self.assertEqual(self.client.published("Afterwards", "Words.")[0].split("/")[1], "article")

        self.assertLessEqual(self.quiet(web, fds + 4), fds + 4, os.listdir(f"/proc/{web}/fd"))
        if not SANITIZED:
            self.assertLess(resident(web) - memory, 32 * MIB)
        checked = self.site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
