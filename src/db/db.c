/* What is the same for every engine: finding it by the URL's scheme, preparing all queries before the first is asked for,
 * keeping reads and writes apart, and transactions. */
#include "db/db.h"

#include "base/arena.h"
#include "base/must.h"
#include "db/engine.h"
#include "base/banned.h"

static const struct db_engine *const engines[] = { &db_sqlite, &db_postgres };

static const struct db_engine *find_engine(str place, str *address)
{
	for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
		str scheme = str_of(engines[i]->scheme);
		if (!str_starts(place, scheme)) continue;
		*address = str_sub(place, scheme.n, place.n);
		return engines[i];
	}
	return NULL;
}

static err no_engine(struct cx *cx)
{
	return cx_fail(cx, FAILED, NULL, "the database's URL begins with no engine's name: sqlite:/path or postgresql://user@host/name");
}

err db_reach(struct cx *cx, str place, struct db_reach *out)
{
	str address;
	const struct db_engine *engine = find_engine(place, &address);
	*out = (struct db_reach){ .url = place };
	if (!engine) return no_engine(cx);
	return engine->reach ? engine->reach(cx, address, out) : OK;
}

err db_connect(struct cx *cx, str place, enum db_mode mode, bool create, struct db **out)
{
	*out = NULL;
	str address;
	const struct db_engine *engine = find_engine(place, &address);
	if (!engine) return no_engine(cx);
	struct arena *arena = arena_new();
	struct db *d = arena_alloc(arena, sizeof *d);
	*d = (struct db){ .engine = engine, .arena = arena, .mode = mode, .queries = db_catalogue.queries, .n_queries = db_catalogue.n_queries };
	err e = engine->open(cx, address, create, d);
	if (e != OK) {
		arena_free(arena);
		return e;
	}
	*out = d;
	return OK;
}

static err check_version(struct cx *cx, struct db *d)
{
	int have, known = (int)db_catalogue.n_migrations;
	TRY(d->engine->version(cx, d, &have));
	if (have > known)
		return cx_fail(cx, CONFLICT, NULL,
		    "the database has schema %d, this broadside knows up to %d: install a newer broadside", have, known);
	if (have < known)
		return cx_fail(cx, FAILED, NULL, "the database has schema %d, this broadside needs %d: it must be migrated first",
		    have, known);
	return OK;
}

err db_rewrite(struct cx *cx, struct db *d)
{
	MUST(!d->in_transaction && !d->in_read && d->mode == DB_WRITE);
	return d->engine->rewrite(cx, d);
}

err db_check_schema(struct cx *cx, struct db *d)
{
	MUST(!d->in_transaction && !d->in_read);
	return check_version(cx, d);
}

static err prepare_all(struct cx *cx, struct db *d)
{
	if (d->engine->prepare_all) return d->engine->prepare_all(cx, d);
	for (size_t i = 0; i < d->n_queries; i++) {
		const struct sql_query *q = &d->queries[i];
		if (q->write && d->mode == DB_READ) continue;
		TRY(d->engine->prepare(cx, d, i, q));
	}
	return OK;
}

static err open_with(struct cx *cx, str place, enum db_mode mode, const struct sql_query *queries, size_t n, bool further, struct db **out)
{
	struct db *d;
	*out = NULL;
	TRY(db_connect(cx, place, mode, false, &d));
	d->queries = queries;
	d->n_queries = n;
	err e = check_version(cx, d);
	if (e == OK && !further) e = prepare_all(cx, d);
	if (e != OK) {
		db_close(d);
		return e;
	}
	d->opened = true;
	*out = d;
	return OK;
}

err db_open(struct cx *cx, str place, enum db_mode mode, struct db **out)
{
	return open_with(cx, place, mode, db_catalogue.queries, db_catalogue.n_queries, false, out);
}

err db_open_further(struct cx *cx, str place, enum db_mode mode, struct db **out)
{
	return open_with(cx, place, mode, db_catalogue.queries, db_catalogue.n_queries, true, out);
}

err db_open_tables(struct cx *cx, str place, enum db_mode mode, struct db **out)
{
	return open_with(cx, place, mode, db_catalogue.copying, db_catalogue.n_tables * SQL_COPYINGS, false, out);
}

err db_take_time(struct cx *cx, struct db *d) { return d->engine->take_time ? d->engine->take_time(cx, d) : OK; }

void db_close(struct db *d)
{
	if (!d) return;
	d->engine->close(d);
	arena_free(d->arena);
}

err db_run(struct cx *cx, struct db *d, size_t number, const union sql_value *values, struct sql_result *out)
{
	MUST(number < d->n_queries);
	const struct sql_query *q = &d->queries[number];
	*out = (struct sql_result){ 0 };
	if (q->write && (d->mode == DB_READ || d->in_read))
		return cx_fail(cx, FAILED, NULL, "this connection only reads");
	if (q->write && d->broken) return cx_fail(cx, BUSY, NULL, "the disk has failed: nothing is written any more");
	d->count++;
	err e = d->engine->run(cx, d, number, q, values, out);
	d->wrote += q->write && (e != OK || q->card == SQL_NONE || out->n || out->changed);
	TRY(e);
	if (q->write && !d->in_transaction) d->engine->tend(d);
	if (q->card == SQL_ONE && out->n == 0) return cx_fail(cx, NOTFOUND, NULL, "it is not there");
	return OK;
}

err db_begin(struct cx *cx, struct db *d)
{
	MUST(!d->in_transaction && !d->in_read && d->mode == DB_WRITE);
	if (d->broken) return cx_fail(cx, BUSY, NULL, "the disk has failed: nothing is written any more");
	d->ran = (struct ran){ 0 };
	TRY(d->engine->begin(cx, d));
	d->in_transaction = true;
	return OK;
}

err db_commit(struct cx *cx, struct db *d)
{
	MUST(d->in_transaction);
	d->in_transaction = false;
	return d->engine->commit(cx, d);
}

void db_rollback(struct db *d)
{
	MUST(d->in_transaction);
	d->in_transaction = false;
	d->engine->rollback(d);
}

err db_transaction(struct cx *cx, struct db *d, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	if (d->mode == DB_READ) return cx_fail(cx, FAILED, NULL, "this connection only reads");
	err e = db_transact(cx, d, fn, arg);
	d->engine->tend(d);
	return e;
}

err db_read_begin(struct cx *cx, struct db *d)
{
	MUST(!d->in_transaction && !d->in_read);
	TRY(d->engine->begin_read(cx, d));
	d->in_read = true;
	return OK;
}

void db_read_end(struct db *d)
{
	if (!d->in_read) return; /* it could not be begun */
	d->in_read = false;
	d->engine->rollback(d);
}

void db_forget(struct cx *cx, struct db *d)
{
	MUST(!d->in_transaction && !d->in_read);
	if (!d->broken) d->engine->forget(cx, d);
}

err db_verify(struct cx *cx, struct db *d, void (*report)(void *, str), void *arg)
{
	return d->engine->verify(cx, d, report, arg);
}

bool db_is_damaged(const struct db *d) { return d->damaged; }

err db_hold(struct cx *cx, str place, int *hold)
{
	str address;
	const struct db_engine *engine = find_engine(place, &address);
	*hold = -1;
	if (!engine) return no_engine(cx);
	return engine->hold ? engine->hold(cx, address, hold) : OK;
}

err db_copy(struct cx *cx, struct db *d, const char *path) { return d->engine->copy(cx, d, path); }

err db_clean(struct cx *cx, struct db *d, const char *const *tables)
{
	MUST(!d->in_transaction && !d->in_read);
	if (d->broken) return cx_fail(cx, BUSY, NULL, "the disk has failed: nothing is written any more");
	return d->engine->clean(cx, d, tables);
}

void db_expect_bulk(struct db *d)
{
	if (d->engine->expect_bulk) d->engine->expect_bulk(d);
}

uint64_t db_query_count(const struct db *d) { return d->count; }
