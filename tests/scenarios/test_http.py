"""HTTP as RFC 9110 and 9112 say: conditional and compressed answers, HEAD, and what must be refused with the connection closed after it."""
import gzip
import re

from harness import Scenario, together


class Answers(Scenario):
    @classmethod
    def settle(cls):
        from harness import Client
        client = Client(cls.server)
        cls.article, _ = client.published("Of HTTP", "Words. " * 300, topic=["media"])
        client.close()

    def test_unknown_addresses(self):
        for where in ("/nowhere", "/article/99999", "/article/99999/x", "/article/0", "/article/01/x", "/article/-1", "/article/x", "/newswire/",
                      "/Newswire", "//", "/page/nowhere", "/article/99999999999999999999", "/.git/config", "/site.conf", "/site.db", "/../site.db"):
            reply = self.client.get(where) if where != "//" else self.client.request("GET", "http://127.0.0.1//")
            self.assertEqual(reply.status, 404, where)
            self.assertTrue(reply.page.has("form[action=/search] input[name=q]"), where)

    def test_slugs_lead_to_the_right_one(self):
        short = self.article.rsplit("/", 1)[0]
        for where in (short, short + "/old-name", short + "/" + "x" * 200):
            reply = self.client.get(where)
            self.assertEqual(reply.status, 301, where)
            self.assertTrue(reply.headers["Location"].endswith(self.article))

    def test_conditional(self):
        for where in ("/", self.article, "/newswire", "/publish"):
            tag = self.client.get(where).headers["ETag"]
            self.assertTrue(re.fullmatch(r'(W/)?"[^"]+"', tag))
            for known in (tag, f'"other", {tag}', "*", "W/" + tag.removeprefix("W/")):
                reply = self.client.get(where, If_None_Match=known)
                self.assertEqual((reply.status, reply.raw), (304, b""), f"{where} {known}")
                self.assertEqual(reply.headers["ETag"], tag)
            self.assertEqual(self.client.get(where, If_None_Match='"other"').status, 200)
            self.assertEqual(self.client.get(where, If_None_Match="broken").status, 200)

    def test_a_new_tag_after_a_change(self):
        before = self.client.get(self.article).headers["ETag"]
        self.assertEqual(self.client.comment(self.article, "Changes the page.").status, 303)
        self.assertEqual(self.client.get(self.article, If_None_Match=before).status, 200)

    def test_compressed(self):
        plain = self.client.get(self.article)
        self.assertNotIn("Content-Encoding", plain.headers)
        packed = self.client.get(self.article, Accept_Encoding="gzip")
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(packed.raw), plain.body)
        self.assertLess(len(packed.raw), len(plain.body) / 2)
        brotli = self.client.get(self.article, Accept_Encoding="gzip, br")
        self.assertEqual(brotli.headers["Content-Encoding"], "br")
        self.assertLessEqual(len(brotli.raw), len(packed.raw) * 1.1)
        tags = {r.headers["ETag"] for r in (plain, packed, brotli)}
        self.assertEqual(len(tags), 3, "a strong tag is one encoding's")
        for reply in (plain, packed, brotli):
            self.assertIn("accept-encoding", reply.headers["Vary"].lower())
        for refusing in ("identity", "gzip;q=0", "gzip;q=0, br;q=0", "*;q=0, identity", ""):
            self.assertNotIn("Content-Encoding", self.client.get(self.article, Accept_Encoding=refusing).headers, refusing)
        self.assertEqual(self.client.get(self.article, Accept_Encoding="br;q=0, gzip;q=0.5").headers["Content-Encoding"], "gzip")

    def test_head(self):
        for where in ("/", self.article, "/nowhere"):
            get, head = self.client.get(where), self.client.head(where)
            self.assertEqual(head.raw, b"")
            self.assertEqual(head.status, get.status)
            for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Content-Security-Policy"):
                self.assertEqual(head.headers.get(name), get.headers.get(name), name)

    def test_connections_are_kept(self):
        one = b"GET /newswire HTTP/1.1\r\nHost: x\r\n\r\n"
        got, _closed = self.server.raw(one + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), shut=False)
        if got.count(b"HTTP/1.1 200") < 2:  # raw() stops after one complete answer where the rest had not come yet
            self.assertTrue(got.startswith(b"HTTP/1.1 200"))

    def test_old_clients(self):
        got, closed = self.server.raw(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
        self.assertTrue(got.startswith(b"HTTP/1.1 200") or got.startswith(b"HTTP/1.0 200"), got[:100])
        self.assertTrue(closed)

    def test_many_at_once(self):
        wrong = []

        def reads():
            client = self.visitor()
            for where in ("/", self.article, "/newswire", "/search?q=words") * 5:
                status = client.get(where).status
                if status not in (200, 503):
                    wrong.append((where, status))

        together(*[reads] * 16)
        self.assertEqual(wrong, [])


class Malformed(Scenario):
    HOST = b"Host: x\r\n"

    def refused(self, data, *statuses, shut=True):
        got, closed = self.server.raw(data, shut=shut)
        first = got.split(b"\r\n", 1)[0]
        found = re.match(rb"HTTP/1\.[01] (\d{3}) ", got)
        if not found and 0 in statuses:
            return
        self.assertTrue(found, f"{data[:120]!r} was answered with {got[:100]!r}")
        self.assertIn(int(found.group(1)), statuses, f"{data[:120]!r} -> {first!r}")
        self.assertTrue(closed, f"the connection stays open after {data[:120]!r}")
        self.assertLessEqual(got.count(b"HTTP/1."), 1, f"more than one answer to {data[:120]!r}")

    def tearDown(self):
        self.assertEqual(self.visitor().get("/").status, 200)

    def test_hosts(self):
        for host in (b"", b"Host: a\r\nHost: b\r\n", b"Host: a\r\nhost: a\r\n", b"Host: a b\r\n", b"Host: a/b\r\n", b"Host: \x80\r\n", b"Host: a@b\r\n",
                     b"Host: a:b\r\n", b"Host: [::1\r\n"):
            self.refused(b"GET / HTTP/1.1\r\n" + host + b"\r\n", 400)

    def test_lengths(self):
        for field in (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5", b"Content-Length: -1",
                      b"Content-Length: 5x", b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5, 6", b"Content-Length: 0x5",
                      b"Content-Length: +5", b"Content-Length: 99999999999999999999999999"):
            self.refused(b"POST /login HTTP/1.1\r\n" + self.HOST + field + b"\r\n\r\n0\r\n\r\n", 400, 413)
        for coding in (b"gzip", b"chunked, gzip", b"xchunked", b"chunked\r\nTransfer-Encoding: chunked"):
            self.refused(b"POST /login HTTP/1.1\r\n" + self.HOST + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n", 400, 501)

    def test_chunks(self):
        head = b"POST /login HTTP/1.1\r\n" + self.HOST + b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
        for body in (b"zz\r\nx\r\n0\r\n\r\n", b"-1\r\nx\r\n", b"ffffffffffffffffff\r\nx", b"5\r\nhelloXX0\r\n\r\n", b"1 \r\n"):
            self.refused(head + body, 400, 413, 0)

    def test_fields(self):
        for field in (b"X: a\0b", b"X: a\rb", b"X : a", b" X: a", b"X\t: a", b"X: a\r\n folded", b"NoColon", b": empty", b"X\x01: a", b"X: a\x07b",
                      b"X(: a", b"\xc3\xa9: a"):
            self.refused(b"GET / HTTP/1.1\r\n" + self.HOST + field + b"\r\n\r\n", 400)

    def test_request_lines(self):
        for line, statuses in ((b"GET  / HTTP/1.1", (400,)), (b"GET /a b HTTP/1.1", (400,)), (b"GET / HTTP/1.1 x", (400,)), (b"GET / http/1.1", (400, 505)),
                               (b"GET / HTTP/2.0", (400, 505)), (b"GET / HTTP/1.", (400, 505)), (b"GET", (400, 0)), (b"GET /\x01 HTTP/1.1", (400,)),
                               (b"GET /\x80 HTTP/1.1", (400, 404)), (b"\x16\x03\x01\x02\x00\x01", (400, 0)), (b"GET x HTTP/1.1", (400,)),
                               (b"GET * HTTP/1.1", (400,))):
            self.refused(line + b"\r\n" + self.HOST + b"Connection: close\r\n\r\n", *statuses)

    def test_methods_nobody_knows(self):
        for method in (b"BREW", b"TRACE", b"CONNECT", b"get", b"G\xc3\x89T", b"PROPFIND"):
            self.refused(method + b" / HTTP/1.1\r\n" + self.HOST + b"\r\n", 400, 405, 501)
        self.refused(b"BREW / HTTP/1.1\r\n" + self.HOST + b"\r\n", 501)

    def test_too_long(self):
        self.refused(b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + self.HOST + b"\r\n", 400, 414, 431)
        self.refused(b"GET / HTTP/1.1\r\n" + self.HOST + b"X: " + b"a" * 200000 + b"\r\n\r\n", 400, 431, 413, 0)
        self.refused(b"GET / HTTP/1.1\r\n" + self.HOST + b"".join(b"X%d: a\r\n" % i for i in range(20000)) + b"\r\n", 400, 431, 413, 0)

    def test_addresses_that_mean_nothing(self):
        client = self.visitor()
        for where in ("/%00", "/%zz", "/%", "/a%2", "/%ff", "/article/1%00", "/newswire?before=%00", "/newswire?%zz", "/%2e%2e/site.conf",
                      "/search?q=%ff", "/search?q=" + "a" * 5000, "/?" + "&".join(f"a{i}=1" for i in range(100))):
            self.assertIn(client.get(where).status, (200, 400, 404, 414, 422), where)

    def test_more_parameters_than_fit(self):
        """libmicrohttpd may close without an answer; the process behind it lives on."""
        web = [pid for pid, line in self.server.children() if " web" in line]
        for n in (300, 500, 1000, 1900):
            for glue in (b"&", b"&&", b";"):
                query = glue.join(b"a%d=1" % i for i in range(n))[:7900]
                self.server.raw(b"GET /?" + query + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                self.server.raw(b"POST /publish?" + query + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.assertEqual([pid for pid, line in self.server.children() if " web" in line], web, self.server.log_text()[-500:])

    def test_forms_that_are_none(self):
        client = self.visitor()
        for kind in ("text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=", "", "application/x-www-form-urlencoded; x",
                     "multipart/form-data; boundary=" + "b" * 300):
            for body in (b"", b"x", b"title=%zz&body=%", b"--\r\n--\r\n", b"&" * 1000, b"a=1&" * 1000, bytes(range(256)) * 4):
                self.assertIn(client.request("POST", "/publish", body, {"Content-Type": kind}).status, (400, 413, 415, 422), (kind, body[:20]))

    def test_cookies_that_are_none(self):
        client = self.visitor()
        for cookie in (";;;", "session", "session=", "session=" + "0" * 10000, "=x", "session=\x80", "a=b; " * 500, "session=zz", 'session="' + "0" * 64 + '"'):
            got, _ = self.server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: " + cookie.encode("latin-1") + b"\r\n\r\n")
            self.assertRegex(got, rb"\AHTTP/1\.1 (200|400|431) ", cookie[:40])
        self.assertEqual(client.get("/").status, 200)
