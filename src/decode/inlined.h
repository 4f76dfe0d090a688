/* inlined: where a picture that stands within the words that draw a page may end (ISO 32000-1 8.9.7: ID, bytes, EI). By the word alone: what it is found in
 * may be bytes that only look so. Pure. */
#ifndef DECODE_INLINED_H
#define DECODE_INLINED_H

#include "base/str.h"

/* Where the next EI begins that may be the end of bytes that begin at from; content.n when there is none. */
size_t inlined_end(str content, size_t from);

#endif
