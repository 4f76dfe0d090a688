/* The editors' desk: what came in, one article, one comment, and every act upon them. */
#include <inttypes.h>

#include "base/limits.h"
#include "store/withdrawn.h"
#include "text/vet.h"
#include "text/url.h"
#include "web/article_form.h"
#include "web/files_form.h"
#include "web/guard.h"
#include "web/pages.h"
#include "web/respond.h"
#include "base/banned.h"

#define SHOWN 20
#define LETTERS_SHOWN 100

static struct view_comment *recent_comments(struct page *p, const struct sql_row_commented *rows, size_t n)
{
	struct view_comment *v = cx_array_of(p->cx, struct view_comment, n);
	for (size_t i = 0; i < n; i++) {
		const struct sql_row_commented *c = &rows[i];
		struct view_link *article = cx_new_of(p->cx, struct view_link);
		*article = (struct view_link){ .text = c->article_title, .href = present_article_url(p->cx, c->article, c->article_slug) };
		v[i] = (struct view_comment){ .id = c->id, .url = url_path(p->cx, "/comment/%" PRId64, c->id), .author = c->author,
			.title = present_comment_title(p, c, 80), .date = date_human(p->cx, c->posted, (enum precision)c->precision),
			.date_iso = date_iso(p->cx, c->posted, (enum precision)c->precision),
			.hidden = present_hiding(p, (enum status)c->status, c->reason, c->note, c->hidden), .article = article,
			.editor_url = url_path(p->cx, "/editor/comment/%" PRId64, c->id) };
		if (c->status != STATUS_SHOWN) v[i].state = visible_word((enum status)c->status);
	}
	return v;
}

err page_desk(struct page *p)
{
	struct view_desk v = { 0 };
	struct sql_row_listed *held, *corrected, *articles;
	struct sql_row_commented *comments;
	struct sql_row_logged *entries;
	int64_t at;
	id number;
	TRY(present_read_cursor(p, &at, &number));
	TRY(sql_list_held(p->cx, p->db, INT64_MAX, INT64_MAX, SHOWN, &held, &v.held_n));
	TRY(sql_list_corrected(p->cx, p->db, SHOWN, &corrected, &v.corrected_n));
	TRY(sql_list_recent(p->cx, p->db, at, number, SHOWN + 1, &articles, &v.articles_n));
	TRY(sql_comment_recent(p->cx, p->db, INT64_MAX, INT64_MAX, SHOWN, &comments, &v.comments_n));
	TRY(sql_log_list(p->cx, p->db, INT64_MAX, 10, &entries, &v.entries_n));
	url first = { 0 }, older = { 0 };
	if (at != INT64_MAX) first = url_path(p->cx, "/editor");
	if (v.articles_n > SHOWN) {
		v.articles_n = SHOWN;
		older = url_path(p->cx, "/editor?before=" STR_FMT,
		    STR_ARG(present_cursor(p->cx, articles[SHOWN - 1].posted, articles[SHOWN - 1].id)));
	}
	v.pager = present_pager(p, first, older);
	v.held = present_rows(p, held, v.held_n, false);
	v.corrected = present_rows(p, corrected, v.corrected_n, false);
	v.articles = present_rows(p, articles, v.articles_n, false);
	v.comments = recent_comments(p, comments, v.comments_n);
	v.entries = present_log(p, entries, v.entries_n, true);
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Editors' desk"));
	return respond_page(p, 200, PAGE_DESK, &v);
}

static struct view_desk_actions *actions(struct page *p, str object, id number)
{
	struct view_desk_actions *v = cx_new_of(p->cx, struct view_desk_actions);
	v->action = url_path(p->cx, "/editor/" STR_FMT "/%" PRId64, STR_ARG(object), number);
	v->token = session_token(p->cx, p->session);
	str chosen = request_field(p->req, S("reason"));
	v->reasons = present_terms(p, TERM_REASON, &chosen, 1, &v->reasons_n);
	v->note = request_field(p->req, S("note"));
	return v;
}

static void done_of(struct page *p, str *done)
{
	enum act act;
	if (act_parse(request_query(p->req, S("done")), &act)) *done = S("Done: it stands in the editorial log.");
	if (str_eq(request_query(p->req, S("done")), S("edit"))) *done = files_form_done(p, S("The edit is published, and stands in the editorial log."));
}

/* Those of the acts that would not be refused. */
static void article_buttons(struct page *p, const struct sql_row_article *a, struct view_desk_actions *b)
{
	enum status status = (enum status)a->status;
	bool shown = status == STATUS_SHOWN, held = status == STATUS_HELD, coming = status == STATUS_COMING, there = status != STATUS_WITHDRAWN && status != STATUS_PURGED;
	b->seen = str_fmt(p->cx, "%" PRId64, a->edition);
	b->looked_at = shown && a->corrected;
	b->approve = held || b->looked_at;
	b->feature = shown && !a->featured;
	b->unfeature = there && a->featured;
	b->promote = (shown || held || coming) && !a->local;
	b->demote = there && a->local;
	b->hide = shown || held || coming;
	b->unhide = status == STATUS_HIDDEN || status == STATUS_REFUSED;
	b->lock = there && !a->locked;
	b->unlock = there && a->locked;
	b->purge = who_may(&p->who, CAP_PURGE) && status != STATUS_PURGED;
	if (there) b->edit_url = url_path(p->cx, "/editor/article/%" PRId64 "/edit", a->id);
}

/* What its author and the editors wrote about an article (comment 0) or a comment. */
static err letters(struct page *p, id article, id comment, struct view_letter **out, size_t *n)
{
	struct sql_letter_list *rows;
	TRY(sql_letter_list(p->cx, p->db, article, comment, LETTERS_SHOWN, &rows, n));
	*out = cx_array_of(p->cx, struct view_letter, *n);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct view_letter){ .from = rows[i].editor.n ? rows[i].editor : S("The author"), .mine = rows[i].editor.n > 0, .text = rows[i].text,
			.date = date_human(p->cx, rows[i].at, PRECISION_MINUTE), .date_iso = date_iso(p->cx, rows[i].at, PRECISION_MINUTE) };
	return OK;
}

static err show_article(struct page *p, int status, const struct fields *f)
{
	struct view_desk_article v = { 0 };
	struct sql_row_article *a;
	struct sql_row_comment *comments;
	struct sql_row_logged *entries;
	struct sql_row_attached *files;
	size_t files_n;
	TRY(sql_article_by_id(p->cx, p->db, p->number, &a));
	if (!a) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such article.");
	TRY(sql_comment_list(p->cx, p->db, a->id, INT64_MIN, 0, LIMIT_COMMENTS_SHOWN, &comments, &v.comments_n));
	TRY(sql_log_of(p->cx, p->db, S("article"), a->id, 50, &entries, &v.entries_n));
	struct view_desk_actions *b = v.actions = actions(p, S("article"), a->id);
	article_buttons(p, a, b);
	if (f) b->errors = f->errors.at, b->errors_n = f->errors.n, b->reason_error = fields_error_of(f, "reason"), b->note_error = fields_error_of(f, "note");
	done_of(p, &v.done);
	TRY(letters(p, a->id, 0, &v.letters, &v.letters_n));
	v.article = present_article(p, a);
	v.comments_n = present_fit(comments, v.comments_n);
	v.comments = present_comments(p, comments, v.comments_n);
	TRY(sql_attachment_of(p->cx, p->db, a->id, INT64_MIN, 0, LIMIT_COMMENTS_SHOWN, LIMIT_ATTACHED, &files, &files_n));
	figures_deal(p, files, files_n, v.article, v.comments, v.comments_n);
	v.entries = present_log(p, entries, v.entries_n, true);
	v.site = present_site(p);
	v.page = present_head_unlisted(p, str_fmt(p->cx, "Desk: " STR_FMT, STR_ARG(a->title)));
	return respond_page(p, status, PAGE_DESK_ARTICLE, &v);
}

static err show_comment(struct page *p, int status, const struct fields *f)
{
	struct view_desk_comment v = { 0 };
	struct sql_row_comment *c;
	struct sql_row_article *a = NULL;
	struct sql_row_logged *entries;
	struct sql_row_attached *files;
	size_t files_n;
	TRY(sql_comment_by_id(p->cx, p->db, p->number, &c));
	if (c) TRY(sql_article_by_id(p->cx, p->db, c->article, &a));
	if (!c || !a) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such comment.");
	TRY(sql_log_of(p->cx, p->db, S("comment"), c->id, 50, &entries, &v.entries_n));
	struct view_desk_actions *b = v.actions = actions(p, S("comment"), c->id);
	b->approve = c->status == STATUS_HELD;
	b->hide = c->status == STATUS_SHOWN || c->status == STATUS_HELD || c->status == STATUS_COMING;
	b->unhide = c->status == STATUS_HIDDEN || c->status == STATUS_REFUSED;
	b->purge = who_may(&p->who, CAP_PURGE) && c->status != STATUS_PURGED;
	if (f) b->errors = f->errors.at, b->errors_n = f->errors.n, b->reason_error = fields_error_of(f, "reason"), b->note_error = fields_error_of(f, "note");
	done_of(p, &v.done);
	v.comment = present_comments(p, c, 1);
	v.comment->title = c->title, v.comment->author = c->author, v.comment->body = html_trusted(c->body_html);
	struct retain_case taken_back;
	int64_t since;
	TRY(withdrawn_case(p->cx, p->db, true, c->id, &taken_back, &since));
	if (since) v.comment->hidden = present_hiding(p, STATUS_WITHDRAWN, c->reason, c->note, since);
	TRY(letters(p, a->id, c->id, &v.letters, &v.letters_n));
	TRY(sql_attachment_in(p->cx, p->db, a->id, c->id, LIMIT_FORM_FILES, &files, &files_n));
	figures_deal(p, files, files_n, NULL, v.comment, 1);
	v.comment->article = cx_new_of(p->cx, struct view_link);
	*v.comment->article = (struct view_link){ .text = a->title, .href = present_article_url(p->cx, a->id, a->slug) };
	v.entries = present_log(p, entries, v.entries_n, true);
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Desk: a comment"));
	return respond_page(p, status, PAGE_DESK_COMMENT, &v);
}

err page_desk_article(struct page *p) { return show_article(p, 200, NULL); }
err page_desk_comment(struct page *p) { return show_comment(p, 200, NULL); }

static err act(struct page *p, bool article)
{
	struct fields f = fields_of(p);
	struct act_on op = { .number = p->number, .who = p->who, .note = fields_line(&f, "note", "The note", LIMIT_NOTE, false) };
	str word = request_field(p->req, S("action"));
	if (article && str_eq(word, S("edit"))) return respond_see_other(p, url_path(p->cx, "/editor/article/%" PRId64 "/edit", p->number));
	if (!act_parse(word, &op.act)) return cx_fail(p->cx, INVALID, NULL, "There is no such action here.");
	TRY(guard_may(p, act_capability(op.act)));
	if (act_needs_reason(op.act)) {
		op.reason = fields_term(&f, "reason", "The reason", TERM_REASON, true);
		op.reason_slug = op.reason ? fields_raw(&f, "reason") : S("");
	}
	op.has_seen = str_to_int(fields_raw(&f, "seen"), 0, INT64_MAX, &op.seen);
	if (!fields_good(&f)) return article ? show_article(p, 422, &f) : show_comment(p, 422, &f);
	TRY(page_write(p, article ? article_act : comment_act, &op));
	page_changed_act(p, op.article);
	page_swept(p, &op.gone);
	return respond_see_other(p, url_path(p->cx, "/editor/%s/%" PRId64 "?done=" STR_FMT, article ? "article" : "comment", p->number, STR_ARG(word)));
}

err page_desk_article_post(struct page *p) { return act(p, true); }
err page_desk_comment_post(struct page *p) { return act(p, false); }

static err show_edit(struct page *p, const struct sql_row_article *a, int status, struct view_article_form *form)
{
	struct view_desk_edit v = { .article = present_article_row(p, a), .form = form };
	form->editing = true;
	form->email = S(""), form->email_public = false; /* not an editor's to see */
	form->challenge = NULL;
	form->token = session_token(p->cx, p->session);
	v.site = present_site(p);
	v.page = present_head_unlisted(p, str_fmt(p->cx, "Edit: " STR_FMT, STR_ARG(a->title)));
	return respond_page(p, status, PAGE_DESK_EDIT, &v);
}

static err find(struct page *p, struct sql_row_article **a)
{
	TRY(sql_article_by_id(p->cx, p->db, p->number, a));
	if (!*a) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such article.");
	if ((*a)->status != STATUS_PURGED && (*a)->status != STATUS_WITHDRAWN) return OK;
	return cx_fail(p->cx, CONFLICT, NULL, "This article is not there any more, so it cannot be corrected.");
}

static url edit_url(struct page *p) { return url_path(p->cx, "/editor/article/%" PRId64 "/edit", p->number); }

err page_desk_edit_form(struct page *p)
{
	struct sql_row_article *a;
	TRY(find(p, &a));
	struct sql_row_attached *rows;
	struct form_files files;
	size_t n;
	TRY(sql_attachment_in(p->cx, p->db, a->id, 0, LIMIT_FORM_FILES, &rows, &n));
	files_form_stand(p, rows, n, S(""), &files);
	struct view_article_form *form = article_form_stored(p, a, edit_url(p));
	form->uploads = files_form_show(p, &files, S(""), true);
	return show_edit(p, a, 200, form);
}

err page_desk_edit(struct page *p)
{
	struct sql_row_article *a;
	TRY(find(p, &a));
	struct fields f = fields_of(p);
	struct sql_row_attached *rows;
	struct form_files files;
	size_t n;
	TRY(sql_attachment_in(p->cx, p->db, a->id, 0, LIMIT_FORM_FILES, &rows, &n));
	TRY(files_form_read(&f, rows, n, S(""), &files));
	struct article_draft draft = article_form_read(&f);
	struct article_ready ready;
	struct article_correct op = { .number = a->id, .ready = &ready, .who = p->who, .note = fields_line(&f, "note", "The note", LIMIT_NOTE, false) };
	op.has_seen = str_to_int(fields_raw(&f, "seen"), 0, INT64_MAX, &op.seen);
	draft.email = a->email, draft.email_public = a->email_public != 0; /* the author's affair: for the preview */
	op.has_files = files.sent, op.files = files_form_places(p, &files), op.files_n = files.at.n;
	article_form_prepare(&f, &draft, &ready);
	if (fields_good(&f) && !str_eq(fields_raw(&f, "action"), S("preview"))) {
		err e = page_write(p, article_correct, &op);
		if (e == OK) {
			page_changed_act(p, a->id);
			page_swept(p, &op.gone);
			return respond_see_other(p, url_path(p->cx, "/editor/article/%" PRId64 "?done=edit" STR_FMT, a->id, STR_ARG(files_form_query(p->cx, &files))));
		}
		TRY(article_form_refused(&f, e));
	}
	struct view_article_form *form = article_form_again(&f, edit_url(p), a);
	form->uploads = files_form_show(p, &files, fields_error_of(&f, "files"), true);
	if (fields_good(&f)) form->preview = article_form_preview(p, &ready);
	if (form->preview) figures_into_article(p, files_form_shown(p, &files), files.at.n, form->preview);
	return show_edit(p, a, fields_good(&f) ? 200 : f.status, form);
}
