"""Starts the real server on a site of its own and speaks HTTP to it, as its readers, publishers, editors and enemies do.

BROADSIDE names the binary. BROADSIDE_CLUSTER, when set, is the folder of a PostgreSQL server on which every site then lives (run.py --engine
postgres makes one). BROADSIDE_SANITIZED=1 says that it is a sanitizer's build: slower, and the memory figures mean nothing.
Each scenario class has one Site; nothing sleeps: what is waited for is waited for by reading."""
import gzip
import http.client
import os
import pathlib
import re
import secrets
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from page import Form, parse
from postgres import Cluster

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("BROADSIDE") or str(TOP / "build/src/broadside")
SANITIZED = os.environ.get("BROADSIDE_SANITIZED") == "1"
CLUSTER = Cluster.at(os.environ["BROADSIDE_CLUSTER"]) if os.environ.get("BROADSIDE_CLUSTER") else None
only_sqlite = unittest.skipIf(CLUSTER, "its subject is the SQLite file")
PATIENCE = 120 if SANITIZED else 30  # seconds that a single answer may take before the test gives up


def command(*args, stdin=None, timeout=None, binary=None):
    """Runs a broadside command to its end; the result has returncode, stdout and stderr as text."""
    return subprocess.run([binary or os.path.abspath(BINARY), *map(str, args)], input=stdin if stdin is not None else "",
                          capture_output=True, text=True, errors="replace", timeout=timeout or PATIENCE * 4)


class Reply:
    """One answer. headers is case-blind; body is decoded as Content-Encoding says; page is its HTML."""

    def __init__(self, status, headers, raw, url):
        self.status, self.headers, self.raw, self.url = status, headers, raw, url
        self.body = gzip.decompress(raw) if headers.get("Content-Encoding") == "gzip" and raw else raw
        self._page = None

    @property
    def text(self):
        return self.body.decode("utf-8", "strict")

    @property
    def page(self):
        if self._page is None:
            self._page = parse(self.text)
        return self._page

    @property
    def location(self):
        where = self.headers.get("Location")
        return urllib.parse.urljoin(self.url, where) if where is not None else None

    @property
    def alerts(self):
        return " / ".join(n.text for n in self.page.all("[role=alert]"))

    def form(self, selector="main form"):
        return Form(self.page.one(selector), self.url)

    def __repr__(self):
        return f"<{self.status} {self.url} {self.body[:2000]!r}>"


def encode_multipart(fields, files):
    """fields: [(name, value)], files: [(name, filename, type, bytes)]; str values are sent as UTF-8, bytes as they are."""
    mark = "----scenario" + secrets.token_hex(12)
    out = []
    for name, value in fields:
        value = value.encode() if isinstance(value, str) else value
        out.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n")
    for name, filename, kind, data in files:
        out.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
                   f"Content-Type: {kind}\r\n\r\n".encode() + data + b"\r\n")
    out.append(f"--{mark}--\r\n".encode())
    return b"".join(out), f"multipart/form-data; boundary={mark}"


class Client:
    """A visitor with cookies of its own, on one kept connection. source binds to a loopback address of the visitor's; forwarded is the address that a
    proxy tells, where the site is behind one: without it all visitors come as through an onion service, and cannot be told apart. cookies: those of the whole
    site, by name; scoped: the others, by path and name, sent where RFC 6265 5.1.4 has a browser send them."""

    def __init__(self, server, source=None, forwarded=None):
        self.server, self.source, self.cookies, self.scoped, self.connection = server, source, {}, {}, None
        self.always = {"X-Forwarded-For": forwarded} if forwarded else {}

    def sent(self, path):
        narrow = [(k[0], k[1], v) for k, v in self.scoped.items() if path == k[0] or path.startswith(k[0] + "/")]
        return [(name, value) for _path, name, value in sorted(narrow, key=lambda c: -len(c[0]))] + list(self.cookies.items())

    def keep(self, line):
        """What a Set-Cookie field says."""
        name, _eq, value = line.split(";")[0].partition("=")
        path = re.search(r"(?i); *path=([^;]*)", line)
        jar, key = (self.scoped, (path[1], name.strip())) if path and path[1] not in ("", "/") else (self.cookies, name.strip())
        if re.search(r"max-age=0\b", line, re.I) or not value:
            jar.pop(key, None)
        else:
            jar[key] = value

    def request(self, method, url, body=None, headers=None):
        where = urllib.parse.urlsplit(urllib.parse.urljoin(self.server.base, url))
        target = urllib.parse.quote(where.path + (f"?{where.query}" if where.query else ""), safe="".join(map(chr, range(33, 127))))
        fields = {"Host": f"127.0.0.1:{self.server.port}", **self.always, **(headers or {})}
        cookies = self.sent(where.path)
        if cookies:
            fields["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies)
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                source = (self.source, 0) if self.source else None
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE, source_address=source)
            try:
                self.connection.request(method, target, body, fields)
                answer = self.connection.getresponse()
                raw = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.close()
                if fresh or attempt == 2 or method not in ("GET", "HEAD"):
                    raise
            except BaseException:
                self.close()
                raise
        for line in answer.msg.get_all("Set-Cookie") or []:
            self.keep(line)
        if answer.will_close:
            self.close()
        return Reply(answer.status, answer.msg, raw, urllib.parse.urljoin(self.server.base, target))

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def get(self, url, follow=False, **headers):
        reply = self.request("GET", url, None, {k.replace("_", "-"): v for k, v in headers.items()})
        for _hop in range(5):
            if not follow or reply.status not in (301, 302, 303, 307, 308):
                break
            reply = self.request("GET", reply.location)
        return reply

    def head(self, url, **headers):
        return self.request("HEAD", url, None, {k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, url, fields, files=None, multipart=False, headers=None):
        fields = [tuple(f) for f in (fields.items() if isinstance(fields, dict) else fields)]
        if multipart or files:
            body, kind = encode_multipart(fields, files or [])
        else:
            body, kind = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
        return self.request("POST", url, body, {"Content-Type": kind, **(headers or {})})

    def send(self, form, press=None, files=None):
        """Sends a form as a browser would; press is the value of the button, the first one unless told."""
        button = next((b for b in form.buttons if press in (None, b[1])), None)
        assert button or not press, f"no button {press!r} in the form, only {form.buttons}"
        fields = form.fields + ([button] if button else [])
        if form.method == "get":
            return self.get(form.action.split("?")[0] + "?" + urllib.parse.urlencode([tuple(f) for f in fields]))
        return self.post(form.action, fields, files, form.multipart)

    # What a visitor does, by the forms that the pages give.

    def publish(self, title="A title", body="A body.", press="publish", files=None, **fields):
        form = self.get("/publish").form("form#publish")
        fields.setdefault("type", next(o for o in form.options("type") if o and o != "event"))
        return self.send(form.set(title=title, body=body, **fields), press, files)

    def published(self, title="A title", body="A body.", **fields):
        """Publishes and returns (article's address, edit address)."""
        reply = self.publish(title, body, **fields)
        assert reply.status == 303, f"publishing was refused: {reply.status} {reply.alerts if reply.status == 422 else reply.text[:500]}"
        receipt = self.get(reply.location)
        assert receipt.status == 200, receipt
        return tuple(path_of(receipt.page.one(f"a[rel={rel}]")["href"], receipt) for rel in ("bookmark", "edit"))

    def comment(self, article, body="A comment.", press=None, **fields):
        return self.send(self.get(article).form("form#quick-comment").set(body=body, **fields), press)

    def login(self, user, password):
        reply = self.send(self.get("/login").form("main form").set(user=user, password=password))
        return reply

    def act(self, article_or_comment, action, **fields):
        """An editor's action by the desk's page of that article or comment, with the token that this page gives."""
        token = self.token(article_or_comment)
        return self.post(article_or_comment, [("action", action), ("token", token), *fields.items()])

    def token(self, where):
        return self.get(where).page.one("form input[name=token]")["value"]


def path_of(href, reply):
    parts = urllib.parse.urlsplit(urllib.parse.urljoin(reply.url, href))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def id_of(article):
    return int(re.search(r"/article/(\d+)", article).group(1))


class Server:
    """broadside serve, running. stderr goes to a file beside the site, so that a full pipe never stops the server."""

    def __init__(self, site, listen="127.0.0.1:0", preexec=None, env=None):
        self.site = site
        self.log = site.folder.parent / "serve.log"
        self.process = subprocess.Popen(
            [os.path.abspath(BINARY), "serve", str(site.path), "--listen", listen], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=open(self.log, "ab"), start_new_session=True, preexec_fn=preexec, env={**os.environ, **(env or {})})
        line = self.line()
        found = re.fullmatch(r"listening on (http://(.+):(\d+)/)", line)
        if not found:
            self.kill()
            raise AssertionError(f"the server said {line!r} instead of where it listens; its log ends:\n{self.log_text()[-3000:]}")
        self.base, self.port = found.group(1), int(found.group(3))

    def line(self):
        """The next line that it says on standard output."""
        line, pipe = b"", self.process.stdout.fileno()
        while not line.endswith(b"\n"):
            if not select.select([pipe], [], [], PATIENCE)[0]:
                break
            byte = os.read(pipe, 1)
            if not byte:
                break
            line += byte
        return line.decode("utf-8", "replace").rstrip("\n")

    def log_text(self):
        return self.log.read_text("utf-8", "replace")

    def stop(self):
        """SIGTERM; returns the exit status."""
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the server did not end after SIGTERM") from None
        finally:
            self.process.stdout.close()

    def kill(self):
        """SIGKILL to all of its processes at once, as a power cut would end them."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()

    def children(self):
        """(pid, command line) of the server's child processes."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    status = pathlib.Path("/proc", entry, "stat").read_text()
                    if int(status.rsplit(")", 1)[1].split()[1]) == self.process.pid:
                        found.append((int(entry), pathlib.Path("/proc", entry, "cmdline").read_text().replace("\0", " ").strip()))
                except (FileNotFoundError, ProcessLookupError):
                    pass
        return found

    def raw(self, data, shut=False):
        """Sends bytes on a connection of their own; returns (all that came back, did the server close by itself)."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as s:
            got = b""
            try:
                s.sendall(data)
                if shut:
                    s.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it was refused before all of it was sent; what came back is read below
            while True:
                # An answer that keeps the connection open is known complete by its length.
                head, end, body = got.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)^content-length: *(\d+)", head, re.M)
                if end and length and len(body) >= int(length.group(1)) and not re.search(rb"(?im)^connection: *close", head):
                    return got, False
                try:
                    piece = s.recv(65536)
                except ConnectionResetError:
                    return got, True
                if not piece:
                    return got, True
                got += piece


class Unix(http.client.HTTPConnection):
    """HTTP over a Unix socket, whose name may be longer than a socket's name can be."""

    def __init__(self, path):
        super().__init__("operators.example", timeout=PATIENCE)
        self.path = pathlib.Path(path)

    def connect(self):
        folder = os.open(self.path.parent, os.O_PATH)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        try:
            self.sock.connect(f"/proc/self/fd/{folder}/{self.path.name}")
        finally:
            os.close(folder)


def ask_unix(path, target, method="GET", headers=None):
    """One answer over a connection of its own."""
    connection = Unix(path)
    try:
        connection.request(method, target, headers=headers or {})
        answer = connection.getresponse()
        return Reply(answer.status, answer.msg, answer.read(), f"http://operators.example{target}")
    finally:
        connection.close()


class Site:
    """A site folder in a temporary folder of its own. conf: lines of site.conf by section, e.g. {"spam": {"challenge": "none"}}."""

    DEFAULTS = {"spam": {"challenge": "none", "limit_posts_per_hour": "100000", "limit_comments_per_hour": "100000"}}

    def __init__(self, title="The Scenario", conf=None, init=(), folder=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="broadside-")) / "site"
        self.made = folder is None
        self.path = self.folder
        self.server = None
        self.database = CLUSTER.create() if CLUSTER else None
        if self.database:
            init = ("--database", CLUSTER.url(self.database), *init)
        done = command("init", self.path, "--title", title, *init)
        assert done.returncode == 0, f"init failed: {done.stderr}"
        self.configure(self.DEFAULTS)
        self.configure(conf or {})

    def configure(self, conf):
        with open(self.path / "site.conf", "a", encoding="utf-8") as out:
            for section, values in conf.items():
                out.write(f"\n[{section}]\n" + "".join(f"{k} = {v}\n" for k, v in values.items()))

    def start(self, **how):
        self.server = Server(self, **how)
        return self.server

    def user(self, name, role, password):
        done = command("user", self.path, "add", name, "--role", role, stdin=password + "\n")
        assert done.returncode == 0, f"user add failed: {done.stderr}"

    def check(self):
        return command("check", self.path)

    def metrics(self):
        """The figures' text, as `top` asks for it."""
        reply = ask_unix(self.path / "control", "/metrics")
        assert reply.status == 200, reply
        return reply.text

    def copy(self):
        """A site like this one, which must not be running."""
        other = Site.__new__(Site)
        other.folder = other.path = pathlib.Path(tempfile.mkdtemp(prefix="broadside-")) / "site"
        other.made, other.server, other.database = True, None, None
        shutil.copytree(self.path, other.path)
        if CLUSTER:
            other.database = CLUSTER.create(copy_of=self.database)
            other.configure({"database": {"url": CLUSTER.url(other.database)}})
        return other

    def execute(self, *statements):
        """Changes the database behind the server's back."""
        if CLUSTER:
            for s in statements:
                CLUSTER.sql(re.sub(r"\bx'([0-9a-f]*)'", r"'\\x\1'::bytea", s), self.database)
            return
        db = sqlite3.connect(self.path / "site.db", timeout=PATIENCE)
        with db:
            for s in statements:
                db.execute(s)
        db.close()

    def rows(self, query):
        """What the database holds; each row a tuple of texts."""
        if CLUSTER:
            return CLUSTER.rows(query, self.database)
        db = sqlite3.connect(f"file:{self.path}/site.db?mode=ro", uri=True)
        found = db.execute(query).fetchall()
        db.close()
        return [tuple("" if v is None else v.hex() if isinstance(v, bytes) else str(v) for v in row) for row in found]

    def remove(self):
        if self.server and self.server.process.poll() is None:
            self.server.kill()
        if self.database:
            CLUSTER.drop(self.database)
        if self.made:
            shutil.rmtree(self.folder.parent, ignore_errors=True)


class Scenario(unittest.TestCase):
    """A class of tests on one running site. conf and init are given to Site; people are (name, role, password)."""

    conf = {}
    init = ()
    people = ()
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.site = Site(conf=cls.conf, init=cls.init)
        cls.addClassCleanup(cls.site.remove)
        for person in cls.people:
            cls.site.user(*person)
        cls.server = cls.site.start()
        cls.settle()

    @classmethod
    def settle(cls):
        """What a class does once, after the server is up."""

    @classmethod
    def tearDownClass(cls):
        if cls.server.process.poll() is None:
            status = cls.server.stop()
            assert status == 0, f"the server ended with {status}; its log ends:\n{cls.server.log_text()[-6000:]}"
        for word in ("ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer", "LeakSanitizer", "MUST("):
            assert word not in cls.server.log_text(), f"the server's log says {word}:\n{cls.server.log_text()[-8000:]}"

    def setUp(self):
        self.client = self.visitor()

    def assertRefused(self, reply, field):
        """422, with an alert that names the field, and a form."""
        self.assertEqual(reply.status, 422, reply)
        alerts = reply.page.all("[role=alert]")
        self.assertTrue(alerts, "no element with role=alert")
        named = [a for a in alerts if a.get("id") == f"f-{field}-error" or any(n.get("href") == f"#f-{field}" for n in a.walk())]
        self.assertTrue(named, f"no alert names {field}: {reply.alerts}")
        self.assertTrue(reply.page.has("form"))

    def listed(self, where="/newswire"):
        """The titles on a list page."""
        return [n.text for n in self.visitor().get(where).page.all("article.row h2")]

    def visitor(self, source=None, forwarded=None):
        client = Client(self.server, source, forwarded)
        self.addCleanup(client.close)
        return client

    def editor(self, name="ed", password="correct horse staple"):
        client = self.visitor()
        reply = client.login(name, password)
        self.assertEqual(reply.status, 303, reply)
        return client


def together(*jobs):
    """Runs functions at the same time and waits for all; the first exception of any is raised."""
    faults = []

    def run(job):
        try:
            job()
        except BaseException as fault:  # noqa: BLE001  it is raised again below
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if faults:
        raise faults[0]
