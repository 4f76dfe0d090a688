/* plain: text as typed, made html: blank lines part paragraphs, a single line end is kept as <br>, and web and mail
 * addresses become links. No parser of HTML is needed to make it safe: nothing of the text is written but escaped,
 * less what no text may hold (text/chars.h), or as an address that url_check agreed to. What comes out is to the byte
 * what the sanitiser would make of it. LIMIT when it passes LIMIT_HTML. */
#ifndef TEXT_PLAIN_H
#define TEXT_PLAIN_H

#include "base/cx.h"

CHECKED err plain_to_html(struct cx *cx, str source, html *out);

#endif
