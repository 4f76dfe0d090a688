"""Files that are cut, bent and glued together, of every kind: each ends as a clean file or in a sentence, in bounded time, and no child is left:
test_malformed.py CLEAN_ONE DECODE. BROADSIDE_MALFORMED says how many; a seed makes them the same each time."""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import bent
from stuffed import TOOLS

CLEAN_ONE, DECODE = sys.argv[1:3]
HOW_MANY = int(os.environ.get("BROADSIDE_MALFORMED", "240"))
AT_ONCE = 100
LONGEST = 60  # seconds for one file, on a busy machine under a sanitizer


class Malformed(unittest.TestCase):
    def test_each_ends_in_a_clean_file_or_a_sentence(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-malformed-"))
        self.addCleanup(shutil.rmtree, folder, True)
        ends, paths = {}, []
        for number, data in enumerate(bent.files(folder, HOW_MANY), 1):
            paths.append(folder / f"bent-{number}")
            paths[-1].write_bytes(data)
            if len(paths) < AT_ONCE and number < HOW_MANY:
                continue
            self.clean(paths, folder, ends)
            while paths:
                paths.pop().unlink()
        self.assertGreater(ends.get("ok", 0), HOW_MANY / 20, ends)  # some damage harms nothing
        self.assertGreater(sum(n for end, n in ends.items() if end != "ok"), HOW_MANY / 4, ends)
        print(f"{HOW_MANY} files: {ends}", file=sys.stderr)

    def clean(self, paths, folder, ends):
        begun = time.monotonic()
        done = subprocess.run([CLEAN_ONE, DECODE, str(folder), "--discard", "--patience=60000"], input="".join(f"{p}\n" for p in paths), capture_output=True, text=True,
                              errors="replace", timeout=LONGEST * 30)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])  # 1: a child is left
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(answers), len(paths), done.stderr[-3000:])
        self.assertLess(time.monotonic() - begun, LONGEST * 20)
        for path, answer in zip(paths, answers):
            self.assertIn(answer["end"], ("ok", "invalid"), (path.name, answer))
            if answer["end"] == "invalid":
                self.assertTrue(answer["sentence"])
            end = answer["end"] if answer["end"] == "ok" else answer["sentence"]
            ends[end] = ends.get(end, 0) + 1
        for line in done.stderr.splitlines():
            self.assertNotIn("AddressSanitizer", line)
            self.assertNotIn("must=", line)
            if os.environ.get("BROADSIDE_SANITIZED") != "1":
                self.assertRegex(line, "^ts=", "what a library says of a stranger's file is in no log")
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        most = 3 << 20 if os.environ.get("BROADSIDE_SANITIZED") == "1" else 600 << 10  # KiB; what makes the files is among them
        self.assertLess(children.ru_maxrss, most, "a child took more than it may")


if __name__ == "__main__":
    if not all(shutil.which(t) for t in TOOLS):
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
