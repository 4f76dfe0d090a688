"""Files of every kind, bent by a fixed seed, sent through the form: each is taken or refused in a sentence, the server stays the one it was and small, and no decode
child is left. BROADSIDE_MALFORMED says how many."""
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import unittest

from harness import PATIENCE, SANITIZED as SLOW, TOP, Scenario

sys.path.insert(0, str(TOP / "tests/decode"))
import bent  # noqa: E402  they are found by the line above
import stuffed  # noqa: E402

HOW_MANY = int(os.environ.get("BROADSIDE_MALFORMED", "30" if SLOW else "120"))
AT_ONCE = 6
LONGEST = 120  # seconds for a form


@unittest.skipUnless(all(shutil.which(t) for t in stuffed.TOOLS), "exiftool, ffmpeg, qpdf and vips make the files")
class Malformed(Scenario):
    conf = {"spam": {"limit_files_per_hour": "1000000"}, "cache": {"megabytes": "8"}}

    def web(self):
        [pid] = [pid for pid, line in self.server.children() if " role web " in line]
        return pid

    def send(self, files):
        """Sends some files; each is there afterwards or named in a sentence."""
        fields = [("title", "Bent"), ("body", "Words."), ("type", "news"), ("action", "preview")]
        began = time.monotonic()
        reply = self.client.post("/publish", fields, [("files", name, "application/octet-stream", data) for name, data in files], multipart=True)
        self.assertLess(time.monotonic() - began, LONGEST)
        self.assertIn(reply.status, (200, 422), reply.status)
        taken = len(reply.form("form#publish").values("received"))
        said = [n.text for n in reply.page.all(".upload .error")]
        self.assertEqual(taken + len(said), len(files), reply.alerts)
        for sentence in said:
            self.assertRegex(sentence, r"^“bent-\d+” (is|has|holds|lasts|cannot|takes) .*\.$")
        return taken

    def test_each_is_taken_or_refused_in_a_sentence(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-bent-"))
        self.addCleanup(shutil.rmtree, folder, True)
        pid, taken, some = self.web(), 0, []
        for number, data in enumerate(bent.files(folder, HOW_MANY, seed=19991130), 1):
            some.append((f"bent-{number}", data))
            if len(some) == AT_ONCE or number == HOW_MANY:
                taken += self.send(some)
                some = []
        self.assertGreater(taken, HOW_MANY / 20)
        self.assertLess(taken, HOW_MANY * 3 / 4)
        self.assertEqual(self.web(), pid, "web was started again")
        end = time.monotonic() + PATIENCE  # the last may still be on its way out
        while [line for _pid, line in self.server.children() if "broadside-decode" in line]:
            self.assertLess(time.monotonic(), end, "a decode child stays")
        if not SLOW:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            self.assertLess(int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)), 64 * 1024)
