"""Commands answer with a sentence and the right exit status."""
import unittest

from harness import Site, command


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

    def test_config_tells_what_is_set(self):
        site = Site(conf={"site": {"timezone": "Europe/Paris"}})
        self.addCleanup(site.remove)
        done = command("config", site.path)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("Europe/Paris", done.stdout)
        self.assertIn("limit_posts_per_hour", done.stdout)
