/* From struct archived_page to drafts, blocks and rows. */
#include "archive/import_page.h"

#include <sodium.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "store/block.h"
#include "store/comment.h"
#include "store/term.h"
#include "text/excerpt.h"
#include "text/slug.h"
#include "text/url.h"
#include "base/banned.h"

#define HASH 32

static str origin_of(struct cx *cx, str kind, str bytes)
{
	unsigned char hash[HASH];
	crypto_generichash(hash, sizeof hash, (const unsigned char *)bytes.p, bytes.n, NULL, 0);
	return str_fmt(cx, STR_FMT ":" STR_FMT, STR_ARG(kind), STR_ARG(str_hex(cx, hash, sizeof hash)));
}

/* The site's term for a word of the page, made when there is none. */
static err term_for(struct cx *cx, struct db *db, const struct terms *terms, enum term_kind kind, str slug, str name, id *out)
{
	const struct term *t = slug.n ? term_by_slug(terms, kind, slug) : NULL;
	if (!t) t = term_by_name(terms, kind, name);
	if (t) return *out = t->id, OK;
	struct term_put p = { .kind = kind, .slug = slug.n ? slug : slug_make(cx, name), .name = utf8_clip(name, LIMIT_NAME), .position = 1000 };
	TRY(term_put(cx, db, &p));
	*out = p.out;
	return OK;
}

static err find_terms(struct cx *cx, struct db *db, const struct archived_page *page, struct article_draft *d)
{
	struct terms terms;
	TRY(terms_load(cx, db, &terms));
	TRY(term_for(cx, db, &terms, TERM_TYPE, page->type_slug, page->type_name.n ? page->type_name : S("News"), &d->type));
	for (size_t i = 0; i < page->topics.n && d->topics_n < LIMIT_TOPICS; i++)
		TRY(term_for(cx, db, &terms, TERM_TOPIC, S(""), page->topics.at[i], &d->topics[d->topics_n++]));
	const struct term *licence = page->licence_slug.n ? term_by_slug(&terms, TERM_LICENCE, page->licence_slug) : NULL;
	if (licence) return d->licence = licence->id, OK;
	if (!page->licence_slug.n) return OK;
	struct term_put p = { .kind = TERM_LICENCE, .slug = page->licence_slug, .name = page->licence_slug, .detail = page->licence_sentence,
		.position = 1000 };
	TRY(term_put(cx, db, &p));
	d->licence = p.out;
	return OK;
}

/* A feature may have nothing but a summary, which then is its text. */
static err draft_of(struct cx *cx, const struct import_page *in, const struct archived_page *page, struct article_draft *d)
{
	bool body = page->body.n > 0;
	if (!body && !page->summary.n) return cx_fail(cx, INVALID, NULL, "the page has no text");
	*d = (struct article_draft){ .title = excerpt_clip(cx, page->title, LIMIT_TITLE), .summary = body ? utf8_clip(page->summary, LIMIT_SUMMARY) : S(""),
		.body = utf8_clip(body ? page->body : page->summary, LIMIT_BODY), .format = FORMAT_PLAIN, .local = page->local,
		.author = utf8_clip(page->by.author, LIMIT_NAME), .source = utf8_clip(page->source_name, LIMIT_NAME), .source_date = page->source_day,
		.language = page->language.n ? page->language : in->language, .posted = page->day, .precision = PRECISION_DAY,
		.status = STATUS_SHOWN, .origin = origin_of(cx, S("page"), in->bytes) };
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
		struct comment_draft d = { .article = in->article, .title = utf8_clip(c->title, LIMIT_TITLE),
			.author = utf8_clip(c->by.author, LIMIT_NAME), .body = utf8_clip(c->body, LIMIT_COMMENT_BODY), .format = FORMAT_PLAIN,
			.posted = c->day ? c->day : page->day, .precision = PRECISION_DAY, .origin = str_fmt(cx, STR_FMT "#%zu", STR_ARG(origin), i) };
		struct comment_ready ready;
		struct comment_post op = { .ready = &ready };
		TRY(comment_prepare(cx, &d, &ready));
		TRY(comment_post(cx, db, &op));
		in->comments += !op.again;
	}
	return OK;
}

static err hide(struct cx *cx, struct db *db, const struct import_page *in, const struct archived_page *page)
{
	struct terms terms;
	TRY(terms_load(cx, db, &terms));
	const struct term *other = term_by_slug(&terms, TERM_REASON, S("other"));
	struct act_on op = { .act = ACT_HIDE, .number = in->article, .who = { .name = S("import") }, .reason = other ? other->id : 0,
		.reason_slug = S("other"), .note = str_fmt(cx, "Was hidden on the old site with code “" STR_FMT "”.", STR_ARG(page->hidden_code)) };
	return article_act(cx, db, &op);
}

static err add_block(struct cx *cx, struct db *db, struct import_page *in, struct block_add *b)
{
	struct buf whole = buf_new(cx, LIMIT_BODY);
	buf_fmt(&whole, "%d\n" STR_FMT "\n", (int)b->kind, STR_ARG(b->title));
	for (size_t i = 0; i < b->links_n; i++) buf_fmt(&whole, STR_FMT "\n", STR_ARG(b->links[i].text));
	b->origin = origin_of(cx, S("block"), buf_view(&whole));
	TRY(block_add(cx, db, b));
	in->blocks += !b->again;
	return OK;
}

static struct block_link link_of(struct cx *cx, const struct archived_link *l)
{
	url u = { 0 };
	if (l->url.n && url_check(cx, l->url, &u) != OK) u = (url){ 0 };
	return (struct block_link){ .text = l->text, .url = u.s };
}

static err put_radio(struct cx *cx, struct db *db, struct import_page *in, const struct archived_block *b)
{
	VEC(struct block_link) links = { 0 };
	for (size_t i = 0; i < b->stations_n; i++) {
		vec_push(cx, &links, ((struct block_link){ .text = b->stations[i].name, .heading = true }));
		for (size_t k = 0; k < b->stations[i].shows_n; k++)
			vec_push(cx, &links, ((struct block_link){ .text = b->stations[i].shows[k].name, .detail = b->stations[i].shows[k].when }));
	}
	struct block_add add = { .kind = BLOCK_LINKS, .place = PLACE_LEFT, .position = 300, .title = b->title, .links = links.at, .links_n = links.n };
	return add_block(cx, db, in, &add);
}

static err put_blocks(struct cx *cx, struct db *db, struct import_page *in, const struct archived_page *page)
{
	VEC(struct block_link) bar = { 0 };
	for (size_t i = 0; i < page->network_n; i++) vec_push(cx, &bar, link_of(cx, &page->network[i]));
	struct block_add network = { .kind = BLOCK_LINKS, .place = PLACE_BAR, .title = S("Network"), .links = bar.at, .links_n = bar.n };
	if (bar.n) TRY(add_block(cx, db, in, &network));
	for (size_t i = 0; i < page->blocks_n; i++) {
		const struct archived_block *b = &page->blocks[i];
		if (b->kind == ARCHIVED_RADIO) TRY(put_radio(cx, db, in, b));
		if (b->kind != ARCHIVED_LINKS && b->kind != ARCHIVED_PROMOTION) continue;
		VEC(struct block_link) links = { 0 };
		for (size_t k = 0; k < b->links_n && k < BLOCK_LINKS_MAX; k++) vec_push(cx, &links, link_of(cx, &b->links[k]));
		bool promotion = b->kind == ARCHIVED_PROMOTION;
		struct block_add add = { .kind = BLOCK_LINKS, .place = PLACE_LEFT, .position = promotion ? 100 : 200, .title = b->title,
			.links = links.at, .links_n = links.n };
		if (promotion && links.n == 1) add.kind = BLOCK_PROMOTION;
		TRY(add_block(cx, db, in, &add));
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
	TRY(article_prepare(cx, &draft, &ready));
	TRY(article_publish(cx, db, &op));
	in->article = op.out;
	in->again = op.again;
	in->title = draft.title;
	TRY(put_comments(cx, db, in, &page, draft.origin));
	if (page.hidden && !op.again) TRY(hide(cx, db, in, &page));
	return in->site_blocks ? put_blocks(cx, db, in, &page) : OK;
}
