"""Small files that claim much, and large ones that are what they say: no decode child takes more memory than it may: test_claims.py CLEAN_ONE DECODE. Made byte by byte, so that
no other program's memory is measured."""
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import places

CLEAN_ONE, DECODE = sys.argv[1:3]
MOST = 400 << 10  # KiB
GIGABYTES = 0x7FFFFFF0


def deflated(megabytes, byte=b" "):
    squeeze, out = zlib.compressobj(9), []
    for _m in range(megabytes):
        out.append(squeeze.compress(byte * (1 << 20)))
    return b"".join(out) + squeeze.flush()


def claiming(kind, body=b"some words"):
    return struct.pack(">I", GIGABYTES) + kind + body


def vast_png(width, height, depth=8):
    rows = zlib.compressobj(1)
    out = b"".join(rows.compress(b"\0" * (1 + width * 3 * depth // 8) * 64) for _i in range(height // 64)) + rows.flush()
    return b"\x89PNG\r\n\x1a\n" + places.chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)) + places.chunk(b"IDAT", out) + places.chunk(b"IEND", b"")


def small_files():
    ihdr = b"\x89PNG\r\n\x1a\n" + places.chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    ftyp = places.box(b"ftyp", b"isom\0\0\2\0isomiso2")
    return {
        "png-text": ihdr + claiming(b"tEXt", b"Author\0x" * 20), "png-profile": ihdr + claiming(b"iCCP"), "png-data": ihdr + claiming(b"IDAT"), "png-own": ihdr + claiming(b"prVt"),
        "png-inflated-text": places.png(places.chunk(b"zTXt", b"Comment\0\0" + deflated(600))), "png-inflated-profile": places.png(places.chunk(b"iCCP", b"a\0\0" + deflated(600))),
        "webp-chunk": b"RIFF" + struct.pack("<I", GIGABYTES) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(10) + b"EXIF" + struct.pack("<I", GIGABYTES - 100) + b"words",
        "wav-list": b"RIFF" + struct.pack("<I", GIGABYTES) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"LIST" + struct.pack("<I", GIGABYTES - 100) + b"INFOwords",
        "mp4-index": ftyp + claiming(b"moov", claiming(b"udta")), "mp4-tags": ftyp + places.box(b"moov", claiming(b"udta", bytes(40))),
        "mp4-samples": ftyp + places.box(b"moov", places.box(b"trak", places.box(b"mdia", places.box(b"minf", places.box(b"stbl", places.box(b"stsz", struct.pack(">III", 0, 1, 0x7FFFFFFF))))))),
        "heic-meta": places.box(b"ftyp", b"heic\0\0\0\0heicmif1") + claiming(b"meta", bytes(100)), "avif-meta": places.box(b"ftyp", b"avif\0\0\0\0avifmif1") + claiming(b"meta", bytes(100)),
        "mp3-tag": b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(400), "flac-block": b"fLaC\0\0\0\x22" + bytes(34) + b"\x04\xff\xff\xff" + bytes(100),
        "webm-tags": b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + b"\x12\x54\xc3\x67\x08\x7f\xff\xff\xf0" + bytes(100),
        "pdf-content": places.page(content=deflated(700), stream_keys=b"/Filter/FlateDecode"), "pdf-picture": places.page(samples=deflated(700), image=b"/Filter/FlateDecode"),
        "pdf-twice": places.page(content=zlib.compress(deflated(900)), stream_keys=b"/Filter[/FlateDecode/FlateDecode]"),
        "png-measure": vast_png(60000, 64)[:200], "gif-measure": b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b"\x2c\0\0\0\0\xff\xff\xff\xff\0\2\2\x4c\1\0\x3b",
    }


class Claims(unittest.TestCase):
    def clean(self, files, *options):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-claims-"))
        self.addCleanup(shutil.rmtree, folder, True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        done = subprocess.run([CLEAN_ONE, DECODE, str(folder), "--discard", *options], input="".join(f"{folder / n}\n" for n in files), capture_output=True, text=True, timeout=500)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        if os.environ.get("BROADSIDE_SANITIZED") != "1":
            self.assertLessEqual(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, MOST, "a child took more than it may")
        return {n: json.loads(line) for n, line in zip(files, done.stdout.splitlines())}

    def test_what_claims_gigabytes_is_refused_in_a_sentence_and_takes_no_memory(self):
        for name, data in small_files().items():
            with self.subTest(name):
                [answer] = self.clean({name: data}).values()
                self.assertIn(answer["end"], ("ok", "invalid"), answer)
                self.assertTrue(answer["end"] == "ok" or answer["sentence"])
                if not name.startswith("png-inflated") and (name != "pdf-picture" or os.environ.get("BROADSIDE_SANITIZED") != "1"):  # the limit of memory ends that one, which sanitizers do without
                    self.assertEqual(answer["end"], "invalid", answer)

    def test_a_large_picture_is_taken_and_a_larger_one_told_to_be_made_smaller(self):
        answers = self.clean({"fits.png": vast_png(8000, 7936), "is-too-much.png": vast_png(8000, 7936, 16)}, "--clean-only")
        self.assertEqual(answers["fits.png"]["end"], "ok", answers)
        self.assertIn("make it smaller", answers["is-too-much.png"].get("sentence", ""), answers)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
