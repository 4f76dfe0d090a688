/* Comments: the forms, previewing, posting. */
#include <inttypes.h>

#include "base/limits.h"
#include "store/appear.h"
#include "store/comment.h"
#include "text/url.h"
#include "web/comment_form.h"
#include "web/comment_receipt.h"
#include "web/files_form.h"
#include "web/guard.h"
#include "web/pages.h"
#include "web/respond.h"
#include "base/banned.h"

str comment_form_closed(struct page *p, bool locked)
{
	if (p->app->conf.comments == COMMENTS_CLOSED) return S("Comments are closed on this site.");
	if (locked) return S("Comments on this article are closed.");
	return S("");
}

str comment_form_token(struct page *p) { return p->has_session ? session_token(p->cx, p->session) : S(""); }

struct view_challenge *comment_form_challenge(struct page *p, url action, str error)
{
	if (p->app->conf.challenge != CHALLENGE_NUMBER || p->has_session) return NULL;
	struct view_challenge *c = cx_new_of(p->cx, struct view_challenge);
	*c = (struct view_challenge){ url_path(p->cx, STR_FMT "/challenge.png", STR_ARG(action.s)), url_path(p->cx, STR_FMT "/challenge", STR_ARG(action.s)), error };
	return c;
}

struct view_option *comment_form_formats(struct page *p, str selected, size_t *n)
{
	static const struct view_option all[] = {
		{ .value = S_INIT("plain"), .text = S_INIT("Plain text"), .note = S_INIT("Blank lines make paragraphs; addresses become links.") },
		{ .value = S_INIT("markdown"), .text = S_INIT("Markdown"), .note = S_INIT("*emphasis*, [links](https://…), lists, tables.") },
		{ .value = S_INIT("html"), .text = S_INIT("HTML"), .note = S_INIT("Common elements; scripts and styles are taken out.") },
	};
	struct view_option *o = cx_array_of(p->cx, struct view_option, 3);
	for (size_t i = 0; i < 3; i++) {
		o[i] = all[i];
		o[i].selected = str_eq(selected, all[i].value) || (selected.n == 0 && i == 0);
	}
	*n = 3;
	return o;
}

static struct view_comment_form *form_of(struct page *p, id article)
{
	struct view_comment_form *v = cx_new_of(p->cx, struct view_comment_form);
	v->action = v->full_url = url_path(p->cx, "/article/%" PRId64 "/comment", article);
	v->token = comment_form_token(p);
	v->held = p->app->conf.comments == COMMENTS_HELD;
	return v;
}

struct view_comment_form *comment_form_empty(struct page *p, id article)
{
	struct view_comment_form *v = form_of(p, article);
	v->formats = comment_form_formats(p, S(""), &v->formats_n);
	v->challenge = comment_form_challenge(p, v->action, S(""));
	return v;
}

struct view_comment_form *comment_form_filled(struct fields *f, id article)
{
	struct page *p = f->page;
	struct view_comment_form *v = form_of(p, article);
	v->title = fields_raw(f, "title"), v->title_error = fields_error_of(f, "title");
	v->author = fields_raw(f, "author"), v->author_error = fields_error_of(f, "author");
	v->email = fields_raw(f, "email"), v->email_error = fields_error_of(f, "email");
	v->body = fields_raw(f, "body"), v->body_error = fields_error_of(f, "body");
	v->format_error = fields_error_of(f, "format");
	v->formats = comment_form_formats(p, fields_raw(f, "format"), &v->formats_n);
	v->challenge = comment_form_challenge(p, v->action, fields_error_of(f, "answer"));
	v->errors = f->errors.at;
	v->errors_n = f->errors.n;
	return v;
}

static err closed(struct page *p, bool locked)
{
	str why = comment_form_closed(p, locked);
	return why.n ? cx_fail(p->cx, DENIED, NULL, STR_FMT, STR_ARG(why)) : OK;
}

/* OK when the article can be commented upon. */
static err look_open(struct page *p)
{
	struct sql_article_under *a;
	page_depends(p, DEPENDS_ARTICLE, p->number);
	TRY(sql_article_under(p->cx, p->db, p->number, &a));
	if (!a || !visible_text((enum status)a->status)) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such article.");
	return closed(p, a->locked);
}

static err show_form(struct page *p, int status, struct view_comment_form *form)
{
	struct sql_row_article *a;
	TRY(sql_article_by_id(p->cx, p->db, p->number, &a));
	if (!a) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such article.");
	struct view_comment_full v = { .form = form, .article = present_article_row(p, a) };
	v.site = present_site(p);
	v.page = present_head_unlisted(p, str_fmt(p->cx, "Comment on “" STR_FMT "”", STR_ARG(a->title)));
	return respond_page(p, status, PAGE_COMMENT_FULL, &v);
}

err page_comment_form(struct page *p)
{
	TRY(look_open(p));
	struct view_comment_form *form = comment_form_empty(p, p->number);
	form->uploads = files_form_show(p, NULL, S(""), false);
	return show_form(p, 200, form);
}

/* Whether what stands at a place under an article is sure to be on the first page of its comments (present_fit). */
static err on_first_page(struct page *p, const struct sql_row_comment *c, bool *out)
{
	struct sql_comment_before *b;
	TRY(sql_comment_before(p->cx, p->db, c->article, c->posted, c->id, LIMIT_COMMENTS_SHOWN, &b));
	*out = b->n < LIMIT_COMMENTS_SHOWN && b->chars * 4 /* bytes at most */ + LIMIT_COMMENT_HTML <= LIMIT_COMMENTS_BYTES;
	return OK;
}

static err see_on_first_page(struct page *p, id article, str slug, id comment)
{
	return respond_see_other(p, url_path(p->cx, STR_FMT "#comment-%" PRId64, STR_ARG(present_article_url(p->cx, article, slug).s), comment));
}

static err see_by_itself(struct page *p, id comment) { return respond_see_other(p, url_path(p->cx, "/comment/%" PRId64, comment)); }

err page_comment(struct page *p)
{
	struct sql_row_comment *c;
	struct sql_row_article *a = NULL;
	TRY(sql_comment_by_id(p->cx, p->db, p->number, &c));
	if (c) TRY(sql_article_by_id(p->cx, p->db, c->article, &a));
	if (!a || !visible_text_to((enum status)a->status, &p->who) || (c->status == STATUS_COMING && !who_may(&p->who, CAP_EDIT)))
		return cx_fail(p->cx, NOTFOUND, NULL, "There is no such comment.");
	bool first;
	TRY(on_first_page(p, c, &first));
	if (first) return see_on_first_page(p, a->id, a->slug, c->id);
	return respond_see_other(p, url_path(p->cx, STR_FMT "?after=" STR_FMT "#comment-%" PRId64, STR_ARG(present_article_url(p->cx, a->id, a->slug).s),
	    STR_ARG(present_cursor(p->cx, c->posted, c->id - 1)), c->id));
}

struct comment_draft comment_form_read(struct fields *f, id article)
{
	struct page *p = f->page;
	struct comment_draft d = { .article = article, .title = fields_line(f, "title", "The title", LIMIT_TITLE, false),
		.author = fields_line(f, "author", "The name", LIMIT_NAME, false), .email = fields_email(f, "email", "The mail address"),
		.body = fields_text(f, "body", "The text", LIMIT_COMMENT_BODY, true), .format = fields_format(f), .person = p->who.person,
		.precision = PRECISION_MINUTE, .status = visible_first(p->app->conf.comments == COMMENTS_HELD || guard_is_crowded(p), &p->who) };
	appear_later(p->cx, p->app->conf.delay_minutes, &p->who, &d.status, &d.posted);
	return d;
}

/* Its writer is told; where it stands, nobody may know before its time. */
static err tell_coming(struct page *p)
{
	str soon = str_fmt(p->cx, "It appears under the article by itself, within %" PRId64 " minutes. Please do not send it again.", p->app->conf.delay_minutes);
	return respond_notice(p, S("Your comment is here"), soon, (struct view_link){ .text = S("To the article"), .href = url_path(p->cx, "/article/%" PRId64, p->number) });
}

/* One that was written last: where a page does not hold as many as stand before it, its own address finds out where it is. */
static err post(struct page *p, const struct comment_ready *ready, const struct form_files *files)
{
	struct comment_post op = { .ready = ready, .files = files_form_places(p, files), .files_n = files->at.n };
	TRY(page_write(p, comment_post, &op));
	if (!op.again) guard_count_written(p);
	enum status status = ready->draft->status;
	if (op.again) { /* what was sent before leads to the first of it, and that may be shown by now */
		struct sql_row_comment *first;
		TRY(sql_comment_by_id(p->cx, p->db, op.out, &first));
		if (first) status = (enum status)first->status;
	}
	if (status == STATUS_COMING) return tell_coming(p); /* no page has changed, and none may take longer than before */
	page_added_comment(p, p->number);
	if (op.standing >= LIMIT_COMMENTS_SHOWN) TRY(see_by_itself(p, op.out));
	else TRY(see_on_first_page(p, p->number, op.slug, op.out));
	if (!op.again) comment_receipt_give(p, p->number, &op);
	return OK;
}

void comment_form_prepare(struct fields *f, const struct comment_draft *draft, struct comment_ready *ready)
{
	if (!fields_good(f)) return;
	err e = comment_prepare(f->page->cx, f->page->app->reader, draft, ready);
	fields_rendered(f, e, ready->body);
}

static struct view_comment *preview_of(struct page *p, const struct comment_draft *d, const struct comment_ready *ready, const struct form_files *files)
{
	struct sql_row_comment as_posted = { .title = d->title, .author = d->author, .person = d->person, .body_html = ready->body.s,
		.posted = cx_minute(p->cx), .precision = PRECISION_MINUTE };
	struct view_comment *v = present_comments(p, &as_posted, 1);
	const struct shown_file *shown = files_form_shown(p, files);
	v->figures = cx_array_of(p->cx, struct view_figure, files->at.n);
	for (; v->figures_n < files->at.n; v->figures_n++) figures_fill(p, &shown[v->figures_n], &v->figures[v->figures_n]);
	return v;
}

/* The write looks by itself whether the article is open, so it is looked at before only for what costs much, and after only to tell what is wrong: by then
 * the number is spent, and the comment counted, of whoever came too late. */
err page_comment_post(struct page *p)
{
	struct fields f = fields_of(p);
	struct form_files files;
	TRY(closed(p, false));
	if (p->req->form.files_n) TRY(look_open(p));
	TRY(files_form_read(&f, NULL, 0, S(""), &files));
	struct comment_draft draft = comment_form_read(&f, p->number);
	struct comment_ready ready;
	bool preview = str_eq(fields_raw(&f, "action"), S("preview"));
	comment_form_prepare(&f, &draft, &ready);
	bool complete = fields_good(&f);
	err allowed = preview ? OK : fields_person(&f);
	if (complete && (allowed != OK || !fields_good(&f))) { /* sent twice, its number is spent */
		struct sql_comment_same *same;
		struct fault why = p->cx->fault;
		TRY(sql_comment_same(p->cx, p->db, (str){ ready.content_hash, ARTICLE_HASH }, cx_minute(p->cx) - HOUR, &same));
		p->cx->fault = same ? (struct fault){ 0 } : why;
		if (same) return same->status == STATUS_COMING ? tell_coming(p) : see_by_itself(p, same->id);
	}
	TRY(allowed);
	err e = OK;
	if (fields_good(&f) && !preview && (e = post(p, &ready, &files)) == OK) return OK;
	bool refused = e == NOTFOUND || e == DENIED;
	if (e != OK && !refused) TRY(files_form_refused(&f, e));
	TRY(look_open(p));
	if (refused) return e; /* it was opened again meanwhile */
	struct view_comment_form *form = comment_form_filled(&f, p->number);
	form->uploads = files_form_show(p, &files, fields_error_of(&f, "files"), false);
	if (fields_good(&f)) form->preview = preview_of(p, &draft, &ready, &files);
	return show_form(p, fields_good(&f) ? 200 : f.status, form);
}
