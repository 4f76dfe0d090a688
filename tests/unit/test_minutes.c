/* What a site stores of when something was done: whole minutes of readers and authors, whole hours of editors; and that what came in one minute, or was hidden in one hour,
 * keeps its order and is paged without a gap. The clock stands still at a time that is no round one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store_stage.h"
#include "store/appear.h"
#include "store/log.h"
#include "store/person.h"
#include "base/banned.h"

#define NOON (INT64_C(20000) * DAY + 12 * HOUR)
#define ODD (NOON + 34 * MINUTE + 56 * SECOND + 789012)

static struct clock stopped;

static int set_up(void **state)
{
	if (stage_set_up(state) != 0) return 1;
	stopped = (struct clock){ .stopped = true, .at = ODD };
	((struct stage *)*state)->cx->clock = &stopped;
	return 0;
}

static const struct who ada = { 1, S_INIT("Ada"), PERSON_EDITOR };

static err correct(struct stage *s, id number, struct who who, int64_t seen, str title)
{
	struct article_draft d = { .title = title, .body = S("Other words."), .type = s->type, .language = S("en") };
	struct article_ready r;
	struct article_correct op = { .number = number, .ready = &r, .who = who, .has_seen = seen != 0, .seen = seen };
	assert_int_equal(article_prepare(s->cx, NULL, &d, &r), OK);
	return db_transaction(s->cx, s->db, article_correct, &op);
}

static void minutes_and_hours_are_rounded_down(void **state)
{
	(void)state;
	assert_int_equal(clock_minute(ODD), NOON + 34 * MINUTE);
	assert_int_equal(clock_hour(ODD), NOON);
	assert_int_equal(clock_minute(NOON), NOON);
	assert_int_equal(clock_minute(-1), -MINUTE); /* before 1970 too */
	assert_int_equal(clock_hour(-HOUR), -HOUR);
}

static void what_people_do_has_its_minute_and_what_editors_do_its_hour(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("When was that"), S("")).out, comment = stage_comment(s, number, S("Just now."), OK);
	struct sql_row_comment *c;
	struct session_make session = { .person = 0 };
	struct person_add person = { .name = S("Bo"), .role = PERSON_EDITOR };
	assert_int_equal(stage_get(s, number)->posted, NOON + 34 * MINUTE);
	assert_int_equal(sql_comment_by_id(s->cx, s->db, comment, &c), OK);
	assert_int_equal(c->posted, NOON + 34 * MINUTE);
	assert_int_equal(site_raw(s->site, "SELECT posted FROM article_topic"), NOON + 34 * MINUTE);
	assert_int_equal(person_hash_password(s->cx, S("a long password"), &person.password_hash), OK);
	assert_int_equal(db_transaction(s->cx, s->db, person_add, &person), OK);
	assert_int_equal(site_raw(s->site, "SELECT created FROM person"), NOON + 34 * MINUTE);
	session.person = site_raw(s->site, "SELECT id FROM person");
	assert_int_equal(db_transaction(s->cx, s->db, session_make, &session), OK);
	assert_int_equal(site_raw(s->site, "SELECT expires FROM session") % MINUTE, 0);
	assert_int_equal(stage_act(s, ACT_FEATURE, number, false), OK);
	assert_int_equal(stage_act(s, ACT_HIDE, comment, true), OK);
	assert_int_equal(stage_act(s, ACT_HIDE, number, false), OK);
	assert_int_equal(stage_get(s, number)->hidden, NOON);
	assert_int_equal(stage_get(s, number)->featured, NOON);
	assert_int_equal(site_raw(s->site, "SELECT hidden FROM comment"), NOON);
	assert_int_equal(site_raw(s->site, "SELECT count(*) FROM log WHERE at <> 1728043200000000"), 0);
	assert_int_equal(NOON, INT64_C(1728043200000000));
}

/* An import tells the old site's days, whatever they are. */
static void an_import_keeps_what_it_was_told(void **state)
{
	struct stage *s = *state;
	struct article_draft d = { .title = S("Old"), .body = S("Words."), .type = s->type, .language = S("en"), .posted = 12345678, .precision = PRECISION_DAY, .origin = S("page:old") };
	struct article_ready r;
	struct article_publish op = { .ready = &r };
	assert_int_equal(article_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, article_publish, &op), OK);
	assert_int_equal(stage_get(s, op.out)->posted, 12345678);
}

/* The window is no shorter for being told in minutes. */
static void the_same_sent_within_the_hour_is_there_once(void **state)
{
	struct stage *s = *state;
	id first = stage_publish(s, S("Twice"), S("")).out, comment = stage_comment(s, first, S("Twice, too."), OK);
	stopped.at = ODD + HOUR - 1;
	assert_true(stage_publish(s, S("Twice"), S("")).again);
	assert_int_equal(stage_comment(s, first, S("Twice, too."), OK), comment);
	stopped.at = ODD + HOUR + MINUTE;
	assert_false(stage_publish(s, S("Twice"), S("")).again);
	assert_int_not_equal(stage_comment(s, first, S("Twice, too."), OK), comment);
}

static void two_corrections_in_a_minute_are_two_editions(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("First"), S("")).out;
	int64_t before = stage_get(s, number)->posted;
	assert_int_equal(stage_get(s, number)->edition, 1);
	for (int i = 0; i < 5; i++) { /* all in the minute of its posting */
		struct sql_row_article *a = stage_get(s, number);
		assert_int_equal(correct(s, number, i == 3 ? ada : (struct who){ 0 }, a->edition, str_fmt(s->cx, "Edition %d", i + 2)), OK);
		a = stage_get(s, number);
		assert_int_equal(a->edition, i + 2);
		assert_true(a->modified > before && a->modified % MINUTE == 0 && a->modified <= clock_minute(ODD) + (i + 1) * MINUTE);
		before = a->modified;
	}
	/* Of two who read the same edition, the second is told. */
	assert_int_equal(correct(s, number, (struct who){ 0 }, 6, S("The seventh")), OK);
	assert_int_equal(correct(s, number, ada, 6, S("Another seventh")), CONFLICT);
	assert_true(str_eq(stage_get(s, number)->title, S("The seventh")));
	struct act_on approve = { .act = ACT_PROMOTE, .number = number, .who = ada, .has_seen = true, .seen = 6 };
	assert_int_equal(db_transaction(s->cx, s->db, article_act, &approve), CONFLICT);
	approve.seen = 7;
	assert_int_equal(db_transaction(s->cx, s->db, article_act, &approve), OK);
	/* The clock's time is told again as soon as it has caught up; an editor's is the hour. */
	stopped.at = ODD + 5 * HOUR;
	assert_int_equal(correct(s, number, ada, 7, S("The eighth")), OK);
	assert_int_equal(stage_get(s, number)->modified, NOON + 5 * HOUR);
	assert_int_equal(site_raw(s->site, "SELECT max(at) FROM revision"), NOON + 5 * HOUR);
	assert_int_equal(site_raw(s->site, "SELECT count(DISTINCT at) FROM revision"), 7);
}

static void features_of_one_hour_stand_in_the_order_they_were_made(void **state)
{
	struct stage *s = *state;
	struct sql_row_listed *rows;
	size_t n;
	id numbers[5];
	for (int i = 0; i < 5; i++) numbers[i] = stage_publish(s, str_fmt(s->cx, "Feature %d", i), S("")).out;
	static const int order[] = { 3, 0, 4, 1, 2 };
	for (int i = 0; i < 5; i++) assert_int_equal(stage_act(s, ACT_FEATURE, numbers[order[i]], false), OK);
	assert_int_equal(stage_act(s, ACT_HIDE, numbers[2], false), OK); /* and keeps its place, should it come back */
	id later = stage_publish(s, S("Feature later"), S("")).out;
	assert_int_equal(stage_act(s, ACT_FEATURE, later, false), OK);
	assert_int_equal(stage_act(s, ACT_UNHIDE, numbers[2], false), OK);
	assert_int_equal(sql_list_features(s->cx, s->db, INT64_MAX, INT64_MAX, 10, &rows, &n), OK);
	assert_int_equal(n, 6);
	assert_int_equal(rows[0].id, later);
	for (int i = 0; i < 5; i++) assert_int_equal(rows[1 + i].id, numbers[order[4 - i]]);
	for (size_t i = 0; i < n; i++) assert_int_equal(rows[i].featured % HOUR, 0);
}

/* ---- what is on its way ---- */

static void what_is_to_come_later_has_a_chance_minute(void **state)
{
	struct stage *s = *state;
	static const struct who nobody = { 0 }, editor = { 1, S_INIT("Ada"), PERSON_EDITOR };
	int met[5] = { 0 };
	for (int i = 0; i < 500; i++) {
		enum status status = STATUS_SHOWN;
		int64_t posted = 0;
		appear_later(s->cx, 5, &nobody, &status, &posted);
		int64_t after = (posted - (NOON + 34 * MINUTE)) / MINUTE;
		assert_true(status == STATUS_COMING && posted % MINUTE == 0 && after >= 1 && after <= 5);
		met[after - 1]++;
	}
	for (int i = 0; i < 5; i++) assert_true(met[i] > 50); /* 100 each, to within many times what chance does */
	enum status status = STATUS_HELD;
	int64_t posted = 0;
	appear_later(s->cx, 5, &nobody, &status, &posted);
	assert_true(status == STATUS_HELD && posted == 0);
	status = STATUS_SHOWN;
	appear_later(s->cx, 5, &editor, &status, &posted);
	appear_later(s->cx, 0, &nobody, &status, &posted);
	assert_true(status == STATUS_SHOWN && posted == 0);
}

static void it_is_shown_and_counted_when_its_minute_comes_and_not_before(void **state)
{
	struct stage *s = *state;
	struct sql_row_listed *rows;
	struct sql_row_comment *comments;
	size_t n;
	bool due;
	id article = stage_publish(s, S("There"), S("")).out, coming = stage_publish(s, S("On its way"), S("")).out, comment = stage_comment(s, article, S("Likewise."), OK);
	(void)site_raw(s->site, str_c(s->cx, str_fmt(s->cx, "UPDATE article SET status = 6, posted = posted + 120000000 WHERE id = %d", (int)coming)));
	(void)site_raw(s->site, "UPDATE comment SET status = 6, posted = posted + 120000000");
	(void)site_raw(s->site, "UPDATE article SET comments = 0");
	for (int i = 0; i <= 2; i++) { /* the two minutes before, and its own */
		bool shown = i == 2;
		assert_int_equal(appear_due(s->cx, s->db, &due), OK);
		assert_int_equal(due, shown);
		assert_int_equal(db_transaction(s->cx, s->db, appear, NULL), OK);
		assert_int_equal(sql_list_wire(s->cx, s->db, INT64_MAX, INT64_MAX, 10, &rows, &n), OK);
		assert_int_equal(n, 1 + shown);
		assert_int_equal(sql_comment_list(s->cx, s->db, article, INT64_MIN, 0, 10, &comments, &n), OK);
		assert_int_equal(n, shown);
		assert_int_equal(stage_get(s, article)->comments, shown);
		assert_int_equal(stage_get(s, coming)->status, shown ? STATUS_SHOWN : STATUS_COMING);
		stopped.at += i == 1 ? MINUTE - 56 * SECOND - 789012 : MINUTE; /* to the very minute */
	}
	assert_int_equal(appear_due(s->cx, s->db, &due), OK);
	assert_false(due);
	assert_int_equal(site_raw(s->site, str_c(s->cx, str_fmt(s->cx, "SELECT status FROM comment WHERE id = %d", (int)comment))), 0);
}

/* ---- paging what has one time ---- */

static void a_minute_with_many_articles_is_paged_without_a_gap(void **state)
{
	struct stage *s = *state;
	struct sql_row_listed *rows;
	size_t n = 1, seen = 0;
	int64_t at = INT64_MAX;
	id number = INT64_MAX, last = INT64_MAX;
	for (int i = 0; i < 100; i++) (void)stage_publish(s, str_fmt(s->cx, "At once %d", i), S(""));
	while (n) {
		assert_int_equal(sql_list_wire(s->cx, s->db, at, number, 7, &rows, &n), OK);
		for (size_t i = 0; i < n; i++, seen++) {
			assert_true(rows[i].id < last && rows[i].posted == NOON + 34 * MINUTE);
			last = rows[i].id;
		}
		if (n) at = rows[n - 1].posted, number = rows[n - 1].id;
	}
	assert_int_equal(seen, 100);
}

static void a_minute_with_many_comments_is_paged_without_a_gap(void **state)
{
	struct stage *s = *state;
	struct sql_row_comment *rows;
	size_t n = 1, seen = 0;
	id article = stage_publish(s, S("Much said"), S("")).out, last = 0;
	int64_t at = INT64_MIN;
	for (int i = 0; i < 100; i++) (void)stage_comment(s, article, str_fmt(s->cx, "Word %d", i), OK);
	while (n) {
		assert_int_equal(sql_comment_list(s->cx, s->db, article, at, last, 7, &rows, &n), OK);
		for (size_t i = 0; i < n; i++, seen++) {
			assert_true(rows[i].id > last);
			last = rows[i].id, at = rows[i].posted;
		}
	}
	assert_int_equal(seen, 100);
}

/* ---- the log ---- */

static bool whole(struct stage *s, struct told *said)
{
	int64_t rows;
	*said = (struct told){ 0 };
	return log_verify(s->cx, s->db, stage_tell, said, &rows) == OK;
}

struct several {
	int n;
	bool astray; /* a row that names the act before the last */
};

/* An act of an editor that concerns several things, and a setting's. */
static err append_several(struct cx *cx, struct db *db, void *arg)
{
	const struct several *l = arg;
	id act = 0, before = 0;
	for (int i = 0; i < l->n; i++) {
		struct log_entry e = { .actor = S("Ada"), .action = S("hide"), .object = S("comment"), .number = i + 1, .article = 1, .title = S("Spam"), .act = act };
		TRY(log_append_to(cx, db, &e, &act));
	}
	before = act;
	struct log_entry set = { .actor = S("Ada"), .action = S("set"), .object = S("setting"), .title = S("comments"), .was = S("open"), .became = S("held"),
		.act = l->astray ? before - l->n : 0 };
	return log_append(cx, db, &set);
}

static void rows_of_one_act_share_its_number(void **state)
{
	struct stage *s = *state;
	struct told said;
	struct several three = { 3, false }, stray = { 2, true };
	assert_int_equal(db_transaction(s->cx, s->db, append_several, &three), OK);
	assert_int_equal(site_raw(s->site, "SELECT count(*) FROM log WHERE act = 1"), 3);
	assert_int_equal(site_raw(s->site, "SELECT count(*) FROM log WHERE act = 4 AND id = 4 AND object = 'setting' AND was = 'open' AND became = 'held'"), 1);
	assert_true(whole(s, &said));
	(void)site_raw(s->site, "UPDATE log SET act = 3 WHERE id = 3");
	assert_false(whole(s, &said));
	(void)site_raw(s->site, "UPDATE log SET act = 1 WHERE id = 3");
	assert_true(whole(s, &said));
	(void)site_raw(s->site, "UPDATE log SET became = 'closed' WHERE id = 4");
	assert_false(whole(s, &said));
	(void)site_raw(s->site, "UPDATE log SET became = 'held', at = at + 60000000 WHERE id = 4");
	assert_false(whole(s, &said));
	(void)site_raw(s->site, "UPDATE log SET at = at - 60000000 WHERE id = 4");
	assert_true(whole(s, &said));
	assert_int_equal(db_transaction(s->cx, s->db, append_several, &stray), OK);
	assert_false(whole(s, &said));
	assert_true(str_contains(str_of(said.text), S("row 7")) && str_contains(str_of(said.text), S("act")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minutes_and_hours_are_rounded_down),
#define STAGED(t) cmocka_unit_test_setup_teardown(t, set_up, stage_tear_down)
		STAGED(what_people_do_has_its_minute_and_what_editors_do_its_hour),
		STAGED(an_import_keeps_what_it_was_told),
		STAGED(the_same_sent_within_the_hour_is_there_once),
		STAGED(two_corrections_in_a_minute_are_two_editions),
		STAGED(features_of_one_hour_stand_in_the_order_they_were_made),
		STAGED(what_is_to_come_later_has_a_chance_minute),
		STAGED(it_is_shown_and_counted_when_its_minute_comes_and_not_before),
		STAGED(a_minute_with_many_articles_is_paged_without_a_gap),
		STAGED(a_minute_with_many_comments_is_paged_without_a_gap),
		STAGED(rows_of_one_act_share_its_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
