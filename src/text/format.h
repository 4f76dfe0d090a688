/* format: what people write, made html. The three formats of the publish form have one door, and everything that
 * leaves it has been through the sanitiser. Input is valid UTF-8 without NUL. */
#ifndef TEXT_FORMAT_H
#define TEXT_FORMAT_H

#include "base/cx.h"

enum format { FORMAT_PLAIN, FORMAT_MARKDOWN, FORMAT_HTML };

/* "plain", "markdown", "html"; false on any other word. */
bool format_parse(str word, enum format *out);
str format_name(enum format f);

/* Renders source to sanitised html. LIMIT when the result passes LIMIT_HTML. Headings in it start at h2, since a page
 * has its own h1; links get rel="nofollow ugc noopener"; ids are prefixed with the given prefix ("a12-") so that
 * texts on one page do not collide; prefix is [a-z0-9-]*. */
CHECKED err format_render(struct cx *cx, enum format f, str source, str id_prefix, html *out);

#endif
