"""A damaged SQLite file: whatever opens it says so, and what is safe to do next; nothing is made of what is left."""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import unittest

from harness import Client, Site, command

ENGINES = ("sqlite",)
PAGE = 4096


def overwrite(path, at, what):
    with open(path, "r+b") as f:
        f.seek(at)
        f.write(what)


def zero_the_end(path):
    size = path.stat().st_size
    overwrite(path, size // 2, bytes(size - size // 2))


DAMAGES = {
    "its first bytes overwritten": lambda path: overwrite(path, 0, b"\xa5" * 100),
    "its first bytes zeroed": lambda path: overwrite(path, 0, bytes(16)),
    "its first page zeroed": lambda path: overwrite(path, 0, bytes(PAGE)),
    "its first page overwritten behind the header": lambda path: overwrite(path, 100, b"\xa5" * (PAGE - 100)),
    "cut off in the middle": lambda path: os.truncate(path, path.stat().st_size // 2 // PAGE * PAGE),
    "cut off within a page": lambda path: os.truncate(path, path.stat().st_size // 2 // PAGE * PAGE + 1000),
    "cut off within the header": lambda path: os.truncate(path, 50),
    "cut off before the last page": lambda path: os.truncate(path, path.stat().st_size - PAGE),
    "emptied": lambda path: os.truncate(path, 0),
    "something else in its place": lambda path: path.write_text("Not a database at all.\n" * 400),
}


class Damaged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(init=("--demo",))
        cls.addClassCleanup(cls.site.remove)
        cls.whole = (cls.site.path / "site.db").read_bytes()

    def setUp(self):
        self.path = self.site.path / "site.db"
        self.addCleanup(self.put_back)
        self.put_back()

    def put_back(self):
        for suffix in ("-wal", "-shm"):
            pathlib.Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        self.path.write_bytes(self.whole)

    def assertSaysWhatToDo(self, said):
        self.assertIn(f"{self.path}: the database file is damaged", said)
        for word in ("stop the server", "copy the whole folder", "backup", "A DAMAGED DATABASE"):
            self.assertIn(word, said)
        self.assertLess(said.index("copy the whole folder"), said.index("backup"))

    def test_whatever_opens_it_says_what_to_do(self):
        commands = (("serve", self.site.path, "--listen", "127.0.0.1:0"), ("check", self.site.path), ("user", self.site.path, "list"), ("log", "verify", self.site.path),
                    ("import", self.site.path, "--format", "page", self.site.path / "site.conf"), ("migrate", self.site.path, f"sqlite:{self.site.folder.parent}/other.db"))
        for name, damage in DAMAGES.items():
            self.put_back()
            damage(self.path)
            left = self.path.read_bytes()
            for words in commands:
                with self.subTest(damage=name, command=words[0]):
                    done = command(*words)
                    self.assertEqual(done.returncode, 1, done)
                    self.assertSaysWhatToDo(done.stderr)
                    self.assertEqual(self.path.read_bytes(), left, "it wrote into what is left")

    def test_a_page_in_the_middle(self):
        at = len(self.whole) // 2 // PAGE * PAGE
        overwrite(self.path, at, b"\xa5" * PAGE)
        done = command("check", self.site.path)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{at // PAGE + 1}", done.stdout)  # the page is named
        self.assertSaysWhatToDo(done.stderr)

    def page_of(self, words):
        """Zeroes the page that holds these words, all copies of it."""
        found = self.path.read_bytes().find(words)
        self.assertGreater(found, PAGE)
        overwrite(self.path, found // PAGE * PAGE, b"\xa5" * PAGE)

    def test_a_server_that_meets_it_goes_on_with_the_rest_and_its_log_says_what_to_do(self):
        server = self.site.start()
        client = Client(server)
        article, _edit = client.published("Gone with its page", "Sesquipedalian words that stand nowhere else.")
        client.close()
        self.assertEqual(server.stop(), 0)
        self.page_of(b"Sesquipedalian words")
        server = self.site.start()
        client = Client(server)
        self.assertEqual(client.get(article).status, 500)
        self.assertEqual(client.get("/publish").status, 200)
        client.close()
        self.assertEqual(server.stop(), 0)
        self.assertSaysWhatToDo(server.log_text())

    def test_what_can_still_be_read_is_saved_as_the_manual_says(self):
        overwrite(self.path, len(self.whole) // 2 // PAGE * PAGE, b"\xa5" * PAGE)
        saved = self.site.path / "saved.db"
        self.addCleanup(saved.unlink, missing_ok=True)
        subprocess.run(f"sqlite3 {self.path} .dump | sed 's/^ROLLBACK;.*/COMMIT;/' | sqlite3 {saved}", shell=True, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["sqlite3", saved, "INSERT INTO article_text (article_text) VALUES ('rebuild')"], check=True)
        with sqlite3.connect(f"file:{saved}?mode=ro", uri=True) as db:
            self.assertGreater(db.execute("SELECT count(*) FROM article").fetchone()[0], 10)
        shutil.move(saved, self.path)
        self.assertNotIn("search index", command("check", self.site.path).stdout)
        server = self.site.start()
        self.assertEqual(Client(server).get("/newswire").status, 200)
        self.assertEqual(server.stop(), 0)
