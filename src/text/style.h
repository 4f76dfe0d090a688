/* style: what an inline style says that HTML has an element for. Everything else of it is dropped with it. Pure. */
#ifndef TEXT_STYLE_H
#define TEXT_STYLE_H

#include "base/str.h"

enum {
	STYLE_BOLD = 1 << 0,
	STYLE_NOT_BOLD = 1 << 1,
	STYLE_ITALIC = 1 << 2,
	STYLE_NOT_ITALIC = 1 << 3,
	STYLE_STRUCK = 1 << 4,
	STYLE_RAISED = 1 << 5,
	STYLE_LOWERED = 1 << 6,
};

/* The declarations of a style attribute (CSS Style Attributes 3), as far as they can be read at a glance; of two that
 * say otherwise the later. */
unsigned style_read(str style);

#endif
