"""Files with what people publish: what comes in is cleaned and kept once, stands where it was put, goes when it must, and survives the form's mistakes."""
import hashlib
import http.client
import os
import pathlib
import random
import re
import sqlite3
import threading
import unittest
import urllib.parse
import xml.etree.ElementTree as ET

import samples
from harness import CLUSTER, SANITIZED as SLOW, Client, Scenario, Site, command, encode_multipart, id_of, path_of, together

KILLS = int(os.environ.get("BROADSIDE_MEDIA_KILLS", "12"))


def sent(data, name="holiday.png"):
    return ("files", name, "application/octet-stream", data)


def fields_of(form, **values):
    """A form's fields without those that belong to files, which the test gives itself."""
    form.set(**values)
    return [(k, v) for k, v in form.fields if k not in ("alt", "caption", "order")]


class Sending(Scenario):
    """How files are sent by the form, for the classes below."""

    def send(self, files, alts=(), captions=(), press="publish", client=None, more=(), **values):
        client = client or self.client
        form = client.get("/publish").form("form#publish")
        values.setdefault("title", f"With files {random.randrange(10**9)}")
        values.setdefault("body", "Words.")
        values.setdefault("type", "news")
        fields = fields_of(form, **values) + [("alt", a) for a in alts] + [("caption", c) for c in captions] + list(more) + [("action", press)]
        return client.post("/publish", fields, files, multipart=True)

    def posted(self, files, alts=(), captions=(), **values):
        reply = self.send(files, alts, captions, **values)
        self.assertEqual(reply.status, 303, reply.alerts if reply.status != 303 else "")
        receipt = self.client.get(reply.location)
        return tuple(path_of(receipt.page.one(f"a[rel={rel}]")["href"], receipt) for rel in ("bookmark", "edit")), receipt

    def stored(self):
        return {p for p in (self.site.path / "media").rglob("*") if p.is_file()}


class Media(Sending):
    conf = {"spam": {"limit_files_per_hour": "100000"}, "upload": {"max_file_mb": "2", "max_files": "6"}}
    people = (("ed", "admin", "correct horse staple"),)

    def assert_checked(self):
        checked = command("check", self.site.path, "--deep")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_pictures_stand_with_their_words(self):
        (article, _edit), receipt = self.posted([sent(samples.png(seed=1)), sent(samples.png(700, 900, seed=2), "b.png")],
                                                ["A gull", 'Two "gulls" <b>'], ["On the quay", ""])
        self.assertIn("Taken out of the files", receipt.text)
        self.assertIn("author", receipt.page.one(".notice.done").text)
        page = self.client.get(article)
        images = page.page.all("article.story figure img")
        self.assertEqual([i["alt"] for i in images], ["A gull", 'Two "gulls" <b>'])
        self.assertEqual(page.page.one("figure figcaption").text, "On the quay")
        self.assertEqual(len(page.page.all("article.story .files.several figure.picture")), 2, "several pictures make a gallery")
        for image in images:
            self.assertTrue(image["width"] and image["height"])
            self.assertEqual(image["loading"], "lazy")
        widths = [int(w) for w in re.findall(r" (\d+)w", page.page.one("source")["srcset"])]
        self.assertIn(320, widths)
        for source in page.page.one("source")["srcset"].split(", "):
            reply = self.client.get(source.split()[0])
            self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "image/webp"))
            self.assertTrue(reply.raw[8:12] == b"WEBP")
        for reply in [self.client.get(i["src"]) for i in images] + [self.client.get(a["href"]) for a in page.page.all("figure a")]:
            self.assertEqual(reply.status, 200)
            self.assertNotIn(samples.SECRET, reply.raw)
        for path in self.stored():
            self.assertNotIn(samples.SECRET, path.read_bytes(), path)

    def test_each_kind(self):
        kinds = {"png": (samples.png(seed=3), "image/png", "img"), "wav": (samples.wav(), "audio/wav", "audio"), "pdf": (samples.pdf(), "application/pdf", "figure.document"),
                 "txt": ("Plain words, ünd more.\n".encode(), "text/plain; charset=utf-8", "figure.document"),
                 "jpg": (samples.jpeg(), "image/jpeg", "img"), "mp3": (samples.mp3(), "audio/mpeg", "audio"), "webm": (samples.webm(), "video/webm", "video")}
        for kind, (data, mime, mark) in kinds.items():
            if data is None:
                continue
            with self.subTest(kind):
                (article, _edit), _receipt = self.posted([sent(data, "what.exe")])
                page = self.client.get(article).page
                node = page.one(f"article.story {mark}")
                where = node["src"] if mark in ("audio", "video") else page.one("article.story figure a")["href"]
                reply = self.client.get(where)
                self.assertEqual(reply.status, 200)
                self.assertEqual(reply.headers["Content-Type"], mime)
                self.assertEqual(hashlib.sha256(reply.raw).hexdigest(), where.split("/")[2])
                self.assertIn("sandbox", reply.headers["Content-Security-Policy"])
                self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("immutable", reply.headers["Cache-Control"])
                self.assertEqual("Content-Disposition" in reply.headers, mark == "figure.document")
                self.assertNotIn(samples.SECRET, reply.raw)
                self.assertNotIn("what.exe", self.client.get(article).text)

    def test_what_is_refused_is_named_and_the_rest_is_kept(self):
        good = samples.png(seed=4)
        reply = self.send([sent(good), sent(b"MZ\x90\0 not for here" * 50, "C:\\fakepath\\tool.exe"), sent(b"", "empty.txt"), sent(os.urandom(2200000), "vast.bin")],
                          ["Kept alt", "Second alt"], ["Kept caption"], title="Refused once")
        self.assertEqual(reply.status, 422)
        for name in ("“tool.exe”", "“empty.txt” is empty", "“vast.bin” is larger than 2 MB"):
            self.assertIn(name, reply.alerts)
        self.assertNotIn("fakepath", reply.text)
        form = reply.form("form#publish")
        self.assertEqual(len(form.values("received")), 1)
        self.assertEqual(form.values("alt")[:2], ["Kept alt", "Second alt"])
        self.assertEqual(form.value("title"), "Refused once")
        again = self.client.send(form, "publish")
        self.assertEqual(again.status, 303, again.alerts)
        page = self.client.get(self.client.get(again.location).page.one("a[rel=bookmark]")["href"]).page
        self.assertEqual([i["alt"] for i in page.all("article.story figure img")], ["Kept alt"])

    def test_received_once_through_every_mistake(self):
        reply = self.send([sent(samples.png(seed=5))], ["Through it all"], title="")
        self.assertRefused(reply, "title")
        before = self.stored()
        for title, press, status in (("", "publish", 422), ("Now it has one", "preview", 200), ("Now it has one", "preview", 200)):
            form = reply.form("form#publish").set(title=title)
            reply = self.client.send(form, press)
            self.assertEqual(reply.status, status)
            self.assertEqual(reply.form("form#publish").values("alt")[0], "Through it all")
        self.assertEqual(self.stored(), before, "a file that was received is not taken in again")
        image = reply.page.one(".preview figure img")
        self.assertEqual(image["alt"], "Through it all")
        shown = self.client.get(image["src"])
        self.assertEqual(shown.status, 200)
        self.assertIn("no-store", shown.headers["Cache-Control"])
        self.assertEqual(self.visitor().get(image["src"].split("?")[0]).status, 404, "nobody else sees what was not posted")
        self.assertEqual(self.visitor().get(image["src"].split("?")[0] + "?t=" + "0" * 32).status, 404)
        done = self.client.send(reply.form("form#publish"), "publish")
        self.assertEqual(done.status, 303, done.alerts)
        self.assertEqual(self.visitor().get(image["src"].split("?")[0]).status, 200)
        forged = self.client.send(reply.form("form#publish").set(title="The same token again"), "publish")
        self.assertEqual(forged.status, 422)
        self.assertIn("choose it again", forged.alerts)

    def test_taking_back_what_was_received(self):
        before = self.stored()
        reply = self.send([sent(samples.png(seed=6)), sent(samples.png(seed=7), "two.png")], press="preview")
        form = reply.form("form#publish")
        first = form.values("received")[0]
        form.fields.append(["remove", first])
        reply = self.client.send(form, "preview")
        self.assertEqual(len(reply.form("form#publish").values("received")), 1)
        form = reply.form("form#publish")
        form.fields.append(["remove", form.values("received")[0]])
        self.assertEqual(self.client.send(form, "preview").form("form#publish").values("received"), [])
        self.assertEqual(self.stored(), before, "what was taken back is gone at once")

    def test_marks_in_the_text(self):
        for kind in ("plain", "markdown"):
            (article, _edit), _receipt = self.posted([sent(samples.png(seed=8)), sent(samples.png(seed=9), "x.png")], ["one", "two"],
                                                     body="Before.\n{{file 2}}\nAfter.\n\n{{file 7}}\n", format=kind)
            body = self.client.get(article).page.one("article.story .body")
            self.assertEqual([i["alt"] for i in body.all("img")], ["two"], kind)
            self.assertIn("{{file 7}}", body.text, "a mark for a file that is not there can be seen")
            self.assertNotIn("{{file 2}}", body.text)
            text = body.outline()
            self.assertLess(text.index("Before."), text.index("<img"))
            self.assertLess(text.index("<img"), text.index("After."))

    def test_the_author_puts_them_right(self):
        (article, edit), _receipt = self.posted([sent(samples.png(seed=s), f"{s}.png") for s in (10, 11)], ["first", "second"])
        before = self.stored()
        form = self.client.get(edit).form("form#correct")
        self.assertEqual(form.values("alt")[:2], ["first", "second"])
        orders = iter(["2", "1"])
        form.fields = [[k, next(orders) if k == "order" else v] for k, v in form.fields]
        self.assertEqual(self.client.send(form, "correct").status, 303)
        page = self.client.get(article).page
        self.assertEqual([i["alt"] for i in page.all("article.story figure img")], ["second", "first"])
        form = self.client.get(edit).form("form#correct")
        form.fields.append(["remove", form.values("received")[0]])
        fields = [(k, v) for k, v in form.fields] + [("action", "correct")]
        reply = self.client.post(edit, fields, [sent(samples.png(seed=12), "third.png")], multipart=True)
        self.assertEqual(reply.status, 303, reply.alerts)
        self.assertEqual(len(self.client.get(article).page.all("article.story figure img")), 2)
        self.assertTrue(before - self.stored(), "what stands nowhere any more is gone")
        plain = self.client.post(edit, {"title": "Only words", "body": "By a form without files.", "type": "news", "action": "correct"})
        self.assertEqual(plain.status, 303)
        self.assertEqual(len(self.client.get(article, follow=True).page.all("article.story figure img")), 2)
        self.assert_checked()

    def test_editors_put_them_right_and_the_log_says_so(self):
        (article, _edit), _receipt = self.posted([sent(samples.png(seed=13))], ["to go"], title="Edited files")
        ed = self.editor()
        form = ed.get(f"/editor/article/{id_of(article)}/edit").form("form#edit")
        form.fields.append(["remove", form.values("received")[0]])
        self.assertEqual(ed.send(form.set(note="A face."), "edit").status, 303)
        self.assertFalse(self.client.get(article, follow=True).page.has("article.story figure img"))
        self.assertIn("A face.", self.client.get("/log").text)

    def test_comments_have_them_too(self):
        (article, _edit), _receipt = self.posted([sent(samples.png(seed=14))], ["above"])
        where = f"/article/{id_of(article)}/comment"
        form = self.client.get(where).form("#full-comment")
        reply = self.client.post(where, fields_of(form, body="I saw it too.") + [("alt", "below"), ("action", "publish")], [sent(samples.png(seed=15))])
        self.assertEqual(reply.status, 303, reply.alerts)
        page = self.client.get(article).page
        self.assertEqual([i["alt"] for i in page.all("article.comment img")], ["below"])
        self.assertEqual([i["alt"] for i in page.all("article.story figure img")], ["above"])

    def test_the_same_file_twice_is_kept_once_and_goes_with_the_last(self):
        data = samples.png(seed=16)
        (one, _), _r = self.posted([sent(data)], title="Twice, one")
        once = self.stored()
        (two, _), _r = self.posted([sent(data, "again.png")], title="Twice, two")
        self.assertEqual(self.stored(), once)
        where = self.client.get(one).page.one("article.story figure a")["href"]
        ed = self.editor()
        self.assertEqual(ed.act(f"/editor/article/{id_of(one)}", "hide", reason="spam").status, 303)
        self.assertEqual(self.visitor().get(where).status, 200, "what is hidden stays at its place")
        self.assertEqual(ed.act(f"/editor/article/{id_of(one)}", "purge", reason="spam").status, 303)
        self.assertEqual(self.visitor().get(where).status, 200, "another article shows it")
        self.assertEqual(ed.act(f"/editor/article/{id_of(two)}", "purge", reason="spam").status, 303)
        self.assertEqual(self.visitor().get(where).status, 404)
        self.assertFalse(any(where.split("/")[2][2:] in p.name for p in self.stored()))
        self.assert_checked()

    def test_withdrawn_and_held_are_nobody_s(self):
        (article, edit), _receipt = self.posted([sent(samples.png(seed=17))])
        where = self.client.get(article).page.one("article.story figure a")["href"]
        self.assertEqual(self.client.send(self.client.get(edit).form("form#withdraw").set(confirm="1"), "withdraw").status, 303)
        self.assertEqual(self.visitor().get(where).status, 404)
        self.assertEqual(self.editor().get(where).status, 200)

    def test_no_cache_keeps_an_address_with_a_private_link_in_it(self):
        (article, edit), _receipt = self.posted([sent(samples.png(seed=18))])
        where = self.client.get(article).page.one("article.story figure a")["href"]
        self.assertIn("immutable", self.client.get(where).headers["Cache-Control"])
        [own] = {i["src"] for i in self.client.get(edit).page.all("img") if "?k=" in i["src"]}
        self.assertEqual(self.client.get(own).headers["Cache-Control"], "private, no-store")

    def test_what_everybody_s_caches_keep_says_nothing_to_one_visitor(self):
        (article, _edit), _receipt = self.posted([sent(samples.png(seed=19))])
        page = self.client.get(article).page
        for where in (page.one("article.story figure a")["href"], page.one("link[rel=stylesheet]")["href"]):
            visitor = self.visitor()
            visitor.cookies["session"] = "ab" * 32
            reply = visitor.get(where)
            self.assertIn("public", reply.headers["Cache-Control"], where)
            self.assertIsNone(reply.headers["Set-Cookie"], where)

    def test_ranges_and_conditions(self):
        (article, _edit), _receipt = self.posted([sent(samples.wav(3))])
        where = self.client.get(article).page.one("audio")["src"]
        whole = self.client.get(where)
        n = len(whole.raw)
        self.assertEqual(whole.headers["Accept-Ranges"], "bytes")
        for asked, first, last in (("bytes=0-0", 0, 0), ("bytes=10-99", 10, 99), ("bytes=-5", n - 5, n - 1), (f"bytes={n - 1}-", n - 1, n - 1), ("bytes=7-99999999", 7, n - 1)):
            part = self.client.get(where, Range=asked)
            self.assertEqual((part.status, part.headers["Content-Range"]), (206, f"bytes {first}-{last}/{n}"), asked)
            self.assertEqual(part.raw, whole.raw[first:last + 1])
        past = self.client.get(where, Range=f"bytes={n}-")
        self.assertEqual((past.status, past.headers["Content-Range"]), (416, f"bytes */{n}"))
        for odd in ("bytes=0-1,5-6", "lines=1-2", "bytes=5-1", "bytes=x"):
            self.assertEqual(self.client.get(where, Range=odd).status, 200, odd)
        tag = whole.headers["ETag"]
        self.assertEqual(self.client.get(where, Range="bytes=0-1", If_Range=tag).status, 206)
        self.assertEqual(self.client.get(where, Range="bytes=0-1", If_Range='"other"').status, 200)
        self.assertEqual(self.client.get(where, If_None_Match=tag).status, 304)
        head = self.client.head(where)
        self.assertEqual((head.status, head.headers["Content-Length"], head.raw), (200, str(n), b""))
        for wrong in (where.rsplit("/", 1)[0] + "/320w.webp", "/media/" + "0" * 64 + "/x.png", "/media/zz/x", where.replace("/media/", "/media/00")):
            self.assertEqual(self.client.get(wrong).status, 404, wrong)

    def test_names(self):
        reply = self.send([sent(b"The first words.\n", "Prog\u00e9 ../../x.html"), sent(b"Other words.\n", "second.txt")], more=[("keep", "1")], title="Named")
        self.assertEqual(reply.status, 303, reply.alerts)
        article = self.client.get(reply.location).page.one("a[rel=bookmark]")["href"]
        links = [n for n in self.client.get(article).page.all("figure.document figcaption a")]
        self.assertEqual([n.text for n in links], ["x.txt", "document-2.txt"])
        reply = self.client.get(links[0]["href"])
        self.assertEqual(reply.headers["Content-Disposition"], "attachment; filename*=UTF-8''x.txt")

    def test_a_name_goes_with_the_post_that_kept_it(self):
        words = b"The same words, sent in by two.\n"
        (_first, edit), _receipt = self.posted([sent(words, "ada-quill-cv.txt")], more=[("keep", "1")])
        (second, _edit), _receipt = self.posted([sent(words, "whatever.txt")])
        self.assertEqual(self.client.send(self.client.get(edit).form("form#withdraw").set(confirm="1"), "withdraw").status, 303)
        where = self.client.get(second).page.one("figure.document figcaption a")["href"]
        self.assertNotIn("ada-quill", self.client.get(where).headers["Content-Disposition"])

    def test_gallery_and_podcast(self):
        (article, _edit), _receipt = self.posted([sent(samples.png(seed=18)), sent(samples.wav(2, seed=18), "talk.wav")], ["In the gallery", "A talk"], ["", "The talk & more"], title="Seen <and> heard")
        gallery = self.client.get("/gallery").page
        image = next(i for i in gallery.all(".gallery img") if i["alt"] == "In the gallery")
        self.assertEqual(self.client.get(image["src"]).status, 200)
        feed = self.client.get("/audio/feed.rss")
        self.assertEqual(feed.headers["Content-Type"], "application/rss+xml; charset=utf-8")
        item = next(i for i in ET.fromstring(feed.body).iter("item") if i.find("title").text == "Seen <and> heard")
        self.assertEqual(item.find("description").text, "The talk & more")
        enclosure = item.find("enclosure").attrib
        sound = self.client.get(urllib.parse.urlsplit(enclosure["url"]).path)
        self.assertEqual((enclosure["type"], int(enclosure["length"])), ("audio/wav", len(sound.raw)))
        self.assertEqual(item.find("{http://www.itunes.com/dtds/podcast-1.0.dtd}duration").text, "2")
        self.editor().act(f"/editor/article/{id_of(article)}", "hide", reason="spam")
        self.assertNotIn("In the gallery", self.visitor().get("/gallery").text)
        self.assertNotIn("Seen", self.visitor().get("/audio/feed.rss").text)

    def test_one_too_many(self):
        reply = self.send([sent(samples.png(60, 40, seed=100 + i), f"{i}.png") for i in range(7)], title="Seven")
        self.assertEqual(reply.status, 422)
        self.assertIn("one too many", reply.alerts)
        self.assertEqual(len(reply.form("form#publish").values("received")), 6)


class Limits(Scenario):
    conf = {"spam": {"limit_files_per_hour": "3", "shared_factor": "1"}, "upload": {"max_file_mb": "2", "max_picture_mb": "1", "max_video_mb": "0", "keep_free_mb": "0"}}

    def test_told_before_and_kept(self):
        page = self.client.get("/publish")
        hint = page.page.one("#f-files-hint").text
        self.assertIn("Up to 8 files, each up to 2 MB", hint)
        self.assertIn("pictures (JPEG, PNG, GIF, WebP, AVIF, HEIC; up to 64 megapixels, 1 MB), sound (MP3, Ogg, FLAC, M4A, WAV; up to 6 hours), documents (PDF, plain text; up to 2000 pages)", hint)
        self.assertIn("less than 0 MB are free", hint)
        self.assertNotIn("video", hint)
        form = page.form("form#publish")
        fields = fields_of(form, title="Too much", body="x", type="news") + [("action", "preview")]
        noise = samples.png(800, 500, seed=1, hidden=False) + os.urandom(1200000)
        reply = self.client.post("/publish", fields, [sent(noise, "big.png")])
        self.assertIn("“big.png” is larger than 1 MB, the most for a file of its kind", reply.alerts)
        for _more in range(2):
            self.assertEqual(self.client.post("/publish", fields, [sent(samples.png(60, 40))]).status, 200)
        reply = self.client.post("/publish", fields, [sent(samples.png(60, 40), "fourth.png")])
        self.assertEqual(reply.status, 429)
        self.assertIn("“fourth.png” is one more than we take in an hour", reply.alerts)
        self.assertIn("Retry-After", reply.headers)
        self.assertEqual(reply.form("form#publish").value("title"), "Too much")


class NoRoom(Scenario):
    conf = {"upload": {"keep_free_mb": "1000000"}}

    def test_a_disk_that_is_nearly_full_takes_words_alone(self):
        form = self.client.get("/publish").form("form#publish")
        fields = fields_of(form, title="Only words then", body="x", type="news")
        reply = self.client.post("/publish", fields + [("action", "publish")], [sent(samples.png(60, 40))])
        self.assertEqual(reply.status, 503)
        self.assertIn("nearly full", reply.alerts)
        self.assertEqual(self.client.post("/publish", fields + [("action", "publish")], multipart=True).status, 303)


@unittest.skipIf(SLOW, "memory under a sanitizer means nothing")
class Large(Scenario):
    conf = {"upload": {"max_file_mb": "256"}, "cache": {"megabytes": "8"}}
    init = ("--demo",)

    def web_memory(self):
        [web] = [pid for pid, line in self.server.children() if " role web " in line]
        return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{web}/status").read_text()).group(1)) / 1024

    def test_200_mb_while_others_read(self):
        data = samples.long_video(200 * 10**6) or samples.wav(1134, 44100, 2)
        self.assertGreater(len(data), 200 * 10**6)
        body, kind = encode_multipart([("title", "Long"), ("body", "It is long."), ("type", "news"), ("action", "publish")], [sent(data, "long")])
        replies, reading = [], threading.Event()

        def read():
            client = Client(self.server)
            while not reading.is_set():
                for where in ("/", "/newswire", "/search?q=ferry"):
                    self.assertEqual(client.get(where).status, 200)
            client.close()

        def upload():
            try:
                replies.append(self.visitor().request("POST", "/publish", body, {"Content-Type": kind}))
            finally:
                reading.set()

        together(upload, read)
        self.assertEqual(replies[0].status, 303, replies[0].alerts)
        self.assertLess(self.web_memory(), 64)
        receipt = self.client.get(replies[0].location)
        [figure] = [n for mark in ("video", "audio") for n in self.client.get(receipt.page.one("a[rel=bookmark]")["href"]).page.all(f"article.story {mark}")]
        part = self.client.get(figure["src"], Range="bytes=100000000-100000009")
        self.assertEqual((part.status, len(part.raw)), (206, 10))


class Killed(unittest.TestCase):
    """kill -9 in the middle: no row without its bytes, nothing lost of what was acknowledged."""

    def test_nothing_acknowledged_is_lost(self):
        site, luck, promised, count = Site(conf={"spam": {"limit_files_per_hour": "100000"}}), random.Random(4), [], [0]
        self.addCleanup(site.remove)
        lock = threading.Lock()

        def post(server, reached):
            client = Client(server)
            try:
                while True:
                    with lock:
                        count[0] += 1
                        n = count[0]
                    fields = [("title", f"Killed {n}"), ("body", f"Words {n}."), ("type", "news"), ("alt", f"alt {n}"), ("action", "publish")]
                    reply = client.post("/publish", fields, [sent(samples.png(40 + n % 7, 30, seed=n))])
                    if reply.status == 303:
                        with lock:
                            promised.append(n)
                        reached.release()
            except (OSError, http.client.HTTPException):
                pass
            finally:
                client.close()

        for _kill in range(KILLS):
            server, reached = site.start(), threading.Semaphore(0)
            threads = [threading.Thread(target=post, args=(server, reached)) for _ in range(3)]
            for t in threads:
                t.start()
            for _promise in range(luck.randrange(0, 5)):  # die after so many, wherever the others are then
                self.assertTrue(reached.acquire(timeout=60), server.log_text()[-2000:])
            server.kill()
            for t in threads:
                t.join()
        self.assertGreater(len(promised), KILLS)
        server = site.start()
        client = Client(server)
        self.addCleanup(client.close)
        shown = {}
        where = "/gallery"
        while where:
            page = client.get(where).page
            for item in page.all(".gallery li"):
                shown[item.one(".headline").text] = item.one("img")
            where = page.one("a[rel=next]")["href"] if page.has("a[rel=next]") else None
        for n in promised:
            image = shown.get(f"Killed {n}")
            self.assertIsNotNone(image, f"article {n} was acknowledged with its picture")
            self.assertEqual(image["alt"], f"alt {n}")
            self.assertEqual(client.get(image["src"]).status, 200)
        server.stop()
        checked = command("check", site.path, "--deep")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        if not CLUSTER:
            for path in (site.path / "media").rglob("*"):
                os.utime(path, (1000, 1000))  # as if it had lain there for long
            with sqlite3.connect(site.path / "site.db") as db:
                db.execute("UPDATE upload SET expires = 1")
            server = site.start()
            again = Client(server)
            self.addCleanup(again.close)
            for _try in range(5000):
                again.get("/healthz")
                names = {p.parent.name + p.name for p in (site.path / "media").rglob("*") if p.is_file()}
                with sqlite3.connect(site.path / "site.db") as db:
                    kept = {h.hex() for h, in db.execute("SELECT sha FROM file UNION SELECT sha FROM file_size")}
                    waiting = db.execute("SELECT count(*) FROM upload").fetchone()[0]
                if names == kept and not waiting:
                    break
            self.assertEqual((names, waiting), (kept, 0), "after the sweep there is what rows name and nothing else")
            server.stop()
        checked = command("check", site.path, "--deep")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
