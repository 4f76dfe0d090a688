"""Files that are cut, bent and glued together, of every kind: each ends as a clean file or in a sentence, in bounded time, and no child is left:
test_malformed.py CLEAN_ONE DECODE. BROADSIDE_MALFORMED says how many; a seed makes them the same each time."""
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import test_clean
from test_clean import CLEAN_ONE, DECODE, TOOLS

HOW_MANY = int(os.environ.get("BROADSIDE_MALFORMED", "240"))
AT_ONCE = 100
LONGEST = 60  # seconds for one file, on a busy machine under a sanitizer


def flip(luck, data, _all):
    for _n in range(luck.choice((1, 3, 20, 200))):
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)


def flip_head(luck, data, _all):
    for _n in range(luck.choice((1, 2, 8))):
        data[luck.randrange(min(len(data), 512))] = luck.choice((0, 1, 0x7F, 0x80, 0xFF, luck.randrange(256)))


def cut(luck, data, _all):
    del data[luck.randrange(len(data)):]


def cut_out(luck, data, _all):
    at = luck.randrange(len(data))
    del data[at:at + luck.choice((1, 4, 100, 5000))]


def repeat(luck, data, _all):
    at = luck.randrange(len(data))
    data[at:at] = data[at:at + luck.choice((4, 100, 5000))] * luck.choice((1, 2, 50))


def number(luck, data, _all):
    """A length or a measure that says something else."""
    at = luck.randrange(max(1, len(data) - 8))
    size = luck.choice((1, 2, 4, 8))
    value = luck.choice((0, 1, (1 << 8 * size) - 1, 1 << 8 * size - 1, luck.randrange(1 << 8 * size)))
    data[at:at + size] = value.to_bytes(size, luck.choice(("big", "little")))


def glue(luck, data, everything):
    """Two files in one."""
    other = luck.choice(everything)
    at = luck.choice((0, len(data), luck.randrange(len(data))))
    data[at:at] = other


def head_of_another(luck, data, everything):
    other = luck.choice(everything)
    n = luck.choice((4, 12, 64, 600))
    data[:n] = other[:n]


def zeros(luck, data, _all):
    at = luck.randrange(len(data))
    n = min(len(data) - at, luck.choice((10, 1000, 100000)))
    data[at:at + n] = bytes(n)


WAYS = (flip, flip, flip_head, flip_head, cut, cut_out, repeat, number, number, number, glue, head_of_another, zeros)


class Malformed(unittest.TestCase):
    def test_each_ends_in_a_clean_file_or_a_sentence(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-malformed-"))
        self.addCleanup(shutil.rmtree, folder, True)
        for make in (test_clean.make_pictures, test_clean.make_sounds, test_clean.make_videos, test_clean.make_documents):
            make(folder)
        everything = [p.read_bytes() for p in sorted(folder.iterdir()) if p.suffix != ".srt"]
        luck, ends = random.Random(20040521), {}
        for first in range(0, HOW_MANY, AT_ONCE):
            paths = []
            for i in range(first, min(first + AT_ONCE, HOW_MANY)):
                data = bytearray(everything[i % len(everything)])
                for _n in range(luck.choice((1, 1, 2, 4))):
                    if data:
                        luck.choice(WAYS)(luck, data, everything)
                paths.append(folder / f"bent-{i}")
                paths[-1].write_bytes(data)
            self.clean(paths, folder, ends)
            for p in paths:
                p.unlink()
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
            self.assertNotIn("MUST", line)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(children.ru_maxrss, 3 << 20, "a child took more than it may")  # KiB


if __name__ == "__main__":
    if not all(shutil.which(t) for t in TOOLS):
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
