/* writers: what the three formats share, for feed.c and the writers alone. */
#ifndef FEED_WRITERS_H
#define FEED_WRITERS_H

#include "base/cx.h"
#include "feed/feed.h"

void feed_rss(struct cx *cx, struct buf *b, const struct feed *f);
void feed_atom(struct cx *cx, struct buf *b, const struct feed *f);
void feed_json(struct cx *cx, struct buf *b, const struct feed *f);

str feed_time(struct cx *cx, int64_t t); /* RFC 3339, in UTC */
int64_t feed_entry_updated(const struct feed_entry *e);
int64_t feed_updated(const struct feed *f); /* when anything in it last was; 0: it has nothing */

/* XML 1.0. Text is escaped. An element or attribute without text is not written. name: "title"; of an attribute with the space before it, " href". */
void xml_text(struct buf *b, str s);
void xml_element(struct buf *b, const char *name, str text);
void xml_attribute(struct buf *b, const char *name, str value);

#endif
