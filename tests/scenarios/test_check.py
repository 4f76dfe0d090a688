"""`broadside check` names each fault in a sentence, and finds none where there is none."""
import os
import resource
import subprocess
import unittest

from harness import BINARY, CLUSTER, Client, Site, command, id_of, only_sqlite

YEAR = 365 * 24 * 3600 * 1_000_000


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One site with something of everything, served and stopped; each test breaks a copy of it."""
        cls.whole = Site()
        cls.addClassCleanup(cls.whole.remove)
        cls.whole.user("ed", "admin", "correct horse staple")
        client = Client(cls.whole.start())
        article, edit = client.published("A story of harbours", "Words about harbours.", topic=["housing", "labour"], summary="In short.")
        cls.number = id_of(article)
        assert client.comment(article, "A remark on harbours.").status == 303
        for title in ("A story of quays", "A story of piers"):
            assert client.send(client.get(edit).form("form#correct").set(title=title), "correct").status == 303
        removed, _ = client.published("To be removed", "Unlawful words.")
        assert client.login("ed", "correct horse staple").status == 303
        desk = f"/editor/article/{cls.number}"
        for act in ("feature", "lock", "unlock"):
            assert client.act(desk, act, note=f"A note on {act}.").status == 303
        cls.removed = id_of(removed)
        assert client.act(f"/editor/article/{cls.removed}", "lock").status == 303
        assert client.act(f"/editor/article/{cls.removed}", "purge", reason="unlawful").status == 303
        client.close()
        assert cls.whole.server.stop() == 0

    def setUp(self):
        self.site = self.whole.copy()
        self.addCleanup(self.site.remove)
        self.path = self.site.path

    def fault(self, words, *statements):
        """After the statements, check names one fault, and says these words."""
        self.site.execute(*statements)
        done = command("check", self.path)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(words, done.stdout)
        self.assertEqual(len([line for line in done.stdout.strip().splitlines() if not line.startswith("hint: ")]), 1, done.stdout)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_what_is_whole_is_said_to_be(self):
        done = command("check", self.path)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertIn("no faults: 2 articles, 1 comments", done.stdout)

    def test_comments_counted_wrong(self):
        self.fault(f"article {self.number} says it has 4 comments; it has 1", f"UPDATE article SET comments = 4 WHERE id = {self.number}")

    def test_a_topic_that_the_row_does_not_name(self):
        self.fault("which its row does not name", f"UPDATE article SET topics = replace(topics, ' ', '0 ') WHERE id = {self.number}")

    def test_a_topic_that_is_not_filed(self):
        self.fault(f"article {self.number} names 2 topics; it is filed under 1",
                   f"DELETE FROM article_topic WHERE article = {self.number} AND topic = (SELECT max(topic) FROM article_topic WHERE article = {self.number})")

    def test_a_topic_filed_at_another_time(self):
        self.fault("another time than its own", f"UPDATE article_topic SET posted = posted + 1 WHERE article = {self.number} AND topic = (SELECT max(topic) FROM article_topic)")

    def test_a_term_that_is_of_another_list(self):
        self.fault(f"article {self.number} names a type, region, licence or reason", f"UPDATE article SET licence = 1 WHERE id = {self.number}")

    def test_a_version_that_is_missing(self):
        self.fault(f"article {self.number} has 1 earlier versions, numbered up to 2", f"DELETE FROM revision WHERE article = {self.number} AND number = 1")

    def test_a_correction_that_is_not_told(self):
        self.fault(f"article {self.number} has earlier versions and does not say", f"UPDATE article SET modified = 0 WHERE id = {self.number}")

    def test_an_edition_that_was_not_counted(self):
        self.fault(f"article {self.number} says that it is edition 2, and its last earlier version has the number 2", f"UPDATE article SET edition = 2 WHERE id = {self.number}")

    def test_a_time_that_tells_too_much(self):
        self.fault("1 rows of comment hold times that tell more than a minute", "UPDATE comment SET posted = posted + 1 WHERE id = (SELECT min(id) FROM comment)")

    def test_a_log_row_of_an_older_program(self):
        self.fault("log row 6: ", "INSERT INTO log (id, at, actor, action, object, number, article, title, note, salt, digest, previous, hash) "
                   "SELECT max(id) + 1, 0, 'old', 'hide', 'article', 1, 1, '', '', x'', x'00', x'00', x'01' FROM log")

    def test_something_left_of_what_was_removed(self):
        self.fault(f"article {self.removed} was removed for good, and something of it is still there", f"UPDATE article SET note = 'why' WHERE id = {self.removed}")

    def test_a_comment_left_under_what_was_removed(self):
        self.fault(f"article {self.removed} was removed for good, and something of it is still there",
                   f"INSERT INTO comment (article, body, format, body_html, posted, status, content_hash) VALUES ({self.removed}, 'b', 0, 'b', 1, 1, x'00')")

    def test_an_article_that_search_does_not_know(self):
        self.faults_of_search(f"the search index does not know article {self.number}",
                              f"DELETE FROM article_text WHERE article = {self.number}" if CLUSTER else
                              "INSERT INTO article_text (article_text, rowid, title, summary, body, author) "
                              f"SELECT 'delete', id, title, summary, body, author FROM article WHERE id = {self.number}")

    def faults_of_search(self, words, *statements):
        self.site.execute(*statements)
        done = command("check", self.path)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(words, done.stdout)
        self.assertIn("search index", done.stdout)

    def test_words_that_search_does_not_know(self):
        """The triggers are by-passed, so that the row says what the index does not."""
        self.faults_of_search(f"the search index holds other words than article {self.number}" if CLUSTER else
                              "the search index does not hold the words that the articles do", "DROP TRIGGER article_text_update" + (" ON article" if CLUSTER else ""),
                   f"UPDATE article SET body = 'Words about lighthouses.' WHERE id = {self.number}")

    @only_sqlite
    def test_what_search_knows_and_is_not_there(self):
        self.faults_of_search("holds what is no article any more, number 777", "INSERT INTO article_text (rowid, title, summary, body, author) VALUES (777, 'a', 'b', 'c', 'd')")

    def test_a_log_row_that_was_changed(self):
        self.fault("log row 2: its title or note was changed", "UPDATE log SET note = 'Never said.' WHERE id = 2")

    def test_a_log_row_that_another_did(self):
        self.fault("log row 2: was changed", "UPDATE log SET actor = 'somebody' WHERE id = 2")

    def test_a_log_row_that_is_missing(self):
        self.fault("log row 3: rows are missing before it", "DELETE FROM log WHERE id = 2")

    def test_a_log_row_erased_without_a_purge(self):
        self.fault("log row 2: its title and note were erased, and no later row purges", "UPDATE log SET title = '', note = '', salt = x'' WHERE id = 2")

    def test_a_log_row_that_nobody_chained(self):
        self.site.execute("INSERT INTO log (id, at, actor, action, object, number, article, title, note, salt, digest, previous, hash) "
                          "SELECT max(id) + 1, 1, 'nobody', 'hide', 'article', 1, 1, '', '', x'', x'00', x'00', x'01' FROM log")
        done = command("check", self.path)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("log row 6: does not follow the row before it", done.stdout)
        self.assertEqual(command("log", "verify", self.path).returncode, 1)

    def test_sessions_that_nobody_swept(self):
        self.fault("1 sessions ended more than a day ago", f"UPDATE session SET expires = expires - {YEAR}")

    @only_sqlite
    def test_a_row_that_refers_to_nothing(self):
        self.fault("refers to a row of article that is not there",
                   "INSERT INTO letter (article, at, text) VALUES (4711, 1, 'to nobody')")

    def test_settings_that_do_not_parse(self):
        with open(self.path / "site.conf", "a") as conf:
            conf.write("\n[comments]\nmode = perhaps\n")
        done = command("check", self.path)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("site.conf", done.stderr)
        self.assertIn("must be open or held or closed", done.stderr)

    @only_sqlite
    def test_a_database_that_others_can_read(self):
        (self.path / "site.db").chmod(0o644)
        self.fault("site.db can be read by every account on this machine")

    def test_files_and_folders_that_others_can_read(self):
        for name, words in (("site.conf", "site.conf can be read by every account"), ("media", "media/ can be entered by every account"),
                            (".", "the site's folder can be entered by every account")):
            was = (self.path / name).stat().st_mode
            (self.path / name).chmod(was | 0o005)
            self.fault(words)
            (self.path / name).chmod(was)
        self.assertEqual(command("check", self.path).returncode, 0)

    @only_sqlite
    def test_a_log_of_writes_that_was_never_cut(self):
        with open(self.path / "site.db-wal", "wb") as log:
            log.truncate(90_000_000)
        (self.path / "site.db-wal").chmod(0o600)
        self.fault("site.db-wal holds 90 MB of what was written, also of what was removed since")

    def test_an_address_that_leads_past_the_proxy(self):
        self.site.configure({"listen": {"behind_proxy": "yes", "address": "0.0.0.0:8080"}})
        self.fault("which others reach past the proxy")
        for address in ("127.0.0.1:8080", "unix:/run/broadside.socket", "[::1]:8080"):
            self.site.configure({"listen": {"address": address}})
            self.hints()

    def test_a_sandbox_that_is_off(self):
        self.site.configure({"sandbox": {"mode": "off"}})
        self.fault("[sandbox] mode is off")

    def hints(self, *words):
        """Check finds no fault, and gives just these hints."""
        done = command("check", self.path)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        lines = [line for line in done.stdout.splitlines() if line.startswith("hint: ") and "ulimit" not in line]
        self.assertEqual(len(lines), len(words), lines)
        for line, word in zip(lines, words):
            self.assertIn(word, line)

    def test_what_a_public_site_may_have_forgotten(self):
        for url, address, proxy, words in (("https://news.example", "127.0.0.1:8080", "no", ["behind_proxy is no"]), ("https://news.example", "127.0.0.1:8080", "yes", []),
                                           ("http://news.example", "127.0.0.1:8080", "yes", ["[site] url begins with http:"]),
                                           ("https://news.example", "0.0.0.0:8080", "no", ["speaks without encryption"]),
                                           ("http://news.example", "unix:/run/b", "no", ["behind_proxy is no", "[site] url begins with http:"]),
                                           ("http://abcdefgh.onion", "127.0.0.1:8080", "no", []), ("http://localhost:8080", "127.0.0.1:8080", "no", [])):
            self.site.configure({"site": {"url": url}, "listen": {"address": address, "behind_proxy": proxy}})
            with self.subTest(url=url, address=address, proxy=proxy):
                self.hints(*words)

    def test_a_session_that_leaves_cores(self):
        def with_cores():
            _now, most = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (most, most))

        if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
            return self.assertNotIn("ulimit", command("check", self.path).stdout)
        # The sanitizers would set the limit themselves.
        quiet = {name: f"{os.environ.get(name, '')}:disable_coredump=0" for name in ("ASAN_OPTIONS", "TSAN_OPTIONS")}
        done = subprocess.run([BINARY, "check", self.path], capture_output=True, text=True, preexec_fn=with_cores, env={**os.environ, **quiet})
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("ulimit -c 0", done.stdout)

    def test_media_that_are_no_folder(self):
        (self.path / "media").rmdir()
        self.assertEqual(command("check", self.path).returncode, 0)
        (self.path / "media").write_text("not a folder")
        self.fault("media is not a folder")

    def test_many_faults_are_all_named(self):
        self.site.execute("UPDATE article SET comments = 9", "UPDATE log SET actor = 'somebody' WHERE id = 2", f"UPDATE session SET expires = expires - {YEAR}")
        done = command("check", self.path)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len([line for line in done.stdout.strip().splitlines() if not line.startswith("hint: ")]), 4, done.stdout)
        self.assertIn("4 faults", done.stderr)
