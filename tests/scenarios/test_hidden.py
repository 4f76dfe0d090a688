"""What hides in files is in nothing that is served of them."""
import pathlib
import re
import shutil
import sys
import tempfile
import unittest
import urllib.parse

import samples
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "decode"))
import places  # noqa: E402  found by the line above
import stuffed  # noqa: E402
from test_media import Sending, sent


class Hidden(Sending):
    """Marks at every place of every kind, sent by the form as anybody would, and searched for in whatever is served of them."""
    conf = {"spam": {"limit_files_per_hour": "100000"}, "upload": {"max_file_mb": "2", "max_files": "6"}}

    def served(self, where):
        """The page, what it leads to of the article, and all files of it."""
        seen, found = set(), [self.client.get(where).raw, self.client.get("/newswire/feed.atom").raw, self.client.get("/newswire/feed.json").raw]
        for address in re.findall(rb'(?:href|src|srcset|poster)="([^"]*/media/[^"]*)"', found[0]):
            for one in address.decode().split(", "):
                seen.add(urllib.parse.urlsplit(one.split()[0]).path)
        self.assertTrue(seen)
        for path in sorted(seen):
            reply = self.client.get(path)
            self.assertEqual(reply.status, 200, path)
            found += places.told(reply.raw)
        return found

    @unittest.skipUnless(all(shutil.which(t) for t in stuffed.TOOLS), "exiftool, ffmpeg, qpdf and vips make the files")
    def test_a_mark_at_every_place_is_in_nothing_that_is_served(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-hidden-"))
        self.addCleanup(shutil.rmtree, folder, True)
        every = [f for i, f in enumerate(places.every(folder)) if f[0] not in places.REFUSED and (f[0].startswith("pdf-") or i % 3 == 0)]
        self.assertGreater(len(every), 90)
        for at in range(0, len(every), 6):
            some = every[at:at + 6]
            (article, _edit), receipt = self.posted([sent(data, f"{i}.bin") for i, (_name, data, _mark) in enumerate(some)], title=f"Hidden {at}")
            self.assertNotIn("held no hidden data", receipt.text)
            served = self.served(article)
            for name, _data, mark in some:
                for part in served:
                    self.assertNotIn(mark, part, name)
        for path in self.stored():
            for part in places.told(path.read_bytes()):
                for name, _data, mark in every:
                    self.assertNotIn(mark, part, name)

    def test_the_receipt_says_what_nobody_can_vouch_for(self):
        _addresses, receipt = self.posted([sent(places.embedded(b"FontFile2", places.sfnt(b"Whoever12345")), "a.pdf")])
        self.assertIn("nobody can say what may be hidden in them: typefaces.", receipt.text)
        _addresses, receipt = self.posted([sent(samples.png(hidden=False), "b.png")])
        self.assertIn("Nothing was found in the files that had to be taken out.", receipt.text)
        self.assertNotIn("held no hidden data", receipt.text)
