/* What a server makes of what others on the same database tell it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "web/app.c"

#define KINDS (DEPENDS_LOG + 1)
#define NUMBERS 4

/* Which of the generations moved since the last look: a bit for each kind and number. */
static unsigned moved(struct app *app)
{
	static uint32_t before[KINDS][NUMBERS];
	unsigned bits = 0;
	for (unsigned k = 0; k < KINDS; k++)
		for (unsigned n = 0; n < NUMBERS; n++) {
			uint32_t slot, forbidden, now = cache_generation(app->cache, cache_key(k, n), &slot, &forbidden);
			if (now != before[k][n]) bits |= 1U << (k * NUMBERS + n);
			before[k][n] = now;
		}
	return bits;
}

static unsigned bit(enum depends kind, id number) { return 1U << ((unsigned)kind * NUMBERS + (unsigned)number); }

static int set_up(void **state)
{
	static struct app app;
	app.cache = cache_new(1 << 20);
	*state = &app;
	return moved(&app) != 0;
}

static int tear_down(void **state)
{
	struct app *app = *state;
	cache_free(app->cache);
	return 0;
}

static void only_what_was_told_is_made_anew(void **state)
{
	struct app *app = *state;
	heard(app, S("1:0 3:2"));
	assert_int_equal(moved(app), bit(DEPENDS_WIRE, 0) | bit(DEPENDS_ARTICLE, 2));
	heard(app, S("1:0 3:3 2:0 4:0"));
	assert_int_equal(moved(app), bit(DEPENDS_WIRE, 0) | bit(DEPENDS_ARTICLE, 3) | bit(DEPENDS_COMMENTS, 0) | bit(DEPENDS_LOG, 0));
	heard(app, S("+1:0 +3:1"));
	assert_int_equal(moved(app), bit(DEPENDS_WIRE, 0) | bit(DEPENDS_ARTICLE, 1));
	heard(app, S("3:1"));
	assert_int_equal(moved(app), bit(DEPENDS_ARTICLE, 1));
	assert_int_equal(metric_read(&app->site_changes), 0);
}

static void what_is_not_understood_may_be_anything(void **state)
{
	static const str odd[] = { S_INIT(""), S_INIT("*"), S_INIT("9:1"), S_INIT("3:x"), S_INIT("31"), S_INIT("1:-4"), S_INIT("1:0 "), S_INIT(" 1:0"), S_INIT("1:0  3:1"), S_INIT("3:1 later:1") };
	struct app *app = *state;
	uint64_t before = metric_read(&app->site_changes);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		heard(app, odd[i]);
		if (!(moved(app) & bit(DEPENDS_SITE, 0))) fail_msg("'" STR_FMT "' was passed over", STR_ARG(odd[i]));
	}
	assert_int_equal(metric_read(&app->site_changes) - before, sizeof odd / sizeof *odd);
}

static void what_a_worker_holds_stays_where_it_cannot_be_read_anew(void **state)
{
	struct site *s = *state;
	struct app app = { 0 };
	struct worker w = { .app = &app, .db = s->db };
	assert_int_equal(db_transaction(s->cx, s->db, terms_defaults, NULL), OK);
	assert_int_equal(worker_refresh(s->cx, &w), OK);
	size_t n = w.terms.n;
	assert_true(n > 0);
	all_changed(&app, false);
	site_raw(s, "DROP TABLE block_link");
	assert_int_not_equal(worker_refresh(s->cx, &w), OK);
	assert_true(s->cx->fault.sentence.n > 0);
	assert_int_equal(w.terms.n, n);
	for (size_t i = 0; i < n; i++) assert_true(w.terms.at[i].slug.n > 0 && w.terms.at[i].slug.p[0] != 0);
	cx_end(w.held);
}

int main(void)
{
	const struct CMUnitTest heard_tests[] = { cmocka_unit_test(only_what_was_told_is_made_anew), cmocka_unit_test(what_is_not_understood_may_be_anything) };
	const struct CMUnitTest held_tests[] = { cmocka_unit_test_setup_teardown(what_a_worker_holds_stays_where_it_cannot_be_read_anew, site_set_up, site_tear_down) };
	return cmocka_run_group_tests(heard_tests, set_up, tear_down) + cmocka_run_group_tests(held_tests, NULL, NULL);
}
