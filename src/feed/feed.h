/* feed: what a feed tells, whatever its format, and its three writers: RSS 2.0 (rssboard.org/rss-specification, with content:encoded, dc and atom
 * elements; the podcast's itunes ones where there is a cover), Atom (RFC 4287) and JSON Feed 1.1. Pure: from the struct to bytes.
 *
 * Times are told by their minute, whatever is given. Addresses are absolute. Strs may be empty, and what is empty is left out where the format lets it. Times are written in UTC. Feeds know no days,
 * only times: where the day alone is known, its time is noon UTC (text/date.h), so that nearly all readers' zones leave it on its day. Characters that XML 1.0
 * cannot hold are left out of RSS and Atom. */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "base/buf.h"

enum feed_form { FEED_NONE, FEED_RSS, FEED_ATOM, FEED_JSON };

struct feed_file {
	str url, type; /* type: a media type */
	str title;
	int64_t bytes;
	int64_t seconds; /* of sound and video, or 0 */
};

struct feed_term {
	str slug, name;
};

struct feed_entry {
	str id;      /* never changes; an address that leads to the entry, or a urn: */
	str url;
	str title;
	str summary; /* text */
	str content; /* html: the whole, or empty for one that is only introduced */
	str author, email;
	str language; /* BCP 47 */
	str licence, licence_url;
	int64_t published, updated; /* updated: 0 for what never was */
	struct feed_term *terms;
	size_t terms_n;
	struct feed_file *files;
	size_t files_n;
};

struct feed {
	str title, about, language, author;
	str home; /* the page it follows */
	str self; /* its own address */
	str cover; /* of a podcast: the address of its picture */
	struct feed_entry *entries; /* as they are to stand */
	size_t entries_n;
};

/* The media type, with its charset. */
str feed_type(enum feed_form form);

/* Of at most max bytes, or LIMIT. */
CHECKED err feed_write(struct cx *cx, enum feed_form form, const struct feed *f, size_t max, str *out);

/* A text of sanitised html (text/sanitize), with addresses that are whole wherever it is read: paths under site, "#..." under page. */
str feed_absolute(struct cx *cx, str text, str site, str page);

/* At most so many bytes does any of the writers make of s. */
size_t feed_cost(str s);

#endif
