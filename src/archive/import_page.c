/* From struct archived_page to drafts, blocks and rows. */
#include "archive/import_page.h"

#include <string.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "sql.h"
#include "store/block.h"
#include "store/comment.h"
#include "store/term.h"
#include "text/excerpt.h"
#include "text/slug.h"
#include "text/url.h"
#include "base/banned.h"

#define HASH 32
#define LINKS_MAX 100 /* of one block: the site holds BLOCK_LINKS_MAX of all */

static str origin_of(struct cx *cx, str kind, str bytes)
{
	unsigned char hash[HASH];
	crypto_generichash(hash, sizeof hash, (const unsigned char *)bytes.p, bytes.n, NULL, 0);
	return str_fmt(cx, STR_FMT ":" STR_FMT, STR_ARG(kind), STR_ARG(str_hex(cx, hash, sizeof hash)));
}

/* A field of one line, at most so many characters of it. */
static str line_of(struct cx *cx, str s, size_t max) { return excerpt_clip(cx, text_normalise(cx, s), max); }

/* The site's term for a word of the page, made when there is none. A term that is there keeps the name that the site gave it. */
static err term_for(struct cx *cx, struct db *db, const struct terms *terms, enum term_kind kind, str slug, str given, id *out)
{
	str name = line_of(cx, given, LIMIT_NAME);
	const struct term *t = slug.n ? term_by_slug(terms, kind, slug) : NULL;
	if (!t) t = term_by_name(terms, kind, name);
	if (!slug.n) slug = slug_make(cx, name);
	if (!t) t = term_by_slug(terms, kind, slug);
	if (t) return *out = t->id, OK;
	struct term_put p = { .kind = kind, .slug = slug, .name = name, .position = 1000 };
	TRY(term_put(cx, db, &p));
	*out = p.out;
	return OK;
}

/* A page may name a topic twice; an article is filed under it once. */
static void add_topic(struct article_draft *d, id topic)
{
	for (size_t i = 0; i < d->topics_n; i++)
		if (d->topics[i] == topic) return;
	d->topics[d->topics_n++] = topic;
}

static err find_terms(struct cx *cx, struct db *db, const struct archived_page *page, struct article_draft *d)
{
	struct terms terms;
	TRY(terms_load(cx, db, &terms));
	TRY(term_for(cx, db, &terms, TERM_TYPE, page->type_slug, page->type_name.n ? page->type_name : S("News"), &d->type));
	for (size_t i = 0; i < page->topics.n && d->topics_n < LIMIT_TOPICS; i++) {
		id topic;
		TRY(term_for(cx, db, &terms, TERM_TOPIC, S(""), page->topics.at[i], &topic));
		add_topic(d, topic);
	}
	const struct term *licence = page->licence_slug.n ? term_by_slug(&terms, TERM_LICENCE, page->licence_slug) : NULL;
	if (licence) return d->licence = licence->id, OK;
	if (!page->licence_slug.n) return OK;
	struct term_put p = { .kind = TERM_LICENCE, .slug = page->licence_slug, .name = page->licence_slug, .detail = page->licence_sentence,
		.position = 1000 };
	TRY(term_put(cx, db, &p));
	d->licence = p.out;
	return OK;
}

/* Summary and body as the site holds them: a feature may have nothing but a summary, which then is its text; a summary that is too long
 * for one stands whole at the head of the text. */
static err texts_of(struct cx *cx, const struct archived_page *page, str *summary, str *body)
{
	str head = text_normalise(cx, page->summary), rest = text_normalise(cx, page->body);
	if (!rest.n && !head.n) return cx_fail(cx, INVALID, NULL, "the page has no text");
	*summary = rest.n ? head : S("");
	*body = rest.n ? rest : head;
	if (summary->n > LIMIT_SUMMARY) {
		*body = str_fmt(cx, STR_FMT "\n\n" STR_FMT, STR_ARG(head), STR_ARG(rest));
		*summary = excerpt_clip(cx, utf8_clip(head, LIMIT_SUMMARY - 3), LIMIT_SUMMARY / 8);
	}
	*body = utf8_clip(*body, LIMIT_BODY);
	return OK;
}

static err draft_of(struct cx *cx, const struct import_page *in, const struct archived_page *page, struct article_draft *d)
{
	str summary, body;
	TRY(texts_of(cx, page, &summary, &body));
	*d = (struct article_draft){ .title = line_of(cx, page->title, LIMIT_TITLE), .summary = summary, .body = body, .format = FORMAT_PLAIN,
		.local = page->local, .author = line_of(cx, page->by.author, LIMIT_NAME), .source = line_of(cx, page->source_name, LIMIT_NAME),
		.source_date = page->source_day,
		.language = page->language.n ? page->language : in->language, .posted = page->day, .precision = PRECISION_DAY,
		.modified = page->modified_day, .modified_precision = PRECISION_DAY, .status = STATUS_SHOWN, .origin = origin_of(cx, S("page"), in->bytes) };
	for (size_t i = 0; i < page->see_also.n && d->related_n < LIMIT_RELATED; i++) {
		url u;
		if (url_check(cx, page->see_also.at[i], &u) == OK) d->related[d->related_n++] = u.s;
	}
	return OK;
}

static err put_comments(struct cx *cx, struct db *db, struct import_page *in, const struct archived_page *page, str origin)
{
	for (size_t i = 0; i < page->comments_n; i++) {
		const struct archived_comment *c = &page->comments[i];
		struct comment_draft d = { .article = in->article, .title = line_of(cx, c->title, LIMIT_TITLE),
			.author = line_of(cx, c->by.author, LIMIT_NAME), .body = utf8_clip(text_normalise(cx, c->body), LIMIT_COMMENT_BODY), .format = FORMAT_PLAIN,
			.posted = c->day ? c->day : page->day, .precision = PRECISION_DAY, .origin = str_fmt(cx, STR_FMT "#%zu", STR_ARG(origin), i) };
		struct comment_ready ready;
		struct comment_post op = { .ready = &ready };
		TRY(comment_prepare(cx, in->reader, &d, &ready));
		TRY(comment_post(cx, db, &op));
		in->comments += !op.again;
	}
	return OK;
}

/* As old among the features as it is. No editor of this site did it, so the log is silent. */
static err feature(struct cx *cx, struct db *db, const struct import_page *in, const struct archived_page *page)
{
	int64_t changed;
	return sql_article_set_featured(cx, db, in->article, page->day > 0 ? page->day : HOUR, &changed);
}

static err hide(struct cx *cx, struct db *db, const struct import_page *in, const struct archived_page *page)
{
	struct terms terms;
	TRY(terms_load(cx, db, &terms));
	const struct term *other = term_by_slug(&terms, TERM_REASON, S("other"));
	str code = line_of(cx, page->hidden_code, LIMIT_NAME);
	str note = code.n ? str_fmt(cx, "Was hidden on the old site with code “" STR_FMT "”.", STR_ARG(code)) : S("Was hidden on the old site.");
	struct act_on op = { .act = ACT_HIDE, .number = in->article, .who = { .name = S("import") }, .reason = other ? other->id : 0,
		.reason_slug = S("other"), .note = note };
	return article_act(cx, db, &op);
}

/* Every page of a site carries its blocks, and what is in them changed over the years: a site's block is known by its place and title. */
static err add_block(struct cx *cx, struct db *db, struct import_page *in, const struct archived_page *page, struct block_add *b)
{
	b->reader = in->reader;
	b->title = line_of(cx, b->title, LIMIT_NAME);
	str known_by = str_fmt(cx, STR_FMT "\n%d\n" STR_FMT, STR_ARG(page->site_name), (int)b->place, STR_ARG(b->title));
	b->origin = origin_of(cx, S("block"), known_by);
	TRY(block_add(cx, db, b));
	in->blocks += !b->again;
	return OK;
}

static struct block_link link_of(struct cx *cx, const struct archived_link *l)
{
	url u = { 0 };
	if (l->url.n && url_check(cx, l->url, &u) != OK) u = (url){ 0 };
	return (struct block_link){ .text = line_of(cx, l->text, LIMIT_TITLE), .url = u.s };
}

/* Publish and About us stand in every bar already. */
static bool has_its_place(const struct archived_link *l)
{
	return !l->url.n && (str_eq_ascii_ci(l->text, S("Publish")) || str_eq_ascii_ci(l->text, S("About us")));
}

static err put_radio(struct cx *cx, struct db *db, struct import_page *in, const struct archived_page *page, const struct archived_block *b)
{
	VEC(struct block_link) links = { 0 };
	for (size_t i = 0; i < b->stations_n && links.n < LINKS_MAX; i++) {
		const struct archived_station *s = &b->stations[i];
		if (s->name.n) vec_push(cx, &links, ((struct block_link){ .text = line_of(cx, s->name, LIMIT_TITLE), .heading = true }));
		for (size_t k = 0; k < s->shows_n && links.n < LINKS_MAX; k++)
			vec_push(cx, &links, ((struct block_link){ .text = line_of(cx, s->shows[k].name, LIMIT_TITLE), .detail = line_of(cx, s->shows[k].when, LIMIT_NAME) }));
	}
	struct block_add add = { .kind = BLOCK_LINKS, .place = PLACE_LEFT, .position = 300, .title = b->title, .links = links.at, .links_n = links.n };
	return add_block(cx, db, in, page, &add);
}

/* As Markdown that means the words and nothing else: CommonMark 2.4 takes any sign behind a backslash for itself. */
static void add_literally(struct buf *b, str text)
{
	static const char signs[] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
	for (size_t i = 0; i < text.n; i++) {
		if (memchr(signs, text.p[i], sizeof signs - 1)) buf_char(b, '\\');
		buf_char(b, text.p[i]);
	}
}

/* The first line leads; what follows is said under it. */
static err put_promotion(struct cx *cx, struct db *db, struct import_page *in, const struct archived_page *page, const struct archived_block *b)
{
	struct buf text = buf_new(cx, LIMIT_BODY);
	for (size_t i = 1; i < b->links_n && i < LINKS_MAX; i++) {
		if (i > 1) buf_char(&text, '\n');
		add_literally(&text, line_of(cx, b->links[i].text, LIMIT_TITLE));
	}
	struct block_link lead = b->links_n ? link_of(cx, &b->links[0]) : (struct block_link){ 0 };
	struct block_add add = { .kind = BLOCK_PROMOTION, .place = PLACE_LEFT, .position = 100, .title = b->title, .links = &lead, .links_n = b->links_n > 0 };
	TRY(buf_done(cx, &text, &add.text));
	return add_block(cx, db, in, page, &add);
}

static err put_blocks(struct cx *cx, struct db *db, struct import_page *in, const struct archived_page *page)
{
	VEC(struct block_link) bar = { 0 };
	for (size_t i = 0; i < page->network_n && i < LINKS_MAX; i++)
		if (!has_its_place(&page->network[i])) vec_push(cx, &bar, link_of(cx, &page->network[i]));
	struct block_add network = { .kind = BLOCK_LINKS, .place = PLACE_BAR, .title = S("Network"), .links = bar.at, .links_n = bar.n };
	if (bar.n) TRY(add_block(cx, db, in, page, &network));
	for (size_t i = 0; i < page->blocks_n; i++) {
		const struct archived_block *b = &page->blocks[i];
		if (b->kind == ARCHIVED_RADIO) TRY(put_radio(cx, db, in, page, b));
		if (b->kind == ARCHIVED_PROMOTION) TRY(put_promotion(cx, db, in, page, b));
		if (b->kind != ARCHIVED_LINKS) continue;
		VEC(struct block_link) links = { 0 };
		for (size_t k = 0; k < b->links_n && k < LINKS_MAX; k++) vec_push(cx, &links, link_of(cx, &b->links[k]));
		struct block_add add = { .kind = BLOCK_LINKS, .place = PLACE_LEFT, .position = 200, .title = b->title, .links = links.at, .links_n = links.n };
		TRY(add_block(cx, db, in, page, &add));
	}
	return OK;
}

err import_page(struct cx *cx, struct db *db, void *arg)
{
	struct import_page *in = arg;
	struct archived_page page;
	struct article_draft draft;
	struct article_ready ready;
	struct article_publish op = { .ready = &ready };
	in->comments = in->blocks = 0;
	TRY(page_parse(cx, in->bytes, &page));
	TRY(draft_of(cx, in, &page, &draft));
	TRY(find_terms(cx, db, &page, &draft));
	TRY(article_prepare(cx, in->reader, &draft, &ready));
	TRY(article_publish(cx, db, &op));
	in->article = op.out;
	in->again = op.again;
	in->title = draft.title;
	TRY(put_comments(cx, db, in, &page, draft.origin));
	if (page.feature && !op.again) TRY(feature(cx, db, in, &page));
	if (page.hidden && !op.again) TRY(hide(cx, db, in, &page));
	return in->site_blocks ? put_blocks(cx, db, in, &page) : OK;
}
