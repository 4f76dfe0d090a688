/* Atom (RFC 4287); licences as RFC 4946 has them. */
#include <inttypes.h>

#include "feed/writers.h"
#include "base/banned.h"

static void link_to(struct buf *b, const char *rel, str type, str to)
{
	if (!to.n) return;
	buf_fmt(b, "<link rel=\"%s\"", rel);
	xml_attribute(b, " type", type);
	xml_attribute(b, " href", to);
	buf_lit(b, "/>\n");
}

static void author(struct buf *b, str name, str email)
{
	buf_lit(b, "<author>\n");
	xml_element(b, "name", name);
	xml_element(b, "email", email);
	buf_lit(b, "</author>\n");
}

static void text(struct buf *b, const char *name, const char *type, str s)
{
	if (!s.n) return;
	buf_fmt(b, "<%s type=\"%s\">", name, type);
	xml_text(b, s);
	buf_fmt(b, "</%s>\n", name);
}

static void term(struct buf *b, const struct feed_term *t)
{
	buf_lit(b, "<category");
	xml_attribute(b, " term", t->slug);
	xml_attribute(b, " label", t->name);
	buf_lit(b, "/>\n");
}

static void enclosure(struct buf *b, const struct feed_file *f)
{
	buf_lit(b, "<link rel=\"enclosure\"");
	xml_attribute(b, " type", f->type);
	buf_fmt(b, " length=\"%" PRId64 "\"", f->bytes);
	xml_attribute(b, " title", f->title);
	xml_attribute(b, " href", f->url);
	buf_lit(b, "/>\n");
}

static void entry(struct cx *cx, struct buf *b, const struct feed_entry *e)
{
	buf_lit(b, "<entry");
	xml_attribute(b, " xml:lang", e->language);
	buf_lit(b, ">\n");
	xml_element(b, "id", e->id);
	buf_lit(b, "<title>"); /* must be there, even where there is none */
	xml_text(b, e->title);
	buf_lit(b, "</title>\n");
	link_to(b, "alternate", S("text/html"), e->url);
	xml_element(b, "published", feed_time(cx, e->published));
	xml_element(b, "updated", feed_time(cx, feed_entry_updated(e)));
	if (e->author.n) author(b, e->author, e->email);
	for (size_t i = 0; i < e->terms_n; i++) term(b, &e->terms[i]);
	xml_element(b, "rights", e->licence);
	link_to(b, "license", S(""), e->licence_url);
	text(b, "summary", "text", e->summary);
	text(b, "content", "html", e->content);
	for (size_t i = 0; i < e->files_n; i++) enclosure(b, &e->files[i]);
	buf_lit(b, "</entry>\n");
}

void feed_atom(struct cx *cx, struct buf *b, const struct feed *f)
{
	buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"");
	xml_attribute(b, " xml:lang", f->language);
	buf_lit(b, ">\n");
	xml_element(b, "id", f->self);
	xml_element(b, "title", f->title);
	xml_element(b, "subtitle", f->about);
	xml_element(b, "updated", feed_time(cx, feed_updated(f)));
	author(b, f->author, S(""));
	link_to(b, "self", S("application/atom+xml"), f->self);
	link_to(b, "alternate", S("text/html"), f->home);
	for (size_t i = 0; i < f->entries_n; i++) entry(cx, b, &f->entries[i]);
	buf_lit(b, "</feed>\n");
}
