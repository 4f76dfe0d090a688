"""Every kind of file from the form to the reader, as people's tools make them; and how each is shown."""
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import podcast
import samples
from harness import TOP, Scenario, id_of, path_of

sys.path.insert(0, str(TOP / "tests/decode"))
import stuffed  # noqa: E402  found by the line above

MIMES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "heic": "image/jpeg", "avif": "image/jpeg", "mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg",
         "flac": "audio/flac", "m4a": "audio/mp4", "wav": "audio/wav", "mp4": "video/mp4", "webm": "video/webm", "ogv": "video/ogg", "pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}


def sent(data, name):
    return ("files", name, "application/octet-stream", data)


class Kinds(Scenario):
    conf = {"spam": {"limit_files_per_hour": "100000"}, "site": {"url": "https://example.org"}}
    people = (("ed", "admin", "correct horse staple"),)

    def posted(self, title, *files, **values):
        fields = [("title", title), ("body", "Words."), ("type", "news"), *values.items(), ("action", "publish")]
        reply = self.client.post("/publish", fields, files, multipart=True)
        self.assertEqual(reply.status, 303, reply.alerts if reply.status == 422 else reply)
        receipt = self.client.get(reply.location)
        return [path_of(receipt.page.one(f"a[rel={rel}]")["href"], receipt) for rel in ("bookmark", "edit")]

    def assert_served(self, where, mime, document):
        reply = self.client.get(where)
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, mime))
        self.assertEqual(hashlib.sha256(reply.raw).hexdigest(), where.split("/")[2])
        self.assertEqual((reply.headers.get("Content-Disposition") or "").split(";")[0], "attachment" if document else "")
        part = self.client.get(where, Range="bytes=3-9")
        self.assertEqual((part.status, part.raw), (206, reply.raw[3:10]))
        missing = [self.client.get(where.replace("/media/", "/media/0")), self.client.get(f"/media/{'0' * 64}/a.svg"), self.client.post(where, {"a": "b"})]
        for answer in (reply, part, self.client.head(where), *missing):
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff", answer.status)
        for answer in (reply, part, self.client.head(where)):
            self.assertIn("sandbox", answer.headers["Content-Security-Policy"], answer.status)
            self.assertIn("immutable", answer.headers["Cache-Control"], answer.status)
        self.assertEqual([m.status for m in missing], [404, 404, 405])
        self.assertEqual(self.client.get(where, If_None_Match=reply.headers["ETag"]).status, 304)
        return reply.raw

    @unittest.skipUnless(all(shutil.which(t) for t in stuffed.TOOLS), "exiftool, ffmpeg, qpdf and vips make the files")
    def test_each_as_people_s_tools_make_it(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-kinds-"))
        self.addCleanup(shutil.rmtree, folder, True)
        seen = set()
        for path in stuffed.make(folder):
            kind = path.suffix[1:]
            seen.add(kind)
            with self.subTest(path.name):
                article, _edit = self.posted(f"A file: {path.name}", sent(path.read_bytes(), "x.html"))
                page = self.client.get(article).page
                [figure] = page.all("article.story figure")
                mime = MIMES[kind]
                group = mime.split("/")[0]
                if group in ("audio", "video"):
                    player = figure.one(group)
                    self.assertEqual(player["preload"], "metadata")
                    self.assertIn("controls", player.attrs)
                    where = player["src"]
                else:
                    where = figure.one("a")["href"]
                if group == "video":
                    self.assertEqual((player["width"], player["height"]), ("640", "420"))
                    self.assertEqual(self.client.get(player["poster"]).headers["Content-Type"], "image/jpeg")
                if kind == "pdf":
                    first = self.client.get(figure.one("img")["src"])
                    self.assertEqual((first.status, first.headers["Content-Type"]), (200, "image/jpeg"))
                if group == "image":
                    image = figure.one("img")
                    self.assertEqual(image["loading"], "lazy")
                    self.assertTrue(int(image["width"]) and int(image["height"]))
                self.assertNotIn(stuffed.SECRET.encode(), self.assert_served(where, mime, mime.split("/")[0] in ("application", "text")))
        self.assertEqual(seen, set(MIMES))
        feed = self.client.get("/audio/feed.rss")
        self.assertEqual(podcast.faults(feed.body, "https://example.org/audio/feed.rss"), [])
        self.assertGreaterEqual(feed.text.count("<item>"), 6)

    def test_the_podcast_is_one(self):
        self.posted("Talk & <more>", sent(samples.wav(2, seed=50), "talk.wav"))
        feed = self.client.get("/audio/feed.rss")
        self.assertEqual(podcast.faults(feed.body, "https://example.org/audio/feed.rss"), [])
        cover = self.client.get(urllib.parse.urlsplit(re.search(r'<itunes:image href="([^"]+)"', feed.text)[1]).path)
        self.assertEqual(cover.headers["Content-Type"], "image/png")
        width, height = (int.from_bytes(cover.raw[at:at + 4], "big") for at in (16, 20))
        self.assertEqual(width, height)
        self.assertTrue(1400 <= width <= 3000)

    def test_markup_is_never_served_as_such(self):
        for name, text in (("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), ("b.html", "<!doctype html><script>alert(1)</script>")):
            article, _edit = self.posted(f"Markup {name}", sent(text.encode(), name), keep="1")
            where = self.client.get(article).page.one("article.story figure a")["href"]
            self.assertEqual(self.assert_served(where, "text/plain; charset=utf-8", True), text.encode())
            self.assertTrue(where.endswith(".txt"), where)
            self.assertEqual(self.client.get(where.rsplit("/", 1)[0] + "/" + name).headers["Content-Type"], "text/plain; charset=utf-8")

    @unittest.skipUnless(shutil.which("ffmpeg"), "ffmpeg makes the file")
    def test_what_moves_is_shown_moving(self):
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("gif", "webp"):
                out = f"{folder}/moving.{kind}"
                subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=s=700x400:r=4:d=1", "-loop", "0", out], check=True)
                article, _edit = self.posted(f"It moves: {kind}", sent(pathlib.Path(out).read_bytes(), "m"))
                figure = self.client.get(article).page.one("article.story figure")
                self.assertEqual(figure.one("img")["src"], figure.one("a")["href"], kind)
                self.assertFalse(figure.has("source"), kind)
                raw = self.client.get(figure.one("img")["src"]).raw
                self.assertTrue(raw.count(b"ANMF") == 4 if kind == "webp" else b"NETSCAPE2.0" in raw, kind)

    def test_what_was_taken_out_is_told_wherever_files_come_in(self):
        article, edit = self.posted("Files come later")
        form = self.client.get(edit).form("form#correct")
        saved = self.client.post(edit, [*form.fields, ("action", "correct")], [sent(samples.png(seed=60), "a.png")], multipart=True)
        self.assertEqual(saved.status, 303, saved)
        self.assertIn("Taken out of the files: author, other data.", self.client.get(saved.location).page.one(".notice.done").text)
        ed = self.editor()
        where = f"/editor/article/{id_of(article)}/edit"
        form = ed.get(where).form("form#edit")
        form.set(note="One more")
        saved = ed.post(where, [*form.fields, ("action", "edit")], [sent(samples.png(seed=61), "b.png")], multipart=True)
        self.assertEqual(saved.status, 303, saved)
        self.assertIn("Taken out of the files: author, other data.", ed.get(saved.location).page.one(".notice.done").text)
        self.assertEqual(len(self.client.get(article, follow=True).page.all("article.story figure img")), 2)
        where = f"/article/{id_of(article)}/comment"
        shown = self.client.post(where, [("body", "Me too."), ("action", "preview")], [sent(samples.png(seed=62), "c.png")], multipart=True)
        self.assertIn("Taken out: author, other data", shown.page.one(".upload.here").text)

    def test_a_comment_s_files_go_and_come_with_it(self):
        article, _edit = self.posted("Commented upon")
        reply = self.client.post(f"/article/{id_of(article)}/comment", [("body", "Look."), ("action", "publish")], [sent(samples.png(seed=63), "d.png")], multipart=True)
        self.assertEqual(reply.status, 303, reply)
        where = self.client.get(article).page.one("article.comment figure a")["href"]
        ed, desk = self.editor(), "/editor/comment/" + reply.location.rsplit("-", 1)[1]
        for act, status in (("hide", 404), ("unhide", 200), ("purge", 404)):
            self.assertEqual(ed.act(desk, act, reason="spam").status, 303)
            self.assertEqual(self.visitor().get(where).status, status, act)
            self.assertEqual(ed.get(where).status, 404 if act == "purge" else 200, act)
