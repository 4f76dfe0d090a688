"""mksql on query files that are right and on ones wrong in one place."""
import os
import subprocess
import sys
import tempfile
import unittest

MKSQL = sys.argv[1]
GOOD = """-- What stands before the first query is passed over.

-- @query thing_by_id read maybe
-- One thing.
-- @param id int
-- @col title text
SELECT t.title AS title FROM thing t WHERE t.id = $1;
"""


def run(files):
    """(exit code, messages, sql.h, sql.c) of mksql over {name: text}."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, text in files.items():
            path = os.path.join(folder, name)
            with open(path, "wb") as f:
                f.write(text if isinstance(text, bytes) else text.encode())
            names.append(path)
        made = [os.path.join(folder, "sql.h"), os.path.join(folder, "sql.c")]
        done = subprocess.run([MKSQL, *made, *names], capture_output=True, text=True, timeout=60)
        texts = [open(path, encoding="utf-8").read() if os.path.exists(path) else None for path in made]
        return done.returncode, done.stderr.replace(folder + "/", ""), *texts


def query(head, text, *lines):
    return "\n".join(["-- @query " + head, "-- What it is for.", *lines, text]) + "\n"


class MkSql(unittest.TestCase):
    def refused(self, text, told, name="thing.sql"):
        code, err, header, source = run({name: text} if not isinstance(text, dict) else text)
        self.assertEqual((code, err), (1, told + "\n"))
        self.assertIsNone(header)
        self.assertIsNone(source)

    def accepted(self, files):
        code, err, header, source = run(files if isinstance(files, dict) else {"thing.sql": files})
        self.assertEqual((code, err), (0, ""))
        return header, source

    def test_a_query_becomes_a_function(self):
        header, source = self.accepted(GOOD)
        self.assertIn("/* One thing. (thing.sql:3) */\nCHECKED err sql_thing_by_id(struct cx *cx, struct db *db, int64_t id, "
                      "struct sql_thing_by_id **out);", header)
        self.assertIn("struct sql_thing_by_id {\n\tstr title;\n};", header)
        self.assertIn('"SELECT t.title AS title FROM thing t WHERE t.id = $1"', source)
        self.assertIn('"thing.sql:3"', source)

    def test_nothing_gives_empty_tables(self):
        _, source = self.accepted({})
        self.assertIn("db_catalogue = { 0, queries, 0, migrations, TABLES_N, tables, copying }", source)

    def test_cardinalities_shape_the_function(self):
        header, _ = self.accepted(
            query("a write none", "DELETE FROM t") + query("b write count", "DELETE FROM t") +
            query("c read many", "SELECT 1 AS x LIMIT 1", "-- @col x int") +
            query("d write one", "WITH q AS (SELECT 1) INSERT INTO t VALUES (1) RETURNING x AS x", "-- @col x real") +
            query("e read one", "VALUES (1)", "-- @col x blob"))
        for due in ("sql_a(struct cx *cx, struct db *db);", "sql_b(struct cx *cx, struct db *db, int64_t *changed);",
                    "sql_c(struct cx *cx, struct db *db, struct sql_c **rows, size_t *n);",
                    "sql_d(struct cx *cx, struct db *db, struct sql_d **out);", "double x;", "str x;"):
            self.assertIn(due, header)

    def test_rows_are_shared(self):
        cols = ("-- @row pair", "-- @col x int", "-- @col y text")
        header, _ = self.accepted(query("a read maybe", "SELECT 1 AS x, '' AS y", *cols) +
                                  query("b read maybe", "SELECT 2 AS x, '' AS y", *cols))
        self.assertEqual(header.count("struct sql_row_pair {"), 1)
        self.assertEqual(header.count("struct sql_row_pair **out"), 2)
        other = ("-- @row pair", "-- @col y text", "-- @col x int")
        self.refused(query("a read maybe", "SELECT 1 AS x, '' AS y", *cols) +
                     query("b read maybe", "SELECT '' AS y, 2 AS x", *other),
                     "thing.sql:7: error: b and a (thing.sql:1) share @row pair but not their columns")

    def test_text_is_kept_as_c_needs_it(self):
        _, source = self.accepted(query("a write none", "INSERT INTO t\n\tVALUES ('a\\b;?$9', \"x\", '--') -- $8"))
        self.assertIn('"INSERT INTO t\\n"\n    "\\tVALUES (\'a\\\\b;?$9\', \\"x\\", \'--\') -- $8"', source)

    def test_comments_do_not_end_early(self):
        header, _ = self.accepted("-- @query a write none\n-- A */ and a /* here.\nDELETE FROM t /* $7 */\n")
        self.assertIn("/* A * / and a / * here.", header)

    def test_migrations_are_embedded_in_order(self):
        _, source = self.accepted({"0001-first.sql": "CREATE TABLE a (x TEXT PRIMARY KEY);\n", "0002-second-one.sql": "-- only words"})
        self.assertIn('{ .version = 1, .name = "first", .text = \n    "CREATE TABLE a (x TEXT PRIMARY KEY);" }', source)
        self.assertIn('{ .version = 2, .name = "second-one", .text = \n    "-- only words" }', source)
        self.refused({"0002-b.sql": "x"},
                     "0002-b.sql:1: error: is listed as migration 1: they are numbered from 0001 without a gap, in order")
        self.refused({"0001-.sql": "x"}, "0001-.sql:1: error: has no name behind its number")
        self.refused({"0001-a.sql": " \n"}, "0001-a.sql:1: error: is empty")

    def test_what_postgresql_is_asked_in_other_words(self):
        other = GOOD.replace("t.id = $1", "t.id = $1::bigint AND t.a @@ t.b")
        listed = "# why\n\nthing_by_id: has no such words\n"
        _, source = self.accepted({"EXCEPTIONS": listed, "thing.sql": GOOD, "thing.pg.sql": other})
        self.assertIn("{ 1, queries,", source)
        self.assertIn('.text_pg = \n    "SELECT t.title AS title FROM thing t WHERE t.id = $1::bigint AND t.a @@ t.b"', source)
        self.refused({"thing.sql": GOOD, "thing.pg.sql": other}, "thing.pg.sql:3: error: thing_by_id is not listed in EXCEPTIONS")
        self.refused({"EXCEPTIONS": listed, "thing.sql": GOOD},
                     "EXCEPTIONS:3: error: thing_by_id differs no more: there is nothing of that name for PostgreSQL alone")
        self.refused({"EXCEPTIONS": listed, "thing.pg.sql": other},
                     "thing.pg.sql:3: error: thing_by_id is for PostgreSQL only: there is no query of that name for both")
        self.refused({"EXCEPTIONS": listed, "thing.sql": GOOD, "thing.pg.sql": other.replace("maybe", "one")},
                     "thing.pg.sql:3: error: thing_by_id has not the kind, parameters and columns of thing.sql:3")
        self.refused({"EXCEPTIONS": "thing_by_id\n"}, 'EXCEPTIONS:1: error: a line is "name: why it differs"')
        self.refused({"EXCEPTIONS": "".join(f"q{i}: why\n" for i in range(10))},
                     "EXCEPTIONS:10: error: 10 exceptions: at most 9, the engines are to be asked in the same words")

    def test_migrations_are_rewritten(self):
        _, source = self.accepted({"0001-first.sql": "-- INTEGER STRICT\nCREATE TABLE a (id INTEGER PRIMARY KEY, b BLOB, c REAL, d TEXT DEFAULT ' STRICT',"
                                                     " e INTEGER) STRICT;\nCREATE INDEX INTEGERS ON a (e);"})
        self.assertIn("\"-- INTEGER STRICT\\n\"\n    \"CREATE TABLE a (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, b BYTEA, "
                      "c DOUBLE PRECISION, d TEXT DEFAULT ' STRICT', e BIGINT);\\n\"\n    \"CREATE INDEX INTEGERS ON a (e);\"", source)
        _, source = self.accepted({"0001-first.sql": "CREATE TABLE a (x INTEGER PRIMARY KEY);", "0001-first.pg.sql": "CREATE TABLE b (x);", "EXCEPTIONS": "0001-first: why"})
        self.assertIn('"CREATE TABLE b (x);"', source)
        self.refused({"0001-first.sql": "x", "0002-second.pg.sql": "y", "EXCEPTIONS": "0002-second: why"},
                     "0002-second.pg.sql:1: error: there is no migration of that number and name for both")

    def test_tables_are_as_the_last_migration_leaves_them(self):
        _, source = self.accepted({"0001-first.sql": "CREATE TABLE a (x INTEGER PRIMARY KEY, t TEXT) STRICT; CREATE TABLE b (k BLOB, i INTEGER NOT NULL, PRIMARY KEY (i, k)) STRICT;",
                                   "0002-second.sql": "ALTER TABLE a ADD COLUMN r REAL NOT NULL DEFAULT 0.5; CREATE VIRTUAL TABLE f USING fts5 (t);"})
        for words in ("SELECT x AS x, t AS t, r AS r FROM a WHERE x > $1 ORDER BY x LIMIT 200", "INSERT INTO a (x, t, r) VALUES ($1, $2, $3)",
                      "table_types_0[] = { SQL_INT, SQL_TEXT_OR_NULL, SQL_REAL, }", "setval(pg_get_serial_sequence('a', 'x'), coalesce(max(x), 1), max(x) IS NOT NULL)",
                      "FROM b WHERE (i, k) > ($1, $2) ORDER BY i, k LIMIT 200", "table_keys_1[] = { 1, 0, }", '{ "a", 3,', "TABLES_N = 2"):
            self.assertIn(words, source)
        self.assertNotIn("FROM f", source)
        self.refused({"0001-first.sql": "CREATE TABLE a (x INTEGER NOT NULL) STRICT;"}, "0001-first.sql:1: error: table a: there is no primary key")
        self.refused({"0001-first.sql": "CREATE TABEL a (x);"}, '0001-first.sql:1: error: near "TABEL": syntax error')

    def test_heads(self):
        for head, told in {
            "a read": '"" is no cardinality: none, count, one, maybe, many',
            "a look one": '"look" is no kind: read, write',
            "a read some": '"some" is no cardinality: none, count, one, maybe, many',
            "a read one more": "more than a name, a kind and a cardinality",
        }.items():
            self.refused(query(head, "SELECT 1"), "thing.sql:1: error: " + told)
        for name in ("A", "9a", "int", "a-b", "é", "x" * 49):
            self.refused(query(name + " read one", "SELECT 1"), f'thing.sql:1: error: "{name}" is no name for a query: '
                         "lower-case letters, digits and _, no word of C")

    def test_fields(self):
        for line, told in {
            "-- @param id": '"" is no type: int, text, real, blob',
            "-- @param id number": '"number" is no type: int, text, real, blob',
            "-- @param id int 4": "more than a name and a type",
            "-- @param db int": "a parameter cannot be called db",
            "-- @col while int": '"while" is no name for a column: lower-case letters, digits and _, no word of C',
            "-- @row B": '"B" is no name for a row: lower-case letters, digits and _, no word of C',
            "-- @row b c": "more than a name",
            "-- @parm id int": '"@parm" is not known: @query @param @col @row',
        }.items():
            self.refused(query("a read one", "SELECT 1", line), "thing.sql:3: error: " + told)
        for what, told in {"param": "parameter", "col": "column"}.items():
            self.refused(query("a read one", "SELECT 1", f"-- @{what} x int", f"-- @{what} x int"),
                         f"thing.sql:4: error: {told} x comes twice")
        self.refused(query("a read one", "SELECT 1", "-- @row b", "-- @row b"), "thing.sql:4: error: a second @row")

    def test_parameters_are_all_used_and_no_others(self):
        one = ("-- @param x int", "-- @col y int")
        self.refused(query("a read maybe", "SELECT 1 AS y", *one), "thing.sql:1: error: in a: $1 (x) is not used")
        self.refused(query("a read maybe", "SELECT '$1' AS y", *one), "thing.sql:1: error: in a: $1 (x) is not used")
        self.refused(query("a read maybe", "SELECT $1 + $2 AS y", *one),
                     "thing.sql:1: error: in a: $2 is used but there are 1 @param lines")
        for bad in ("$0", "$65", "$", "$x"):
            self.refused(query("a read maybe", f"SELECT {bad} AS y", *one),
                         "thing.sql:1: error: in a: parameters are $1 to $64")
        for bad in "?:@":
            self.refused(query("a read maybe", f"SELECT {bad}x AS y", *one),
                         f"thing.sql:1: error: in a: '{bad}' is not used here: parameters are $1, $2, ...")

    def test_cardinality_fits_the_text(self):
        for text, told in {
            query("a read many", "SELECT 1 AS x", "-- @col x int"): "a is many without a LIMIT",
            query("a read many", "SELECT 'LIMIT' AS x", "-- @col x int"): "a is many without a LIMIT",
            query("a read one", "SELECT 1 AS x"): "a answers rows but has no @col line",
            query("a write none", "DELETE FROM t", "-- @col x int"):
                "a has @col lines but answers no rows: one, maybe or many",
            query("a read none", "SELECT 1"): "a reads but answers no rows",
            query("a write none", "DELETE FROM t", "-- @row b"): "a has @row but answers no rows",
            query("a write one", "DELETE FROM t", "-- @col x int"):
                "a writes and answers rows, so its text needs RETURNING",
            query("a write none", "DELETE FROM t returning x"):
                "a has RETURNING, so it needs @col lines and one, maybe or many",
            query("a read one", "DELETE FROM t", "-- @col x int"): "a is a read but begins with DELETE",
            query("a write none", "SELECT 1"): "a is a write but begins with SELECT",
            query("a write none", "PRAGMA x"): "a is a write but begins with PRAGMA",
        }.items():
            self.refused(text, "thing.sql:1: error: " + told)

    def test_text(self):
        self.refused(query("a write none", ""), "thing.sql:1: error: a has no text")
        self.refused(query("a write none", ";"), "thing.sql:1: error: a has no text")
        self.refused("-- @query a write none\nDELETE FROM t\n",
                     "thing.sql:1: error: a has no sentence saying what it is for")
        self.refused(query("a write none", "DELETE FROM t; DELETE FROM u;"),
                     "thing.sql:1: error: in a: more than one statement")
        self.refused(query("a write none", "DELETE FROM 't"), "thing.sql:1: error: a ' is not closed")
        self.refused(query("a write none", "DELETE FROM t /* x"), "thing.sql:1: error: a comment is not closed")
        self.refused(query("a write none", "DELETE FROM t\n-- @param x int"),
                     "thing.sql:4: error: stands behind the text of a")

    def test_files(self):
        self.refused("SELECT 1", "thing.sql:1: error: stands before the first @query")
        self.refused("\n-- @col x int", "thing.sql:2: error: stands before the first @query")
        self.refused({"a.sql": GOOD, "b.sql": GOOD}, "b.sql:3: error: query thing_by_id is already at a.sql:3")
        self.refused({"a.txt": GOOD}, "a.txt:0: error: is no .sql file")
        self.refused(b"-- \xff\n", "thing.sql:0: error: is not UTF-8 text")
        self.refused(b"-- \0\n", "thing.sql:0: error: is not UTF-8 text")
        self.assertEqual(subprocess.run([MKSQL], capture_output=True).returncode, 2)
        missing = subprocess.run([MKSQL, "h", "c", "/nowhere/x.sql"], capture_output=True, text=True)
        self.assertEqual(missing.stderr, "/nowhere/x.sql:0: error: cannot be opened: No such file or directory\n")


unittest.main(argv=sys.argv[:1])
