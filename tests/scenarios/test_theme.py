"""A site's own look: style sheet, icon and logo in its theme folder, before the built-in ones."""
import unittest

import harness
from harness import Client, Site, command

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"><rect width="9" height="3"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


class Theme(unittest.TestCase):
    def site(self, **files):
        site = Site()
        self.addCleanup(site.remove)
        (site.path / "theme").mkdir(exist_ok=True)
        for name, data in files.items():
            (site.path / "theme" / name.replace("_", ".")).write_bytes(data if isinstance(data, bytes) else data.encode())
        return site

    def client(self, site):
        client = Client(site.start())
        self.addCleanup(client.close)
        return client

    def test_its_own_files_are_served(self):
        client = self.client(self.site(style_css="body { color: teal }", icon_svg=SVG, logo_svg=SVG))
        page = client.get("/newswire").page
        sheet = page.one("link[rel=stylesheet]")["href"]
        reply = client.get(sheet)
        self.assertEqual(reply.text, "body { color: teal }")
        self.assertIn("immutable", reply.headers["Cache-Control"])
        for address, kind in ((page.one("link[rel=icon]")["href"], "image/svg+xml"), (page.one(".nameplate img")["src"], "image/svg+xml")):
            self.assertRegex(address, r"\?v=[0-9a-f]{16}$")
            reply = client.get(address)
            self.assertEqual((reply.text, reply.headers["Content-Type"]), (SVG, kind))
            self.assertIn("immutable", reply.headers["Cache-Control"])
            self.assertIn("default-src 'none'", reply.headers["Content-Security-Policy"])
        self.assertEqual(page.one(".nameplate img")["alt"], "The Scenario")
        self.assertEqual(len(client.get("/").page.all("h1.nameplate img")), 1)
        for where in ("/style.css", "/style.css?v=0000000000000000", "/logo"):
            self.assertNotIn("immutable", client.get(where).headers["Cache-Control"], where)
        self.assertEqual(client.get("/favicon.ico").text, SVG)

    def test_the_address_changes_with_the_bytes(self):
        site = self.site(style_css="a { color: red }", logo_png=PNG)
        client = self.client(site)
        first = client.get("/").page
        self.assertEqual(client.get(first.one(".nameplate img")["src"]).headers["Content-Type"], "image/png")
        self.assertEqual(site.server.stop(), 0)
        (site.path / "theme/style.css").write_text("a { color: blue }")
        second = self.client(site).get("/").page
        self.assertNotEqual(first.one("link[rel=stylesheet]")["href"], second.one("link[rel=stylesheet]")["href"])
        self.assertEqual(first.one(".nameplate img")["src"], second.one(".nameplate img")["src"])

    def test_without_them_the_built_in_ones(self):
        client = self.client(self.site())
        page = client.get("/").page
        sheet = client.get(page.one("link[rel=stylesheet]")["href"]).text
        self.assertIn(".nameplate", sheet)
        self.assertNotIn("/*", sheet)
        self.assertEqual(client.get(page.one("link[rel=icon]")["href"]).status, 200)
        self.assertFalse(page.has(".nameplate img"))
        self.assertEqual(client.get("/logo").status, 404)

    def test_what_is_not_good_stops_the_start(self):
        for files, why in (({"style_css": "a { background: url(https://example.org/x.png) }"}, "another site"),
                           ({"style_css": b"\xff\xfe"}, "UTF-8"), ({"style_css": ""}, "empty"), ({"style_css": " " * (513 << 10)}, "larger|long|large"),
                           ({"logo_svg": "<p>no picture</p>"}, "SVG"), ({"logo_svg": SVG.replace("<rect", "<script/><rect")}, "script"),
                           ({"logo_png": "GIF89a"}, "PNG")):
            done = command("serve", self.site(**files).path, "--listen", "127.0.0.1:0", timeout=harness.PATIENCE)
            self.assertEqual(done.returncode, 1, files)
            self.assertNotIn("listening", done.stdout)
            said = done.stderr.splitlines()[0]
            self.assertIn("/theme/" + next(iter(files)).replace("_", "."), said)
            self.assertRegex(said, why)
