/* What is erased takes its private link with it, so the page that says so needs none. */
#include "web/taking_back.h"

#include <inttypes.h>

#include "base/limits.h"
#include "store/withdrawn.h"
#include "text/date.h"
#include "text/url.h"
#include "web/files_form.h"
#include "web/guard.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

#define LETTERS_SHOWN 100

url own_work_url(struct page *p) { return url_path(p->cx, "/edit/" STR_FMT, STR_ARG(p->key)); }

err taking_back_show(struct page *p, const struct own_work *o, const struct fields *f, struct view_taking_back **out)
{
	int64_t days = p->app->conf.withdrawn_days, since;
	struct retain_case c;
	struct view_taking_back *v = *out = cx_new_of(p->cx, struct view_taking_back);
	TRY(withdrawn_case(p->cx, p->db, o->comment, o->number, &c, &since));
	*v = (struct view_taking_back){ .action = own_work_url(p), .comment = o->comment, .withdrawn = c.status == STATUS_WITHDRAWN,
		.days = days ? present_count(p->cx, days, "day", "days") : S(""), .barred = act_bar_sentence(retain_bar(&c)) };
	int64_t until = v->withdrawn ? retain_until(since, days) : 0;
	if (until) v->until = date_human(p->cx, until, PRECISION_DAY), v->until_iso = date_iso(p->cx, until, PRECISION_DAY);
	if (f) v->withdraw_error = fields_error_of(f, "withdraw"), v->erase_error = fields_error_of(f, "erase");
	return OK;
}

err correspondence_show(struct page *p, const struct own_work *o, const struct fields *f, struct view_correspondence **out)
{
	struct sql_letter_list *letters;
	struct view_correspondence *v = *out = cx_new_of(p->cx, struct view_correspondence);
	v->action = own_work_url(p);
	TRY(sql_letter_list(p->cx, p->db, o->article, o->comment ? o->number : 0, LETTERS_SHOWN, &letters, &v->letters_n));
	v->letters = cx_array_of(p->cx, struct view_letter, v->letters_n);
	for (size_t i = 0; i < v->letters_n; i++)
		v->letters[i] = (struct view_letter){ .from = letters[i].editor.n ? letters[i].editor : S("You"), .mine = letters[i].editor.n == 0,
			.text = letters[i].text, .date = date_human(p->cx, letters[i].at, PRECISION_MINUTE),
			.date_iso = date_iso(p->cx, letters[i].at, PRECISION_MINUTE) };
	if (f && fields_error_of(f, "message").n) v->message = fields_raw(f, "message"), v->message_error = fields_error_of(f, "message");
	return OK;
}

err own_work_done(struct page *p, const struct own_work *o, const char *what, str more)
{
	page_changed_act(p, o->article);
	return respond_see_other(p, url_path(p->cx, STR_FMT "?done=%s" STR_FMT, STR_ARG(own_work_url(p).s), what, STR_ARG(more)));
}

str own_work_said(struct page *p, bool comment)
{
	str done = request_query(p->req, S("done"));
	bool held = comment && p->app->conf.comments == COMMENTS_HELD;
	if (str_eq(done, S("saved"))) return files_form_done(p, held ? S("Your correction is with the editors.") : S("Your correction is published."));
	if (str_eq(done, S("withdrawn"))) return comment ? S("Your comment is withdrawn.") : S("Your article is withdrawn.");
	return str_eq(done, S("sent")) ? S("Your message is with the editors.") : S("");
}

/* One act, when the box is ticked that says so. A fault is told under the form's name. */
static err act(struct fields *f, const struct own_work *o, enum act what, const char *form, const char *done, bool *answered)
{
	struct page *p = f->page;
	struct act_on op = { .act = what, .number = o->number };
	*answered = false;
	if (!fields_flag(f, "confirm")) fields_error(f, form, "Please tick the box to say that you mean it.");
	if (!fields_good(f)) return OK;
	err e = page_write(p, o->comment ? comment_act : article_act, &op);
	if (e == OK) {
		*answered = true;
		page_swept(p, &op.gone);
		return own_work_done(p, o, done, S(""));
	}
	if (e == CONFLICT && p->cx->fault.field.n) { /* the rules say no, and why */
		f->status = respond_status(p, e);
		fields_error(f, form, STR_FMT, STR_ARG(p->cx->fault.sentence));
		p->cx->fault = (struct fault){ 0 };
		return OK;
	}
	TRY(fields_refused(f, e));
	fields_error(f, form, STR_FMT, STR_ARG(f->errors.at[0].text));
	return OK;
}

err taking_back_withdraw(struct fields *f, const struct own_work *o, bool *answered) { return act(f, o, ACT_WITHDRAW, "withdraw", "withdrawn", answered); }
err taking_back_erase(struct fields *f, const struct own_work *o, bool *answered) { return act(f, o, ACT_ERASE, "erase", "erased", answered); }

struct letter {
	const struct own_work *about;
	str text;
};

static err put_letter(struct cx *cx, struct db *db, void *arg)
{
	struct letter *l = arg;
	const struct own_work *o = l->about;
	return sql_letter_insert(cx, db, o->article, o->comment ? o->number : 0, cx_minute(cx), S(""), l->text);
}

static err send_letter(struct page *p, struct letter *l)
{
	TRY(guard_count_link(p));
	return page_write(p, put_letter, l);
}

err correspondence_send(struct fields *f, const struct own_work *o, bool *answered)
{
	struct letter l = { o, fields_text(f, "message", "The message", LIMIT_SUMMARY, true) };
	*answered = false;
	if (!fields_good(f)) return OK;
	err e = send_letter(f->page, &l);
	if (e == OK) return *answered = true, own_work_done(f->page, o, "sent", S(""));
	TRY(fields_refused(f, e));
	fields_error(f, "message", STR_FMT, STR_ARG(f->errors.at[0].text));
	return OK;
}

err own_work_missing(struct page *p)
{
	static const struct view_link log = { .text = S_INIT("The editorial log"), .href = { S_INIT("/log") } };
	if (!str_eq(request_query(p->req, S("done")), S("erased")))
		return cx_fail(p->cx, NOTFOUND, NULL, "This private link opens nothing. Was all of it copied?");
	struct view_message v = { .heading = S("It is erased"), .links = cx_new_of(p->cx, struct view_link), .links_n = 1,
		.sentence = S("Nothing of it is left to be read here, not even by the editors, and this private link opens nothing any more. "
		              "The public log says that its author erased it, and not what it was. Copies that others have made are out of our reach.") };
	v.links[0] = log;
	v.site = present_site(p);
	v.page = present_head_unlisted(p, v.heading);
	return respond_page(p, 200, PAGE_MESSAGE, &v);
}
