/* Binary format throughout: nothing is escaped, and nothing depends on a session's settings. */
#include "db/postgres_values.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "base/banned.h"

static const char *put_be64(struct arena *a, uint64_t v)
{
	unsigned char *p = arena_alloc(a, 8);
	for (int i = 0; i < 8; i++) p[i] = (unsigned char)(v >> (56 - 8 * i));
	return (const char *)p;
}

static err bind_bytes(struct cx *cx, struct pg_bound *b, size_t i, str s, bool text, bool may_be_null)
{
	if (!s.p && may_be_null) return OK; /* the value stays NULL */
	if ((int64_t)s.n > LIMIT_DB_VALUE) return cx_fail(cx, LIMIT, NULL, "is too large for the database");
	if (text && s.n && (!utf8_valid(s) || str_find_char(s, '\0', 0) >= 0))
		return cx_fail(cx, INVALID, NULL, "holds bytes that are not text");
	b->values[i] = s.p ? s.p : "";
	b->lengths[i] = (int)s.n;
	return OK;
}

err pg_bind(struct cx *cx, struct arena *scratch, struct pg_bound *b, size_t i, enum sql_type type, union sql_value v)
{
	uint64_t bits;
	b->formats[i] = 1;
	b->lengths[i] = 8;
	b->values[i] = NULL;
	switch (type) {
	case SQL_INT: b->values[i] = put_be64(scratch, (uint64_t)v.i); return OK;
	case SQL_REAL:
		memcpy(&bits, &v.r, sizeof bits);
		b->values[i] = put_be64(scratch, bits);
		return OK;
	case SQL_TEXT: return bind_bytes(cx, b, i, v.s, true, false);
	case SQL_TEXT_OR_NULL: return bind_bytes(cx, b, i, v.s, true, true);
	case SQL_BLOB: return bind_bytes(cx, b, i, v.s, false, false);
	case SQL_BLOB_OR_NULL: return bind_bytes(cx, b, i, v.s, false, true);
	}
	return OK;
}

static uint64_t get_be(const char *p, int n)
{
	uint64_t v = 0;
	for (int i = 0; i < n; i++) v = v << 8 | (unsigned char)p[i];
	return v;
}

static void read_one(struct cx *cx, const PGresult *r, int row, int col, enum sql_type type, void *at)
{
	const char *p = PQgetvalue(r, row, col);
	int n = PQgetlength(r, row, col);
	if (PQgetisnull(r, row, col)) return; /* the row is zeroed */
	if (type == SQL_INT) {
		uint64_t v = get_be(p, n), sign = n == 8 || n == 1 ? 0 : UINT64_C(1) << (8 * n - 1);
		*(int64_t *)at = (int64_t)((v ^ sign) - sign); /* of 1, 2, 4 or 8 bytes; a bool is one, without a sign */
	} else if (type == SQL_REAL && n == 8) {
		uint64_t v = get_be(p, 8);
		memcpy(at, &v, 8);
	} else if (type == SQL_REAL) {
		uint32_t v = (uint32_t)get_be(p, 4);
		float f;
		memcpy(&f, &v, 4);
		*(double *)at = (double)f;
	} else {
		*(str *)at = n ? str_copy(cx, (str){ p, (size_t)n }) : S("");
	}
}

err pg_read_rows(struct cx *cx, const struct sql_query *q, const PGresult *r, struct sql_result *out)
{
	int64_t changed = 0;
	(void)str_to_int(str_of(PQcmdTuples((PGresult *)r)), 0, INT64_MAX, &changed);
	out->changed = changed;
	if (q->n_cols == 0) return OK;
	size_t n = (size_t)PQntuples(r);
	if (n > 1 && q->card != SQL_MANY) {
		log_error(cx, "database: %s: more than one row", q->name);
		return cx_fail(cx, FAILED, NULL, "the database holds more than one where there should be one");
	}
	if (n == 0) return OK;
	out->rows = cx_alloc_array(cx, n, q->row_size);
	out->n = n;
	for (size_t row = 0; row < n; row++)
		for (size_t i = 0; i < q->n_cols; i++)
			read_one(cx, r, (int)row, (int)i, q->cols[i].type, (char *)out->rows + row * q->row_size + q->cols[i].offset);
	return OK;
}
