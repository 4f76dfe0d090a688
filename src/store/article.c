/* Articles, from the draft that a form or an importer made to the row, and every act upon it. */
#include "store/article.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "sql.h"
#include "base/buf.h"
#include "base/must.h"
#include "store/log.h"
#include "text/sanitize.h"
#include "text/slug.h"
#include "base/banned.h"

#define AGAIN_WITHIN HOUR

static void cover(crypto_generichash_state *h, str s)
{
	uint64_t n = s.n;
	crypto_generichash_update(h, (const unsigned char *)&n, sizeof n);
	crypto_generichash_update(h, (const unsigned char *)s.p, s.n);
}

err article_describe(struct cx *cx, const struct article_draft *d, struct article_ready *out)
{
	MUST(d->title.n <= 4 * LIMIT_TITLE && d->topics_n <= LIMIT_TOPICS && d->related_n <= LIMIT_RELATED);
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, ARTICLE_HASH);
	cover(&h, d->title);
	cover(&h, d->summary);
	cover(&h, d->body);
	cover(&h, d->author);
	crypto_generichash_final(&h, (unsigned char *)out->content_hash, ARTICLE_HASH);

	out->draft = d;
	out->slug = slug_make(cx, d->title);
	out->author_slug = d->author.n ? slug_make(cx, d->author) : S("");
	struct buf topics = buf_new(cx, 32 * LIMIT_TOPICS), related = buf_new(cx, LIMIT_RELATED * (LIMIT_URL + 1));
	for (size_t i = 0; i < d->topics_n; i++) buf_fmt(&topics, "%s%" PRId64, i ? " " : "", d->topics[i]);
	for (size_t i = 0; i < d->related_n; i++) {
		if (i) buf_char(&related, '\n');
		buf_str(&related, d->related[i]);
	}
	out->topics = buf_view(&topics);
	return buf_done(cx, &related, &out->related);
}

err article_prepare(struct cx *cx, const struct article_draft *d, struct article_ready *out)
{
	TRY(article_describe(cx, d, out));
	str prefix = str_fmt(cx, "a" STR_FMT "-", STR_ARG(str_hex(cx, out->content_hash, 4)));
	return format_render(cx, d->format, d->body, prefix, &out->body);
}

static err put_topics(struct cx *cx, struct db *db, id number, int64_t posted, const struct article_draft *d)
{
	for (size_t i = 0; i < d->topics_n; i++) TRY(sql_article_topic_insert(cx, db, d->topics[i], posted, number));
	return OK;
}

/* Was it here before? Then out is that one. */
static err find_again(struct cx *cx, struct db *db, struct article_publish *p, int64_t now)
{
	const struct article_draft *d = p->ready->draft;
	if (d->origin.n) {
		struct sql_article_by_origin *known;
		TRY(sql_article_by_origin(cx, db, d->origin, &known));
		if (known) p->again = true, p->out = known->id;
		return OK;
	}
	struct sql_article_same *same;
	TRY(sql_article_same(cx, db, (str){ p->ready->content_hash, ARTICLE_HASH }, now - AGAIN_WITHIN, &same));
	if (same) p->again = true, p->out = same->id, p->slug = same->slug;
	return OK;
}

void article_key_hash(const char key[ARTICLE_KEY], char out[ARTICLE_HASH])
{
	crypto_generichash((unsigned char *)out, ARTICLE_HASH, (const unsigned char *)key, ARTICLE_KEY, NULL, 0);
}

err article_publish(struct cx *cx, struct db *db, void *arg)
{
	struct article_publish *p = arg;
	const struct article_ready *r = p->ready;
	const struct article_draft *d = r->draft;
	int64_t now = cx_now(cx), posted = d->posted ? d->posted : now;
	p->again = false;
	p->slug = r->slug;
	TRY(find_again(cx, db, p, now));
	if (p->again) return OK;

	char key_hash[ARTICLE_HASH];
	rnd_bytes(cx->rnd, p->key, sizeof p->key);
	article_key_hash(p->key, key_hash);
	struct sql_article_insert *made;
	TRY(sql_article_insert(cx, db, r->slug, d->title, d->summary, d->body, d->format, r->body.s, d->type, d->region, r->topics,
	    d->local, d->author, r->author_slug, d->email, d->email_public, d->person, d->source, d->source_date, d->source_url,
	    r->related, d->licence, d->language, posted, d->precision, d->status,
	    d->origin.n ? (str){ 0 } : (str){ key_hash, ARTICLE_HASH }, (str){ r->content_hash, ARTICLE_HASH },
	    d->origin.n ? d->origin : (str){ 0 }, &made));
	p->out = made->id;
	return put_topics(cx, db, made->id, posted, d);
}

err article_correct(struct cx *cx, struct db *db, void *arg)
{
	struct article_correct *c = arg;
	const struct article_ready *r = c->ready;
	const struct article_draft *d = r->draft;
	struct sql_row_article *was;
	TRY(sql_article_by_id(cx, db, c->number, &was));
	if (!was || was->status == STATUS_PURGED) return cx_fail(cx, NOTFOUND, NULL, "There is no such article.");
	bool open = was->status == STATUS_SHOWN || was->status == STATUS_HELD;
	if (!c->who.person && !open) /* an editor may have been quicker than the page it was sent from */
		return cx_fail(cx, CONFLICT, NULL, "This article is not shown any more, so it cannot be corrected. Write to the editors instead.");
	int64_t now = cx_now(cx), changed;
	/* What may be known of the author is the author's to say, and to take back; an editor's form leaves it. */
	str email = c->who.person ? was->email : d->email;
	bool email_public = c->who.person ? was->email_public != 0 : d->email_public;
	TRY(sql_revision_insert(cx, db, was->id, now, c->who.person, was->title, was->summary, was->body, was->format));
	TRY(sql_article_correct(cx, db, was->id, r->slug, d->title, d->summary, d->body, d->format, r->body.s, d->type, d->region,
	    r->topics, d->author, r->author_slug, email, email_public, d->source, d->source_date, d->source_url, r->related, d->licence, d->language, now,
	    (str){ r->content_hash, ARTICLE_HASH }, &changed));
	TRY(sql_article_topic_clear(cx, db, was->id));
	TRY(put_topics(cx, db, was->id, was->posted, d));
	if (!c->who.person) return OK;
	return log_append(cx, db, &(struct log_entry){ c->who.name, S("edit"), S("article"), was->id, d->title, S(""), c->note });
}

static const struct {
	str name;
	bool needs_reason;
	enum capability cap;
} acts[ACTS] = {
	[ACT_FEATURE] = { S_INIT("feature"), false, CAP_EDIT },
	[ACT_UNFEATURE] = { S_INIT("unfeature"), false, CAP_EDIT },
	[ACT_PROMOTE] = { S_INIT("promote"), false, CAP_EDIT },
	[ACT_DEMOTE] = { S_INIT("demote"), false, CAP_EDIT },
	[ACT_HIDE] = { S_INIT("hide"), true, CAP_EDIT },
	[ACT_UNHIDE] = { S_INIT("unhide"), false, CAP_EDIT },
	[ACT_LOCK] = { S_INIT("lock"), false, CAP_EDIT },
	[ACT_UNLOCK] = { S_INIT("unlock"), false, CAP_EDIT },
	[ACT_APPROVE] = { S_INIT("approve"), false, CAP_EDIT },
	[ACT_PURGE] = { S_INIT("purge"), true, CAP_PURGE },
	[ACT_WITHDRAW] = { S_INIT("withdraw"), false, CAP_PUBLISH },
};

bool act_parse(str word, enum act *out)
{
	for (int i = 0; i < ACT_WITHDRAW; i++)
		if (str_eq(word, acts[i].name)) return *out = (enum act)i, true;
	return false;
}

str act_name(enum act a) { return acts[a].name; }
bool act_needs_reason(enum act a) { return acts[a].needs_reason; }
enum capability act_capability(enum act a) { return acts[a].cap; }

static err already(struct cx *cx) { return cx_fail(cx, CONFLICT, NULL, "It already is so: perhaps another editor was quicker."); }

static err log_act(struct cx *cx, struct db *db, const struct act_on *a, str object, str title)
{
	str actor = a->act == ACT_WITHDRAW ? S("author") : a->who.name;
	return log_append(cx, db,
	    &(struct log_entry){ actor, act_name(a->act), object, a->number, title, a->reason_slug, a->note });
}

/* What was withdrawn or purged is not an editor's to bring back, which hiding would do: what is hidden can be read. */
static err check_hide(struct cx *cx, enum status from)
{
	if (from == STATUS_SHOWN || from == STATUS_HELD) return OK;
	return from == STATUS_HIDDEN ? already(cx) : cx_fail(cx, CONFLICT, NULL, "It is not shown any more, so there is nothing to hide.");
}

static err change_status(struct cx *cx, struct db *db, const struct act_on *a, bool comment, enum status from, enum status to)
{
	int64_t changed, hidden = to == STATUS_SHOWN ? 0 : cx_now(cx);
	if (from == to) return already(cx);
	if (comment) return sql_comment_set_status(cx, db, a->number, to, a->reason, a->note, hidden, &changed);
	return sql_article_set_status(cx, db, a->number, to, a->reason, a->note, hidden, &changed);
}

/* What each act does to an article's row. */
static err apply(struct cx *cx, struct db *db, const struct act_on *a, const struct sql_row_article *was)
{
	int64_t changed;
	enum status now = (enum status)was->status;
	switch (a->act) {
	case ACT_FEATURE:
		if (was->featured) return already(cx);
		if (!visible_listed(now)) return cx_fail(cx, CONFLICT, NULL, "Only an article that is shown can be featured.");
		return sql_article_set_featured(cx, db, a->number, cx_now(cx), &changed);
	case ACT_UNFEATURE: return was->featured ? sql_article_set_featured(cx, db, a->number, 0, &changed) : already(cx);
	case ACT_PROMOTE: return was->local ? already(cx) : sql_article_set_local(cx, db, a->number, 1, &changed);
	case ACT_DEMOTE: return was->local ? sql_article_set_local(cx, db, a->number, 0, &changed) : already(cx);
	case ACT_LOCK: return was->locked ? already(cx) : sql_article_set_locked(cx, db, a->number, 1, &changed);
	case ACT_UNLOCK: return was->locked ? sql_article_set_locked(cx, db, a->number, 0, &changed) : already(cx);
	case ACT_HIDE:
		TRY(check_hide(cx, now));
		return change_status(cx, db, a, false, now, STATUS_HIDDEN);
	case ACT_WITHDRAW: return change_status(cx, db, a, false, now, STATUS_WITHDRAWN);
	case ACT_UNHIDE:
		if (now != STATUS_HIDDEN) return already(cx);
		return change_status(cx, db, a, false, now, STATUS_SHOWN);
	case ACT_APPROVE:
		if (now != STATUS_HELD) return already(cx);
		return change_status(cx, db, a, false, now, STATUS_SHOWN);
	case ACT_PURGE:
		TRY(sql_revision_purge(cx, db, a->number));
		TRY(sql_letter_purge(cx, db, a->number));
		TRY(sql_log_forget_title(cx, db, S("article"), a->number));
		return sql_article_purge(cx, db, a->number, cx_now(cx), a->reason, &changed);
	case ACTS: break;
	}
	MUST(!"an act outside the table");
	return FAILED;
}

err article_act(struct cx *cx, struct db *db, void *arg)
{
	struct act_on *a = arg;
	struct sql_row_article *was;
	TRY(sql_article_by_id(cx, db, a->number, &was));
	if (!was || was->status == STATUS_PURGED) return cx_fail(cx, NOTFOUND, NULL, "There is no such article.");
	a->article = was->id;
	TRY(apply(cx, db, a, was));
	return log_act(cx, db, a, S("article"), a->act == ACT_PURGE ? S("") : was->title);
}

err comment_act(struct cx *cx, struct db *db, void *arg)
{
	struct act_on *a = arg;
	struct sql_row_comment *was;
	TRY(sql_comment_by_id(cx, db, a->number, &was));
	if (!was || was->status == STATUS_PURGED) return cx_fail(cx, NOTFOUND, NULL, "There is no such comment.");
	a->article = was->article;
	enum status from = (enum status)was->status, to;
	int64_t changed;
	switch (a->act) {
	case ACT_HIDE: to = STATUS_HIDDEN; break;
	case ACT_UNHIDE: to = STATUS_SHOWN; break;
	case ACT_APPROVE: to = STATUS_SHOWN; break;
	case ACT_PURGE: to = STATUS_PURGED; break;
	default: return cx_fail(cx, INVALID, "action", "is not for comments");
	}
	if (a->act == ACT_HIDE) TRY(check_hide(cx, from));
	if ((a->act == ACT_UNHIDE && from != STATUS_HIDDEN) || (a->act == ACT_APPROVE && from != STATUS_HELD)) return already(cx);
	if (a->act == ACT_PURGE) {
		TRY(sql_log_forget_title(cx, db, S("comment"), a->number));
		TRY(sql_comment_purge(cx, db, a->number, cx_now(cx), a->reason, &changed));
	} else {
		TRY(change_status(cx, db, a, true, from, to));
	}
	int more = visible_listed(to) - visible_listed(from);
	if (more) TRY(sql_article_count_comments(cx, db, was->article, more, &changed));
	return log_act(cx, db, a, S("comment"), a->act == ACT_PURGE ? S("") : was->title);
}
