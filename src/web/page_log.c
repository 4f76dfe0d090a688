/* What editors did, and what they hid: for everybody to read. */
#include <inttypes.h>

#include <jansson.h>

#include "base/limits.h"
#include "text/vet.h"
#include "text/url.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

#define ROWS 100

static err read_rows(struct page *p, struct sql_row_logged **rows, size_t *n)
{
	int64_t before = INT64_MAX;
	str cursor = request_query(p->req, S("before"));
	page_depends(p, DEPENDS_LOG, 0);
	if (cursor.n && !str_to_int(cursor, 1, INT64_MAX, &before)) return cx_fail(p->cx, NOTFOUND, NULL, "There is no such place in the log.");
	return sql_log_list(p->cx, p->db, before, ROWS + 1, rows, n);
}

err page_log(struct page *p)
{
	struct view_log v = { 0 };
	struct sql_row_logged *rows;
	size_t n;
	TRY(read_rows(p, &rows, &n));
	url first = { 0 }, older = { 0 };
	if (request_query(p->req, S("before")).n) first = url_path(p->cx, "/log");
	if (n > ROWS) n = ROWS, older = url_path(p->cx, "/log?before=%" PRId64, rows[n - 1].id);
	v.pager = present_pager(p, first, older);
	v.entries = present_log(p, rows, n, false);
	v.entries_n = n;
	if (n && !request_query(p->req, S("before")).n) v.head_hash = v.entries[0].hash;
	v.site = present_site(p);
	v.page = present_head(p, S("Editorial log"), S("Everything the editors of this site did, with reasons."), url_path(p->cx, "/log"));
	return respond_page(p, 200, PAGE_LOG, &v);
}

static void put(json_t *o, const char *key, str s) { json_object_set_new(o, key, json_stringn(s.p ? s.p : "", s.n)); }

static void end_json(void *o) { json_decref(o); }

/* Words and the salt of their digest; without the salt the words given are not the words that the digest covers. */
static void put_words(struct page *p, json_t *o, const struct sql_row_logged *r)
{
	bool removed = r->salt.n == 0;
	enum status withheld = present_log_withheld(r);
	bool whole = !removed && withheld == STATUS_SHOWN;
	str instead = removed ? S("[removed]") : str_fmt(p->cx, "[" STR_FMT "]", STR_ARG(visible_word(withheld)));
	put(o, "title", whole || (!removed && !r->title.n) ? r->title : instead);
	put(o, "note", removed ? S("[removed]") : r->note);
	put(o, "was", whole ? r->was : S(""));
	put(o, "became", whole ? r->became : S(""));
	put(o, "salt", whole ? str_hex(p->cx, r->salt.p, r->salt.n) : S(""));
	put(o, "digest", str_hex(p->cx, r->digest.p, r->digest.n));
}

err page_log_json(struct page *p)
{
	struct sql_row_logged *rows;
	size_t n;
	TRY(read_rows(p, &rows, &n));
	json_t *all = json_object(), *list = json_array();
	cx_defer(p->cx, end_json, all);
	json_object_set_new(all, "entries", list);
	for (size_t i = 0; i < n && i < ROWS; i++) {
		json_t *o = json_object();
		json_array_append_new(list, o);
		json_object_set_new(o, "id", json_integer(rows[i].id));
		json_object_set_new(o, "version", json_integer(rows[i].version));
		json_object_set_new(o, "act", json_integer(rows[i].act));
		json_object_set_new(o, "at", json_integer(rows[i].at));
		put(o, "actor", rows[i].actor);
		put(o, "action", rows[i].action);
		put(o, "object", rows[i].object);
		json_object_set_new(o, "number", json_integer(rows[i].number));
		json_object_set_new(o, "article", json_integer(rows[i].article));
		put(o, "reason", rows[i].reason);
		put_words(p, o, &rows[i]);
		put(o, "previous", str_hex(p->cx, rows[i].previous.p, rows[i].previous.n));
		put(o, "hash", str_hex(p->cx, rows[i].hash.p, rows[i].hash.n));
	}
	if (n > ROWS) put(all, "next", str_fmt(p->cx, "/log.json?before=%" PRId64, rows[ROWS - 1].id));
	size_t size = json_dumpb(all, NULL, 0, JSON_COMPACT);
	char *text = cx_alloc(p->cx, size + 1);
	json_dumpb(all, text, size, JSON_COMPACT);
	return respond_bytes(p, S("application/json"), (str){ text, size });
}

static void hidden_article(struct page *p, const struct sql_row_listed *a, struct view_hidden_item *v)
{
	struct view_link *l = cx_new_of(p->cx, struct view_link);
	enum status status = (enum status)a->status;
	if (visible_text(status)) *l = (struct view_link){ .text = a->title, .href = present_article_url(p->cx, a->id, a->slug) };
	else l->text = present_unshown(p->cx, "Article", a->id, status);
	*v = (struct view_hidden_item){ .id = a->id, .kind = S("Article"), .object = l, .author = visible_text(status) ? a->author : S(""),
		.hiding = present_hiding(p, STATUS_HIDDEN, a->reason, a->note, a->hidden),
		.date = date_human(p->cx, a->posted, (enum precision)a->precision),
		.date_iso = date_iso(p->cx, a->posted, (enum precision)a->precision) };
}

static void hidden_comment(struct page *p, const struct sql_comment_hidden *c, struct view_hidden_item *v)
{
	struct view_link *l = cx_new_of(p->cx, struct view_link);
	enum status status = (enum status)c->status, under = (enum status)c->article_status;
	bool shown = visible_text(status) && visible_text(under);
	html body = html_trusted(shown ? c->body_html : S(""));
	if (shown) *l = (struct view_link){ .text = c->title.n ? c->title : str_fmt(p->cx, "On “" STR_FMT "”", STR_ARG(c->article_title)),
		.href = url_path(p->cx, "/comment/%" PRId64, c->id) };
	else if (visible_text(under)) l->text = present_unshown(p->cx, "Comment", c->id, status);
	else l->text = str_fmt(p->cx, "On " STR_FMT, STR_ARG(present_unshown(p->cx, "article", c->article, under)));
	*v = (struct view_hidden_item){ .id = c->id, .kind = S("Comment"), .object = l, .author = shown ? c->author : S(""),
		.hiding = present_hiding(p, STATUS_HIDDEN, c->reason, c->note, c->hidden), .body = body,
		.date = date_human(p->cx, c->posted, (enum precision)c->precision),
		.date_iso = date_iso(p->cx, c->posted, (enum precision)c->precision) };
}

/* Hidden things stand by the hour, articles before comments within one, then by number; a cursor, "HOUR-a12" or "HOUR-c12", is the last of a page. Where a list goes on: */
struct hidden_place {
	int64_t hour;
	id article, comment; /* those of that hour with lesser numbers */
};

static err read_place(struct page *p, struct hidden_place *out)
{
	str cursor = request_query(p->req, S("before")), rest, hour = str_cut(cursor, '-', &rest);
	*out = (struct hidden_place){ INT64_MAX, INT64_MAX, INT64_MAX };
	if (!cursor.n) return OK;
	bool comment = str_starts(rest, S("c")), good = comment || str_starts(rest, S("a"));
	rest = str_sub(rest, 1, rest.n);
	if (comment) out->article = 0;
	if (good && str_to_int(hour, 0, INT64_MAX, &out->hour) && str_to_int(rest, 0, INT64_MAX, comment ? &out->comment : &out->article)) return OK;
	return cx_fail(p->cx, NOTFOUND, NULL, "There is no such place in the list.");
}

/* Two lists, newest first, made one; says what the last of it was. */
struct hidden_lists {
	struct sql_row_listed *articles;
	struct sql_comment_hidden *comments;
	size_t articles_n, comments_n, a, c;
};

static str merge_hidden(struct page *p, struct hidden_lists *l, struct view_hidden *v)
{
	size_t bytes = 0;
	str last = { 0 };
	v->items = cx_array_of(p->cx, struct view_hidden_item, LIMIT_PAGE_ROWS);
	for (; v->items_n < LIMIT_PAGE_ROWS && (l->a < l->articles_n || l->c < l->comments_n); v->items_n++) {
		bool article = l->c >= l->comments_n || (l->a < l->articles_n && l->articles[l->a].hidden >= l->comments[l->c].hidden);
		last = article ? str_fmt(p->cx, "%" PRId64 "-a%" PRId64, l->articles[l->a].hidden, l->articles[l->a].id)
		               : str_fmt(p->cx, "%" PRId64 "-c%" PRId64, l->comments[l->c].hidden, l->comments[l->c].id);
		if (article) hidden_article(p, &l->articles[l->a++], &v->items[v->items_n]);
		else hidden_comment(p, &l->comments[l->c++], &v->items[v->items_n]);
		bytes += v->items[v->items_n].body.s.n;
		if (bytes > LIMIT_COMMENTS_BYTES) v->items[v->items_n].body = (html){ 0 }; /* an editor's page of it shows it still */
	}
	return last;
}

err page_hidden(struct page *p)
{
	struct view_hidden v = { 0 };
	struct hidden_lists l = { 0 };
	struct hidden_place from;
	page_depends(p, DEPENDS_LOG, 0);
	TRY(read_place(p, &from));
	TRY(sql_list_hidden(p->cx, p->db, from.hour, from.article, LIMIT_PAGE_ROWS + 1, &l.articles, &l.articles_n));
	TRY(sql_comment_hidden(p->cx, p->db, from.hour, from.comment, LIMIT_PAGE_ROWS + 1, &l.comments, &l.comments_n));
	str last = merge_hidden(p, &l, &v);
	url first = { 0 }, older = { 0 };
	if (request_query(p->req, S("before")).n) first = url_path(p->cx, "/hidden");
	if (l.a < l.articles_n || l.c < l.comments_n) older = url_path(p->cx, "/hidden?before=" STR_FMT, STR_ARG(last));
	v.pager = present_pager(p, first, older);
	v.reasons = present_terms(p, TERM_REASON, NULL, 0, &v.reasons_n);
	v.site = present_site(p);
	v.page = present_head(p, S("Hidden"), S("What the editors hid, and why."), url_path(p->cx, "/hidden"));
	v.page->noindex = true;
	return respond_page(p, 200, PAGE_HIDDEN, &v);
}
