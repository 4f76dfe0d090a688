/* What authors take back: kept for its days and then erased by itself, or erased by them at once unless somebody looks into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/forget.h"
#include "store/log.h"
#include "store/search.h"
#include "store/withdrawn.h"
#include "store_stage.h"
#include "base/banned.h"

static err by_author(struct stage *s, enum act act, id number, bool comment)
{
	struct act_on op = { .act = act, .number = number };
	return db_transaction(s->cx, s->db, comment ? comment_act : article_act, &op);
}

static struct comment_post post(struct stage *s, id article, str body)
{
	struct comment_draft d = { .article = article, .body = body, .author = S("Qwsomebodyxq"), .precision = PRECISION_MINUTE };
	struct comment_ready r;
	struct comment_post op = { .ready = &r };
	assert_int_equal(comment_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, comment_post, &op), OK);
	return op;
}

static struct sql_comment_by_key *by_link(struct stage *s, const char link[COMMENT_LINK])
{
	struct sql_comment_by_key *c;
	assert_int_equal(comment_by_link(s->cx, s->db, link, &c), OK);
	return c;
}

static struct sql_row_comment *comment(struct stage *s, id number)
{
	struct sql_row_comment *c;
	assert_int_equal(sql_comment_by_id(s->cx, s->db, number, &c), OK);
	assert_non_null(c);
	return c;
}

static struct sql_row_logged *last_row(struct stage *s)
{
	struct sql_row_logged *rows;
	size_t n;
	assert_int_equal(sql_log_list(s->cx, s->db, INT64_MAX, 1, &rows, &n), OK);
	assert_int_equal(n, 1);
	return rows;
}

static void is_sound(struct stage *s)
{
	struct told said = { 0 };
	struct sql_check_purged *left;
	struct sql_check_comment_counts *counts;
	int64_t rows;
	size_t n;
	if (log_verify(s->cx, s->db, stage_tell, &said, &rows) != OK) fail_msg("%s", said.text);
	assert_int_equal(sql_check_purged(s->cx, s->db, 10, &left, &n), OK);
	assert_int_equal(n, 0);
	assert_int_equal(sql_check_comment_counts(s->cx, s->db, 10, &counts, &n), OK);
	assert_int_equal(n, 0);
}

/* As long ago as it takes. */
static void long_ago(struct stage *s, const char *table, id number, int64_t days)
{
	(void)site_raw(s->site, str_c(s->cx, str_fmt(s->cx, "UPDATE %s SET hidden = hidden - %lld WHERE id = %lld", table, (long long)(days * DAY), (long long)number)));
}

static size_t expire(struct stage *s, int64_t days)
{
	struct withdrawn_expire x = { .days = days, .more = true };
	size_t n = 0;
	for (int steps = 0; x.more; n += x.erased) {
		assert_true(++steps < 1000);
		assert_int_equal(db_transaction(s->cx, s->db, withdrawn_expire, &x), OK);
	}
	return n;
}

static void a_comment_has_a_private_link(void **state)
{
	struct stage *s = *state;
	id article = stage_publish(s, S("Commented upon"), S("")).out;
	struct comment_post one = post(s, article, S("The first.")), two = post(s, article, S("The second."));
	assert_int_equal(by_link(s, one.link)->id, one.out);
	assert_int_equal(by_link(s, two.link)->id, two.out);
	for (size_t i = 0; i < COMMENT_LINK; i++) { /* all of it counts, the number too */
		char other[COMMENT_LINK];
		memcpy(other, one.link, sizeof other);
		other[i] ^= 1;
		assert_null(by_link(s, other));
	}
	static const char none[COMMENT_LINK] = { 0 };
	assert_null(by_link(s, none));
	struct comment_post again = post(s, article, S("The first."));
	assert_true(again.again && again.out == one.out);
	assert_null(by_link(s, again.link)); /* whoever sends the same gets no link to what another wrote */
}

static void an_author_takes_a_comment_back(void **state)
{
	struct stage *s = *state;
	id article = stage_publish(s, S("Under which one goes"), S("")).out;
	struct comment_post c = post(s, article, S("Said too quickly."));
	assert_int_equal(stage_get(s, article)->comments, 1);
	assert_int_equal(by_author(s, ACT_WITHDRAW, c.out, true), OK);
	assert_int_equal(comment(s, c.out)->status, STATUS_WITHDRAWN);
	assert_int_equal(stage_get(s, article)->comments, 0);
	assert_true(str_eq(last_row(s)->actor, S("author")) && str_eq(last_row(s)->object, S("comment")) && str_eq(last_row(s)->action, S("withdraw")));
	assert_int_equal(by_author(s, ACT_WITHDRAW, c.out, true), CONFLICT);
	assert_int_equal(stage_act(s, ACT_UNHIDE, c.out, true), CONFLICT);
	assert_non_null(by_link(s, c.link));
	struct comment_post again = post(s, article, S("Said too quickly."));
	assert_false(again.again); /* what was withdrawn can be said anew */
	assert_int_equal(by_author(s, ACT_ERASE, c.out, true), OK);
	assert_int_equal(comment(s, c.out)->status, STATUS_PURGED);
	assert_int_equal(comment(s, c.out)->reason, 0);
	assert_int_equal(comment(s, c.out)->body_html.n + comment(s, c.out)->author.n, 0);
	assert_null(by_link(s, c.link));
	assert_true(str_eq(last_row(s)->actor, S("author")) && str_eq(last_row(s)->action, S("erase")));
	assert_int_equal(by_author(s, ACT_ERASE, c.out, true), CONFLICT);
	is_sound(s);
}

static void an_author_erases_an_article(void **state)
{
	struct stage *s = *state;
	struct article_publish a = stage_publish(s, S("To be erased"), S(""));
	struct comment_post c = post(s, a.out, S("Under it."));
	assert_int_equal(stage_act(s, ACT_FEATURE, a.out, false), OK);
	assert_int_equal(by_author(s, ACT_ERASE, a.out, false), OK);
	assert_true(stage_get(s, a.out)->status == STATUS_PURGED && stage_get(s, a.out)->reason == 0 && stage_get(s, a.out)->title.n == 0);
	assert_int_equal(comment(s, c.out)->status, STATUS_PURGED);
	assert_null(by_link(s, c.link));
	assert_true(last_row(s)->title.n == 0 && str_eq(last_row(s)->actor, S("author")));
	is_sound(s);
}

static void hide_and_withdraw(struct stage *s, id number, bool comment)
{
	assert_int_equal(stage_act(s, ACT_HIDE, number, comment), OK);
	assert_int_equal(by_author(s, ACT_ERASE, number, comment), CONFLICT);
	assert_true(str_contains(s->cx->fault.sentence, S("hidden")));
	assert_int_equal(by_author(s, ACT_WITHDRAW, number, comment), OK);
	assert_true(str_eq(last_row(s)->reason, S("spam")));
	assert_int_equal(by_author(s, ACT_ERASE, number, comment), CONFLICT); /* nor around it */
}

static void what_editors_look_into_stays(void **state)
{
	struct stage *s = *state;
	id article = stage_publish(s, S("A threat"), S("")).out, other = stage_publish(s, S("Another"), S("")).out;
	struct comment_post c = post(s, other, S("A threat too."));
	int64_t changed;
	hide_and_withdraw(s, article, false);
	hide_and_withdraw(s, c.out, true);
	assert_int_equal(sql_article_set_status(s->cx, s->db, other, STATUS_HELD, 0, S(""), 0, &changed), OK);
	assert_int_equal(by_author(s, ACT_ERASE, other, false), CONFLICT);
	assert_int_equal(sql_article_set_status(s->cx, s->db, other, STATUS_SHOWN, 0, S(""), 0, &changed), OK);
	assert_int_equal(sql_letter_insert(s->cx, s->db, other, 0, 1, S("Ada"), S("Is that so?")), OK);
	assert_int_equal(by_author(s, ACT_ERASE, other, false), CONFLICT);
	assert_true(str_contains(s->cx->fault.sentence, S("answer")));
	assert_int_equal(sql_letter_insert(s->cx, s->db, other, 0, 2, S(""), S("It is not.")), OK);
	assert_int_equal(by_author(s, ACT_ERASE, other, false), OK);
	/* When the days are over it goes all the same. */
	long_ago(s, "article", article, 31);
	assert_true(expire(s, 30) >= 1);
	assert_int_equal(stage_get(s, article)->status, STATUS_PURGED);
	is_sound(s);
}

static void what_was_withdrawn_goes_when_its_days_are_over(void **state)
{
	struct stage *s = *state;
	enum { MANY = 70 };
	id articles[2], comments[MANY], under = stage_publish(s, S("Stays, though its comments go"), S("")).out;
	(void)expire(s, 0);
	for (size_t i = 0; i < 2; i++) {
		articles[i] = stage_publish(s, str_fmt(s->cx, "Withdrawn %zu", i), S("")).out;
		assert_int_equal(by_author(s, ACT_WITHDRAW, articles[i], false), OK);
	}
	for (size_t i = 0; i < MANY; i++) {
		comments[i] = post(s, under, str_fmt(s->cx, "Remark %zu", i)).out;
		assert_int_equal(by_author(s, ACT_WITHDRAW, comments[i], true), OK);
		if (i > 0) long_ago(s, "comment", comments[i], 30);
	}
	long_ago(s, "article", articles[0], 30);
	assert_int_equal(expire(s, 30), 1 + MANY - 1);
	assert_true(stage_get(s, articles[0])->status == STATUS_PURGED && stage_get(s, articles[1])->status == STATUS_WITHDRAWN);
	assert_int_equal(comment(s, comments[0])->status, STATUS_WITHDRAWN);
	assert_int_equal(comment(s, comments[1])->status, STATUS_PURGED);
	assert_int_equal(comment(s, comments[MANY - 1])->status, STATUS_PURGED);
	assert_true(str_eq(last_row(s)->actor, S("site")) && str_eq(last_row(s)->action, S("erase")));
	assert_int_equal(expire(s, 30), 0);
	assert_int_equal(expire(s, 0), 2);
	is_sound(s);
}

static void forgetting_is_counted(void **state)
{
	struct stage *s = *state;
	id article = stage_publish(s, S("Two things to forget"), S("")).out;
	struct comment_post one = post(s, article, S("One.")), two = post(s, article, S("Two."));
	struct search_merge m = { 0 };
	bool waits, asked;
	do assert_int_equal(db_transaction(s->cx, s->db, search_merge, &m), OK);
	while (m.more);
	assert_int_equal(forget_end(s->cx, s->db), OK);
	assert_int_equal(forget_waits(s->cx, s->db, &waits), OK);
	assert_false(waits);
	assert_int_equal(by_author(s, ACT_ERASE, one.out, true), OK);
	assert_int_equal(forget_waits(s->cx, s->db, &waits), OK);
	assert_true(waits);
	assert_int_equal(search_forgetting(s->cx, s->db, &asked), OK);
	assert_false(asked); /* comments are in no index of words */
	assert_int_equal(forget_end(s->cx, s->db), OK);
	assert_int_equal(stage_act(s, ACT_PURGE, two.out, true), OK);
	assert_int_equal(forget_waits(s->cx, s->db, &waits), OK);
	assert_true(waits);
	assert_int_equal(by_author(s, ACT_ERASE, article, false), OK);
	assert_int_equal(search_forgetting(s->cx, s->db, &asked), OK);
	assert_true(asked);
}

static void a_reader_of_before_is_not_driven_out(void **state)
{
	struct stage *s = *state;
	struct db *reader;
	id article = stage_publish(s, S("Read for long"), S("")).out;
	if (site_on_postgres()) return; /* there nobody is in the way of a vacuum */
	assert_int_equal(db_open(s->cx, s->site->place, DB_READ, &reader), OK);
	assert_int_equal(db_read_begin(s->cx, reader), OK);
	struct sql_article_under *seen;
	assert_int_equal(sql_article_under(s->cx, reader, article, &seen), OK);
	assert_int_equal(by_author(s, ACT_ERASE, article, false), OK);
	assert_int_equal(forget_end(s->cx, s->db), BUSY);
	assert_int_equal(sql_article_under(s->cx, reader, article, &seen), OK);
	assert_int_equal(seen->status, STATUS_SHOWN);
	db_read_end(reader);
	assert_int_equal(forget_end(s->cx, s->db), OK);
	db_close(reader);
}

static void an_author_corrects_a_comment(void **state)
{
	struct stage *s = *state;
	id article = stage_publish(s, S("Corrected below"), S("")).out;
	struct comment_post c = post(s, article, S("A qwslipxq."));
	struct comment_draft d = { .article = article, .body = S("A qwmendedxq."), .author = S("Somebody else") };
	struct comment_ready r;
	struct comment_correct op = { .number = c.out, .ready = &r, .has_seen = true, .seen = 0 };
	struct sql_comment_revision_list *before;
	size_t n;
	assert_int_equal(comment_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, comment_correct, &op), OK);
	assert_true(str_contains(comment(s, c.out)->body_html, S("qwmendedxq")) && op.article == article);
	assert_int_equal(sql_comment_revision_list(s->cx, s->db, c.out, 10, &before, &n), OK);
	assert_true(n == 1 && before[0].number == 1 && before[0].at % MINUTE == 0);
	assert_int_equal(db_transaction(s->cx, s->db, comment_correct, &op), CONFLICT); /* from a page of before */
	op.seen = 1, op.watched = true;
	assert_int_equal(db_transaction(s->cx, s->db, comment_correct, &op), OK);
	assert_int_equal(comment(s, c.out)->status, STATUS_HELD);
	assert_int_equal(stage_get(s, article)->comments, 0);
	assert_int_equal(by_author(s, ACT_WITHDRAW, c.out, true), OK);
	op.seen = 2;
	assert_int_equal(db_transaction(s->cx, s->db, comment_correct, &op), CONFLICT);
	assert_int_equal(stage_act(s, ACT_PURGE, c.out, true), OK);
	assert_int_equal(sql_comment_revision_list(s->cx, s->db, c.out, 10, &before, &n), OK);
	assert_int_equal(n, 0);
	is_sound(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comment_has_a_private_link),
		cmocka_unit_test(an_author_takes_a_comment_back),
		cmocka_unit_test(an_author_erases_an_article),
		cmocka_unit_test(what_editors_look_into_stays),
		cmocka_unit_test(what_was_withdrawn_goes_when_its_days_are_over),
		cmocka_unit_test(forgetting_is_counted),
		cmocka_unit_test(a_reader_of_before_is_not_driven_out),
		cmocka_unit_test(an_author_corrects_a_comment),
	};
	return cmocka_run_group_tests(tests, stage_set_up, stage_tear_down);
}
