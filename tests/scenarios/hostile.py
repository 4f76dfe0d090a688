"""A crowd of enemies among a few honest people, all at once: each thread draws what it does next from a generator of its own, so a
seed repeats what every thread does (not how the threads meet). Every answer is read as RFC 9112 frames it, and what is no
answer, or has a status that the server does not use, is a fault."""
import random
import re
import socket
import struct
import threading
import time
import urllib.parse

from harness import PATIENCE, encode_multipart

# 500 is not among them: nothing that a client sends may make the server fail.
KNOWN = {200, 204, 206, 301, 303, 304, 400, 403, 404, 405, 408, 409, 412, 413, 414, 415, 416, 422, 429, 431, 501, 503, 505}
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
MARK = "<xss-mark onclick=alert(1)>"  # stands in what is written here, and may stand in no page unescaped
EDGES = ("0", "00", "1", "01", "-1", "+1", "9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775808", "1e3", "0x1",
         "%31", "1%00", "٣", "1 ", "9" * 400)
UNICODE = ("\u202eevil\u202c", "e" + "\u0301" * 500, "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\ufeff", "\u2028\u2029", "ﷺ" * 40, "İıſK", "\ufffe\uffff", "a\u00ad" * 50,
           "𝕳𝖊𝖑𝖑𝖔", "\u0000", "\x1b[31m", "مرحبا بالعالم", "עברית", "中文新聞", "ẞß", "\u0130" * 100)
PERCENT = ("%", "%%", "%2", "%zz", "%00", "%0d%0aX:%20y", "%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%2e%2e%2f", "%252e", "%2f", "%5c..%5c", "%u0041", "%E2%80%AE")
PLACES = ("/", "/newswire", "/features", "/local", "/type/news", "/topic/housing", "/region/x", "/author/a", "/archive/2004/05", "/publish", "/challenge",
          "/challenge.png", "/publish/challenge", "/article/1/comment/challenge.png", "/page/about", "/network", "/search?q=words", "/log", "/log.json", "/hidden", "/login", "/signup", "/account", "/editor",
          "/style.css", "/icon.svg", "/favicon.ico", "/robots.txt", "/opensearch.xml", "/healthz", "/nowhere")
FORM = "application/x-www-form-urlencoded"


class Wrong(Exception):
    """The server did what it must not."""


class Cut(Exception):
    """The connection ended where an answer might have come."""


class Wire:
    """One connection that says exactly the bytes it is given and believes nothing it hears."""

    def __init__(self, port, source, small=False):
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.socket.settimeout(PATIENCE)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.got = b""

    def say(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # it was refused before all of it was sent: the answer is read next

    def more(self):
        try:
            piece = self.socket.recv(65536)
        except socket.timeout:
            raise Wrong(f"nothing came for {PATIENCE} s after {self.got[-200:]!r}") from None
        except OSError:
            piece = b""
        if not piece:
            raise Cut()
        self.got += piece

    def answer(self, head=False):
        """(status, fields, body) of the next answer; Cut when the connection ends before its first byte, Wrong when it is no HTTP."""
        while True:
            status, fields, body = self.one(head)
            if status != 100:
                return status, fields, body

    def one(self, head):
        try:
            while b"\r\n\r\n" not in self.got:
                self.more()
        except Cut:
            if self.got:
                raise Wrong(f"an answer's head was cut off: {self.got[:300]!r}") from None
            raise
        top, _, self.got = self.got.partition(b"\r\n\r\n")
        lines = top.split(b"\r\n")
        first = re.fullmatch(rb"HTTP/1\.[01] (\d{3}) [\x20-\x7e]*", lines[0])
        if not first:
            raise Wrong(f"not a status line: {lines[0][:200]!r}")
        status, fields = int(first.group(1)), {}
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or not TOKEN.fullmatch(name) or re.search(rb"[\0\r\n]", value):
                raise Wrong(f"not a field: {line[:200]!r} in {top[:500]!r}")
            name = name.decode().lower()
            if name in fields and name in ("content-length", "content-type", "location", "date", "etag", "connection"):
                raise Wrong(f"{name} stands twice: {top[:500]!r}")
            fields[name] = value.strip().decode("latin-1")
        if status == 100:
            return status, fields, b""
        if status not in KNOWN:
            raise Wrong(f"status {status}: {top[:500]!r}")
        if head or status in (204, 304):
            return status, fields, b""
        if not re.fullmatch(r"\d+", fields.get("content-length", "")):
            raise Wrong(f"no length: {top[:500]!r}")
        length = int(fields["content-length"])
        try:
            while len(self.got) < length:
                self.more()
        except Cut:
            raise Wrong(f"{len(self.got)} bytes came of {length}: {top[:500]!r}") from None
        body, self.got = self.got[:length], self.got[length:]
        if fields.get("content-type", "").startswith("text/html") and "content-encoding" not in fields:
            if MARK.encode() in body:
                raise Wrong(f"a page shows what was written unescaped: {body[:200]!r}")
            if not body.rstrip().endswith(b"</html>"):
                raise Wrong(f"half a page: {body[-200:]!r}")
        return status, fields, body

    def reset(self):
        """Ends it with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


class Attacker(threading.Thread):
    """One of them. shared holds what all found: articles, edit addresses, comments; editor is (cookie, token) of a logged-in editor."""

    def __init__(self, port, number, seed, until, shared, faults):
        super().__init__(daemon=True)
        self.port, self.luck, self.until, self.shared, self.faults = port, random.Random(f"{seed} {number}"), until, shared, faults
        self.source, self.kept, self.counts, self.statuses = f"127.0.1.{number + 1}", None, {}, {}

    ACTS = ("read", "read", "read", "publish", "publish", "preview", "comment", "edit", "login", "desk", "desk", "cookies", "huge", "half", "pipeline",
            "cut_off", "wrong_type", "broken_multipart", "percent", "edges", "tricks", "reset", "conditional", "methods", "chunks", "expect", "parameters",
            "garbage", "never_reads", "mutated", "mutated", "files", "lengths", "smuggle")

    def run(self):
        while time.monotonic() < self.until and not self.faults:
            act = self.luck.choice(self.ACTS)
            self.counts[act] = self.counts.get(act, 0) + 1
            try:
                getattr(self, act)()
            except Cut:
                self.drop()
            except (Wrong, Exception) as fault:  # noqa: BLE001  told to the test by its list
                self.faults.append((self.source, act, self.counts[act], repr(fault)))
                self.drop()
        self.drop()

    def drop(self):
        if self.kept:
            self.kept.close()
        self.kept = None

    # How it speaks.

    def request(self, method, target, body=None, kind=FORM, fields=(), cookie=None):
        lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
        if cookie:
            lines.append(f"Cookie: {cookie}")
        if body is not None:
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        return ("\r\n".join([*lines, *fields]) + "\r\n\r\n").encode("utf-8", "surrogateescape") + (body or b"")

    def note(self, answer):
        self.statuses[answer[0]] = self.statuses.get(answer[0], 0) + 1
        return answer

    def ask(self, data, head=False, must=True):
        """On the kept connection; must: an answer has to come (a kept connection may have been closed meanwhile: then on a fresh one)."""
        for fresh in (False, True):
            if self.kept is None or fresh:
                self.drop()
                self.kept = Wire(self.port, self.source)
                fresh = True
            self.kept.say(data)
            try:
                answer = self.note(self.kept.answer(head))
            except Cut:
                self.drop()
                if not fresh:
                    continue
                if must:
                    raise Wrong(f"no answer at all to {data[:300]!r}") from None
                raise
            if answer[1].get("connection", "").lower() == "close":
                self.drop()
            return answer
        raise Cut()

    def alone(self, data, shut=False, small=False):
        """On a connection of its own, read until it ends or falls silent after a whole answer; returns how many answers came."""
        wire, count = Wire(self.port, self.source, small), 0
        try:
            wire.say(data)
            if shut:
                wire.socket.shutdown(socket.SHUT_WR)
            while True:
                answer = self.note(wire.answer(data.startswith(b"HEAD ")))
                count += 1
                if answer[1].get("connection", "").lower() == "close" or not wire.got:
                    return count
        except (Cut, OSError):
            return count
        finally:
            wire.close()

    # What it says.

    def text(self, most=400):
        words = ["harbour", "tenants", "strike", MARK, "&amp;", "'\"", "\r\n\r\n", "<b>bold</b>", "[x](javascript:alert(1))", "http://example.org/?a=1&b=2", "*" * 30,
                 "> " * 20, "`" * 9, self.luck.choice(UNICODE)]
        return " ".join(self.luck.choice(words) for _ in range(self.luck.randrange(1, most // 8)))

    def article(self):
        return self.luck.choice(self.shared["articles"] or ["/article/1"])

    def fields(self, **more):
        luck = self.luck
        fields = {"title": self.text(60)[:280], "summary": self.text(80), "body": self.text(luck.choice((40, 400, 4000))), "type": luck.choice(("news", "review", "event", "x")),
                  "format": luck.choice(("plain", "markdown", "html", "html", "x")), "author": luck.choice(("", "A. Nobody", MARK, luck.choice(UNICODE))),
                  "email": luck.choice(("", "me@example.org", "x")), "language": luck.choice(("", "en", "ar", "zh-Hant", "??")), "related": luck.choice(("", "http://example.org/", "javascript:1")),
                  "source_date": luck.choice(("", "2004-02-30", "1999-12-31", "99999-1-1")), "local": luck.choice(("", "1")), "topic": luck.choice(("", "housing", "nothing"))}
        for name in [n for n in fields if luck.random() < 0.15]:
            del fields[name]
        fields.update(more)
        return fields

    @staticmethod
    def encode(fields):
        return urllib.parse.urlencode(fields).encode()

    # What it does.

    def read(self):
        method = self.luck.choice(("GET", "GET", "GET", "HEAD"))
        where = self.luck.choice((*PLACES, self.article(), self.article() + "/print"))
        coding = self.luck.choice(("", "gzip", "br", "gzip, br;q=0.5", "identity;q=0", "*", ";;q=,"))
        self.ask(self.request(method, where, fields=[f"Accept-Encoding: {coding}"] if coding else []), method == "HEAD")

    def publish(self):
        good = {"title": f"Honest {self.luck.random()}", "body": self.text(600) + str(self.luck.random()), "type": "news", "format": self.luck.choice(("plain", "markdown", "html"))}
        fields = good if self.luck.random() < 0.6 else self.fields()
        status, heads, _ = self.ask(self.request("POST", "/publish", self.encode({**fields, "action": "publish"})))
        if status == 303 and "/receipt/" in heads["location"]:
            _, _, page = self.ask(self.request("GET", heads["location"]))
            for rel, kept in (("bookmark", "articles"), ("edit", "edits")):
                found = re.search(rf'<a[^>]*rel="?{rel}"?[^>]*>', page.decode("utf-8", "replace"))
                link = found and re.search(r'href="?([^" >]+)', found.group(0))
                if link:
                    self.shared[kept].append(urllib.parse.quote(urllib.parse.urlsplit(link.group(1)).path, safe="/%"))
                    del self.shared[kept][:-200]

    def preview(self):
        self.ask(self.request("POST", "/publish", self.encode(self.fields(action=self.luck.choice(("preview", "", "nothing"))))))

    def comment(self):
        where = self.article().split("/")
        fields = {"body": self.text(300), "title": self.text(20)[:200], "author": self.luck.choice(("", "B")), "format": self.luck.choice(("plain", "html", "markdown", "")),
                  "action": self.luck.choice(("preview", "post", ""))}
        status, heads, _ = self.ask(self.request("POST", f"/article/{where[2]}/comment", self.encode(fields)))
        found = re.search(r"#comment-(\d+)", heads.get("location", "")) if status == 303 else None
        if found:
            self.shared["comments"].append(found.group(1))
            del self.shared["comments"][:-200]

    def edit(self):
        edits = self.shared["edits"]
        where = self.luck.choice(edits) if edits and self.luck.random() < 0.85 else "/edit/" + self.luck.choice(("0" * 32, "f" * 64, "F" * 32, "a" * 129, "zz", ""))
        if self.luck.random() < 0.3:
            self.ask(self.request("GET", where))
        else:
            fields = self.fields(action=self.luck.choice(("publish", "save", "preview", "withdraw", "write", "correct", "erase", "letter", "")), message=self.text(80), confirm=self.luck.choice(("", "1")))
            self.ask(self.request("POST", where, self.encode(fields)))

    def login(self):
        if self.luck.random() < 0.7:  # each costs a tenth of a second: not too often
            self.ask(self.request("GET", "/login?next=" + self.luck.choice(("//evil", "/editor", "%0d%0a", "\\evil", "/" * 2000))))
            return
        fields = {"user": self.luck.choice(("ed", "ED", "", "nobody", "x" * 1100, self.luck.choice(UNICODE))), "password": self.luck.choice(("", "wrong", "x" * 1024)), "next": "//x"}
        self.ask(self.request("POST", "/login", self.encode(fields)))

    def desk(self):
        cookie, token = self.shared["editor"]
        kind = self.luck.choice(("article", "comment"))
        known = [a.split("/")[2] for a in self.shared["articles"]] if kind == "article" else self.shared["comments"]
        number = self.luck.choice(known) if known and self.luck.random() < 0.85 else self.luck.choice(EDGES[:8])
        fields = {"action": self.luck.choice(("feature", "unfeature", "promote", "demote", "hide", "unhide", "lock", "unlock", "approve", "purge", "withdraw", "edit", "", "x")),
                  "reason": self.luck.choice(("spam", "other", "duplicate", "", "x", "news")), "note": self.text(30), "token": token}
        if self.luck.random() < 0.15:
            fields["token"] = self.luck.choice(("", token[:-1], token + "0", "0" * len(token), token.upper()))
        if self.luck.random() < 0.15:
            cookie = self.luck.choice((cookie[:-1], cookie + "0", "session=", "session=" + "0" * 64))
        where = f"/editor/{kind}/{number}"
        if kind == "article" and self.luck.random() < 0.25:
            where += "/edit"
            fields.update(self.fields(action=self.luck.choice(("publish", "save", "preview"))))
        if self.luck.random() < 0.3:
            self.ask(self.request("GET", self.luck.choice((where, "/editor", "/editor/queue", "/account")), cookie=cookie))
        else:
            origin = self.luck.choice(([], [], [], ["Origin: null"], ["Sec-Fetch-Site: cross-site"], ["Origin: http://127.0.0.1"]))
            self.ask(self.request("POST", where, self.encode(fields), fields=origin, cookie=cookie))

    def cookies(self):
        jar = self.luck.choice((";;;;", "=", "a=b; " * 300, "session=" + "g" * 64, 'session="', "number=" + "0" * 56, "number=" + ".".join(["0" * 56] * 9), "sum=.....", "number=; sum=;",
                                "session=" + "a" * 64 + "; session=" + "b" * 64, "\x80\xff", "a=\xc3\x28"))
        data = self.request("GET", self.luck.choice(PLACES), fields=[])
        self.ask(data.replace(b"\r\n\r\n", b"\r\nCookie: " + jar.encode("latin-1") + b"\r\n\r\n"))

    def huge(self):
        size = self.luck.choice((4000, 7900, 8192, 8193, 12000, 16000, 23000, 24500, 24576, 30000, 33000, 70000, 300000))
        where = self.luck.choice(("target", "field", "fields", "name", "cookie"))
        if where == "target":
            data = self.request("GET", "/" + "a" * size)
        elif where == "field":
            data = self.request("GET", "/", fields=["X: " + "a" * size])
        elif where == "fields":
            data = self.request("GET", "/", fields=[f"X{i}: a" for i in range(size // 10)])
        elif where == "name":
            data = self.request("GET", "/", fields=["X" * size + ": a"])
        else:
            data = self.request("GET", "/", cookie="a=" + "b" * size)
        self.alone(data)

    def whole(self):
        """A good request of some kind, as bytes."""
        kind = self.luck.randrange(4)
        if kind == 0:
            return self.request("GET", self.luck.choice((*PLACES, self.article())), fields=["Accept-Encoding: gzip", "Cookie: a=b"])
        if kind == 1:
            return self.request("POST", "/publish", self.encode(self.fields(action="preview")))
        body, multipart = encode_multipart(list(self.fields(action="preview").items()), [])
        if kind == 2:
            return self.request("POST", "/publish", body, multipart)
        return self.request("POST", self.article().rsplit("/", 1)[0] + "/comment", self.encode({"body": self.text(80), "action": "preview"}), fields=["X-Forwarded-For: 1.2.3.4"])

    def half(self):
        data = self.whole()
        wire = Wire(self.port, self.source)
        wire.say(data[:self.luck.randrange(len(data))])
        if self.luck.random() < 0.3:
            wire.socket.shutdown(socket.SHUT_WR)
            try:
                while True:
                    self.note(wire.answer())
            except Cut:
                pass
        (wire.reset if self.luck.random() < 0.5 else wire.close)()

    def pipeline(self):
        """As many answers as requests, in their order."""
        n = self.luck.randrange(2, 24)
        chosen = [self.luck.choice(("/healthz", "/newswire", "/nowhere", "/style.css", "/publish", self.article())) for _ in range(n)]
        heads = [self.luck.random() < 0.2 for _ in range(n)]
        wire, answered, begun = Wire(self.port, self.source), [], time.monotonic()
        try:
            wire.say(b"".join(self.request("HEAD" if h else "GET", where) for where, h in zip(chosen, heads)))
            for where, head in zip(chosen, heads):
                status, fields, _ = self.note(wire.answer(head))
                answered.append((where, status, fields.get("connection")))
                if (status == 404) != (where == "/nowhere") and status != 503 and not where.startswith("/article"):
                    raise Wrong(f"{where} in a pipeline was answered with {status}")
                if self.luck.random() < 0.02:
                    return wire.reset()
        except Cut:
            raise Wrong(f"a pipeline of {list(zip(chosen, heads))} was cut off after {answered} in {time.monotonic() - begun:.1f} s") from None
        finally:
            wire.close()

    def cut_off(self):
        length = self.luck.choice((10, 1000, 70000, 1500000))
        body = (b"title=" + b"x" * length)[:length]
        head = self.request("POST", self.luck.choice(("/publish", "/login", self.article().rsplit("/", 1)[0] + "/comment")), body)[:-length]
        wire = Wire(self.port, self.source)
        wire.say(head)
        for _drip in range(self.luck.randrange(1, 6)):
            wire.say(body[:self.luck.randrange(1, max(2, length // 6))])
        end = self.luck.randrange(3)
        if end == 0:
            wire.socket.shutdown(socket.SHUT_WR)
            try:
                self.note(wire.answer())
            except Cut:
                pass
        (wire.reset if end == 1 else wire.close)()

    def wrong_type(self):
        kind = self.luck.choice(("text/plain", "application/json", "", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x", FORM + "; charset=utf-16",
                                 "multipart/form-data; boundary=" + "b" * 300, "x" * 3000, 'multipart/form-data; boundary="a\\"b"'))
        self.alone(self.request("POST", self.luck.choice(("/publish", "/login", "/logout", "/editor/article/1")), self.encode(self.fields()), kind))

    def broken_multipart(self):
        body, kind = encode_multipart(list(self.fields(action="preview").items()), [("file", "a.png", "image/png", bytes(self.luck.randrange(256) for _ in range(200)))])
        body = bytearray(body)
        for _ in range(self.luck.randrange(1, 8)):
            at = self.luck.randrange(len(body))
            what = self.luck.randrange(4)
            if what == 0:
                body[at] = self.luck.randrange(256)
            elif what == 1 and len(body) > 100:
                del body[at:at + self.luck.randrange(1, 40)]
            elif what == 2:
                body[at:at] = self.luck.choice((b"\r\n", b"--", b"\0", b"\r\n--" + kind.split("=")[1].encode(), b"Content-Disposition: form-data; name=\"a\"\r\n"))
            else:
                body = body[:at + 50]
        self.ask(self.request("POST", "/publish", bytes(body), kind))

    def percent(self):
        junk = "".join(self.luck.choice(PERCENT) for _ in range(self.luck.randrange(1, 6)))
        where = self.luck.choice(("/{}", "/article/{}", "/page/{}", "/topic/{}", "/search?q={}", "/newswire?before={}", "/?{}={}", "/author/{}", "/login?next={}", "/log?before={}"))
        self.alone(self.request("GET", where.replace("{}", junk)))
        self.ask(self.request("POST", "/publish", (f"title={junk}&body={junk}&{junk}={junk}&action=preview").encode()))

    def edges(self):
        one, two = self.luck.choice(EDGES), self.luck.choice(EDGES)
        where = self.luck.choice(("/article/{}", "/article/{}/comment", "/article/{}/print", "/article/{}/x", "/comment/{}", "/editor/article/{}", "/archive/{}/{}", "/newswire?before={}",
                                  "/newswire?before={}.{}", "/newswire?page={}", "/article/1?comments={}", "/log?before={}", "/search?q=a&before={}", "/hidden?before={}-{}"))
        where = urllib.parse.quote(where.replace("{}", one, 1).replace("{}", two), safe="/?=&.%+-")
        self.ask(self.request("GET", where, cookie=self.shared["editor"][0] if self.luck.random() < 0.3 else None))

    def tricks(self):
        text = "".join(self.luck.choice(UNICODE) for _ in range(self.luck.randrange(1, 5)))
        q = urllib.parse.quote(text[:self.luck.choice((20, 600))])[:7000]
        self.ask(self.request("GET", self.luck.choice(("/search?q=", "/author/", "/topic/", "/page/")) + (q or "x")))
        self.ask(self.request("GET", "/search?q=" + urllib.parse.quote(self.luck.choice(('"', '" OR "', "*", "a*", "NEAR(a b)", "^a", "a AND", "(((((", "-", "title:", "{a b}: c", "'; DROP TABLE", "\\", '"a" + "b"', "a" * 900)))))
        self.ask(self.request("POST", "/publish", self.encode({"title": text[:250], "body": text * 3, "author": text[:100], "type": "news", "format": self.luck.choice(("html", "markdown")), "action": "preview"})))

    def reset(self):
        wire = Wire(self.port, self.source, small=True)
        wire.say(self.request("GET", self.luck.choice(("/style.css", "/newswire", "/publish", "/log", self.article()))) * self.luck.randrange(1, 30))
        if self.luck.random() < 0.7:
            try:
                wire.more()
            except Cut:
                pass
        wire.reset()

    def never_reads(self):
        """Leaves its answers lie, then goes."""
        wire = Wire(self.port, self.source, small=True)
        wire.socket.settimeout(0.05)
        wire.say(self.request("GET", "/publish") * 200)
        (wire.reset if self.luck.random() < 0.5 else wire.close)()

    def conditional(self):
        where = self.luck.choice((*PLACES[:6], "/style.css", self.article()))
        fields = [self.luck.choice((
            'If-None-Match: "x"', "If-None-Match: *", 'If-None-Match: W/"', "If-None-Match: " + '"a",' * 400, "If-Match: *", 'If-Match: "x"', "If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT",
            "If-Modified-Since: yesterday", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", "Range: bytes=0-0", "Range: bytes=-1", "Range: bytes=9-1,2-", "Range: bytes=99999999999999999999-",
            "Range: bytes=" + "0-1," * 900, "If-Range: x", "Range: x", "Accept-Encoding: gzip;q=2", "Accept-Encoding: " + "gzip," * 500, "Accept: \t")) for _ in range(self.luck.randrange(1, 4))]
        method = self.luck.choice(("GET", "GET", "HEAD"))
        _, heads, _ = self.ask(self.request(method, where, fields=fields), method == "HEAD")
        if "etag" in heads:
            status, _, body = self.ask(self.request("GET", where, fields=["If-None-Match: " + heads["etag"]]))
            if status == 304 and body:
                raise Wrong("a 304 with a body")

    def methods(self):
        method = self.luck.choice(("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "POST", "M-SEARCH", "A" * 300, "É", "PRI", "GET\t", "", "G ET"))
        target = self.luck.choice(("*", "/", "/publish", "/login", self.article(), "http://127.0.0.1/", "http://127.0.0.1", "127.0.0.1:80", "//", "\\", "https://x@y/", "/a#b", "?", "ftp://x/"))
        version = self.luck.choice(("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.", "http/1.1", "HTTP/11", ""))
        self.alone(f"{method} {target} {version}\r\nHost: x\r\n\r\n".encode(), shut=True)

    def chunks(self):
        body, parts = self.encode(self.fields(action="preview")), b""
        while body:
            n = self.luck.choice((1, 3, 50, 4000))
            piece, body = body[:n], body[n:]
            extension = self.luck.choice((b"", b"", b"", b";a=b", b' ; q="x"'))
            size = b"%x" % len(piece) if self.luck.random() < 0.995 else self.luck.choice((b"-1", b"zz", b"ffffffffffffffff", b"0x5", b"", b"00000000000000000005"))
            parts += size + extension + b"\r\n" + piece + b"\r\n"
        parts += self.luck.choice((b"0\r\n\r\n", b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"0\r\n", b""))
        head = self.request("POST", "/publish", fields=["Transfer-Encoding: " + self.luck.choice(("chunked", "chunked", "Chunked", "gzip, chunked", "identity")), f"Content-Type: {FORM}"])
        self.alone(head + parts, shut=True)

    def expect(self):
        body = self.encode(self.fields(action="preview"))
        where, word = self.luck.choice(("/publish", "/nowhere", "/login", "/style.css")), self.luck.choice(("100-continue", "100-continue", "100-Continue", "200-maybe"))
        data = self.request("POST", where, body, fields=[f"Expect: {word}"])
        wire = Wire(self.port, self.source)
        try:
            wire.say(data[:-len(body)])
            if self.luck.random() < 0.8:
                wire.say(body)
                self.note(wire.answer())
        finally:
            wire.close()

    def parameters(self):
        n, glue = self.luck.choice((1, 63, 64, 65, 300, 1500)), self.luck.choice(("&", "&&", ";", "=&"))
        query = glue.join(f"a{i}=1" for i in range(n))[:7900]
        self.ask(self.request("GET", "/newswire?" + query))
        self.ask(self.request("POST", "/publish", query.encode()))

    def garbage(self):
        data = self.luck.choice((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\0" * 500, bytes(self.luck.randrange(256) for _ in range(600)), b"\r\n" * 300, b"GET\r\n\r\n", b"A" * 5000,
                                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"<?xml?>\n\n", b"EHLO x\r\n", b"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", b" " * 3000 + b"\r\n\r\n"))
        self.alone(data, shut=True)

    def mutated(self):
        data = bytearray(self.whole())
        for _ in range(self.luck.randrange(1, 5)):
            at = self.luck.randrange(len(data))
            what = self.luck.randrange(4)
            if what == 0:
                data[at] = self.luck.randrange(256)
            elif what == 1:
                del data[at:at + self.luck.randrange(1, 30)]
            elif what == 2:
                data[at:at] = self.luck.choice((b"\r\n", b"\n", b"\r", b" ", b"\0", b":", b"%", b"\xff", b"HTTP/1.1", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"))
            else:
                data[at:at] = data[at:at + self.luck.randrange(1, 60)]
            if len(data) < 2:
                return
        self.alone(bytes(data), shut=True)

    def files(self):
        """Uploads where none are taken, or more than is taken."""
        files = [("file", self.luck.choice(("a.png", "../../x", "a\0b", "x" * 400)), "image/png", b"\x89PNG" + b"x" * self.luck.choice((0, 100, 70000, 300000))) for _ in range(self.luck.randrange(1, 4))]
        body, kind = encode_multipart(list(self.fields(action="preview").items()), files)
        self.alone(self.request("POST", "/publish", body, kind))

    def lengths(self):
        length = self.luck.choice(("", "-1", "+5", "5x", "0x5", "5, 5", "5, 6", "99999999999999999999999", "9223372036854775807", "9223372036854775808", "5 5", "\t5", "5;", "４"))
        data = f"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {length}\r\n\r\na=bcd".encode()
        self.alone(data, shut=True)

    def smuggle(self):
        inner = b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
        fields = self.luck.choice((b"Content-Length: 6\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"Transfer-Encoding : chunked", b"Transfer-Encoding: xchunked",
                                   b"Transfer-Encoding:\x0bchunked", b"X: y\nTransfer-Encoding: chunked", b"Content-Length: 0\r\nContent-Length: 44", b"Content-Length : 3", b"Transfer-Encoding: chunked, chunked"))
        count = self.alone(b"POST /login HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n\r\n0\r\n\r\n" + inner, shut=True)
        if count > 1:
            raise Wrong(f"{count} answers to {fields!r}")
