/* nesting: whether a browser's parser would leave elements where they are written. HTML closes some elements without
 * being told to (an open <li> where another begins), and moves others (a <div> between <table> and <tr>): a tree that
 * is balanced as text may come out with its end tags closing what stands around it. Here it may not: every rule of
 * the standard's tree construction (13.2.6.4.7 to 15) that closes or moves anything which text/elements lets through
 * is refused, so that what is balanced here is a tree of the same shape there. Pure; for use inside text/ only. */
#ifndef TEXT_NESTING_H
#define TEXT_NESTING_H

#include "text/elements.h"

/* May e begin inside open[0] to open[n - 1], the innermost last? */
bool nesting_may_begin(const struct element *const *open, size_t n, const struct element *e);

/* May words stand there? White space always may. */
bool nesting_may_hold_text(const struct element *const *open, size_t n);

#endif
