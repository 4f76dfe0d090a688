/* elements: the allow-list of the sanitiser. What is not in it loses its tags and keeps its contents. For use inside text/ only. */
#ifndef TEXT_ELEMENTS_H
#define TEXT_ELEMENTS_H

#include "base/str.h"

enum fate {
	FATE_UNWRAP, /* the tags go, the contents stay */
	FATE_KEEP,
	FATE_VOID,   /* kept, and has no contents */
	FATE_DROP,   /* goes with its contents */
	FATE_IMAGE,  /* shown, or linked, as the options say; no contents */
	FATE_MEDIA,  /* a link to what it would have loaded, before its contents */
	FATE_FRAME,  /* the same, but its contents go: browsers never show them */
};

/* The attributes that an element may have beside the global ones. */
enum {
	MAY_HREF = 1 << 0,
	MAY_CITE = 1 << 1,
	MAY_DATETIME = 1 << 2,
	MAY_SPAN_CELLS = 1 << 3,
	MAY_SCOPE = 1 << 4,
	MAY_COUNT = 1 << 5,   /* ol: start, reversed, type */
	MAY_VALUE = 1 << 6,   /* li */
	MAY_OPEN = 1 << 7,    /* details */
	NEEDS_ANY = 1 << 8,   /* without an attribute it says nothing and is unwrapped */
	NEEDS_DIR = 1 << 9,   /* bdo */
	IS_HEADING = 1 << 10,
	KEEPS_LINE_ENDS = 1 << 11, /* pre: a parser drops a line end right behind its start tag */
};

struct element {
	const char *name;
	const char *as; /* the name it is written under */
	enum fate fate;
	unsigned may;
};

/* Never NULL: a name that is not listed gives an element to unwrap. */
const struct element *element_find(str name);

#endif
