/* place: where in a text a file stands: {{file 2}}, on a line of its own, is the second file of the article. Pure; linear. */
#ifndef TEXT_PLACE_H
#define TEXT_PLACE_H

#include "base/cx.h"

/* Plain text and Markdown as typed, with a blank line around each mark that stands alone on its line, so that it becomes a paragraph of its own. LIMIT past
 * twice the source. */
CHECKED err place_apart(struct cx *cx, str source, str *out);

/* The next paragraph of sanitised html, from offset `from`, that is a mark and nothing else: [*start, *end) is the paragraph, *number what it says, from 1.
 * False when there is none. What is no paragraph, or says more, stays text. */
bool place_next(html h, size_t from, size_t *start, size_t *end, int *number);

/* Text without its marks: for summaries. */
str place_without(struct cx *cx, str text);

#endif
