"""What somebody sent is in no process's memory a minute after the answer: not on connections that stay open, not in buffers, not in the database's caches.

Every field, header and address that is shown to nobody carries a mark of its own, made of short words, so that half of one is found too. Then
all processes of the server are read through /proc/PID/mem, again and again, until nothing is found or the minute is over."""
import os
import pathlib
import re
import secrets
import socket
import time
import unittest

from harness import PATIENCE, Client, Scenario, id_of
from samples import png, wav
from test_number import in_words

SANITIZED = False  # a sanitizer keeps what is freed
MINUTE = float(os.environ.get("BROADSIDE_MEMORY_SECONDS", 60))
ADDRESS = "2001:db8:" + ":".join(secrets.token_hex(2) for _i in range(6))


def can_read_memory():
    return os.geteuid() == 0 and pathlib.Path("/proc/self/status").exists()


class Marks:
    """of(what): text that says what it was sent as. Its words are found in any spelling that leaves letters and digits as they are."""

    def __init__(self):
        self.run = "zqv" + "".join(secrets.choice("bcdfghjk") for _i in range(3))
        self.what = []
        self.whole = {}
        word = re.escape(self.run.encode())
        wide = b"".join(re.escape(bytes([c])) + b"\\x00" for c in self.run.encode())
        self.pattern = re.compile(word + rb"(\d\d\d)x|" + wide + rb"(\d)\x00(\d)\x00(\d)\x00x")

    def of(self, what, words=4):
        if what not in self.what:
            self.what.append(what)
        return f"{self.run}{self.what.index(what):03d}x" * words

    def add(self, what, data):
        """Bytes that the server made or that cannot be chosen; found as they are, and as hexadecimal digits."""
        self.whole[data] = what
        self.whole[data.hex().encode()] = what + ", as text"

    def add_hex(self, what, text):
        """As the text and as its bytes, and halves of both."""
        half = len(text) // 4 * 2
        for part in (text[:half], text[half:]):
            self.add(what, bytes.fromhex(part))

    def found(self, data):
        for hit in self.pattern.finditer(data):
            yield hit.start(), self.what[int(hit[1] or b"".join(hit.groups()[1:]))]
        for needle, what in self.whole.items():
            at = data.find(needle)
            while at >= 0:
                yield at, what
                at = data.find(needle, at + 1)


def processes_of(pid):
    """pid, and all that it started and they started."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                status = pathlib.Path("/proc", entry, "stat").read_text()
                parents.setdefault(int(status.rsplit(")", 1)[1].split()[1]), []).append(int(entry))
            except OSError:
                pass
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def name_of(pid):
    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return words[2].decode() if words[1:2] == [b"role"] else "parent" if words[1:2] == [b"serve"] else pathlib.Path(words[0].decode() or "-").name


def writable(pid):
    """(from, to, name) of what the process can write to."""
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, how, _at, _device, _file, *name = line.split(None, 5)
        if "w" in how and "/dev/" not in line:
            low, high = (int(x, 16) for x in span.split("-"))
            yield low, high, name[0] if name else "mapped"


def memory_of(pid):
    """(address, bytes, name) of what can be read of it."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for low, high, name in list(writable(pid)):
            try:
                mem.seek(low)
                data = b""
                while len(data) < high - low and (piece := mem.read(high - low - len(data))):
                    data += piece
                yield low, data, name
            except OSError:
                pass  # it has been given back meanwhile, or is not there to be read


def scan(server, marks):
    """{(process, what was sent, where): how often}"""
    found = {}
    for pid in processes_of(server.process.pid):
        try:
            process = name_of(pid)
            for _low, data, where in memory_of(pid):
                for _at, what in marks.found(data):
                    found[process, what, where] = found.get((process, what, where), 0) + 1
        except (FileNotFoundError, ProcessLookupError):
            pass  # it ended
    return found


class Proxied(Client):
    """A visitor behind a proxy, which keeps its connection open and says for whom it asks."""

    def __init__(self, server, marks):
        super().__init__(server)
        self.marks = marks

    def request(self, method, url, body=None, headers=None):
        of = self.marks.of
        says = {"X-Forwarded-For": f"192.0.2.1, {ADDRESS}", "X-Forwarded-Proto": "http", "Forwarded": f'for="[{ADDRESS}]"', "X-Real-Ip": ADDRESS, "Via": of("Via"),
                "User-Agent": f"{of('User-Agent')}/1.0", "Referer": f"http://127.0.0.1:{self.server.port}/?{of('Referer')}",
                "Accept-Language": f"en;q=0.5, x-{of('Accept-Language', 1)}", "X-Unknown": of("a field that nobody knows"), "Accept-Encoding": "gzip"}
        if not self.cookies:
            says["Cookie"] = f"theirs={of('somebody else’s cookie')}"
        return super().request(method, url, body, {**says, **(headers or {})})


class Watched(Scenario):
    conf = {"listen": {"behind_proxy": "yes", "idle_seconds": "12"}}  # half a form is given up before the test is

    @classmethod
    def setUpClass(cls):
        cls.marks = Marks()
        cls.password = cls.marks.of("password, right")
        cls.people = (("ed", "editor", cls.password),)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.marks.add("X-Forwarded-For, packed", socket.inet_pton(socket.AF_INET6, ADDRESS))
        self.marks.whole[ADDRESS[9:].encode()] = "X-Forwarded-For"
        self.client = Proxied(self.server, self.marks)
        self.addCleanup(self.client.close)

    def forgotten(self):
        """Everything, a minute after the last answer at the latest."""
        until = time.monotonic() + MINUTE
        while (found := scan(self.server, self.marks)) and time.monotonic() < until:
            pass
        lines = [f"{n} × {what}, in {process}'s {where}" for (process, what, where), n in sorted(found.items())]
        self.assertFalse(lines, "still there:\n" + "\n".join(lines))


@unittest.skipUnless(can_read_memory(), "needs root, who alone may read what other processes remember")
class Memory(Watched):
    def everything(self, what, **fields):
        """A form of all that can be filled in and is not to be seen by anybody."""
        of = self.marks.of
        words = f"{of(what + ', text')} and more.\n\nIn *Markdown* {of(what + ', text')}." + " Words enough." * 40
        return {"title": of(what + ", title"), "summary": of(what + ", summary"), "body": words, "author": of(what + ", name"), "format": "markdown",
                "email": f"{of(what + ', mail address')}@example.org", "source": of(what + ", source"), "source_url": f"https://example.org/{of(what + ', link')}",
                **fields}

    def test_the_search_finds_what_is_there(self):
        """Half of what is sent, and the connection waits: the mark is there, or the other tests would prove nothing."""
        mark = self.marks.of("half a request")
        with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE) as s:
            s.sendall(f"POST /publish HTTP/1.1\r\nHost: a\r\nX-Half: {mark}".encode())
            until = time.monotonic() + PATIENCE
            while not (found := scan(self.server, self.marks)) and time.monotonic() < until:
                pass
        self.assertTrue(any(process == "web" and what == "half a request" for process, what, _where in found), found)
        self.forgotten()

    def previews(self):
        for kind in ("markdown", "html", "plain"):
            reply = self.client.publish(press="preview", **self.everything(f"preview as {kind}", format=kind))
            self.assertEqual(reply.status, 200, reply)
        self.assertIn(self.marks.of("preview as plain, text"), reply.text)
        reply = self.client.publish(**self.everything("refused", email=f"{self.marks.of('refused, no mail address')} at home"))
        self.assertRefused(reply, "email")
        long = self.client.publish(press="preview", **self.everything("long preview", body=f"{self.marks.of('long preview, text')} words\n\n" * 4000))
        self.assertEqual(long.status, 200, long)
        self.assertEqual(self.client.post("/publish", {"title": self.marks.of("too much"), "body": "x" * 3_000_000}).status, 413)

    def publishes_and_corrects(self):
        of = self.marks.of
        reply = self.client.publish("Of lighthouses", "Words to be read.", email=f"{of('mail address')}@example.org", author="A name")
        self.assertEqual(reply.status, 303, reply)
        self.marks.add_hex("receipt's address", reply.location.rsplit("/", 1)[1])
        receipt = self.client.get(reply.location)
        article, edit = (receipt.page.one(f"a[rel={rel}]")["href"] for rel in ("bookmark", "edit"))
        self.marks.add_hex("private key", edit.rsplit("/", 1)[1])
        form = self.client.get(edit).form("form#correct")
        self.assertIn(of("mail address"), str(form.fields))
        self.assertEqual(self.client.send(form.set(**self.everything("correction, previewed")), "preview").status, 200)
        corrected = self.client.get(edit).form("form#correct").set(body="Words to be read, corrected.")
        self.assertEqual(self.client.send(corrected, "correct").status, 303)
        letter = self.client.send(self.client.get(edit).form("form#write").set(message=of("letter to the editors")))
        self.assertEqual(letter.status, 303, letter)
        self.assertIn(of("letter to the editors"), self.client.get(edit).text)
        for press, words, status in (("preview", of("comment, previewed"), 200), ("publish", "A remark.", 303)):
            form = self.client.get(f"/article/{id_of(article)}/comment").form("form#full-comment")
            reply = self.client.send(form.set(body=words, email=f"{of('commenter’s mail address')}@example.org"), press)
            self.assertEqual(reply.status, status, reply)

    def logs_in(self):
        of = self.marks.of
        self.assertEqual(self.client.login("ed", of("password, wrong")).status, 422)
        self.assertEqual(self.client.login(of("a name that nobody has"), of("password, wrong")).status, 422)
        self.client.cookies["session"] = secrets.token_hex(32)
        self.marks.add_hex("nobody's session", self.client.cookies["session"])
        self.assertEqual(self.client.get("/editor").status, 303)
        reply = self.client.login("ed", self.password)
        self.assertEqual(reply.status, 303, reply)
        session = self.client.cookies["session"]
        self.marks.add_hex("session", session)
        self.marks.add_hex("mark of a known browser", self.client.scoped["/login", "known"])
        self.assertEqual(self.client.login("ed", self.password).status, 303)  # and sends it
        self.assertEqual(self.client.get("/editor").status, 200)
        self.marks.add_hex("form's token", self.client.token("/account"))
        fresh, token = of("password, new"), self.client.token("/account")
        self.assertEqual(self.client.post("/account", {"old_password": of("password, wrong"), "new_password": fresh, "token": token}).status, 422)
        self.assertEqual(self.client.post("/account", {"old_password": self.password, "new_password": fresh, "token": token}).status, 303)
        type(self).password = fresh

    def sends_files(self):
        of = self.marks.of
        files = [("files", f"{of('file’s name')}.png", "image/png", png()), ("files", f"{of('large file’s name')}.wav", "audio/wav", wav(20)),
                 ("files", f"{of('refused file’s name')}.txt", "text/plain", of("refused file, bytes").encode() * 30000)]
        for some in (files, files[:2]):
            reply = self.client.publish(press="preview", files=some, **self.everything("with files"))
            self.assertEqual(reply.status, 200, reply)

    def asks_oddly(self):
        of = self.marks.of
        form = f"title={of('odd')}&body={of('odd')}&email={of('odd')}%40example.org&action=preview"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        chunks = "".join(f"{len(form[i:i + 50]):x};{of('chunk extension')}\r\n{form[i:i + 50]}\r\n" for i in range(0, len(form), 50))
        bodies = ((f"POST /publish HTTP/1.1\r\nHost: a\r\n{kind}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\nX-Trailer: {of('trailer')}\r\n\r\n"),
                  (f"POST /publish HTTP/1.0\r\n{kind}Content-Length: {len(form)}\r\n\r\n{form}"),
                  (f"POST /publish HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: text/plain; x={of('odd type')}\r\nContent-Length: {len(form)}\r\n\r\n{form}"),
                  (f"POST /publish HTTP/1.1\r\nHost: a\r\n{kind}Content-Length: nine{of('odd length')}\r\n\r\n{form}"),
                  (f"POST /publish HTTP/1.1\r\nHost: a\r\nHost: {of('second host')}\r\n\r\n"),
                  (f"POST /nowhere/{of('odd address')}?{of('odd query')} HTTP/1.1\r\nHost: a\r\n{kind}Content-Length: {len(form)}\r\n\r\n{form}"),
                  (f"{of('odd method', 2)} /publish HTTP/1.1\r\nHost: a\r\n\r\n"), (f"GET /edit/{of('odd key')} HTTP/1.1\r\nHost: {of('odd host')}.example\r\n\r\n"),
                  (f"GET /edit/00ff?{of('odd query')} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic {of('authorization')}\r\nCookie: session={of('odd session')}\r\n\r\n"),
                  ("GET / HTTP/1.1\r\nHost: a\r\n" + "".join(f"X-{i}: {of('too many fields') * 8}\r\n" for i in range(200)) + "\r\n"))
        for sent in bodies:
            got, _closed = self.server.raw(sent.encode())
            self.assertRegex(got, rb"^HTTP/1\.1 [1-5]\d\d ", sent[:200])
        self.server.raw(f"POST /login HTTP/1.1\r\nHost: a\r\n{kind}Content-Length: 40000\r\n\r\nuser={of('half a form')}".encode(), shut=True)

    def hangs_up(self):
        """As a browser without a proxy, many at a time, each closed by one side or the other in the middle of something or after it."""
        of = self.marks.of
        for i in range(20):
            with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE) as s:
                body = f"title={of('connection that ended')}&body={of('connection that ended')}" * (1 + 40 * i)
                head = f"POST /publish HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nUser-Agent: {of('ended, User-Agent')}\r\n"
                s.sendall(f"{head}Content-Length: {len(body)}\r\n{'Connection: close' if i % 2 else 'X: y'}\r\n\r\n{body if i % 3 else body[:len(body) // 2]}".encode())
                if i % 3 and i % 2:
                    while s.recv(65536):
                        pass

    def test_nothing_is_left_a_minute_later(self):
        for act in (self.previews, self.publishes_and_corrects, self.logs_in, self.sends_files, self.asks_oddly, self.hangs_up):
            act()
        self.forgotten()


@unittest.skipUnless(can_read_memory(), "needs root, who alone may read what other processes remember")
class Number(Watched):
    """The anti-spam number's cookie and answer, right and wrong; a number as such is too short to be searched for."""

    conf = {"listen": {"behind_proxy": "yes"}, "spam": {"challenge": "number", "least_seconds": "0"}}

    def test_the_number_and_its_cookie(self):
        in_words(self.client)
        cookies = self.client.sent("/publish")
        self.assertTrue(cookies)
        for name, value in cookies:
            self.marks.whole[value[:len(value) // 2].encode()] = f"{name}, first half"
            self.marks.whole[value[len(value) // 2:].encode()] = f"{name}, second half"
        self.assertEqual(self.client.publish("A title", "Words.", answer=self.marks.of("answer, wrong")).status, 422)
        answer = in_words(self.client)
        self.assertEqual(self.client.publish("A title", "Words to be read.", answer=answer).status, 303)
        self.forgotten()
