"""A stranger publishes: what is taken, what is refused, and that nothing typed is lost."""
import re
import socket
import urllib.parse

from harness import Scenario, id_of, path_of

EDITOR = ("ed", "editor", "correct horse staple")


class Publish(Scenario):
    people = [EDITOR]

    def article(self, where):
        reply = self.client.get(where)
        self.assertEqual(reply.status, 200, reply)
        return reply.page

    def test_plain_text_becomes_paragraphs_and_links(self):
        article, _ = self.client.published("Plain words", "First <b>line</b>.\n\nSee https://example.org/page?a=1&b=2 there.", format="plain")
        body = self.article(article).one("article[data-id] .body")
        self.assertEqual(len(body.all("p")), 2)
        self.assertIn("<b>line</b>", body.text)
        self.assertEqual(body.one("a")["href"], "https://example.org/page?a=1&b=2")

    def test_markdown_with_its_extensions(self):
        text = "Some *stress*, ~~gone~~ and a note[^1].\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nhttps://example.org/x\n\n[^1]: The note.\n\n<script>alert(1)</script>"
        article, _ = self.client.published("Marked down", text, format="markdown")
        body = self.article(article).one("article[data-id] .body")
        for wanted in ("em", "del", "table td", "a[href=https://example.org/x]"):
            self.assertTrue(body.has(wanted), f"{wanted} is missing in {body.outline()}")
        self.assertIn("The note.", body.text)
        self.assertFalse(body.has("script"))

    def test_html_is_cleaned(self):
        text = '<p onclick="x()">Good <strong>words</strong></p><script>alert(1)</script><a href="javascript:alert(1)">no</a><img src=x onerror=alert(1)>'
        article, _ = self.client.published("Hyper text", text, format="html")
        body = self.article(article).one("article[data-id] .body")
        self.assertEqual(body.one("strong").text, "words")
        for node in body.walk():
            self.assertNotEqual(node.tag, "script")
            for name, value in node.attrs.items():
                self.assertFalse(name.startswith("on"), node.attrs)
                self.assertNotIn("javascript:", value)

    def test_every_field_stands_on_the_article(self):
        article, _ = self.client.published(
            "All the fields", "The body stands here.", summary="In short.", type="commentary", topic=["international", "housing"], local="1",
            author="Ada Quill", email="ada@example.org", email_public="1", source="The Harbour Gazette", source_date="2004-05-19",
            source_url="https://example.org/gazette", related=["https://example.org/one", "https://example.org/two"],
            licence="public-domain", language="de")
        page = self.article(article)
        story = page.one("article[data-id]")
        self.assertEqual(story["data-id"], str(id_of(article)))
        self.assertEqual([h.text for h in page.all("h1")], ["All the fields"])
        self.assertEqual(story.one(".type").text, "Commentary")
        self.assertEqual(sorted(t.text for t in story.all(".topic")), ["Housing", "International"])
        self.assertTrue(story.one("time[datetime]")["datetime"])
        self.assertIn("Ada Quill", story.one(".byline").text)
        self.assertIn("unverified", story.one(".byline").text)
        self.assertIn("ada", story.one(".byline").text)
        self.assertEqual(story.one(".summary").text, "In short.")
        self.assertEqual(story.one(".body").text, "The body stands here.")
        source = story.one(".source")
        self.assertIn("The Harbour Gazette", source.text)
        self.assertEqual(source.one("time")["datetime"], "2004-05-19")
        self.assertEqual(source.one("a")["href"], "https://example.org/gazette")
        self.assertEqual([a["href"] for a in story.all(".see-also a")], ["https://example.org/one", "https://example.org/two"])
        self.assertIn("public domain", story.one(".licence").text)
        self.assertTrue(story.has(".licence a[href]"))
        self.assertTrue(page.has("[lang=de]"))
        for where in ("/newswire", "/", "/local", "/type/commentary", "/topic/international", "/topic/housing", "/author/ada-quill"):
            self.assertIn("All the fields", self.client.get(where).page.text, where)

    def test_mailing_it_is_the_visitor_s_own_affair(self):
        article, _ = self.client.published("Fish & ships: 100 % \u201cours\u201d", "Words.", summary="In short, & well.", author="Ada")
        page = self.client.get(f"/article/{id_of(article)}/email").page
        mailto = urllib.parse.urlsplit(page.one("main a.button")["href"])
        told = urllib.parse.parse_qs(mailto.query)
        self.assertEqual((mailto.scheme, mailto.path), ("mailto", ""))
        self.assertEqual(told["subject"], ["Fish & ships: 100 % \u201cours\u201d"])
        address = self.client.get(article).page.one("link[rel=canonical]")["href"]
        self.assertEqual(told["body"], [f"Fish & ships: 100 % \u201cours\u201d\r\n\r\nIn short, & well.\r\n\r\n{address}\r\n"])
        self.assertEqual(page.one(".letter").text, " ".join(told["body"][0].split()))
        self.assertFalse(page.has("main form"), "nobody is asked for another's address")

    def test_a_hidden_mail_address_is_nowhere(self):
        article, _ = self.client.published("Quiet author", "Words.", author="Q", email="secret.q@example.org")
        for where in (article, article + "/print", "/newswire"):
            self.assertNotIn("secret.q", self.client.get(where, follow=True).text)

    def test_languages_written_from_the_right(self):
        article, _ = self.client.published("خبر من الميناء", "النص هنا.", language="ar")
        page = self.article(article)
        self.assertTrue(page.has("[dir=rtl][lang=ar]"))

    def test_without_a_name_it_is_anonymous(self):
        article, _ = self.client.published("No name", "Words without a name.")
        self.assertIn("Anonymous", self.article(article).one(".byline").text)

    def test_preview_is_what_will_be_published(self):
        for fmt, body in (("plain", "One.\n\nTwo https://example.org/"), ("markdown", "# Head\n\n* a\n* b\n\n> quoted"),
                          ("html", "<p>x<b>y</b></p><ul><li>z</ul><script>1</script>")):
            title = f"Seen before {fmt}"
            fields = {"format": fmt, "summary": "Sum & total.", "topic": ["labour"], "author": "P"}
            preview = self.client.publish(title, body, press="preview", **fields)
            self.assertEqual(preview.status, 200, preview)
            self.assertNotIn(title, self.listed())
            kept = preview.form("form#publish")
            self.assertEqual(kept.value("title"), title)
            self.assertEqual(kept.value("body").replace("\r\n", "\n"), body)
            self.assertEqual(kept.value("format"), fmt)
            self.assertEqual(kept.values("topic"), ["labour"])
            reply = self.client.send(kept, "publish")
            self.assertEqual(reply.status, 303, reply)
            receipt = self.client.get(reply.location)
            article = self.article(path_of(receipt.page.one("a[rel=bookmark]")["href"], receipt))
            self.assertEqual(preview.page.one(".preview .body").outline(), article.one("article[data-id] .body").outline())

    def test_what_comes_back_begins_with_what_is_new_on_it(self):
        self.assertTrue(self.client.get("/publish").page.has("aside.safety"))
        for reply, first in ((self.client.publish("Previewed", "Words.", press="preview"), ".proof"), (self.client.publish("", "Words."), ".errors")):
            main = reply.page.one("main")
            self.assertTrue(main.has(first))
            self.assertFalse(main.has("aside.safety"), "what was read before stands in the way")

    def test_missing_fields_are_named_and_nothing_is_lost(self):
        for field in ("title", "body"):
            fields = {"title": "Kept title", "body": "Kept body", field: "   "}
            reply = self.client.publish(**fields, summary="Kept summary <&>", author="Kept \"name\"", topic=["labour", "health"], local="1",
                                        format="markdown", related=["https://example.org/kept"], licence="cc-by", language="fr")
            self.assertRefused(reply, field)
            form = reply.form("form#publish")
            other = "body" if field == "title" else "title"
            self.assertEqual(form.value(other).strip(), f"Kept {other}")
            self.assertEqual(form.value("summary"), "Kept summary <&>")
            self.assertEqual(form.value("author"), 'Kept "name"')
            self.assertEqual(form.values("topic"), ["labour", "health"])
            self.assertEqual(form.values("local"), ["1"])
            self.assertEqual(form.value("format"), "markdown")
            self.assertIn("https://example.org/kept", form.values("related"))
            self.assertEqual(form.value("licence"), "cc-by")
            self.assertEqual(form.value("language"), "fr")

    def test_what_nobody_could_see_is_missing(self):
        for nothing in (" \t ", "\u200b\u200b", "\u2060\u00ad", "\u3164", "\u2800 \u00a0"):
            self.assertRefused(self.client.publish(nothing, "Words."), "title")
            self.assertRefused(self.client.publish("A title", nothing), "body")
            article, _ = self.client.published("Signed by a space", f"Words of {nothing!r}.", author=nothing)
            self.assertEqual(self.client.get(article).page.one(".byline").text, "by Anonymous")
        article, _ = self.client.published("Read this", "Words.")
        for fmt, nothing in (("html", "<script>all of it</script>"), ("html", "<p> </p><hr>"), ("markdown", "***"), ("markdown", "[a]: http://example.org/")):
            self.assertRefused(self.client.publish("A title", nothing, format=fmt), "body")
            self.assertRefused(self.client.publish("A title", nothing, format=fmt, press="preview"), "body")
            self.assertRefused(self.client.comment(article, nothing, format=fmt), "body")

    def test_type_must_be_there_and_known(self):
        self.assertRefused(self.client.publish(type=""), "type")
        self.assertRefused(self.client.publish(type="gossip"), "type")
        self.assertRefused(self.client.publish(topic=["international", "nowhere"]), "topic")
        self.assertRefused(self.client.publish(licence="mine"), "licence")
        self.assertRefused(self.client.publish(format="docx"), "format")

    def test_over_long_fields(self):
        self.assertRefused(self.client.publish(title="t" * 301), "title")
        self.assertRefused(self.client.publish(author="a" * 121), "author")
        self.assertRefused(self.client.publish(summary="s" * 4097), "summary")
        self.assertRefused(self.client.publish(body="b " * (256 * 1024 + 1)), "body")
        self.assertEqual(self.client.publish(title="é" * 300, body="Exactly as long as may be.").status, 303)

    def test_fields_that_are_not_what_they_should_be(self):
        self.assertRefused(self.client.publish(source_url="javascript:alert(1)"), "source_url")
        self.assertRefused(self.client.publish(related=["https://example.org/", "data:text/html,x"]), "related")
        self.assertRefused(self.client.publish(source_date="the other day"), "source_date")
        self.assertRefused(self.client.publish(email="nobody at all"), "email")
        self.assertRefused(self.client.publish(language="!!"), "language")

    def test_bytes_that_are_no_text(self):
        for bad in (b"broken \xff\xfe", b"over\xc0\xaflong", b"half \xed\xa0\x80", b"nul \0 inside"):
            for field in ("title", "body"):
                fields = {"title": b"Good title", "body": b"Good body", "type": b"news", "action": b"publish", field: bad}
                reply = self.client.post("/publish", fields, multipart=True)
                self.assertRefused(reply, field)
                other = "body" if field == "title" else "title"
                self.assertEqual(reply.form("form#publish").value(other).strip(), f"Good {other}")

    def test_the_trap(self):
        self.assertRefused(self.client.publish("Trapped robot", website="https://example.org/"), "website")
        self.assertNotIn("Trapped robot", self.listed())

    def test_sent_twice_is_there_once(self):
        first, _ = self.client.published("Sent twice", "The very same words.")
        reply = self.client.publish("Sent twice", "The very same words.")
        self.assertEqual(reply.status, 303, reply)
        where = self.client.get(reply.location, follow=True)
        target = where.url if "/article/" in where.url else where.page.one("a[rel=bookmark]")["href"]
        self.assertEqual(id_of(target), id_of(first))
        self.assertFalse(where.page.has("a[rel=edit]"), "whoever repeats somebody's words gets no key to the first one's article")
        self.assertEqual(self.listed().count("Sent twice"), 1)

    def test_the_receipt_is_shown_once_and_kept_nowhere(self):
        reply = self.client.publish("Shown once", "Words for one receipt.")
        receipt = self.client.get(reply.location)
        self.assertTrue(receipt.page.has("a[rel=edit]"))
        self.assertIn("no-store", receipt.headers["Cache-Control"])
        again = self.client.get(reply.location)
        self.assertFalse(again.page.has("a[rel=edit]"), "the receipt was shown a second time")

    def test_urlencoded_works_as_well(self):
        reply = self.client.post("/publish", {"title": "Encoded", "body": "By the other encoding.", "type": "news", "action": "publish"})
        self.assertEqual(reply.status, 303, reply)

    def test_a_form_from_another_site_is_refused(self):
        fields = {"title": "From elsewhere", "body": "x", "type": "news", "action": "publish"}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            self.assertEqual(self.client.post("/publish", fields, headers=headers).status, 403)
        self.assertNotIn("From elsewhere", self.listed())

    def test_a_form_from_a_frame_that_says_nothing_logs_nobody_in(self):
        reply = self.client.post("/login", {"user": "ed", "password": "x"}, headers={"Origin": "null"})
        self.assertEqual(reply.status, 403)

    def test_bodies_past_the_limit(self):
        reply, _closed = self.server.raw(
            b"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900000000\r\n\r\n")
        self.assertTrue(reply.startswith(b"HTTP/1.1 413 "), reply[:200])
        self.assertEqual(self.client.get("/").status, 200)

    def test_a_form_cut_off_in_the_middle_leaves_nothing(self):
        head = b"POST /publish HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.server.port)) as s:
            s.sendall(head + b"title=Cut+off&body=half&type=news&action=publish")
        reply = self.client.request("POST", "/publish", b"--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nCut off",
                                {"Content-Type": "multipart/form-data; boundary=x"})
        self.assertIn(reply.status, (400, 422), reply)
        self.assertNotIn("Cut off", self.listed())


class Corrections(Scenario):
    """The private link."""

    def test_correct(self):
        article, edit = self.client.published("Befour", "Wrong words.", topic=["labour"])
        self.assertTrue(re.fullmatch(r"/edit/[0-9a-f]{32,}", edit), edit)
        form = self.client.get(edit).form("form#correct")
        self.assertEqual(form.value("title"), "Befour")
        self.assertEqual(form.values("topic"), ["labour"])
        reply = self.client.send(form.set(title="Before", body="Right words."), "correct")
        self.assertIn(reply.status, (200, 303), reply)
        moved = self.client.get(article)
        self.assertEqual(moved.status, 301)
        page = self.client.get(article, follow=True).page
        self.assertEqual(page.one("h1").text, "Before")
        self.assertEqual(page.one(".body").text, "Right words.")
        self.assertIn("Modified", page.text)
        self.assertIn("Before", self.listed())
        self.assertNotIn("Befour", self.listed())

    def test_correcting_checks_like_publishing(self):
        _, edit = self.client.published("Stays whole", "Its words.")
        form = self.client.get(edit).form("form#correct")
        self.assertRefused(self.client.send(form.set(title=""), "correct"), "title")
        self.assertIn("Stays whole", self.listed())

    def test_withdraw(self):
        article, edit = self.client.published("Taken back", "Regretted words here.")
        page = self.client.get(edit)
        refused = self.client.send(page.form("form#withdraw").set(confirm=None), "withdraw")
        self.assertEqual(refused.status, 422, refused)
        done = self.client.send(page.form("form#withdraw").set(confirm="1"), "withdraw")
        self.assertIn(done.status, (200, 303), done)
        self.assertNotIn("Taken back", self.listed())
        after = self.client.get(article, follow=True)
        self.assertIn(after.status, (200, 404, 410))
        self.assertNotIn("Regretted words", after.text)

    def test_a_mail_address_is_taken_back(self):
        article, edit = self.client.published("Reach me", "Words.", email="me@example.org", email_public="1")
        self.assertIn("me@example.org", self.visitor().get(article).text)
        form = self.client.get(edit).form("form#correct")
        form.fields = [(k, v) for k, v in form.fields if k != "email_public"]
        self.assertEqual(self.client.send(form, "correct").status, 303)
        self.assertNotIn("me@example.org", self.visitor().get(article).text)

    def test_a_wrong_key(self):
        for key in ("0" * 64, "f" * 32, "zz", "0" * 500):
            self.assertEqual(self.client.get(f"/edit/{key}").status, 404)
            self.assertEqual(self.client.post(f"/edit/{key}", {"action": "withdraw", "confirm": "1"}).status, 404)

    def test_the_page_is_kept_by_nobody(self):
        _, edit = self.client.published("Private page", "Its words again.")
        reply = self.client.get(edit)
        self.assertIn("no-store", reply.headers["Cache-Control"])
        self.assertTrue(reply.page.has("meta[name=robots]"))

    def test_the_key_is_not_in_the_site_folder(self):
        _, edit = self.client.published("Hashed key", "Words under a key.")
        key = edit.rsplit("/", 1)[1].encode()
        for path in self.site.path.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                self.assertNotIn(key, data, path)
                self.assertNotIn(bytes.fromhex(key.decode()), data, path)
