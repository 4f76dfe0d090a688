/* sanitize: makes html of what strangers wrote. Parses as the WHATWG HTML standard does (gumbo, as the contents of
 * body), keeps an allow-list of elements, attributes and URL schemes, drops the rest (script, style and the like with
 * their contents), and writes the tree out anew, so that no browser reads it otherwise than we did. Idempotent under
 * the same options. LIMIT when the source is nested deeper than any text is, or the output passes LIMIT_HTML. The
 * classes that can stand in the output: footnotes, footnote-ref, footnote-backref; align-left, align-center,
 * align-right on table cells.
 *
 * gumbo may abort on what strangers send (its assertions are switched on in Debian, and it has no upstream to mend
 * them): so this runs in broadside-read, in tests and in fuzzers, and nowhere else (read/reader.h). */
#ifndef TEXT_SANITIZE_H
#define TEXT_SANITIZE_H

#include "base/cx.h"

struct sanitize_options {
	str id_prefix;      /* put before every id, href="#..." and aria reference that hasn't it yet; empty: no ids at all */
	int heading_shift;  /* 0 to 5: when the highest heading is above h(1+shift), all move down so that it is that; at most h6 */
	bool find_links;    /* addresses in text become links, as text/links finds them, but in code; those that Markdown made end where it says */
	bool drop_images;   /* pictures from elsewhere are never loaded: <img> becomes a link to its address; /media/{sha256}/... stays */
};

CHECKED err sanitize_html(struct cx *cx, str source, const struct sanitize_options *o, html *out);

#endif
