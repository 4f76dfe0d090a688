/* What editors do, and how authors take back what they wrote: a closed list in one table, and what each does to an article or a comment. An act is tried
 * against the row as the transaction finds it, so of two editors at once one is told that the other was quicker. */
#include "sql.h"
#include "base/must.h"
#include "store/article.h"
#include "store/log.h"
#include "store/forget.h"
#include "store/withdrawn.h"
#include "base/banned.h"

static const struct {
	str name;
	bool needs_reason, vouches;
	enum capability cap;
} acts[ACTS] = {
	[ACT_FEATURE] = { S_INIT("feature"), false, true, CAP_EDIT },
	[ACT_UNFEATURE] = { S_INIT("unfeature"), false, false, CAP_EDIT },
	[ACT_PROMOTE] = { S_INIT("promote"), false, true, CAP_EDIT },
	[ACT_DEMOTE] = { S_INIT("demote"), false, false, CAP_EDIT },
	[ACT_HIDE] = { S_INIT("hide"), true, false, CAP_EDIT },
	[ACT_UNHIDE] = { S_INIT("unhide"), false, true, CAP_EDIT },
	[ACT_LOCK] = { S_INIT("lock"), false, false, CAP_EDIT },
	[ACT_UNLOCK] = { S_INIT("unlock"), false, false, CAP_EDIT },
	[ACT_APPROVE] = { S_INIT("approve"), false, true, CAP_EDIT },
	[ACT_PURGE] = { S_INIT("purge"), true, false, CAP_PURGE },
	[ACT_WITHDRAW] = { S_INIT("withdraw"), false, false, CAP_PUBLISH },
	[ACT_ERASE] = { S_INIT("erase"), false, false, CAP_PUBLISH },
	[ACT_EXPIRE] = { S_INIT("erase"), false, false, CAP_PUBLISH },
};

bool act_parse(str word, enum act *out)
{
	for (int i = 0; i < ACT_WITHDRAW; i++)
		if (str_eq(word, acts[i].name)) return *out = (enum act)i, true;
	return false;
}

str act_name(enum act a) { return acts[a].name; }
bool act_needs_reason(enum act a) { return acts[a].needs_reason; }
bool act_vouches(enum act a) { return acts[a].vouches; }
enum capability act_capability(enum act a) { return acts[a].cap; }

static err already(struct cx *cx) { return cx_fail(cx, CONFLICT, NULL, "It already is so: perhaps another editor was quicker."); }

static err gone(struct cx *cx, enum status now)
{
	if (now == STATUS_PURGED) return cx_fail(cx, CONFLICT, NULL, "It was removed for good: nothing can be done to it any more.");
	return cx_fail(cx, CONFLICT, NULL, "Its author has withdrawn it: nothing but removing it for good can be done to it any more.");
}

static bool empties(enum act a) { return a == ACT_PURGE || a == ACT_ERASE || a == ACT_EXPIRE; }

/* Who stands in the log: whoever has a private link is the author, and what has had its days the site erases by itself. */
static str actor_of(const struct act_on *a)
{
	return a->act == ACT_WITHDRAW || a->act == ACT_ERASE ? S("author") : a->act == ACT_EXPIRE ? S("site") : a->who.name;
}

/* What keeps an author from erasing it now, as a CONFLICT with a sentence. */
static err check_erasing(struct cx *cx, struct db *db, bool comment, id number)
{
	struct retain_case c;
	int64_t since;
	TRY(withdrawn_case(cx, db, comment, number, &c, &since));
	str why = act_bar_sentence(retain_bar(&c));
	return why.n ? cx_fail(cx, CONFLICT, "erase", STR_FMT, STR_ARG(why)) : OK;
}

str act_bar_sentence(enum retain_bar bar)
{
	switch (bar) {
	case RETAIN_FREE: return S("");
	case RETAIN_GONE: return S("It is not there any more.");
	case RETAIN_WAITING: return S("The editors have not looked at it yet, so it cannot be erased now.");
	case RETAIN_HIDDEN: return S("The editors have hidden it and may have to look at it again, so it cannot be erased now.");
	case RETAIN_LETTER: return S("The editors have written to you about it and wait for your answer, so it cannot be erased now.");
	case RETAIN_REPORT: return S("Somebody has reported it and the editors have not decided yet, so it cannot be erased now.");
	case RETAIN_PROPOSAL: return S("The editors have not finished deciding about it, so it cannot be erased now.");
	}
	MUST(!"a bar outside the list");
	return S("");
}

/* The status that an act leads to from one, for articles and comments alike; CONFLICT where it leads nowhere. What was never shown is
 * refused, not hidden: what is hidden can be read. */
static err next_status(struct cx *cx, enum act act, enum status now, enum status *to)
{
	if (now == STATUS_PURGED || (now == STATUS_WITHDRAWN && act != ACT_WITHDRAW && !empties(act))) return gone(cx, now);
	*to = now;
	switch (act) {
	case ACT_HIDE: *to = now == STATUS_SHOWN ? STATUS_HIDDEN : now == STATUS_HELD || now == STATUS_COMING ? STATUS_REFUSED : now; break;
	case ACT_UNHIDE: *to = now == STATUS_HIDDEN ? STATUS_SHOWN : now == STATUS_REFUSED ? STATUS_HELD : now; break;
	case ACT_APPROVE: *to = now == STATUS_HELD ? STATUS_SHOWN : now; break;
	case ACT_WITHDRAW: *to = STATUS_WITHDRAWN; break;
	case ACT_PURGE:
	case ACT_ERASE:
	case ACT_EXPIRE: *to = STATUS_PURGED; break;
	default: MUST(!"an act that changes no status");
	}
	return *to == now ? already(cx) : OK;
}

/* A row keeps why it was hidden when its author withdraws it: the log tells it again, and so whoever reads that row knows. */
static err keep_reason(struct cx *cx, struct db *db, struct act_on *a, id reason)
{
	struct sql_term_slug *found = NULL;
	if (reason) TRY(sql_term_slug(cx, db, reason, &found));
	a->reason_slug = found ? found->slug : S("");
	return OK;
}

static err set_article_status(struct cx *cx, struct db *db, struct act_on *a, const struct sql_row_article *was, enum status to)
{
	int64_t changed;
	if (to == STATUS_SHOWN || to == STATUS_HELD) return sql_article_set_status(cx, db, a->number, to, 0, S(""), 0, &changed);
	if (to != STATUS_WITHDRAWN) return sql_article_set_status(cx, db, a->number, to, a->reason, a->note, cx_hour(cx), &changed);
	TRY(keep_reason(cx, db, a, was->reason));
	return sql_article_set_status(cx, db, a->number, to, was->reason, was->note, cx_hour(cx), &changed);
}

static err purge_article(struct cx *cx, struct db *db, struct act_on *a)
{
	int64_t changed, now = cx_hour(cx);
	TRY(file_purge(cx, db, a->number, 0, &a->gone));
	TRY(sql_revision_purge(cx, db, a->number));
	TRY(sql_letter_purge(cx, db, a->number));
	TRY(sql_article_topic_clear(cx, db, a->number));
	TRY(sql_comment_revision_purge_under(cx, db, a->number));
	TRY(sql_comment_purge_under(cx, db, a->number, now, a->reason, (str){ 0 }, &changed));
	TRY(log_erase_article(cx, db, a->number));
	TRY(sql_article_purge(cx, db, a->number, now, a->reason, (str){ 0 }, &changed));
	return forget_ask(cx, db, true);
}

/* Of features the hour is kept, and which came after which: within an hour each stands an hour after the one before, ahead of the clock if need be. */
static err set_featured(struct cx *cx, struct db *db, id number)
{
	struct sql_article_last_featured *last;
	int64_t changed, at = cx_hour(cx);
	TRY(sql_article_last_featured(cx, db, &last));
	if (at <= last->featured) at = clock_hour(last->featured) + HOUR;
	return sql_article_set_featured(cx, db, number, at, &changed);
}

/* Featuring, promoting, closing the comments: what changes no status. */
static err set_mark(struct cx *cx, struct db *db, const struct act_on *a, const struct sql_row_article *was)
{
	int64_t changed;
	enum status now = (enum status)was->status;
	if (now == STATUS_PURGED || now == STATUS_WITHDRAWN) return gone(cx, now);
	switch (a->act) {
	case ACT_FEATURE:
		if (was->featured) return already(cx);
		if (!visible_listed(now)) return cx_fail(cx, CONFLICT, NULL, "Only an article that is shown can be featured.");
		return set_featured(cx, db, a->number);
	case ACT_UNFEATURE: return was->featured ? sql_article_set_featured(cx, db, a->number, 0, &changed) : already(cx);
	case ACT_PROMOTE:
		if (was->local) return already(cx);
		if (now != STATUS_SHOWN && now != STATUS_HELD && now != STATUS_COMING) return cx_fail(cx, CONFLICT, NULL, "Only an article that is shown, or will be, can be promoted.");
		return sql_article_set_local(cx, db, a->number, 1, &changed);
	case ACT_DEMOTE: return was->local ? sql_article_set_local(cx, db, a->number, 0, &changed) : already(cx);
	case ACT_LOCK: return was->locked ? already(cx) : sql_article_set_locked(cx, db, a->number, 1, &changed);
	case ACT_UNLOCK: return was->locked ? sql_article_set_locked(cx, db, a->number, 0, &changed) : already(cx);
	default: MUST(!"an act outside the table");
	}
	return FAILED;
}

static bool changes_status(enum act a)
{
	return a == ACT_HIDE || a == ACT_UNHIDE || a == ACT_APPROVE || a == ACT_WITHDRAW || empties(a);
}

static err apply(struct cx *cx, struct db *db, struct act_on *a, const struct sql_row_article *was)
{
	enum status to;
	int64_t changed;
	if (!changes_status(a->act)) return set_mark(cx, db, a, was);
	if (a->act == ACT_APPROVE && was->status == STATUS_SHOWN && was->corrected) return sql_article_set_corrected(cx, db, a->number, 0, &changed);
	TRY(next_status(cx, a->act, (enum status)was->status, &to));
	return to == STATUS_PURGED ? purge_article(cx, db, a) : set_article_status(cx, db, a, was, to);
}

err article_act(struct cx *cx, struct db *db, void *arg)
{
	struct act_on *a = arg;
	struct sql_row_article *was;
	TRY(sql_article_by_id(cx, db, a->number, &was));
	if (!was) return cx_fail(cx, NOTFOUND, NULL, "There is no such article.");
	a->article = was->id;
	if (a->has_seen && act_vouches(a->act) && a->seen != was->edition)
		return cx_fail(cx, CONFLICT, NULL, "It was changed after you opened its page: look at it again before you decide.");
	if (a->act == ACT_ERASE) TRY(check_erasing(cx, db, false, was->id));
	TRY(apply(cx, db, a, was));
	str title = empties(a->act) ? S("") : was->title;
	return log_append(cx, db, &(struct log_entry){ actor_of(a), act_name(a->act), S("article"), was->id, was->id, title, a->reason_slug, a->note });
}

static err purge_comment(struct cx *cx, struct db *db, struct act_on *a)
{
	int64_t changed;
	TRY(log_erase_comment(cx, db, a->number));
	TRY(file_purge(cx, db, a->article, a->number, &a->gone));
	TRY(sql_comment_revision_purge(cx, db, a->number));
	TRY(sql_letter_purge_about(cx, db, a->article, a->number));
	TRY(sql_comment_purge(cx, db, a->number, cx_hour(cx), a->reason, (str){ 0 }, &changed));
	return forget_ask(cx, db, false);
}

static err apply_to_comment(struct cx *cx, struct db *db, struct act_on *a, const struct sql_row_comment *was, enum status to)
{
	int64_t changed;
	if (to == STATUS_SHOWN || to == STATUS_HELD) return sql_comment_set_status(cx, db, a->number, to, 0, S(""), 0, &changed);
	if (to == STATUS_PURGED) return purge_comment(cx, db, a);
	if (to != STATUS_WITHDRAWN) return sql_comment_set_status(cx, db, a->number, to, a->reason, a->note, cx_hour(cx), &changed);
	TRY(keep_reason(cx, db, a, was->reason));
	return sql_comment_set_status(cx, db, a->number, to, was->reason, was->note, cx_hour(cx), &changed);
}

err comment_act(struct cx *cx, struct db *db, void *arg)
{
	struct act_on *a = arg;
	struct sql_row_comment *was;
	enum status to;
	if (!changes_status(a->act)) return cx_fail(cx, INVALID, "action", "is not for comments");
	TRY(sql_comment_by_id(cx, db, a->number, &was));
	if (!was) return cx_fail(cx, NOTFOUND, NULL, "There is no such comment.");
	a->article = was->article;
	if (a->act == ACT_ERASE) TRY(check_erasing(cx, db, true, was->id));
	TRY(next_status(cx, a->act, (enum status)was->status, &to));
	TRY(apply_to_comment(cx, db, a, was, to));
	int more = visible_listed(to) - visible_listed((enum status)was->status);
	if (more) TRY(sql_article_count_comments(cx, db, was->article, more));
	str title = to == STATUS_PURGED ? S("") : was->title;
	return log_append(cx, db, &(struct log_entry){ actor_of(a), act_name(a->act), S("comment"), was->id, was->article, title, a->reason_slug, a->note });
}
