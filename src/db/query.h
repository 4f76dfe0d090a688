/* query: what tools/mksql makes of the files of sql/, and how the functions it generates (sql.h) reach the engine. Nobody else
 * calls db_run. The tables are constants of the binary; db_catalogue is defined by the generated sql.c. */
#ifndef DB_QUERY_H
#define DB_QUERY_H

#include "base/cx.h"

struct db;

/* int64_t, str, double, str; a parameter that is a str with p == NULL is empty, but NULL where it is declared text? or blob?. */
enum sql_type { SQL_INT, SQL_TEXT, SQL_REAL, SQL_BLOB, SQL_TEXT_OR_NULL, SQL_BLOB_OR_NULL };

enum sql_card {
	SQL_NONE,  /* answers no rows */
	SQL_COUNT, /* answers how many rows it changed */
	SQL_ONE,   /* exactly one row; NOTFOUND when there is none */
	SQL_MAYBE, /* a row or none */
	SQL_MANY,  /* any number up to the LIMIT in its text */
};

struct sql_col {
	const char *name;
	enum sql_type type;
	size_t offset; /* in the row's struct */
};

struct sql_query {
	const char *name;
	const char *where; /* "article.sql:12" */
	const char *text;
	const char *text_pg; /* PostgreSQL's, where it must be asked in other words; else NULL */
	bool write;
	enum sql_card card;
	size_t n_params;
	const enum sql_type *params; /* of $1, $2, ... */
	size_t n_cols;
	const struct sql_col *cols;
	size_t row_size;
};

struct sql_migration {
	int version; /* 1, 2, 3, ... without a gap */
	const char *name;
	const char *text;
	const char *text_pg; /* NULL: the same */
};

/* A table of the schema as db/transfer.c copies it: not those that are made from others. A row is n_cols values. */
struct sql_table {
	const char *name;
	size_t n_cols;
	const enum sql_type *types;
	size_t n_keys;
	const size_t *keys; /* which columns the primary key is */
	bool loses;         /* has a number that may be NULL, which queries read as 0: it cannot be copied */
};

/* The queries on each, in this order: the first rows by the key; those behind a key; one row in; all rows out; the database is told the greatest
 * number, where it gives them. */
enum { SQL_COPY_FIRST, SQL_COPY_NEXT, SQL_COPY_PUT, SQL_COPY_EMPTY, SQL_COPY_NUMBER, SQL_COPYINGS };

struct db_catalogue {
	size_t n_queries;
	const struct sql_query *queries;
	size_t n_migrations;
	const struct sql_migration *migrations;
	size_t n_tables; /* in an order in which none refers to a later one */
	const struct sql_table *tables;
	const struct sql_query *copying; /* SQL_COPYINGS for each table */
};

extern const struct db_catalogue db_catalogue;

union sql_value {
	int64_t i;
	double r;
	str s;
};

struct sql_result {
	void *rows; /* n structs of row_size in the cx's arena; NULL when n is 0 */
	size_t n;
	int64_t changed; /* rows that a write touched */
};

/* Runs query number `query` of the catalogue with its n_params values. */
CHECKED err db_run(struct cx *cx, struct db *db, size_t query, const union sql_value *values, struct sql_result *out);

#endif
