/* One article: its page, in print, to send on. */
#include <inttypes.h>

#include "base/limits.h"
#include "text/esc.h"
#include "text/date.h"
#include "text/excerpt.h"
#include "text/url.h"
#include "web/comment_form.h"
#include "web/comment_receipt.h"
#include "web/figures.h"
#include "web/page_feed.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

static err no_article(struct page *p) { return cx_fail(p->cx, NOTFOUND, NULL, "There is no article at this address. Try the search."); }

static err find(struct page *p, struct sql_row_article **out)
{
	page_depends(p, DEPENDS_ARTICLE, p->number);
	TRY(sql_article_by_id(p->cx, p->db, p->number, out));
	if (!*out) return no_article(p);
	enum status status = (enum status)(*out)->status;
	if (visible_text_to(status, &p->who)) return OK;
	switch (status) {
	case STATUS_COMING: return no_article(p); /* nobody can tell that there is one */
	case STATUS_WITHDRAWN: return cx_fail(p->cx, NOTFOUND, NULL, "This article was withdrawn by its author.");
	case STATUS_REFUSED: return cx_fail(p->cx, NOTFOUND, NULL, "An editor did not publish this article. The list of what was hidden says why.");
	case STATUS_HELD: return cx_fail(p->cx, NOTFOUND, NULL, "This article is waiting for an editor to read it.");
	default: break;
	}
	if (!(*out)->reason) return cx_fail(p->cx, NOTFOUND, NULL, "This article was erased by its author.");
	return cx_fail(p->cx, NOTFOUND, NULL, "This article was removed. The editorial log says why.");
}

static struct view_page_head *head(struct page *p, const struct sql_row_article *a)
{
	str text = a->summary.n ? a->summary : excerpt_text(p->cx, (html){ a->body_html });
	struct view_page_head *h = present_head(p, a->title, text, present_article_url(p->cx, a->id, a->slug));
	h->noindex = !visible_listed((enum status)a->status);
	h->published_iso = date_iso(p->cx, a->posted, (enum precision)a->precision);
	h->author = a->author;
	return h;
}

err page_article(struct page *p)
{
	struct view_article v = { 0 };
	struct sql_row_article *a;
	struct sql_row_comment *comments;
	struct sql_row_attached *files;
	size_t files_n;
	int64_t after = INT64_MIN;
	id after_id = 0;
	str cursor = request_query(p->req, S("after")), rest;
	TRY(find(p, &a));
	if (!str_eq(p->slug, a->slug)) return respond_moved(p, present_article_url(p->cx, a->id, a->slug));
	if (cursor.n && (!str_to_int(str_cut(cursor, '-', &rest), 0, INT64_MAX, &after) || !str_to_int(rest, 0, INT64_MAX, &after_id)))
		return cx_fail(p->cx, NOTFOUND, NULL, "There is no such place among the comments.");
	TRY(sql_comment_list(p->cx, p->db, a->id, after, after_id, LIMIT_COMMENTS_SHOWN + 1, &comments, &v.comments_n));
	TRY(sql_attachment_of(p->cx, p->db, a->id, after, after_id, LIMIT_COMMENTS_SHOWN, LIMIT_ATTACHED, &files, &files_n));
	size_t fit = present_fit(comments, v.comments_n);
	if (fit < v.comments_n || cursor.n) v.comments_pager = cx_new_of(p->cx, struct view_pager);
	if (cursor.n) v.comments_pager->first = url_path(p->cx, STR_FMT "#comments", STR_ARG(p->req->path));
	if (fit < v.comments_n) {
		const struct sql_row_comment *last = &comments[fit - 1];
		v.comments_n = fit;
		v.comments_pager->older = url_path(p->cx, STR_FMT "?after=" STR_FMT "#comments", STR_ARG(p->req->path),
		    STR_ARG(present_cursor(p->cx, last->posted, last->id)));
	}
	TRY(present_columns(p, &v.columns));
	v.site = present_site(p);
	v.page = head(p, a);
	if (visible_listed((enum status)a->status)) page_feed_announce(p, v.page, S("Comments on this article"), str_fmt(p->cx, "/article/%" PRId64 "/comments", a->id));
	v.article = present_article(p, a);
	v.comments = present_comments(p, comments, v.comments_n);
	figures_deal(p, files, files_n, v.article, v.comments, v.comments_n);
	comment_receipt_show(p, a->id, v.comments, v.comments_n);
	v.comments_closed = comment_form_closed(p, a->locked);
	if (!v.comments_closed.n) v.comment_form = comment_form_empty(p, a->id);
	return respond_page(p, 200, PAGE_ARTICLE, &v);
}

err page_print(struct page *p)
{
	struct view_print v = { 0 };
	struct sql_row_article *a;
	struct sql_row_attached *files;
	size_t files_n;
	TRY(find(p, &a));
	v.site = present_site(p);
	v.page = head(p, a);
	v.page->noindex = true;
	v.article = present_article(p, a);
	TRY(sql_attachment_in(p->cx, p->db, a->id, 0, LIMIT_FORM_FILES, &files, &files_n));
	figures_deal(p, files, files_n, v.article, NULL, 0);
	return respond_page(p, 200, PAGE_PRINT, &v);
}

#define MAILED_SUMMARY 280 /* some programs take no more than 2,000 bytes of such an address */

/* The visitor's own mail program sends it: this server then never learns who wrote to whom. */
err page_email(struct page *p)
{
	struct view_email v = { 0 };
	struct sql_row_article *a;
	TRY(find(p, &a));
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Email this article"));
	v.article = present_article(p, a);
	str said = excerpt_clip(p->cx, a->summary, MAILED_SUMMARY);
	v.letter = str_fmt(p->cx, STR_FMT "\r\n%s" STR_FMT "%s" STR_FMT "\r\n", STR_ARG(a->title), said.n ? "\r\n" : "", STR_ARG(said),
	    said.n ? "\r\n\r\n" : "", STR_ARG(v.article->absolute));
	struct buf to = buf_new(p->cx, 8 * LIMIT_URL);
	buf_lit(&to, "mailto:?subject=");
	esc_url(&to, a->title);
	buf_lit(&to, "&body=");
	esc_url(&to, v.letter);
	v.mailto = (url){ buf_view(&to) };
	return respond_page(p, 200, PAGE_EMAIL, &v);
}
