/* markdown: CommonMark with GitHub's tables, autolinks, strikethrough, and footnotes (cmark-gfm). Its output is not
 * safe by itself: render_html passes it through the sanitiser. For one thread of a process only: the library keeps
 * what it is doing in tables of the whole process. */
#ifndef TEXT_MARKDOWN_H
#define TEXT_MARKDOWN_H

#include "base/cx.h"

CHECKED err markdown_to_html(struct cx *cx, str source, str *out);

#endif
