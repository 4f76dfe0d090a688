/* render: what people write, made html. All formats have this one door, and what is markup has been through the
 * sanitiser when it leaves it. Input is valid UTF-8 without NUL. Not for programs that must go on: what parses markup
 * may abort (text/sanitize); they ask read/reader. */
#ifndef TEXT_RENDER_H
#define TEXT_RENDER_H

#include "text/format.h"

/* LIMIT when the result passes LIMIT_HTML, or the source is nested or marked up as no text is. Headings in it start
 * at h2, since a page has its own h1; links get rel="nofollow ugc noopener"; ids are prefixed with the given prefix
 * ("a12-") so that texts on one page do not collide; prefix is [a-z0-9-]*. */
CHECKED err render_html(struct cx *cx, enum format f, str source, str id_prefix, html *out);

#endif
