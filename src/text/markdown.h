/* markdown: CommonMark with GitHub's tables, autolinks, strikethrough, and footnotes (cmark-gfm). Its output is not
 * safe by itself: format_render passes it through the sanitiser. */
#ifndef TEXT_MARKDOWN_H
#define TEXT_MARKDOWN_H

#include "base/cx.h"

CHECKED err markdown_to_html(struct cx *cx, str source, str *out);

#endif
