"""A PostgreSQL server of the tests' own: Debian's binaries, a temporary folder, a Unix socket, no TCP.

postgres refuses to run as root, so root becomes the user postgres for it."""
import glob
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile


def binaries():
    """The folder of initdb and postgres, the newest version's; None when there is none."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: int(p.split("/")[4]))
    if found:
        return os.path.dirname(found[-1])
    initdb = shutil.which("initdb")
    return os.path.dirname(initdb) if initdb else None


def user():
    """Who the server runs as."""
    me = pwd.getpwuid(os.geteuid())
    if me.pw_uid != 0:
        return me
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


class Cluster:
    """One server. durable: fsync is on, for tests that kill it. settings: lines of postgresql.conf."""

    def __init__(self, durable=False, settings=(), copy_of=None):
        self.bin, self.user = binaries(), user()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-pg-"))
        self.data, self.log = self.folder / "data", self.folder / "log"
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        os.chmod(self.folder, 0o755)
        if copy_of:
            self.run("pg_basebackup", "-D", self.data, "-h", copy_of.folder, "-U", "postgres", "-X", "stream", "-R", "-C", "-S", self.name)
        else:
            self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write("listen_addresses = ''\n" f"unix_socket_directories = '{self.folder}'\n" "unix_socket_permissions = 0777\n"
                       "max_connections = 60\n" "shared_buffers = 32MB\n" "logging_collector = off\n"
                       f"fsync = {'on' if durable else 'off'}\n" + "".join(f"{line}\n" for line in settings))

    @classmethod
    def at(cls, folder):
        """One that somebody else started and will stop."""
        self = cls.__new__(cls)
        self.bin, self.user = binaries(), user()
        self.folder = pathlib.Path(folder)
        self.data, self.log = self.folder / "data", self.folder / "log"
        return self

    @property
    def name(self):
        return self.folder.name.replace("-", "_").lower()

    def command(self, program, *args):
        own = ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"] if os.geteuid() == 0 else []
        return [*own, f"{self.bin}/{program}", *map(str, args)]

    def run(self, program, *args):
        done = subprocess.run(self.command(program, *args), cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              env={**os.environ, "LC_ALL": "C"})
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}\n{self.log_text()}"
        return done.stdout

    def log_text(self):
        return self.log.read_text("utf-8", "replace")[-5000:] if self.log.exists() else ""

    def start(self):
        """pg_ctl waits by itself until connections are taken (or, on a standby, read)."""
        self.run("pg_ctl", "-D", self.data, "-l", self.log, "-t", "120", "-w", "start")
        return self

    def pid(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-t", "120", "-w", "stop")

    def kill(self):
        """kill -9 of all its processes, as a power cut ends them; fsync decides what is left."""
        first = self.pid()
        os.kill(first, signal.SIGSTOP)  # so that it starts nothing anew meanwhile
        for pid in [int(p) for p in subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True).stdout.split()] + [first]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        while any(pathlib.Path(f"/proc/{first}").exists() and "Z" not in pathlib.Path(f"/proc/{first}/stat").read_text().split(")")[1].split()[0] for _ in [0]):
            os.sched_yield()
        for left in [self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")]:  # the dead one's number may be a zombie's for a while
            left.unlink(missing_ok=True)

    def promote(self):
        self.run("pg_ctl", "-D", self.data, "-t", "120", "-w", "promote")

    def rows(self, text, database):
        """A query's rows, each a tuple of texts."""
        out = self.run("psql", "-h", self.folder, "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1", "-c", text)
        return [tuple(row.split("\x1f")) for row in out.removesuffix("\n").split("\x1e")] if out.strip() else []

    def sql(self, text, database="postgres"):
        return self.run("psql", "-h", self.folder, "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text).strip()

    def url(self, database, others=()):
        """Of one database; with others behind it, of whichever takes writes."""
        hosts = ",".join(str(c.folder) for c in (self, *others))
        return f"postgresql:///{database}?host={hosts}&user=postgres"

    def create(self, name=None, copy_of="template0"):
        """A fresh database, or a copy of one that nobody uses; answers its name."""
        name = name or "b" + secrets.token_hex(8)
        self.sql(f"CREATE DATABASE {name} TEMPLATE {copy_of}")
        return name

    def drop(self, name):
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def remove(self):
        try:
            if (self.data / "postmaster.pid").exists():
                self.stop("immediate")
        except (AssertionError, FileNotFoundError):
            pass
        shutil.rmtree(self.folder, ignore_errors=True)
