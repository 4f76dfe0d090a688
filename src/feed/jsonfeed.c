/* JSON Feed 1.1 (jsonfeed.org/version/1.1). */
#include <jansson.h>

#include "feed/writers.h"
#include "base/banned.h"

static void put(json_t *o, const char *key, str s)
{
	if (s.n) json_object_set_new(o, key, json_stringn(s.p, s.n));
}

/* A list under the key, unless it would be empty. */
static json_t *list(json_t *o, const char *key, size_t n)
{
	json_t *l = n ? json_array() : NULL;
	if (l) json_object_set_new(o, key, l);
	return l;
}

static json_t *member(json_t *of)
{
	json_t *o = json_object();
	json_array_append_new(of, o);
	return o;
}

static void attachments(json_t *o, const struct feed_entry *e)
{
	json_t *all = list(o, "attachments", e->files_n);
	for (size_t i = 0; i < e->files_n; i++) {
		const struct feed_file *f = &e->files[i];
		json_t *a = member(all);
		put(a, "url", f->url);
		put(a, "mime_type", f->type);
		put(a, "title", f->title);
		json_object_set_new(a, "size_in_bytes", json_integer(f->bytes));
		if (f->seconds) json_object_set_new(a, "duration_in_seconds", json_integer(f->seconds));
	}
}

static void item(struct cx *cx, json_t *o, const struct feed_entry *e)
{
	put(o, "id", e->id);
	put(o, "url", e->url);
	put(o, "title", e->title);
	put(o, "summary", e->summary);
	/* One of the two must be there. */
	if (e->content.n) put(o, "content_html", e->content);
	else json_object_set_new(o, "content_text", json_stringn(e->summary.n ? e->summary.p : "", e->summary.n));
	put(o, "date_published", feed_time(cx, e->published));
	if (e->updated) put(o, "date_modified", feed_time(cx, e->updated));
	if (e->author.n) put(member(list(o, "authors", 1)), "name", e->author);
	json_t *tags = list(o, "tags", e->terms_n);
	for (size_t i = 0; i < e->terms_n; i++) json_array_append_new(tags, json_stringn(e->terms[i].name.p, e->terms[i].name.n));
	put(o, "language", e->language);
	attachments(o, e);
}

static int append(const char *bytes, size_t n, void *b)
{
	buf_str(b, (str){ bytes, n });
	return 0;
}

void feed_json(struct cx *cx, struct buf *b, const struct feed *f)
{
	json_t *all = json_object(), *items = json_array();
	put(all, "version", S("https://jsonfeed.org/version/1.1"));
	put(all, "title", f->title);
	put(all, "home_page_url", f->home);
	put(all, "feed_url", f->self);
	put(all, "description", f->about);
	put(all, "language", f->language);
	if (f->author.n) put(member(list(all, "authors", 1)), "name", f->author);
	json_object_set_new(all, "items", items);
	for (size_t i = 0; i < f->entries_n; i++) item(cx, member(items), &f->entries[i]);
	json_dump_callback(all, append, b, JSON_INDENT(1));
	buf_char(b, '\n');
	json_decref(all);
}
