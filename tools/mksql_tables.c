/* SQLite itself is asked; what it does not say about PostgreSQL (whose identity columns must be told the greatest number) follows from the key. */
#include "mksql_tables.h"

#include <string.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/banned.h"

#define COLS_MOST 64
#define KEYS_MOST 4
#define TABLES_MOST 64
#define ROWS "200" /* a batch */

struct column {
	str name;
	const char *type;  /* the word for sql_type */
	bool may_be_null;
	int key;           /* place in the primary key, from 1; 0: none */
};

struct table {
	str name;
	struct column cols[COLS_MOST];
	size_t n, keys[KEYS_MOST], keys_n;
	bool loses; /* a number that may be NULL: queries read it as 0 */
};

struct tables {
	struct table at[TABLES_MOST];
	size_t n;
};

static const char *type_of(const char *declared)
{
	static const char *const words[][2] = { { "INTEGER", "SQL_INT" }, { "TEXT", "SQL_TEXT" }, { "REAL", "SQL_REAL" }, { "BLOB", "SQL_BLOB" } };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (declared && strcmp(declared, words[i][0]) == 0) return words[i][1];
	return NULL;
}

static const char *read_columns(struct cx *cx, sqlite3 *db, struct table *t)
{
	sqlite3_stmt *st;
	const char *fault = NULL;
	if (sqlite3_prepare_v2(db, "SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)", -1, &st, NULL) != SQLITE_OK) return sqlite3_errmsg(db);
	sqlite3_bind_text(st, 1, str_c(cx, t->name), -1, SQLITE_STATIC);
	while (!fault && sqlite3_step(st) == SQLITE_ROW) {
		struct column *c = &t->cols[t->n++];
		*c = (struct column){ .name = str_copy(cx, str_of((const char *)sqlite3_column_text(st, 0))),
			.type = type_of((const char *)sqlite3_column_text(st, 1)), .key = sqlite3_column_int(st, 3) };
		c->may_be_null = !sqlite3_column_int(st, 2) && !c->key;
		bool number = c->type && (c->type[4] != 'T' && c->type[4] != 'B');
		t->loses = t->loses || (c->may_be_null && number);
		if (!c->type) fault = "a column has no type";
		else if (t->n == COLS_MOST || c->key > KEYS_MOST) fault = "there are too many columns";
		else if (c->key && (size_t)c->key > t->keys_n) t->keys_n = (size_t)c->key;
		if (!fault && c->key) t->keys[c->key - 1] = t->n - 1;
	}
	sqlite3_finalize(st);
	return fault ? fault : t->keys_n ? NULL : "there is no primary key";
}

/* "a, b, c" of all columns or of the key's. */
static void put_names(FILE *f, const struct table *t, bool key)
{
	for (size_t i = 0; i < (key ? t->keys_n : t->n); i++) fprintf(f, "%s" STR_FMT, i ? ", " : "", STR_ARG(t->cols[key ? t->keys[i] : i].name));
}

static void put_params(FILE *f, size_t n)
{
	for (size_t i = 0; i < n; i++) fprintf(f, "%s$%zu", i ? ", " : "", i + 1);
}

static void put_select(FILE *f, const struct table *t, bool next)
{
	fputs("SELECT ", f);
	for (size_t i = 0; i < t->n; i++) fprintf(f, "%s" STR_FMT " AS " STR_FMT, i ? ", " : "", STR_ARG(t->cols[i].name), STR_ARG(t->cols[i].name));
	fprintf(f, " FROM " STR_FMT, STR_ARG(t->name));
	if (next) {
		fputs(t->keys_n > 1 ? " WHERE (" : " WHERE ", f);
		put_names(f, t, true);
		fputs(t->keys_n > 1 ? ") > (" : " > ", f);
		put_params(f, t->keys_n);
		fputs(t->keys_n > 1 ? ")" : "", f);
	}
	fputs(" ORDER BY ", f);
	put_names(f, t, true);
	fputs(" LIMIT " ROWS, f);
}

static void put_arrays(FILE *f, const struct table *t, size_t number)
{
	fprintf(f, "static const struct sql_col table_cols_%zu[] = {\n", number);
	for (size_t i = 0; i < t->n; i++)
		fprintf(f, "\t{ \"" STR_FMT "\", %s, %zu * sizeof(union sql_value) },\n", STR_ARG(t->cols[i].name), t->cols[i].type, i);
	fprintf(f, "};\nstatic const enum sql_type table_types_%zu[] = { ", number);
	for (size_t i = 0; i < t->n; i++) fprintf(f, "%s%s, ", t->cols[i].type, t->cols[i].may_be_null && (t->cols[i].type[4] == 'T' || t->cols[i].type[4] == 'B') ? "_OR_NULL" : "");
	fprintf(f, "}, table_key_types_%zu[] = { ", number);
	for (size_t i = 0; i < t->keys_n; i++) fprintf(f, "%s, ", t->cols[t->keys[i]].type);
	fprintf(f, "};\nstatic const size_t table_keys_%zu[] = { ", number);
	for (size_t i = 0; i < t->keys_n; i++) fprintf(f, "%zu, ", t->keys[i]);
	fputs("};\n", f);
}

static void put_query(FILE *f, const struct table *t, size_t number, bool next)
{
	fprintf(f, "\t{ .name = \"reading " STR_FMT "\", .where = \"the schema\", .card = SQL_MANY,", STR_ARG(t->name));
	if (next) fprintf(f, " .n_params = %zu, .params = table_key_types_%zu,", t->keys_n, number);
	fprintf(f, "\n\t  .n_cols = %zu, .cols = table_cols_%zu, .row_size = %zu * sizeof(union sql_value), .text = \"", t->n, number, t->n);
	put_select(f, t, next);
	fputs("\" },\n", f);
}

static void put_queries(FILE *f, const struct table *t, size_t number)
{
	const struct column *key = &t->cols[t->keys[0]];
	put_query(f, t, number, false);
	put_query(f, t, number, true);
	fprintf(f, "\t{ .name = \"writing " STR_FMT "\", .where = \"the schema\", .write = true, .n_params = %zu, .params = table_types_%zu,\n\t  .text = \"INSERT INTO "
	           STR_FMT " (", STR_ARG(t->name), t->n, number, STR_ARG(t->name));
	put_names(f, t, false);
	fputs(") VALUES (", f);
	put_params(f, t->n);
	fprintf(f, ")\" },\n\t{ .name = \"emptying " STR_FMT "\", .where = \"the schema\", .write = true, .text = \"DELETE FROM " STR_FMT "\" },\n", STR_ARG(t->name), STR_ARG(t->name));
	fprintf(f, "\t{ .name = \"numbering " STR_FMT "\", .where = \"the schema\", .card = SQL_ONE, .n_cols = 1, .cols = one_number, .row_size = sizeof(union sql_value),\n"
	           "\t  .text = \"SELECT 0 AS number\"", STR_ARG(t->name));
	if (t->keys_n == 1 && strcmp(key->type, "SQL_INT") == 0)
		fprintf(f, ",\n\t  .text_pg = \"SELECT setval(pg_get_serial_sequence('" STR_FMT "', '" STR_FMT "'), coalesce(max(" STR_FMT "), 1), max(" STR_FMT
		           ") IS NOT NULL) AS number FROM " STR_FMT "\"", STR_ARG(t->name), STR_ARG(key->name), STR_ARG(key->name), STR_ARG(key->name), STR_ARG(t->name));
	fputs(" },\n", f);
}

void tables_put(FILE *f, const struct tables *t)
{
	fputs("\nstatic const struct sql_col one_number[] = { { \"number\", SQL_INT, 0 } };\n", f);
	for (size_t i = 0; i < t->n; i++) put_arrays(f, &t->at[i], i);
	fputs("\nstatic const struct sql_query copying[] = {\n", f);
	for (size_t i = 0; i < t->n; i++) put_queries(f, &t->at[i], i);
	fputs("\t{ .name = NULL },\n};\n\nstatic const struct sql_table tables[] = {\n", f);
	for (size_t i = 0; i < t->n; i++)
		fprintf(f, "\t{ \"" STR_FMT "\", %zu, table_types_%zu, %zu, table_keys_%zu, %s },\n", STR_ARG(t->at[i].name), t->at[i].n, i, t->at[i].keys_n, i,
		    t->at[i].loses ? "true" : "false");
	fprintf(f, "\t{ .name = NULL },\n};\n\nenum { TABLES_N = %zu };\n\n", t->n);
}

static const char *run_all(struct cx *cx, sqlite3 *db, const str *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sqlite3_exec(db, str_c(cx, texts[i]), NULL, NULL, NULL) != SQLITE_OK) return str_c(cx, str_of(sqlite3_errmsg(db)));
	return NULL;
}

static const char *read_all(struct cx *cx, sqlite3 *db, struct tables *t)
{
	static const char *const text = "SELECT s.name FROM sqlite_schema s JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'"
	                                " WHERE s.type = 'table' AND l.type = 'table' AND s.name NOT LIKE 'sqlite%' ORDER BY s.rowid";
	sqlite3_stmt *st;
	const char *fault = NULL;
	if (sqlite3_prepare_v2(db, text, -1, &st, NULL) != SQLITE_OK) return str_c(cx, str_of(sqlite3_errmsg(db)));
	while (!fault && sqlite3_step(st) == SQLITE_ROW) {
		struct table *one = &t->at[t->n++];
		one->name = str_copy(cx, str_of((const char *)sqlite3_column_text(st, 0)));
		fault = t->n == TABLES_MOST ? "there are too many tables" : read_columns(cx, db, one);
		if (fault) fault = str_c(cx, str_fmt(cx, "table " STR_FMT ": %s", STR_ARG(one->name), fault));
	}
	sqlite3_finalize(st);
	return fault;
}

struct tables *tables_read(struct cx *cx, const str *texts, size_t n, const char **fault)
{
	struct tables *t = cx_new_of(cx, struct tables);
	sqlite3 *db;
	*fault = "SQLite does not open a database in memory";
	if (sqlite3_open(":memory:", &db) == SQLITE_OK) *fault = run_all(cx, db, texts, n);
	if (!*fault) *fault = read_all(cx, db, t);
	sqlite3_close(db);
	return *fault ? NULL : t;
}
