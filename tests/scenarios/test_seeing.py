"""What operators see: /metrics, /healthz, /readyz, the log's lines, `broadside top`."""
import fcntl
import http.client
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios

from harness import BINARY, PATIENCE, Reply, Scenario, Site, ask_unix, command, together

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)?\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)")
SAID = ({}, {"Host": "127.0.0.1"}, {"Host": "localhost"}, {"Host": "[::1]:80"}, {"Host": "operators.example"}, {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"}, {"Host": "127.0.0.1", "X-Real-IP": "203.0.113.9"}, {"Host": "localhost", "Via": "1.1 edge"})


def read_metrics(text):
    """The text format 0.0.4, to the letter: {family: (type, {(name, labels): value})}. Anything off is an AssertionError."""
    families, current, seen = {}, None, set()
    assert text.endswith("\n"), "the last line has no end"
    for line in text[:-1].split("\n"):
        told = re.fullmatch(rf"# HELP ({NAME}) ([^\n]+)", line)
        kind = re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line)
        if told:
            assert told[1] not in families, f"{told[1]} is told twice"
            current = told[1]
            families[current] = None
        elif kind:
            assert kind[1] == current and families[current] is None, f"TYPE of {kind[1]} does not follow its HELP"
            families[current] = (kind[2], {})
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, f"not a sample: {line!r}"
            name, labels, value = sample[1], tuple(re.findall(LABEL, sample[2] or "")), float(sample[3])
            suffixes = ("_bucket", "_sum", "_count") if families[current][0] == "histogram" else ("",)
            assert name in [current + s for s in suffixes], f"{name} under {current}"
            assert (name, labels) not in seen, f"{line} stands twice"
            names = [label.split("=")[0] for label in labels]
            assert len(set(names)) == len(names), line
            seen.add((name, labels))
            families[current][1][name, labels] = value
    for name, (kind, samples) in families.items():
        assert samples or "requests" in name or "_seconds" in name, f"{name} has no sample"
        if kind == "counter":
            assert name.endswith("_total") and all(v >= 0 for v in samples.values()), name
        if kind == "histogram":
            check_histogram(name, samples)
    return families


def check_histogram(name, samples):
    series = {}
    for (sample, labels), value in samples.items():
        rest = tuple(one for one in labels if not one.startswith("le="))
        series.setdefault(rest, {"bucket": []})
        if sample.endswith("_bucket"):
            [le] = [one[4:-1] for one in labels if one.startswith("le=")]
            series[rest]["bucket"].append((float(le), value))
        else:
            series[rest][sample.rpartition("_")[2]] = value
    for rest, s in series.items():
        bounds, counts = zip(*s["bucket"])
        assert list(bounds) == sorted(set(bounds)) and bounds[-1] == float("inf"), (name, rest)
        assert list(counts) == sorted(counts), (name, rest, counts)
        assert counts[-1] == s["count"] and s["sum"] >= 0, (name, rest)


class Metrics(Scenario):
    init = ("--demo",)
    conf = {"spam": {"challenge": "number"}}

    def figures(self):
        reply = ask_unix(self.site.path / "control", "/metrics")
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(reply.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertIn("no-store", reply.headers["Cache-Control"])
        return read_metrics(reply.text)

    def value(self, name, *labels, figures=None):
        _kind, samples = (figures or self.figures())[re.sub("_(count|sum|bucket)$", "", name)]
        return samples.get((name, labels), 0)

    def test_requests_are_counted_by_route_and_class(self):
        front, none = ('method="GET"', 'route="/"', 'class="2xx"'), ('method="any"', 'route="none"', 'class="4xx"')
        before = self.figures()
        for _i in range(3):
            self.client.get("/")
            self.client.request("DELETE", "/")
            self.client.get("/no/such/page")
        after = self.figures()
        grown = lambda *which: self.value(*which, figures=after) - self.value(*which, figures=before)  # noqa: E731
        self.assertEqual(grown("broadside_requests_total", *front), 3)
        self.assertEqual(grown("broadside_requests_total", *none), 6)
        self.assertEqual(grown("broadside_request_seconds_count", *front[:2]), 3)
        self.assertGreaterEqual(grown("broadside_cache_hits_total"), 2)

    def test_every_family_is_there_before_anything_happened(self):
        told = self.figures()
        for name in ("broadside_build_info process_start_time_seconds process_cpu_seconds_total broadside_resident_memory_bytes "
                     "broadside_connections broadside_queue_depth broadside_queue_refused_total broadside_queue_wait_seconds "
                     "broadside_requests_total broadside_request_seconds broadside_handler_seconds broadside_cache_hits_total "
                     "broadside_cache_misses_total broadside_cache_evictions_total broadside_cache_bytes broadside_write_batch_size "
                     "broadside_write_wait_seconds broadside_write_queue_depth broadside_database_up broadside_pictures_waiting "
                     "broadside_pictures_oldest_age_seconds broadside_passwords_waiting broadside_numbers_at_login").split():
            self.assertIn(name, told)
        self.assertEqual(self.value("broadside_database_up", figures=told), 1)
        self.assertGreater(self.value("broadside_resident_memory_bytes", 'role="web"', figures=told), 1 << 20)
        self.assertGreater(self.value("broadside_resident_memory_bytes", 'role="parent"', figures=told), 1 << 20)

    def test_counters_only_grow_whoever_asks_at_once(self):
        def visit():
            client = self.visitor()
            last = {}
            for _i in range(5):
                client.get("/newswire")
                for _name, (kind, samples) in self.figures().items():
                    if kind == "counter":
                        for key, value in samples.items():
                            self.assertGreaterEqual(value, last.get(key, 0), key)
                            last[key] = value
        together(*[visit] * 4)

    def test_no_label_holds_what_a_person_sent(self):
        mark = "zzsecretzz"
        visitor = self.visitor("127.0.0.99")
        for where in (f"/{mark}", f"/topic/{mark}", f"/search?q={mark}", f"/article/1/{mark}", f"/edit/{mark}"):
            visitor.get(where, User_Agent=mark, Cookie=f"a={mark}")
        text = self.site.metrics()
        self.assertNotIn(mark, text)
        self.assertNotIn("127.0.0.99", text)
        routes = {line.split()[1] for line in command("routes").stdout.splitlines() if line.startswith(("GET ", "POST "))}
        self.assertLessEqual(set(re.findall(r'route="([^"]*)"', text)), routes | {"none"})

    def test_readers_find_no_figures_whatever_they_say_of_themselves(self):
        for headers in SAID:
            for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
                reply = self.client.request(method, "/metrics", b"" if method in ("POST", "PUT") else None, headers)
                self.assertEqual(reply.status, 404, (method, headers))
                self.assertNotIn("Allow", reply.headers)
                self.assertNotIn("broadside_", reply.text)

    def test_the_control_socket_is_its_owner_s_alone(self):
        where = self.site.path / "control"
        self.assertEqual(where.stat().st_mode & 0o777, 0o600)
        self.assertEqual(ask_unix(where, "/metrics", headers={"Host": "any"}).status, 200)
        self.assertEqual(ask_unix(where, "/newswire").status, 404)

    def test_log_lines_are_logfmt_with_levels_and_request_ids(self):
        pair = r'[a-z]+=(?:[^ "=]+|"(?:[^"\\]|\\.)*")'
        for line in self.server.log_text().splitlines():
            self.assertRegex(line, rf"^{pair}(?: {pair})*$")
            self.assertRegex(line, r"^ts=\d+\.\d{3} level=(debug|info|warn|error) role=[a-z]+ pid=\d+ (req=[0-9a-f]{16} )?msg=")


class Top(Scenario):
    def terminal(self, rows=24, columns=80):
        """`top` on a terminal of its own: (process, the terminal's other end, its settings before)."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        self.resize(ours, rows, columns)
        before = termios.tcgetattr(theirs)
        process = subprocess.Popen([os.path.abspath(BINARY), "top", str(self.site.path), "--interval", "1"], stdin=theirs, stdout=theirs,
                                   stderr=subprocess.PIPE, preexec_fn=lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)))
        self.addCleanup(process.stderr.close)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        self.addCleanup(os.close, theirs)
        return process, ours, theirs, before

    @staticmethod
    def resize(terminal, rows, columns):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, terminal, mark, got=b""):
        while mark not in got:
            self.assertTrue(select.select([terminal], [], [], PATIENCE)[0], f"{mark} never came: {got[-2000:]!r}")
            got += os.read(terminal, 65536)
        return got

    def ends_clean(self, process, ours, theirs, before):
        self.read_until(ours, b"\x1b[?25h\x1b[?1049l")
        self.assertEqual(process.wait(PATIENCE), 0, process.stderr.read())
        self.assertEqual(termios.tcgetattr(theirs), before, "the terminal is not as it was")

    def test_one_frame_for_scripts(self):
        self.client.get("/")
        done = command("top", self.site.path, "--once")
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("requests", "latency", "cache", "connections", "queue", "writes", "GET /", "MiB"):
            self.assertIn(word, done.stdout)
        self.assertNotIn("\x1b", done.stdout)

    def test_live_resized_and_ended_by_q(self):
        process, ours, theirs, before = self.terminal()
        got = self.read_until(ours, b"\x1b[24;1Hq quits")
        self.assertTrue(got.startswith(b"\x1b[?1049h\x1b[?25l"), got[:40])
        self.assertIn(b"requests", got)
        self.resize(ours, 12, 40)
        got = self.read_until(ours, b"\x1b[12;1Hq quits")
        last = got[got.rindex(b"\x1b[H") + 3:].decode()
        lines = [line.replace("\x1b[K", "").rstrip("\r") for line in last.partition("\x1b[J")[0].split("\r\n")]
        self.assertLessEqual(len(lines), 12)
        self.assertLessEqual(max(map(len, lines)), 40)
        os.write(ours, b"q")
        self.ends_clean(process, ours, theirs, before)

    def test_ended_by_a_signal(self):
        for what in ("key", signal.SIGTERM, signal.SIGHUP):
            process, ours, theirs, before = self.terminal()
            self.read_until(ours, b"q quits")
            if what == "key":
                os.write(ours, b"\x03")
            else:
                process.send_signal(what)
            self.ends_clean(process, ours, theirs, before)

    def test_wrong_usage(self):
        for words in (["--interval", "0"], ["--interval", "x"], ["--nonsense"], ["extra"]):
            self.assertEqual(command("top", self.site.path, *words).returncode, 2, words)
        done = command("top", self.site.path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--once", done.stderr)

    def test_a_site_without_a_server(self):
        site = Site()
        self.addCleanup(site.remove)
        done = command("top", site.path, "--once")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no server runs", done.stderr)
        site.start().kill()
        self.assertTrue((site.path / "control").is_socket())
        while "no server runs" not in command("top", site.path, "--once").stderr:
            pass  # its processes are still being ended
        server = site.start()  # what the killed one left is no hindrance
        self.assertEqual(command("top", site.path, "--once").returncode, 0)
        self.assertEqual(server.stop(), 0)
        self.assertFalse((site.path / "control").exists())

    def test_a_folder_whose_name_is_longer_than_a_socket_s_may_be(self):
        deep = self.site.folder.parent / ("deep" * 40)
        deep.mkdir()
        site = Site(folder=deep)
        self.addCleanup(site.remove)
        server = site.start()
        self.assertEqual(command("top", site.path, "--once").returncode, 0)
        self.assertEqual(server.stop(), 0)


class BehindProxy(Scenario):
    conf = {"listen": {"behind_proxy": "yes"}}

    def test_a_proxy_finds_no_figures_either(self):
        for headers in SAID:
            self.assertEqual(self.client.request("GET", "/metrics", None, headers).status, 404, headers)


class Listener(Scenario):
    """Figures behind an address of their own."""

    def setUp(self):
        super().setUp()
        self.other = Site()
        self.addCleanup(self.other.remove)

    def ask(self, port, where, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        connection.request(method, where)
        answer = connection.getresponse()
        return Reply(answer.status, answer.msg, answer.read(), f"http://127.0.0.1:{port}{where}")

    def test_a_port_of_this_machine(self):
        self.other.configure({"listen": {"metrics": "127.0.0.1:0"}})
        server = self.other.start()
        port = int(re.fullmatch(r"figures on http://127\.0\.0\.1:(\d+)/", server.line())[1])
        read_metrics(self.ask(port, "/metrics").text)
        self.assertEqual(self.ask(port, "/healthz").text, "ok\n")
        self.assertEqual(self.ask(port, "/readyz").text, "ready\n")
        for where in ("/", "/newswire", "/login", "/style.css", "/no/such/page"):
            self.assertEqual(self.ask(port, where).status, 404, where)
        self.assertEqual(self.ask(port, "/login", "POST").status, 404)
        self.assertEqual(self.ask(server.port, "/metrics").status, 404)
        self.assertEqual(command("top", self.other.path, "--once").returncode, 0)
        self.assertEqual(server.stop(), 0)

    def test_a_unix_socket(self):
        path = self.other.folder.parent / "figures"
        self.other.configure({"listen": {"metrics": f"unix:{path}"}})
        server = self.other.start()
        self.assertEqual(server.line(), f"figures on unix:{path}")
        reply = ask_unix(path, "/metrics")
        self.assertEqual(reply.status, 200)
        read_metrics(reply.text)
        self.assertEqual(ask_unix(path, "/newswire").status, 404)
        self.assertEqual(self.ask(server.port, "/metrics").status, 404)
        self.assertEqual(server.stop(), 0)

    def test_only_this_machine_s_own_addresses_are_taken(self):
        for address in ("0.0.0.0:9100", "[::]:9100", "192.0.2.1:9100", "operators.example:9100", "localhost:9100", "127.0.0.1", "127.0.0.1.example:1",
                        "127.1:9100", "1127.0.0.1:9100", "9100", "unix:", "[::1]", "[::ffff:192.0.2.1]:80"):
            site = Site(conf={"listen": {"metrics": address}})
            self.addCleanup(site.remove)
            done = command("serve", site.path, "--listen", "127.0.0.1:0")
            self.assertNotEqual(done.returncode, 0, address)
            self.assertIn("[listen] metrics must be", done.stderr, address)


class Ready(Scenario):
    def test_alive_and_ready(self):
        for where, text in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
            reply = self.client.get(where)
            self.assertEqual((reply.status, reply.text), (200, text))
            self.assertIn("no-store", reply.headers["Cache-Control"])
            self.assertEqual(self.client.head(where).status, 200)


class NotReady(Scenario):
    """Each fault is made before anybody asked, since an answer is good for a second."""

    def test_a_schema_from_the_future_is_told_in_a_sentence(self):
        self.site.execute("INSERT INTO schema_version (version, name, applied) VALUES (9999, 'later', 0)")
        reply = self.client.get("/readyz")
        self.assertEqual(reply.status, 503)
        self.assertEqual(reply.text, "The database belongs to a newer version of this program.\n")
        self.assertIn("Retry-After", reply.headers)
        self.assertEqual(self.client.get("/healthz").status, 200)
        self.assertIn("not ready", self.server.log_text())


class NoFolder(Scenario):
    def test_a_folder_that_takes_no_files(self):
        self.site.path.rename(self.site.path.with_name("moved"))
        self.addCleanup(lambda: self.site.path.with_name("moved").rename(self.site.path))
        reply = self.client.get("/readyz")
        self.assertEqual(reply.status, 503, reply)
        self.assertTrue(reply.text.endswith(".\n"))
        self.assertNotIn(str(self.site.path), reply.text)
