/* One database into another: odd values, what is there already, what differs. The source is the engine at hand; the copy is on SQLite, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "db/query.h"
#include "db/transfer.h"
#include "store_stage.h"
#include "base/banned.h"

static str beside(struct stage *s, const char *name) { return str_fmt(s->cx, "sqlite:%s", site_path(s->site, name)); }

/* Blobs are written as each engine reads them. */
static void put_odd_values(struct stage *s)
{
	stage_publish(s, S("Plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\xa5\x8a \xf3\xa0\x80\xa0 \xf4\x8f\xbf\xbd"), S("odd:1"));
	stage_publish(s, S("\x01\t\x7f'\"\\;--"), S("odd:2"));
	for (int i = 0; i < 450; i++) stage_publish(s, str_fmt(s->cx, "Number %d", i), str_fmt(s->cx, "odd:many:%d", i));
	assert_int_not_equal(site_raw(s->site, "UPDATE article SET source_date = 9223372036854775807, modified = -9223372036854775807 - 1, origin = NULL WHERE id = 1; SELECT 1"), -1);
	assert_int_not_equal(site_raw(s->site, "UPDATE article SET origin = '' WHERE id = 2; SELECT 1"), -1);
	assert_int_not_equal(site_raw(s->site, site_on_postgres() ? "UPDATE article SET content_hash = '\\x', key_hash = '\\x00ff' WHERE id = 2; SELECT 1"
	                                                          : "UPDATE article SET content_hash = x'', key_hash = x'00ff' WHERE id = 2; SELECT 1"), -1);
}

static struct db_transferred *transferred(struct stage *s, str from, str to, size_t *n)
{
	struct db_transferred *t;
	err e = db_transfer(s->cx, from, to, NULL, NULL, &t, n);
	if (e != OK) fail_msg("it was not copied: " STR_FMT, STR_ARG(s->cx->fault.sentence));
	return t;
}

static void same(const struct db_transferred *a, const struct db_transferred *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(a[i].table, b[i].table);
		assert_int_equal(a[i].digest.rows, b[i].digest.rows);
		assert_memory_equal(a[i].digest.hash, b[i].digest.hash, DB_DIGEST);
	}
}

static const struct db_transferred *named(const struct db_transferred *t, size_t n, const char *table)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(t[i].table, table) == 0) return &t[i];
	fail_msg("there is no table %s", table);
	return NULL;
}

static void everything_arrives_and_comes_back(void **state)
{
	struct stage *s = *state, first;
	void *fresh = NULL;
	size_t n, m;
	put_odd_values(s);
	struct db_transferred *there = transferred(s, s->site->place, beside(s, "copy.db"), &n), *digests;
	assert_int_equal(named(there, n, "article")->digest.rows, 452);
	assert_int_equal(db_digests(s->cx, s->site->place, &digests, &m), OK);
	assert_int_equal(n, m);
	same(there, digests, n);
	assert_int_equal(db_digests(s->cx, beside(s, "copy.db"), &digests, &m), OK);
	same(there, digests, n);
	first = *s;
	assert_int_equal(stage_set_up(&fresh), 0); /* a new site of the engine at hand, on the one stage: its lists are replaced */
	same(there, transferred(&first, beside(&first, "copy.db"), s->site->place, &m), n);
	struct article_publish next = stage_publish(s, S("The next"), S("odd:next"));
	assert_int_equal(next.out, 453); /* a number that nobody has */
	stage_tear_down(&fresh);
	*s = first;
}

static void what_is_there_is_kept_and_the_rest_added(void **state)
{
	struct stage *s = *state;
	size_t n;
	stage_publish(s, S("One"), S("one"));
	transferred(s, s->site->place, beside(s, "copy.db"), &n);
	for (int i = 0; i < 230; i++) stage_publish(s, str_fmt(s->cx, "Later %d", i), str_fmt(s->cx, "later:%d", i));
	struct db_transferred *t = transferred(s, s->site->place, beside(s, "copy.db"), &n);
	assert_int_equal(named(t, n, "article")->before, 1);
	assert_int_equal(named(t, n, "article")->digest.rows, 231);
	t = transferred(s, s->site->place, beside(s, "copy.db"), &n);
	assert_int_equal(named(t, n, "article")->before, 231);
}

static void what_differs_is_not_touched(void **state)
{
	struct stage *s = *state;
	struct db_transferred *t, *before;
	size_t n;
	stage_publish(s, S("One"), S("one"));
	stage_publish(s, S("Two"), S("two"));
	transferred(s, s->site->place, beside(s, "copy.db"), &n);
	assert_int_not_equal(site_raw(s->site, "UPDATE article SET title = 'Another' WHERE id = 2; SELECT 1"), -1);
	assert_int_equal(db_digests(s->cx, beside(s, "copy.db"), &before, &n), OK);
	assert_int_equal(db_transfer(s->cx, s->site->place, beside(s, "copy.db"), NULL, NULL, &t, &n), CONFLICT);
	assert_true(str_contains(s->cx->fault.sentence, S("its table article says so")));
	assert_int_equal(db_digests(s->cx, beside(s, "copy.db"), &t, &n), OK);
	same(before, t, n);
	assert_int_not_equal(site_raw(s->site, "DELETE FROM article WHERE id = 2; SELECT 1"), -1);
	assert_int_equal(db_transfer(s->cx, s->site->place, beside(s, "copy.db"), NULL, NULL, &t, &n), CONFLICT); /* it has more */
}

static void nowhere_to_go(void **state)
{
	struct stage *s = *state;
	struct db_transferred *t;
	size_t n;
	assert_int_equal(db_transfer(s->cx, s->site->place, S("sqlite:/nowhere/copy.db"), NULL, NULL, &t, &n), FAILED);
	assert_int_equal(db_transfer(s->cx, S("sqlite:/nowhere/site.db"), beside(s, "copy.db"), NULL, NULL, &t, &n), FAILED);
	assert_int_equal(db_digests(s->cx, S("mysql:x"), &t, &n), FAILED);
}

/* A column that copying would change must not come into the schema. */
static void no_table_loses_anything(void **state)
{
	(void)state;
	assert_true(db_catalogue.n_tables >= 12);
	for (size_t i = 0; i < db_catalogue.n_tables; i++)
		if (db_catalogue.tables[i].loses) fail_msg("%s has a number that may be NULL", db_catalogue.tables[i].name);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, stage_set_up, stage_tear_down)
	const struct CMUnitTest tests[] = { T(everything_arrives_and_comes_back), T(what_is_there_is_kept_and_the_rest_added), T(what_differs_is_not_touched),
		T(nowhere_to_go), cmocka_unit_test(no_table_loses_anything) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
