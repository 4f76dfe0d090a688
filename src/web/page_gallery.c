/* The pictures of the whole site, and its sound as a podcast. */
#include <inttypes.h>

#include "base/limits.h"
#include "sql.h"
#include "text/esc.h"
#include "text/url.h"
#include "web/figures.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

#define EXHIBITS 36
#define EXHIBIT_WIDTH 640
#define EPISODES 100
#define FEED_MOST (2 * MIB)

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

static void element(struct buf *b, const char *name, str text)
{
	buf_fmt(b, "<%s>", name);
	esc_xml(b, text);
	buf_fmt(b, "</%s>\n", name);
}

static str whole(struct page *p, str path) { return url_absolute(p->cx, (url){ path }, p->app->conf.url).s; }

/* RSS 2.0 and the elements of podcast readers. */
static void episode(struct page *p, struct buf *b, const struct sql_row_shown_file *r)
{
	struct shown_file f = file_of(r);
	str media = whole(p, figures_address(p, &f));
	buf_lit(b, "<item>\n");
	element(b, "title", r->title);
	element(b, "link", whole(p, present_article_url(p->cx, r->article, r->slug).s));
	if (r->caption.n || r->summary.n) element(b, "description", r->caption.n ? r->caption : r->summary);
	if (r->author.n) element(b, "itunes:author", r->author);
	element(b, "pubDate", date_rfc5322(p->cx, r->posted));
	buf_lit(b, "<guid isPermaLink=\"false\">");
	buf_fmt(b, "urn:sha256:" STR_FMT ":%" PRId64, STR_ARG(str_hex(p->cx, r->sha.p, r->sha.n)), r->id);
	buf_lit(b, "</guid>\n<enclosure url=\"");
	esc_xml(b, media);
	buf_fmt(b, "\" length=\"%" PRId64 "\" type=\"" STR_FMT "\"/>\n", r->bytes, STR_ARG(media_mime((enum media_kind)r->kind)));
	buf_fmt(b, "<itunes:duration>%" PRId64 "</itunes:duration>\n</item>\n", (r->duration + 500) / 1000);
}

err page_podcast(struct page *p)
{
	struct sql_row_shown_file *rows;
	size_t n;
	str body;
	const struct conf *c = &p->app->conf;
	struct buf b = buf_new(p->cx, FEED_MOST);
	page_depends(p, DEPENDS_WIRE, 0);
	TRY(sql_gallery(p->cx, p->db, MEDIA_SOUND, INT64_MAX, INT64_MAX, EPISODES, &rows, &n));
	buf_lit(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
	            "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">\n<channel>\n");
	element(&b, "title", str_fmt(p->cx, STR_FMT ": sound", STR_ARG(c->title)));
	element(&b, "link", whole(p, S("/")));
	element(&b, "description", c->tagline.n ? c->tagline : S("Sound that people have published here, the latest first."));
	element(&b, "language", c->language);
	element(&b, "itunes:author", c->title);
	buf_lit(&b, "<itunes:image href=\"");
	esc_xml(&b, whole(p, S("/cover.png")));
	buf_lit(&b, "\"/>\n<itunes:explicit>false</itunes:explicit>\n<itunes:category text=\"News\"/>\n<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
	esc_xml(&b, whole(p, S("/audio/feed.rss")));
	buf_lit(&b, "\"/>\n");
	if (n) element(&b, "lastBuildDate", date_rfc5322(p->cx, rows[0].posted));
	for (size_t i = 0; i < n; i++) episode(p, &b, &rows[i]);
	buf_lit(&b, "</channel>\n</rss>\n");
	TRY(buf_done(p->cx, &b, &body));
	return respond_bytes(p, S("application/rss+xml; charset=utf-8"), body);
}
