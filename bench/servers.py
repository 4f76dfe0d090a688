"""Servers of a measurement: started, pinned to a processor, their processes' cost read from the kernel, ended. Nothing outlives the run."""
import atexit
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests/scenarios"))
from postgres import Cluster, binaries  # noqa: E402,F401  found by the line above

BINARY = os.path.abspath(os.environ.get("BROADSIDE") or TOP / "build-release/src/broadside")
WORK = pathlib.Path(os.environ.get("BENCH_WORK") or TOP / "build-release/bench").resolve()
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = str(CORES[0]), str(CORES[-1])
TICK = os.sysconf("SC_CLK_TCK")
running = []


class Missing(Exception):
    """What a part needs is not installed: said in the results, and the run goes on."""


def need(command, package):
    if not shutil.which(command, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
        raise Missing(f"{command} is not installed (Debian's {package})")


def wait_until(yes, what, seconds=60):
    end = time.monotonic() + seconds
    while not yes():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connects(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def processes(roots):
    """The roots and all that descends from them."""
    parents = {}
    for p in pathlib.Path("/proc").iterdir():
        if p.name.isdigit():
            try:
                parents.setdefault(int((p / "stat").read_text().rsplit(")", 1)[1].split()[1]), []).append(int(p.name))
            except (FileNotFoundError, ProcessLookupError):
                pass
    found, todo = [], list(roots)
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


class Server:
    """roots: the process ids whose trees are this server."""

    def __init__(self, name, port=None):
        self.name, self.port, self.roots, self.popen, self.at_end = name, port, [], [], []
        running.append(self)

    def spawn(self, args, pinned=False, **how):
        how.setdefault("stdout", subprocess.DEVNULL)
        how.setdefault("stderr", subprocess.DEVNULL)
        pin = ["taskset", "-c", SERVER_CORE] if pinned else []
        p = subprocess.Popen([*pin, *map(str, args)], stdin=subprocess.DEVNULL, start_new_session=True, **how)
        self.popen.append(p)
        self.roots.append(p.pid)
        return p

    def listening(self):
        wait_until(lambda: connects(self.port) or self.popen[-1].poll() is not None, f"{self.name} does not listen")
        if self.popen[-1].poll() is not None:
            raise RuntimeError(f"{self.name} ended at its start")
        return self

    def cpu(self):
        """Seconds of processor that all its processes have used, those included that have ended."""
        ticks = 0
        for pid in processes(self.roots):
            try:
                f = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                ticks += sum(map(int, f[11:15]))
            except (FileNotFoundError, ProcessLookupError):
                pass
        return ticks / TICK

    def memory(self):
        """PSS of all its processes, in MB."""
        kb = 0
        for pid in processes(self.roots):
            try:
                kb += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])
            except (FileNotFoundError, ProcessLookupError, TypeError):
                pass
        return kb / 1024

    def descriptors(self):
        n = 0
        for pid in processes(self.roots):
            try:
                n += len(os.listdir(f"/proc/{pid}/fd"))
            except (FileNotFoundError, ProcessLookupError):
                pass
        return n

    def get(self, path="/", **fields):
        """(body as sent, fields) of one answer."""
        ask = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={k.replace("_", "-"): v for k, v in fields.items()})
        with urllib.request.urlopen(ask, timeout=60) as r:
            return r.read(), r.headers

    def stop(self):
        for p in reversed(self.popen):
            if p.poll() is None:
                p.terminate()
                try:
                    p.wait(20)
                except subprocess.TimeoutExpired:
                    pass
            try:
                os.killpg(p.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            p.wait()
        for do in self.at_end:
            do()
        self.popen, self.at_end = [], []
        if self in running:
            running.remove(self)

    def __enter__(self):
        return self

    def __exit__(self, *_what):
        self.stop()


@atexit.register
def stop_all():
    for s in list(running):
        try:
            s.stop()
        except Exception as e:  # the others are ended all the same
            print(f"{s.name}: {e}", file=sys.stderr)


def configure(site, database=None, **sections):
    """Writes site.conf anew: no number is asked, no limits for clients; and what the part wants."""
    conf = {"site": {"title": "The Measured Wire", "url": "http://127.0.0.1"}, "listen": {"connections": "20000"}, "cache": {},
            "spam": {"challenge": "none", "limit_posts_per_hour": "1000000", "limit_comments_per_hour": "1000000", "least_seconds": "0"}}
    if database:
        conf["database"] = {"url": database}
    for name, values in sections.items():
        conf.setdefault(name, {}).update({k: str(v) for k, v in values.items()})
    text = "".join(f"[{s}]\n" + "".join(f"{k} = {v}\n" for k, v in kv.items()) + "\n" for s, kv in conf.items())
    (site / "site.conf").write_text(text)


def broadside(site, pinned=False):
    s = Server("broadside")
    begun = time.monotonic()
    p = s.spawn([BINARY, "serve", site, "--listen", "127.0.0.1:0"], pinned, stdout=subprocess.PIPE, stderr=open(WORK / "broadside.log", "ab"))
    line = p.stdout.readline().decode()
    s.started = time.monotonic() - begun
    found = re.match(r"listening on http://.+:(\d+)/", line)
    if not found:
        s.stop()
        raise RuntimeError(f"broadside did not start: see {WORK.name}/broadside.log")
    s.port = int(found[1])
    return s


NGINX = """daemon off; worker_processes {workers}; pid {d}/pid; error_log {d}/error.log; worker_rlimit_nofile {files}; {user}
events {{ worker_connections 8192; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 300s; etag on;
  open_file_cache max=1000 inactive=300s; open_file_cache_valid 300s; gzip_static on; default_type text/html; types {{ text/html html; text/css css; }}
  client_body_temp_path {d}/body; proxy_temp_path {d}/proxy; fastcgi_temp_path {d}/fastcgi; uwsgi_temp_path {d}/uwsgi; scgi_temp_path {d}/scgi;
  {http}
}}
"""


def nginx(name, folder, http, port, pinned=False, workers=None):
    need("nginx", "nginx")
    folder.mkdir(parents=True, exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(d=folder, files=resource.getrlimit(resource.RLIMIT_NOFILE)[1], workers=workers or (1 if pinned else len(CORES)), user=user, http=http))
    s = Server(name, port)
    s.spawn([shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"]), "-p", folder, "-c", folder / "nginx.conf"], pinned)
    return s.listening()


def nginx_static(pages, pinned=False, workers=None):
    """nginx with pages as files, each with its gzipped twin. pages: {file: (bytes, gzipped)}."""
    d = WORK / "nginx"
    shutil.rmtree(d, ignore_errors=True)
    (d / "html").mkdir(parents=True)
    for file, (page, gz) in pages.items():
        (d / "html" / file).write_bytes(page)
        (d / "html" / f"{file}.gz").write_bytes(gz)
    port = free_port()
    return nginx("nginx", d, f"server {{ listen 127.0.0.1:{port} backlog=4096; root {d}/html; }}", port, pinned, workers)


class Postgres:
    """One PostgreSQL server whose folder is kept between runs, since filling it takes long."""

    def __init__(self):
        if not binaries():
            raise Missing("PostgreSQL is not installed (Debian's postgresql-15)")
        mark = WORK / "postgres-folder"
        if mark.exists() and (pathlib.Path(mark.read_text()) / "data/PG_VERSION").exists():
            self.cluster = Cluster.at(mark.read_text())
            if (self.cluster.data / "postmaster.pid").exists():
                try:
                    self.cluster.stop("fast")
                except AssertionError:
                    (self.cluster.data / "postmaster.pid").unlink(missing_ok=True)
        else:
            self.cluster = Cluster(durable=True, settings=("shared_buffers = 256MB", "max_wal_size = 2GB", "max_connections = 200"))
            mark.write_text(str(self.cluster.folder))
        self.cluster.start()
        self.server = Server("postgres")
        self.server.roots = [self.cluster.pid()]
        self.server.at_end.append(lambda: self.cluster.stop("fast"))

    def stop(self):
        self.server.stop()
