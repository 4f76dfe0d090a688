/* markdown_html: what becomes of HTML that stands in a Markdown text. Tags that mean something here stay for the
 * sanitiser; a tag that it would drop, or does not know, was written about and not meant: "Use the <script> tag"
 * keeps its word, and the rest of its text. So does a comment that never ends. For use by text/markdown alone. */
#ifndef TEXT_MARKDOWN_HTML_H
#define TEXT_MARKDOWN_HTML_H

#include <cmark-gfm.h>

#include "base/cx.h"

/* Changes the tree of a text in place. parse reads further Markdown in the same memory: what stands behind a tag that
 * would have kept it from being read. */
void markdown_html_settle(struct cx *cx, cmark_node *root, cmark_mem *memory, cmark_node *(*parse)(str source));

#endif
