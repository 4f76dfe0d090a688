/* The database layer on a schema of its own: tests/unit/sql, compiled by the same mksql. */
#define OWNS_MEMORY
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "db/db.h"
#include "fixture.h"
#include "sql.h"
#include "base/banned.h"

static const str nothing = { 0 };

static int64_t add_note(struct site *s, str title)
{
	struct sql_note_add *row;
	assert_int_equal(sql_note_add(s->cx, s->db, 0, title, 0.5, nothing, &row), OK);
	return row->id;
}

static int64_t count_notes(struct site *s, struct db *db)
{
	struct sql_note_count *row;
	assert_int_equal(sql_note_count(s->cx, db, &row), OK);
	return row->count;
}

static void says(struct site *s, const char *sentence)
{
	assert_string_equal(str_c(s->cx, s->cx->fault.sentence), sentence);
}

/* ---- values ---- */

static void rows_come_back_as_they_were_stored(void **state)
{
	struct site *s = *state;
	struct sql_note_add *added;
	struct sql_row_note *note;
	assert_int_equal(sql_kind_add(s->cx, s->db, 7, S("letter")), OK);
	assert_int_equal(sql_note_add(s->cx, s->db, 7, S("Gr\xc3\xbc\xc3\x9f" "e"), -2.25, (str){ "\0\xff\x01", 3 }, &added), OK);
	assert_int_equal(sql_note_by_id(s->cx, s->db, added->id, &note), OK);
	assert_int_equal(note->kind, 7);
	assert_true(str_eq(note->title, S("Gr\xc3\xbc\xc3\x9f" "e")));
	assert_true(note->score == -2.25);
	assert_int_equal(note->key.n, 3);
	assert_memory_equal(note->key.p, "\0\xff\x01", 3);
}

static void null_and_empty_are_two_things(void **state)
{
	struct site *s = *state;
	struct sql_note_add *added;
	struct sql_row_note *note;
	assert_int_equal(sql_note_add(s->cx, s->db, 0, nothing, 0, nothing, &added), OK);
	assert_int_equal(sql_note_get(s->cx, s->db, added->id, &note), OK);
	assert_int_equal(note->kind, 0);
	assert_null(note->title.p);
	assert_null(note->key.p);
	assert_int_equal(sql_note_add(s->cx, s->db, 0, S(""), 0, S(""), &added), OK);
	assert_int_equal(sql_note_get(s->cx, s->db, added->id, &note), OK);
	assert_true(note->title.p && note->title.n == 0);
	assert_true(note->key.p && note->key.n == 0);
}

static void long_texts_pass_and_too_long_ones_are_refused(void **state)
{
	struct site *s = *state;
	size_t most = LIMIT_DB_VALUE + 1, n = 5 * MIB;
	char *text = malloc(most);
	memset(text, 'a', most);
	struct sql_note_add *added;
	struct sql_row_note *note;
	assert_int_equal(sql_note_add(s->cx, s->db, 0, (str){ text, n }, 0, nothing, &added), OK);
	assert_int_equal(sql_note_get(s->cx, s->db, added->id, &note), OK);
	assert_int_equal(note->title.n, n);
	assert_memory_equal(note->title.p, text, n);
	assert_int_equal(sql_note_add(s->cx, s->db, 0, nothing, 0, (str){ text, most }, &added), LIMIT);
	assert_null(added);
	assert_int_equal(count_notes(s, s->db), 1);
	free(text);
}

static void what_is_no_text_does_not_get_in_or_out(void **state)
{
	struct site *s = *state;
	struct sql_note_add *added;
	struct sql_loose_get *got;
	struct sql_loose_cast *cast;
	assert_int_equal(sql_note_add(s->cx, s->db, 0, (str){ "a\xff", 2 }, 0, nothing, &added), INVALID);
	assert_int_equal(sql_note_add(s->cx, s->db, 0, (str){ "a\0b", 3 }, 0, nothing, &added), INVALID);
	assert_int_equal(count_notes(s, s->db), 0);
	assert_int_equal(sql_loose_add(s->cx, s->db, 1, (str){ "a\xff", 2 }), OK);
	assert_int_equal(sql_loose_get(s->cx, s->db, 1, &got), FAILED);
	assert_null(got);
	assert_int_equal(sql_loose_cast(s->cx, s->db, 1, &cast), FAILED);
	if (site_on_postgres()) says(s, "the database has failed");
	else says(s, "the database holds a value of another kind than it should");
}

/* ---- cardinalities ---- */

static void maybe_and_one_differ_when_there_is_none(void **state)
{
	struct site *s = *state;
	struct sql_row_note *note;
	assert_int_equal(sql_note_by_id(s->cx, s->db, 12345, &note), OK);
	assert_null(note);
	assert_int_equal(sql_note_get(s->cx, s->db, 12345, &note), NOTFOUND);
	assert_null(note);
	assert_true(s->cx->fault.sentence.n > 0);
}

static void several_where_one_may_be_is_a_fault(void **state)
{
	struct site *s = *state;
	struct sql_note_any *row;
	add_note(s, S("same"));
	assert_int_equal(sql_note_any(s->cx, s->db, S("same"), &row), OK);
	assert_non_null(row);
	add_note(s, S("same"));
	assert_int_equal(sql_note_any(s->cx, s->db, S("same"), &row), FAILED);
	assert_null(row);
	assert_int_equal(count_notes(s, s->db), 2);
}

static void lists_come_whole_and_in_order(void **state)
{
	struct site *s = *state;
	for (int i = 0; i < 100; i++) add_note(s, str_fmt(s->cx, "note %d", i));
	struct sql_row_note *rows;
	size_t n;
	assert_int_equal(sql_note_list(s->cx, s->db, 10, 77, &rows, &n), OK);
	assert_int_equal(n, 77);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i].id, 11 + i);
		assert_true(str_eq(rows[i].title, str_fmt(s->cx, "note %zu", 10 + i)));
	}
	assert_int_equal(sql_note_list(s->cx, s->db, 1000, 5, &rows, &n), OK);
	assert_int_equal(n, 0);
	assert_null(rows);
}

static void writes_answer_rows_and_counts(void **state)
{
	struct site *s = *state;
	struct sql_note_touch *touched;
	struct sql_note_drop *dropped;
	int64_t changed;
	size_t n;
	for (int i = 0; i < 5; i++) add_note(s, S("old"));
	assert_int_equal(sql_note_retitle(s->cx, s->db, S("old"), S("new"), &changed), OK);
	assert_int_equal(changed, 5);
	assert_int_equal(sql_note_retitle(s->cx, s->db, S("old"), S("new"), &changed), OK);
	assert_int_equal(changed, 0);
	assert_int_equal(sql_note_touch(s->cx, s->db, 3, &touched), OK);
	assert_true(touched->score == 1.5);
	assert_int_equal(sql_note_touch(s->cx, s->db, 99, &touched), OK);
	assert_null(touched);
	assert_int_equal(sql_note_drop(s->cx, s->db, 2, &dropped, &n), OK);
	assert_int_equal(n, 2);
	assert_int_equal(dropped[0].id + dropped[1].id, 3);
	assert_int_equal(count_notes(s, s->db), 3);
}

static void a_trigger_keeps_the_index(void **state)
{
	struct site *s = *state;
	struct sql_note_search *found;
	size_t n;
	add_note(s, S("the quick fox"));
	add_note(s, S("a slow fox"));
	assert_int_equal(sql_note_search(s->cx, s->db, S("quick fox"), &found, &n), OK);
	assert_int_equal(n, 1);
	assert_int_equal(found[0].id, 1);
	if (site_on_postgres()) return; /* has no syntax that could be wrong */
	assert_int_equal(sql_note_search(s->cx, s->db, S("\"unclosed"), &found, &n), FAILED);
	says(s, "the database has failed");
}

static void queries_are_counted(void **state)
{
	struct site *s = *state;
	uint64_t before = db_query_count(s->db);
	add_note(s, S("a"));
	count_notes(s, s->db);
	assert_int_equal(db_query_count(s->db) - before, 2);
}

/* ---- constraints and transactions ---- */

static void a_constraint_is_a_conflict(void **state)
{
	struct site *s = *state;
	struct sql_note_add *added;
	assert_int_equal(sql_kind_add(s->cx, s->db, 1, S("a")), OK);
	assert_int_equal(sql_kind_add(s->cx, s->db, 2, S("a")), CONFLICT);
	says(s, "it is already there");
	assert_int_equal(sql_kind_add(s->cx, s->db, 1, S("b")), CONFLICT);
	says(s, "it is already there");
	assert_int_equal(sql_note_add(s->cx, s->db, 99, S("x"), 0, nothing, &added), CONFLICT);
	says(s, "what it refers to is not there, or it is still referred to");
	assert_int_equal(sql_note_add(s->cx, s->db, 1, S("forbidden"), 0, nothing, &added), CONFLICT);
	says(s, "the database's rules do not allow it");
	assert_int_equal(sql_kind_add(s->cx, s->db, 3, nothing), OK); /* not declared text?: nothing is empty, not NULL */
	assert_int_equal(count_notes(s, s->db), 0);
}

static err add_two(struct cx *cx, struct db *db, void *arg)
{
	struct sql_note_add *row;
	TRY(sql_note_add(cx, db, 0, S("one"), 0, nothing, &row));
	TRY(sql_note_add(cx, db, 0, *(str *)arg, 0, nothing, &row));
	return OK;
}

static void a_transaction_is_all_or_nothing(void **state)
{
	struct site *s = *state;
	str good = S("two"), bad = S("forbidden");
	assert_int_equal(db_transaction(s->cx, s->db, add_two, &bad), CONFLICT);
	assert_int_equal(count_notes(s, s->db), 0);
	assert_int_equal(db_transaction(s->cx, s->db, add_two, &good), OK);
	assert_int_equal(count_notes(s, s->db), 2);
}

static void a_reading_connection_refuses_to_write(void **state)
{
	struct site *s = *state;
	struct db *reader;
	str title = S("x");
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &reader), OK);
	assert_int_equal(sql_kind_add(s->cx, reader, 1, S("a")), FAILED);
	says(s, "this connection only reads");
	assert_int_equal(db_transaction(s->cx, reader, add_two, &title), FAILED);
	assert_int_equal(count_notes(s, reader), 0);
	db_close(reader);
}

static void a_snapshot_stands_still(void **state)
{
	struct site *s = *state;
	struct db *reader;
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &reader), OK);
	add_note(s, S("before"));
	assert_int_equal(db_read_begin(s->cx, reader), OK);
	assert_int_equal(count_notes(s, reader), 1);
	add_note(s, S("meanwhile"));
	assert_int_equal(count_notes(s, reader), 1);
	db_read_end(reader);
	assert_int_equal(count_notes(s, reader), 2);
	db_close(reader);
}

static void who_forgets_goes_on_as_before(void **state)
{
	struct site *s = *state;
	struct db *reader;
	str good = S("two"), bad = S("forbidden");
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &reader), OK);
	for (int round = 1; round <= 3; round++) {
		db_forget(s->cx, s->db);
		db_forget(s->cx, reader);
		assert_int_equal(db_transaction(s->cx, s->db, add_two, &good), OK);
		assert_int_equal(db_transaction(s->cx, s->db, add_two, &bad), CONFLICT);
		add_note(s, S("one more"));
		assert_int_equal(count_notes(s, reader), 3 * round);
		assert_int_equal(db_read_begin(s->cx, reader), OK);
		assert_int_equal(count_notes(s, reader), 3 * round);
		db_read_end(reader);
		assert_int_equal(sql_kind_add(s->cx, reader, 1, S("a")), FAILED);
	}
	db_close(reader);
}

static int open_files(void)
{
	int n = 0;
	for (int fd = 0; fd < 1000; fd++) n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* SQLite closes no file of a database for as long as another connection holds a lock on it: it must use it again. */
static void who_forgets_often_holds_no_more_files(void **state)
{
	struct site *s = *state;
	struct db *reader;
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &reader), OK);
	count_notes(s, reader);
	db_forget(s->cx, s->db);
	db_forget(s->cx, reader);
	int before = open_files();
	for (int i = 0; i < 50; i++) {
		add_note(s, S("one"));
		db_forget(s->cx, s->db);
		count_notes(s, reader);
		db_forget(s->cx, reader);
	}
	assert_in_range(open_files(), before - 4, before + 4);
	db_close(reader);
}

static void the_log_does_not_grow_for_ever(void **state)
{
	struct site *s = *state;
	struct sql_note_drop *dropped;
	size_t n;
	static char block[64 * 1024];
	for (int i = 0; i < 400; i++) { /* 25 MiB in all */
		struct sql_note_add *row;
		assert_int_equal(sql_note_add(s->cx, s->db, 0, nothing, 0, (str){ block, sizeof block }, &row), OK);
		assert_int_equal(sql_note_drop(s->cx, s->db, 1, &dropped, &n), OK);
	}
	FILE *log = fopen(site_path(s, "site.db-wal"), "rb");
	assert_non_null(log);
	fseek(log, 0, SEEK_END);
	assert_true(ftell(log) < 8 * MIB);
	fclose(log);
}

/* ---- addresses, checking, copying ---- */

static void addresses_that_lead_nowhere(void **state)
{
	struct site *s = *state;
	struct db *db;
	static const char *const places[] = { "", "site.db", "mysql:/x", "postgresql://a?b?c", "sqlite:relative.db",
		"sqlite:", "sqlite:/nowhere/at/all.db", "sqlite:/tmp" };
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		int from, to;
		assert_int_equal(db_open(s->cx, str_of(places[i]), DB_WRITE, &db), FAILED);
		assert_null(db);
		assert_true(s->cx->fault.sentence.n > 0);
		assert_int_equal(db_migrate(s->cx, str_of(places[i]), &from, &to), FAILED);
	}
	assert_int_equal(db_open(s->cx, str_fmt(s->cx, "sqlite:%s/other.db", s->dir), DB_READ, &db), FAILED);
	assert_int_not_equal(access(site_path(s, "other.db"), F_OK), 0);
	assert_int_equal(db_open(s->cx, S("sqlite:/nowhere/x.db"), DB_READ, &db), FAILED);
	says(s, "/nowhere/x.db cannot be opened: No such file or directory");
}

struct told {
	int n;
	char first[200];
};

static void what_a_locked_process_needs_to_reach_it(void **state)
{
	struct site *s = *state;
	struct db_reach r;
	assert_int_equal(db_reach(s->cx, S("sqlite:/srv/wire/site.db"), &r), OK);
	assert_true(str_eq(r.url, S("sqlite:/srv/wire/site.db")) && !r.local && r.ports_n == 0 && !r.files[0]);
	assert_int_equal(db_reach(s->cx, S("postgresql://ada@/wire?host=/run/here,/run/there"), &r), OK);
	assert_true(r.local && r.ports_n == 0 && !r.files[0]);
	assert_true(str_contains(r.url, S("host='/run/here,/run/there'")) && str_contains(r.url, S("user='ada'")) && str_contains(r.url, S("dbname='wire'")));
	assert_int_equal(db_reach(s->cx, S("postgresql://ada:it%27s%5C@127.0.0.1:6000,[::1]/wire?sslmode=verify-full&sslrootcert=/etc/passwd"), &r), OK);
	assert_true(!r.local && r.ports_n == 2 && r.ports[0] == 6000 && r.ports[1] == 5432);
	assert_true(r.files[0] && strcmp(r.files[0], "/etc/passwd") == 0 && !r.files[1]);
	assert_true(str_contains(r.url, S("hostaddr='127.0.0.1,::1'")) && str_contains(r.url, S("port='6000,5432'")) && str_contains(r.url, S("password='it\\'s\\\\'")));
	str once = r.url;
	assert_int_equal(db_reach(s->cx, once, &r), OK); /* what is said stays said */
	assert_true(r.ports_n == 2 && r.files[0] && str_contains(r.url, S("hostaddr='127.0.0.1,::1'")));
	assert_int_equal(db_reach(s->cx, S("postgresql:///wire?service=wire"), &r), FAILED);
	says(s, "the database's URL names a service: host, user and database must be said in it");
	assert_int_equal(db_reach(s->cx, S("postgresql://ada@nowhere.invalid/wire"), &r), FAILED);
	says(s, "nowhere.invalid, where the database should be, has no address");
	assert_int_equal(db_reach(s->cx, S("postgresql://ada@127.0.0.1:99999/wire"), &r), FAILED);
	assert_int_equal(db_reach(s->cx, S("postgresql://ada@127.0.0.1/wire?passfile=/nowhere/at/all"), &r), FAILED);
	says(s, "/nowhere/at/all, which the database's URL names: No such file or directory");
	assert_int_equal(db_reach(s->cx, S("postgresql://ada@127.0.0.1/wire?sslkey=wire.key"), &r), FAILED);
	says(s, "the database's URL names a file by less than its whole path: sslkey");
	assert_int_equal(db_reach(s->cx, S("mysql://ada@127.0.0.1/wire"), &r), FAILED);
}

static void hear(void *arg, str sentence)
{
	struct told *t = arg;
	if (t->n++ == 0) snprintf(t->first, sizeof t->first, STR_FMT, STR_ARG(sentence));
}

static void checking_finds_rows_that_refer_to_nothing(void **state)
{
	struct site *s = *state;
	struct told t = { 0 };
	add_note(s, S("a"));
	assert_int_equal(db_verify(s->cx, s->db, hear, &t), OK);
	assert_int_equal(t.n, 0);
	site_raw(s, "PRAGMA foreign_keys = OFF; INSERT INTO note (id, kind) VALUES (9, 77);");
	assert_int_equal(db_verify(s->cx, s->db, hear, &t), FAILED);
	assert_int_equal(t.n, 1);
	assert_string_equal(t.first, "table note, row 9 refers to a row of kind that is not there");
}

static void checking_finds_a_damaged_file(void **state)
{
	struct site *s = *state;
	struct told t = { 0 };
	struct db *db;
	for (int i = 0; i < 3000; i++) add_note(s, S("some words to fill pages with"));
	db_close(s->db);
	s->db = NULL;
	FILE *f = fopen(site_path(s, "site.db"), "r+b");
	fseek(f, 0, SEEK_END);
	long size = ftell(f);
	fseek(f, size / 2 / 4096 * 4096, SEEK_SET);
	for (int i = 0; i < 4096; i++) fputc(0xA5, f);
	fclose(f);
	assert_int_equal(db_open(s->cx, s->place, DB_READ, &db), OK);
	assert_int_equal(db_verify(s->cx, db, hear, &t), FAILED);
	assert_true(t.n > 0);
	db_close(db);
}

static void a_file_that_is_no_database(void **state)
{
	struct site *s = *state;
	struct db *db;
	int from, to;
	FILE *f = fopen(site_path(s, "text.db"), "wb");
	for (int i = 0; i < 1000; i++) fputs("nothing but words\n", f);
	fclose(f);
	str place = str_fmt(s->cx, "sqlite:%s/text.db", s->dir);
	assert_int_equal(db_open(s->cx, place, DB_READ, &db), FAILED);
	assert_int_equal(db_migrate(s->cx, place, &from, &to), FAILED);
	assert_true(str_contains(s->cx->fault.sentence, S("/text.db: the database file is damaged. Before anything else stop the server and copy")));
}

static void one_process_has_the_right_to_serve(void **state)
{
	struct site *s = *state;
	int first, second, status;
	struct db *db;
	str name = str_fmt(s->cx, "process %d serves ", (int)getpid());
	assert_int_equal(db_hold(s->cx, s->place, &first), OK);
	assert_true(first >= 0);
	assert_int_equal(db_hold(s->cx, s->place, &second), CONFLICT);
	assert_int_equal(second, -1);
	assert_true(str_contains(s->cx->fault.sentence, name));
	assert_false(str_contains(s->cx->fault.sentence, S("port")));
	db_hold_tell(first, 8080);
	/* Neither a connection that is closed nor a child that ends gives it back. */
	assert_int_equal(db_open(s->cx, s->place, DB_WRITE, &db), OK);
	add_note(s, S("beside it"));
	db_close(db);
	pid_t child = fork();
	if (child == 0) _exit(close(first));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(db_hold(s->cx, s->place, &second), CONFLICT);
	assert_true(str_contains(s->cx->fault.sentence, S("port 8080")));
	close(first);
	assert_int_equal(db_hold(s->cx, s->place, &second), OK);
	close(second);
	assert_int_equal(db_hold(s->cx, S("sqlite:/nowhere/site.db"), &second), FAILED);
	assert_int_equal(db_hold(s->cx, S("postgresql://nobody@nowhere/site"), &second), OK);
	assert_int_equal(second, -1);
}

static void a_copy_is_whole_and_never_over_a_file(void **state)
{
	struct site *s = *state;
	struct db *copy;
	struct told t = { 0 };
	for (int i = 0; i < 200; i++) add_note(s, S("a"));
	assert_int_equal(db_copy(s->cx, s->db, site_path(s, "copy.db")), OK);
	add_note(s, S("later"));
	assert_int_equal(db_copy(s->cx, s->db, site_path(s, "copy.db")), CONFLICT);
	assert_int_equal(db_copy(s->cx, s->db, "/nowhere/copy.db"), FAILED);
	assert_int_equal(db_open(s->cx, str_fmt(s->cx, "sqlite:%s/copy.db", s->dir), DB_READ, &copy), OK);
	assert_int_equal(count_notes(s, copy), 200);
	assert_int_equal(db_verify(s->cx, copy, hear, &t), OK);
	db_close(copy);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, site_set_up, site_tear_down)
	const struct CMUnitTest both[] = {
		T(rows_come_back_as_they_were_stored),
		T(null_and_empty_are_two_things),
		T(long_texts_pass_and_too_long_ones_are_refused),
		T(what_is_no_text_does_not_get_in_or_out),
		T(maybe_and_one_differ_when_there_is_none),
		T(several_where_one_may_be_is_a_fault),
		T(lists_come_whole_and_in_order),
		T(writes_answer_rows_and_counts),
		T(a_trigger_keeps_the_index),
		T(queries_are_counted),
		T(a_constraint_is_a_conflict),
		T(a_transaction_is_all_or_nothing),
		T(a_reading_connection_refuses_to_write),
		T(a_snapshot_stands_still),
		T(who_forgets_goes_on_as_before),
		T(who_forgets_often_holds_no_more_files),
	};
	const struct CMUnitTest sqlite_only[] = {
		T(the_log_does_not_grow_for_ever),
		T(addresses_that_lead_nowhere),
		T(what_a_locked_process_needs_to_reach_it),
		T(checking_finds_rows_that_refer_to_nothing),
		T(checking_finds_a_damaged_file),
		T(one_process_has_the_right_to_serve),
		T(a_file_that_is_no_database),
		T(a_copy_is_whole_and_never_over_a_file),
	};
	return SITE_TESTS_RUN(both, sqlite_only, NULL);
}
