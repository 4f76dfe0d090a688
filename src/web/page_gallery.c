/* The pictures of the whole site, and its sound as a podcast. */
#include <inttypes.h>

#include "base/limits.h"
#include "sql.h"
#include "text/url.h"
#include "web/figures.h"
#include "web/page_feed.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

#define EXHIBITS 36
#define EXHIBIT_WIDTH 640
#define EPISODES 100

static struct shown_file file_of(const struct sql_row_shown_file *r)
{
	struct shown_file f = SHOWN_FILE(r);
	f.alt = r->alt;
	f.caption = r->caption;
	f.name = r->name;
	f.number = r->position;
	return f;
}

static void exhibit(struct page *p, const struct sql_row_shown_file *r, struct view_exhibit *v)
{
	struct shown_file f = file_of(r);
	*v = (struct view_exhibit){ .figure = cx_new_of(p->cx, struct view_figure), .title = r->title, .author = r->author,
		.date = date_human(p->cx, r->posted, PRECISION_DAY), .date_iso = date_iso(p->cx, r->posted, (enum precision)r->precision) };
	figures_fill(p, &f, v->figure);
	figures_narrow(p, &f, EXHIBIT_WIDTH, v->figure);
	v->url = url_path(p->cx, STR_FMT "#file-%" PRId64, STR_ARG(present_article_url(p->cx, r->article, r->slug).s), r->position);
}

err page_gallery(struct page *p)
{
	struct view_gallery v = { 0 };
	struct sql_row_shown_file *rows;
	size_t n;
	int64_t at;
	id number;
	page_depends(p, DEPENDS_WIRE, 0);
	TRY(present_read_cursor(p, &at, &number));
	TRY(sql_gallery(p->cx, p->db, MEDIA_PICTURE, at, number, EXHIBITS + 1, &rows, &n));
	TRY(present_columns(p, &v.columns));
	v.site = present_site(p);
	v.page = present_head(p, S("Gallery"), S("Pictures that people have published here."), url_path(p->cx, "/gallery"));
	v.page->noindex = at != INT64_MAX;
	if (n > EXHIBITS) {
		n = EXHIBITS;
		v.page->older = url_path(p->cx, "/gallery?before=" STR_FMT, STR_ARG(present_cursor(p->cx, rows[n - 1].posted, rows[n - 1].id)));
	}
	v.pager = present_pager(p, at == INT64_MAX ? (url){ 0 } : url_path(p->cx, "/gallery"), v.page->older);
	v.exhibits = cx_array_of(p->cx, struct view_exhibit, n);
	v.exhibits_n = n;
	for (size_t i = 0; i < n; i++) exhibit(p, &rows[i], &v.exhibits[i]);
	return respond_page(p, 200, PAGE_GALLERY, &v);
}

static struct feed_entry episode(struct page *p, const struct sql_row_shown_file *r)
{
	struct shown_file f = file_of(r);
	struct feed_file *file = cx_new_of(p->cx, struct feed_file);
	*file = (struct feed_file){ .url = page_feed_whole(p, figures_address(p, &f)), .type = media_mime((enum media_kind)r->kind), .bytes = r->bytes,
		.seconds = (r->duration + 500) / 1000 };
	return (struct feed_entry){ .id = str_fmt(p->cx, "urn:sha256:" STR_FMT ":%" PRId64, STR_ARG(str_hex(p->cx, r->sha.p, r->sha.n)), r->id),
		.url = page_feed_whole(p, present_article_url(p->cx, r->article, r->slug).s), .title = r->title, .summary = r->caption.n ? r->caption : r->summary,
		.author = r->author, .published = r->posted, .files = file, .files_n = 1 };
}

err page_podcast(struct page *p)
{
	struct sql_row_shown_file *rows;
	const struct conf *c = &p->app->conf;
	struct feed f = page_feed_new(p, S("Sound"), c->tagline.n ? c->tagline : S("Sound that people have published here, the latest first."), S("/"));
	page_depends(p, DEPENDS_WIRE, 0);
	TRY(sql_gallery(p->cx, p->db, MEDIA_SOUND, INT64_MAX, INT64_MAX, EPISODES, &rows, &f.entries_n));
	f.cover = page_feed_whole(p, S("/cover.png"));
	f.entries = cx_array_of(p->cx, struct feed_entry, f.entries_n);
	for (size_t i = 0; i < f.entries_n; i++) f.entries[i] = episode(p, &rows[i]);
	return page_feed_answer(p, FEED_RSS, &f);
}
