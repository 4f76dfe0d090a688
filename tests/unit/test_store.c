/* The store on a database of its own: publishing, correcting, acting, the log's chain, comments' counts, sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "store_stage.h"
#include "store/block.h"
#include "store/log.h"
#include "store/person.h"
#include "store/term.h"
#include "base/banned.h"

static void sent_twice_is_there_once(void **state)
{
	struct stage *s = *state;
	struct article_publish one = stage_publish(s, S("Same"), S("")), two = stage_publish(s, S("Same"), S(""));
	assert_false(one.again);
	assert_true(two.again && two.out == one.out);
	assert_false(stage_publish(s, S("Other"), S("")).again);
	one = stage_publish(s, S("Old page"), S("page:1"));
	assert_true(stage_publish(s, S("Old page, read again"), S("page:1")).again);
}

static void only_the_key_opens_its_article(void **state)
{
	struct stage *s = *state;
	struct article_publish made = stage_publish(s, S("Keyed"), S(""));
	char hash[ARTICLE_HASH];
	struct sql_row_article *a;
	article_key_hash(made.key, hash);
	assert_int_equal(sql_article_by_key(s->cx, s->db, (str){ hash, sizeof hash }, &a), OK);
	assert_int_equal(a->id, made.out);
	made.key[0] ^= 1;
	article_key_hash(made.key, hash);
	assert_int_equal(sql_article_by_key(s->cx, s->db, (str){ hash, sizeof hash }, &a), OK);
	assert_null(a);
}

static void a_correction_keeps_what_was(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("Befour"), S("")).out;
	struct article_draft d = { .title = S("Before"), .body = S("Better."), .type = s->type, .language = S("en") };
	struct article_ready r;
	struct article_correct op = { .number = number, .ready = &r };
	struct sql_revision_list *kept;
	size_t n;
	assert_int_equal(article_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, article_correct, &op), OK);
	assert_true(str_eq(stage_get(s, number)->title, S("Before")) && stage_get(s, number)->modified > 0);
	assert_int_equal(sql_revision_list(s->cx, s->db, number, 10, &kept, &n), OK);
	assert_int_equal(n, 1);
	assert_true(str_eq(kept[0].title, S("Befour")));
	op.number = 999999;
	assert_int_equal(db_transaction(s->cx, s->db, article_correct, &op), NOTFOUND);
}

static void each_act_is_done_once(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("Acted upon"), S("")).out;
	static const enum act pairs[][2] = { { ACT_FEATURE, ACT_UNFEATURE }, { ACT_PROMOTE, ACT_DEMOTE }, { ACT_LOCK, ACT_UNLOCK }, { ACT_HIDE, ACT_UNHIDE } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		assert_int_equal(stage_act(s, pairs[i][1], number, false), CONFLICT);
		assert_int_equal(stage_act(s, pairs[i][0], number, false), OK);
		assert_int_equal(stage_act(s, pairs[i][0], number, false), CONFLICT);
		assert_int_equal(stage_act(s, pairs[i][1], number, false), OK);
	}
	assert_int_equal(stage_act(s, ACT_HIDE, number, false), OK);
	assert_int_equal(stage_act(s, ACT_FEATURE, number, false), CONFLICT);
	assert_int_equal(stage_act(s, ACT_PURGE, number, false), OK);
	assert_true(stage_get(s, number)->title.n == 0 && stage_get(s, number)->body.n == 0);
	assert_int_equal(stage_act(s, ACT_UNHIDE, number, false), CONFLICT);
}

static void comments_are_counted_as_they_show(void **state)
{
	struct stage *s = *state;
	id number = stage_publish(s, S("Discussed"), S("")).out;
	id first = stage_comment(s, number, S("One."), OK);
	assert_int_equal(stage_comment(s, number, S("One."), OK), first);
	stage_comment(s, number, S("Two."), OK);
	assert_int_equal(stage_get(s, number)->comments, 2);
	assert_int_equal(stage_act(s, ACT_HIDE, first, true), OK);
	assert_int_equal(stage_get(s, number)->comments, 1);
	assert_int_equal(stage_act(s, ACT_UNHIDE, first, true), OK);
	assert_int_equal(stage_get(s, number)->comments, 2);
	assert_int_equal(stage_act(s, ACT_PURGE, first, true), OK);
	assert_int_equal(stage_get(s, number)->comments, 1);
	assert_int_equal(stage_act(s, ACT_LOCK, number, false), OK);
	stage_comment(s, number, S("Too late."), DENIED);
	stage_comment(s, 999999, S("Nowhere."), NOTFOUND);
}

static void a_changed_log_is_noticed(void **state)
{
	struct stage *s = *state;
	struct told said = { 0 };
	int64_t rows;
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), OK);
	assert_true(rows > 5 && !said.text[0]);
	site_raw(s->site, "UPDATE log SET note = 'never said' WHERE id = 3");
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), FAILED);
	assert_true(strstr(said.text, "row 3"));
	site_raw(s->site, "UPDATE log SET note = '' WHERE id = 3; DELETE FROM log WHERE id = 4");
	assert_int_equal(log_verify(s->cx, s->db, stage_tell, &said, &rows), FAILED);
	assert_true(strstr(said.text, "row 5"));
}

static err log_in(struct stage *s, str name, str password, struct who *who)
{
	struct person_asked asked;
	TRY(person_ask(s->cx, s->db, name, &asked));
	return person_log_in(s->cx, &asked, password, who);
}

static void a_session_stands_for_its_person(void **state)
{
	struct stage *s = *state;
	struct person_add p = { .name = S("Grace"), .role = PERSON_EDITOR };
	struct session_make m = { 0 };
	struct who who;
	char key[SESSION_KEY];
	assert_int_equal(person_hash_password(s->cx, S("short"), &p.password_hash), INVALID);
	assert_int_equal(person_hash_password(s->cx, S("long enough words"), &p.password_hash), OK);
	assert_int_equal(db_transaction(s->cx, s->db, person_add, &p), OK);
	assert_int_equal(db_transaction(s->cx, s->db, person_add, &p), CONFLICT);
	assert_int_equal(log_in(s, S("GRACE"), S("long enough words"), &who), OK);
	assert_int_equal(log_in(s, S("Grace"), S("other words here"), &who), DENIED);
	assert_int_equal(log_in(s, S("Nobody"), S("long enough words"), &who), DENIED);
	assert_int_equal(log_in(s, S("Grace"), (str){ 0 }, &who), DENIED); /* a form without the field */
	assert_int_equal(log_in(s, (str){ 0 }, (str){ 0 }, &who), DENIED);
	m.person = p.out;
	assert_int_equal(db_transaction(s->cx, s->db, session_make, &m), OK);
	assert_int_equal(session_who(s->cx, s->db, m.key, &who), OK);
	assert_true(who.person == p.out && who_may(&who, CAP_EDIT) && !who_may(&who, CAP_PURGE));
	memcpy(key, m.key, sizeof key);
	key[5] ^= 1;
	assert_int_equal(session_who(s->cx, s->db, key, &who), OK);
	assert_int_equal(who.person, 0);
	struct person_alter off = { .name = S("grace"), .what = PERSON_DISABLE };
	assert_int_equal(db_transaction(s->cx, s->db, person_alter, &off), OK);
	assert_int_equal(session_who(s->cx, s->db, m.key, &who), OK);
	assert_int_equal(who.person, 0);
	assert_int_equal(log_in(s, S("Grace"), S("long enough words"), &who), DENIED);
}

/* ---- search ---- */

static void post_at(struct stage *s, int i, const char *words, int64_t posted)
{
	struct article_draft *d = cx_new_of(s->cx, struct article_draft);
	struct article_ready *r = cx_new_of(s->cx, struct article_ready);
	struct article_publish op = { .ready = r };
	*d = (struct article_draft){ .title = str_fmt(s->cx, "Found %d", i), .body = str_fmt(s->cx, "%s %d", words, i), .type = s->type, .language = S("en"),
		.precision = PRECISION_MINUTE, .posted = posted };
	assert_int_equal(article_prepare(s->cx, NULL, d, r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, article_publish, &op), OK);
}

/* Follows the search from page to page; each article is found once, newest first. */
static size_t walk_search(struct stage *s, str match, int64_t most)
{
	size_t n, all = 0;
	int64_t before = INT64_MAX, before_id = INT64_MAX;
	for (struct sql_row_listed *rows;; all += n) {
		assert_int_equal(sql_search_articles(s->cx, s->db, match, before, before_id, most, &rows, &n), OK);
		if (n == 0) return all;
		assert_true((int64_t)n <= most);
		for (size_t i = 0; i < n; i++) {
			assert_true(rows[i].posted < before || (rows[i].posted == before && rows[i].id < before_id));
			before = rows[i].posted, before_id = rows[i].id;
		}
	}
}

/* Words that many articles hold and words that few do are sought in different ways; what is found may not tell which. Articles come in no order of time. */
static void words_are_found_newest_first_however_common(void **state)
{
	struct stage *s = *state;
	enum { MANY = 90, FEW = 3 };
	for (int i = 0; i < MANY; i++) post_at(s, i, i % (MANY / FEW) == 0 ? "commonword seldomword" : "commonword", 1000000 * (int64_t)(1 + i * 37 % 50));
	assert_int_equal(walk_search(s, S("\"commonword\""), 7), MANY);
	assert_int_equal(walk_search(s, S("\"commonword\""), 1000), MANY);
	assert_int_equal(walk_search(s, S("\"seldomword\""), 2), FEW);
	assert_int_equal(walk_search(s, S("\"seldomword\" \"commonword\""), 7), FEW);
	assert_int_equal(walk_search(s, S("\"nosuchword\""), 7), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sent_twice_is_there_once),
		cmocka_unit_test(only_the_key_opens_its_article),
		cmocka_unit_test(a_correction_keeps_what_was),
		cmocka_unit_test(each_act_is_done_once),
		cmocka_unit_test(comments_are_counted_as_they_show),
		cmocka_unit_test(a_changed_log_is_noticed),
		cmocka_unit_test(a_session_stands_for_its_person),
		cmocka_unit_test(words_are_found_newest_first_however_common),
	};
	return cmocka_run_group_tests(tests, stage_set_up, stage_tear_down);
}
