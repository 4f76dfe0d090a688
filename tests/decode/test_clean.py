"""What cameras, recorders and office programs write into files is not in what is kept, and what people see and hear is: test_clean.py CLEAN_ONE DECODE.

Files of every kind are stuffed with secrets by the tools that people have (exiftool, ffmpeg, qpdf, vips), cleaned by the real decode children, and
looked at by exiftool again, which may find only what a player needs."""
import base64
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

import places
import stuffed
from stuffed import SECRET, TOOLS, ffmpeg, run

CLEAN_ONE, DECODE = sys.argv[1:3]

# What exiftool may find, by the group that it names; everything else is a trace.
STRUCTURE = {
    "File": None, "System": None, "ExifTool": None, "Composite": None,
    "JFIF": {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"},
    "PNG": {"ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter", "Interlace", "Palette", "Transparency"},
    "PNG-pHYs": {"PixelsPerUnitX", "PixelsPerUnitY", "PixelUnits"},
    "GIF": {"GIFVersion", "ImageWidth", "ImageHeight", "HasColorMap", "ColorResolutionDepth", "BitsPerPixel", "BackgroundColor", "AnimationIterations", "FrameCount", "Duration",
            "TransparentColor"},
    "RIFF": {"ImageWidth", "ImageHeight", "VP8Version", "HorizontalScale", "VerticalScale", "WebP_Flags", "AlphaPreprocessing", "AlphaFiltering", "AlphaCompression", "AlphaIsUsed",
             "Encoding", "NumChannels", "SampleRate", "AvgBytesPerSec", "BitsPerSample"},
    "MPEG": None, "FLAC": None, "Opus": {"OpusVersion", "AudioChannels", "SampleRate", "OutputGain"}, "Theora": None,
    "Vorbis": {"VorbisVersion", "AudioChannels", "SampleRate", "MaximumBitrate", "NominalBitrate", "MinimumBitrate", "Vendor"},
    "QuickTime": None, "Track1": None, "Track2": None,
    "Matroska": {"EBMLVersion", "EBMLReadVersion", "DocType", "DocTypeVersion", "DocTypeReadVersion", "TimecodeScale", "TimestampScale", "Duration", "MuxingApp", "WritingApp", "TagName",
                 "TagString", "VideoScanType"},
    "PDF": {"PDFVersion", "Linearized", "PageCount"},
}
# Within the groups that are taken whole: fields that may be there, with what they may say.
HARMLESS = {"CreateDate": r"0000:00:00 00:00:00", "ModifyDate": r"0000:00:00 00:00:00", "TrackCreateDate": r"0000:.*", "TrackModifyDate": r"0000:.*", "MediaCreateDate": r"0000:.*",
            "MediaModifyDate": r"0000:.*", "HandlerVendorID": r"Apple", "HandlerType": r"(Metadata|Video Track|Audio Track|.*Alias.*)", "HandlerClass": r".*", "Vendor": r"(ffmpeg|Lavf|Xiph.*|)", "MuxingApp": r"Lavf", "WritingApp": r"Lavf", "HandlerDescription": r"(Sound|Video)Handler",
            "TagName": r"DURATION", "TagString": r"[\d:.]+", "Encoder": r"(Lavf|)", "CompressorName": r"", **{f"{w}Time": "0 s" for w in ("Preview", "Poster", "Selection", "Current")}, "SampleTime": r"[\d.]+ s", "SampleDuration": r"[\d.]+ s", "MediaLanguageCode": r"und", "TrackLanguage": r"und", "TagTrackUID": r"", "HasXFA": r"No", "CopyrightFlag": r"False"}
SUSPECT = re.compile(r"date|time(?!scale|code)|gps|location|make|model|serial|artist|author|creator|title|comment|copyright|software|encoder|description|owner|name|thumbnail|preview(?!time|duration)|"
                     r"keyword|handler|vendor|language|lyric|album|genre|xmp|iptc|exif|unique|uuid", re.I)


class Clean(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-clean-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        came = cls.folder / "came"
        came.mkdir()
        cls.files = stuffed.make(came)
        cls.came = came
        cls.cleaned = dict(zip([p.name for p in cls.files], cls.clean(cls.files, cls.folder / "once")))

    @classmethod
    def clean(cls, paths, to, *options):
        to.mkdir()
        done = subprocess.run([CLEAN_ONE, DECODE, str(to), *options], input="".join(f"{p}\n" for p in paths), capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(paths), done.stderr[-3000:]
        return answers

    def kept(self, name):
        return pathlib.Path(self.cleaned[name]["outputs"][0]["path"])

    def test_every_kind_is_taken(self):
        for name, answer in self.cleaned.items():
            self.assertEqual(answer["end"], "ok", (name, answer))
        self.assertEqual({a["kind"] for a in self.cleaned.values()}, {"jpg", "png", "gif", "webp", "mp3", "ogg", "flac", "m4a", "wav", "mp4", "webm", "ogv", "pdf", "txt"})

    def test_no_secret_is_in_any_byte(self):
        """Neither as it stands, nor in what a document holds compressed, nor in a size or a still."""
        hidden = {SECRET.encode(), SECRET.encode("utf-16-be"), SECRET.encode("utf-16-le"), base64.b64encode(SECRET.encode()), b"2019:04:05", b"20190405", b"52.5123", b"+52.5"}
        for name, answer in self.cleaned.items():
            for output in answer["outputs"]:
                data = pathlib.Path(output["path"]).read_bytes()
                if output["kind"] == "pdf":
                    data = run("qpdf", "--qdf", "--object-streams=disable", output["path"], "-")
                for words in hidden:
                    self.assertFalse(words in data, (name, output["path"]))
        for path in self.files:  # or this test would find nothing whatever we do
            if path.name not in ("notes.txt", "phone.heic", "phone.avif"):
                self.assertIn(SECRET.encode(), path.read_bytes(), path.name)

    def test_exiftool_finds_structure_only(self):
        faults = []
        for name, answer in self.cleaned.items():
            for output in answer["outputs"]:
                [found] = json.loads(run("exiftool", "-j", "-a", "-G1", "-struct", "-ee3", output["path"]))
                for field, value in found.items():
                    group, _, tag = field.rpartition(":")
                    if group in ("", "File", "System", "ExifTool", "Composite"):
                        good = tag not in ("Comment", "GPSPosition", "Warning", "Error")
                    elif tag in HARMLESS:
                        good = re.fullmatch(HARMLESS[tag], str(value))
                    else:
                        allowed = STRUCTURE.get("MPEG" if group.startswith("MPEG") else group, ())
                        good = tag in allowed if allowed is not None else not SUSPECT.search(tag)
                    if not good:
                        faults.append((name, field, value))
        self.assertEqual(faults, [])

    def test_what_was_removed_is_told_by_its_kind(self):
        for name, kinds in {"photo.jpg": {"place", "camera", "date", "author", "comment"}, "drawing.png": {"place", "camera", "date", "author", "comment"}, "exact.webp": {"place", "camera"},
                            "film.mp4": {"place"}, "song.mp3": {"author", "cover art"}, "report.pdf": {"author", "date", "script"}, "notes.txt": set()}.items():
            said = {w.strip() for w in self.cleaned[name]["removed"].split(",")} - {""}
            self.assertLessEqual(kinds, said, (name, said))
            self.assertNotIn(SECRET, self.cleaned[name]["removed"])
            if not kinds:
                self.assertEqual(said, set())

    def pixels(self, path, turn=None):
        """All frames, as samples of red, green and blue."""
        return run("ffmpeg", "-nostdin", "-v", "error", "-noautorotate", "-i", path, *(["-vf", turn] if turn else []), "-f", "rawvideo", "-pix_fmt", "rgb24", "-")

    def test_pixels_are_the_same(self):
        for name in ("drawing.png", "moving.gif", "exact.webp"):
            self.assertEqual(self.pixels(self.came / name), self.pixels(self.kept(name)), name)
        for name, turn in (("photo.jpg", "transpose=1"), ("upright.jpg", None), ("lossy.webp", None)):
            before, after = self.pixels(self.came / name, turn), self.pixels(self.kept(name))
            self.assertEqual(len(before), len(after), name)
            error = sum((a - b) ** 2 for a, b in zip(before[::7], after[::7])) / (len(before) / 7)
            self.assertLess(error, 60 if name == "lossy.webp" else 2.5, name)  # 30 dB, 44 dB: ffmpeg undoes halved colours in another way
        for name in ("phone.heic", "phone.avif"):
            self.assertEqual((self.cleaned[name]["kind"], self.cleaned[name]["width"], self.cleaned[name]["height"]), ("jpg", 640, 420))
        self.assertEqual((self.cleaned["photo.jpg"]["width"], self.cleaned["photo.jpg"]["height"]), (420, 640))

    def test_colours_of_another_space_are_brought_to_srgb(self):
        came = self.folder / "coloured"
        came.mkdir()
        plain = self.came / "plain.png"
        soft = came / "soft.png"
        run("vips", "gaussblur", plain, soft, "8")  # whose colours lie within what sRGB shows
        for name, how in (("wide.png", ("p3",)), ("wide.jpg", ("p3",)), ("print.jpg", ("cmyk",))):
            run("vips", "icc_transform", soft, came / name, *how, "--input-profile", "srgb")
        paths = [came / n for n in ("wide.png", "wide.jpg", "print.jpg")]
        run("vips", "icc_transform", came / "print.jpg", came / "printed.png", "srgb")  # what ink cannot show is lost before
        right = {"print.jpg": self.pixels(came / "printed.png")}
        for path, answer in zip(paths, self.clean(paths, self.folder / "srgb", "--clean-only")):
            kept = answer["outputs"][0]["path"]
            self.assertNotIn(b"ICC_PROFILE", pathlib.Path(kept).read_bytes())
            self.assertNotIn(b"iCCP", pathlib.Path(kept).read_bytes())
            wanted = right.get(path.name) or self.pixels(soft)
            self.assertLess(sum(abs(a - b) for a, b in zip(wanted[::11], self.pixels(kept)[::11])) / len(wanted[::11]), 3, path.name)

    def streams(self, path):
        """The digests of the packets of sound and picture, as they would be decoded."""
        out = run("ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0:V?", "-map", "0:a?", "-f", "streamhash", "-").decode()
        return sorted(line.split(",", 1)[1] for line in out.split())

    def test_sound_and_picture_are_the_same(self):
        for name, answer in self.cleaned.items():
            if answer["kind"] not in ("mp3", "ogg", "flac", "m4a", "wav", "mp4", "webm", "ogv"):
                continue
            self.assertEqual(self.streams(self.came / name), self.streams(self.kept(name)), name)
            streams = json.loads(run("ffprobe", "-v", "error", "-show_streams", "-show_chapters", "-of", "json", self.kept(name)))
            self.assertEqual(streams["chapters"], [], name)
            self.assertEqual({s["codec_type"] for s in streams["streams"]}, {"video", "audio"} if name.startswith("film") else {"audio"}, name)

    def test_documents_are_whole_and_do_nothing(self):
        for name in ("report.pdf", "mended.pdf"):
            run("qpdf", "--check", self.kept(name))
            text = self.contents(self.kept(name))
            for word in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/Metadata", b"/Info", b"/PieceInfo", b"/OpenAction", b"/AA"):
                self.assertNotIn(word + b" ", text.replace(b"\n", b" "), (name, word))
            self.assertIn(b"Shown to all", text)
            self.assertEqual([o["kind"] for o in self.cleaned[name]["outputs"]], ["pdf", "webp", "jpg"], "a still of its first page")

    def test_pictures_in_documents_are_cleaned_too(self):
        for name in ("album.pdf", "untidy-album.pdf"):
            text = self.contents(self.kept(name))
            self.assertEqual(text.count(b"/Filter /DCTDecode") + text.count(b"/Filter [\n      /DCTDecode"), 5, name)  # what qpdf leaves undone: nothing is hidden behind it
            self.assertEqual(text.count(b"/Filter /JPXDecode"), 2, name)
            self.assertNotIn(b"Exif\0", text, name)
            self.assertNotIn(b"/OPI", text, name)
            self.assertLessEqual({"comment", "other data"}, set(self.cleaned[name]["removed"].split(", ")), name)
            shown = self.pixels(self.cleaned[name]["outputs"][1]["path"])
            self.assertEqual({shown[at:at + 3] for at in (0, len(shown) - 3)}, {b"\xff\xff\xff"}, name)
            self.assertLess(sum(shown[::31]) / len(shown[::31]), 240, "pictures are still seen")

    def contents(self, path):
        return run("qpdf", "--qdf", "--object-streams=disable", path, "-")

    def test_pictures_within_what_draws_a_page_are_cleaned_too(self):
        text = self.contents(self.kept("inlined.pdf"))
        plain = stuffed.bare((self.came / "small.jpg").read_bytes())
        self.assertNotIn(b"(BI of a DCT has an ID or so EI )", text, "a word that no reader knows takes its operands with it")
        photos = [bytes.fromhex(digits.decode()) for digits in re.findall(rb"ID ([0-9a-f]+)>\nEI", text)]
        self.assertEqual(len(photos), 5)
        self.assertIn(plain, photos, "what holds nothing stays as it is")
        for photo in photos:
            self.assertEqual(photo, stuffed.bare(photo), "no segment for applications, nor a comment")
            self.assertNotIn(SECRET.encode(), photo)
            self.assertTrue(photo.startswith(b"\xff\xd8") and photo.endswith(b"\xff\xd9"))
        self.assertEqual(len(re.findall(rb"/F \[ ?/AHx /DCT ?\]", text)), 5)
        self.assertRegex(text, rb"/DP \[ ?null << /ColorTransform 1 >> ?\]")
        self.assertNotIn(b"/L 7", text, "a length that is no longer true")
        self.assertLessEqual({"comment", "other data"}, set(self.cleaned["inlined.pdf"]["removed"].split(", ")))

    def test_pictures_within_what_draws_a_page_are_still_seen(self):
        still = self.cleaned["inlined.pdf"]["outputs"][1]
        shown, width, height = self.pixels(still["path"]), still["width"], still["height"]
        for x, y in ((55, 50), (155, 50), (255, 50), (55, 120), (140, 120)):  # the middle of each, on a page of 320 to 230
            at = 3 * (y * height // 230 * width + x * width // 320 - 15)
            self.assertLess(sum(shown[at:at + 90]) / 90, 240, (x, y))

    def test_a_picture_within_a_page_that_cannot_be_cleaned_is_refused(self):
        odd = self.folder / "odd-inlined"
        odd.mkdir()
        photo = (self.came / "photo.jpg").read_bytes()
        plain = stuffed.bare((self.came / "small.jpg").read_bytes())
        bad = {"cut": stuffed.inlined(b"/DCT", photo[:len(photo) // 2]), "endless": stuffed.inlined(b"/DCT", photo)[:-2], "unknown": stuffed.inlined(b"[/Odd/DCT]", photo),
               "jpx": stuffed.inlined(b"/JPXDecode", photo)}
        good = {"fine": stuffed.inlined(b"/DCT", plain), "close": b"BI/W 640/H 420/BPC 8/CS/RGB/F/DCT\rID\r\n" + plain + b"EI", "mask": b"BI /W 8 /H 1 /IM true ID \xff\nEI"}
        paths = []
        for name, content in {**bad, **good}.items():
            paths.append(odd / f"{name}.pdf")
            paths[-1].write_bytes(stuffed.page_with(b"q 90 0 0 60 10 150 cm " + content + b" Q", b"", b""))
        form = stuffed.inlined(b"[/AHx/DCT]", photo.hex().encode() + b">")
        coded = zlib.compress(form)
        paths.append(odd / "damaged.pdf")  # what draws the form cannot be read
        paths[-1].write_bytes(stuffed.page_with(b"/A Do", form, b"").replace(coded, coded[:5000] + bytes(100) + coded[5100:]))
        for path, answer in zip(paths, self.clean(paths, self.folder / "odd-inlined-out", "--clean-only")):
            self.assertEqual(answer["end"], "ok" if path.stem in good else "invalid", (path.name, answer))
            self.assertTrue(path.stem in good or answer["sentence"], path.name)
            if path.stem in good:
                self.assertEqual(answer["removed"], "", path.name)

    def test_a_picture_larger_than_libvips_keeps_in_memory_by_itself(self):
        large = self.folder / "large.png"
        run("vips", "black", self.folder / "large.v", "6200", "6000", "--bands", "3")
        run("vips", "pngsave", self.folder / "large.v", large, "--compression", "1")
        [answer] = self.clean([large], self.folder / "large", "--clean-only")
        self.assertEqual((answer["end"], answer.get("width"), answer.get("height")), ("ok", 6200, 6000), answer)

    def noise(self, one, other):
        """Decibels of signal to noise between two pictures, both undone by one program."""
        for name, args in (("a", ("subtract", one, other)), ("b", ("multiply", self.folder / "a.v", self.folder / "a.v"))):
            run("vips", args[0], args[1], args[2], self.folder / f"{name}.v")
        error = float(run("vips", "avg", self.folder / "b.v"))
        return 99 if not error else 10 * math.log10(255 * 255 / error)

    def test_a_jpeg_looks_as_it_came(self):
        """45 decibels, whatever it was coded with: by a scale or a camera's tables, with colours whole or halved, grey, turned, of grain, of fog, and larger than what is tried of it."""
        came = self.folder / "coded"
        came.mkdir()
        run("vips", "gaussnoise", self.folder / "grain.v", "500", "400", "--sigma", "50")
        run("vips", "resize", self.folder / "grain.v", self.folder / "soft.v", "4")
        run("vips", "bandjoin", f"{self.folder / 'soft.v'} {self.folder / 'soft.v'} {self.folder / 'soft.v'}", self.folder / "rgb.v")
        for q in (40, 60, 75, 85, 90, 93, 96):
            run("vips", "copy", self.folder / "rgb.v", f"{came / f'soft-{q}.jpg'}[Q={q}]", "--interpretation", "srgb")
            run("vips", "copy", self.came / "plain.png", f"{came / f'hard-{q}.jpg'}[Q={q},subsample_mode={'on' if q % 2 else 'off'}]")
        run("vips", "colourspace", came / "soft-85.jpg", f"{came / 'grey.jpg'}[Q=80]", "b-w")
        ffmpeg("-f", "lavfi", "-i", "mandelbrot=size=1920x1440:rate=1", "-frames:v", "1", "-q:v", "5", came / "tables.jpg")
        ffmpeg("-f", "lavfi", "-i", "nullsrc=s=800x600,geq=random(1)*255:128:128", "-frames:v", "1", "-q:v", "2", came / "noise.jpg")
        shutil.copy(came / "soft-85.jpg", came / "turned.jpg")
        run("exiftool", "-q", "-overwrite_original", "-Orientation#=6", came / "turned.jpg")
        paths = sorted(came.iterdir())
        for path, answer in zip(paths, self.clean(paths, self.folder / "coded-out", "--clean-only")):
            before = path
            if path.name == "turned.jpg":
                before = self.folder / "upright.v"
                run("vips", "autorot", path, before)
            self.assertGreaterEqual(self.noise(before, answer["outputs"][0]["path"]), 45, path.name)

    def test_a_document_that_opens_without_a_password_is_taken_and_one_that_does_not_is_refused(self):
        locked = self.folder / "locked"
        locked.mkdir()
        (self.folder / "open.pdf").write_bytes(places.page(more=(b"<</Author(%s)>>" % SECRET.encode(),), trailer=b"/Info 11 0 R"))
        for name, words in (("owner.pdf", ("", "owner")), ("user.pdf", ("reader", "owner"))):
            run("qpdf", "--encrypt", *words, "256", "--print=none", "--modify=none", "--", self.folder / "open.pdf", locked / name)
        owner, user = self.clean([locked / "owner.pdf", locked / "user.pdf"], self.folder / "locked-out")
        self.assertEqual(owner["end"], "ok", owner)
        text = self.contents(owner["outputs"][0]["path"])
        self.assertIn(b"(Hello) Tj", text)
        for word in (SECRET.encode(), b"/Encrypt"):
            self.assertNotIn(word, text)
        self.assertEqual([o["kind"] for o in owner["outputs"]], ["pdf", "webp", "jpg"])
        self.assertEqual((user["end"], user["sentence"]), ("invalid", "opens only with a password, so it cannot be cleaned: save it without one and send it again"))

    def content(self, path):
        """The bytes; of a document what it holds, in whatever order the keys are written."""
        if path.suffix != ".pdf":
            return path.read_bytes()
        return sorted(line for line in self.contents(path).splitlines() if b"/ID" not in line)

    def test_twice_changes_nothing_more(self):
        names = [n for n in self.cleaned]
        again = dict(zip(names, self.clean([self.kept(n) for n in names], self.folder / "twice", "--clean-only")))
        for name in names:
            kept, twice = self.kept(name), pathlib.Path(again[name]["outputs"][0]["path"])
            self.assertEqual({w for w in again[name]["removed"].split(", ")} - {"", "software"}, set(), name)
            if self.cleaned[name]["kind"] in ("png", "gif", "mp3", "ogg", "flac", "m4a", "wav", "ogv", "pdf", "txt") or name == "exact.webp":
                self.assertEqual(self.content(kept), self.content(twice), name)
            elif self.cleaned[name]["kind"] in ("mp4", "webm"):
                self.assertEqual(self.streams(kept), self.streams(twice), name)
            else:
                self.assertEqual((again[name]["width"], again[name]["height"]), (self.cleaned[name]["width"], self.cleaned[name]["height"]))

    def test_what_we_do_not_know_is_refused_in_a_sentence(self):
        odd = self.folder / "odd"
        odd.mkdir()
        for name, data in {"a.jpg": b"", "b.jpg": b"\xff\xd8\xff\xe0", "c.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "d.exe": b"MZ" + bytes(3000),
                           "e.zip": b"PK\x03\x04" + bytes(100), "f.png": (self.came / "drawing.png").read_bytes()[:600], "g.html": b"<!doctype html><script>1</script>\0",
                           "h.pdf": b"%PDF-1.7\n" + bytes(500)}.items():
            (odd / name).write_bytes(data)
        for path, answer in zip(sorted(odd.iterdir()), self.clean(sorted(odd.iterdir()), self.folder / "refused")):
            self.assertEqual(answer["end"] if path.name != "c.svg" else "invalid", "invalid", (path.name, answer))
            if answer["end"] == "invalid":
                self.assertTrue(answer["sentence"], path.name)
            else:
                self.assertEqual(answer["kind"], "txt")


if __name__ == "__main__":
    if not all(shutil.which(t) for t in TOOLS):
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
