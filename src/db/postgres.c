/* PostgreSQL: the engine of a site that outgrows one machine. Parameters and results travel in binary. A process prepares every query on its first
 * connection, which is how a bad one is found; on the others each is prepared in the round trip in which it is first asked. A transaction begins with
 * its first query, likewise: a page that asks nothing costs nothing. A write that answers nothing is not waited for before something is asked.
 * Writers of all processes take turns by a lock, so that each is alone, as on SQLite: nothing has to be run again, and no comment waits behind a crowd
 * that only gets in each other's way. It is taken by LOCK TABLE, the one command that takes a lock before the transaction sees anything, in a mode that
 * keeps away nobody else, on a table that changes with the schema alone, so that no vacuum asks for it. */
#include <libpq-fe.h>

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "base/utf8.h"
#include "db/engine.h"
#include "db/postgres_link.h"
#include "db/postgres_values.h"
#include "base/banned.h"

#define MIGRATION_LOCK "5003251186043829" /* any number that is ours alone */
#define FORGET_KEYS_EVERY (10 * MINUTE)
#define REWRITTEN_MOST (8 * MIB) /* of a table with its indexes, that is written anew while everybody waits */

enum oid { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_VARCHAR = 1043 };

/* What is to be sent before the next query. */
enum begun { NOTHING, BEGIN_WRITE, BEGIN_READ, BEGUN };

/* The engine's own statements, prepared when a connection is first used. */
enum statement { TO_WRITE, TO_READ, TURN, KEY, COMMIT, ROLLBACK, STATEMENTS };
static const struct {
	const char *name, *text;
	bool writes;
} statements[STATEMENTS] = {
	[TO_WRITE] = { "WRITE", "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE", true },
	[TO_READ] = { "READ", "BEGIN", false },
	[TURN] = { "TURN", "LOCK TABLE schema_version IN SHARE UPDATE EXCLUSIVE MODE", true },
	[KEY] = { "KEY", "INSERT INTO write_key (key, at) VALUES ($1, extract(epoch FROM now())::bigint / 60 * 60)", true },
	[COMMIT] = { "COMMIT", "COMMIT", true },
	[ROLLBACK] = { "ROLLBACK", "ROLLBACK", false },
};

/* A command that was sent and whose answer was not read yet. */
struct sent {
	enum { SENT_PREPARE, SENT_STATEMENT, SENT_QUERY } kind;
	size_t number; /* of the query or statement */
};
#define SENT_MOST 64
#define SENT_BYTES_MOST (256 * KIB)

struct own {
	struct pg_link link;
	bool migrating;
	bool greeted;          /* the session has the engine's own statements */
	bool *ready;           /* by query: the session has it prepared */
	enum begun state;
	bool failed;           /* the transaction is only to be rolled back */
	struct sent sent[SENT_MOST];
	size_t sent_n, sent_bytes;
	int64_t keys_forgotten; /* monotonic */
	struct arena *scratch; /* what goes out with one query */
};

static struct own *own(struct db *d) { return d->own; }

/* ---- from SQLSTATE to ours ---- */

static bool is_class(const char *state, const char *class) { return strncmp(state, class, strlen(class)) == 0; }

static err constraint(struct cx *cx, const char *state)
{
	if (strcmp(state, "23505") == 0) return cx_fail(cx, CONFLICT, NULL, "it is already there");
	if (strcmp(state, "23503") == 0) return cx_fail(cx, CONFLICT, NULL, "what it refers to is not there, or it is still referred to");
	return cx_fail(cx, CONFLICT, NULL, "the database's rules do not allow it");
}

static err away(struct cx *cx, struct db *d)
{
	if (own(d)->state == BEGUN) d->ran.lost = true;
	own(d)->failed = own(d)->state == BEGUN;
	return cx_fail(cx, BUSY, NULL, "the database cannot be reached: try again shortly");
}

/* Sets the fault for an answer; `what` (a query's name) goes to the log with the SQLSTATE, never the server's message, which may quote values. */
static err fault(struct cx *cx, struct db *d, const PGresult *r, const char *what)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (!state) state = "?";
	own(d)->failed = own(d)->state == BEGUN;
	if (is_class(state, "23")) return constraint(cx, state);
	if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0) {
		d->ran.again = true;
		return cx_fail(cx, BUSY, NULL, "others were writing the same: try again shortly");
	}
	log_error(cx, "database: %s: SQLSTATE %s", what, state);
	if (is_class(state, "40") || is_class(state, "55P03") || is_class(state, "57014")) return cx_fail(cx, BUSY, NULL, "the database is busy: try again shortly");
	if (is_class(state, "57") || is_class(state, "08")) return cx_fail(cx, BUSY, NULL, "the database cannot be reached: try again shortly");
	if (is_class(state, "53100")) return cx_fail(cx, BUSY, NULL, "the disk is full");
	if (is_class(state, "53")) return cx_fail(cx, BUSY, NULL, "the database has no room for it just now");
	if (is_class(state, "25006")) { /* what was the primary follows another now: the next attempt looks for it */
		pg_link_close(&own(d)->link);
		return away(cx, d);
	}
	if (is_class(state, "54")) return cx_fail(cx, LIMIT, NULL, "is too large for the database");
	return cx_fail(cx, FAILED, NULL, "the database has failed");
}

/* ---- opening, and opening again ---- */

static err bad_query(struct cx *cx, const struct sql_query *q, const char *why)
{
	return cx_fail(cx, FAILED, NULL, "query %s (%s): %s", q->name, q->where, why);
}

static const char *text_of(const struct sql_query *q) { return q->text_pg ? q->text_pg : q->text; }

static unsigned oid_of(enum sql_type type)
{
	switch (type) {
	case SQL_INT: return OID_INT8;
	case SQL_REAL: return OID_FLOAT8;
	case SQL_TEXT:
	case SQL_TEXT_OR_NULL: return OID_TEXT;
	case SQL_BLOB:
	case SQL_BLOB_OR_NULL: break;
	}
	return OID_BYTEA;
}

static bool fits(enum sql_type type, unsigned oid)
{
	switch (type) {
	case SQL_INT: return oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2 || oid == OID_BOOL;
	case SQL_REAL: return oid == OID_FLOAT8 || oid == OID_FLOAT4;
	case SQL_TEXT: return oid == OID_TEXT || oid == OID_VARCHAR;
	case SQL_BLOB: return oid == OID_BYTEA;
	case SQL_TEXT_OR_NULL:
	case SQL_BLOB_OR_NULL: break; /* columns are never declared so */
	}
	return false;
}

static void name_of(size_t number, char out[24]) { snprintf(out, 24, "q%zu", number); }

static bool asked_for(const struct db *d, const struct sql_query *q) { return !q->write || d->mode != DB_READ; }

/* A read begins as one; that it writes nothing by a WITH the session's own refusal sees to. */
static bool kind_fits(const struct sql_query *q)
{
	str text = str_trim(str_of(text_of(q))), word = str_sub(text, 0, 6);
	bool selects = str_eq_ascii_ci(word, S("SELECT")) || str_eq_ascii_ci(word, S("VALUES"));
	return q->write ? !selects : selects || str_eq_ascii_ci(str_sub(word, 0, 4), S("WITH"));
}

static bool send_prepare(struct db *d, size_t number, const struct sql_query *q)
{
	unsigned types[64];
	char name[24];
	name_of(number, name);
	for (size_t i = 0; i < q->n_params; i++) types[i] = oid_of(q->params[i]);
	return PQsendPrepare(own(d)->link.c, name, text_of(q), (int)q->n_params, types) == 1;
}

static bool send_prepare_described(struct db *d, size_t number, const struct sql_query *q)
{
	char name[24];
	name_of(number, name);
	return send_prepare(d, number, q) && PQsendDescribePrepared(own(d)->link.c, name);
}

static err check_described(struct cx *cx, const struct sql_query *q, const PGresult *r)
{
	if ((size_t)PQnparams(r) != q->n_params) return bad_query(cx, q, "has not the parameters it declares");
	if ((size_t)PQnfields(r) != q->n_cols) return bad_query(cx, q, "has not the columns it declares");
	for (size_t i = 0; i < q->n_cols; i++) {
		if (strcmp(PQfname(r, (int)i), q->cols[i].name) != 0) return bad_query(cx, q, "a column has not the declared name");
		if (!fits(q->cols[i].type, PQftype(r, (int)i))) return bad_query(cx, q, "a column has not the declared type");
	}
	return OK;
}

/* The two answers to one query's preparation. */
static err prepared(struct cx *cx, struct db *d, const struct sql_query *q)
{
	for (int i = 0; i < 2; i++) {
		PGresult *r = pg_link_next(&own(d)->link);
		if (!r) return away(cx, d);
		err e = OK;
		if (PQresultStatus(r) != PGRES_COMMAND_OK) {
			const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY); /* about our own text: it can quote nothing else */
			e = bad_query(cx, q, said ? said : "cannot be prepared");
		} else if (i == 1) {
			e = check_described(cx, q, r);
		}
		PQclear(r);
		TRY(e);
	}
	return OK;
}

static err postgres_prepare_all(struct cx *cx, struct db *d)
{
	struct pg_link *l = &own(d)->link;
	bool sent = pg_link_pipeline(l);
	for (size_t i = 0; sent && i < d->n_queries; i++) {
		const struct sql_query *q = &d->queries[i];
		if (!asked_for(d, q)) continue;
		MUST(q->n_params <= 64);
		if (!str_trim(str_of(text_of(q))).n) return pg_link_close(l), bad_query(cx, q, "is empty");
		if (!kind_fits(q))
			return pg_link_close(l), bad_query(cx, q, q->write ? "is declared a write but only reads" : "is declared a read but writes");
		sent = send_prepare_described(d, i, q);
	}
	if (!sent || !pg_link_sync(l)) return pg_link_close(l), away(cx, d);
	err e = OK;
	for (size_t i = 0; i < d->n_queries && e == OK; i++) {
		if (!asked_for(d, &d->queries[i])) continue;
		e = prepared(cx, d, &d->queries[i]);
		own(d)->ready[i] = e == OK;
	}
	if (e != OK) return pg_link_close(l), e;
	PGresult *end = pg_link_next(l);
	PQclear(end);
	return end ? OK : away(cx, d);
}

static size_t queries_most(void)
{
	size_t copying = db_catalogue.n_tables * SQL_COPYINGS;
	return copying > db_catalogue.n_queries ? copying : db_catalogue.n_queries;
}

/* Prepares the engine's own statements. */
static err greet(struct cx *cx, struct db *d)
{
	struct own *o = own(d);
	const unsigned type = OID_BYTEA;
	bool sent = pg_link_pipeline(&o->link), fine = true;
	size_t n = 0;
	for (size_t i = 0; sent && i < STATEMENTS; i++) {
		if (statements[i].writes && d->mode == DB_READ) continue;
		sent = PQsendPrepare(o->link.c, statements[i].name, statements[i].text, i == KEY, &type) == 1;
		n++;
	}
	if (!sent || !pg_link_sync(&o->link)) return pg_link_close(&o->link), away(cx, d);
	for (size_t i = 0; i <= n; i++) {
		PGresult *r = pg_link_next(&o->link);
		if (!r) return away(cx, d);
		fine &= PQresultStatus(r) == (i < n ? PGRES_COMMAND_OK : PGRES_PIPELINE_SYNC);
		PQclear(r);
	}
	if (!fine) return pg_link_close(&o->link), cx_fail(cx, FAILED, NULL, "the database has not the tables that it is written with: it must be migrated first");
	o->greeted = true;
	return OK;
}

/* A connection that stands, and has what transactions need. */
static err up(struct cx *cx, struct db *d)
{
	bool fresh;
	struct own *o = own(d);
	TRY(pg_link_up(cx, &o->link, &fresh));
	if (fresh) {
		o->greeted = false;
		o->sent_n = o->sent_bytes = 0;
		memset(o->ready, 0, queries_most() * sizeof *o->ready);
	}
	return d->opened && !o->greeted ? greet(cx, d) : OK;
}

static err postgres_open(struct cx *cx, str address, bool create, struct db *d)
{
	struct own *o = d->own = arena_alloc(d->arena, sizeof *o);
	bool fresh;
	o->migrating = create;
	o->ready = arena_alloc(d->arena, queries_most() * sizeof *o->ready);
	o->scratch = arena_new();
	o->link.reads = d->mode == DB_READ;
	o->link.patient = create;
	err e = pg_link_parse(cx, d->arena, address, &o->link);
	if (e == OK) e = pg_link_up(cx, &o->link, &fresh);
	if (e != OK) arena_free(o->scratch);
	return e;
}

static void postgres_close(struct db *d)
{
	pg_link_close(&own(d)->link);
	arena_free(own(d)->scratch);
}

static err postgres_take_time(struct cx *cx, struct db *d)
{
	own(d)->link.patient = true;
	TRY(up(cx, d));
	PGresult *r = pg_link_simple(&own(d)->link, "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0");
	if (!r) return away(cx, d);
	PQclear(r);
	return OK;
}

/* One command by itself: a vacuum may stand in no transaction, and so in no row of commands. NULL where the connection is lost. */
static err clean_by(struct cx *cx, struct db *d, const char *text, bool may_fail)
{
	PGresult *r = own(d)->link.c ? pg_link_simple(&own(d)->link, text) : NULL;
	if (!r) return away(cx, d);
	bool fine = PQresultStatus(r) == PGRES_COMMAND_OK;
	err e = fine ? OK : may_fail ? cx_fail(cx, BUSY, NULL, "the database is busy: try again shortly") : fault(cx, d, r, "vacuum");
	PQclear(r);
	return e;
}

static err ask(struct cx *cx, struct db *d, const char *text, int64_t *out, int n);

/* A vacuum frees the room of dead rows and leaves their bytes in it. A small table is therefore written anew, which keeps everybody out of it for some tens of
 * milliseconds; but not behind a long reader, whom all who come after would then wait for. */
static err clean_table(struct cx *cx, struct db *d, const char *table)
{
	int64_t bytes;
	TRY(ask(cx, d, str_c(cx, str_fmt(cx, "SELECT pg_total_relation_size('%s')", table)), &bytes, 1));
	if (bytes <= REWRITTEN_MOST) {
		TRY(clean_by(cx, d, "SET lock_timeout = '100ms'", false));
		err e = clean_by(cx, d, str_c(cx, str_fmt(cx, "VACUUM FULL %s", table)), true);
		TRY(clean_by(cx, d, "SET lock_timeout = '5s'", false));
		if (e == OK) return OK;
		cx->fault = (struct fault){ 0 };
	}
	return clean_by(cx, d, str_c(cx, str_fmt(cx, "VACUUM %s", table)), false);
}

static err postgres_clean(struct cx *cx, struct db *d, const char *const *tables)
{
	struct own *o = own(d);
	bool was_patient = o->link.patient;
	TRY(up(cx, d));
	err e = clean_by(cx, d, "SET vacuum_cost_delay = '2ms'", false);
	if (e == OK) e = clean_by(cx, d, "SET statement_timeout = 0", false);
	o->link.patient = true;
	for (size_t i = 0; e == OK && tables[i]; i++) e = clean_table(cx, d, tables[i]);
	o->link.patient = was_patient;
	pg_link_close(&o->link); /* the next session has its own settings again */
	return e;
}

/* ---- running ---- */

static void expect(struct own *o, int kind, size_t number) { o->sent[o->sent_n++] = (struct sent){ kind, number }; }

/* A statement of the engine's own. The connection that migrates has them not prepared: their tables may be yet to come. */
static bool send_statement(struct db *d, enum statement which)
{
	struct own *o = own(d);
	const int length = (int)d->key.n, binary = 1;
	bool keyed = which == KEY;
	if (o->migrating) return PQsendQueryParams(o->link.c, statements[which].text, 0, NULL, NULL, NULL, NULL, 1) == 1;
	return PQsendQueryPrepared(o->link.c, statements[which].name, keyed, keyed ? &d->key.p : NULL, &length, &binary, 1) == 1;
}

/* What opens the transaction, in the pipeline of its first query: BEGIN, and for a write its turn and its key. */
static bool send_begin(struct db *d)
{
	struct own *o = own(d);
	static const enum statement read[] = { TO_READ }, write[] = { TO_WRITE, TURN, KEY };
	const enum statement *first = o->state == BEGIN_READ ? read : write;
	size_t n = o->state == BEGIN_READ ? 1 : o->state == BEGIN_WRITE ? 2 + (d->key.n > 0) : 0;
	if (n) o->state = BEGUN;
	for (size_t i = 0; i < n; i++) {
		if (!send_statement(d, first[i])) return false;
		expect(o, SENT_STATEMENT, first[i]);
	}
	return true;
}

static bool send_query(struct db *d, size_t number, const struct sql_query *q, const struct pg_bound *b)
{
	struct own *o = own(d);
	char name[24];
	name_of(number, name);
	if (!o->ready[number]) {
		if (!send_prepare(d, number, q)) return false;
		expect(o, SENT_PREPARE, number);
		o->ready[number] = true; /* until the answer says otherwise */
	}
	size_t before = o->sent_bytes;
	for (size_t i = 0; i < q->n_params; i++) o->sent_bytes += (size_t)b->lengths[i];
	pg_link_passed(&o->link, o->sent_bytes - before);
	return PQsendQueryPrepared(o->link.c, name, (int)q->n_params, b->values, b->lengths, b->formats, 1) == 1;
}

static bool is_fine(const PGresult *r) { return PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK; }

/* One answer that was owed. A key that is there already says that what it stands for was committed. */
static err take_one(struct cx *cx, struct db *d, struct sent s, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	bool key = s.kind == SENT_STATEMENT && s.number == KEY;
	if (key) d->ran.marked = is_fine(r);
	if (key && state && strcmp(state, "23505") == 0) d->ran.known = true;
	if (!is_fine(r)) return fault(cx, d, r, s.kind == SENT_STATEMENT ? statements[s.number].name : d->queries[s.number].name);
	return OK;
}

/* Reads all answers that are owed; last (may be NULL) is that of one command more, for the caller to judge and to clear, and NULL on failure. */
static err settle(struct cx *cx, struct db *d, PGresult **last)
{
	struct own *o = own(d);
	size_t n = o->sent_n;
	err e = OK;
	o->sent_n = o->sent_bytes = 0;
	if (last) *last = NULL;
	if (!pg_link_sync(&o->link)) return away(cx, d);
	for (size_t i = 0; i < n; i++) {
		PGresult *r = pg_link_next(&o->link);
		if (!r) return away(cx, d);
		if (o->sent[i].kind == SENT_PREPARE && !is_fine(r)) o->ready[o->sent[i].number] = false;
		if (e == OK) e = take_one(cx, d, o->sent[i], r); /* behind a fault nothing was run */
		PQclear(r);
	}
	PGresult *r = last ? pg_link_next(&o->link) : NULL, *end = r || !last ? pg_link_next(&o->link) : NULL;
	PQclear(end);
	if (end && e == OK && last) return *last = r, OK;
	PQclear(r);
	return end ? e : away(cx, d);
}

static err start(struct cx *cx, struct db *d)
{
	struct own *o = own(d);
	if (o->state == BEGUN) {
		if (o->failed || !o->link.c) return cx_fail(cx, BUSY, NULL, "the database gave up the transaction");
		return o->sent_n > SENT_MOST - 8 || o->sent_bytes > SENT_BYTES_MOST ? settle(cx, d, NULL) : OK;
	}
	TRY(up(cx, d));
	if (pg_link_pipeline(&o->link)) return OK;
	TRY(up(cx, d)); /* it was lost since it was last used, which costs nobody anything */
	return pg_link_pipeline(&o->link) ? OK : away(cx, d);
}

static err postgres_run(struct cx *cx, struct db *d, size_t number, const struct sql_query *q, const union sql_value *values,
    struct sql_result *out)
{
	struct own *o = own(d);
	struct pg_bound b;
	PGresult *r;
	arena_reset(o->scratch);
	for (size_t i = 0; i < q->n_params; i++) TRY(pg_bind(cx, own(d)->scratch, &b, i, q->params[i], values[i]));
	TRY(start(cx, d));
	if (!send_begin(d) || !send_query(d, number, q, &b)) return pg_link_close(&o->link), away(cx, d);
	if (q->write && q->card == SQL_NONE && o->state == BEGUN) return expect(o, SENT_QUERY, number), OK;
	TRY(settle(cx, d, &r));
	err e = is_fine(r) ? pg_read_rows(cx, q, r, out) : fault(cx, d, r, q->name);
	PQclear(r);
	if (e != OK) *out = (struct sql_result){ 0 };
	return e;
}

/* ---- transactions ---- */

static err postgres_begin(struct cx *cx, struct db *d)
{
	struct own *o = own(d);
	o->failed = false;
	o->state = BEGIN_WRITE;
	if (!o->migrating) return OK;
	o->state = NOTHING;
	TRY(up(cx, d));
	o->state = BEGUN;
	PGresult *r = pg_link_simple(&o->link, "BEGIN; SELECT pg_advisory_xact_lock(" MIGRATION_LOCK ")");
	if (!r) return o->state = NOTHING, away(cx, d);
	err e = PQresultStatus(r) == PGRES_TUPLES_OK ? OK : fault(cx, d, r, "migration lock");
	PQclear(r);
	return e;
}

static err postgres_begin_read(struct cx *cx, struct db *d)
{
	(void)cx;
	own(d)->failed = false;
	own(d)->state = BEGIN_READ;
	return OK;
}

/* The transaction's begin and key on their own, before anything else is done in it: whether an attempt before this one was committed
 * after all. Waits while that one is still under way. */
static err postgres_mark(struct cx *cx, struct db *d)
{
	TRY(start(cx, d));
	if (!send_begin(d)) return pg_link_close(&own(d)->link), away(cx, d);
	return settle(cx, d, NULL);
}

/* By a commit of its own, behind the one in question: where commits wait for a standby, so does this one. */
static err postgres_confirm(struct cx *cx, struct db *d)
{
	struct pg_link *l = &own(d)->link;
	const unsigned type = OID_BYTEA;
	const int length = (int)d->key.n, binary = 1;
	TRY(start(cx, d));
	if (!PQsendQueryParams(l->c, "UPDATE write_key SET at = at WHERE key = $1", 1, &type, &d->key.p, &length, &binary, 1)) pg_link_close(l);
	if (!l->c || !pg_link_sync(l)) return away(cx, d);
	l->hurried = true;
	PGresult *r = pg_link_next(l), *end = r ? pg_link_next(l) : NULL;
	l->hurried = false;
	bool there = PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdTuples(r), "1") == 0, safe = PQresultStatus(end) == PGRES_PIPELINE_SYNC;
	PQclear(r);
	PQclear(end);
	return there && safe ? OK : cx_fail(cx, BUSY, NULL, "the database gave up what was being written");
}

static bool postgres_alive(struct db *d) { return own(d)->state != BEGUN || (!own(d)->failed && own(d)->link.c); }

/* The answers of what was sent and not waited for are read all the same: which queries are prepared by now is to be known. */
static void let_go(struct db *d)
{
	struct own *o = own(d);
	if (o->link.c && o->sent_n) {
		struct cx *cx = cx_new();
		(void)!settle(cx, d, NULL);
		cx_end(cx);
	}
	if (!o->link.c || !pg_link_pipeline(&o->link) || !send_statement(d, ROLLBACK)) pg_link_close(&o->link);
	if (o->link.c && pg_link_sync(&o->link)) pg_link_forget(&o->link);
}

static void postgres_rollback(struct db *d)
{
	struct own *o = own(d);
	if (o->state == BEGUN) let_go(d);
	o->state = NOTHING;
	o->failed = false;
}

static err away_unless(struct cx *cx, struct db *d, bool sent)
{
	if (sent) return OK;
	pg_link_close(&own(d)->link);
	return away(cx, d);
}

static err postgres_commit(struct cx *cx, struct db *d)
{
	struct own *o = own(d);
	PGresult *r = NULL;
	if (o->state != BEGUN) return o->state = NOTHING, OK;
	if (!postgres_alive(d)) {
		postgres_rollback(d);
		return cx_fail(cx, BUSY, NULL, "the database gave up what was being written");
	}
	bool was_lost = d->ran.lost;
	o->link.hurried = d->key.n > 0;
	err e = away_unless(cx, d, pg_link_pipeline(&o->link) && send_statement(d, COMMIT));
	if (e == OK) e = settle(cx, d, &r);
	o->link.hurried = false;
	if (e == OK && !is_fine(r)) e = fault(cx, d, r, "COMMIT");
	if (e == OK && strcmp(PQcmdStatus(r), "COMMIT") != 0) e = cx_fail(cx, BUSY, NULL, "the database gave up what was being written");
	PQclear(r);
	if (e != OK && o->link.c) return postgres_rollback(d), e; /* it may not have come to the COMMIT */
	o->state = NOTHING;
	if (e != OK) {
		d->ran.lost = was_lost;
		d->ran.unknown = true; /* it may have been committed just before the connection broke */
	}
	return e;
}

/* Forgets the keys of writes whose outcome nobody can ask for any more. */
static void postgres_tend(struct db *d)
{
	struct own *o = own(d);
	int64_t now = clock_monotonic();
	if (o->migrating || o->state != NOTHING || !o->link.c || (o->keys_forgotten && now - o->keys_forgotten < FORGET_KEYS_EVERY)) return;
	o->keys_forgotten = now;
	if (!pg_link_pipeline(&o->link)) return;
	if (!PQsendQueryParams(o->link.c, "DELETE FROM write_key WHERE at < extract(epoch FROM now())::bigint - 3600", 0, NULL, NULL, NULL, NULL, 1))
		pg_link_close(&o->link);
	if (o->link.c && pg_link_sync(&o->link)) pg_link_forget(&o->link);
}

static void postgres_forget(struct cx *cx, struct db *d)
{
	if (own(d)->state == NOTHING) pg_link_overwrite(cx, &own(d)->link);
}

/* ---- schema ---- */

/* One row of numbers, told as text; -1 for NULL. */
static err ask(struct cx *cx, struct db *d, const char *text, int64_t *out, int n)
{
	if (own(d)->state != BEGUN) TRY(up(cx, d));
	PGresult *r = pg_link_simple(&own(d)->link, text);
	if (!r) return away(cx, d);
	err e = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1 && PQnfields(r) == n ? OK : fault(cx, d, r, "asking");
	for (int i = 0; e == OK && i < n; i++) {
		out[i] = -1;
		if (!PQgetisnull(r, 0, i)) (void)str_to_int(str_of(PQgetvalue(r, 0, i)), INT64_MIN, INT64_MAX, &out[i]);
	}
	PQclear(r);
	return e;
}

static err postgres_version(struct cx *cx, struct db *d, int *out)
{
	int64_t tables[2], version;
	*out = 0;
	TRY(ask(cx, d,
	    "SELECT count(*), count(*) FILTER (WHERE relname = 'schema_version') FROM pg_class"
	    " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')",
	    tables, 2));
	if (tables[0] && !tables[1]) return cx_fail(cx, FAILED, NULL, "the database belongs to another program");
	if (!tables[1]) return OK;
	TRY(ask(cx, d, "SELECT coalesce(max(version), 0) FROM schema_version", &version, 1));
	*out = (int)version;
	return OK;
}

static err run_text(struct cx *cx, struct db *d, const struct sql_migration *m, const char *text)
{
	PGresult *r = pg_link_simple(&own(d)->link, text);
	if (!r) return away(cx, d);
	err e = OK;
	if (PQresultStatus(r) == PGRES_FATAL_ERROR)
		e = cx_fail(cx, FAILED, NULL, "migration %d (%s): %s", m->version, m->name, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
	PQclear(r);
	return e;
}

static err postgres_migrate(struct cx *cx, struct db *d, const struct sql_migration *m)
{
	int64_t before, after;
	char record[300];
	/* Two tables of the engine's own. The name of a migration is a file's: letters, digits, hyphens. */
	snprintf(record, sizeof record, "INSERT INTO schema_version VALUES (%d, '%.100s', %lld)", m->version, m->name, (long long)cx_now(cx));
	TRY(run_text(cx, d, m,
	    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied BIGINT NOT NULL);"
	    "CREATE TABLE IF NOT EXISTS write_key (key BYTEA PRIMARY KEY, at BIGINT NOT NULL)"));
	TRY(ask(cx, d, "SELECT txid_current()", &before, 1));
	TRY(run_text(cx, d, m, m->text_pg ? m->text_pg : m->text));
	TRY(ask(cx, d, "SELECT txid_current()", &after, 1));
	if (before != after) return cx_fail(cx, FAILED, NULL, "migration %d (%s) may not end its transaction", m->version, m->name);
	return run_text(cx, d, m, record);
}

/* ---- checking and copying ---- */

static err postgres_verify(struct cx *cx, struct db *d, void (*report)(void *, str), void *arg)
{
	TRY(up(cx, d));
	PGresult *r = pg_link_simple(&own(d)->link,
	    "SELECT 'index ' || indexrelid::regclass || ' is not valid: REINDEX makes it so' FROM pg_index WHERE NOT indisvalid"
	    " UNION ALL SELECT 'constraint ' || conname || ' of table ' || conrelid::regclass || ' was never checked' FROM pg_constraint"
	    " WHERE NOT convalidated LIMIT 100");
	if (!r) return away(cx, d);
	int faults = PQresultStatus(r) == PGRES_TUPLES_OK ? PQntuples(r) : -1;
	err e = faults < 0 ? fault(cx, d, r, "verifying") : OK;
	for (int i = 0; i < faults; i++) report(arg, str_copy(cx, str_of(PQgetvalue(r, i, 0))));
	PQclear(r);
	if (faults > 0) return cx_fail(cx, FAILED, NULL, "the database has %d faults", faults);
	return e;
}

static err postgres_copy(struct cx *cx, struct db *d, const char *path)
{
	(void)d;
	(void)path;
	return cx_fail(cx, FAILED, NULL, "PostgreSQL is copied by its own programs: pg_dump, pg_basebackup");
}

static err run_simply(struct cx *cx, struct db *d, const char *text)
{
	PGresult *r = pg_link_simple(&own(d)->link, text);
	if (!r) return away(cx, d);
	err e = PQresultStatus(r) == PGRES_FATAL_ERROR ? fault(cx, d, r, "writing a table anew") : OK;
	PQclear(r);
	return e;
}

/* VACUUM FULL writes a table and its indexes into new files and removes the old ones; what is known of its values, a sample of which the server keeps, is found anew. */
static err rewrite_table(struct cx *cx, struct db *d, const char *name)
{
	char text[100];
	snprintf(text, sizeof text, "VACUUM (FULL, ANALYZE) %.60s", name); /* of the schema: letters and underscores */
	return run_simply(cx, d, text);
}

static err postgres_rewrite(struct cx *cx, struct db *d)
{
	TRY(postgres_take_time(cx, d));
	for (size_t i = 0; i < db_catalogue.n_tables; i++) TRY(rewrite_table(cx, d, db_catalogue.tables[i].name));
	TRY(run_simply(cx, d, "UPDATE write_key SET at = at / 60 * 60"));
	TRY(rewrite_table(cx, d, "write_key"));
	return rewrite_table(cx, d, "pg_statistic"); /* where the samples of before were; only the owner of the database may, others get a warning */
}

const struct db_engine db_postgres = {
	.scheme = "postgresql:",
	.concurrent = true,
	.reach = postgres_reach,
	.open = postgres_open,
	.close = postgres_close,
	.take_time = postgres_take_time,
	.clean = postgres_clean,
	.prepare_all = postgres_prepare_all,
	.run = postgres_run,
	.begin = postgres_begin,
	.mark = postgres_mark,
	.confirm = postgres_confirm,
	.begin_read = postgres_begin_read,
	.commit = postgres_commit,
	.rollback = postgres_rollback,
	.alive = postgres_alive,
	.tend = postgres_tend,
	.forget = postgres_forget,
	.version = postgres_version,
	.migrate = postgres_migrate,
	.verify = postgres_verify,
	.copy = postgres_copy,
	.rewrite = postgres_rewrite,
};
