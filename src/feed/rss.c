/* RSS 2.0. Its readers take one enclosure an item: the first file. */
#include <inttypes.h>

#include "feed/writers.h"
#include "text/date.h"
#include "base/banned.h"

static void link_to(struct buf *b, const char *rel, const char *type, str to)
{
	if (!to.n) return;
	buf_fmt(b, "<atom:link rel=\"%s\"", rel);
	xml_attribute(b, " type", str_of(type));
	xml_attribute(b, " href", to);
	buf_lit(b, "/>\n");
}

static void enclosure(struct cx *cx, struct buf *b, const struct feed_file *f, bool podcast)
{
	buf_lit(b, "<enclosure");
	xml_attribute(b, " url", f->url);
	buf_fmt(b, " length=\"%" PRId64 "\"", f->bytes);
	xml_attribute(b, " type", f->type);
	buf_lit(b, "/>\n");
	if (podcast) xml_element(b, "itunes:duration", str_fmt(cx, "%" PRId64, f->seconds));
}

static void item(struct cx *cx, struct buf *b, const struct feed_entry *e, bool podcast)
{
	buf_lit(b, "<item>\n");
	xml_element(b, "title", e->title);
	xml_element(b, "link", e->url);
	buf_fmt(b, "<guid isPermaLink=\"%s\">", str_starts(e->id, S("http")) ? "true" : "false");
	xml_text(b, e->id);
	buf_lit(b, "</guid>\n");
	xml_element(b, "pubDate", date_http(cx, clock_minute(e->published)));
	if (e->updated) xml_element(b, "atom:updated", feed_time(cx, e->updated));
	xml_element(b, "dc:creator", e->author);
	if (podcast) xml_element(b, "itunes:author", e->author);
	if (e->email.n) xml_element(b, "author", str_fmt(cx, STR_FMT " (" STR_FMT ")", STR_ARG(e->email), STR_ARG(e->author)));
	xml_element(b, "dc:language", e->language);
	xml_element(b, "dc:rights", e->licence);
	link_to(b, "license", "", e->licence_url);
	for (size_t i = 0; i < e->terms_n; i++) xml_element(b, "category", e->terms[i].name);
	/* An item has a title or a description. */
	xml_element(b, "description", e->summary.n || e->title.n ? e->summary : e->content);
	xml_element(b, "content:encoded", e->content);
	if (e->files_n) enclosure(cx, b, &e->files[0], podcast);
	buf_lit(b, "</item>\n");
}

static void podcast_head(struct buf *b, const struct feed *f)
{
	xml_element(b, "itunes:author", f->author);
	buf_lit(b, "<itunes:image");
	xml_attribute(b, " href", f->cover);
	buf_lit(b, "/>\n<itunes:explicit>false</itunes:explicit>\n<itunes:category text=\"News\"/>\n");
}

void feed_rss(struct cx *cx, struct buf *b, const struct feed *f)
{
	bool podcast = f->cover.n > 0;
	buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
	           "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"");
	if (podcast) buf_lit(b, " xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"");
	buf_lit(b, ">\n<channel>\n");
	xml_element(b, "title", f->title);
	xml_element(b, "link", f->home);
	xml_element(b, "description", f->about.n ? f->about : f->title);
	xml_element(b, "language", f->language);
	if (f->entries_n) xml_element(b, "lastBuildDate", date_http(cx, clock_minute(feed_updated(f))));
	link_to(b, "self", "application/rss+xml", f->self);
	if (podcast) podcast_head(b, f);
	for (size_t i = 0; i < f->entries_n; i++) item(cx, b, &f->entries[i], podcast);
	buf_lit(b, "</channel>\n</rss>\n");
}
