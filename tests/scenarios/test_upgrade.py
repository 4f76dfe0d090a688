"""A site of an earlier program is served by this one: nothing is lost, what was in order stays so, and no exact time of before is left.

BROADSIDE_UPGRADE_ARTICLES says how large the invented one is."""
import hashlib
import os
import random
import re
import sqlite3
import stat
import struct
import subprocess
import time
import unittest

import old_site
import times
from chain import entries, verify
from harness import CLUSTER, PATIENCE, SANITIZED, TOP, Client, command
from old_site import MINUTE, invented, of_the_program
from test_disk import SmallDisk

ARTICLES = int(os.environ.get("BROADSIDE_UPGRADE_ARTICLES", "1000" if SANITIZED else "10000"))


def exact_times(path):
    """All times of the old database that tell too much."""
    db, found = sqlite3.connect(path), set()
    for table in old_site.tables_of(db):
        for (column,) in db.execute("SELECT name FROM pragma_table_info(?) WHERE type = 'INTEGER'", (table,)).fetchall():
            unit = times.UNITS.get(times.COLUMNS.get(f"{table}.{column}"))
            if unit:
                found |= {v for v, in db.execute(f"SELECT {column} FROM {table}") if v % unit and v > times.AN_EPOCH}
    db.close()
    return found


def left_in(files, exact):
    """Which of them stand as numbers in the bytes of the files, in either order of bytes."""
    found = set()
    for path in files:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        for m in re.finditer(rb"(?s)(?=(\0[\x05-\x0f].{6}))|(?<=(.{6}[\x05-\x0f]\0))", data):
            big, little = m.groups()
            value = struct.unpack(">q", big)[0] if big else struct.unpack("<q", little)[0]
            if value in exact:
                found.add(value)
    return found


def files_of(site):
    if not CLUSTER:
        return [site.path / name for name in ("site.db", "site.db-wal")]
    CLUSTER.sql("CHECKPOINT", site.database)
    oid = CLUSTER.sql(f"SELECT oid FROM pg_database WHERE datname = '{site.database}'")
    return [p for p in (CLUSTER.data / "base" / oid).iterdir() if p.is_file()]


class Upgrade(unittest.TestCase):
    maxDiff = 4000

    def old(self, fill):
        site = old_site.old_site(fill)
        self.addCleanup(old_site.forget, site)
        return site

    def ask_old(self, site, query, *values):
        db = sqlite3.connect(site.old)
        found = db.execute(query, values).fetchall()
        db.close()
        return found

    def numbers(self, site, query):
        return [tuple(int(v) for v in row) for row in site.rows(query)]

    def no_column_tells_more_than_it_may(self, site):
        self.assertEqual(times.columns_that_tell_too_much(site), [])

    def nothing_is_lost(self, site):
        for table in ("article", "comment", "revision", "letter", "file", "attachment", "upload", "session", "person", "article_topic", "term"):
            self.assertEqual(self.numbers(site, f"SELECT count(*) FROM {table}"), self.ask_old(site, f"SELECT count(*) FROM {table}"), table)
        floor = lambda c, unit=MINUTE: f"{c} - {c} % {unit}"  # noqa: E731
        same = "id, title, body, status, comments, length(body_html), type, topics, author"
        self.assertEqual(site.rows(f"SELECT {same}, posted FROM article ORDER BY id"),
                         [tuple(map(str, r)) for r in self.ask_old(site, f"SELECT {same}, {floor('posted')} FROM article ORDER BY id")])
        self.assertEqual(self.numbers(site, "SELECT id, article, posted FROM comment ORDER BY id"), self.ask_old(site, f"SELECT id, article, {floor('posted')} FROM comment ORDER BY id"))
        self.assertEqual(self.numbers(site, "SELECT article, posted FROM article_topic ORDER BY article, topic"),
                         self.ask_old(site, f"SELECT article, {floor('posted')} FROM article_topic ORDER BY article, topic"))
        features = "SELECT id FROM article WHERE featured > 0 ORDER BY featured DESC, id DESC"
        self.assertEqual(self.numbers(site, features), self.ask_old(site, features))
        self.assertEqual(self.numbers(site, "SELECT id, edition FROM article ORDER BY id"),
                         self.ask_old(site, "SELECT id, 1 + (SELECT count(*) FROM revision r WHERE r.article = a.id) FROM article a ORDER BY id"))
        self.assertEqual(site.rows("SELECT count(*) FROM article WHERE modified > 0 AND modified <= posted"), [("0",)])

    def the_log_is_whole(self, site, client):
        told = entries(client)
        old = self.ask_old(site, "SELECT id, actor, action, object, number, article, hash FROM log ORDER BY id")
        verify(told)
        self.assertEqual([tuple(e[k] for k in ("id", "actor", "action", "object", "number", "article")) for e in told[:-1]], [row[:-1] for row in old])
        last = told[-1]
        self.assertEqual((last["actor"], last["action"], last["object"], last["number"], last["was"], last["became"], last["previous"]),
                         ("broadside", "rebuild", "log", len(old), old[-1][-1].hex(), told[-2]["hash"], told[-2]["hash"]))
        self.assertIn("That chain was whole.", last["note"])
        self.assertIn("This log", client.get("/log").text)
        done = command("log", "verify", site.path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def the_files_lose_their_times(self, site):
        end = time.monotonic() + PATIENCE
        while site.rows("SELECT value FROM setting WHERE name = 'upgrade_files'") != [("0",)]:
            self.assertLess(time.monotonic(), end, "work does not finish with the media store")
            select_for(0.05)
        places = [site.path / "media", *(site.path / "media").rglob("*")]
        self.assertGreater(len([p for p in places if p.is_file()]), 3)
        for place in places:
            self.assertEqual(place.stat().st_mtime_ns % (60 * 10**9), 0, place)

    def the_copy_is_the_old_site(self, site):
        copies = list(site.path.glob("site.db.*"))
        if CLUSTER:
            return self.assertEqual(copies, [])
        self.assertEqual([c.name for c in copies], ["site.db.before-upgrade-of-schema-3"])
        self.assertEqual(stat.S_IMODE(copies[0].stat().st_mode) & 0o077, 0)
        db = sqlite3.connect(copies[0])
        self.assertEqual(db.execute("SELECT max(version) FROM schema_version").fetchone(), (3,))
        self.assertEqual(db.execute("SELECT id, posted FROM article ORDER BY id").fetchall(), self.ask_old(site, "SELECT id, posted FROM article ORDER BY id"))
        db.close()
        log = site.server.log_text()
        self.assertIn(str(copies[0]), log)
        self.assertIn("Delete it", log)
        # Every start and every check says so again, until it is gone.
        self.assertIn(copies[0].name, site.check().stdout)

    def upgraded(self, fill):
        site = self.old(fill)
        exact = exact_times(site.old)
        self.assertGreater(len(exact), 30)
        self.assertTrue(left_in([site.old] if not CLUSTER else files_of(site), exact))  # the search finds them where they are
        client = Client(site.start())
        self.addCleanup(client.close)
        self.no_column_tells_more_than_it_may(site)
        self.assertEqual(left_in(files_of(site), exact), set())
        self.nothing_is_lost(site)
        self.the_log_is_whole(site, client)
        self.the_files_lose_their_times(site)
        self.the_copy_is_the_old_site(site)
        checked = site.check()
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        return site, client

    def test_a_site_that_the_program_of_schema_3_made(self):
        site, client = self.upgraded(of_the_program)
        # People go on: an author's new text, an editor's act, a correction of what was there.
        article, edit = client.published("After the upgrade", "Words.")
        self.assertEqual(client.comment(article, "And a remark.").status, 303)
        self.assertEqual(client.send(client.get(edit).form("form#correct").set(title="Corrected after it"), "correct").status, 303)
        editor = Client(site.server)
        self.addCleanup(editor.close)
        self.assertEqual(editor.login("Ada", "correct horse staple").status, 303)
        self.assertEqual(editor.act(article.replace("/article", "/editor/article").rsplit("/", 1)[0], "feature").status, 303)
        self.assertIn("Corrected after it", client.get("/").text)
        verify(entries(client))
        self.assertEqual(site.server.stop(), 0)
        self.assertEqual(site.check().returncode, 0)
        # A second start changes nothing, and keeps no second copy.
        before = site.rows("SELECT id, hash FROM log ORDER BY id")
        site.start()
        self.assertEqual(site.rows("SELECT id, hash FROM log ORDER BY id"), before)
        self.assertLess(len(list(site.path.glob("site.db.*"))), 2)
        self.assertEqual(site.server.stop(), 0)

    def test_a_large_site(self):
        site, client = self.upgraded(invented(ARTICLES))
        # The newswire is paged through the minutes as it was ordered.
        titles, where = [], "/newswire"
        for _ in range(5):
            page = client.get(where).page
            titles += [n.text for n in page.all("article.row h2")]
            where = page.one("a[rel=next]")["href"]
            self.assertRegex(where, r"before=\d+-\d+$")
            self.assertEqual(int(re.search(r"before=(\d+)-", where).group(1)) % MINUTE, 0)
        wanted = self.ask_old(site, f"SELECT title FROM article WHERE status = 0 ORDER BY posted - posted % {MINUTE} DESC, id DESC LIMIT ?", len(titles))
        self.assertEqual(titles, [t for t, in wanted])
        self.assertEqual(site.server.stop(), 0)

    def test_a_change_in_the_old_log_is_not_washed_away(self):
        def tampered(db):
            of_the_program(db)
            db.execute("UPDATE log SET actor = 'Bob' WHERE id = 3")
            db.execute("UPDATE log SET note = 'Other words' WHERE id = 5")
        site = self.old(tampered)
        client = Client(site.start())
        self.addCleanup(client.close)
        last = entries(client)[-1]
        self.assertIn("2 faults, in the rows 3 5.", last["note"])
        done = command("log", "verify", site.path)  # words that are not what their digest says stay so
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("row 5", done.stdout + done.stderr)
        self.assertEqual(site.server.stop(), 0)

    def test_an_upgrade_that_is_cut_off_goes_on_at_the_next_start(self):
        site = self.old(invented(min(ARTICLES, 3000)))
        exact, luck = exact_times(site.old), random.Random(1)
        for _ in range(4):
            process = subprocess.Popen([os.path.abspath(os.environ.get("BROADSIDE") or str(TOP / "build/src/broadside")), "serve", str(site.path), "--listen", "127.0.0.1:0"],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                process.wait(luck.uniform(0.02, 0.5))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
            process.wait()
            process.stdout.close()
        client = Client(site.start())
        self.addCleanup(client.close)
        self.no_column_tells_more_than_it_may(site)
        self.assertEqual(left_in(files_of(site), exact), set())
        self.nothing_is_lost(site)
        self.the_log_is_whole(site, client)
        self.assertEqual(site.server.stop(), 0)

    def test_every_step_is_taken_by_a_site_of_its_own(self):
        """The schemas from 3 on, one after the other, each with today's program at the end."""
        for last in range(3, max(v for v, *_ in old_site.schema(9999))):
            site = old_site.old_site(of_the_program if last == 3 else lambda db: None, last)
            self.addCleanup(old_site.forget, site)
            done = command("user", site.path, "add", "newcomer", "--role", "editor", stdin="correct horse staple\n")
            self.assertEqual(done.returncode, 0, done.stderr)
            checked = site.check()
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


def select_for(seconds):
    """Gives the others the machine for a moment between two looks."""
    import select
    select.select([], [], [], seconds)


@unittest.skipIf(CLUSTER, "its subject is the SQLite file")
class LittleRoom(SmallDisk):
    size = 24

    def test_an_upgrade_without_room_changes_nothing_and_says_how_much_it_needs(self):
        site = old_site.old_site(invented(300))
        self.addCleanup(old_site.forget, site)
        moved = self.folder / "site"
        subprocess.run(["cp", "-r", str(site.path), str(moved)], check=True)
        (self.folder / "filler").write_bytes(bytes(12 * 2**20))
        before = hashlib.sha256((moved / "site.db").read_bytes()).digest()
        done = command("serve", moved, "--listen", "127.0.0.1:0")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"needs \d+ MB free .*Nothing was changed")
        self.assertEqual(hashlib.sha256((moved / "site.db").read_bytes()).digest(), before)
        self.assertEqual(list(moved.glob("site.db.*")), [])
