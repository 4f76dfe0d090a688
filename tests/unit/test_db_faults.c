/* A disk that fails: every write and every fsync of a piece of work in turn, through a layer between SQLite and the
 * system; and a disk that is really full. */
#define OWNS_MEMORY
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/limits.h"
#include "db/db.h"
#include "db/engine.h"
#include "fixture.h"
#include "sql.h"
#include "base/banned.h"

static const str nothing = { 0 };

/* ---- the layer ---- */

enum { WRITE, SYNC, KINDS };
static struct {
	bool on;
	int count[KINDS];   /* calls so far */
	int fail_at[KINDS]; /* the call that fails, 0: none */
	int code;
	bool hit;
} plan;

struct layered {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_vfs layer, *below;
static sqlite3_io_methods methods;

static sqlite3_file *real(sqlite3_file *f) { return ((struct layered *)f)->real; }

static bool due(int kind)
{
	if (!plan.on || ++plan.count[kind] != plan.fail_at[kind]) return false;
	return plan.hit = true;
}

static int f_close(sqlite3_file *f)
{
	int rc = real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
	free(real(f));
	return rc;
}
static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), p, n, at); }
static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	return due(WRITE) ? plan.code : real(f)->pMethods->xWrite(real(f), p, n, at);
}
static int f_truncate(sqlite3_file *f, sqlite3_int64 n) { return real(f)->pMethods->xTruncate(real(f), n); }
static int f_sync(sqlite3_file *f, int flags)
{
	(void)f, (void)flags;
	return due(SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK; /* nobody pulls the plug here, so nothing is waited for */
}
static int f_size(sqlite3_file *f, sqlite3_int64 *n) { return real(f)->pMethods->xFileSize(real(f), n); }
static int f_lock(sqlite3_file *f, int l) { return real(f)->pMethods->xLock(real(f), l); }
static int f_unlock(sqlite3_file *f, int l) { return real(f)->pMethods->xUnlock(real(f), l); }
static int f_reserved(sqlite3_file *f, int *r) { return real(f)->pMethods->xCheckReservedLock(real(f), r); }
static int f_control(sqlite3_file *f, int op, void *arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
static int f_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }
static int f_traits(sqlite3_file *f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
static int f_shm_map(sqlite3_file *f, int i, int n, int more, void volatile **p)
{
	return real(f)->pMethods->xShmMap(real(f), i, n, more, p);
}
static int f_shm_lock(sqlite3_file *f, int at, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), at, n, flags); }
static void f_shm_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int f_shm_unmap(sqlite3_file *f, int del) { return real(f)->pMethods->xShmUnmap(real(f), del); }

static int layer_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *got)
{
	(void)v;
	struct layered *l = (struct layered *)f;
	l->real = calloc(1, (size_t)below->szOsFile);
	int rc = below->xOpen(below, name, l->real, flags, got);
	l->base.pMethods = rc == SQLITE_OK ? &methods : NULL;
	if (rc != SQLITE_OK) free(l->real);
	return rc;
}

static int put_layer_in(void **state)
{
	(void)state;
	below = sqlite3_vfs_find(NULL);
	layer = *below;
	layer.zName = "failing";
	layer.szOsFile = sizeof(struct layered);
	layer.xOpen = layer_open;
	methods = (sqlite3_io_methods){ 2, f_close, f_read, f_write, f_truncate, f_sync, f_size, f_lock, f_unlock, f_reserved,
		f_control, f_sector, f_traits, f_shm_map, f_shm_lock, f_shm_barrier, f_shm_unmap, NULL, NULL };
	return sqlite3_vfs_register(&layer, 1);
}

/* ---- a piece of work ---- */

enum { NOTES = 24 };

static err write_note(struct cx *cx, struct db *db, void *arg)
{
	static char block[30 * 1000];
	struct sql_note_add *row;
	struct sql_counter_raise *raised;
	TRY(sql_note_add(cx, db, 0, nothing, 0, (str){ block, sizeof block }, &row));
	TRY(sql_counter_raise(cx, db, &raised));
	*(int64_t *)arg = row->id;
	return OK;
}

struct outcome {
	int64_t acknowledged[NOTES];
	int n, busy;
	bool busy_to_the_end; /* once refused, always refused */
	bool readable;
};

static struct outcome work(struct site *s)
{
	struct outcome o = { .busy_to_the_end = true };
	struct db_writer *w;
	struct sql_note_count *count;
	assert_int_equal(db_writer_start(s->cx, s->place, &w), OK);
	plan.on = true;
	for (int i = 0; i < NOTES; i++) {
		int64_t made;
		err e = db_write(s->cx, w, write_note, &made);
		assert_true(e == OK || e == BUSY);
		if (e == BUSY) assert_true(str_starts(s->cx->fault.sentence, S("the disk ")));
		if (e == OK && o.busy) o.busy_to_the_end = false;
		if (e == OK) o.acknowledged[o.n++] = made;
		else o.busy++;
	}
	plan.on = false;
	o.readable = sql_note_count(s->cx, s->db, &count) == OK && count->count >= o.n;
	db_writer_stop(w);
	return o;
}

static void no_fault(void *arg, str sentence)
{
	(void)arg;
	fail_msg(STR_FMT, STR_ARG(sentence));
}

/* After the fault: all that was acknowledged is there, nothing by halves, and writing works again once reopened. */
static void check_after(struct site *s, const struct outcome *o)
{
	struct sql_row_note *note;
	struct sql_note_count *count;
	struct sql_counter_value *counter;
	int64_t made;
	db_close(s->db);
	assert_int_equal(db_open(s->cx, s->place, DB_WRITE, &s->db), OK);
	for (int i = 0; i < o->n; i++) assert_int_equal(sql_note_get(s->cx, s->db, o->acknowledged[i], &note), OK);
	assert_int_equal(sql_note_count(s->cx, s->db, &count), OK);
	assert_int_equal(sql_counter_value(s->cx, s->db, &counter), OK);
	assert_int_equal(count->count, counter->value);
	assert_int_equal(db_verify(s->cx, s->db, no_fault, NULL), OK);
	assert_int_equal(db_transaction(s->cx, s->db, write_note, &made), OK);
}

/* One round on a fresh site; false when the work was done before call n came. */
static bool round_with(int kind, int n, int code)
{
	void *state;
	memset(&plan, 0, sizeof plan);
	assert_int_equal(site_set_up(&state), 0);
	struct site *s = state;
	plan.fail_at[kind] = n;
	plan.code = code;
	struct outcome o = work(s);
	assert_true(o.readable);
	if (!plan.hit) assert_int_equal(o.n, NOTES);
	if (plan.hit && kind == WRITE && o.busy) assert_true(o.busy <= 1); /* one batch, and no more */
	if (plan.hit && kind == SYNC && o.busy) assert_true(o.busy_to_the_end);
	check_after(s, &o);
	assert_int_equal(site_tear_down(&state), 0);
	return plan.hit;
}

static void every_write_may_find_the_disk_full(void **state)
{
	(void)state;
	int n = 1, step = 1;
	for (; round_with(WRITE, n, SQLITE_FULL); n += step) step = n < 40 ? 1 : 17;
	assert_true(n > 100);
}

static void every_write_may_fail(void **state)
{
	(void)state;
	int n = 1, step = 1;
	for (; round_with(WRITE, n, SQLITE_IOERR_WRITE); n += step) step = n < 40 ? 1 : 17;
	assert_true(n > 100);
}

static void a_failed_fsync_ends_writing(void **state)
{
	(void)state;
	int n = 1;
	while (round_with(SYNC, n, 0)) n++;
	assert_true(n > NOTES);
}

/* ---- a transaction that one write takes down ---- */

static err write_much(struct cx *cx, struct db *db, void *arg)
{
	int64_t made;
	for (int i = 0; i < *(int *)arg; i++) TRY(write_note(cx, db, &made));
	return OK;
}

/* What spills out of the cache in mid-transaction meets the full disk there, not at the commit. */
static void a_write_too_large_for_the_disk(void **state)
{
	struct site *s = *state;
	struct db_writer *w;
	struct sql_note_count *count;
	int much = 400; /* 12 MB; the cache holds 2 */
	int64_t made;
	memset(&plan, 0, sizeof plan);
	assert_int_equal(db_writer_start(s->cx, s->place, &w), OK);
	plan.on = true;
	plan.fail_at[WRITE] = 300;
	plan.code = SQLITE_FULL;
	assert_int_equal(db_write(s->cx, w, write_much, &much), BUSY);
	assert_true(plan.hit);
	assert_string_equal(str_c(s->cx, s->cx->fault.sentence), "the disk is full");
	assert_int_equal(db_write(s->cx, w, write_note, &made), OK);
	assert_int_equal(sql_note_count(s->cx, s->db, &count), OK);
	assert_int_equal(count->count, 1);
	db_writer_stop(w);
}

/* ---- a disk that is really full ---- */

static err write_until_busy(struct site *s, struct db_writer *w)
{
	int64_t made;
	err e = OK;
	for (int i = 0; i < 1000 && e == OK; i++) e = db_write(s->cx, w, write_note, &made);
	return e;
}

/* In a child: no file may grow past 1 MiB. Reading goes on, and so does writing when there is room again. */
static int live_on_a_small_disk(struct site *s)
{
	struct rlimit limit;
	struct db *reader;
	struct db_writer *w;
	struct sql_note_count *before, *after;
	int64_t made;
	signal(SIGXFSZ, SIG_IGN);
	if (db_open(s->cx, s->place, DB_READ, &reader) != OK || db_writer_start(s->cx, s->place, &w) != OK) return 2;
	getrlimit(RLIMIT_FSIZE, &limit);
	rlim_t whole = limit.rlim_cur;
	limit.rlim_cur = MIB;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (write_until_busy(s, w) != BUSY) return 3;
	if (!str_starts(s->cx->fault.sentence, S("the disk is full"))) return 4;
	if (sql_note_count(s->cx, reader, &before) != OK || before->count < 10) return 5;
	if (db_write(s->cx, w, write_note, &made) != BUSY) return 6;
	limit.rlim_cur = whole;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (db_write(s->cx, w, write_note, &made) != OK) return 7;
	if (sql_note_count(s->cx, reader, &after) != OK || after->count != before->count + 1) return 8;
	db_writer_stop(w);
	db_close(reader);
	return 0;
}

static void a_full_disk_stops_writing_alone(void **state)
{
	struct site *s = *state;
	db_close(s->db);
	s->db = NULL;
	pid_t child = fork();
	if (child == 0) _exit(live_on_a_small_disk(s));
	int status;
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, site_set_up, site_tear_down)
	const struct CMUnitTest tests[] = {
		T(a_full_disk_stops_writing_alone),
		T(a_write_too_large_for_the_disk),
		cmocka_unit_test(every_write_may_find_the_disk_full),
		cmocka_unit_test(every_write_may_fail),
		cmocka_unit_test(a_failed_fsync_ends_writing),
	};
	return cmocka_run_group_tests(tests, put_layer_in, NULL);
}
