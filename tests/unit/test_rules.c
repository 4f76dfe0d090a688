/* The rules, each by its whole table: who may what, what is visible, what gives a machine away, how often is too often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rules/rate.h"
#include "rules/retain.h"
#include "rules/spam.h"
#include "rules/visible.h"
#include "rules/who.h"
#include "base/banned.h"

static void each_role_may_what_the_table_says(void **state)
{
	static const struct {
		enum capability cap;
		const char *name;
		bool may[4]; /* nobody, contributor, editor, admin */
	} want[] = {
		{ CAP_READ, "read", { true, true, true, true } },
		{ CAP_PUBLISH, "publish", { true, true, true, true } },
		{ CAP_ACCOUNT, "account", { false, true, true, true } },
		{ CAP_EDIT, "edit", { false, false, true, true } },
		{ CAP_PURGE, "purge", { false, false, false, true } },
		{ CAP_ADMIN, "admin", { false, false, false, true } },
	};
	(void)state;
	assert_int_equal(sizeof want / sizeof *want, CAP_ADMIN + 1);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_true(str_eq(who_capability_name(want[i].cap), str_of(want[i].name)));
		for (int role = PERSON_NOBODY; role <= PERSON_ADMIN; role++) {
			struct who who = { .person = role ? 7 : 0, .role = (enum person_role)role };
			assert_int_equal(who_may(&who, want[i].cap), want[i].may[role]);
		}
	}
}

static void role_names_are_read_back(void **state)
{
	static const char *const none[] = { "", "nobody", "Editor", "editor ", "root", "editors", "0" };
	enum person_role role = PERSON_NOBODY;
	(void)state;
	for (int i = PERSON_CONTRIBUTOR; i <= PERSON_ADMIN; i++) {
		assert_true(who_parse_role(who_role_name((enum person_role)i), &role));
		assert_int_equal(role, i);
	}
	role = PERSON_NOBODY;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(who_parse_role(str_of(none[i]), &role));
	assert_int_equal(role, PERSON_NOBODY);
	assert_true(str_eq(who_role_name(PERSON_NOBODY), S("nobody")));
}

static void each_status_is_seen_as_the_table_says(void **state)
{
	static const struct {
		enum status status;
		bool text, listed;
		const char *word;
	} want[] = {
		{ STATUS_SHOWN, true, true, "shown" },
		{ STATUS_HIDDEN, true, false, "hidden" },
		{ STATUS_HELD, false, false, "held" },
		{ STATUS_WITHDRAWN, false, false, "withdrawn" },
		{ STATUS_PURGED, false, false, "removed" },
		{ STATUS_REFUSED, false, false, "refused" },
		{ STATUS_COMING, false, false, "on its way" },
	};
	(void)state;
	assert_int_equal(sizeof want / sizeof *want, STATUS_COMING + 1);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_int_equal(want[i].status, i); /* the numbers are stored: they never change */
		assert_int_equal(visible_text(want[i].status), want[i].text);
		assert_int_equal(visible_listed(want[i].status), want[i].listed);
		assert_true(!visible_listed(want[i].status) || visible_text(want[i].status));
		assert_true(str_eq(visible_word(want[i].status), str_of(want[i].word)));
	}
}

static void a_form_gives_a_machine_away(void **state)
{
	static const struct {
		const char *trap;
		int64_t seconds, least;
		enum spam_verdict want;
	} table[] = {
		{ "", 2, 2, SPAM_NO },
		{ "", 3600, 2, SPAM_NO },
		{ "", 1, 2, SPAM_TOO_FAST },
		{ "", 0, 2, SPAM_TOO_FAST },
		{ "", 0, 0, SPAM_NO },
		{ "", -1, 2, SPAM_NO }, /* not known */
		{ "", INT64_MIN, 60, SPAM_NO },
		{ "", INT64_MAX, 60, SPAM_NO },
		{ "x", 3600, 2, SPAM_TRAP },
		{ " ", -1, 0, SPAM_TRAP },
		{ "x", 0, 60, SPAM_TRAP }, /* the trap is the surer sign */
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(spam_form(str_of(table[i].trap), table[i].seconds, table[i].least), table[i].want);
	assert_int_equal(spam_form((str){ 0 }, 5, 2), SPAM_NO);
}

/* How many of this many tries at one moment are let through. */
static int burst(struct rate *r, int64_t now, int per_hour, int tries)
{
	int n = 0;
	while (tries--) n += rate_allows(r, now, per_hour);
	return n;
}

static void bursts_are_as_many_as_an_hour_has(void **state)
{
	static const int per_hour[] = { 1, 2, 7, 12, 60, 3600, 100000 };
	(void)state;
	for (size_t i = 0; i < sizeof per_hour / sizeof *per_hour; i++) {
		struct rate r = { 0 };
		int64_t now = INT64_C(1085000000) * SECOND;
		assert_int_equal(burst(&r, now, per_hour[i], per_hour[i] + 50), per_hour[i]);
		assert_int_equal(burst(&r, now, per_hour[i], 50), 0);
		assert_int_equal(burst(&r, now + HOUR / per_hour[i], per_hour[i], 50), 1);
		assert_int_equal(burst(&r, now + DAY, per_hour[i], per_hour[i] + 50), per_hour[i]);
	}
}

static void none_an_hour_is_none(void **state)
{
	struct rate r = { 0 };
	(void)state;
	assert_false(rate_allows(&r, HOUR, 0));
	assert_false(rate_allows(&r, HOUR, -3));
	assert_int_equal(r.full_until, 0);
}

static void a_steady_client_is_never_refused(void **state)
{
	struct rate r = { 0 };
	int64_t now = DAY;
	(void)state;
	for (int i = 0; i < 1000; i++, now += HOUR / 12) assert_true(rate_allows(&r, now, 12));
}

static void what_was_refused_is_not_counted(void **state)
{
	struct rate r = { 0 };
	(void)state;
	assert_int_equal(burst(&r, DAY, 4, 4), 4);
	int64_t full = r.full_until;
	assert_int_equal(burst(&r, DAY, 4, 1000), 0);
	assert_int_equal(r.full_until, full);
	assert_true(rate_allows(&r, DAY + HOUR / 4, 4));
}

static void a_clock_put_back_locks_nobody_out(void **state)
{
	struct rate r = { 0 };
	(void)state;
	assert_int_equal(burst(&r, 30 * DAY, 4, 9), 4);
	assert_int_equal(burst(&r, 30 * DAY - MINUTE, 4, 9), 4); /* more than an hour ahead: no count of this clock's */
	assert_int_equal(burst(&r, 2 * DAY, 4, 9), 4);
	assert_int_equal(burst(&r, 2 * DAY, 4, 9), 0);
	assert_int_equal(burst(&r, 2 * DAY + HOUR, 4, 9), 4);
}

static void what_others_look_into_is_not_erased(void **state)
{
	static const struct {
		struct retain_case is;
		enum retain_bar bar;
	} want[] = {
		{ { .status = STATUS_SHOWN }, RETAIN_FREE },
		{ { .status = STATUS_HELD }, RETAIN_WAITING },
		{ { .status = STATUS_HIDDEN }, RETAIN_HIDDEN },
		{ { .status = STATUS_REFUSED }, RETAIN_HIDDEN },
		{ { .status = STATUS_PURGED, .letter = true, .report = true }, RETAIN_GONE },
		{ { .status = STATUS_WITHDRAWN, .before = STATUS_SHOWN }, RETAIN_FREE },
		{ { .status = STATUS_WITHDRAWN, .before = STATUS_HELD }, RETAIN_WAITING }, /* withdrawing is no way around */
		{ { .status = STATUS_WITHDRAWN, .before = STATUS_HIDDEN }, RETAIN_HIDDEN },
		{ { .status = STATUS_WITHDRAWN, .before = STATUS_REFUSED }, RETAIN_HIDDEN },
		{ { .status = STATUS_SHOWN, .letter = true }, RETAIN_LETTER },
		{ { .status = STATUS_SHOWN, .report = true }, RETAIN_REPORT },
		{ { .status = STATUS_SHOWN, .proposal = true }, RETAIN_PROPOSAL },
		{ { .status = STATUS_WITHDRAWN, .letter = true }, RETAIN_LETTER },
		{ { .status = STATUS_WITHDRAWN, .report = true }, RETAIN_REPORT },
		{ { .status = STATUS_HIDDEN, .report = true, .letter = true }, RETAIN_REPORT },
		/* What it was before counts only while it is withdrawn. */
		{ { .status = STATUS_SHOWN, .before = STATUS_HIDDEN }, RETAIN_FREE },
	};
	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) assert_int_equal(retain_bar(&want[i].is), want[i].bar);
}

static void what_was_withdrawn_has_its_days(void **state)
{
	struct retain_case c = { .status = STATUS_WITHDRAWN };
	int64_t at = 100 * DAY;
	(void)state;
	assert_true(retain_until(at, 30) == 130 * DAY && retain_until(at, 0) == at);
	assert_false(retain_is_over(&c, at, 30, 130 * DAY - 1));
	assert_true(retain_is_over(&c, at, 30, 130 * DAY));
	assert_true(retain_is_over(&c, at, 0, at));
	c.letter = true, c.before = STATUS_HIDDEN; /* the editors had their days */
	assert_true(retain_is_over(&c, at, 30, 130 * DAY));
	c.report = true;
	assert_false(retain_is_over(&c, at, 30, 9999 * DAY));
	c.report = false, c.proposal = true;
	assert_false(retain_is_over(&c, at, 30, 9999 * DAY));
	c = (struct retain_case){ .status = STATUS_SHOWN };
	assert_false(retain_is_over(&c, at, 0, 9999 * DAY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_role_may_what_the_table_says),
		cmocka_unit_test(role_names_are_read_back),
		cmocka_unit_test(each_status_is_seen_as_the_table_says),
		cmocka_unit_test(what_others_look_into_is_not_erased),
		cmocka_unit_test(what_was_withdrawn_has_its_days),
		cmocka_unit_test(a_form_gives_a_machine_away),
		cmocka_unit_test(bursts_are_as_many_as_an_hour_has),
		cmocka_unit_test(none_an_hour_is_none),
		cmocka_unit_test(a_steady_client_is_never_refused),
		cmocka_unit_test(what_was_refused_is_not_counted),
		cmocka_unit_test(a_clock_put_back_locks_nobody_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
