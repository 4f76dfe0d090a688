/* Migrations, and queries that do not fit the schema: with a catalogue that each test writes itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/db.h"
#include "db/query.h"
#include "fixture.h"
#include "base/banned.h"

static const struct sql_migration three_good[3] = {
	{ 1, "first", "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER) STRICT; INSERT INTO a VALUES (1, 10);",
	    "CREATE TABLE a (id BIGINT PRIMARY KEY, x BIGINT); INSERT INTO a VALUES (1, 10);" },
	{ 2, "second", "CREATE TABLE b (a INTEGER REFERENCES a (id)) STRICT; INSERT INTO b VALUES (1);",
	    "CREATE TABLE b (a BIGINT REFERENCES a (id)); INSERT INTO b VALUES (1);" },
	{ 3, "third", "ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = 'new';" },
};
static const enum sql_type one_int[] = { SQL_INT };
static const struct sql_col x_and_y[] = { { "x", SQL_INT, 0 }, { "y", SQL_TEXT, 8 } };
static const struct sql_query good = { .name = "a_by_id", .where = "a.sql:1", .card = SQL_MAYBE, .n_params = 1,
	.params = one_int, .n_cols = 2, .cols = x_and_y, .row_size = 32, .text = "SELECT x AS x, y AS y FROM a WHERE id = $1" };

static struct sql_migration migrations[3];
static struct sql_query query[1];
const struct db_catalogue db_catalogue = { 1, query, 3, migrations };

static int set_up(void **state)
{
	memcpy(migrations, three_good, sizeof migrations);
	query[0] = good;
	return site_empty_set_up(state);
}

static void says(struct site *s, const char *sentence)
{
	assert_string_equal(str_c(s->cx, s->cx->fault.sentence), sentence);
}

/* "there is a table of that name": each engine keeps its own list. */
static bool has_table(struct site *s, const char *name)
{
	return site_raw(s, str_c(s->cx, site_on_postgres() ? str_fmt(s->cx, "SELECT count(*) FROM pg_tables WHERE tablename = '%s'", name)
	                                                   : str_fmt(s->cx, "SELECT count(*) FROM sqlite_schema WHERE name = '%s'", name))) == 1;
}

static void migrated(struct site *s, err due, int due_from, int due_to)
{
	int from = -1, to = -1;
	assert_int_equal(db_migrate(s->cx, s->place, &from, &to), due);
	assert_int_equal(from, due_from);
	assert_int_equal(to, due_to);
}

static void a_new_database_gets_all_and_an_old_one_nothing(void **state)
{
	struct site *s = *state;
	migrated(s, OK, 0, 3);
	assert_int_equal(site_raw(s, "SELECT count(*) FROM a WHERE y = 'new'"), 1);
	assert_int_equal(site_raw(s, "SELECT count(*) FROM schema_version"), 3);
	migrated(s, OK, 3, 3);
	assert_int_equal(db_open(s->cx, s->place, DB_WRITE, &s->db), OK);
}

static void a_newer_schema_is_refused(void **state)
{
	struct site *s = *state;
	migrated(s, OK, 0, 3);
	site_raw(s, "INSERT INTO schema_version VALUES (7, 'later', 0)");
	migrated(s, CONFLICT, 7, 7);
	says(s, "the database has schema 7, this broadside knows up to 3: install a newer broadside");
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &s->db), CONFLICT);
	says(s, "the database has schema 7, this broadside knows up to 3: install a newer broadside");
}

static void an_older_schema_is_not_opened(void **state)
{
	struct site *s = *state;
	migrations[2].text = "nonsense";
	migrated(s, FAILED, 0, 2);
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &s->db), FAILED);
	says(s, "the database has schema 2, this broadside needs 3: it must be migrated first");
}

static bool is_kept(struct site *s, const char *suffix)
{
	return access(site_path(s, str_c(s->cx, str_fmt(s->cx, "site.db." DB_KEPT "%s", suffix))), F_OK) == 0;
}

/* SQLite: a new database has nothing to keep; of one that is there a copy stays, but for an upgrade that changed nothing. */
static void what_is_upgraded_is_kept_as_it_was(void **state)
{
	struct site *s = *state;
	struct db *old;
	migrations[1].text = "nonsense";
	migrated(s, FAILED, 0, 1);
	assert_false(is_kept(s, "0"));
	migrated(s, FAILED, 1, 1);
	assert_false(is_kept(s, "1") || is_kept(s, "1.unfinished"));
	migrations[1] = three_good[1];
	migrated(s, OK, 1, 3);
	assert_true(is_kept(s, "1") && !is_kept(s, "1.2") && !is_kept(s, "1.unfinished") && !is_kept(s, "2"));
	str place = s->place;
	s->place = str_fmt(s->cx, STR_FMT "." DB_KEPT "1", STR_ARG(place));
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &old), FAILED);
	says(s, "the database has schema 1, this broadside needs 3: it must be migrated first");
	s->place = place;
	/* A copy that is there is not written over. */
	site_raw(s, "DELETE FROM schema_version WHERE version = 3; ALTER TABLE a DROP COLUMN y");
	site_raw(s, "DELETE FROM schema_version WHERE version = 2; DROP TABLE b");
	migrated(s, OK, 1, 3);
	assert_true(is_kept(s, "1") && is_kept(s, "1.2"));
	migrated(s, OK, 3, 3);
	assert_false(is_kept(s, "3"));
}

static void a_failing_migration_leaves_nothing(void **state)
{
	struct site *s = *state;
	migrations[2].text = "CREATE TABLE half (x INTEGER); INSERT INTO half VALUES (1); INSERT INTO missing VALUES (1);";
	migrated(s, FAILED, 0, 2);
	says(s, site_on_postgres() ? "migration 3 (third): relation \"missing\" does not exist" : "migration 3 (third): no such table: missing");
	assert_false(has_table(s, "half"));
	migrations[2] = three_good[2];
	migrated(s, OK, 2, 3);
}

static void a_migration_must_keep_references_whole(void **state)
{
	struct site *s = *state;
	migrations[2].text = "DELETE FROM a";
	migrated(s, FAILED, 0, 2);
	says(s, "migration 3 (third) leaves rows that refer to nothing");
	assert_int_equal(site_raw(s, "SELECT count(*) FROM a"), 1);
	/* but it may rebuild a table that others refer to */
	migrations[2].text = "CREATE TABLE c (id INTEGER PRIMARY KEY, x INTEGER, y TEXT) STRICT;"
			     "INSERT INTO c SELECT id, x, 'kept' FROM a; DROP TABLE a; ALTER TABLE c RENAME TO a;";
	migrated(s, OK, 2, 3);
	assert_int_equal(site_raw(s, "SELECT count(*) FROM a WHERE y = 'kept'"), 1);
	assert_int_equal(site_raw(s, "SELECT count(*) FROM b"), 1);
}

static void a_migration_cannot_end_its_transaction(void **state)
{
	struct site *s = *state;
	migrations[2].text = "CREATE TABLE d (x INTEGER); COMMIT;";
	migrated(s, FAILED, 0, 2);
	says(s, site_on_postgres() ? "migration 3 (third) may not end its transaction" : "migration 3 (third) may not end its transaction or attach");
	if (!site_on_postgres()) assert_false(has_table(s, "d")); /* there it is noticed afterwards */
}

static void a_strange_database_is_left_alone(void **state)
{
	struct site *s = *state;
	site_raw(s, "CREATE TABLE theirs (x INTEGER)");
	migrated(s, FAILED, 0, 0);
	says(s, site_on_postgres() ? "the database belongs to another program" : "the database file belongs to another program");
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &s->db), FAILED);
	assert_false(has_table(s, "schema_version"));
}

static void two_that_migrate_at_once_do_it_once(void **state)
{
	struct site *s = *state;
	pid_t child[6];
	int gate[2];
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < 6; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			char c;
			int from, to;
			close(gate[1]);
			ssize_t all_at_once = read(gate[0], &c, 1);
			err e = db_migrate(s->cx, s->place, &from, &to);
			if (e != OK) print_error(STR_FMT "\n", STR_ARG(s->cx->fault.sentence));
			_exit(all_at_once == 0 && e == OK && to == 3 ? 0 : 1);
		}
	}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < 6; i++) {
		int status;
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(site_raw(s, "SELECT count(*) FROM schema_version"), 3);
	assert_int_equal(site_raw(s, "SELECT count(*) FROM b"), 1);
}

/* ---- queries that do not fit ---- */

static void refused(struct site *s, const char *sentence)
{
	assert_int_equal(db_open(s->cx, s->place, DB_WRITE, &s->db), FAILED);
	assert_null(s->db);
	says(s, sentence);
	query[0] = good;
}

static void a_bad_query_stops_the_opening(void **state)
{
	struct site *s = *state;
	static const struct sql_col z_and_y[] = { { "z", SQL_INT, 0 }, { "y", SQL_TEXT, 8 } };
	bool pg = site_on_postgres();
	migrated(s, OK, 0, 3);
	query[0].text = "SELECT z AS x, y AS y FROM a WHERE id = $1";
	refused(s, pg ? "query a_by_id (a.sql:1): column \"z\" does not exist" : "query a_by_id (a.sql:1): no such column: z");
	query[0].text = "SELECT \"z\" AS x, y AS y FROM a WHERE id = $1";
	refused(s, pg ? "query a_by_id (a.sql:1): column \"z\" does not exist" : "query a_by_id (a.sql:1): no such column: z");
	query[0].text = "SELECT x AS x FROM a WHERE id = $1";
	refused(s, "query a_by_id (a.sql:1): has not the columns it declares");
	query[0].cols = z_and_y;
	refused(s, "query a_by_id (a.sql:1): a column has not the declared name");
	query[0].text = "SELECT x AS x, y AS y FROM a WHERE id = $2";
	refused(s, "query a_by_id (a.sql:1): has not the parameters it declares");
	query[0].text = "SELECT x AS x, y AS y FROM a WHERE id = $1 + $2";
	refused(s, "query a_by_id (a.sql:1): has not the parameters it declares");
	query[0].text = "SELECT x AS x, y AS y FROM a WHERE id = $1; SELECT 1";
	refused(s, pg ? "query a_by_id (a.sql:1): cannot insert multiple commands into a prepared statement" : "query a_by_id (a.sql:1): holds more than one statement");
	query[0].text = "DELETE FROM a WHERE id = $1 RETURNING x AS x, y AS y";
	refused(s, "query a_by_id (a.sql:1): is declared a read but writes");
	query[0].write = true;
	refused(s, "query a_by_id (a.sql:1): is declared a write but only reads");
	query[0].text = "";
	refused(s, "query a_by_id (a.sql:1): is empty");
	assert_int_equal(db_open(s->cx, s->place, DB_WRITE, &s->db), OK);
}

/* Columns have types there, so that they can be compared before the first row is read. */
static void a_column_of_another_type_stops_the_opening(void **state)
{
	struct site *s = *state;
	if (!site_on_postgres()) return;
	migrated(s, OK, 0, 3);
	query[0].text = "SELECT y AS x, y AS y FROM a WHERE id = $1";
	refused(s, "query a_by_id (a.sql:1): a column has not the declared type");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, site_tear_down)
	const struct CMUnitTest both[] = {
		T(a_new_database_gets_all_and_an_old_one_nothing),
		T(a_newer_schema_is_refused),
		T(an_older_schema_is_not_opened),
		T(a_failing_migration_leaves_nothing),
		T(a_migration_cannot_end_its_transaction),
		T(a_strange_database_is_left_alone),
		T(two_that_migrate_at_once_do_it_once),
		T(a_bad_query_stops_the_opening),
		T(a_column_of_another_type_stops_the_opening),
	};
	const struct CMUnitTest sqlite_only[] = {
		T(a_migration_must_keep_references_whole),
		T(what_is_upgraded_is_kept_as_it_was),
	};
	return SITE_TESTS_RUN(both, sqlite_only, NULL);
}
