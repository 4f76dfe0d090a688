/* Feeds: the rows of a list with their whole texts. Two more queries bring texts and files of all rows; none is asked for a row. */
#include "web/page_feed.h"

#include <inttypes.h>

#include "base/limits.h"
#include "text/esc.h"
#include "text/excerpt.h"
#include "text/lang.h"
#include "text/vet.h"
#include "text/url.h"
#include "web/figures.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

#define TEXTS_MOST (2 * MIB)     /* of all texts of a feed; what comes then is introduced only */
#define TEXT_LONGEST (256 * KIB) /* characters: of one text */
#define FILES_MOST 500           /* of all entries */

str page_feed_whole(struct page *p, str path) { return url_absolute(p->cx, (url){ path }, p->app->conf.url).s; }

struct feed page_feed_new(struct page *p, str title, str about, str home)
{
	const struct conf *c = &p->app->conf;
	return (struct feed){ .title = title.n ? str_fmt(p->cx, STR_FMT " · " STR_FMT, STR_ARG(title), STR_ARG(c->title)) : c->title, .about = about,
		.language = c->language, .author = c->title, .home = page_feed_whole(p, home), .self = page_feed_whole(p, p->req->path) };
}

err page_feed_answer(struct page *p, enum feed_form form, const struct feed *f)
{
	str body;
	TRY(feed_write(p->cx, form, f, LIMIT_PAGE, &body));
	return respond_bytes(p, feed_type(form), body);
}

static str beside(struct page *p, str path, const char *suffix)
{
	return str_fmt(p->cx, STR_FMT "/feed.%s", STR_ARG(path.n > 1 ? path : S("")), suffix);
}

struct view_feed_link *page_feed_links(struct page *p, str path, size_t *n)
{
	struct view_feed_link *l = cx_array_of(p->cx, struct view_feed_link, 3);
	l[0] = (struct view_feed_link){ S("Atom"), S("application/atom+xml"), { beside(p, path, "atom") } };
	l[1] = (struct view_feed_link){ S("RSS"), S("application/rss+xml"), { beside(p, path, "rss") } };
	l[2] = (struct view_feed_link){ S("JSON Feed"), S("application/feed+json"), { beside(p, path, "json") } };
	*n = 3;
	return l;
}

void page_feed_announce(struct page *p, struct view_page_head *h, str title, str path)
{
	h->feeds = page_feed_links(p, path, &h->feeds_n);
	h->feeds_n = 1;
	h->feeds[0].title = title;
}

/* ---- texts and files ---- */

/* Numbers as the queries of feed.sql take them. */
static void add_number(struct buf *b, id number) { buf_fmt(b, "%019" PRId64, number); }

/* A file as any reader of feeds can show it. */
static void write_figure(struct buf *b, const struct view_figure *f)
{
	buf_lit(b, "<p><a href=\"");
	esc_html(b, f->href.s);
	buf_lit(b, "\">");
	if (f->picture) {
		buf_lit(b, "<img src=\"");
		esc_html(b, f->src.s);
		buf_lit(b, "\" alt=\"");
		esc_html(b, f->alt);
		buf_fmt(b, "\" width=\"%" PRId64 "\" height=\"%" PRId64 "\"></a>", f->width, f->height);
	} else {
		esc_html(b, f->name);
		buf_fmt(b, "</a> (" STR_FMT ", " STR_FMT ")", STR_ARG(f->kind), STR_ARG(f->size));
	}
	if (f->caption.n) buf_lit(b, "<br>");
	esc_html(b, f->caption);
	buf_lit(b, "</p>\n");
}

/* The text with its files where they stand. Readers of feeds learn its direction from the text alone. */
static str whole_text(struct page *p, const struct feed_entry *e, str body, const struct shown_file *files, size_t n)
{
	struct view_article_body v = { .body = html_trusted(body) };
	struct buf b = buf_new(p->cx, LIMIT_PAGE);
	bool rtl = str_eq(lang_dir(e->language), S("rtl"));
	figures_into_article(p, files, n, &v);
	if (rtl) buf_lit(&b, "<div dir=\"rtl\">\n");
	for (size_t i = 0; i < v.parts_n; i++) {
		buf_str(&b, v.parts[i].text.s);
		if (v.parts[i].figure) write_figure(&b, v.parts[i].figure);
	}
	if (!v.parts_n) buf_str(&b, body);
	for (size_t i = 0; i < v.figures_n; i++) write_figure(&b, &v.figures[i]);
	if (rtl) buf_lit(&b, "</div>\n");
	return b.full ? S("") : feed_absolute(p->cx, buf_view(&b), p->app->conf.url, e->url);
}

/* Fills in text and files (of the rows, those in [from, to)), as long as there is room. body: empty for one that is too long. */
static void fill(struct page *p, struct feed_entry *e, str body, const struct sql_row_attached *rows, size_t from, size_t to, size_t *room)
{
	size_t n = to - from;
	struct shown_file *files = cx_array_of(p->cx, struct shown_file, n);
	e->files = cx_array_of(p->cx, struct feed_file, n);
	e->files_n = n;
	for (size_t i = 0; i < n; i++) {
		struct shown_file f = figures_of_row(&rows[from + i]);
		if (rows[from + i].comment) f.number = 0; /* comments place none */
		files[i] = f;
		e->files[i] = (struct feed_file){ page_feed_whole(p, figures_address(p, &f)), media_mime(f.kind), f.caption.n ? f.caption : f.alt, f.bytes, (f.duration + 500) / 1000 };
	}
	if (!body.n) return;
	str text = whole_text(p, e, body, files, n);
	size_t cost = feed_cost(text);
	if (cost > *room) return;
	*room -= cost;
	e->content = text;
}

static void add_term(struct page *p, struct feed_entry *e, id number)
{
	const struct term *t = number ? term_by_id(&p->worker->terms, number) : NULL;
	if (t && e->terms_n < LIMIT_TOPICS + 2) e->terms[e->terms_n++] = (struct feed_term){ t->slug, t->name };
}

static struct feed_entry article(struct page *p, const struct sql_row_listed *r, const struct sql_feed_articles *text)
{
	struct feed_entry e = { .id = page_feed_whole(p, str_fmt(p->cx, "/article/%" PRId64, r->id)),
		.url = page_feed_whole(p, present_article_url(p->cx, r->id, r->slug).s), .title = r->title, .summary = present_summary(p, r),
		.author = r->author.n ? r->author : S("Anonymous"), .email = text->email, .language = r->language, .published = r->posted, .updated = r->modified,
		.terms = cx_array_of(p->cx, struct feed_term, LIMIT_TOPICS + 2) };
	const struct term *licence = text->licence ? term_by_id(&p->worker->terms, text->licence) : NULL;
	if (licence) e.licence = licence->detail.n ? licence->detail : licence->name, e.licence_url = licence->url;
	add_term(p, &e, r->type);
	int64_t topic;
	for (str topics = r->topics; topics.n;)
		if (str_to_int(str_cut(topics, ' ', &topics), 1, INT64_MAX, &topic)) add_term(p, &e, topic);
	add_term(p, &e, r->region);
	return e;
}

static err fill_articles(struct page *p, struct feed *f, const struct sql_row_listed *rows, size_t n)
{
	struct sql_feed_articles *texts;
	struct sql_row_attached *files;
	size_t texts_n, files_n, room = TEXTS_MOST;
	struct buf numbers = buf_new(p->cx, KIB);
	f->entries = cx_array_of(p->cx, struct feed_entry, n);
	for (size_t i = 0; i < n; i++) add_number(&numbers, rows[i].id);
	if (n == 0) return OK;
	TRY(sql_feed_articles(p->cx, p->db, buf_view(&numbers), (int64_t)n, TEXT_LONGEST, &texts, &texts_n));
	TRY(sql_feed_article_files(p->cx, p->db, buf_view(&numbers), (int64_t)n, FILES_MOST, &files, &files_n));
	for (size_t i = 0, from = 0; i < n; i++) {
		size_t k = 0, to = from;
		while (k < texts_n && texts[k].id != rows[i].id) k++;
		while (to < files_n && files[to].article == rows[i].id) to++;
		if (k == texts_n) continue;
		struct feed_entry *e = &f->entries[f->entries_n++];
		*e = article(p, &rows[i], &texts[k]);
		fill(p, e, texts[k].body_html, files, from, to, &room);
		from = to;
	}
	return OK;
}

err page_feed_list(struct page *p, str title, str about, const struct sql_row_listed *rows, size_t n)
{
	ptrdiff_t last = str_find(p->req->path, S("/feed."), 0);
	struct feed f = page_feed_new(p, title, about, last > 0 ? str_sub(p->req->path, 0, (size_t)last) : S("/"));
	TRY(fill_articles(p, &f, rows, n < LIMIT_PAGE_ROWS ? n : LIMIT_PAGE_ROWS));
	return page_feed_answer(p, p->feed, &f);
}

/* ---- comments ---- */

static err answer_comments(struct page *p, struct feed *f, const struct sql_row_fed_comment *rows, size_t n)
{
	struct sql_row_attached *files = NULL;
	size_t files_n = 0, room = TEXTS_MOST;
	struct buf numbers = buf_new(p->cx, KIB);
	f->entries = cx_array_of(p->cx, struct feed_entry, n);
	f->entries_n = n;
	for (size_t i = 0; i < n; i++) add_number(&numbers, rows[i].id);
	if (n) TRY(sql_feed_comment_files(p->cx, p->db, buf_view(&numbers), (int64_t)n, FILES_MOST, &files, &files_n));
	for (size_t i = 0, from = 0; i < n; i++) {
		const struct sql_row_fed_comment *c = &rows[i];
		struct feed_entry *e = &f->entries[i];
		size_t to = from;
		str words = excerpt_text(p->cx, (html){ c->excerpt });
		while (to < files_n && files[to].comment == c->id) to++;
		str at = page_feed_whole(p, str_fmt(p->cx, "/comment/%" PRId64, c->id)); /* which knows the page it is on */
		*e = (struct feed_entry){ .id = at, .url = at, .title = c->title.n ? c->title : excerpt_clip(p->cx, words, 60), .summary = excerpt_clip(p->cx, words, 240),
			.author = c->author.n ? c->author : S("Anonymous"), .language = c->language, .published = c->posted, .updated = c->modified };
		fill(p, e, c->body_html, files, from, to, &room);
		from = to;
	}
	return page_feed_answer(p, p->feed, f);
}

err page_feed_comments(struct page *p)
{
	struct sql_row_fed_comment *rows;
	size_t n;
	page_depends(p, DEPENDS_COMMENTS, 0);
	TRY(sql_feed_comments(p->cx, p->db, INT64_MAX, INT64_MAX, TEXT_LONGEST, LIMIT_PAGE_ROWS, &rows, &n));
	struct feed f = page_feed_new(p, S("Comments"), S("The latest comments on the whole site."), S("/"));
	return answer_comments(p, &f, rows, n);
}

err page_feed_comments_on(struct page *p)
{
	struct sql_feed_article *a;
	struct sql_row_fed_comment *rows;
	size_t n;
	page_depends(p, DEPENDS_ARTICLE, p->number);
	TRY(sql_feed_article(p->cx, p->db, p->number, &a));
	if (!a) return cx_fail(p->cx, NOTFOUND, NULL, "There is no article at this address whose comments could be followed.");
	TRY(sql_feed_comments_on(p->cx, p->db, p->number, TEXT_LONGEST, LIMIT_PAGE_ROWS, &rows, &n));
	struct feed f = page_feed_new(p, str_fmt(p->cx, "Comments on “" STR_FMT "”", STR_ARG(a->title)), a->summary, present_article_url(p->cx, p->number, a->slug).s);
	return answer_comments(p, &f, rows, n);
}
