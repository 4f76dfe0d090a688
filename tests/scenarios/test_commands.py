"""Commands answer with a sentence and the right exit status."""
import contextlib
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

from harness import BINARY, Site, command, only_sqlite


class Commands(unittest.TestCase):
    def test_help_version_routes_config(self):
        for args in (("help",), ("help", "init"), ("help", "serve"), ("version",), ("routes",)):
            done = command(*args)
            self.assertEqual(done.returncode, 0, (args, done))
            self.assertTrue(done.stdout.strip(), args)
            self.assertEqual(done.stderr, "", args)

    def test_wrong_usage_is_2(self):
        for args in ((), ("explode",), ("init",), ("serve",), ("user",), ("init", "x", "--colour"), ("serve", "x", "--listen")):
            done = command(*args)
            self.assertEqual(done.returncode, 2, (args, done))
            self.assertTrue(done.stderr.strip(), args)

    def test_wrong_usage_of_a_site_is_2(self):
        site = Site()
        self.addCleanup(site.remove)
        for args in (("explode",), ("add",), ("role", "x"), ("add", "x", "--role", "emperor"), ()):
            self.assertEqual(command("user", site.path, *args, stdin="a long password\n").returncode, 2, args)

    def test_init_never_overwrites(self):
        site = Site()
        self.addCleanup(site.remove)
        before = (site.path / "site.conf").read_bytes()
        done = command("init", site.path, "--title", "Another")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(str(site.path), done.stderr)
        self.assertEqual((site.path / "site.conf").read_bytes(), before)

    @only_sqlite
    def test_a_demo_without_the_program_that_cleans_pictures_is_one_without_pictures(self):
        with tempfile.TemporaryDirectory(prefix="broadside-") as folder:
            alone = shutil.copy(BINARY, folder)
            shutil.copy(pathlib.Path(BINARY).with_name("broadside-read"), folder)
            done = command("init", f"{folder}/site", "--demo", binary=alone)
            self.assertEqual(done.returncode, 0, done)
            self.assertRegex(done.stderr, r"without pictures/\S+\.webp: \S+")
            with contextlib.closing(sqlite3.connect(f"{folder}/site/site.db")) as db:
                self.assertEqual(db.execute("SELECT count(*) FROM attachment").fetchone(), (0,))
                self.assertEqual(db.execute("SELECT count(*) FROM article WHERE body LIKE '%{{%'").fetchone(), (0,))
                self.assertGreater(db.execute("SELECT count(*) FROM article").fetchone(), (30,))

    def test_config_tells_what_is_set(self):
        site = Site(conf={"site": {"timezone": "Europe/Paris"}})
        self.addCleanup(site.remove)
        done = command("config", site.path)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("Europe/Paris", done.stdout)
        self.assertIn("limit_posts_per_hour", done.stdout)
