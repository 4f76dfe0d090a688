/* How each engine would run each query that mksql knows: no query may read a table that grows from end to end, nor sort without bound.
 *
 * SQLite keeps no statistics of a site, so its plans are those of an empty one. PostgreSQL plans by what it counted: there the tables are filled with
 * tens of thousands of invented rows, and asked for the plan that any values get, which is the one that the server's connections take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include "db/postgres_link.h"
#include "db/query.h"
#include "store_stage.h"
#include "base/banned.h"

#define SORTED_AT_MOST 200 /* rows, as PostgreSQL guesses: what belongs to one article, the terms and blocks of a site */

static const char *const growing[] = { "article", "article_text", "article_topic", "attachment", "comment", "comment_revision", "file", "file_size", "letter", "log", "revision", "session", "upload" };

enum { SCANS = 1, SORTS = 2 };
enum { EITHER, SQLITE, POSTGRES };

/* What may, on which engine, and why; beside those of broadside check (check_…), which go through all there is. One that is not made use of is a
 * fault too. */
static struct excuse {
	const char *query;
	int what, engine;
	const char *why;
	bool used;
} excuses[] = {
	{ "search_strays", SCANS, EITHER, "broadside check goes through all there is", false },
	{ "search_articles", SORTS, SQLITE, "an index of words knows no times: what holds them all is sorted, where it is little", false },
	{ "search_articles", SCANS, POSTGRES, "where it is much the newswire is followed, as far as a page goes", false },
	{ "feed_article_files", SORTS, SQLITE, "the files of no more articles than a feed has", false },
	{ "feed_comment_files", SORTS, SQLITE, "likewise of comments", false },
	{ "log_last", SCANS, SQLITE, "the end of the table in its own order, one row", false },
};

static bool is_excused(const struct excuse *e) { return e->engine == EITHER || (e->engine == POSTGRES) == site_on_postgres(); }

static struct {
	char told[16384];
	size_t n, faults;
} found;

static void tell(const struct sql_query *q, int what, const char *detail)
{
	if (strncmp(q->name, "check_", 6) == 0) return;
	for (size_t i = 0; i < sizeof excuses / sizeof *excuses; i++) {
		if (strcmp(excuses[i].query, q->name) != 0 || !(excuses[i].what & what) || !is_excused(&excuses[i])) continue;
		excuses[i].used = true;
		return;
	}
	found.faults++;
	if (found.n < sizeof found.told - 1)
		found.n += (size_t)snprintf(found.told + found.n, sizeof found.told - found.n, "\n%s %s: %s", q->name, what == SCANS ? "scans" : "sorts", detail);
}

static void assert_nothing_found(void)
{
	if (found.faults) fail_msg("%zu queries read more than they need:%s", found.faults, found.told);
	for (size_t i = 0; i < sizeof excuses / sizeof *excuses; i++)
		if (is_excused(&excuses[i]) && !excuses[i].used) fail_msg("%s needs no excuse any more", excuses[i].query);
}

static bool grows(const char *table)
{
	for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
		if (strcmp(growing[i], table) == 0) return true;
	return false;
}

/* ---- SQLite ---- */

/* Does the text name the table, under this alias where there is one? */
static bool names(struct stage *s, str text, const char *table, str alias)
{
	str words = str_fmt(s->cx, " %s%s" STR_FMT, table, alias.n ? " " : "", STR_ARG(alias));
	for (ptrdiff_t at = str_find(text, words, 0); at >= 0; at = str_find(text, words, (size_t)at + 1)) {
		str after = str_sub(text, (size_t)at + words.n, text.n);
		if (after.n == 0 || strchr(" \n,;)", after.p[0])) return true;
	}
	return false;
}

/* SQLite's plans name a table by its alias. */
static bool alias_grows(struct stage *s, str text, str alias)
{
	for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
		if (str_eq(alias, str_of(growing[i])) || names(s, text, growing[i], alias)) return true;
	return names(s, text, "article_text_docsize", alias);
}

static bool reads_small(struct stage *s, str text)
{
	for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
		if (names(s, text, growing[i], S(""))) return false;
	return true;
}

static void look_sqlite(struct stage *s, sqlite3 *c, const struct sql_query *q)
{
	sqlite3_stmt *st;
	const char *text = str_c(s->cx, str_fmt(s->cx, "EXPLAIN QUERY PLAN %s", q->text));
	assert_int_equal(sqlite3_prepare_v2(c, text, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(st, 3);
		str rest, alias = str_cut(str_starts(str_of(detail), S("SCAN ")) ? str_of(detail + 5) : S(""), ' ', &rest);
		bool finds = strstr(detail, "VIRTUAL TABLE INDEX") && strstr(detail, ":M"); /* by the index of words */
		if (alias.n && alias_grows(s, str_of(q->text), alias) && !finds) tell(q, SCANS, detail);
		if (strstr(detail, "TEMP B-TREE") && !reads_small(s, str_of(q->text))) tell(q, SORTS, detail);
	}
	sqlite3_finalize(st);
}

static void look_at_sqlite(struct stage *s)
{
	sqlite3 *c;
	assert_int_equal(sqlite3_open(site_path(s->site, "site.db"), &c), SQLITE_OK);
	for (size_t i = 0; i < db_catalogue.n_queries; i++) look_sqlite(s, c, &db_catalogue.queries[i]);
	sqlite3_close(c);
}

/* ---- PostgreSQL ---- */

/* Some tens of thousands of each, with the shares of a real site. Triggers are off: what they would do is inserted too. */
static const char *const invented[] = {
	"SET session_replication_role = replica",
	"INSERT INTO article (slug, title, summary, body, format, body_html, type, region, topics, local, author, author_slug, language, posted, status, "
	"featured, corrected, hidden, key_hash, content_hash, origin) SELECT 'slug', 'Title ' || n, '', repeat('words ', 20), 1, repeat('words ', 20), "
	"1 + n % 6, n % 12, '7', n % 5 / 4, 'A', 'author-' || n % 400, 'en', n * 1000000::bigint, CASE WHEN n % 50 = 0 THEN 1 + n % 5 ELSE 0 END, "
	"CASE WHEN n % 90 = 1 THEN n * 1000000::bigint ELSE 0 END, CASE WHEN n % 900 = 2 THEN n ELSE 0 END, CASE WHEN n % 50 = 0 THEN n ELSE 0 END, "
	"decode(md5('k' || n), 'hex'), decode(md5('c' || n), 'hex'), CASE WHEN n % 2 = 0 THEN 'o' || n END FROM generate_series(1, 30000) n",
	"INSERT INTO comment (article, body, format, body_html, posted, status, hidden, content_hash, origin) SELECT 1 + n % 30000, 'words', 1, 'words', "
	"n * 500000::bigint, CASE WHEN n % 50 = 0 THEN 1 + n % 5 ELSE 0 END, CASE WHEN n % 50 = 0 THEN n ELSE 0 END, decode(md5('m' || n), 'hex'), "
	"CASE WHEN n % 2 = 0 THEN 'o' || n END FROM generate_series(1, 60000) n",
	"INSERT INTO article_topic (topic, posted, article) SELECT 1 + n % 20, n * 1000000::bigint, n FROM generate_series(1, 30000) n",
	"INSERT INTO article_text (article, words) SELECT n, array_to_tsvector(ARRAY['word', 'word' || n % 500, 'word' || n]) FROM generate_series(1, 30000) n",
	"INSERT INTO revision (article, number, at, title, summary, body, format) SELECT 1 + n % 15000, 1 + n / 15000, n, '', '', 'words', 1 "
	"FROM generate_series(0, 29999) n",
	"INSERT INTO comment_revision (comment, number, at, title, body, format) SELECT 1 + n % 15000, 1 + n / 15000, n, '', 'words', 1 "
	"FROM generate_series(0, 29999) n",
	"INSERT INTO letter (article, at, text) SELECT 1 + n % 15000, n, 'words' FROM generate_series(1, 30000) n",
	"INSERT INTO log (id, at, actor, action, object, number, article, title, note, salt, digest, previous, hash) SELECT n, n, 'ed', 'hide', "
	"CASE WHEN n % 2 = 0 THEN 'article' ELSE 'comment' END, 1 + n % 15000, 1 + n % 15000, '', '', '', '', '', decode(md5('h' || n), 'hex') "
	"FROM generate_series(1, 30000) n",
	"INSERT INTO session (key_hash, person, expires) SELECT decode(md5('s' || n), 'hex'), 1 + n % 300, n * 1000000::bigint FROM generate_series(1, 30000) n",
	"INSERT INTO person (name, name_fold, password, role, created) SELECT 'p' || n, 'p' || n, '', 0, n FROM generate_series(1, 300) n",
	"INSERT INTO file (sha, kind, media, bytes, created) SELECT decode(md5('f' || n), 'hex'), 1, 1 + n % 4, n, n FROM generate_series(1, 30000) n",
	"INSERT INTO file_size (file, width, kind, height, bytes, sha) SELECT n, w * 320, 4, 100, n, decode(md5('z' || n || w), 'hex') "
	"FROM generate_series(1, 30000) n, generate_series(1, 2) w",
	"INSERT INTO attachment (article, comment, position, file, media, posted) SELECT 1 + n % 20000, CASE WHEN n % 3 = 0 THEN n ELSE 0 END, 1 + n / 20000, n, "
	"1 + n % 4, (1 + n % 20000) * 1000000::bigint "
	"FROM generate_series(1, 30000) n",
	"INSERT INTO upload (token_hash, file, expires) SELECT decode(md5('u' || n), 'hex'), n, n FROM generate_series(1, 30000) n",
	"ANALYZE", PG_PLANNING,
};

static PGresult *ask(PGconn *c, const char *text)
{
	PGresult *r = PQexec(c, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK) fail_msg("%s: %s", text, PQerrorMessage(c));
	return r;
}

static const char *word(const json_t *node, const char *key)
{
	const char *s = json_string_value(json_object_get(node, key));
	return s ? s : "";
}

/* limited: a LIMIT stands above, with nothing between that must have all rows. */
static void look_node(const struct sql_query *q, const json_t *node, bool limited)
{
	const char *type = word(node, "Node Type"), *table = word(node, "Relation Name");
	size_t i;
	json_t *child;
	char detail[200];
	snprintf(detail, sizeof detail, "%s %s %s", type, table, word(node, "Index Name"));
	bool all = strcmp(type, "Seq Scan") == 0 ||
	    ((strcmp(type, "Index Scan") == 0 || strcmp(type, "Index Only Scan") == 0) && !json_object_get(node, "Index Cond") && !limited);
	/* What an index was not asked for is looked at row by row. */
	bool sifts = strncmp(type, "Index", 5) == 0 && strchr(word(node, "Filter"), '$') && json_number_value(json_object_get(node, "Plan Rows")) > 1;
	if ((all || sifts) && grows(table)) tell(q, SCANS, detail);
	bool sorts = strcmp(type, "Sort") == 0;
	if (sorts && json_number_value(json_object_get(json_array_get(json_object_get(node, "Plans"), 0), "Plan Rows")) > SORTED_AT_MOST)
		tell(q, SORTS, detail);
	bool joins = strcmp(type, "Nested Loop") == 0 && !json_object_get(node, "Join Filter") && strcmp(word(node, "Join Type"), "Semi") != 0;
	bool passes = joins || strcmp(type, "Subquery Scan") == 0 || strcmp(type, "Result") == 0 || strcmp(type, "LockRows") == 0;
	bool below = strcmp(type, "Limit") == 0 || (limited && passes);
	json_array_foreach(json_object_get(node, "Plans"), i, child) look_node(q, child, below);
}

static void look_postgres(struct stage *s, PGconn *c, const struct sql_query *q)
{
	static const char *const types[] = { [SQL_INT] = "bigint", [SQL_TEXT] = "text", [SQL_REAL] = "float8", [SQL_BLOB] = "bytea",
		[SQL_TEXT_OR_NULL] = "text", [SQL_BLOB_OR_NULL] = "bytea" };
	struct buf prepare = buf_new(s->cx, 64 * 1024), run = buf_new(s->cx, 4096);
	buf_lit(&prepare, "PREPARE p");
	buf_lit(&run, "EXPLAIN (FORMAT JSON) EXECUTE p");
	for (size_t i = 0; i < q->n_params; i++) {
		buf_fmt(&prepare, "%s%s", i ? ", " : " (", types[q->params[i]]);
		buf_fmt(&run, "%s%s", i ? ", " : " (", q->params[i] == SQL_INT || q->params[i] == SQL_REAL ? "1" : "'word'");
	}
	buf_fmt(&prepare, "%s AS %s", q->n_params ? ")" : "", q->text_pg ? q->text_pg : q->text);
	buf_fmt(&run, "%s", q->n_params ? ")" : "");
	PQclear(ask(c, str_c(s->cx, buf_view(&prepare))));
	PGresult *r = ask(c, str_c(s->cx, buf_view(&run)));
	json_t *plan = json_loads(PQgetvalue(r, 0, 0), 0, NULL);
	assert_non_null(plan);
	look_node(q, json_object_get(json_array_get(plan, 0), "Plan"), false);
	json_decref(plan);
	PQclear(r);
	PQclear(ask(c, "DEALLOCATE p"));
}

static void look_at_postgres(struct stage *s)
{
	PGconn *c = PQconnectdb(str_c(s->cx, s->site->place));
	for (size_t i = 0; i < sizeof invented / sizeof *invented; i++) PQclear(ask(c, invented[i]));
	for (size_t i = 0; i < db_catalogue.n_queries; i++) look_postgres(s, c, &db_catalogue.queries[i]);
	PQfinish(c);
}

static void no_query_reads_all_of_what_grows(void **state)
{
	if (site_on_postgres()) look_at_postgres(*state);
	else look_at_sqlite(*state);
	assert_nothing_found();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_query_reads_all_of_what_grows) };
	return cmocka_run_group_tests(tests, stage_set_up, stage_tear_down);
}
