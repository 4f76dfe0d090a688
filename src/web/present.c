/* From rows to views. No query is made here for a row of a list: types, topics and regions come from the terms in memory. */
#include "web/present.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/vec.h"
#include "rules/retain.h"
#include "text/date.h"
#include "text/excerpt.h"
#include "text/lang.h"
#include "text/place.h"
#include "text/vet.h"
#include "text/url.h"
#include "base/banned.h"

url present_article_url(struct cx *cx, id number, str slug)
{
	return url_path(cx, "/article/%" PRId64 "/" STR_FMT, number, STR_ARG(slug));
}

str present_count(struct cx *cx, int64_t n, const char *one, const char *many)
{
	return str_fmt(cx, "%" PRId64 " %s", n, n == 1 ? one : many);
}

static struct view_link *links_of(struct page *p, const struct block *b)
{
	struct view_link *l = cx_array_of(p->cx, struct view_link, b->links_n);
	for (size_t i = 0; i < b->links_n; i++)
		l[i] = (struct view_link){ .text = b->links[i].text, .href = { b->links[i].url }, .note = b->links[i].detail };
	return l;
}

static void bar(struct page *p, enum block_place place, struct view_link **out, size_t *n)
{
	VEC(struct view_link) all = { 0 };
	for (size_t i = 0; i < p->worker->blocks.n; i++) {
		const struct block *b = &p->worker->blocks.at[i];
		if (b->place != place) continue;
		struct view_link *l = links_of(p, b);
		for (size_t k = 0; k < b->links_n; k++) vec_push(p->cx, &all, l[k]);
	}
	*out = all.at;
	*n = all.n;
}

static struct view_link *sections(struct page *p, size_t *n)
{
	static const struct {
		str text, href;
	} fixed[] = {
		{ S_INIT("Front page"), S_INIT("/") }, { S_INIT("Newswire"), S_INIT("/newswire") }, { S_INIT("Features"), S_INIT("/features") },
		{ S_INIT("Local"), S_INIT("/local") }, { S_INIT("Gallery"), S_INIT("/gallery") }, { S_INIT("Search"), S_INIT("/search") },
	};
	*n = sizeof fixed / sizeof *fixed;
	struct view_link *l = cx_array_of(p->cx, struct view_link, *n);
	for (size_t i = 0; i < *n; i++)
		l[i] = (struct view_link){ .text = fixed[i].text, .href = { fixed[i].href }, .current = str_eq(fixed[i].href, p->req->path) };
	return l;
}

struct view_site *present_site(struct page *p)
{
	const struct conf *c = &p->app->conf;
	struct view_site *s = cx_new_of(p->cx, struct view_site);
	*s = (struct view_site){ .title = c->title, .tagline = c->tagline, .lang = c->language, .dir = lang_dir(c->language),
		.host = p->app->host, .stylesheet = p->app->assets.at[ASSET_STYLE].address, .icon = p->app->assets.at[ASSET_ICON].address,
		.logo = p->app->assets.at[ASSET_LOGO].address,
		.year = str_fmt(p->cx, "%d", date_civil(cx_now(p->cx)).year), .sandbox_off = c->sandbox_off && p->who.role >= PERSON_EDITOR };
	bar(p, PLACE_BAR, &s->network, &s->network_n);
	bar(p, PLACE_FOOTER, &s->footer, &s->footer_n);
	s->sections = sections(p, &s->sections_n);
	if (p->has_session) {
		s->user = p->who.name;
		s->editor = who_may(&p->who, CAP_EDIT);
		s->token = session_token(p->cx, p->session);
	}
	return s;
}

struct view_page_head *present_head(struct page *p, str title, str description, url canonical)
{
	struct view_page_head *h = cx_new_of(p->cx, struct view_page_head);
	*h = (struct view_page_head){ .title = title, .description = excerpt_clip(p->cx, description, 200) };
	if (canonical.s.n) h->canonical = url_absolute(p->cx, canonical, p->app->conf.url);
	return h;
}

struct view_page_head *present_head_unlisted(struct page *p, str title)
{
	struct view_page_head *h = present_head(p, title, S(""), (url){ 0 });
	h->noindex = true;
	return h;
}

struct view_pager *present_pager(struct page *p, url first, url older)
{
	if (!first.s.n && !older.s.n) return NULL;
	struct view_pager *v = cx_new_of(p->cx, struct view_pager);
	v->first = first;
	v->older = older;
	return v;
}

static void fill_groups(struct page *p, const struct block *b, struct view_block *v)
{
	VEC(struct view_link_group) groups = { 0 };
	struct view_link *l = links_of(p, b);
	for (size_t i = 0; i < b->links_n; i++) {
		if (groups.n == 0 || b->links[i].heading)
			vec_push(p->cx, &groups, ((struct view_link_group){ .heading = b->links[i].heading ? b->links[i].text : S(""), .links = &l[i] }));
		struct view_link_group *g = &groups.at[groups.n - 1];
		if (b->links[i].heading) g->links = &l[i] + 1;
		else g->links_n++;
	}
	v->groups = groups.at;
	v->groups_n = groups.n;
}

str present_comment_title(struct page *p, const struct sql_row_commented *c, size_t max)
{
	return c->title.n ? c->title : excerpt_clip(p->cx, excerpt_text(p->cx, (html){ c->excerpt }), max);
}

static err fill_comments(struct page *p, struct view_block *v)
{
	struct sql_row_commented *rows;
	size_t n;
	page_depends(p, DEPENDS_ASIDE, 0); /* or each comment anywhere would have every page made anew */
	TRY(sql_comment_latest(p->cx, p->db, INT64_MAX, INT64_MAX, 8, &rows, &n));
	v->comments = cx_array_of(p->cx, struct view_recent_comment, n);
	v->comments_n = n;
	for (size_t i = 0; i < n; i++) {
		str title = present_comment_title(p, &rows[i], 60);
		v->comments[i] = (struct view_recent_comment){ .title = title, .author = rows[i].author, .article_title = rows[i].article_title,
			.url = url_path(p->cx, "/comment/%" PRId64, rows[i].id), /* which knows the page it is on */
			.date = date_short(p->cx, rows[i].posted),
			.date_iso = date_iso(p->cx, rows[i].posted, (enum precision)rows[i].precision) };
	}
	return OK;
}

/* Of several blocks of this kind the first asks. */
static err latest_comments(struct page *p, struct view_block *v)
{
	if (!p->latest_comments) {
		p->latest_comments = cx_new_of(p->cx, struct view_block);
		TRY(fill_comments(p, p->latest_comments));
	}
	v->latest_comments = true;
	v->comments = p->latest_comments->comments;
	v->comments_n = p->latest_comments->comments_n;
	return OK;
}

static err present_block(struct page *p, const struct block *b, struct view_block *v)
{
	*v = (struct view_block){ .title = b->title, .key = str_fmt(p->cx, "b%" PRId64, b->id) };
	switch (b->kind) {
	case BLOCK_TEXT: v->body = b->text; return OK;
	case BLOCK_LINKS: fill_groups(p, b, v); return OK;
	case BLOCK_PROMOTION:
		if (!b->links_n) return v->body = b->text, OK;
		v->promotion = cx_new_of(p->cx, struct view_promotion);
		v->promotion->heading = b->links[0].text;
		v->promotion->text = excerpt_text(p->cx, b->text);
		v->promotion->href = (url){ b->links[0].url };
		return OK;
	case BLOCK_LATEST_COMMENTS: return latest_comments(p, v);
	}
	return OK;
}

err present_columns(struct page *p, struct view_columns **out)
{
	struct view_columns *c = cx_new_of(p->cx, struct view_columns);
	const struct blocks *all = &p->worker->blocks;
	c->left = cx_array_of(p->cx, struct view_block, all->n);
	c->right = cx_array_of(p->cx, struct view_block, all->n);
	for (size_t i = 0; i < all->n; i++) {
		if (all->at[i].place == PLACE_LEFT) TRY(present_block(p, &all->at[i], &c->left[c->left_n++]));
		if (all->at[i].place == PLACE_RIGHT) TRY(present_block(p, &all->at[i], &c->right[c->right_n++]));
	}
	*out = c;
	return OK;
}

static struct view_link *term_link(struct page *p, id number)
{
	static const char *const where[TERM_KINDS] = { "type", "topic", "region", NULL, NULL };
	const struct term *t = term_by_id(&p->worker->terms, number);
	if (!t) return NULL;
	struct view_link *l = cx_new_of(p->cx, struct view_link);
	l->text = t->name;
	if (where[t->kind]) l->href = url_path(p->cx, "/%s/" STR_FMT, where[t->kind], STR_ARG(t->slug));
	return l;
}

static struct view_link *topic_links(struct page *p, str topics, size_t *n)
{
	VEC(struct view_link) all = { 0 };
	while (topics.n) {
		int64_t v;
		str one = str_cut(topics, ' ', &topics);
		struct view_link *l = str_to_int(one, 1, INT64_MAX, &v) ? term_link(p, v) : NULL;
		if (l) vec_push(p->cx, &all, *l);
	}
	*n = all.n;
	return all.at;
}

struct view_hiding *present_hiding(struct page *p, enum status status, id reason, str note, int64_t when)
{
	if (visible_listed(status) || status == STATUS_HELD || status == STATUS_COMING) return NULL;
	const struct term *t = term_by_id(&p->worker->terms, reason);
	struct view_hiding *h = cx_new_of(p->cx, struct view_hiding);
	h->reason = status == STATUS_WITHDRAWN ? S("Withdrawn by its author") : t ? t->name : status == STATUS_PURGED ? S("Erased by its author") : S("Hidden");
	if (status == STATUS_WITHDRAWN && when) h->until = date_human(p->cx, retain_until(when, p->app->conf.withdrawn_days), PRECISION_DAY);
	h->note = note;
	h->closed = !visible_text(status);
	if (when) h->date = date_human(p->cx, when, PRECISION_DAY), h->date_iso = date_iso(p->cx, when, PRECISION_MINUTE);
	return h;
}

str present_summary(struct page *p, const struct sql_row_listed *r)
{
	return r->summary.n ? r->summary : excerpt_clip(p->cx, place_without(p->cx, excerpt_text(p->cx, (html){ r->excerpt })), 240);
}

static str language_of(struct page *p, str tag)
{
	return str_eq(tag, p->app->conf.language) ? S("") : lang_name(tag);
}

static struct view_row row_of(struct page *p, const struct sql_row_listed *r)
{
	struct cx *cx = p->cx;
	int64_t when = r->posted;
	struct view_row v = { .id = r->id, .url = present_article_url(cx, r->id, r->slug), .title = r->title, .summary = present_summary(p, r),
		.lang = r->language, .dir = lang_dir(r->language), .language = language_of(p, r->language), .type = term_link(p, r->type),
		.region = r->region ? term_link(p, r->region) : NULL, .local = r->local != 0, .feature = r->featured > 0, .author = r->author,
		.author_unverified = r->author.n && !r->person, .date = date_short(cx, when),
		.date_iso = date_iso(cx, when, (enum precision)r->precision), .comment_count = r->comments,
		.comments = present_count(cx, r->comments, "comment", "comments") };
	v.topics = topic_links(p, r->topics, &v.topics_n);
	v.comments_url = url_path(cx, STR_FMT "#comments", STR_ARG(v.url.s));
	v.hidden = present_hiding(p, (enum status)r->status, r->reason, r->note, r->hidden);
	if (r->status != STATUS_SHOWN) v.state = visible_word((enum status)r->status);
	if (who_may(&p->who, CAP_EDIT)) v.editor_url = url_path(cx, "/editor/article/%" PRId64, r->id);
	return v;
}

struct view_row *present_rows(struct page *p, const struct sql_row_listed *rows, size_t n, bool by_day)
{
	struct view_row *v = cx_array_of(p->cx, struct view_row, n);
	int last = 0;
	for (size_t i = 0; i < n; i++) {
		v[i] = row_of(p, &rows[i]);
		struct civil c = rows[i].precision == PRECISION_DAY ? date_civil_utc(rows[i].posted) : date_civil(rows[i].posted);
		int day = c.year * 400 + c.month * 31 + c.day;
		if (rows[i].precision == PRECISION_DAY) v[i].date = date_human(p->cx, rows[i].posted, PRECISION_DAY);
		if (by_day && day != last) v[i].day = v[i].date;
		if (by_day && rows[i].precision != PRECISION_DAY) v[i].date = date_clock(p->cx, rows[i].posted);
		last = day;
	}
	return v;
}

struct view_row *present_article_row(struct page *p, const struct sql_row_article *a)
{
	struct sql_row_listed r = { .id = a->id, .slug = a->slug, .title = a->title, .summary = a->summary, .type = a->type, .region = a->region,
		.topics = a->topics, .local = a->local, .author = a->author, .person = a->person, .language = a->language, .posted = a->posted,
		.precision = a->precision, .status = a->status, .featured = a->featured, .reason = a->reason, .note = a->note,
		.hidden = a->hidden, .comments = a->comments };
	struct view_row *v = cx_new_of(p->cx, struct view_row);
	*v = row_of(p, &r);
	v->date = date_human(p->cx, a->posted, (enum precision)a->precision);
	return v;
}

static struct view_source *source_of(struct page *p, const struct sql_row_article *a)
{
	if (!a->source.n && !a->source_url.n && !a->source_date) return NULL;
	struct view_source *s = cx_new_of(p->cx, struct view_source);
	*s = (struct view_source){ .name = a->source, .url = { a->source_url }, .host = a->source_url.n ? url_host((url){ a->source_url }) : S("") };
	if (!s->name.n) s->name = s->host;
	if (a->source_date)
		s->date = date_human(p->cx, a->source_date, PRECISION_DAY), s->date_iso = date_iso(p->cx, a->source_date, PRECISION_DAY);
	return s;
}

static struct view_licence *licence_of(struct page *p, const struct sql_row_article *a)
{
	const struct term *t = a->licence ? term_by_id(&p->worker->terms, a->licence) : NULL;
	if (!t) return NULL;
	struct view_licence *l = cx_new_of(p->cx, struct view_licence);
	*l = (struct view_licence){ .sentence = t->detail.n ? t->detail : t->name, .name = t->name, .href = { t->url } };
	return l;
}

static struct view_link *see_also_of(struct page *p, str related, size_t *n)
{
	VEC(struct view_link) all = { 0 };
	while (related.n) {
		str one = str_cut(related, '\n', &related);
		if (one.n) vec_push(p->cx, &all, ((struct view_link){ .text = one, .href = { one } }));
	}
	*n = all.n;
	return all.at;
}

struct view_article_body *present_article(struct page *p, const struct sql_row_article *a)
{
	struct cx *cx = p->cx;
	enum precision precision = (enum precision)a->precision;
	url at = present_article_url(cx, a->id, a->slug);
	struct view_article_body *v = cx_new_of(cx, struct view_article_body);
	*v = (struct view_article_body){ .id = a->id, .url = at, .absolute = url_absolute(cx, at, p->app->conf.url).s, .title = a->title,
		.lang = a->language, .dir = lang_dir(a->language), .language = language_of(p, a->language), .type = term_link(p, a->type),
		.region = a->region ? term_link(p, a->region) : NULL, .local = a->local != 0, .feature = a->featured > 0,
		.date = date_human(cx, a->posted, precision), .date_iso = date_iso(cx, a->posted, precision), .author = a->author,
		.author_unverified = !a->person, .summary = a->summary, .body = html_trusted(a->body_html), .source = source_of(p, a),
		.licence = licence_of(p, a), .comment_count = a->comments, .locked = a->locked != 0, .withdrawn = a->status == STATUS_WITHDRAWN,
		.held = a->status == STATUS_HELD, .corrected = a->corrected != 0 && a->status == STATUS_SHOWN };
	v->topics = topic_links(p, a->topics, &v->topics_n);
	v->see_also = see_also_of(p, a->related, &v->see_also_n);
	enum precision modified = (enum precision)a->modified_precision;
	if (a->modified) v->modified = date_human(cx, a->modified, modified), v->modified_iso = date_iso(cx, a->modified, modified);
	if (a->author_slug.n && visible_listed((enum status)a->status)) v->author_url = url_path(cx, "/author/" STR_FMT, STR_ARG(a->author_slug));
	if (a->email_public && a->email.n) v->email = a->email;
	if (a->comments) v->comments_text = present_count(cx, a->comments, "comment", "comments");
	v->hidden = present_hiding(p, (enum status)a->status, a->reason, a->note, a->hidden);
	if (a->id == 0) return v; /* a preview has no pages beside it */
	v->print_url = url_path(cx, "/article/%" PRId64 "/print", a->id);
	v->email_url = url_path(cx, "/article/%" PRId64 "/email", a->id);
	v->comment_url = url_path(cx, "/article/%" PRId64 "/comment", a->id);
	if (who_may(&p->who, CAP_EDIT)) v->editor_url = url_path(cx, "/editor/article/%" PRId64, a->id);
	return v;
}

size_t present_fit(const struct sql_row_comment *rows, size_t n)
{
	size_t bytes = 0, fit = 0;
	while (fit < n && fit < LIMIT_COMMENTS_SHOWN && (fit == 0 || bytes + rows[fit].body_html.n <= LIMIT_COMMENTS_BYTES))
		bytes += rows[fit++].body_html.n;
	return fit;
}

/* What stands in place of a comment that is not there any more; empty where it is. */
static str gone_comment(struct page *p, const struct sql_row_comment *c)
{
	if (c->status == STATUS_WITHDRAWN) return S("Its author has withdrawn this comment.");
	if (c->status != STATUS_PURGED) return S("");
	if (!c->reason) return S("Its author has erased this comment.");
	const struct term *t = term_by_id(&p->worker->terms, c->reason);
	return str_fmt(p->cx, "The editors have removed this comment for good: " STR_FMT ".", STR_ARG(t ? t->name : S("unlawful")));
}

struct view_comment *present_comments(struct page *p, const struct sql_row_comment *rows, size_t n)
{
	struct view_comment *v = cx_array_of(p->cx, struct view_comment, n);
	for (size_t i = 0; i < n; i++) {
		const struct sql_row_comment *c = &rows[i];
		enum status status = (enum status)c->status;
		v[i] = (struct view_comment){ .id = c->id, .url = url_path(p->cx, "/comment/%" PRId64, c->id), .title = c->title,
			.author = c->author, .author_unverified = c->author.n && !c->person,
			.date = date_human(p->cx, c->posted, (enum precision)c->precision),
			.date_iso = date_iso(p->cx, c->posted, (enum precision)c->precision),
			.hidden = present_hiding(p, status, c->reason, c->note, 0), .gone = gone_comment(p, c) };
		if (c->modified) v[i].modified = date_human(p->cx, c->modified, PRECISION_MINUTE), v[i].modified_iso = date_iso(p->cx, c->modified, PRECISION_MINUTE);
		if (visible_listed(status)) v[i].body = html_trusted(c->body_html);
		else v[i].title = S(""), v[i].author = S(""), v[i].state = visible_word(status);
		if (who_may(&p->who, CAP_EDIT)) v[i].editor_url = url_path(p->cx, "/editor/comment/%" PRId64, c->id);
	}
	return v;
}

struct view_option *present_terms(struct page *p, enum term_kind kind, const str *selected, size_t selected_n, size_t *n)
{
	VEC(struct view_option) all = { 0 };
	for (size_t i = 0; i < p->worker->terms.n; i++) {
		const struct term *t = &p->worker->terms.at[i];
		if (t->kind != kind) continue;
		bool chosen = false;
		for (size_t k = 0; k < selected_n; k++) chosen = chosen || str_eq(selected[k], t->slug);
		vec_push(p->cx, &all, ((struct view_option){ .value = t->slug, .text = t->name, .note = kind == TERM_REASON ? t->detail : S(""),
		    .selected = chosen }));
	}
	*n = all.n;
	return all.at;
}

static str action_word(str action)
{
	static const struct {
		str action, word;
	} words[] = {
		{ S_INIT("feature"), S_INIT("Featured") }, { S_INIT("unfeature"), S_INIT("Taken off the features") },
		{ S_INIT("promote"), S_INIT("Promoted to local") }, { S_INIT("demote"), S_INIT("Taken off local") },
		{ S_INIT("hide"), S_INIT("Hidden") }, { S_INIT("unhide"), S_INIT("Shown again") }, { S_INIT("lock"), S_INIT("Comments closed") },
		{ S_INIT("unlock"), S_INIT("Comments opened") }, { S_INIT("edit"), S_INIT("Edited") }, { S_INIT("approve"), S_INIT("Approved") },
		{ S_INIT("purge"), S_INIT("Removed for good") }, { S_INIT("withdraw"), S_INIT("Withdrawn") }, { S_INIT("erase"), S_INIT("Erased") },
		{ S_INIT("rebuild"), S_INIT("Made anew") },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(words[i].action, action)) return words[i].word;
	return action;
}

str present_unshown(struct cx *cx, const char *kind, id number, enum status status)
{
	const char *why = status == STATUS_WITHDRAWN ? "withdrawn by its author" : status == STATUS_PURGED ? "removed" : "not published";
	return str_fmt(cx, "%s %" PRId64 ", %s", kind, number, why);
}

enum status present_log_withheld(const struct sql_row_logged *r)
{
	enum status article = (enum status)r->article_status, comment = (enum status)r->comment_status;
	return !visible_text(comment) ? comment : visible_text(article) ? STATUS_SHOWN : article;
}

/* What a row was about: in words that tell nothing which the thing itself does not show, but to editors on their desk. */
static str logged_title(struct page *p, const struct sql_row_logged *r, bool desk)
{
	const char *kind = str_eq(r->object, S("article")) ? "Article" : "Comment";
	if (!r->article) return r->title; /* nothing that anybody wrote */
	enum status withheld = present_log_withheld(r);
	if (r->salt.n == 0) return str_fmt(p->cx, "%s %" PRId64 " [removed]", kind, r->number);
	if (withheld == STATUS_PURGED || (withheld != STATUS_SHOWN && !desk)) return present_unshown(p->cx, kind, r->number, withheld);
	return r->title.n ? r->title : str_fmt(p->cx, "%s %" PRId64, kind, r->number);
}

static str logged_reason(struct page *p, const struct sql_row_logged *r)
{
	const struct term *t = term_by_slug(&p->worker->terms, TERM_REASON, r->reason);
	str name = t ? t->name : r->reason;
	return name.n && str_eq(r->action, S("withdraw")) ? str_fmt(p->cx, "it was hidden before: " STR_FMT, STR_ARG(name)) : name;
}

struct view_log_entry *present_log(struct page *p, const struct sql_row_logged *rows, size_t n, bool desk)
{
	struct view_log_entry *v = cx_array_of(p->cx, struct view_log_entry, n);
	for (size_t i = 0; i < n; i++) {
		const struct sql_row_logged *r = &rows[i];
		bool article = str_eq(r->object, S("article"));
		struct view_link *l = cx_new_of(p->cx, struct view_link);
		l->text = logged_title(p, r, desk);
		if (r->article) l->href = article ? url_path(p->cx, "/article/%" PRId64, r->number) : url_path(p->cx, "/comment/%" PRId64, r->number);
		str hash = str_hex(p->cx, r->hash.p, r->hash.n);
		v[i] = (struct view_log_entry){ .number = r->id, .date = date_human(p->cx, r->at, PRECISION_MINUTE),
			.date_iso = date_iso(p->cx, r->at, PRECISION_MINUTE), .who = r->actor, .action = action_word(r->action),
			.kind = article ? S("Article") : r->article ? S("Comment") : str_eq(r->object, S("log")) ? S("This log") : r->object, .object = l, .reason = logged_reason(p, r), .note = r->note,
			.hash = hash, .hash_short = str_sub(hash, 0, 12) };
	}
	return v;
}

str present_why_held(bool all_is) { return all_is ? S("") : S("Very much is being sent in just now. "); }

str present_cursor(struct cx *cx, int64_t at, id number) { return str_fmt(cx, "%" PRId64 "-%" PRId64, at, number); }

err present_read_cursor(struct page *p, int64_t *at, id *number)
{
	str cursor = request_query(p->req, S("before")), rest;
	*at = *number = INT64_MAX;
	if (cursor.n == 0) return OK;
	str first = str_cut(cursor, '-', &rest);
	if (str_to_int(first, 0, INT64_MAX, at) && str_to_int(rest, 0, INT64_MAX, number)) return OK;
	return cx_fail(p->cx, NOTFOUND, NULL, "There is no such place in the list.");
}
