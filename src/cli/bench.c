/* `bench`: fills a site with invented articles and comments, through the store's own functions and queries, many to a transaction. Every chance and every time
 * comes from a fixed seed, so that two sites made alike hold the same. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/must.h"
#include "cli/cli.h"
#include "cli/invent.h"
#include "sql.h"
#include "store/article.h"
#include "store/comment.h"
#include "store/search.h"
#include "store/term.h"
#include "text/vet.h"
#include "base/banned.h"

#define SEED UINT64_C(20041126)
#define ARTICLES_MOST 10000000
#define AT_A_TIME 2000 /* articles in a transaction */
#define YEARS 20

struct filling {
	struct invention *v;
	struct terms terms;
	id topics[INVENT_TOPICS], regions[INVENT_REGIONS], types[64], licence, reason;
	size_t types_n;
	int64_t n, done, upto, comments;
	struct clock clock;
	struct cx *cx; /* emptied after each article */
	bool entered; /* this transaction was tried */
};

static int64_t begins(void) { return date_from_civil_utc(2006, 1, 1, 0, 0, 0); }
static int64_t ends(void) { return date_from_civil_utc(2006 + YEARS, 1, 1, 0, 0, 0); }

static err put_terms(struct cx *cx, struct db *db, const char *kind, enum term_kind k, id *out, int n)
{
	for (int i = 0; i < n; i++) {
		struct term_put put = { .kind = k, .position = 1000 + i };
		invent_term(cx, kind, i, &put.slug, &put.name);
		TRY(term_put(cx, db, &put));
		out[i] = put.out;
	}
	return OK;
}

static err prepare(struct cx *cx, struct db *db, void *arg)
{
	struct filling *f = arg;
	TRY(put_terms(cx, db, "topic", TERM_TOPIC, f->topics, INVENT_TOPICS));
	TRY(put_terms(cx, db, "region", TERM_REGION, f->regions, INVENT_REGIONS));
	TRY(terms_load(cx, db, &f->terms));
	for (size_t i = 0; i < f->terms.n; i++) {
		const struct term *t = &f->terms.at[i];
		if (t->kind == TERM_TYPE && f->types_n < sizeof f->types / sizeof *f->types) f->types[f->types_n++] = t->id;
		if (t->kind == TERM_LICENCE && !f->licence) f->licence = t->id;
		if (t->kind == TERM_REASON && !f->reason) f->reason = t->id;
	}
	return f->types_n && f->reason ? OK : cx_fail(cx, FAILED, NULL, "the site has no types or no reasons for hiding");
}

static err act(struct filling *f, struct db *db, err (*on)(struct cx *, struct db *, void *), enum act what, id number)
{
	struct act_on a = { .act = what, .number = number, .who = { .person = 0, .name = S("Invented Editor"), .role = PERSON_EDITOR } };
	const struct term *reason = term_by_id(&f->terms, f->reason);
	if (what == ACT_HIDE) a.reason = f->reason, a.reason_slug = reason->slug;
	f->clock.at += MINUTE;
	return on(f->cx, db, &a);
}

static err fill_comments(struct filling *f, struct db *db, const struct invented *under, id article, id *hidden)
{
	int64_t posted = f->clock.at;
	*hidden = 0;
	for (int i = 0; i < under->comments; i++) {
		struct invented_comment c;
		struct sql_comment_insert *made;
		char hash[ARTICLE_HASH];
		invent_comment(f->cx, f->v, under, &c);
		posted += c.after;
		if (posted >= ends()) posted = ends() - 1;
		comment_hash(&(struct comment_draft){ .article = article, .title = c.title, .author = c.author, .body = c.body }, hash);
		TRY(sql_comment_insert(f->cx, db, article, c.title, c.author, S(""), 0, c.body, FORMAT_PLAIN, c.html, clock_minute(posted), PRECISION_MINUTE,
		    STATUS_SHOWN, (str){ hash, ARTICLE_HASH }, (str){ 0 }, (str){ 0 }, &made));
		if (c.hidden) *hidden = made->id;
	}
	f->comments += under->comments;
	return under->comments ? sql_article_count_comments(f->cx, db, article, under->comments) : OK;
}

static err fill_one(struct filling *f, struct db *db)
{
	struct invented a;
	invent_article(f->cx, f->v, &a);
	int64_t changed, step = (ends() - begins()) / f->n, posted = begins() + f->done * step + (int64_t)invent_below(f->v, 1000) * step / 1000;
	f->clock.at = posted;
	struct article_draft d = { .title = a.title, .summary = a.summary, .body = a.body, .author = a.author, .language = a.language, .local = a.local,
		.posted = posted, .precision = PRECISION_MINUTE, .status = STATUS_SHOWN, .licence = f->licence,
		.type = f->types[(size_t)a.type % f->types_n], .region = a.region < 0 ? 0 : f->regions[a.region] };
	for (int i = 0; i < a.topics_n; i++) d.topics[d.topics_n++] = f->topics[a.topics[i]];
	struct article_ready ready;
	struct article_publish publish = { .ready = &ready };
	id hidden;
	TRY(article_describe(f->cx, &d, &ready));
	ready.body = html_trusted(a.html);
	TRY(article_publish(f->cx, db, &publish));
	MUST(!publish.again);
	TRY(fill_comments(f, db, &a, publish.out, &hidden));
	if (hidden) TRY(act(f, db, comment_act, ACT_HIDE, hidden));
	if (a.locked) TRY(act(f, db, article_act, ACT_LOCK, publish.out));
	if (a.hidden) TRY(act(f, db, article_act, ACT_HIDE, publish.out));
	if (!a.featured) return OK;
	TRY(act(f, db, article_act, ACT_FEATURE, publish.out));
	return sql_article_set_featured(f->cx, db, publish.out, clock_hour(posted), &changed);
}

static err fill_some(struct cx *cx, struct db *db, void *arg)
{
	struct filling *f = arg;
	if (f->entered) return cx_fail(cx, FAILED, NULL, "the database broke off in the middle: make a new site to fill"); /* what is invented next is not what was lost */
	f->entered = true;
	for (; f->done < f->upto; f->done++) {
		if (fill_one(f, db) != OK) return cx_fail(cx, FAILED, NULL, "article %" PRId64 ": " STR_FMT, f->done + 1, STR_ARG(f->cx->fault.sentence));
		cx_reset(f->cx);
	}
	return OK;
}

static err fill(struct cx *cx, struct db *db, struct filling *f)
{
	int64_t begun = clock_monotonic();
	TRY(db_transaction(cx, db, prepare, f));
	while (f->done < f->n) {
		f->upto = f->done + AT_A_TIME < f->n ? f->done + AT_A_TIME : f->n;
		struct arena_mark mark = arena_mark(cx->arena);
		f->entered = false;
		TRY(db_transaction(cx, db, fill_some, f));
		arena_rewind(cx->arena, mark);
		double seconds = (double)(clock_monotonic() - begun) / SECOND;
		if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%" PRId64 " of %" PRId64 " articles, %.0f a second \033[K", f->done, f->n, (double)f->done / seconds);
	}
	double seconds = (double)(clock_monotonic() - begun) / SECOND;
	if (isatty(STDERR_FILENO)) fputc('\n', stderr);
	printf("%" PRId64 " articles and %" PRId64 " comments in %.1f s: %.0f articles a second\n", f->n, f->comments, seconds, (double)f->n / seconds);
	return OK;
}

err command_bench(struct cx *cx, struct args *a)
{
	struct site site;
	struct db *db;
	struct filling f = { .clock = { .stopped = true } };
	struct rnd rnd = { .seed = SEED };
	str generate = args_option(a, "--generate");
	if (!str_to_int(generate, 1, ARTICLES_MOST, &f.n)) return args_usage(cx);
	TRY(args_done(cx, a, 1, 1));
	TRY(site_open(cx, a->at[0], true, &site));
	TRY(site_db(cx, &site, DB_WRITE, &db));
	TRY(invent_new(cx, SEED, &f.v));
	db_expect_bulk(db);
	f.cx = cx_new();
	f.cx->clock = &f.clock;
	f.cx->rnd = &rnd;
	err e = fill(cx, db, &f);
	cx_end(f.cx);
	TRY(e);
	TRY(search_gather(cx, db));
	return db_transaction(cx, db, site_changed, NULL);
}
