/* excerpt: text out of html, for summaries, feeds, search and descriptions. */
#ifndef TEXT_EXCERPT_H
#define TEXT_EXCERPT_H

#include "base/cx.h"

/* The readable text of h, blocks parted by line ends, white space folded. */
str excerpt_text(struct cx *cx, html h);

/* At most max characters of text, cut at a word with an ellipsis when shortened. */
str excerpt_clip(struct cx *cx, str text, size_t max);

#endif
