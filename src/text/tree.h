/* tree: HTML parsed as browsers parse it (gumbo, a fragment in body), within bounds of memory, nesting and attributes.
 * For use inside text/ only; archive's readers of whole pages may use it too. */
#ifndef TEXT_TREE_H
#define TEXT_TREE_H

#include <gumbo.h>

#include "base/cx.h"

struct tree;

/* Parses source, which must outlive the tree. LIMIT when it is nested too deeply or would need too much memory. */
CHECKED err tree_parse(struct cx *cx, str source, struct tree **out);
void tree_free(struct tree *t);

/* The element whose children are the fragment's top level. */
const GumboNode *tree_root(const struct tree *t);

/* An element's name in lower case: views gumbo's table, or the source through the arena where gumbo has no name for it. */
str tree_name(struct cx *cx, const GumboElement *e);

/* An attribute's value; p is NULL when there is none. */
str tree_attribute(const GumboElement *e, const char *name);

#endif
