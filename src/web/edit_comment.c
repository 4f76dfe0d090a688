/* A comment has what an article has, in small: its files stay as they are. */
#include "web/edit_comment.h"

#include <inttypes.h>

#include "base/limits.h"
#include "store/comment.h"
#include "text/date.h"
#include "text/url.h"
#include "web/comment_form.h"
#include "web/guard.h"
#include "web/respond.h"
#include "web/taking_back.h"
#include "base/banned.h"

#define REVISIONS_SHOWN 50

static struct own_work work(const struct sql_comment_by_key *c)
{
	return (struct own_work){ .comment = true, .number = c->id, .article = c->article };
}

/* As its author sees it, whoever else may. */
static struct view_comment *own_view(struct page *p, const struct sql_comment_by_key *c)
{
	struct sql_row_comment row = { .id = c->id, .article = c->article, .title = c->title, .author = c->author, .person = c->person, .body_html = c->body_html,
		.posted = c->posted, .precision = c->precision, .status = STATUS_SHOWN };
	struct view_comment *v = present_comments(p, &row, 1);
	v->editor_url = (url){ 0 };
	if (c->status != STATUS_SHOWN) v->state = visible_word((enum status)c->status);
	return v;
}

static struct view_comment_form *stored(struct page *p, const struct sql_comment_by_key *c)
{
	struct view_comment_form *v = cx_new_of(p->cx, struct view_comment_form);
	*v = (struct view_comment_form){ .title = c->title, .author = c->author, .email = c->email, .body = c->body };
	v->formats = comment_form_formats(p, format_name((enum format)c->format), &v->formats_n);
	v->seen = str_fmt(p->cx, "%" PRId64, c->version);
	return v;
}

static err revisions(struct page *p, const struct sql_comment_by_key *c, struct view_edit_comment *v)
{
	struct sql_comment_revision_list *rows;
	TRY(sql_comment_revision_list(p->cx, p->db, c->id, REVISIONS_SHOWN, &rows, &v->revisions_n));
	v->revisions = cx_array_of(p->cx, struct view_revision, v->revisions_n);
	for (size_t i = 0; i < v->revisions_n; i++)
		v->revisions[i] = (struct view_revision){ .number = rows[i].number, .by = S("you"), .note = rows[i].title,
			.date = date_human(p->cx, rows[i].at, PRECISION_MINUTE), .date_iso = date_iso(p->cx, rows[i].at, PRECISION_MINUTE) };
	return OK;
}

/* f: what was refused; form: the correction, where it is not as it stands in the store. */
static err show(struct page *p, const struct sql_comment_by_key *c, int status, const struct fields *f, struct view_comment_form *form,
    struct view_comment *preview, str done)
{
	struct own_work own = work(c);
	struct view_edit_comment v = { .comment = own_view(p, c), .preview = preview, .done = done };
	if (visible_text((enum status)c->article_status)) {
		v.article = cx_new_of(p->cx, struct view_link);
		*v.article = (struct view_link){ .text = c->article_title, .href = present_article_url(p->cx, c->article, c->article_slug) };
	}
	if (visible_correctable((enum status)c->status)) {
		v.form = form ? form : stored(p, c);
		v.form->action = own_work_url(p);
		v.form->challenge = NULL;
		v.form->held = p->app->conf.comments == COMMENTS_HELD;
	}
	TRY(taking_back_show(p, &own, f, &v.taking_back));
	TRY(correspondence_show(p, &own, f, &v.correspondence));
	TRY(revisions(p, c, &v));
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Your comment"));
	return respond_page(p, status, PAGE_EDIT_COMMENT, &v);
}

err edit_comment_show(struct page *p, const struct sql_comment_by_key *c) { return show(p, c, 200, NULL, NULL, NULL, own_work_said(p, true)); }

static err save(struct fields *f, const struct sql_comment_by_key *c, const struct comment_ready *ready)
{
	struct comment_correct op = { .number = c->id, .ready = ready, .watched = f->page->app->conf.comments == COMMENTS_HELD };
	op.has_seen = str_to_int(fields_raw(f, "seen"), 0, INT64_MAX, &op.seen);
	TRY(guard_count_link(f->page));
	return page_write(f->page, comment_correct, &op);
}

/* What was corrected from an older page is given back, to be sent again. */
static err refused(struct fields *f, err e)
{
	struct fault *fault = &f->page->cx->fault;
	if (e != CONFLICT || !str_eq(fault->field, S("seen"))) return fields_refused(f, e);
	fields_error(f, "body", STR_FMT " Here is what you wrote: save again if it is to stand.", STR_ARG(fault->sentence));
	f->status = respond_status(f->page, e);
	*fault = (struct fault){ 0 };
	return OK;
}

static err correct(struct page *p, const struct sql_comment_by_key *c, bool preview)
{
	struct fields f = fields_of(p);
	struct own_work own = work(c);
	struct comment_draft draft = comment_form_read(&f, c->article);
	struct comment_ready ready;
	struct view_comment *shown = NULL;
	comment_form_prepare(&f, &draft, &ready);
	if (fields_good(&f) && !preview) {
		err e = save(&f, c, &ready);
		if (e == OK) return own_work_done(p, &own, "saved", S(""));
		TRY(refused(&f, e));
	}
	struct view_comment_form *form = comment_form_filled(&f, c->article);
	form->seen = f.status == 409 ? str_fmt(p->cx, "%" PRId64, c->version) : fields_raw(&f, "seen");
	if (fields_good(&f)) {
		struct sql_row_comment row = { .title = draft.title, .author = draft.author, .person = c->person, .body_html = ready.body.s, .posted = c->posted,
			.precision = c->precision };
		shown = present_comments(p, &row, 1);
	}
	return show(p, c, fields_good(&f) ? 200 : f.status, NULL, form, shown, S(""));
}

err edit_comment(struct page *p, const struct sql_comment_by_key *c)
{
	struct own_work own = work(c);
	struct fields f = fields_of(p);
	str action = request_field(p->req, S("action"));
	bool answered;
	if (str_eq(action, S("withdraw"))) TRY(taking_back_withdraw(&f, &own, &answered));
	else if (str_eq(action, S("erase"))) TRY(taking_back_erase(&f, &own, &answered));
	else if (str_eq(action, S("letter")) || str_eq(action, S("write"))) TRY(correspondence_send(&f, &own, &answered));
	else if (visible_correctable((enum status)c->status)) return correct(p, c, str_eq(action, S("preview")));
	else return cx_fail(p->cx, CONFLICT, NULL, "This comment is not shown any more, so it cannot be corrected. Write to the editors below.");
	return answered ? OK : show(p, c, f.status, &f, NULL, NULL, S(""));
}
