"""What is measured. Each part answers {"rows": [...], "notes": [...]} and what plots are drawn from; a row has the figure, ours, the peer's, their ratio, and
the goal with whether it is met. A part stands alone: its servers are started and ended in it."""
import json
import os
import re
import resource
import subprocess
import threading
import time
import urllib.parse
from http.client import HTTPConnection, HTTPException

from measure import good, load, load_command, ratio, rounds, summary
from servers import CORES, WORK, Postgres, broadside, configure, need, nginx_static, wait_until
from sites import addresses, commented, demo_site, postgres_rows, postgres_site, sqlite_rows, sqlite_site
from page import Form, parse

GZIP = ("Accept-Encoding: gzip",)


def row(figure, ours, unit, peer=None, peer_name=None, times=None, goal=None, met=None):
    """ours, peer: summaries; times: the summary of their ratio."""
    return {"figure": figure, "ours": ours, "unit": unit, "peer": peer, "peer_name": peer_name, "ratio": times, "goal": goal, "met": met}


def one(value):
    return {"median": value, "min": value, "max": value, "n": 1}


def pick(runs, key):
    return [r[key] for r in runs]


def per_cpu_second(runs):
    return [r["requests"] / r["cpu"] for r in runs]


def page_of(server, path):
    page, _ = server.get(path)
    for _i in range(20):  # a page is compressed once it has been asked for some times
        gz, fields = server.get(path, Accept_Encoding="gzip")
    assert fields["Content-Encoding"] == "gzip"
    return page, gz


def same_page(pinned):
    """broadside with the demo site and nginx with its pages as files: (the two servers, [(name, path of ours, path of nginx's, bytes, bytes gzipped)]).
    The article is the one whose page is nearest to 12 KiB."""
    site = demo_site()
    configure(site)
    ours = broadside(site, pinned)
    listed = {urllib.parse.quote(a["href"], safe="/%") for a in parse(ours.get("/newswire")[0].decode()).all("a") if re.match(r"/article/\d+/[^/#]+$", a.get("href", ""))}
    article = min(sorted(listed), key=lambda path: abs(len(ours.get(path)[0]) - 12288))
    pages = {"article.html": page_of(ours, article), "index.html": page_of(ours, "/")}
    theirs = nginx_static(pages, pinned)
    out = []
    for name, mine, file in (("article", article, "article.html"), ("front page", "/", "index.html")):
        page, gz = pages[file]
        assert theirs.get(f"/{file}")[0] == page and theirs.get(f"/{file}", Accept_Encoding="gzip")[0] == gz
        out.append((name, mine, f"/{file}", len(page), len(gz)))
    return ours, theirs, out


def hit(quick):
    """A kept page against nginx with the same bytes as a file."""
    ours, theirs, pages = same_page(True)
    out = {"rows": [], "notes": ["64 kept connections; servers on one processor, client on another. Requests for each second of processor time, of all processes of a "
                                 "server. nginx sends a file with sendfile, without copying it; Broadside's pages are copied into the socket, which is what large ones "
                                 "cost when they are not compressed. Browsers ask for gzip."]}
    seconds = 1 if quick else 2
    with ours, theirs:
        for page, mine, file, n, n_gz in pages:
            paths = {"broadside": mine, "nginx": file}
            hits = []
            tags = {s.name: (f"If-None-Match: {s.get(paths[s.name])[1]['ETag']}",) for s in (ours, theirs)}
            for name, fields, status in ((f"as it is ({n} bytes)", {"broadside": (), "nginx": ()}, 200), (f"gzip ({n_gz} bytes)", {"broadside": GZIP, "nginx": GZIP}, 200),
                                         ("304", tags, 304)):
                def ask(server, fields=fields, status=status, paths=paths):
                    return good(load(server, paths[server.name], seconds=seconds, headers=fields[server.name], pinned=True), status)
                ask(ours), ask(theirs)
                r = rounds(3 if quick else 7, broadside=lambda: ask(ours), nginx=lambda: ask(theirs))
                a, b = per_cpu_second(r["broadside"]), per_cpu_second(r["nginx"])
                times = ratio(a, b)
                goal, met = "≥ 0.92 × (aim 1.0)", times["median"] >= 0.92
                if status == 304:
                    goal, met = "as cheap as a hit", summary(a)["median"] >= max(hits)
                hits.append(summary(a)["median"])
                out["rows"].append(row(f"Kept {page}, {name}", summary(a), "/CPU s", summary(b), "nginx, static file", times, goal, met))
        out["rows"].append(row("Memory, all processes", one(ours.memory()), "MB PSS", one(theirs.memory()), "nginx, static file"))
    return out


def p99(quick):
    """The slowest hundredth, with many connections in a closed loop."""
    ours, theirs, pages = same_page(True)
    paths = {"broadside": pages[0][1], "nginx": pages[0][2]}
    out = {"rows": [], "notes": ["Closed loop: each connection asks again when it has its answer. Servers on one processor, client on another."]}
    with ours, theirs:
        for c in (64, 256, 512, 1000):
            def ask(server, c=c):
                return good(load(server, paths[server.name], seconds=2 if quick else 4, warm=.5, connections=c, pinned=True), 200)
            ask(ours), ask(theirs)
            r = rounds(2 if quick else 5, broadside=lambda: ask(ours), nginx=lambda: ask(theirs))
            a, b = [[v / 1000 for v in pick(r[s], "p99")] for s in ("broadside", "nginx")]
            times = ratio(a, b)
            out["rows"].append(row(f"p99, {c} connections", summary(a), "ms", summary(b), "nginx, static file", times, "≤ 1.2 ×" if c > 64 else None,
                                   times["median"] <= 1.2 if c > 64 else None))
    return out


def latency(quick):
    """Latency over offered load, in an open loop."""
    ours, theirs, pages = same_page(True)
    paths = {"broadside": pages[0][1], "nginx": pages[0][2]}
    out = {"rows": [], "notes": ["Open loop: requests arrive at random at the offered rate, over 256 connections, whether or not earlier ones are answered; the time of "
                                 "each counts from its arrival. Offered load in parts of what nginx answers in a closed loop."], "points": []}
    seconds = 1.5 if quick else 4
    with ours, theirs:
        most = summary([good(load(theirs, paths["nginx"], seconds=seconds, connections=64, pinned=True), 200)["requests"] / seconds for _i in range(3)])["median"]
        for part in (.1, .5, .8) if quick else (.1, .3, .5, .7, .85, 1.0):
            rate = round(most * part)

            def ask(server, rate=rate):
                return load(server, paths[server.name], seconds=seconds, warm=.5, connections=256, rate=rate, pinned=True)
            r = rounds(1 if quick else 2, broadside=lambda: ask(ours), nginx=lambda: ask(theirs))
            for name, runs in r.items():
                out["points"].append({"server": name, "rate": rate, "p50": summary([v / 1000 for v in pick(runs, "p50")]), "p99": summary([v / 1000 for v in pick(runs, "p99")])})
            a, b = [[v / 1000 for v in pick(r[s], "p99")] for s in ("broadside", "nginx")]
            out["rows"].append(row(f"p99 at {rate} requests/s offered ({part:.0%})", summary(a), "ms", summary(b), "nginx, static file", ratio(a, b)))
    return out


def made(quick):
    """Pages that are made for each request: the page cache is off."""
    n = 1000 if quick else 10000
    site = sqlite_site(n)
    configure(site, cache={"megabytes": 0})
    where = addresses(sqlite_rows(site), n)
    goals = {"article": 400, "front": 800}
    out = {"rows": [], "notes": [f"A site of {n} articles on SQLite with the page cache off; the article has 20 comments or a few more. Microseconds of processor time of "
                                 "all processes for each request."]}
    with broadside(site) as s:
        def ask(path):
            return good(load(s, where[path], seconds=1 if quick else 3, connections=4), 200)
        for path in where:
            ask(path)
        r = rounds(3 if quick else 7, **{path: (lambda path=path: ask(path)) for path in where})
        for path, runs in r.items():
            goal, us = goals.get(path), summary(pick(runs, "us"))
            out["rows"].append(row(f"Made for the request: {path}", us, "µs CPU", goal=f"≤ {goal} µs" if goal else None, met=us["median"] <= goal if goal else None))
    return out


def form_body(server, path, action, **values):
    """What a browser would send: the page's own form, filled; {n} stays for the load generator."""
    page = parse(server.get(path)[0].decode())
    form = next(Form(n, "/") for n in page.all("form") if n.get("action", "").endswith(action))
    form.set(**values)
    fields = [(name, value) for name, value in form.fields if value] + [("action", "publish")]
    return urllib.parse.urlencode(fields).replace("%7Bn%7D", "{n}")


def number():
    return int(time.time() * 1000) * 1000


REMARK = ("A remark that was typed into the form by somebody who had read the whole of it and wanted to add what was missing: that the ferry had not sailed since Tuesday, "
          "that nobody at the pier could tell why, and that the bakery stays open all the same. Number {n}.")


def comments_file(rows, engine):
    file = WORK / f"paths-{engine}"
    file.write_text("".join(p + "\n" for p in commented(rows)))
    return file


def bare(*args, timeout=120):
    done = subprocess.run([WORK / args[0], *map(str, args[1:])], capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


WORKERS = 16  # what a site has that says nothing of them
CLIENTS = 64  # who comment at once


def writing(quick, name, site, database, rows, bare_args, also):
    """Comments through the form against the engine alone, and readers of kept pages meanwhile. bare_args: the command of the engine alone, with as many in a
    commit (or connections) as we have workers."""
    out = {"rows": [], "notes": []}
    seconds, paths = (2 if quick else 5), comments_file(rows, name)
    quiet = rows("SELECT id, slug FROM article WHERE status = 0 AND comments < 10 ORDER BY posted LIMIT 1")[0]

    def post(s, **how):
        return good(load(s, seconds=seconds, connections=CLIENTS, method="POST", body=body, paths=paths, first=number(), **how), 303)

    def alone(most):
        return bare(*bare_args(most), seconds)

    peer = f"bare {name}"

    def against(s, workers, as_what, n):
        """Comments with so many workers beside the engine alone with as many in a commit: the rounds, and the seconds that a server of the engine's spent in them."""
        post(s), alone(workers)
        before = also.cpu() if also else 0
        r = rounds(n, broadside=lambda: post(s), bare=lambda: alone(workers))
        a, b = [x["requests"] / x["seconds"] for x in r["broadside"]], [x["written"] / x["seconds"] for x in r["bare"]]
        spent, times = also.cpu() - before if also else 0, ratio(a, b)
        out["rows"].append(row(f"Comments on {name}, {workers} workers{as_what}, {CLIENTS} at once", summary(a), "/s", summary(b), f"{peer}, {workers} together", times,
                               "≥ 0.6 ×", times["median"] >= .6))
        return r, spent

    configure(site, database, listen={"workers": CLIENTS})
    with broadside(site) as s:
        body = form_body(s, commented(rows, 1)[0], "/comment", body=REMARK)
        r, spent = against(s, CLIENTS, "", 2 if quick else 5)
        out["rows"].append(row(f"Comments on {name}: processor time each", summary(pick(r["broadside"], "us")), "µs CPU",
                               summary([x["cpu"] / x["written"] * 1e6 for x in r["bare"]]), peer + (" (without PostgreSQL itself)" if also else "")))
        if also:
            both = sum(x["requests"] for x in r["broadside"]) + sum(x["written"] for x in r["bare"])
            out["notes"].append(f"PostgreSQL itself: {spent / both * 1e6:.0f} µs of processor time a comment, over both.")

    configure(site, database)
    with broadside(site) as s:
        against(s, WORKERS, " as by default", 2 if quick else 4)

        def read():
            return good(load(s, f"/article/{quiet[0]}/{urllib.parse.quote(quiet[1])}", seconds=seconds, warm=.5, connections=32, rate=300), 200)

        def meanwhile(args):
            p = subprocess.Popen(args, stdout=subprocess.DEVNULL)
            try:
                return read()
            finally:
                p.wait(60)
        read()
        posts = load_command  # the same load as above, as a process beside the reader
        command, *args = bare_args(CLIENTS)
        r = rounds(2 if quick else 4, still=read,
                   posting=lambda: meanwhile(posts(s, seconds=seconds + .5, connections=CLIENTS, method="POST", body=body, paths=paths, first=number())),
                   bare=lambda: meanwhile([str(WORK / command), *map(str, args), str(seconds + .5)]))
        still, posting, control = [[v / 1000 for v in pick(r[k], "p99")] for k in ("still", "posting", "bare")]
        times = ratio(posting, still)
        out["rows"].append(row(f"Kept page's p99 while comments come to {name}", summary(posting), "ms", summary(still), "the same, nobody posting", times, "≤ 2 ×",
                               times["median"] <= 2))
        out["rows"].append(row(f"… and while {peer} keeps the machine as busy beside it", summary(control), "ms", summary(still), "the same, nobody posting", ratio(control, still)))
    out["notes"].append(f"{name}: readers ask for one kept page 300 times a second, with the workers that are set by default; posters and load generator share the "
                        f"{len(CORES)} processors with the server. As many comments as workers can share a commit.")
    return out


def write(quick):
    """Durable comments on SQLite."""
    site = sqlite_site(1000 if quick else 10000)
    return writing(quick, "SQLite", site, None, sqlite_rows(site), lambda most: ("bare_sqlite", site / "site.db", most), None)


def write_postgres(quick):
    """Durable comments on PostgreSQL; fsync is on."""
    pg = Postgres()
    try:
        n = 1000 if quick else 10000
        site, url = postgres_site(pg, n)
        return writing(quick, "PostgreSQL", site, url, postgres_rows(pg, n), lambda most: ("bare_pq", url, most), pg.server)
    finally:
        pg.stop()


def read_once(file):
    """So that the system has it in memory, as far as there is room: it is not the disk that is measured."""
    with open(file, "rb", buffering=0) as f:
        while f.read(1 << 22):
            pass


def sizes(quick, engine, wanted, site_of, rows_of, also):
    """The same requests on sites of growing size, all served at once and asked in turn."""
    out = {"rows": [], "notes": [], "points": []}
    servers, where, bodies = {}, {}, {}
    try:
        for n in wanted:
            site, url = site_of(n)
            configure(site, url, cache={"megabytes": 0})
            if not url:
                read_once(site / "site.db")
            starts = []
            for _i in range(2 if quick else 4):
                with broadside(site) as s:
                    starts.append(s.started * 1000)
            servers[n] = broadside(site)
            where[n] = addresses(rows_of(n), n)
            bodies[n] = form_body(servers[n], "/publish", "/publish", title="Number {n} of what was heard at the harbour", summary="What was heard.", body=(REMARK + " ") * 6)
            out["points"].append({"size": n, "engine": engine, "page": "start", "value": summary(starts)})

        def ask(n, path):
            before = also.cpu() if also else 0
            seconds = .7 if quick else 1.5
            if path == "posting":
                r = good(load(servers[n], "/publish", seconds=seconds, connections=4, method="POST", body=bodies[n], first=number()), 303)
            else:
                r = good(load(servers[n], where[n][path], seconds=seconds, connections=4), 200)
            return (r["cpu"] + ((also.cpu() - before) if also else 0)) / r["requests"] * 1e6
        common = [p for p in where[wanted[-1]] if all(p in w for w in where.values())]
        cost = {}
        for path in ["posting", *common]:  # first posting: then what is newest, and shown by front page, list and feed, is the same on all
            for n in wanted:
                ask(n, path)
            cost[path] = rounds(2 if quick else 4, **{str(n): (lambda n=n: ask(n, path)) for n in wanted})
            for n in wanted:
                out["points"].append({"size": n, "engine": engine, "page": path, "value": summary(cost[path][str(n)])})
        small = 10000 if wanted[-1] > 10000 else wanted[0]
        big = wanted[-1]
        for path in cost:
            times = ratio(cost[path][str(big)], cost[path][str(small)])
            out["rows"].append(row(f"{engine}, {path}, {big:,} articles", summary(cost[path][str(big)]), "µs CPU", summary(cost[path][str(small)]), f"{small:,} articles", times,
                                   "≤ 1.2 ×", times["median"] <= 1.2))
        start = next(p["value"] for p in out["points"] if p["page"] == "start" and p["size"] == big)
        out["rows"].append(row(f"{engine}, start, {big:,} articles", start, "ms", goal="< 200 ms", met=start["median"] < 200))
        memory = servers[big].memory()
        out["rows"].append(row(f"{engine}, memory of all processes, {big:,} articles, page cache off", one(memory), "MB PSS", goal="< 48 MB", met=memory < 48))
        if big != 1000000:
            out["notes"].append(f"{engine}: the largest site of this run has {big:,} articles.")
    finally:
        for s in servers.values():
            s.stop()
    return out


def size(quick):
    """Cost over size on SQLite."""
    wanted = (1000, 10000) if quick else (1000, 10000, 100000, 1000000)
    return sizes(quick, "SQLite", wanted, lambda n: (sqlite_site(n), None), lambda n: sqlite_rows(sqlite_site(n)), None)


def size_postgres(quick):
    """Cost over size on PostgreSQL, PostgreSQL's own processor time included."""
    most = int(os.environ.get("BENCH_POSTGRES_MOST") or 1000000)
    wanted = (1000, 10000) if quick else tuple(n for n in (1000, 10000, 100000, 1000000) if n <= most)
    pg = Postgres()
    try:
        return sizes(quick, "PostgreSQL", wanted, lambda n: postgres_site(pg, n), lambda n: postgres_rows(pg, n), pg.server)
    finally:
        pg.stop()


class Reader(threading.Thread):
    """Another reader, from an address of its own, on a fresh connection each time."""

    def __init__(self, port, path="/", body=None):
        super().__init__(daemon=True)
        self.port, self.path, self.body, self.took, self.failed, self.over = port, path, body, [], 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(.02 if not self.body else .3):
            begun = time.perf_counter()
            c = HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=("127.0.0.9", 0))
            try:
                if self.body:
                    c.request("POST", self.path, self.body.replace("{n}", str(number())), {"Content-Type": "application/x-www-form-urlencoded"})
                else:
                    c.request("GET", self.path)
                r = c.getresponse()
                r.read()
                if r.status not in (200, 303):
                    self.failed += 1
                self.took.append((time.perf_counter() - begun) * 1000)
            except (OSError, HTTPException):
                self.failed += 1
            finally:
                c.close()

    def end(self):
        self.over.set()
        self.join(15)
        self.took.sort()
        return self.took[int(len(self.took) * .99)] if self.took else None


def abuse(quick):
    """slowhttptest's four modes while somebody else reads and posts."""
    need("slowhttptest", "slowhttptest")
    site = demo_site()
    configure(site, listen={"connections": 4000})
    most = 2000 if quick else 10000
    out = {"rows": [], "notes": [f"{most} connections of slowhttptest, 3000 new a second, against a site with 4000 at most. The other reader and the poster come from another "
                                 "address, each time on a new connection; slowhttptest's own work is on the same processors."]}

    def many():
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, hard) if hard != resource.RLIM_INFINITY else 65536, hard))
    with broadside(site) as s:
        listed = [a.get("href") for a in parse(s.get("/newswire")[0].decode()).all("a") if a.get("href", "").startswith("/article/")]
        number_of = listed[0].split("/")[2]
        body = form_body(s, f"/article/{number_of}/comment", "/comment", body=REMARK)
        for _i in range(50):
            s.get("/")
        idle, open_then = s.memory(), s.descriptors()
        for name, flag, where in (("slow heads", "-H", ""), ("slow bodies", "-B", "publish"), ("ranges", "-R", ""), ("slow reading", "-X", "")):
            args = ["slowhttptest", flag, "-c", most, "-r", 3000, "-i", 5, "-l", 6 if quick else 20, "-p", 5, "-u", f"http://127.0.0.1:{s.port}/{where}"]
            args += ["-s", 8192] if flag == "-B" else []
            p = subprocess.Popen(list(map(str, args)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", preexec_fn=many)
            reader, poster, peak = Reader(s.port), Reader(s.port, f"/article/{number_of}/comment", body), 0
            said = []
            listen = threading.Thread(target=lambda: said.append(p.stdout.read()), daemon=True)
            listen.start()
            end = time.monotonic() + 90
            while p.poll() is None and time.monotonic() < end:
                peak = max(peak, s.memory())
                time.sleep(.3)
            if p.poll() is None:
                p.kill()
            listen.join(5)
            p.wait()
            slow, posts = reader.end(), poster.end()
            text = said[0] if said else ""
            yes = "YES" in text[text.rfind("service available"):][:60]
            out["rows"].append(row(f"{name}: another reader's p99 ({len(reader.took)} reads, {reader.failed} failed)", one(slow), "ms", goal="< 50 ms", met=bool(slow and slow < 50 and not reader.failed)))
            out["rows"].append(row(f"{name}: posting's p99 ({len(poster.took)} posts, {poster.failed} failed)", one(posts), "ms", goal="works", met=bool(poster.took and not poster.failed)))
            out["rows"].append(row(f"{name}: memory at the most; slowhttptest at its end: service available {'YES' if yes else 'NO'}", one(peak), "MB PSS", goal="< 300 MB, YES", met=peak < 300 and yes))
        begun = time.monotonic()
        try:
            wait_until(lambda: s.descriptors() <= open_then + 20, "descriptors", 60)
            back = time.monotonic() - begun
        except TimeoutError:
            back = None
        out["rows"].append(row(f"After all four: descriptors back ({open_then} before, {s.descriptors()} after)", one(back), "s", goal="≤ 60 s", met=back is not None))
        out["rows"].append(row("After all four: memory", one(s.memory()), "MB PSS", one(idle), "before"))
    return out


def profile(quick):
    """Where the time goes, by the kernel's sampling of the web process; the symbols of all it runs."""
    need("perf", "linux-perf")
    out = {"rows": [], "notes": [], "profiles": []}
    ours, theirs, pages = same_page(True)
    paths = {"broadside": pages[0][1], "nginx": pages[0][2]}
    with ours, theirs:
        for s in (ours, theirs):
            out["profiles"].append(sampled(s, f"{s.name}: a kept page, as it is", load_command(s, paths[s.name], seconds=5, pinned=True)))
            out["profiles"].append(sampled(s, f"{s.name}: a kept page, gzip", load_command(s, paths[s.name], seconds=5, pinned=True, headers=GZIP)))
    site = sqlite_site(1000 if quick else 10000)
    rows = sqlite_rows(site)
    configure(site, cache={"megabytes": 0}, listen={"workers": 64})
    with broadside(site) as s:
        where = addresses(rows, 1000)
        out["profiles"].append(sampled(s, "broadside: an article with 20 comments, made", load_command(s, where["article"], seconds=5, connections=8)))
        body = form_body(s, commented(rows, 1)[0], "/comment", body=REMARK)
        out["profiles"].append(sampled(s, "broadside: a comment posted", load_command(s, seconds=5, connections=64, method="POST", body=body, paths=comments_file(rows, "profile"),
                                                                                      first=number())))
    return out


def sampled(server, name, args):
    from servers import processes
    data = WORK / "perf.data"
    p = subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
    time.sleep(.7)
    pids = ",".join(map(str, processes(server.roots)))
    done = subprocess.run(["perf", "record", "-q", "-F", "1499", "-o", data, "-p", pids, "--", "sleep", "3"], capture_output=True, text=True)
    asked = json.loads(p.communicate(timeout=60)[0])
    if done.returncode != 0:
        raise RuntimeError(f"perf: {done.stderr.strip()[-300:]}")
    report = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "--sort", "dso,symbol", "-t", "\t", "-F", "overhead,dso,symbol"], capture_output=True, text=True).stdout
    lines, by = [], {}
    for line in report.splitlines():
        f = [x.strip() for x in line.split("\t")]
        if len(f) >= 3 and f[0].endswith("%"):
            share = float(f[0][:-1])
            home = "kernel" if f[1].startswith("[") else f[1].split("/")[-1]
            by[home] = by.get(home, 0) + share
            lines.append((share, home, f[2].split("] ", 1)[-1]))
    return {"name": name, "requests": asked["requests"], "by": sorted(by.items(), key=lambda kv: -kv[1])[:8], "top": sorted(lines, reverse=True)[:14]}


from peers import peers  # noqa: E402  it uses what stands above
from uploads import upload  # noqa: E402

PARTS = {"hit": hit, "p99": p99, "latency": latency, "made": made, "write": write, "write-postgres": write_postgres, "size": size, "size-postgres": size_postgres, "abuse": abuse,
         "upload": upload, "peers": peers, "profile": profile}
