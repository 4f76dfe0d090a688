/* sanitize_parts: the sanitiser's writer, in two files: what an element says of itself (sanitize_element.c), and
 * where elements stand (sanitize.c). */
#ifndef TEXT_SANITIZE_PARTS_H
#define TEXT_SANITIZE_PARTS_H

#include "base/buf.h"
#include "base/vec.h"
#include "text/elements.h"
#include "text/sanitize.h"
#include "text/tree.h"

/* An element that is being written. */
struct frame {
	const GumboNode *node; /* whose children are its contents; NULL: they stand already, or in the frame above */
	unsigned next;         /* child */
	str close;             /* the end tag's name; empty when only the contents are written */
	size_t start, content; /* where its start tag and its contents begin in the output */
	bool framed;           /* a table with a frame around it */
};

struct heading {
	size_t at; /* offset of the level's digit */
	int level;
};

struct writer {
	struct cx *cx;
	const struct sanitize_options *options;
	struct buf b;
	VEC(struct frame) stack;
	VEC(struct heading) headings;
	VEC(str) ids;
	size_t depth; /* of the elements that are open in the output; and how many of them are */
	size_t links, code, tables, bold, italic;
	size_t skip;  /* bytes of the next text that stand already, in a link before it */
	size_t pre;   /* where a <pre> start tag ended, or 0 */
};

/* A url attribute: the checked form, or nothing. What it may complain of is the author's business, not the reader's. */
bool element_url(struct writer *w, str value, url *out);

/* Writes the start tag; false, and nothing written, when the element would say nothing without attributes. */
bool element_start(struct writer *w, const struct element *e, const GumboElement *g);

/* A picture of this site, or a link in place of any other. */
void element_image(struct writer *w, const GumboElement *g);

/* A link in place of what would have been loaded; inside a link, which can't hold another, only its text. */
void element_stand_in(struct writer *w, str address, str text);

#endif
