/* Every field of the publish form stands here three times: read, shown again, shown from the store. */
#include "web/article_form.h"

#include <inttypes.h>

#include "base/limits.h"
#include "store/appear.h"
#include "text/lang.h"
#include "text/slug.h"
#include "text/url.h"
#include "web/comment_form.h"
#include "web/files_form.h"
#include "web/guard.h"
#include "web/respond.h"
#include "base/banned.h"

#define RELATED_SHOWN 3

struct article_draft article_form_read(struct fields *f)
{
	struct page *p = f->page;
	const struct conf *c = &p->app->conf;
	struct article_draft d = { .title = fields_line(f, "title", "The title", LIMIT_TITLE, true),
		.summary = fields_text(f, "summary", "The summary", LIMIT_SUMMARY, false),
		.body = fields_text(f, "body", "The text", LIMIT_BODY, true),
		.format = fields_format(f),
		.type = fields_term(f, "type", "The type", TERM_TYPE, true),
		.region = fields_term(f, "region", "The region", TERM_REGION, false),
		.licence = fields_term(f, "licence", "The licence", TERM_LICENCE, false),
		.local = fields_flag(f, "local"),
		.author = fields_line(f, "author", "The name", LIMIT_NAME, false),
		.email = fields_email(f, "email", "The mail address"),
		.email_public = fields_flag(f, "email_public"),
		.source = fields_line(f, "source", "The source", LIMIT_NAME, false),
		.source_date = fields_day(f, "source_date", "The date of the source"),
		.source_url = fields_url(f, "source_url", "The address of the source"),
		.language = fields_line(f, "language", "The language", 35, false),
		.person = p->who.person,
		.precision = PRECISION_MINUTE,
		.status = visible_first(c->wire == WIRE_HELD || guard_is_crowded(p), &p->who) };
	appear_later(p->cx, c->delay_minutes, &p->who, &d.status, &d.posted);
	d.topics_n = fields_terms(f, "topic", "The topic", TERM_TOPIC, d.topics, LIMIT_TOPICS);
	d.related_n = fields_urls(f, "related", "An address under “See also”", d.related, LIMIT_RELATED);
	if (d.language.n == 0) d.language = c->language;
	else if (!lang_valid(d.language)) fields_error(f, "language", "The language must be a tag like en or pt-BR.");
	return d;
}

void article_form_prepare(struct fields *f, const struct article_draft *draft, struct article_ready *ready)
{
	if (!fields_good(f)) return;
	err e = article_prepare(f->page->cx, f->page->app->reader, draft, ready);
	fields_rendered(f, e, ready->body);
}

static struct view_option *languages(struct page *p, str selected, size_t *n)
{
	VEC(struct view_option) all = { 0 };
	bool found = false;
	for (const str *l = lang_offered(); l->n; l++) {
		bool now = str_eq(*l, selected);
		found = found || now;
		vec_push(p->cx, &all, ((struct view_option){ .value = *l, .text = lang_name(*l), .selected = now }));
	}
	if (!found && lang_valid(selected)) vec_push(p->cx, &all, ((struct view_option){ .value = selected, .text = lang_name(selected), .selected = true }));
	*n = all.n;
	return all.at;
}

static struct view_slot *slots(struct page *p, const str *values, size_t n, size_t *out_n)
{
	*out_n = n + 1 > RELATED_SHOWN ? n + 1 : RELATED_SHOWN;
	if (*out_n > LIMIT_RELATED) *out_n = LIMIT_RELATED;
	struct view_slot *s = cx_array_of(p->cx, struct view_slot, *out_n);
	for (size_t i = 0; i < *out_n; i++) s[i] = (struct view_slot){ .number = (int64_t)i + 1, .value = i < n ? values[i] : S("") };
	return s;
}

static void lists(struct page *p, struct view_article_form *v, str type, const str *topics, size_t topics_n, str region, str licence,
    str language, str format, const str *related, size_t related_n)
{
	v->formats = comment_form_formats(p, format, &v->formats_n);
	v->types = present_terms(p, TERM_TYPE, &type, 1, &v->types_n);
	v->topics = present_terms(p, TERM_TOPIC, topics, topics_n, &v->topics_n);
	v->regions = present_terms(p, TERM_REGION, &region, 1, &v->regions_n);
	v->licences = present_terms(p, TERM_LICENCE, &licence, 1, &v->licences_n);
	v->languages = languages(p, language.n ? language : p->app->conf.language, &v->languages_n);
	v->related = slots(p, related, related_n, &v->related_n);
}

struct view_article_form *article_form_empty(struct page *p, url action)
{
	struct view_article_form *v = cx_new_of(p->cx, struct view_article_form);
	v->action = action;
	v->token = comment_form_token(p);
	v->held = p->app->conf.wire == WIRE_HELD;
	v->challenge = comment_form_challenge(p, action, S(""));
	/* Most of what comes is of the site's first type: whoever does not choose is not sent back for it. */
	str type = request_query(p->req, S("type"));
	for (size_t i = 0; i < p->worker->terms.n && !type.n; i++)
		if (p->worker->terms.at[i].kind == TERM_TYPE) type = p->worker->terms.at[i].slug;
	lists(p, v, type, NULL, 0, S(""), S(""), S(""), S(""), NULL, 0);
	return v;
}

static void filled_texts(struct fields *f, struct view_article_form *v)
{
	v->title = fields_raw(f, "title"), v->title_error = fields_error_of(f, "title");
	v->summary = fields_raw(f, "summary"), v->summary_error = fields_error_of(f, "summary");
	v->body = fields_raw(f, "body"), v->body_error = fields_error_of(f, "body");
	v->author = fields_raw(f, "author"), v->author_error = fields_error_of(f, "author");
	v->email = fields_raw(f, "email"), v->email_error = fields_error_of(f, "email");
	v->source = fields_raw(f, "source"), v->source_error = fields_error_of(f, "source");
	v->source_date = fields_raw(f, "source_date"), v->source_date_error = fields_error_of(f, "source_date");
	v->source_url = fields_raw(f, "source_url"), v->source_url_error = fields_error_of(f, "source_url");
	v->seen = fields_raw(f, "seen");
	v->note = fields_raw(f, "note"), v->note_error = fields_error_of(f, "note");
	v->local = fields_flag(f, "local");
	v->email_public = fields_flag(f, "email_public");
}

struct view_article_form *article_form_filled(struct fields *f, url action)
{
	struct page *p = f->page;
	struct view_article_form *v = cx_new_of(p->cx, struct view_article_form);
	str topics[LIMIT_FORM_FIELDS], related[LIMIT_RELATED], given[LIMIT_RELATED];
	size_t topics_n = fields_raw_all(f, "topic", topics, LIMIT_FORM_FIELDS), given_n = fields_raw_all(f, "related", given, LIMIT_RELATED);
	size_t related_n = 0;
	for (size_t i = 0; i < given_n; i++)
		if (given[i].n) related[related_n++] = given[i];
	v->action = action;
	v->token = comment_form_token(p);
	v->held = p->app->conf.wire == WIRE_HELD;
	filled_texts(f, v);
	v->format_error = fields_error_of(f, "format"), v->type_error = fields_error_of(f, "type");
	v->topic_error = fields_error_of(f, "topic"), v->region_error = fields_error_of(f, "region");
	v->licence_error = fields_error_of(f, "licence"), v->language_error = fields_error_of(f, "language");
	v->related_error = fields_error_of(f, "related");
	v->challenge = comment_form_challenge(p, action, fields_error_of(f, "answer"));
	v->errors = f->errors.at, v->errors_n = f->errors.n;
	lists(p, v, fields_raw(f, "type"), topics, topics_n, fields_raw(f, "region"), fields_raw(f, "licence"), fields_raw(f, "language"),
	    fields_raw(f, "format"), related, related_n);
	return v;
}

static str slug_of(struct page *p, id term)
{
	const struct term *t = term ? term_by_id(&p->worker->terms, term) : NULL;
	return t ? t->slug : S("");
}

struct view_article_form *article_form_stored(struct page *p, const struct sql_row_article *a, url action)
{
	struct view_article_form *v = cx_new_of(p->cx, struct view_article_form);
	str topics[LIMIT_TOPICS], related[LIMIT_RELATED], rest = a->topics;
	size_t topics_n = 0, related_n = 0;
	int64_t number;
	while (rest.n && topics_n < LIMIT_TOPICS)
		if (str_to_int(str_cut(rest, ' ', &rest), 1, INT64_MAX, &number)) topics[topics_n++] = slug_of(p, number);
	for (rest = a->related; rest.n && related_n < LIMIT_RELATED;) related[related_n++] = str_cut(rest, '\n', &rest);
	*v = (struct view_article_form){ .action = action, .token = comment_form_token(p), .title = a->title, .summary = a->summary, .body = a->body, .local = a->local != 0,
		.author = a->author, .email = a->email, .email_public = a->email_public != 0, .source = a->source,
		.source_date = a->source_date ? date_iso(p->cx, a->source_date, PRECISION_DAY) : S(""), .source_url = a->source_url };
	v->seen = str_fmt(p->cx, "%" PRId64, a->edition);
	lists(p, v, slug_of(p, a->type), topics, topics_n, slug_of(p, a->region), slug_of(p, a->licence), a->language,
	    format_name((enum format)a->format), related, related_n);
	return v;
}

err article_form_refused(struct fields *f, err e)
{
	struct fault *fault = &f->page->cx->fault;
	if (e != CONFLICT || !str_eq(fault->field, S("seen"))) return files_form_refused(f, e);
	fields_error(f, "body", STR_FMT " Here is what you wrote: look at the article as it stands now, and save again if yours is to stand.",
	    STR_ARG(fault->sentence));
	f->status = respond_status(f->page, e);
	*fault = (struct fault){ 0 };
	return OK;
}

struct view_article_form *article_form_again(struct fields *f, url action, const struct sql_row_article *a)
{
	struct view_article_form *v = article_form_filled(f, action);
	if (f->status == 409) v->seen = str_fmt(f->page->cx, "%" PRId64, a->edition);
	return v;
}

struct view_article_body *article_form_preview(struct page *p, const struct article_ready *ready)
{
	const struct article_draft *d = ready->draft;
	struct sql_row_article a = { .title = d->title, .summary = d->summary, .body_html = ready->body.s, .type = d->type, .region = d->region,
		.topics = ready->topics, .local = d->local, .author = d->author, .author_slug = ready->author_slug, .email = d->email,
		.email_public = d->email_public, .person = d->person, .source = d->source, .source_date = d->source_date,
		.source_url = d->source_url, .related = ready->related, .licence = d->licence, .language = d->language, .posted = cx_minute(p->cx),
		.precision = PRECISION_MINUTE };
	return present_article(p, &a);
}
