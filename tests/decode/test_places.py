"""What is written at any place of a file that people do not see or hear is in nothing that is kept: test_places.py CLEAN_ONE DECODE. A mark at each place, one file a place (places.py)."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import places
from stuffed import TOOLS

CLEAN_ONE, DECODE = sys.argv[1:3]


def forms(mark):
    """The mark as it may stand there: plainly, in wide characters, in hexadecimal digits, or nothing but its beginning."""
    word = mark.decode()
    return {mark, word.encode("utf-16-le"), word.encode("utf-16-be"), mark.hex().encode(), mark.hex().upper().encode(), mark[:9]}


class Places(unittest.TestCase):
    def test_a_mark_at_every_place_is_found_nowhere(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-places-"))
        self.addCleanup(shutil.rmtree, folder, True)
        for sub in ("made", "came", "kept"):
            (folder / sub).mkdir()
        marks = {}
        for name, data, mark in places.every(folder / "made"):
            (folder / "came" / name).write_bytes(data)
            marks[name] = mark
        names = sorted(marks)
        self.assertGreater(len(names), 140)
        done = subprocess.run([CLEAN_ONE, DECODE, str(folder / "kept")], input="".join(f"{folder / 'came' / n}\n" for n in names), capture_output=True, text=True, timeout=400)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(answers), len(names), done.stderr[-3000:])
        kept = {n: a for n, a in zip(names, answers)}
        for name, answer in kept.items():
            with self.subTest(name):
                if answer["end"] != "ok":
                    self.assertIn(name, places.REFUSED, (name, answer))
                    continue
                for output in answer["outputs"]:
                    for data in places.told(pathlib.Path(output["path"]).read_bytes()):
                        for form in forms(marks[name]):
                            self.assertNotIn(form, data, (name, output["kind"]))
        refused = sum(a["end"] != "ok" for a in answers)
        self.assertLessEqual(refused, len(places.REFUSED))
        print(f"{len(names)} places, {refused} refused", file=sys.stderr)

    def test_the_marks_are_there_before(self):
        """Or the other test would find nothing whatever we do."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-places-"))
        self.addCleanup(shutil.rmtree, folder, True)
        for name, data, mark in places.every(folder):
            if name.startswith("pdf-typeface-type1") or name in ("txt-unseen", "mov-timecode"):
                continue
            self.assertTrue(any(form in part for part in places.told(data) + [data] for form in forms(mark)) or name in ("png-zTXt", "png-iCCP"), name)


if __name__ == "__main__":
    if not all(shutil.which(t) for t in TOOLS):
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
