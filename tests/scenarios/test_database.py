"""A PostgreSQL database that cannot be a site's is told from one that can before anything is made in it."""
import secrets
import tempfile
import unittest

from harness import CLUSTER, command

ENGINES = ("postgres",)


class Database(unittest.TestCase):
    def init(self, url, *more):
        with tempfile.TemporaryDirectory(prefix="broadside-") as folder:
            return command("init", f"{folder}/site", "--database", url, *more)

    def refused(self, how):
        """What init says of a database that was created with these words; nothing is made in it."""
        name = "b" + secrets.token_hex(8)
        CLUSTER.sql(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
        self.addCleanup(CLUSTER.drop, name)
        done = self.init(CLUSTER.url(name))
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(CLUSTER.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace", name), "0")
        return done.stderr

    def test_another_encoding_or_order(self):
        need = "UTF8 and C are needed; make one with `createdb -T template0 -E UTF8 --locale=C NAME`\n"
        for how, is_so in (("ENCODING 'LATIN1' LOCALE 'C'", "encoding LATIN1 and collation C"), ("ENCODING 'SQL_ASCII' LOCALE 'C'", "encoding SQL_ASCII and collation C"),
                           ("LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'", "encoding UTF8 and collation C.UTF-8"),
                           ("LOCALE_PROVIDER icu ICU_LOCALE 'en'", "encoding UTF8 and collation by ICU")):
            with self.subTest(how):
                self.assertEqual(self.refused(how), f"broadside: the database has {is_so}: {need}")

    def test_no_such_database_or_user(self):
        says = "broadside: the database server refuses: it knows no such user, password or database\n"
        self.assertEqual(self.init(CLUSTER.url("nowhere")).stderr, says)
        self.assertEqual(self.init(CLUSTER.url("postgres").replace("user=postgres", "user=nobody_here")).stderr, says)

    def test_no_server_there(self):
        self.assertEqual(self.init("postgresql:///wire?host=/tmp").stderr, "broadside: the database cannot be reached: try again shortly\n")

    def test_a_database_of_another_program(self):
        name = CLUSTER.create()
        self.addCleanup(CLUSTER.drop, name)
        CLUSTER.sql("CREATE TABLE invoice (id int)", name)
        self.assertEqual(self.init(CLUSTER.url(name)).stderr, "broadside: the database belongs to another program\n")

    def test_a_user_who_may_make_nothing(self):
        name, user = CLUSTER.create(), "u" + secrets.token_hex(4)
        self.addCleanup(CLUSTER.drop, name)
        CLUSTER.sql(f"CREATE ROLE {user} LOGIN")
        done = self.init(CLUSTER.url(name).replace("user=postgres", f"user={user}"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("permission denied for schema public", done.stderr)

    def test_a_url_that_is_none(self):
        for url, says in (("mysql://wire", "begins with no engine's name"), ("postgresql://h/d?nonsense=1", "cannot be read"),
                          ("postgresql://ada@db.invalid/wire", "db.invalid, where the database should be, has no address")):
            done = self.init(url)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(says, done.stderr)

    def test_a_second_folder_for_a_site_changes_nothing_in_it(self):
        name = CLUSTER.create()
        self.addCleanup(CLUSTER.drop, name)

        def holds():
            return [CLUSTER.rows(f"SELECT * FROM {table} ORDER BY 1, 2", name) for table in ("term", "block", "block_link", "page", "article")]

        self.assertEqual(self.init(CLUSTER.url(name)).returncode, 0)
        CLUSTER.sql("UPDATE page SET title = 'Who we are'; DELETE FROM term WHERE id = (SELECT max(id) FROM term)", name)
        before = holds()
        done = self.init(CLUSTER.url(name))
        self.assertRegex(done.stdout, "^made .* for the site that the database holds\n$")
        self.assertEqual(holds(), before)
        self.assertIn("the database holds a site already", self.init(CLUSTER.url(name), "--demo").stderr)
        self.assertEqual(holds(), before)
