/* SQLite: the engine a site has when its operator chose none. One connection a thread (SQLite's multi-thread mode), a
 * write-ahead log so that readers and the writer do not wait for each other, and every commit on the disk before it is
 * acknowledged. Rows are read whole at once, so no statement stays open behind the caller's back. */
#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "base/utf8.h"
#include "db/engine.h"
#include "db/sqlite_files.h"
#include "base/banned.h"

#define BUSY_MS 5000
#define CHECKPOINT_PAGES 1000       /* log pages (4 KiB) from which they are moved into the main file */
#define RESTART_PAGES (16 * 1024)   /* from here on, waiting RESTART_MS for readers so that the log starts anew */
#define RESTART_MS 100
#define VERIFY_REPORTS "100"

enum fixed { BEGIN_WRITE, BEGIN_READ, COMMIT, ROLLBACK, SAVE, RELEASE, UNDO, FIXED };
static const char *const fixed_texts[FIXED] = { "BEGIN IMMEDIATE", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT one",
	"RELEASE one", "ROLLBACK TO one" };

struct statement {
	sqlite3_stmt *st;
	int *params; /* SQLite's index of $1, $2, ... */
};

struct own {
	const char *path;
	sqlite3 *c;
	struct statement *statements; /* by the query's number */
	sqlite3_stmt *fixed[FIXED];
	int log_pages;  /* in the write-ahead log after the last commit */
	int restart_at; /* pages from which the log is started anew; a long reader moves it up */
};

static struct own *own(struct db *d) { return d->own; }

sqlite3 *sqlite_handle(struct db *d) { return own(d)->c; }

/* ---- from SQLite's result codes to ours ---- */

static err constraint(struct cx *cx, int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID: return cx_fail(cx, CONFLICT, NULL, "it is already there");
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return cx_fail(cx, CONFLICT, NULL, "what it refers to is not there, or it is still referred to");
	default: return cx_fail(cx, CONFLICT, NULL, "the database's rules do not allow it");
	}
}

/* What the kernel could not write it may have forgotten: trying again would pretend. */
static bool disk_lies(int rc)
{
	return rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC || rc == SQLITE_IOERR_TRUNCATE;
}

static err disk_fault(struct cx *cx, struct db *d, int rc)
{
	if (disk_lies(rc)) {
		d->broken = true;
		return cx_fail(cx, BUSY, NULL, "the disk has failed: nothing is written any more");
	}
	switch (rc) {
	case SQLITE_IOERR_WRITE:
	case SQLITE_IOERR_SHMSIZE:
	case SQLITE_IOERR_SHMOPEN:
		return cx_fail(cx, BUSY, NULL, "the disk is full, or does not take what is written");
	default: return cx_fail(cx, FAILED, NULL, "the disk cannot be read");
	}
}

/* What is safe to do, in an order in which nothing more is lost. */
static err damaged(struct cx *cx, struct db *d)
{
	d->damaged = true;
	return cx_fail(cx, FAILED, NULL, "%s: the database file is damaged. Before anything else stop the server and copy the whole folder of the site to another disk. "
	    "`broadside check` names what is wrong. Then put the file of the latest backup in its place, or save what can still be read with the sqlite3 tool: "
	    "broadside(1) tells how, under A DAMAGED DATABASE", own(d)->path);
}

/* Sets the fault for rc; `what` (a query's name) goes to the log alone, and no text of SQLite's, which may quote values. */
err sqlite_fault(struct cx *cx, struct db *d, int rc, const char *what)
{
	int kind = rc & 0xff;
	MUST(kind != SQLITE_NOMEM && kind != SQLITE_MISUSE);
	if (kind == SQLITE_CONSTRAINT) return constraint(cx, rc);
	log_error(cx, "database: %s: %s (%d)", what, sqlite3_errstr(rc), rc);
	switch (kind) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_INTERRUPT:
	case SQLITE_PROTOCOL: return cx_fail(cx, BUSY, NULL, "the database is busy: try again shortly");
	case SQLITE_FULL: return cx_fail(cx, BUSY, NULL, "the disk is full");
	case SQLITE_READONLY: return cx_fail(cx, BUSY, NULL, "the database cannot be written to");
	case SQLITE_IOERR: return disk_fault(cx, d, rc);
	case SQLITE_TOOBIG: return cx_fail(cx, LIMIT, NULL, "is too large for the database");
	case SQLITE_CANTOPEN: return cx_fail(cx, FAILED, NULL, "the database file cannot be opened");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return damaged(cx, d);
	default: return cx_fail(cx, FAILED, NULL, "the database has failed");
	}
}

/* ---- opening ---- */

static int on_commit_to_log(void *arg, sqlite3 *c, const char *name, int pages)
{
	struct own *o = arg;
	(void)c;
	(void)name;
	o->log_pages = pages;
	return SQLITE_OK;
}

/* First column of the first row as a number; 0 when there is no row. */
static int ask_int(sqlite3 *c, const char *text, int *out)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(c, text, -1, &st, NULL);
	*out = 0;
	if (rc != SQLITE_OK) return rc;
	if (sqlite3_step(st) == SQLITE_ROW) *out = sqlite3_column_int(st, 0);
	return sqlite3_finalize(st);
}

/* Turns the write-ahead log on. Of two processes that do this at once on a new file SQLite lets one fail without
 * waiting, so it is asked again for as long as other locks are waited for. */
static int turn_log_on(sqlite3 *c)
{
	int rc = SQLITE_BUSY;
	for (int waited = 0; rc == SQLITE_BUSY && waited < BUSY_MS; waited += 10) {
		if (waited) sqlite3_sleep(10);
		sqlite3_stmt *st;
		rc = sqlite3_prepare_v2(c, "PRAGMA journal_mode = WAL", -1, &st, NULL);
		if (rc != SQLITE_OK) continue;
		bool on = sqlite3_step(st) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(st, 0), "wal") == 0;
		rc = sqlite3_finalize(st);
		if (rc == SQLITE_OK && !on) rc = SQLITE_CANTOPEN;
	}
	return rc;
}

static int set_up(struct db *d, bool migrating)
{
	sqlite3 *c = own(d)->c;
	sqlite3_extended_result_codes(c, 1);
	sqlite3_busy_timeout(c, BUSY_MS);
	sqlite3_limit(c, SQLITE_LIMIT_LENGTH, (int)LIMIT_DB_VALUE);
	sqlite3_db_config(c, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* The schema is ours, and its triggers keep the FTS5 index: this SQLite forbids that to a schema not trusted.
	 * What a stranger's file could do with the trust is little: no function of ours, no extension, no shadow table. */
	sqlite3_db_config(c, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(c, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	int rc = d->mode == DB_WRITE ? turn_log_on(c) : SQLITE_OK;
	if (rc != SQLITE_OK) return rc;
	/* A migration may rebuild a table that others refer to; it is checked as a whole at its end. */
	rc = sqlite3_exec(c, migrating ? "PRAGMA foreign_keys = OFF" : "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	if (rc != SQLITE_OK) return rc;
	rc = sqlite3_exec(c,
	    "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
	    "PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864",
	    NULL, NULL, NULL);
	if (rc == SQLITE_OK && d->mode == DB_READ) rc = sqlite3_exec(c, "PRAGMA query_only = ON", NULL, NULL, NULL);
	sqlite3_wal_hook(c, on_commit_to_log, own(d));
	return rc;
}

static int prepare_fixed(struct own *o)
{
	for (int i = 0; i < FIXED; i++) {
		int rc = sqlite3_prepare_v3(o->c, fixed_texts[i], -1, SQLITE_PREPARE_PERSISTENT, &o->fixed[i], NULL);
		if (rc != SQLITE_OK) return rc;
	}
	return SQLITE_OK;
}

static void sqlite_close(struct db *d)
{
	struct own *o = own(d);
	for (size_t i = 0; i < d->n_queries; i++) sqlite3_finalize(o->statements[i].st);
	for (int i = 0; i < FIXED; i++) sqlite3_finalize(o->fixed[i]);
	int rc = sqlite3_close(o->c);
	MUST(rc == SQLITE_OK);
}

/* Makes the file, readable by nobody else, when it is not there. */
static err make_file(struct cx *cx, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) return cx_fail(cx, FAILED, NULL, "%s cannot be made: %s", path, strerror(errno));
	close(fd);
	return OK;
}

/* SQLite counts its memory under one lock for all threads unless told not to, before anything else is asked of it. */
static void set_up_process(void) { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

static int connect_to(struct db *d, bool create)
{
	struct own *o = own(d);
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (d->mode == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
	int rc = sqlite3_open_v2(o->path, &o->c, flags, NULL);
	if (rc == SQLITE_OK) rc = set_up(d, create);
	return rc == SQLITE_OK ? prepare_fixed(o) : rc;
}

/* By a new connection in the old one's place: pages, rows in the making and what a checkpoint moved stand in buffers that SQLite frees with nothing
 * less, and freeing overwrites them. The statements are prepared again as they are asked. */
static void sqlite_forget(struct cx *cx, struct db *d)
{
	struct own *o = own(d), old = *o;
	o->c = NULL;
	memset(o->fixed, 0, sizeof o->fixed);
	int rc = connect_to(d, false);
	struct own *leaves = rc == SQLITE_OK ? &old : o;
	for (size_t i = 0; rc == SQLITE_OK && i < d->n_queries; i++) {
		sqlite3_finalize(o->statements[i].st);
		o->statements[i].st = NULL;
	}
	for (int i = 0; i < FIXED; i++) sqlite3_finalize(leaves->fixed[i]);
	(void)sqlite3_close(leaves->c);
	if (rc == SQLITE_OK) return;
	*o = old;
	log_warn(cx, "database: it could not be opened anew: %s (%d)", sqlite3_errstr(rc), rc);
}

static err sqlite_open(struct cx *cx, str address, bool create, struct db *d)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	MUST(sqlite3_threadsafe() != 0);
	pthread_once(&once, set_up_process);
	if (!str_starts(address, S("/"))) return cx_fail(cx, FAILED, NULL, "the database's path does not begin with /");
	if (str_find_char(address, '\0', 0) >= 0) return cx_fail(cx, FAILED, NULL, "the database's path holds a NUL");
	char *path = arena_bytes(d->arena, address.n + 1);
	memcpy(path, address.p, address.n);
	path[address.n] = 0;
	if (create) TRY(make_file(cx, path));
	struct own *o = arena_alloc(d->arena, sizeof *o);
	o->path = path;
	o->statements = arena_alloc(d->arena, (d->n_queries + 1) * sizeof *o->statements);
	o->restart_at = RESTART_PAGES;
	d->own = o;
	int rc = connect_to(d, create);
	if (rc == SQLITE_OK) return OK;
	int why = o->c ? sqlite3_system_errno(o->c) : 0;
	err e = sqlite_fault(cx, d, rc, "opening");
	sqlite_close(d);
	if ((rc & 0xff) != SQLITE_CANTOPEN) return e;
	return cx_fail(cx, e, NULL, "%s cannot be opened: %s", path, why ? strerror(why) : "it is no file of this kind");
}

/* ---- queries ---- */

static err bad_query(struct cx *cx, const struct sql_query *q, const char *why)
{
	return cx_fail(cx, FAILED, NULL, "query %s (%s): %s", q->name, q->where, why);
}

static err check_columns(struct cx *cx, const struct sql_query *q, sqlite3_stmt *st)
{
	if ((size_t)sqlite3_column_count(st) != q->n_cols) return bad_query(cx, q, "has not the columns it declares");
	for (size_t i = 0; i < q->n_cols; i++) {
		const char *name = sqlite3_column_name(st, (int)i);
		if (!name || strcmp(name, q->cols[i].name) != 0) return bad_query(cx, q, "a column has not the declared name");
	}
	return OK;
}

static err prepare_one(struct cx *cx, struct db *d, struct statement *s, const struct sql_query *q)
{
	const char *tail = "";
	int rc = sqlite3_prepare_v3(own(d)->c, q->text, -1, SQLITE_PREPARE_PERSISTENT, &s->st, &tail);
	if (rc != SQLITE_OK && rc != SQLITE_ERROR) return sqlite_fault(cx, d, rc, q->name);
	if (!s->st) return bad_query(cx, q, rc == SQLITE_OK ? "is empty" : sqlite3_errmsg(own(d)->c));
	if (*tail) return bad_query(cx, q, "holds more than one statement");
	if (!!sqlite3_stmt_readonly(s->st) == q->write)
		return bad_query(cx, q, q->write ? "is declared a write but only reads" : "is declared a read but writes");
	if ((size_t)sqlite3_bind_parameter_count(s->st) != q->n_params)
		return bad_query(cx, q, "has not the parameters it declares");
	if (!s->params) s->params = arena_alloc(d->arena, (q->n_params + 1) * sizeof *s->params); /* else it was prepared on a connection before */
	for (size_t i = 0; i < q->n_params; i++) {
		s->params[i] = sqlite3_bind_parameter_index(s->st, str_c(cx, str_fmt(cx, "$%zu", i + 1)));
		if (s->params[i] == 0) return bad_query(cx, q, "has not the parameters it declares");
	}
	return check_columns(cx, q, s->st);
}

static err sqlite_prepare(struct cx *cx, struct db *d, size_t number, const struct sql_query *q)
{
	struct statement *s = &own(d)->statements[number];
	err e = prepare_one(cx, d, s, q);
	if (e == OK) return OK;
	sqlite3_finalize(s->st);
	s->st = NULL;
	return e;
}

static err bind_one(struct cx *cx, struct db *d, sqlite3_stmt *st, int at, enum sql_type type, union sql_value v)
{
	int rc = SQLITE_OK;
	switch (type) {
	case SQL_INT: rc = sqlite3_bind_int64(st, at, v.i); break;
	case SQL_REAL: rc = sqlite3_bind_double(st, at, v.r); break;
	case SQL_TEXT_OR_NULL:
		if (!v.s.p) return OK; /* nothing bound is NULL */
		__attribute__((fallthrough));
	case SQL_TEXT:
		if (v.s.n && (!utf8_valid(v.s) || str_find_char(v.s, '\0', 0) >= 0))
			return cx_fail(cx, INVALID, NULL, "holds bytes that are not text");
		rc = sqlite3_bind_text64(st, at, v.s.p ? v.s.p : "", v.s.n, SQLITE_STATIC, SQLITE_UTF8);
		break;
	case SQL_BLOB_OR_NULL:
		if (!v.s.p) return OK;
		__attribute__((fallthrough));
	case SQL_BLOB: rc = sqlite3_bind_blob64(st, at, v.s.p ? v.s.p : "", v.s.n, SQLITE_STATIC); break;
	}
	return rc == SQLITE_OK ? OK : sqlite_fault(cx, d, rc, "binding");
}

/* Bytes of column i, copied; p is NULL only for NULL. */
static str read_bytes(struct cx *cx, sqlite3_stmt *st, int i)
{
	const void *p = sqlite3_column_blob(st, i); /* first: it may convert, which changes the length */
	size_t n = (size_t)sqlite3_column_bytes(st, i);
	if (n == 0) return S("");
	return str_copy(cx, (str){ p, n });
}

/* Stores column i in the row; false when the value is not of the declared type. */
static bool read_one(struct cx *cx, sqlite3_stmt *st, int i, enum sql_type type, void *at)
{
	int stored = sqlite3_column_type(st, i);
	if (stored == SQLITE_NULL) return true; /* the row is zeroed */
	switch (type) {
	case SQL_INT: *(int64_t *)at = sqlite3_column_int64(st, i); return stored == SQLITE_INTEGER;
	case SQL_REAL: *(double *)at = sqlite3_column_double(st, i); return stored == SQLITE_FLOAT || stored == SQLITE_INTEGER;
	case SQL_TEXT: *(str *)at = read_bytes(cx, st, i); return stored == SQLITE_TEXT && utf8_valid(*(str *)at);
	case SQL_BLOB: *(str *)at = read_bytes(cx, st, i); return stored == SQLITE_BLOB;
	case SQL_TEXT_OR_NULL:
	case SQL_BLOB_OR_NULL: break; /* columns are never declared so */
	}
	return false;
}

static err read_row(struct cx *cx, const struct sql_query *q, sqlite3_stmt *st, struct sql_result *out, size_t *room)
{
	if (out->n == *room) {
		*room = *room ? *room * 2 : q->card == SQL_MANY ? 32 : 1;
		char *more = cx_alloc_array(cx, *room, q->row_size);
		if (out->n) memcpy(more, out->rows, out->n * q->row_size);
		out->rows = more;
	}
	char *row = (char *)out->rows + out->n * q->row_size;
	for (size_t i = 0; i < q->n_cols; i++) {
		if (read_one(cx, st, (int)i, q->cols[i].type, row + q->cols[i].offset)) continue;
		log_error(cx, "database: %s: column %s holds another type than declared", q->name, q->cols[i].name);
		return cx_fail(cx, FAILED, NULL, "the database holds a value of another kind than it should");
	}
	out->n++;
	return OK;
}

static err step_all(struct cx *cx, struct db *d, const struct sql_query *q, sqlite3_stmt *st, struct sql_result *out)
{
	size_t room = 0;
	for (;;) {
		int rc = sqlite3_step(st);
		if (rc == SQLITE_DONE) return OK;
		if (rc != SQLITE_ROW) return sqlite_fault(cx, d, rc, q->name);
		if (out->n == 1 && q->card != SQL_MANY) {
			log_error(cx, "database: %s: more than one row", q->name);
			return cx_fail(cx, FAILED, NULL, "the database holds more than one where there should be one");
		}
		TRY(read_row(cx, q, st, out, &room));
	}
}

static err sqlite_run(struct cx *cx, struct db *d, size_t number, const struct sql_query *q, const union sql_value *values,
    struct sql_result *out)
{
	struct statement *s = &own(d)->statements[number];
	err e = s->st ? OK : sqlite_prepare(cx, d, number, q);
	if (e != OK) return e;
	for (size_t i = 0; i < q->n_params && e == OK; i++)
		e = bind_one(cx, d, s->st, s->params[i], q->params[i], values[i]);
	if (e == OK) e = step_all(cx, d, q, s->st, out);
	if (e == OK && q->write) out->changed = sqlite3_changes64(own(d)->c);
	sqlite3_reset(s->st); /* its fault, if any, was step's */
	sqlite3_clear_bindings(s->st);
	if (e != OK) *out = (struct sql_result){ 0 };
	return e;
}

/* ---- transactions ---- */

static int run_fixed(struct db *d, enum fixed what)
{
	sqlite3_stmt *st = own(d)->fixed[what];
	(void)sqlite3_step(st);
	return sqlite3_reset(st);
}

static err fixed_or_fault(struct cx *cx, struct db *d, enum fixed what)
{
	int rc = run_fixed(d, what);
	return rc == SQLITE_OK ? OK : sqlite_fault(cx, d, rc, fixed_texts[what]);
}

static bool sqlite_alive(struct db *d) { return !sqlite3_get_autocommit(own(d)->c); }

static void sqlite_rollback(struct db *d)
{
	if (sqlite_alive(d)) (void)run_fixed(d, ROLLBACK);
	MUST(!sqlite_alive(d));
}

static err sqlite_begin(struct cx *cx, struct db *d) { return fixed_or_fault(cx, d, BEGIN_WRITE); }
static err sqlite_begin_read(struct cx *cx, struct db *d) { return fixed_or_fault(cx, d, BEGIN_READ); }
static err sqlite_save(struct cx *cx, struct db *d) { return fixed_or_fault(cx, d, SAVE); }
static err sqlite_release(struct cx *cx, struct db *d) { return fixed_or_fault(cx, d, RELEASE); }

static err sqlite_commit(struct cx *cx, struct db *d)
{
	if (!sqlite_alive(d)) return cx_fail(cx, BUSY, NULL, "the database gave up what was being written");
	err e = fixed_or_fault(cx, d, COMMIT);
	if (e != OK) sqlite_rollback(d);
	return e;
}

static void sqlite_undo(struct db *d)
{
	if (!sqlite_alive(d)) return;
	(void)run_fixed(d, UNDO);
	(void)run_fixed(d, RELEASE);
}

/* A cache that holds the inner pages of all indexes, so that a transaction of many rows need not spill into the log and read back. */
static void sqlite_expect_bulk(struct db *d) { sqlite3_exec(own(d)->c, "PRAGMA cache_size = -65536", NULL, NULL, NULL); }

static void sqlite_tend(struct db *d)
{
	struct own *o = own(d);
	int pages = o->log_pages;
	if (pages < CHECKPOINT_PAGES || d->broken) return;
	o->log_pages = 0; /* until the next commit says how many there are */
	int rc;
	if (pages < o->restart_at) {
		rc = sqlite3_wal_checkpoint_v2(o->c, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	} else {
		sqlite3_busy_timeout(o->c, RESTART_MS);
		rc = sqlite3_wal_checkpoint_v2(o->c, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
		sqlite3_busy_timeout(o->c, BUSY_MS);
		o->restart_at = rc == SQLITE_BUSY ? pages + RESTART_PAGES : RESTART_PAGES;
	}
	if (rc == SQLITE_OK || rc == SQLITE_BUSY) return;
	d->broken = disk_lies(rc);
	log_error(NULL, "database: checkpoint: %s (%d)", sqlite3_errstr(rc), rc);
}

/* What is in the log by now goes into the file first, while others write: then emptying the log, which keeps writers out, has little left to copy. */
static err sqlite_clean(struct cx *cx, struct db *d, const char *const *tables)
{
	struct own *o = own(d);
	(void)tables;
	int rc = sqlite3_wal_checkpoint_v2(o->c, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(o->c, RESTART_MS);
		rc = sqlite3_wal_checkpoint_v2(o->c, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		sqlite3_busy_timeout(o->c, BUSY_MS);
	}
	if (rc == SQLITE_OK) return o->log_pages = 0, OK;
	if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) return cx_fail(cx, BUSY, NULL, "somebody still reads what the database was before");
	return sqlite_fault(cx, d, rc, "emptying the log");
}

/* ---- schema ---- */

static err sqlite_version(struct cx *cx, struct db *d, int *out)
{
	sqlite3 *c = own(d)->c;
	int tables = 0, versions = 0;
	*out = 0;
	int rc = ask_int(c, "SELECT count(*) FROM sqlite_schema", &tables);
	if (rc == SQLITE_OK) rc = ask_int(c, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'", &versions);
	if (rc == SQLITE_OK && versions) rc = ask_int(c, "SELECT max(version) FROM schema_version", out);
	if (rc != SQLITE_OK) return sqlite_fault(cx, d, rc, "schema version");
	if (tables && !versions) return cx_fail(cx, FAILED, NULL, "the database file belongs to another program");
	return OK;
}

/* A migration shares its transaction with its record, so it may not end it. */
static int no_transactions(void *arg, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)arg, (void)a, (void)b, (void)c, (void)d;
	return action == SQLITE_TRANSACTION || action == SQLITE_ATTACH ? SQLITE_DENY : SQLITE_OK;
}

static err sqlite_migrate(struct cx *cx, struct db *d, const struct sql_migration *m)
{
	sqlite3 *c = own(d)->c;
	int faults = 0;
	int rc = sqlite3_exec(c,
	    "CREATE TABLE IF NOT EXISTS schema_version "
	    "(version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied INTEGER NOT NULL) STRICT",
	    NULL, NULL, NULL);
	sqlite3_set_authorizer(c, no_transactions, NULL);
	if (rc == SQLITE_OK) rc = sqlite3_exec(c, m->text, NULL, NULL, NULL);
	sqlite3_set_authorizer(c, NULL, NULL);
	if (rc == SQLITE_AUTH)
		return cx_fail(cx, FAILED, NULL, "migration %d (%s) may not end its transaction or attach", m->version, m->name);
	if (rc == SQLITE_OK) rc = ask_int(c, "SELECT count(*) FROM pragma_foreign_key_check", &faults);
	if (rc == SQLITE_OK && faults)
		return cx_fail(cx, FAILED, NULL, "migration %d (%s) leaves rows that refer to nothing", m->version, m->name);
	sqlite3_stmt *st = NULL;
	if (rc == SQLITE_OK) rc = sqlite3_prepare_v2(c, "INSERT INTO schema_version VALUES ($1, $2, $3)", -1, &st, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_int(st, 1, m->version);
		sqlite3_bind_text(st, 2, m->name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 3, cx_now(cx));
		(void)sqlite3_step(st);
		rc = sqlite3_finalize(st);
	}
	if (rc == SQLITE_OK) return OK;
	if ((rc & 0xff) == SQLITE_ERROR || (rc & 0xff) == SQLITE_CONSTRAINT)
		return cx_fail(cx, FAILED, NULL, "migration %d (%s): %s", m->version, m->name, sqlite3_errmsg(c));
	return sqlite_fault(cx, d, rc, m->name);
}

/* ---- checking ---- */

static str column_str(sqlite3_stmt *st, int i) { return str_of((const char *)sqlite3_column_text(st, i)); }

static err verify_file(struct cx *cx, struct db *d, void (*report)(void *, str), void *arg, int *faults)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(own(d)->c, "PRAGMA integrity_check(" VERIFY_REPORTS ")", -1, &st, NULL);
	if (rc != SQLITE_OK) return sqlite_fault(cx, d, rc, "integrity check");
	while (sqlite3_step(st) == SQLITE_ROW) {
		if (str_eq(column_str(st, 0), S("ok"))) continue;
		++*faults;
		report(arg, column_str(st, 0));
	}
	rc = sqlite3_finalize(st);
	return rc == SQLITE_OK ? OK : sqlite_fault(cx, d, rc, "integrity check");
}

static err verify_references(struct cx *cx, struct db *d, void (*report)(void *, str), void *arg, int *faults)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(own(d)->c,
	    "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT " VERIFY_REPORTS, -1, &st, NULL);
	if (rc != SQLITE_OK) return sqlite_fault(cx, d, rc, "foreign key check");
	while (sqlite3_step(st) == SQLITE_ROW) {
		++*faults;
		report(arg, str_fmt(cx, "table " STR_FMT ", row %lld refers to a row of " STR_FMT " that is not there",
		    STR_ARG(column_str(st, 0)), (long long)sqlite3_column_int64(st, 1), STR_ARG(column_str(st, 2))));
	}
	rc = sqlite3_finalize(st);
	return rc == SQLITE_OK ? OK : sqlite_fault(cx, d, rc, "foreign key check");
}

static err sqlite_verify(struct cx *cx, struct db *d, void (*report)(void *, str), void *arg)
{
	int faults = 0;
	TRY(verify_file(cx, d, report, arg, &faults));
	if (faults) return damaged(cx, d);
	TRY(verify_references(cx, d, report, arg, &faults));
	if (faults) return cx_fail(cx, FAILED, NULL, "the database has %d faults", faults);
	return OK;
}

const struct db_engine db_sqlite = {
	.scheme = "sqlite:",
	.open = sqlite_open,
	.close = sqlite_close,
	.prepare = sqlite_prepare,
	.run = sqlite_run,
	.begin = sqlite_begin,
	.begin_read = sqlite_begin_read,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.save = sqlite_save,
	.release = sqlite_release,
	.undo = sqlite_undo,
	.alive = sqlite_alive,
	.tend = sqlite_tend,
	.forget = sqlite_forget,
	.clean = sqlite_clean,
	.expect_bulk = sqlite_expect_bulk,
	.version = sqlite_version,
	.migrate = sqlite_migrate,
	.verify = sqlite_verify,
	.copy = sqlite_copy,
	.hold = sqlite_hold,
	.keep = sqlite_keep,
	.rewrite = sqlite_rewrite,
};
