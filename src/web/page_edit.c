/* The author's private page: whoever has its address is the author. Correct, take back, write to the editors; comments likewise (edit_comment.c). */
#include <inttypes.h>

#include "base/limits.h"
#include "store/comment.h"
#include "text/url.h"
#include "web/article_form.h"
#include "web/edit_comment.h"
#include "web/files_form.h"
#include "web/guard.h"
#include "web/pages.h"
#include "web/respond.h"
#include "web/taking_back.h"
#include "base/banned.h"

#define REVISIONS_SHOWN 50

/* The article, or else the comment, that the key in the address opens; neither where there is none. */
static err find(struct page *p, struct sql_row_article **a, struct sql_comment_by_key **c)
{
	char key[ARTICLE_KEY], hash[ARTICLE_HASH];
	*a = NULL, *c = NULL;
	if (!str_unhex(p->key, key, sizeof key)) return OK;
	article_key_hash(key, hash);
	TRY(sql_article_by_key(p->cx, p->db, (str){ hash, sizeof hash }, a));
	return *a ? OK : comment_by_link(p->cx, p->db, key, c);
}

static err revisions(struct page *p, id article, struct view_edit *v)
{
	struct sql_revision_list *revisions;
	TRY(sql_revision_list(p->cx, p->db, article, REVISIONS_SHOWN, &revisions, &v->revisions_n));
	v->revisions = cx_array_of(p->cx, struct view_revision, v->revisions_n);
	for (size_t i = 0; i < v->revisions_n; i++)
		v->revisions[i] = (struct view_revision){ .number = revisions[i].number, .by = revisions[i].person ? S("an editor") : S("you"),
			.note = revisions[i].title, .date = date_human(p->cx, revisions[i].at, PRECISION_MINUTE),
			.date_iso = date_iso(p->cx, revisions[i].at, PRECISION_MINUTE) };
	return OK;
}

static struct own_work work(const struct sql_row_article *a) { return (struct own_work){ .number = a->id, .article = a->id }; }

static str proof(struct page *p) { return str_fmt(p->cx, "k=" STR_FMT, STR_ARG(p->key)); }

static err standing(struct page *p, const struct sql_row_article *a, struct sql_row_attached **rows, size_t *n)
{
	return sql_attachment_in(p->cx, p->db, a->id, 0, LIMIT_FORM_FILES, rows, n);
}

/* The form as it stands in the store. */
static err stored(struct page *p, const struct sql_row_article *a, struct view_article_form **out)
{
	struct sql_row_attached *rows;
	struct form_files files;
	size_t n;
	TRY(standing(p, a, &rows, &n));
	files_form_stand(p, rows, n, proof(p), &files);
	*out = article_form_stored(p, a, own_work_url(p));
	(*out)->uploads = files_form_show(p, &files, S(""), true);
	return OK;
}

/* f: what was refused, of one of the forms; NULL where nothing was. form: the correction, where it is not as it stands in the store. */
static err show(struct page *p, const struct sql_row_article *a, int status, const struct fields *f, struct view_article_form *form, str done)
{
	struct view_edit v = { .article = present_article_row(p, a), .withdrawn = a->status == STATUS_WITHDRAWN, .done = done };
	struct own_work own = work(a);
	if (!form) TRY(stored(p, a, &form));
	v.form = form;
	v.form->correcting = true;
	v.form->challenge = NULL;
	TRY(taking_back_show(p, &own, f, &v.taking_back));
	TRY(correspondence_show(p, &own, f, &v.correspondence));
	TRY(revisions(p, a->id, &v));
	v.site = present_site(p);
	v.page = present_head_unlisted(p, str_fmt(p->cx, "Your article: " STR_FMT, STR_ARG(a->title)));
	return respond_page(p, status, PAGE_EDIT, &v);
}

err page_edit_form(struct page *p)
{
	struct sql_row_article *a;
	struct sql_comment_by_key *c;
	TRY(find(p, &a, &c));
	if (a) return show(p, a, 200, NULL, NULL, own_work_said(p, false));
	return c ? edit_comment_show(p, c) : own_work_missing(p);
}

static err save(struct page *p, const struct sql_row_article *a, const struct article_ready *ready, const struct form_files *files)
{
	struct article_correct op = { .number = a->id, .ready = ready, .watched = p->app->conf.wire == WIRE_HELD, .has_files = files->sent,
		.files = files_form_places(p, files), .files_n = files->at.n };
	op.has_seen = str_to_int(request_field(p->req, S("seen")), 0, INT64_MAX, &op.seen);
	TRY(guard_count_link(p));
	TRY(page_write(p, article_correct, &op));
	page_swept(p, &op.gone);
	return OK;
}

static err correct(struct page *p, const struct sql_row_article *a, bool preview)
{
	struct fields f = fields_of(p);
	struct sql_row_attached *rows;
	struct form_files files;
	size_t n;
	TRY(standing(p, a, &rows, &n));
	TRY(files_form_read(&f, rows, n, proof(p), &files));
	struct article_draft draft = article_form_read(&f);
	struct article_ready ready;
	struct own_work own = work(a);
	article_form_prepare(&f, &draft, &ready);
	if (fields_good(&f) && !preview) {
		err e = save(p, a, &ready, &files);
		if (e == OK) return own_work_done(p, &own, "saved", files_form_query(p->cx, &files));
		TRY(article_form_refused(&f, e));
	}
	struct view_article_form *form = article_form_again(&f, own_work_url(p), a);
	form->uploads = files_form_show(p, &files, fields_error_of(&f, "files"), true);
	if (fields_good(&f)) form->preview = article_form_preview(p, &ready);
	if (form->preview) figures_into_article(p, files_form_shown(p, &files), files.at.n, form->preview);
	return show(p, a, fields_good(&f) ? 200 : f.status, NULL, form, S(""));
}

/* The words of the form that were its first ones, save and write, are taken as well. */
err page_edit(struct page *p)
{
	struct sql_row_article *a;
	struct sql_comment_by_key *c;
	str action = request_field(p->req, S("action"));
	TRY(find(p, &a, &c));
	if (!a) return c ? edit_comment(p, c) : own_work_missing(p);
	struct own_work own = work(a);
	struct fields f = fields_of(p);
	bool answered;
	if (str_eq(action, S("withdraw"))) TRY(taking_back_withdraw(&f, &own, &answered));
	else if (str_eq(action, S("erase"))) TRY(taking_back_erase(&f, &own, &answered));
	else if (str_eq(action, S("letter")) || str_eq(action, S("write"))) TRY(correspondence_send(&f, &own, &answered));
	else if (visible_correctable((enum status)a->status)) return correct(p, a, str_eq(action, S("preview")));
	else return cx_fail(p->cx, CONFLICT, NULL, "This article is not shown any more, so it cannot be corrected. Write to the editors below.");
	return answered ? OK : show(p, a, f.status, &f, NULL, S(""));
}
