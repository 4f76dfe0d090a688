/* clean: what a decode child does with CLEAN and STILLS: takes the files, locks itself, finds out what it has, hands it to the module whose format
 * it is, and answers. */
#ifndef DECODE_CLEAN_H
#define DECODE_CLEAN_H

#include "base/cx.h"

/* The whole life of such a child; type is that of the first message, still unread. Locked: the sandbox is entered on the way. */
CHECKED err clean_serve(struct cx *cx, uint32_t type, bool locked);

/* libvips on one thread of its own, without a cache; and the files that it may read, before it is. */
CHECKED err clean_start_vips(struct cx *cx);
CHECKED err clean_lock_files(struct cx *cx, int64_t memory, int64_t cpu_seconds);

#endif
