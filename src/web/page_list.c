/* The front page and the lists: newswire, features, local, type, topic, region, author, month. One shape, one query each; all but the months also as feeds. */
#include <inttypes.h>

#include "base/limits.h"
#include "base/vec.h"
#include "sql.h"
#include "text/date.h"
#include "text/url.h"
#include "web/figures.h"
#include "web/page_feed.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

#define FRONT_FEATURES 6
#define FRONT_WIRE 24
#define YEARS_OFFERED 60

err page_front(struct page *p)
{
	struct view_front v = { 0 };
	struct sql_row_listed *features, *wire;
	struct sql_row_attached *pictures;
	size_t features_n, wire_n, pictures_n;
	page_depends(p, DEPENDS_WIRE, 0);
	TRY(sql_list_features(p->cx, p->db, INT64_MAX, INT64_MAX, FRONT_FEATURES + 1, &features, &features_n));
	TRY(sql_list_wire(p->cx, p->db, INT64_MAX, INT64_MAX, FRONT_WIRE + 1, &wire, &wire_n));
	TRY(sql_feature_pictures(p->cx, p->db, INT64_MAX, INT64_MAX, FRONT_FEATURES, FRONT_FEATURES, &pictures, &pictures_n));
	TRY(present_columns(p, &v.columns));
	v.site = present_site(p);
	v.page = present_head(p, S(""), p->app->conf.tagline, url_path(p->cx, "/"));
	page_feed_announce(p, v.page, p->app->conf.title, S("/"));
	if (features_n > FRONT_FEATURES) v.features_more = url_path(p->cx, "/features"), features_n = FRONT_FEATURES;
	if (wire_n > FRONT_WIRE) {
		wire_n = FRONT_WIRE;
		v.wire_more = url_path(p->cx, "/newswire?before=" STR_FMT, STR_ARG(present_cursor(p->cx, wire[wire_n - 1].posted, wire[wire_n - 1].id)));
	}
	struct view_row *rows = present_rows(p, features, features_n, false);
	figures_of_features(p, pictures, pictures_n, rows, features_n);
	if (features_n) v.lead = &rows[0], v.features = rows + 1, v.features_n = features_n - 1;
	v.wire = present_rows(p, wire, wire_n, true);
	v.wire_n = wire_n;
	if (wire_n) {
		v.site->updated = date_human(p->cx, wire[0].posted, (enum precision)wire[0].precision);
		v.site->updated_iso = date_iso(p->cx, wire[0].posted, (enum precision)wire[0].precision);
	}
	return respond_page(p, 200, PAGE_FRONT, &v);
}

/* What differs between two lists. */
struct listing {
	str kicker, heading, intro, empty;
	bool by_featured, by_month; /* by_month: the months are offered below */
	struct sql_row_listed *rows;
	size_t n; /* one more than a page when there are older ones */
};

static str month_name(struct cx *cx, int year, int month)
{
	static const char *const names[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December" };
	return str_fmt(cx, "%s %d", names[month - 1], year);
}

static struct view_link month_link(struct page *p, int year, int month, str text)
{
	return (struct view_link){ .text = text, .href = url_path(p->cx, "/archive/%04d/%02d", year, month), .current = year == p->year && month == p->month };
}

/* Of the year that is looked at the months, newest first; of the others the year alone, which leads to its last month. */
static err offer_months(struct page *p, struct view_list *v)
{
	VEC(struct view_link) all = { 0 };
	struct sql_list_span *span;
	TRY(sql_list_span(p->cx, p->db, &span));
	if (span->newest == 0) return OK;
	struct civil first = date_civil(span->oldest), last = date_civil(span->newest);
	int looked_at = p->year ? p->year : last.year;
	for (int year = last.year; year >= first.year && year > last.year - YEARS_OFFERED; year--) {
		int newest = year == last.year ? last.month : 12, oldest = year == first.year ? first.month : 1;
		if (year != looked_at) vec_push(p->cx, &all, month_link(p, year, newest, str_fmt(p->cx, "%d", year)));
		for (int month = newest; year == looked_at && month >= oldest; month--)
			vec_push(p->cx, &all, month_link(p, year, month, month_name(p->cx, year, month)));
	}
	v->months = all.at;
	v->months_n = all.n;
	return OK;
}

static err show(struct page *p, struct listing *l)
{
	if (p->feed) return page_feed_list(p, l->heading, l->intro, l->rows, l->n);
	struct view_list v = { .kicker = l->kicker, .heading = l->heading, .intro = l->intro,
		.empty = l->empty.n ? l->empty : S("Nothing here yet."), .with_summaries = true };
	bool first = request_query(p->req, S("before")).n == 0;
	url here = url_path(p->cx, STR_FMT, STR_ARG(p->req->path));
	TRY(present_columns(p, &v.columns));
	v.site = present_site(p);
	v.page = present_head(p, l->heading, l->intro, here);
	v.page->noindex = !first;
	if (l->n > LIMIT_PAGE_ROWS) {
		l->n = LIMIT_PAGE_ROWS;
		const struct sql_row_listed *last = &l->rows[l->n - 1];
		str cursor = present_cursor(p->cx, l->by_featured ? last->featured : last->posted, last->id);
		v.page->older = url_path(p->cx, STR_FMT "?before=" STR_FMT, STR_ARG(p->req->path), STR_ARG(cursor));
	}
	v.pager = present_pager(p, first ? (url){ 0 } : here, v.page->older);
	v.rows = present_rows(p, l->rows, l->n, !l->by_featured);
	v.rows_n = l->n;
	if (!p->month) {
		page_feed_announce(p, v.page, l->heading, p->req->path);
		v.feeds = page_feed_links(p, p->req->path, &v.feeds_n);
	}
	if (l->by_month) TRY(offer_months(p, &v));
	return respond_page(p, 200, PAGE_LIST, &v);
}

#define MORE (LIMIT_PAGE_ROWS + 1)

/* A list that is the whole wire, or a part of it by one query. */
static err show_wire(struct page *p, struct listing *l,
    err (*query)(struct cx *, struct db *, int64_t, id, int64_t, struct sql_row_listed **, size_t *))
{
	int64_t at;
	id number;
	page_depends(p, DEPENDS_WIRE, 0);
	TRY(present_read_cursor(p, &at, &number));
	TRY(query(p->cx, p->db, at, number, MORE, &l->rows, &l->n));
	return show(p, l);
}

err page_site_feed(struct page *p)
{
	struct listing l = { .intro = p->app->conf.tagline };
	return show_wire(p, &l, sql_list_wire);
}

err page_newswire(struct page *p)
{
	struct listing l = { .heading = S("Newswire"), .intro = S("Everything that people publish here, newest first."), .by_month = true };
	return show_wire(p, &l, sql_list_wire);
}

err page_features(struct page *p)
{
	struct listing l = { .heading = S("Features"), .intro = S("What the editors set on the front page."), .by_featured = true };
	return show_wire(p, &l, sql_list_features);
}

err page_local(struct page *p)
{
	struct listing l = { .heading = S("Local"), .intro = S("News from here.") };
	return show_wire(p, &l, sql_list_local);
}

/* What is filed under the term of the address. */
static err show_term(struct page *p, enum term_kind kind, str kicker,
    err (*query)(struct cx *, struct db *, id, int64_t, id, int64_t, struct sql_row_listed **, size_t *))
{
	struct listing l = { .kicker = kicker };
	const struct term *t = term_by_slug(&p->worker->terms, kind, p->slug);
	int64_t at;
	id number;
	page_depends(p, DEPENDS_WIRE, 0);
	if (!t) return cx_fail(p->cx, NOTFOUND, NULL, "This site has nothing under that name.");
	TRY(present_read_cursor(p, &at, &number));
	TRY(query(p->cx, p->db, t->id, at, number, MORE, &l.rows, &l.n));
	l.heading = t->name;
	return show(p, &l);
}

err page_type(struct page *p) { return show_term(p, TERM_TYPE, S("Type"), sql_list_type); }
err page_topic(struct page *p) { return show_term(p, TERM_TOPIC, S("Topic"), sql_list_topic); }
err page_region(struct page *p) { return show_term(p, TERM_REGION, S("Region"), sql_list_region); }

err page_author(struct page *p)
{
	struct listing l = { .kicker = S("Author"), .intro = S("Whoever signs with a name here need not be who you think: names are not checked.") };
	int64_t at;
	id number;
	page_depends(p, DEPENDS_WIRE, 0);
	TRY(present_read_cursor(p, &at, &number));
	TRY(sql_list_author(p->cx, p->db, p->slug, at, number, MORE, &l.rows, &l.n));
	if (l.n == 0) return cx_fail(p->cx, NOTFOUND, NULL, "Nothing here is signed with that name.");
	return l.heading = l.rows[0].author, show(p, &l);
}

err page_month(struct page *p)
{
	struct listing l = { .kicker = S("Archive"), .heading = month_name(p->cx, p->year, p->month), .by_month = true };
	int64_t at, from = date_from_civil(p->year, p->month, 1, 0, 0, 0);
	int64_t end = date_from_civil(p->month == 12 ? p->year + 1 : p->year, p->month % 12 + 1, 1, 0, 0, 0);
	id number;
	page_depends(p, DEPENDS_WIRE, 0);
	TRY(present_read_cursor(p, &at, &number));
	if (at >= end) at = end, number = 0;
	TRY(sql_list_month(p->cx, p->db, from, at, number, MORE, &l.rows, &l.n));
	return show(p, &l);
}
