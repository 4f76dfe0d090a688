/* plain: text as typed, made HTML: blank lines part paragraphs, a single line end is kept as <br>, and web and mail addresses become
 * links. Escaped, but typed str: format_render passes it through the sanitiser like the others. */
#ifndef TEXT_PLAIN_H
#define TEXT_PLAIN_H

#include "base/cx.h"

CHECKED err plain_to_html(struct cx *cx, str source, str *out);

#endif
