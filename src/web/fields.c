/* Forms: every check that has a sentence for whoever filled it in. */
#include "web/fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "rules/spam.h"
#include "text/date.h"
#include "text/excerpt.h"
#include "text/slug.h"
#include "text/url.h"
#include "web/challenge.h"
#include "web/guard.h"
#include "web/respond.h"
#include "base/banned.h"

struct fields fields_of(struct page *p)
{
	struct fields f = { .page = p, .status = 422 };
	if (p->req->form.broken.n)
		fields_error(&f, str_c(p->cx, p->req->form.broken), "This field holds bytes that are not text. Please type it anew.");
	return f;
}

void fields_error(struct fields *f, const char *name, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	if (fields_error_of(f, name).n) return; /* the first fault of a field is the one to mend first */
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
	struct view_form_error e = { str_copy(f->page->cx, str_of(name)), str_copy(f->page->cx, (str){ text, len }) };
	vec_push(f->page->cx, &f->errors, e);
}

str fields_error_of(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->errors.n; i++)
		if (str_eq(f->errors.at[i].field, str_of(name))) return f->errors.at[i].text;
	return S("");
}

bool fields_good(const struct fields *f) { return f->errors.n == 0; }

str fields_raw(const struct fields *f, const char *name)
{
	str s = request_field(f->page->req, str_of(name));
	return s.p ? s : S("");
}

size_t fields_raw_all(const struct fields *f, const char *name, str *out, size_t max)
{
	const struct params *p = &f->page->req->form.fields;
	size_t n = 0;
	for (size_t i = 0; i < p->n && n < max; i++)
		if (str_eq(p->at[i].name, str_of(name))) out[n++] = p->at[i].value;
	return n;
}

static str checked(struct fields *f, const char *name, const char *label, str s, size_t max, bool chars, bool required)
{
	size_t length = chars ? utf8_count(s) : s.n;
	if (!text_visible(s)) s = S("");
	if (length > max)
		fields_error(f, name, "%s is %zu characters long; at most %zu are possible.", label, length, max);
	if (s.n == 0 && required) fields_error(f, name, "%s is missing.", label);
	return s;
}

str fields_line(struct fields *f, const char *name, const char *label, size_t max, bool required)
{
	str s = text_normalise(f->page->cx, fields_raw(f, name));
	char *p = str_c(f->page->cx, s);
	for (size_t i = 0; i < s.n; i++)
		if (p[i] == '\n' || p[i] == '\t') p[i] = ' ';
	return checked(f, name, label, str_trim((str){ p, s.n }), max, true, required);
}

/* Without empty lines before and behind; how far its first line is indented may mean something. */
static str without_blank_ends(str s)
{
	size_t line = 0;
	for (size_t i = 0; i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n'); i++)
		if (s.p[i] == '\n') line = i + 1;
	str trimmed = str_trim(s);
	return trimmed.n ? str_sub(s, line, (size_t)(trimmed.p - s.p) + trimmed.n - line) : trimmed;
}

str fields_text(struct fields *f, const char *name, const char *label, size_t max_bytes, bool required)
{
	str s = text_normalise(f->page->cx, fields_raw(f, name));
	return checked(f, name, label, without_blank_ends(s), max_bytes, false, required);
}

void fields_rendered(struct fields *f, err e, html body)
{
	struct cx *cx = f->page->cx;
	if (e == OK) {
		if (!text_visible(excerpt_text(cx, body))) fields_error(f, "body", "There is nothing to read in the text.");
		return;
	}
	fields_error(f, "body", "The text " STR_FMT ".", STR_ARG(cx->fault.sentence));
	if (e == BUSY) f->status = respond_status(f->page, e);
	cx->fault = (struct fault){ 0 };
}

bool fields_flag(struct fields *f, const char *name) { return str_eq(fields_raw(f, name), S("1")); }

enum format fields_format(struct fields *f)
{
	enum format format = FORMAT_PLAIN;
	str word = fields_raw(f, "format");
	if (word.n && !format_parse(word, &format)) fields_error(f, "format", "The text format must be plain, markdown or html.");
	return format;
}

static id find_term(struct fields *f, const char *name, const char *label, enum term_kind kind, str slug)
{
	const struct term *t = term_by_slug(&f->page->worker->terms, kind, slug);
	if (!t) fields_error(f, name, "%s is not one of those this site has.", label);
	return t ? t->id : 0;
}

id fields_term(struct fields *f, const char *name, const char *label, enum term_kind kind, bool required)
{
	str slug = fields_raw(f, name);
	if (slug.n) return find_term(f, name, label, kind, slug);
	if (required) fields_error(f, name, "%s is missing.", label);
	return 0;
}

size_t fields_terms(struct fields *f, const char *name, const char *label, enum term_kind kind, id *out, size_t max)
{
	str slugs[LIMIT_FORM_FIELDS];
	size_t n = fields_raw_all(f, name, slugs, LIMIT_FORM_FIELDS), taken = 0;
	for (size_t i = 0; i < n; i++) {
		if (slugs[i].n == 0) continue;
		id t = find_term(f, name, label, kind, slugs[i]);
		bool again = false;
		for (size_t k = 0; k < taken; k++) again = again || out[k] == t;
		if (!t || again) continue;
		if (taken == max) {
			fields_error(f, name, "At most %zu of these can be chosen.", max);
			break;
		}
		out[taken++] = t;
	}
	return taken;
}

static str check_url(struct fields *f, const char *name, const char *label, str typed)
{
	url u;
	if (typed.n == 0) return S("");
	if (url_check(f->page->cx, typed, &u) == OK) return u.s;
	fields_error(f, name, "%s is not a web address: it should look like https://example.org/page.", label);
	f->page->cx->fault = (struct fault){ 0 };
	return typed;
}

str fields_url(struct fields *f, const char *name, const char *label)
{
	return check_url(f, name, label, str_trim(fields_raw(f, name)));
}

size_t fields_urls(struct fields *f, const char *name, const char *label, str *out, size_t max)
{
	str typed[LIMIT_FORM_FIELDS];
	size_t n = fields_raw_all(f, name, typed, LIMIT_FORM_FIELDS), taken = 0;
	for (size_t i = 0; i < n; i++) {
		str s = str_trim(typed[i]);
		if (s.n == 0) continue;
		if (taken == max) {
			fields_error(f, name, "At most %zu addresses can be given.", max);
			break;
		}
		out[taken++] = check_url(f, name, label, s);
	}
	return taken;
}

str fields_email(struct fields *f, const char *name, const char *label)
{
	str s = fields_line(f, name, label, LIMIT_EMAIL, false);
	if (s.n == 0) return s;
	ptrdiff_t at = str_find_char(s, '@', 0);
	bool odd = at <= 0 || str_find_char(s, '@', (size_t)at + 1) >= 0 || str_find_char(s, '.', (size_t)at) < 0;
	for (size_t i = 0; i < s.n; i++) odd = odd || (unsigned char)s.p[i] <= ' ' || strchr("<>()\"',;:\\", s.p[i]) != NULL;
	if (odd) fields_error(f, name, "%s does not look like one: name@example.org.", label);
	return s;
}

int64_t fields_day(struct fields *f, const char *name, const char *label)
{
	str s = str_trim(fields_raw(f, name));
	int64_t day = 0;
	if (s.n && !date_parse_iso_day(s, &day) && !date_parse_loose_day(s, &day))
		fields_error(f, name, "%s is not a date: it should look like 2004-05-21.", label);
	return day;
}

err fields_refused(struct fields *f, err e)
{
	struct cx *cx = f->page->cx;
	if (e != LIMIT && e != BUSY && e != FAILED) return e;
	f->status = respond_status(f->page, e);
	if (e != LIMIT) log_error(cx, "%s: " STR_FMT, err_name(e), STR_ARG(cx->fault.sentence));
	if (e == FAILED) fields_error(f, "", "This could not be kept. It is our fault, and it has been noted. Please send it again in a moment.");
	else if (e == BUSY) fields_error(f, "", "This could not be kept just now: " STR_FMT ". Please send it again in a moment.", STR_ARG(cx->fault.sentence));
	else fields_error(f, "", STR_FMT, STR_ARG(cx->fault.sentence));
	cx->fault = (struct fault){ 0 };
	return OK;
}

bool fields_asks_number(const struct page *p) { return p->app->conf.challenge == CHALLENGE_NUMBER && !p->has_session; }

err fields_prove(struct page *p)
{
	const struct request *req = p->req;
	bool wrong;
	if (p->proven) return OK;
	TRY(guard_look_guess(p));
	err e = challenge_answer(p->cx, p->app->challenges, request_cookie(req, S(CHALLENGE_PICTURE)), request_cookie(req, S(CHALLENGE_WORDS)),
	    request_field(req, S("answer")), p->app->conf.least_seconds, &wrong);
	if (wrong) guard_count_guess(p);
	p->proven = e == OK;
	return e;
}

static err check_number(struct fields *f)
{
	struct page *p = f->page;
	err e = fields_prove(p);
	if (e != INVALID) return e == OK ? OK : fields_refused(f, e);
	fields_error(f, "answer", STR_FMT, STR_ARG(p->cx->fault.sentence));
	p->cx->fault = (struct fault){ 0 };
	return OK;
}

err fields_person(struct fields *f)
{
	struct page *p = f->page;
	if (spam_form(fields_raw(f, "website"), -1, 0) == SPAM_TRAP)
		fields_error(f, "website", "Please leave the field that says so empty: only robots fill it in.");
	bool asked = fields_asks_number(p);
	if (asked && fields_raw(f, "answer").n == 0) fields_error(f, "answer", "Please type the number.");
	if (fields_good(f)) TRY(fields_refused(f, guard_look(p)));
	if (fields_good(f) && asked) TRY(check_number(f));
	if (fields_good(f)) TRY(fields_refused(f, guard_count(p)));
	return OK;
}
