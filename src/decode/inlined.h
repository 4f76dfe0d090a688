/* inlined: where pictures may stand within the words that draw a page (ISO 32000-1 8.9.7: BI, keys, ID, bytes, EI). By the words alone: what they
 * are found in may be text or bytes that only look so. Pure. */
#ifndef DECODE_INLINED_H
#define DECODE_INLINED_H

#include "base/str.h"

struct inlined {
	str keys;          /* between BI and ID */
	size_t from, data; /* where the keys begin, and the bytes */
};

/* The next at *at or behind it, which moves to its bytes; false when there is none. */
bool inlined_next(str content, size_t *at, struct inlined *out);

/* Where the next EI begins that may be the end of bytes that begin at from; content.n when there is none. */
size_t inlined_end(str content, size_t from);

#endif
