/* The author's private page: whoever has its address is the author. Correct, withdraw, write to the editors. */
#include <inttypes.h>

#include "base/limits.h"
#include "text/url.h"
#include "web/article_form.h"
#include "web/files_form.h"
#include "web/guard.h"
#include "web/pages.h"
#include "web/respond.h"
#include "base/banned.h"

#define REVISIONS_SHOWN 50
#define LETTERS_SHOWN 100

static err find(struct page *p, struct sql_row_article **out)
{
	char key[ARTICLE_KEY], hash[ARTICLE_HASH];
	*out = NULL;
	if (str_unhex(p->key, key, sizeof key)) {
		article_key_hash(key, hash);
		TRY(sql_article_by_key(p->cx, p->db, (str){ hash, sizeof hash }, out));
	}
	return *out ? OK : cx_fail(p->cx, NOTFOUND, NULL, "This private link opens nothing. Was all of it copied?");
}

static err letters_and_revisions(struct page *p, id article, struct view_edit *v)
{
	struct sql_letter_list *letters;
	struct sql_revision_list *revisions;
	TRY(sql_letter_list(p->cx, p->db, article, 0, LETTERS_SHOWN, &letters, &v->letters_n));
	TRY(sql_revision_list(p->cx, p->db, article, REVISIONS_SHOWN, &revisions, &v->revisions_n));
	v->letters = cx_array_of(p->cx, struct view_letter, v->letters_n);
	for (size_t i = 0; i < v->letters_n; i++)
		v->letters[i] = (struct view_letter){ .from = letters[i].editor.n ? letters[i].editor : S("You"), .mine = letters[i].editor.n == 0,
			.text = letters[i].text, .date = date_human(p->cx, letters[i].at, PRECISION_MINUTE),
			.date_iso = date_iso(p->cx, letters[i].at, PRECISION_MINUTE) };
	v->revisions = cx_array_of(p->cx, struct view_revision, v->revisions_n);
	for (size_t i = 0; i < v->revisions_n; i++)
		v->revisions[i] = (struct view_revision){ .number = revisions[i].number, .by = revisions[i].person ? S("an editor") : S("you"),
			.note = revisions[i].title, .date = date_human(p->cx, revisions[i].at, PRECISION_MINUTE),
			.date_iso = date_iso(p->cx, revisions[i].at, PRECISION_MINUTE) };
	return OK;
}

static url here(struct page *p) { return url_path(p->cx, "/edit/" STR_FMT, STR_ARG(p->key)); }

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
	*out = article_form_stored(p, a, here(p));
	(*out)->uploads = files_form_show(p, &files, S(""), true);
	return OK;
}

static err show(struct page *p, const struct sql_row_article *a, int status, struct view_edit *v, struct view_article_form *form)
{
	if (!form) TRY(stored(p, a, &form));
	v->article = present_article_row(p, a);
	v->withdrawn = a->status == STATUS_WITHDRAWN;
	v->form = form;
	v->form->correcting = true;
	v->form->challenge = NULL;
	TRY(letters_and_revisions(p, a->id, v));
	v->site = present_site(p);
	v->page = present_head_unlisted(p, str_fmt(p->cx, "Your article: " STR_FMT, STR_ARG(a->title)));
	return respond_page(p, status, PAGE_EDIT, v);
}

err page_edit_form(struct page *p)
{
	struct sql_row_article *a;
	struct view_edit v = { 0 };
	TRY(find(p, &a));
	if (request_query(p->req, S("done")).n) {
		str done = request_query(p->req, S("done"));
		v.done = str_eq(done, S("saved"))       ? files_form_done(p, S("Your correction is published."))
		         : str_eq(done, S("withdrawn")) ? S("Your article is withdrawn.")
		         : str_eq(done, S("sent"))      ? S("Your message is with the editors.")
		                                        : S("");
	}
	return show(p, a, 200, &v, NULL);
}

static err done(struct page *p, const struct sql_row_article *a, const char *what, str more)
{
	page_changed_act(p, a->id);
	return respond_see_other(p, url_path(p->cx, STR_FMT "?done=%s" STR_FMT, STR_ARG(here(p).s), what, STR_ARG(more)));
}

static err withdraw(struct page *p, const struct sql_row_article *a)
{
	struct fields f = fields_of(p);
	struct act_on op = { .act = ACT_WITHDRAW, .number = a->id };
	if (!fields_flag(&f, "confirm")) fields_error(&f, "confirm", "Please tick the box to say that you mean it.");
	if (fields_good(&f)) {
		err e = page_write(p, article_act, &op);
		if (e == OK) return done(p, a, "withdrawn", S(""));
		TRY(fields_refused(&f, e));
	}
	struct view_edit v = { .withdraw_error = f.errors.at[0].text };
	return show(p, a, f.status, &v, NULL);
}

struct letter {
	id article;
	str text;
};

static err put_letter(struct cx *cx, struct db *db, void *arg)
{
	struct letter *l = arg;
	return sql_letter_insert(cx, db, l->article, 0, cx_now(cx), S(""), l->text);
}

static err send_letter(struct page *p, struct letter *l)
{
	TRY(guard_count(p));
	return page_write(p, put_letter, l);
}

static err write_to_editors(struct page *p, const struct sql_row_article *a)
{
	struct fields f = fields_of(p);
	struct letter l = { a->id, fields_text(&f, "message", "The message", LIMIT_SUMMARY, true) };
	if (fields_good(&f)) {
		err e = send_letter(p, &l);
		if (e == OK) return done(p, a, "sent", S(""));
		TRY(fields_refused(&f, e));
	}
	struct view_edit v = { .message = fields_raw(&f, "message"), .message_error = f.errors.at[0].text };
	return show(p, a, f.status, &v, NULL);
}

static err save(struct page *p, const struct sql_row_article *a, const struct article_ready *ready, const struct form_files *files)
{
	struct article_correct op = { .number = a->id, .ready = ready, .watched = p->app->conf.wire == WIRE_HELD, .has_files = files->sent,
		.files = files_form_places(p, files), .files_n = files->at.n };
	op.has_seen = str_to_int(request_field(p->req, S("seen")), 0, INT64_MAX, &op.seen);
	TRY(guard_count(p));
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
	struct view_edit v = { 0 };
	article_form_prepare(&f, &draft, &ready);
	if (fields_good(&f) && !preview) {
		err e = save(p, a, &ready, &files);
		if (e == OK) return done(p, a, "saved", files_form_query(p->cx, &files));
		TRY(article_form_refused(&f, e));
	}
	struct view_article_form *form = article_form_again(&f, here(p), a);
	form->uploads = files_form_show(p, &files, fields_error_of(&f, "files"), true);
	if (fields_good(&f)) form->preview = article_form_preview(p, &ready);
	if (form->preview) figures_into_article(p, files_form_shown(p, &files), files.at.n, form->preview);
	return show(p, a, fields_good(&f) ? 200 : f.status, &v, form);
}

err page_edit(struct page *p)
{
	struct sql_row_article *a;
	str action = request_field(p->req, S("action"));
	TRY(find(p, &a));
	if (str_eq(action, S("withdraw"))) return withdraw(p, a);
	if (str_eq(action, S("write"))) return write_to_editors(p, a);
	if (!visible_correctable((enum status)a->status))
		return cx_fail(p->cx, CONFLICT, NULL, "This article is not shown any more, so it cannot be corrected. Write to the editors below.");
	return correct(p, a, str_eq(action, S("preview")));
}
