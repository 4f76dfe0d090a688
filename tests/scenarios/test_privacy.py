"""A client's address and its browser's name are nowhere: in no file of the site, in no log line, on no page."""
import http.client
import socket
import struct
import unittest

from harness import Client, Site

ADDRESS = "127.83.12.7"
AGENT = "PrivacyProbe-9f31"
MAIL = "unshown.probe@example.org"


class Privacy(unittest.TestCase):
    def test_nothing_tells_who_was_here(self):
        site = Site(conf={"listen": {"behind_proxy": "yes"}})
        self.addCleanup(site.remove)
        site.user("ed", "editor", "correct horse staple")
        server = site.start()
        client = Client(server, ADDRESS)
        self.addCleanup(client.close)
        seen = []

        def visit(method, where, body=None, **headers):
            headers = {"User-Agent": AGENT, "Referer": f"http://{AGENT}.example/", "X-Forwarded-For": ADDRESS, "Forwarded": f"for={ADDRESS}",
                       **{k.replace("_", "-"): v for k, v in headers.items()}}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            try:
                seen.append(client.request(method, where, body, headers))
            except (OSError, http.client.HTTPException):
                pass
            return seen[-1] if seen else None

        visit("GET", "/")
        for i in range(3):
            visit("POST", "/publish", f"title=T{i}&body=B{i}&type=news&action=publish&author=A&email={MAIL}".encode())
        visit("POST", "/article/1/comment", b"body=Comment&action=publish")
        visit("POST", "/login", b"user=ed&password=wrong")
        visit("POST", "/login", b"user=ed&password=correct+horse+staple")
        visit("GET", "/editor")
        visit("GET", "/nowhere")
        visit("GET", "/%ff%00")
        visit("BREW", "/")
        visit("POST", "/publish", b"%zz=%zz")
        visit("POST", "/publish", b"x=" + b"y" * 3000000)
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x00 / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), 30, source_address=(ADDRESS, 0)) as s:
                s.sendall(data)
        self.assertEqual(server.stop(), 0)

        packed = socket.inet_aton(ADDRESS)
        number = struct.unpack("!I", packed)[0]
        wanted = {ADDRESS.encode(), packed.hex().encode(), str(number).encode(), AGENT.encode()}
        for path in [*site.path.rglob("*"), server.log]:
            if path.is_file():
                data = path.read_bytes()
                for needle in wanted | {packed}:
                    self.assertNotIn(needle, data, f"{needle!r} is in {path.name}")
        for reply in seen:
            self.assertNotIn(ADDRESS.encode(), reply.body, reply.url)
            self.assertNotIn(AGENT.encode(), reply.body, reply.url)
            self.assertNotIn(MAIL.encode(), reply.body if reply.status != 422 else b"", reply.url)

    def test_nothing_is_set_for_readers(self):
        site = Site()
        self.addCleanup(site.remove)
        client = Client(site.start())
        self.addCleanup(client.close)
        article, _ = client.published("Read in peace", "Words.")
        reader = Client(site.server)
        self.addCleanup(reader.close)
        for where in ("/", article, article + "/print", "/newswire", "/publish", "/search?q=peace", "/log", "/nowhere"):
            reply = reader.get(where)
            self.assertNotIn("Set-Cookie", reply.headers, where)
            for node in reply.page.walk():
                for name in ("src", "action", "data", "poster", "srcset"):
                    self.assertNotRegex(node.get(name, ""), r"^(https?:)?//", f"{where} asks somebody else for {node.attrs}")
                if node.tag == "link" and "stylesheet" in node.get("rel", ""):
                    self.assertTrue(node["href"].startswith("/"))
