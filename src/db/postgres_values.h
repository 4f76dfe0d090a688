/* postgres_values: a query's parameters and rows on PostgreSQL's wire. For use inside db/ only. */
#ifndef DB_POSTGRES_VALUES_H
#define DB_POSTGRES_VALUES_H

#include <libpq-fe.h>

#include "db/engine.h"

/* As PQsendQueryPrepared takes them. */
struct pg_bound {
	const char *values[64];
	int lengths[64], formats[64];
};

/* Puts v in place i; numbers live in scratch, texts where they are. LIMIT, INVALID: the database could not hold it. */
CHECKED err pg_bind(struct cx *cx, struct arena *scratch, struct pg_bound *b, size_t i, enum sql_type type, union sql_value v);

/* The rows of a result as the query declares them, in the cx's arena. */
CHECKED err pg_read_rows(struct cx *cx, const struct sql_query *q, const PGresult *r, struct sql_result *out);

#endif
