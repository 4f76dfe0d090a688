/* Articles go one at a time, since each takes along what stands under it; comments by the handful. */
#include "store/withdrawn.h"

#include <string.h>

#include "sql.h"
#include "base/banned.h"

#define ARTICLES_A_STEP 1
#define COMMENTS_A_STEP 32

err withdrawn_case(struct cx *cx, struct db *db, bool comment, id number, struct retain_case *out, int64_t *since)
{
	struct sql_retain_article *a = NULL;
	struct sql_retain_comment *c = NULL;
	if (comment) TRY(sql_retain_comment(cx, db, number, &c));
	else TRY(sql_retain_article(cx, db, number, &a));
	if (!a && !c) return cx_fail(cx, NOTFOUND, NULL, "It is not there.");
	*out = (struct retain_case){ .status = (enum status)(c ? c->status : a->status), .before = (enum status)(c ? c->status_before : a->status_before),
		.letter = (c ? c->letter : a->letter) != 0 };
	*since = out->status != STATUS_WITHDRAWN ? 0 : c ? c->hidden : a->hidden;
	return OK;
}

/* More of what is to be swept after the commit. */
static void add_gone(struct cx *cx, struct file_gone *all, const struct file_gone *more)
{
	if (more->n == 0) return;
	struct blob_hash *at = cx_array_of(cx, struct blob_hash, all->n + more->n);
	if (all->n) memcpy(at, all->at, all->n * sizeof *at);
	memcpy(at + all->n, more->at, more->n * sizeof *at);
	*all = (struct file_gone){ at, all->n + more->n };
}

static err expire_one(struct cx *cx, struct db *db, struct withdrawn_expire *x, bool comment, id number)
{
	struct act_on op = { .act = ACT_EXPIRE, .number = number };
	struct retain_case c;
	int64_t since;
	TRY(withdrawn_case(cx, db, comment, number, &c, &since));
	if (!retain_is_over(&c, since, x->days, cx_now(cx))) return OK;
	TRY(comment ? comment_act(cx, db, &op) : article_act(cx, db, &op));
	add_gone(cx, &x->gone, &op.gone);
	x->erased++;
	return OK;
}

err withdrawn_expire(struct cx *cx, struct db *db, void *arg)
{
	struct withdrawn_expire *x = arg;
	struct sql_withdrawn_articles *articles;
	struct sql_withdrawn_comments *comments;
	size_t articles_n, comments_n;
	int64_t by = cx_now(cx) - x->days * DAY;
	x->gone = (struct file_gone){ 0 };
	x->erased = 0;
	TRY(sql_withdrawn_articles(cx, db, by, ARTICLES_A_STEP, &articles, &articles_n));
	TRY(sql_withdrawn_comments(cx, db, by, COMMENTS_A_STEP, &comments, &comments_n));
	/* A comment under an article that goes now goes with it. */
	for (size_t i = 0; i < comments_n; i++) TRY(expire_one(cx, db, x, true, comments[i].id));
	for (size_t i = 0; i < articles_n; i++) TRY(expire_one(cx, db, x, false, articles[i].id));
	x->more = x->erased > 0;
	/* The page caches are told, as by a command: what was withdrawn is called erased from now on, and the log has grown. */
	return x->erased ? sql_setting_count(cx, db, S("changed")) : OK;
}
