/* A site's database for tests of the store, and the shortest ways to fill it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "store_stage.h"
#include "store/term.h"
#include "base/banned.h"

int stage_set_up(void **state)
{
	static struct stage s;
	struct terms terms;
	void *site;
	if (sodium_init() < 0 || site_set_up(&site) != 0) return 1;
	s = (struct stage){ .site = site };
	s.cx = s.site->cx;
	s.db = s.site->db;
	if (db_transaction(s.cx, s.db, terms_defaults, NULL) != OK || terms_load(s.cx, s.db, &terms) != OK) return 1;
	s.type = term_by_slug(&terms, TERM_TYPE, S("news"))->id;
	s.topic = term_by_slug(&terms, TERM_TOPIC, S("housing"))->id;
	s.reason = term_by_slug(&terms, TERM_REASON, S("spam"))->id;
	*state = &s;
	return 0;
}

int stage_tear_down(void **state)
{
	struct stage *s = *state;
	void *site = s->site;
	return site_tear_down(&site);
}

struct article_publish stage_publish(struct stage *s, str title, str origin)
{
	struct article_draft *d = cx_new_of(s->cx, struct article_draft);
	struct article_ready *r = cx_new_of(s->cx, struct article_ready);
	struct article_publish op = { .ready = r };
	*d = (struct article_draft){ .title = title, .body = S("Words."), .type = s->type, .topics = { s->topic }, .topics_n = 1,
		.language = S("en"), .precision = PRECISION_MINUTE, .origin = origin };
	assert_int_equal(article_prepare(s->cx, NULL, d, r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, article_publish, &op), OK);
	return op;
}

err stage_act(struct stage *s, enum act what, id number, bool comment)
{
	struct act_on op = { .act = what, .number = number, .who = { 1, S("Ada"), PERSON_ADMIN }, .reason = s->reason, .reason_slug = S("spam") };
	return db_transaction(s->cx, s->db, comment ? comment_act : article_act, &op);
}

struct sql_row_article *stage_get(struct stage *s, id number)
{
	struct sql_row_article *a;
	assert_int_equal(sql_article_by_id(s->cx, s->db, number, &a), OK);
	assert_non_null(a);
	return a;
}

id stage_comment(struct stage *s, id article, str body, err expected)
{
	struct comment_draft d = { .article = article, .body = body, .precision = PRECISION_MINUTE };
	struct comment_ready r;
	struct comment_post op = { .ready = &r };
	assert_int_equal(comment_prepare(s->cx, NULL, &d, &r), OK);
	assert_int_equal(db_transaction(s->cx, s->db, comment_post, &op), expected);
	return op.out;
}

void stage_tell(void *told, str fault)
{
	struct told *t = told;
	snprintf(t->text, sizeof t->text, STR_FMT, STR_ARG(fault));
}
