/* Both sides are read by cursors: a batch at a time, each batch asked for by the key of the last row before it. */
#include "db/transfer.h"

#include <string.h>

#include <sodium.h>

#include "base/must.h"
#include "db/engine.h"
#include "base/banned.h"

#define KEYS_MOST 4

/* A table's rows in order. A row stays good until the row after the next batch's first is asked for. */
struct cursor {
	struct db *db;
	const struct sql_table *table;
	size_t number;
	struct cx *batch[2]; /* in turns, since the next is asked for by a key in the last */
	int turn;
	const union sql_value *rows, *last;
	size_t n, at;
	bool begun, ended;
};

static size_t query_of(size_t table, int what) { return table * SQL_COPYINGS + (size_t)what; }

static void cursor_open(struct cursor *c, struct db *db, size_t table)
{
	*c = (struct cursor){ .db = db, .table = &db_catalogue.tables[table], .number = table, .batch = { cx_new(), cx_new() } };
	MUST(c->table->n_keys <= KEYS_MOST);
}

static void cursor_close(struct cursor *c)
{
	cx_end(c->batch[0]);
	cx_end(c->batch[1]);
}

static err next_batch(struct cx *cx, struct cursor *c)
{
	union sql_value key[KEYS_MOST];
	struct sql_result got = { 0 };
	for (size_t i = 0; c->last && i < c->table->n_keys; i++) key[i] = c->last[c->table->keys[i]];
	struct cx *mine = c->batch[c->turn = !c->turn];
	cx_reset(mine);
	err e = db_run(mine, c->db, query_of(c->number, c->last ? SQL_COPY_NEXT : SQL_COPY_FIRST), c->last ? key : NULL, &got);
	if (e != OK) return cx_fail(cx, e, NULL, "%s: " STR_FMT, c->table->name, STR_ARG(mine->fault.sentence));
	c->rows = got.rows;
	c->n = got.n;
	c->at = 0;
	c->ended = got.n == 0;
	return OK;
}

/* The next row, or NULL at the end. */
static err cursor_next(struct cx *cx, struct cursor *c, const union sql_value **row)
{
	*row = NULL;
	if (c->at == c->n && !c->ended) TRY(next_batch(cx, c));
	if (c->ended) return OK;
	*row = c->last = c->rows + c->at++ * c->table->n_cols;
	return OK;
}

/* ---- digests ---- */

static void hash_number(crypto_generichash_state *h, unsigned char tag, uint64_t v)
{
	unsigned char bytes[9] = { tag };
	for (int i = 0; i < 8; i++) bytes[1 + i] = (unsigned char)(v >> 8 * i);
	crypto_generichash_update(h, bytes, sizeof bytes);
}

/* Each value is its kind, its length or number in eight bytes, the least first, and its bytes. */
static void hash_row(crypto_generichash_state *h, const struct sql_table *t, const union sql_value *row)
{
	uint64_t bits;
	for (size_t i = 0; i < t->n_cols; i++) {
		switch (t->types[i]) {
		case SQL_INT: hash_number(h, 'i', (uint64_t)row[i].i); break;
		case SQL_REAL:
			memcpy(&bits, &row[i].r, sizeof bits);
			hash_number(h, 'r', bits);
			break;
		default:
			hash_number(h, row[i].s.p ? 's' : 'n', row[i].s.n);
			crypto_generichash_update(h, (const unsigned char *)row[i].s.p, row[i].s.n);
		}
	}
}

static err digest(struct cx *cx, struct db *db, size_t table, struct db_digest *out)
{
	struct cursor c;
	const union sql_value *row;
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, DB_DIGEST);
	*out = (struct db_digest){ 0 };
	cursor_open(&c, db, table);
	err e;
	while ((e = cursor_next(cx, &c, &row)) == OK && row) {
		hash_row(&h, c.table, row);
		out->rows++;
	}
	crypto_generichash_final(&h, out->hash, DB_DIGEST);
	cursor_close(&c);
	return e;
}

/* ---- what is there ---- */

static bool same_rows(const struct sql_table *t, const union sql_value *a, const union sql_value *b)
{
	crypto_generichash_state h[2];
	unsigned char out[2][DB_DIGEST];
	for (int i = 0; i < 2; i++) {
		crypto_generichash_init(&h[i], NULL, 0, DB_DIGEST);
		hash_row(&h[i], t, i ? b : a);
		crypto_generichash_final(&h[i], out[i], DB_DIGEST);
	}
	return memcmp(out[0], out[1], DB_DIGEST) == 0;
}

static err is_empty(struct cx *cx, struct db *db, size_t table, bool *empty)
{
	struct cursor c;
	const union sql_value *row;
	cursor_open(&c, db, table);
	err e = cursor_next(cx, &c, &row);
	*empty = row == NULL;
	cursor_close(&c);
	return e;
}

/* Only the lists and blocks of a new site: nobody has an account, nothing was written or done. */
static err is_untouched(struct cx *cx, struct db *db, bool *untouched)
{
	static const char *const peoples[] = { "person", "article", "comment", "log" };
	*untouched = true;
	for (size_t i = 0; i < db_catalogue.n_tables; i++)
		for (size_t k = 0; k < sizeof peoples / sizeof *peoples && *untouched; k++)
			if (strcmp(db_catalogue.tables[i].name, peoples[k]) == 0) TRY(is_empty(cx, db, i, untouched));
	return OK;
}

static err empty_all(struct cx *cx, struct db *db, void *unused)
{
	struct sql_result got;
	(void)unused;
	for (size_t i = db_catalogue.n_tables; i-- > 0;) TRY(db_run(cx, db, query_of(i, SQL_COPY_EMPTY), NULL, &got));
	return OK;
}

/* ---- copying ---- */

struct handful {
	const struct cursor *from;
	const union sql_value *row;
	size_t n;
};

static err put_handful(struct cx *cx, struct db *to, void *arg)
{
	const struct handful *h = arg;
	struct sql_result got;
	for (size_t i = 0; i < h->n; i++) TRY(db_run(cx, to, query_of(h->from->number, SQL_COPY_PUT), h->row + i * h->from->table->n_cols, &got));
	return OK;
}

/* The rows that to has must be the first that from has: *n of them. */
static err pass_over(struct cx *cx, struct cursor *from, struct cursor *to, int64_t *n)
{
	const union sql_value *a, *b;
	for (*n = 0;; (*n)++) {
		TRY(cursor_next(cx, to, &b));
		if (!b) return OK;
		TRY(cursor_next(cx, from, &a));
		if (!a || !same_rows(from->table, a, b))
			return cx_fail(cx, CONFLICT, NULL, "the target holds something else already (its table %s says so): nothing was copied into that", from->table->name);
	}
}

static err copy_table(struct cx *cx, struct cursor *from, struct db *to, void (*progress)(void *, const char *, int64_t), void *arg, int64_t rows)
{
	struct cx *batch = cx_new();
	const union sql_value *row;
	err e;
	while ((e = cursor_next(cx, from, &row)) == OK && row) {
		struct handful h = { from, row, 1 + from->n - from->at };
		from->at = from->n;
		from->last = row + (h.n - 1) * from->table->n_cols;
		e = db_transaction(batch, to, put_handful, &h);
		if (e != OK) {
			e = cx_fail(cx, e, NULL, "%s: " STR_FMT, from->table->name, STR_ARG(batch->fault.sentence));
			break;
		}
		rows += (int64_t)h.n;
		if (progress) progress(arg, from->table->name, rows);
		cx_reset(batch);
	}
	cx_end(batch);
	return e;
}

static err transfer_table(struct cx *cx, struct db *from, struct db *to, size_t table, void (*progress)(void *, const char *, int64_t), void *arg, int64_t *before)
{
	struct cursor a, b;
	cursor_open(&a, from, table);
	cursor_open(&b, to, table);
	err e = pass_over(cx, &a, &b, before);
	if (e == OK) e = copy_table(cx, &a, to, progress, arg, *before);
	cursor_close(&a);
	cursor_close(&b);
	return e;
}

static err compare(struct cx *cx, struct db *from, struct db *to, size_t table, struct db_transferred *t)
{
	struct db_digest there;
	struct sql_result got;
	TRY(digest(cx, from, table, &t->digest));
	TRY(digest(cx, to, table, &there));
	if (t->digest.rows != there.rows || memcmp(t->digest.hash, there.hash, DB_DIGEST) != 0)
		return cx_fail(cx, FAILED, NULL, "the two differ in the table %s after all was copied: is somebody writing to one of them?", t->table);
	return db_run(cx, to, query_of(table, SQL_COPY_NUMBER), NULL, &got);
}

static err transfer(struct cx *cx, struct db *from, struct db *to, void (*progress)(void *, const char *, int64_t), void *arg, struct db_transferred *tables)
{
	bool untouched;
	TRY(db_take_time(cx, from));
	TRY(db_take_time(cx, to));
	db_expect_bulk(to);
	TRY(is_untouched(cx, to, &untouched));
	if (untouched) TRY(db_transaction(cx, to, empty_all, NULL));
	TRY(db_read_begin(cx, from));
	err e = OK;
	for (size_t i = 0; i < db_catalogue.n_tables && e == OK; i++) {
		MUST(!db_catalogue.tables[i].loses);
		tables[i].table = db_catalogue.tables[i].name;
		e = transfer_table(cx, from, to, i, progress, arg, &tables[i].before);
	}
	for (size_t i = 0; i < db_catalogue.n_tables && e == OK; i++) e = compare(cx, from, to, i, &tables[i]);
	db_read_end(from);
	return e;
}

err db_transfer(struct cx *cx, str from, str to, void (*progress)(void *, const char *, int64_t), void *arg, struct db_transferred **tables, size_t *n)
{
	struct db *a, *b;
	int before, after;
	*n = db_catalogue.n_tables;
	*tables = cx_alloc_array(cx, *n, sizeof **tables);
	TRY(db_open_tables(cx, from, DB_READ, &a));
	err e = db_migrate(cx, to, &before, &after);
	if (e == OK) e = db_open_tables(cx, to, DB_WRITE, &b);
	if (e == OK) {
		e = transfer(cx, a, b, progress, arg, *tables);
		db_close(b);
	}
	db_close(a);
	return e;
}

err db_digests(struct cx *cx, str place, struct db_transferred **tables, size_t *n)
{
	struct db *d;
	*n = db_catalogue.n_tables;
	*tables = cx_alloc_array(cx, *n, sizeof **tables);
	TRY(db_open_tables(cx, place, DB_READ, &d));
	err e = db_take_time(cx, d);
	if (e == OK) e = db_read_begin(cx, d);
	for (size_t i = 0; i < *n && e == OK; i++) {
		(*tables)[i].table = db_catalogue.tables[i].name;
		e = digest(cx, d, i, &(*tables)[i].digest);
	}
	if (e == OK) db_read_end(d);
	db_close(d);
	return e;
}
