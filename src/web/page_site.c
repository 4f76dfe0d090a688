/* Static pages, the network, search, and the small files a site has at its root. */
#include <inttypes.h>

#include "base/limits.h"
#include "sql.h"
#include "text/date.h"
#include "text/esc.h"
#include "text/excerpt.h"
#include "text/lang.h"
#include "text/vet.h"
#include "text/slug.h"
#include "text/url.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

err page_static(struct page *p)
{
	struct sql_page_get *page;
	TRY(sql_page_get(p->cx, p->db, p->slug, &page));
	if (!page) return cx_fail(p->cx, NOTFOUND, NULL, "There is no page of that name.");
	struct view_static_page v = { .heading = page->title, .lang = p->app->conf.language, .dir = lang_dir(p->app->conf.language), .body = html_trusted(page->body_html),
		.modified = date_human(p->cx, page->modified, PRECISION_DAY), .modified_iso = date_iso(p->cx, page->modified, PRECISION_DAY) };
	TRY(present_columns(p, &v.columns));
	v.site = present_site(p);
	v.page = present_head(p, page->title, S(""), url_path(p->cx, "/page/" STR_FMT, STR_ARG(page->slug)));
	return respond_page(p, 200, PAGE_STATIC, &v);
}

err page_network(struct page *p)
{
	struct view_network v = { .heading = S("The network") };
	v.site = present_site(p);
	v.groups = cx_array_of(p->cx, struct view_link_group, 1);
	v.groups_n = 1;
	v.groups[0] = (struct view_link_group){ .heading = S("Sites"), .links = v.site->network, .links_n = v.site->network_n };
	v.page = present_head(p, v.heading, S("Sites that this one is part of a network with."), url_path(p->cx, "/network"));
	return respond_page(p, 200, PAGE_NETWORK, &v);
}

/* Words that a full-text query takes: each quoted, so that no sign in them is an operator. */
static str match_of(struct page *p, str q)
{
	struct buf b = buf_new(p->cx, 4096);
	str folded = text_fold(p->cx, q);
	for (int words = 0; folded.n && words < 12; words++) {
		str word = str_cut(folded, ' ', &folded);
		if (word.n == 0) continue;
		if (b.n) buf_char(&b, ' ');
		buf_char(&b, '"');
		for (size_t i = 0; i < word.n; i++)
			if (word.p[i] != '"') buf_char(&b, word.p[i]);
		buf_char(&b, '"');
	}
	return b.full ? S("") : buf_view(&b);
}

err page_search(struct page *p)
{
	str q = str_trim(request_query(p->req, S("q")));
	struct view_search v = { .q = q, .searched = q.n > 0 };
	struct sql_row_listed *rows = NULL;
	size_t n = 0;
	int64_t at;
	id number;
	TRY(present_read_cursor(p, &at, &number));
	if (q.n > LIMIT_TITLE) v.q_error = S("That is too long to search for."), v.searched = false;
	str match = v.searched ? match_of(p, q) : S("");
	if (match.n) TRY(sql_search_articles(p->cx, p->db, match, at, number, LIMIT_PAGE_ROWS + 1, &rows, &n));
	v.pager = cx_new_of(p->cx, struct view_pager);
	if (n > LIMIT_PAGE_ROWS) {
		struct buf b = buf_new(p->cx, 4096);
		n = LIMIT_PAGE_ROWS;
		buf_lit(&b, "/search?q=");
		esc_url(&b, q);
		buf_fmt(&b, "&before=" STR_FMT, STR_ARG(present_cursor(p->cx, rows[n - 1].posted, rows[n - 1].id)));
		v.pager->older = (url){ buf_view(&b) };
	} else {
		v.pager = NULL;
	}
	v.rows = present_rows(p, rows, n, false);
	v.rows_n = n;
	if (v.searched) v.found = n ? str_fmt(p->cx, "Articles for “" STR_FMT "”, newest first", STR_ARG(q)) : str_fmt(p->cx, "Nothing was found for “" STR_FMT "”", STR_ARG(q));
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Search"));
	return respond_page(p, 200, PAGE_SEARCH, &v);
}

static err show_asset(struct page *p, enum asset which)
{
	const struct asset_file *a = &p->app->assets.at[which];
	if (!a->bytes.n) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such file.");
	if (!str_eq(request_query(p->req, S("v")), a->mark)) return respond_bytes(p, a->type, a->bytes);
	return respond_immutable(p, a->type, a->bytes);
}

err page_style(struct page *p) { return show_asset(p, ASSET_STYLE); }
err page_script(struct page *p) { return show_asset(p, ASSET_SCRIPT); }
err page_icon(struct page *p) { return show_asset(p, ASSET_ICON); }
err page_cover(struct page *p) { return show_asset(p, ASSET_COVER); }
err page_logo(struct page *p) { return show_asset(p, ASSET_LOGO); }

err page_robots(struct page *p)
{
	return respond_bytes(p, S("text/plain; charset=utf-8"),
	    S("User-agent: *\nDisallow: /editor\nDisallow: /admin\nDisallow: /edit/\nDisallow: /receipt/\nDisallow: /login\nDisallow: /search\nDisallow: /challenge\nDisallow: /*/challenge\n"));
}

err page_opensearch(struct page *p)
{
	struct buf b = buf_new(p->cx, 4096);
	buf_lit(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>");
	esc_xml(&b, excerpt_clip(p->cx, p->app->conf.title, 16));
	buf_lit(&b, "</ShortName>\n<Description>");
	esc_xml(&b, p->app->conf.title);
	buf_lit(&b, "</Description>\n<Url type=\"text/html\" template=\"");
	esc_xml(&b, p->app->conf.url);
	buf_lit(&b, "/search?q={searchTerms}\"/>\n</OpenSearchDescription>\n");
	return respond_bytes(p, S("application/opensearchdescription+xml"), buf_view(&b));
}
