"""A PostgreSQL server across a network: TLS with certificates that are looked at, a password from a file or a client's certificate, and all that
again when the connection broke, in processes that are locked in."""
import ctypes
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile
import time
import unittest

from harness import PATIENCE, Client, Site, command
from postgres import Cluster, binaries

ENGINES = ("sqlite",)  # it brings a server of its own
ACCESS = ("local all all trust\n" "hostssl all ada all scram-sha-256\n" "hostssl all bo all cert\n")


def openssl(*args):
    done = subprocess.run(["openssl", *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Certificates:
    """An authority and what it signed, in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = folder / "ca.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder / "ca.key", "-out", self.authority, "-subj", "/CN=An authority", "-days", 2)

    def sign(self, name, san=None):
        """The paths of a certificate and its key."""
        cert, key, ask = (self.folder / f"{name}.{end}" for end in ("pem", "key", "csr"))
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", ask, "-subj", f"/CN={name}")
        more = self.folder / f"{name}.cnf"
        more.write_text(f"subjectAltName = {san}\n" if san else "basicConstraints = CA:false\n")
        openssl("x509", "-req", "-in", ask, "-CA", self.authority, "-CAkey", self.folder / "ca.key", "-out", cert, "-days", 2, "-extfile", more)
        os.chmod(key, 0o600)
        return cert, key


def holds_to_ports():
    """Whether this kernel can hold a process to TCP ports (Landlock's fourth version)."""
    return ctypes.CDLL(None).syscall(444, None, 0, 1) >= 4


@unittest.skipUnless(binaries() and shutil.which("openssl"), "there is no PostgreSQL or no openssl on this machine")
class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="broadside-tls-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.address = "127." + ".".join(str(1 + secrets.randbelow(254)) for _ in range(3))  # nobody else's, so that its port can be the usual one
        cls.certificates = Certificates(cls.folder)
        cert, key = cls.certificates.sign("server", f"IP:{cls.address}")
        cls.cluster = Cluster(settings=[f"listen_addresses = '{cls.address}'", "ssl = on", "ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'",
                                        "ssl_ca_file = 'ca.pem'"])
        cls.addClassCleanup(cls.cluster.remove)
        for path in (cert, key, cls.certificates.authority):
            there = shutil.copy(path, cls.cluster.data)
            os.chown(there, cls.cluster.user.pw_uid, cls.cluster.user.pw_gid)
            os.chmod(there, 0o600)
        (cls.cluster.data / "pg_hba.conf").write_text(ACCESS)
        cls.cluster.start()
        cls.password = "of%20a colon: and a \\ backslash"
        cls.cluster.sql(f"CREATE ROLE ada LOGIN PASSWORD '{cls.password}'")
        cls.cluster.sql("CREATE ROLE bo LOGIN")
        cls.passfile = cls.folder / "passwords"
        cls.passfile.write_text("*:*:*:ada:" + cls.password.replace("\\", "\\\\").replace(":", "\\:") + "\n")
        cls.passfile.chmod(0o600)

    def url(self, user, **options):
        name = self.cluster.create()
        self.cluster.sql(f"ALTER DATABASE {name} OWNER TO {user}")
        options = {"sslmode": "verify-full", "sslrootcert": self.certificates.authority, **options}
        return name, f"postgresql://{user}@{self.address}/{name}?" + "&".join(f"{k}={v}" for k, v in options.items() if v)

    def refused(self, url):
        """What init says of it."""
        done = command("init", self.folder / secrets.token_hex(8), "--database", url)
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn(self.password, done.stderr)
        return done.stderr

    def until(self, site, true):
        end = time.monotonic() + PATIENCE
        while not true():
            self.assertLess(time.monotonic(), end, site.server.log_text()[-3000:])

    def publishes(self, client, title):
        reply = client.get("/publish")
        if reply.status != 200:
            return False
        form = reply.form("form#publish")
        return client.send(form.set(title=title, body="Words.", type=form.options("type")[1]), "publish").status == 303

    def serves(self, name, url):
        """A server that writes and reads there by TLS, also when all its connections broke."""
        if not holds_to_ports():
            self.skipTest("this kernel cannot hold a process to TCP ports")
        site = Site(init=("--database", url))
        self.addCleanup(site.remove)
        client = Client(site.start())
        self.addCleanup(client.close)
        client.published("Sealed")
        self.assertEqual({t for t, in self.cluster.rows(f"SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = '{name}'", "postgres")}, {"t"})
        for i in range(3):
            self.cluster.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            self.until(site, lambda i=i: self.publishes(client, f"Sealed again {i}"))
        self.until(site, lambda: [n.text for n in client.get("/newswire").page.all("article.row h2")] == ["Sealed again 2", "Sealed again 1", "Sealed again 0", "Sealed"])
        self.assertNotIn("work was ended", site.server.log_text())
        self.assertEqual(site.server.stop(), 0, site.server.log_text()[-3000:])
        self.assertNotIn(self.password, site.server.log_text())

    def test_a_password_from_a_file(self):
        self.serves(*self.url("ada", passfile=self.passfile))

    def test_a_client_s_certificate(self):
        cert, key = self.certificates.sign("bo")
        self.serves(*self.url("bo", sslcert=cert, sslkey=key))

    def test_a_wrong_password(self):
        wrong = self.folder / "wrong"
        wrong.write_text("*:*:*:ada:guessed\n")
        wrong.chmod(0o600)
        self.assertIn("the database server refuses: it knows no such user, password or database", self.refused(self.url("ada", passfile=wrong)[1]))
        self.assertIn("the database server refuses: it knows no such user, password or database", self.refused(self.url("ada")[1]))

    def test_a_server_that_another_authority_vouches_for(self):
        folder = self.folder / "other"
        folder.mkdir()
        other = Certificates(folder)
        _name, url = self.url("ada", passfile=self.passfile, sslrootcert=other.authority)
        self.assertIn("the database server's certificate is not the one that the URL asks for", self.refused(url))

    def test_a_certificate_for_another_name(self):
        _name, url = self.url("ada", passfile=self.passfile)
        wrong = url.replace(f"@{self.address}/", "@db.wire.example/") + f"&hostaddr={self.address}"
        self.assertIn("the database server's certificate is not the one that the URL asks for", self.refused(wrong))

    def test_files_that_are_not_there(self):
        for missing in ({"sslrootcert": self.folder / "nothing.pem"}, {"passfile": self.folder / "nothing"}, {"sslcert": self.folder / "nothing.pem"}):
            said = self.refused(self.url("ada", **missing)[1])
            self.assertIn(str(next(iter(missing.values()))), said)

    def test_no_tls_where_it_must_be(self):
        self.assertIn("the database server refuses", self.refused(self.url("ada", passfile=self.passfile, sslmode="disable", sslrootcert=None)[1]))
