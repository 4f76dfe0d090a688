"""A saved article page becomes an article again, with every element of it."""
import json
import shutil
import time
import unittest

import harness
from harness import Client, Site, command

PLACES = [p / "shared/source/boston-imc-page.txt" for p in (harness.TOP.parent, harness.TOP.parent.parent)]


class SourcePage(unittest.TestCase):
    def setUp(self):
        self.source = next((p for p in PLACES if p.is_file()), None)
        if not self.source:
            self.skipTest("the shared source page is not here")
        self.site = Site(title="Boston IMC")
        self.addCleanup(self.site.remove)

    def bring_in(self, *more):
        done = command("import", self.site.path, "--format", "page", *more, self.source)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def serve(self):
        client = Client(self.site.start())
        self.addCleanup(client.close)
        return client

    def test_every_field(self):
        self.bring_in("--site-blocks")
        client = self.serve()
        link = client.get("/newswire").page.one("article.row h2 a")
        reply = client.get(link["href"], follow=True)
        page, story = reply.page, reply.page.one("article[data-id]")
        self.assertEqual(page.one("h1").text, "Tajikistan: Strategic U.S. Victory, Tactical Setback")
        self.assertEqual(story.one(".type").text, "Commentary")
        self.assertEqual([t.text for t in story.all(".topic")], ["International"])
        date = story.one("time[datetime]")
        self.assertEqual(date["datetime"], "2004-05-21")
        self.assertEqual(date.text, "21 May 2004")
        self.assertTrue(story.one(".summary").text.startswith("US Strategists will hail Russia'a withdrawal from Tajikistan"))
        self.assertTrue(story.one(".summary").text.endswith("headed toward the world beyond."))
        body = story.one(".body")
        self.assertIn("Stratfor Intelligence Brief, 05/19/2004", body.text)
        self.assertIn("Russia will withdraw its 30,000 troops", body.text)
        self.assertTrue(body.text.endswith('Barron\'s called Stratfor a "quasi-CIA".'), body.text[-80:])
        self.assertGreaterEqual(len(body.all("p")), 13)
        for furniture in ("Create account", "See also", "public domain", "quick comment", "Anti-spam", "Winter Soldier", "WMBR"):
            self.assertNotIn(furniture, body.text)
        self.assertIn("Stratfor", story.one(".source").text)
        self.assertEqual(story.one(".source time")["datetime"], "2004-05-19")
        self.assertIn("This work is in the public domain", story.one(".licence").text)
        self.assertTrue(story.has(".licence a[href]"))
        self.assertTrue(page.has("form#quick-comment"))
        for words in ("Comment on this article", "Email this article", "Printer-friendly version", "Create account", "Log in"):
            self.assertIn(words, page.text)
        for words in ("US Indymedia", "Global Indymedia", "Publish", "About us", "Winter Soldier", "Brad Presente", "Other Local News",
                      "Spare Change News", "Cradle of Liberty", "Local Radio Shows", "WMBR 88.1 FM", "Sounds of Dissent", "SAT at 11:00 am"):
            self.assertIn(words, page.text)
        self.assertEqual(page.one(".promotion .promotion-title").text, "Winter Soldier")
        self.assertIn("Brad Presente", page.one(".promotion").text)
        printed = client.get(reply.url.rsplit("/", 1)[0] + "/print")
        self.assertIn("Printed from Boston IMC :", printed.page.text)
        checked = self.site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_again_changes_nothing(self):
        self.bring_in("--site-blocks")
        self.bring_in("--site-blocks")
        client = self.serve()
        self.assertEqual(len(client.get("/newswire").page.all("article.row")), 1)
        self.assertEqual(len([b for b in client.get("/").page.all(".block h2") if "Radio" in b.text]), 1)

    def test_a_dry_run_leaves_the_site_as_it_was(self):
        self.bring_in("--dry-run")
        self.assertEqual(self.serve().get("/newswire").page.all("article.row"), [])


class Folder(unittest.TestCase):
    """Pages of our own making, in folders."""

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.remove)
        self.folder = self.site.folder.parent / "saved"
        (self.folder / "2005").mkdir(parents=True)
        for name in ("comments", "uc-imc"):
            shutil.copy(harness.TOP / "tests/golden/page" / (name + ".txt"), self.folder / "2005")

    def bring_in(self, *more):
        report = self.site.folder.parent / "report.json"
        done = command("import", self.site.path, "--site-blocks", "--report", report, *more)
        return done, json.loads(report.read_text())

    def test_a_folder_once(self):
        done, report = self.bring_in("--dry-run", self.folder)
        self.assertEqual((done.returncode, report["articles"], report["comments"]), (0, 2, 4), done)
        done, report = self.bring_in(self.folder)
        self.assertEqual([row["result"] for row in report["files"]], ["new", "new"])
        self.assertEqual({row["title"] for row in report["files"]}, {"No Ferry In March", "Tenants Count The Broken Boilers"})
        self.assertIn("imported 2 articles, 4 comments", done.stdout)
        done, report = self.bring_in(self.folder)
        self.assertEqual([row["result"] for row in report["files"]], ["known", "known"])
        self.assertIn("imported 0 articles, 0 comments, 0 blocks; 2 known already; 0 refused", done.stdout)
        self.assertEqual(self.site.check().returncode, 0)

    def test_the_day_it_was_modified(self):
        self.bring_in(self.folder)
        client = Client(self.site.start())
        self.addCleanup(client.close)
        found = [client.get(l["href"], follow=True).page for l in client.get("/newswire").page.all("article.row h2 a")]
        page = next(p for p in found if p.one("h1").text == "Tenants Count The Broken Boilers")
        modified = page.one(".modified time")
        self.assertEqual((modified["datetime"], modified.text), ("2003-11-13", "13 November 2003"))

    def test_a_running_server_shows_what_came_in(self):
        client = Client(self.site.start())
        self.addCleanup(client.close)
        self.assertEqual(client.get("/newswire").page.all("article.row"), [])
        self.bring_in(self.folder)
        until = time.monotonic() + 30
        while len(client.get("/newswire").page.all("article.row")) != 2:
            self.assertLess(time.monotonic(), until, "the server has not noticed")
            time.sleep(0.05)

    def test_one_bad_file_does_not_stop_the_others(self):
        (self.folder / "archive.warc").write_bytes(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n")
        done, report = self.bring_in(self.folder, self.folder.parent / "missing")
        self.assertEqual((done.returncode, report["articles"], report["refused"]), (1, 2, 2), done)
        self.assertIn("a WARC file", done.stderr)
        self.assertEqual([row["result"] for row in report["files"]], ["new", "new", "refused", "refused"])


class Refused(unittest.TestCase):
    def test_what_is_no_page(self):
        site = Site()
        self.addCleanup(site.remove)
        bad = site.folder.parent / "noise.txt"
        bad.write_bytes(bytes(range(256)) * 50)
        for path in (bad, site.folder.parent / "missing.txt"):
            done = command("import", site.path, "--format", "page", path)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn(path.name, done.stderr)
        self.assertEqual(command("import", site.path, "--format", "papyrus", bad).returncode, 2)
