/* demo: reads the invented content of `broadside init --demo` (the folder demo/, described in demo/README). A file is one part or several;
 * a part is header fields ("Name: value"), a blank line, and a body; a line "%%% word" begins the next part.
 *
 * Pure; texts are views of the bytes given, which must be UTF-8. INVALID names the line. */
#ifndef ARCHIVE_DEMO_H
#define ARCHIVE_DEMO_H

#include "base/cx.h"

struct demo_field {
	str name, value;
};

struct demo_part {
	str word; /* what stood after "%%%"; empty for the first part */
	int line; /* where it begins */
	struct demo_field *fields;
	size_t fields_n;
	str body; /* without blank lines at its ends */
};

struct demo_parts {
	struct demo_part *at;
	size_t n;
};

CHECKED err demo_parse(struct cx *cx, str bytes, struct demo_parts *out);

/* The first field of this name (ASCII case aside), or the empty str; demo_field_next gives every one: start with *i = 0. */
str demo_field(const struct demo_part *p, str name);
bool demo_field_next(const struct demo_part *p, str name, size_t *i, str *value);

/* "3 14:20": three days before the day of now (UTC) at 14:20; later than now counts as a minute before now. */
CHECKED err demo_when(struct cx *cx, str value, int64_t now, int64_t *out);

struct demo_comment {
	str title, author, email, format, body;
	int64_t posted;
	str hidden, note; /* slug of the reason, and the editors' note; empty: shown */
};

#define DEMO_TOPICS 8
#define DEMO_SEE_ALSO 10

struct demo_article {
	str title, summary, body;
	str type, region, licence; /* slugs; region and licence may be empty */
	str topics[DEMO_TOPICS];
	size_t topics_n;
	bool local, feature, verified, locked;
	str author, email;
	str format;   /* "plain" when the file does not say */
	str language; /* "en" when the file does not say */
	int64_t posted;
	str source, source_url;
	int64_t source_day; /* noon UTC of a day, or 0 */
	str see_also[DEMO_SEE_ALSO];
	size_t see_also_n;
	str picture, picture_alt, picture_caption; /* picture: the name of a file of demo/pictures, or empty */
	str hidden, note;
	struct demo_comment *comments;
	size_t comments_n;
};

/* A file of demo/articles. An unknown or missing field is INVALID. */
CHECKED err demo_article(struct cx *cx, str bytes, int64_t now, struct demo_article *out);

/* A line of a links block: "Text | address | detail", the last two optional; "# Text" is a heading. */
struct demo_link {
	str text, url, detail;
	bool heading;
};
bool demo_link_next(str *body, struct demo_link *out);

/* "housing = Housing", as demo/site.txt lists topics and regions: false when there is no " = ". */
bool demo_pair(str value, str *slug, str *name);

/* The files of demo/ but its README, which the build puts into the binary: "articles/....txt", "pages/about.txt", "pictures/....webp",
 * "demo/blocks.txt", "demo/site.txt"; ended by a NULL name. */
struct demo_file {
	const char *name;
	const unsigned char *bytes;
	size_t n;
};
extern const struct demo_file demo_files[];

#endif
