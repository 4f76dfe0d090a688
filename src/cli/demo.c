/* The invented content that a new site may start with: the files of demo/, put into the store by the same functions that the server
 * uses, so that a demo site holds nothing that a site could not come to hold by being used. */
#include "archive/demo.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "cli/cli.h"
#include "sql.h"
#include "store/article.h"
#include "store/block.h"
#include "store/comment.h"
#include "store/file.h"
#include "store/person.h"
#include "store/term.h"
#include "text/place.h"
#include "text/slug.h"
#include "text/url.h"
#include "base/banned.h"

#define ARTICLES_MAX 200

struct filling {
	struct cx *cx;
	struct db *db;
	struct reader *reader;
	struct terms terms;
	const struct site *site;
	str password_hash; /* of a password that nobody knows */
};

/* One article of the demo, and the name of the file it came from. */
struct told {
	const char *file;
	struct demo_article a;
};

static const str editors[] = { S_INIT("Ottilie Brandt-Okafor"), S_INIT("Marek of the Wire") };

static err in_file(struct cx *cx, const char *file, err e)
{
	if (e == OK) return OK;
	str why = str_copy(cx, cx_fault_line(cx));
	return cx_fail(cx, e, NULL, "%s: " STR_FMT, file, STR_ARG(why));
}

static const struct demo_file *find_file(const char *name)
{
	for (const struct demo_file *f = demo_files; f->name; f++)
		if (strcmp(f->name, name) == 0) return f;
	MUST(!"a demo file is missing");
	return NULL;
}

static err parts_of(struct cx *cx, const struct demo_file *f, struct demo_parts *out)
{
	return in_file(cx, f->name, demo_parse(cx, (str){ (const char *)f->bytes, f->n }, out));
}

err demo_site(struct cx *cx, str *title, str *tagline)
{
	struct demo_parts parts;
	TRY(parts_of(cx, find_file("demo/site.txt"), &parts));
	*title = demo_field(&parts.at[0], S("Title"));
	*tagline = demo_field(&parts.at[0], S("Tagline"));
	return OK;
}

static err put_terms(struct filling *f, const struct demo_part *p, enum term_kind kind, str field)
{
	size_t i = 0;
	int position = 0;
	for (str value; demo_field_next(p, field, &i, &value); position += 10) {
		struct term_put put = { .kind = kind, .position = position };
		if (!demo_pair(value, &put.slug, &put.name)) return cx_fail(f->cx, INVALID, NULL, "a topic or region without \" = \"");
		TRY(term_put(f->cx, f->db, &put));
	}
	return OK;
}

static err fill_terms(struct filling *f)
{
	struct demo_parts parts;
	TRY(parts_of(f->cx, find_file("demo/site.txt"), &parts));
	TRY(put_terms(f, &parts.at[0], TERM_TOPIC, S("Topic")));
	TRY(put_terms(f, &parts.at[0], TERM_REGION, S("Region")));
	return terms_load(f->cx, f->db, &f->terms);
}

static err fill_pages(struct filling *f)
{
	for (const struct demo_file *file = demo_files; file->name; file++) {
		struct demo_parts parts;
		str name = str_of(file->name);
		if (!str_starts(name, S("pages/"))) continue;
		TRY(parts_of(f->cx, file, &parts));
		struct page_put put = { f->reader, str_sub(name, 6, name.n - 6 - 4), demo_field(&parts.at[0], S("Title")), parts.at[0].body };
		TRY(in_file(f->cx, file->name, page_put(f->cx, f->db, &put)));
	}
	return OK;
}

static bool block_words(str kind, str place, struct block_add *out)
{
	static const str kinds[] = { [BLOCK_TEXT] = S_INIT("text"), [BLOCK_LINKS] = S_INIT("links"), [BLOCK_PROMOTION] = S_INIT("promotion"),
		[BLOCK_LATEST_COMMENTS] = S_INIT("latest-comments") };
	static const str places[] = { [PLACE_BAR] = S_INIT("bar"), [PLACE_LEFT] = S_INIT("left"), [PLACE_RIGHT] = S_INIT("right"),
		[PLACE_FOOTER] = S_INIT("footer") };
	bool known_kind = false, known_place = false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq(kind, kinds[i])) known_kind = true, out->kind = (enum block_kind)i;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (str_eq(place, places[i])) known_place = true, out->place = (enum block_place)i;
	return known_kind && known_place;
}

/* A promotion leads somewhere: to the link in its first line. What follows is its text. */
static err fill_promotion(struct filling *f, struct block_add *add, str body)
{
	struct demo_link lead;
	struct url u = { S("") };
	struct block_link *link = cx_new_of(f->cx, struct block_link);
	add->text = body;
	if (demo_link_next(&body, &lead) && lead.url.n) {
		TRY(url_check(f->cx, lead.url, &u));
		*link = (struct block_link){ lead.text, u.s, S(""), false };
		add->links = link;
		add->links_n = 1;
		add->text = body;
	}
	return block_add(f->cx, f->db, add);
}

static err fill_block(struct filling *f, const struct demo_part *p, int position)
{
	struct block_add add = { .reader = f->reader, .position = position, .title = demo_field(p, S("Title")) };
	if (!block_words(demo_field(p, S("Kind")), demo_field(p, S("Place")), &add))
		return cx_fail(f->cx, INVALID, NULL, "line %d: no such kind or place", p->line);
	if (add.kind == BLOCK_PROMOTION) return fill_promotion(f, &add, p->body);
	if (add.kind != BLOCK_LINKS) {
		add.text = p->body;
		return block_add(f->cx, f->db, &add);
	}
	size_t most = 1;
	for (size_t i = 0; i < p->body.n; i++) most += p->body.p[i] == '\n';
	struct block_link *links = cx_array_of(f->cx, struct block_link, most);
	struct demo_link one;
	for (str body = p->body; demo_link_next(&body, &one);) {
		struct url u = { S("") };
		if (one.url.n) TRY(url_check(f->cx, one.url, &u));
		links[add.links_n++] = (struct block_link){ one.text, u.s, one.detail, one.heading };
	}
	add.links = links;
	return block_add(f->cx, f->db, &add);
}

static err fill_blocks(struct filling *f)
{
	struct demo_parts parts;
	const struct demo_file *file = find_file("demo/blocks.txt");
	TRY(parts_of(f->cx, file, &parts));
	for (size_t i = 0; i < parts.n; i++)
		if (str_eq(parts.at[i].word, S("block"))) TRY(in_file(f->cx, file->name, fill_block(f, &parts.at[i], (int)i * 10)));
	return OK;
}

/* The term's id; 0 for an empty slug. */
static err find_term(struct filling *f, enum term_kind kind, str slug, id *out)
{
	*out = 0;
	if (slug.n == 0) return OK;
	const struct term *t = term_by_slug(&f->terms, kind, slug);
	if (!t) return cx_fail(f->cx, INVALID, NULL, "there is no \"" STR_FMT "\" on the site's lists", STR_ARG(slug));
	*out = t->id;
	return OK;
}

/* Who stands behind a verified name: an account that nobody can enter. */
static err find_person(struct filling *f, str name, id *out)
{
	struct sql_row_person *known;
	TRY(sql_person_by_name(f->cx, f->db, text_fold(f->cx, name), &known));
	if (known) return *out = known->id, OK;
	struct person_add add = { .name = name, .password_hash = f->password_hash, .role = PERSON_CONTRIBUTOR };
	struct person_alter disable = { .name = name, .what = PERSON_DISABLE };
	TRY(person_add(f->cx, f->db, &add));
	*out = add.out;
	return person_alter(f->cx, f->db, &disable);
}

static err act(struct filling *f, err (*on)(struct cx *, struct db *, void *), enum act what, id number, str reason, str note)
{
	struct act_on a = { .act = what, .number = number, .reason_slug = reason, .note = note };
	a.who = (struct who){ .name = editors[(uint64_t)number % 2], .role = PERSON_EDITOR };
	TRY(find_term(f, TERM_REASON, reason, &a.reason));
	return on(f->cx, f->db, &a);
}

static err draft_of(struct filling *f, const struct demo_article *a, struct article_draft *d)
{
	struct url u;
	*d = (struct article_draft){ .title = a->title, .summary = a->summary, .body = a->body, .local = a->local, .author = a->author,
		.email = a->email, .email_public = a->email.n > 0, .source = a->source, .source_date = a->source_day,
		.language = a->language, .posted = a->posted, .precision = PRECISION_MINUTE, .status = STATUS_SHOWN };
	if (!format_parse(a->format, &d->format)) return cx_fail(f->cx, INVALID, NULL, "no such format");
	TRY(find_term(f, TERM_TYPE, a->type, &d->type));
	TRY(find_term(f, TERM_REGION, a->region, &d->region));
	TRY(find_term(f, TERM_LICENCE, a->licence, &d->licence));
	for (size_t i = 0; i < a->topics_n; i++) TRY(find_term(f, TERM_TOPIC, a->topics[i], &d->topics[d->topics_n++]));
	if (a->source_url.n) {
		TRY(url_check(f->cx, a->source_url, &u));
		d->source_url = u.s;
	}
	for (size_t i = 0; i < a->see_also_n; i++) {
		TRY(url_check(f->cx, a->see_also[i], &u));
		d->related[d->related_n++] = u.s;
	}
	return a->verified ? find_person(f, a->author, &d->person) : OK;
}

static err fill_comment(struct filling *f, const struct demo_comment *c, id article)
{
	struct comment_draft d = { .article = article, .title = c->title, .author = c->author, .email = c->email, .body = c->body,
		.posted = c->posted, .precision = PRECISION_MINUTE, .status = STATUS_SHOWN };
	struct comment_ready ready;
	struct comment_post post = { .ready = &ready };
	if (!format_parse(c->format, &d.format)) return cx_fail(f->cx, INVALID, NULL, "no such format");
	TRY(comment_prepare(f->cx, f->reader, &d, &ready));
	TRY(comment_post(f->cx, f->db, &post));
	return c->hidden.n ? act(f, comment_act, ACT_HIDE, post.out, c->hidden, c->note) : OK;
}

static err fill_article(struct filling *f, const struct demo_article *a)
{
	struct article_draft d;
	struct article_ready ready;
	struct file_place picture = { 0 };
	if (a->picture.n) TRY(demo_picture(f->cx, f->db, f->site, a, &picture));
	struct article_publish publish = { .ready = &ready, .files = &picture, .files_n = picture.file != 0 };
	TRY(draft_of(f, a, &d));
	if (picture.file == 0) d.body = place_without(f->cx, d.body);
	TRY(article_prepare(f->cx, f->reader, &d, &ready));
	TRY(article_publish(f->cx, f->db, &publish));
	for (size_t i = 0; i < a->comments_n; i++) TRY(fill_comment(f, &a->comments[i], publish.out));
	if (a->feature) {
		int64_t changed;
		TRY(act(f, article_act, ACT_FEATURE, publish.out, S(""), S("")));
		TRY(sql_article_set_featured(f->cx, f->db, publish.out, clock_hour(a->posted), &changed)); /* features stand by age, too */
	}
	if (a->hidden.n) TRY(act(f, article_act, ACT_HIDE, publish.out, a->hidden, a->note));
	return a->locked ? act(f, article_act, ACT_LOCK, publish.out, S(""), S("")) : OK;
}

static int by_age(const void *x, const void *y)
{
	const struct told *a = x, *b = y;
	return a->a.posted < b->a.posted ? -1 : a->a.posted > b->a.posted;
}

/* The oldest first, so that numbers grow with time as they do on a site that lives. */
static err fill_articles(struct filling *f)
{
	struct told *all = cx_array_of(f->cx, struct told, ARTICLES_MAX);
	size_t n = 0;
	for (const struct demo_file *file = demo_files; file->name; file++) {
		if (!str_starts(str_of(file->name), S("articles/"))) continue;
		MUST(n < ARTICLES_MAX);
		all[n].file = file->name;
		str bytes = { (const char *)file->bytes, file->n };
		TRY(in_file(f->cx, file->name, demo_article(f->cx, bytes, cx_now(f->cx), &all[n++].a)));
	}
	qsort(all, n, sizeof *all, by_age);
	for (size_t i = 0; i < n; i++) TRY(in_file(f->cx, all[i].file, fill_article(f, &all[i].a)));
	return OK;
}

err demo_fill(struct cx *cx, struct db *db, void *site)
{
	struct filling f = { .cx = cx, .db = db, .site = site };
	unsigned char secret[24];
	TRY(site_reader(cx, site, &f.reader));
	rnd_bytes(cx->rnd, secret, sizeof secret);
	TRY(person_hash_password(cx, str_hex(cx, secret, sizeof secret), &f.password_hash));
	TRY(fill_terms(&f));
	TRY(fill_pages(&f));
	TRY(fill_blocks(&f));
	return fill_articles(&f);
}
