/* tree: HTML parsed as browsers parse it (gumbo, as the contents of a page's body), within bounds of memory, nesting
 * and attributes. gumbo may abort all the same: for use inside text/sanitize and its tests only. */
#ifndef TEXT_TREE_H
#define TEXT_TREE_H

#include <gumbo.h>

#include "base/cx.h"

struct tree;

/* Parses source. LIMIT when it is nested too deeply or would need too much memory. */
CHECKED err tree_parse(struct cx *cx, str source, struct tree **out);
void tree_free(struct tree *t);

/* The element whose children, from TREE_FIRST on, are the source's top level. */
#define TREE_FIRST 1
const GumboNode *tree_root(const struct tree *t);

/* An element's name in lower case: views gumbo's table, or the source through the arena where gumbo has no name for
 * it. */
str tree_name(struct cx *cx, const GumboElement *e);

/* An attribute's value; p is NULL when there is none. */
str tree_attribute(const GumboElement *e, const char *name);

#endif
