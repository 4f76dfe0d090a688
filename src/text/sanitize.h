/* sanitize: the only maker of html from outside. Parses as the WHATWG HTML standard does (gumbo, fragment in body),
 * keeps an allow-list of elements, attributes and URL schemes, drops the rest (script, style and the like with their
 * contents), and writes the tree out anew, so that no browser reads it otherwise than we did. Idempotent. */
#ifndef TEXT_SANITIZE_H
#define TEXT_SANITIZE_H

#include "base/cx.h"

struct sanitize_options {
	str id_prefix;      /* put before every id, href="#..." and aria reference */
	int heading_shift;  /* h1 becomes h(1+shift), at most h6 */
	bool drop_images;   /* pictures from elsewhere are never loaded: <img> becomes a link to its address */
};

CHECKED err sanitize_html(struct cx *cx, str source, const struct sanitize_options *o, html *out);

/* For html that we stored ourselves after sanitising it: takes the type back without work. */
html html_trusted(str stored);

#endif
