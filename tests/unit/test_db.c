/* The database layer on a schema of its own: tests/unit/sql, compiled by the same mksql. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/db.h"
#include "sql.h"
#include "base/banned.h"

struct fixture {
	struct cx *cx;
	char dir[64];
	str url;
	struct db *db;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ .cx = cx_new(), .dir = "/tmp/broadside-db-XXXXXX" };
	if (!mkdtemp(f.dir)) return -1;
	f.url = str_fmt(f.cx, "sqlite:%s/site.db", f.dir);
	int from, to;
	if (db_migrate(f.cx, f.url, &from, &to) != OK) return -1;
	if (from != 0 || to != 2) return -1;
	*state = &f;
	return db_open(f.cx, f.url, DB_WRITE, &f.db) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	db_close(f->db);
	char path[128];
	static const char *const names[] = { "site.db", "site.db-wal", "site.db-shm", "copy.db", "empty.db" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", f->dir, names[i]);
		unlink(path);
	}
	cx_end(f->cx);
	return rmdir(f->dir);
}

static int64_t add_note(struct fixture *f, str title)
{
	struct sql_note_add *row;
	assert_int_equal(sql_note_add(f->cx, f->db, 0, title, 0.5, (str){ 0 }, &row), OK);
	return row->id;
}

static void rows_come_back_as_they_were_stored(void **state)
{
	struct fixture *f = *state;
	struct sql_note_add *added;
	struct sql_row_note *note;
	assert_int_equal(sql_kind_add(f->cx, f->db, 7, S("letter")), OK);
	assert_int_equal(sql_note_add(f->cx, f->db, 7, S("Gr\xc3\xbc\xc3\x9f" "e"), -2.25, (str){ "\0\xff\x01", 3 }, &added), OK);
	assert_int_equal(sql_note_by_id(f->cx, f->db, added->id, &note), OK);
	assert_int_equal(note->kind, 7);
	assert_true(str_eq(note->title, S("Gr\xc3\xbc\xc3\x9f" "e")));
	assert_true(note->score == -2.25);
	assert_int_equal(note->key.n, 3);
	assert_memory_equal(note->key.p, "\0\xff\x01", 3);
	assert_int_equal(sql_note_by_id(f->cx, f->db, 12345, &note), OK);
	assert_null(note);
}

static void lists_come_whole_and_in_order(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 100; i++) add_note(f, str_fmt(f->cx, "note %d", i));
	struct sql_row_note *rows;
	size_t n;
	assert_int_equal(sql_note_list(f->cx, f->db, 10, 77, &rows, &n), OK);
	assert_int_equal(n, 77);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i].id, 11 + i);
		assert_true(str_eq(rows[i].title, str_fmt(f->cx, "note %zu", 10 + i)));
	}
	assert_int_equal(sql_note_list(f->cx, f->db, 1000, 5, &rows, &n), OK);
	assert_int_equal(n, 0);
}

static err add_in_write(struct cx *cx, struct db *db, void *arg)
{
	struct sql_note_add *row;
	TRY(sql_note_add(cx, db, 0, S("written"), 0, (str){ 0 }, &row));
	*(int64_t *)arg = row->id;
	return OK;
}

static void the_writer_writes(void **state)
{
	struct fixture *f = *state;
	struct db_writer *w;
	int64_t made = 0;
	struct sql_row_note *note;
	assert_int_equal(db_writer_start(f->cx, f->url, &w), OK);
	assert_int_equal(db_write(f->cx, w, add_in_write, &made), OK);
	assert_int_equal(sql_note_get(f->cx, f->db, made, &note), OK);
	db_writer_stop(w);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(rows_come_back_as_they_were_stored),
		T(lists_come_whole_and_in_order),
		T(the_writer_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
