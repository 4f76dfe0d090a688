/* wipe: what people sent is not to be found in this process's memory minutes after they were answered. Three places keep what nobody needs any more:
 *
 *   the heap    freed.c, which is part of the program itself and of no library, puts a `free` and a `realloc` of ours before the C library's, for
 *               every library in the process: a block is overwritten before it is given back. Not in sanitizers' builds, which have their own.
 *   arenas      are overwritten when they are emptied (arena.h).
 *   stacks      by wipe_stack, which every thread that touches requests calls within WIPE_AFTER of the first one since it last did.
 *
 * Connections to the database keep more; db_forget (db/db.h) is called together with wipe_stack. Beyond reach are the kernel's buffers of sockets
 * and files, registers, and what was swapped out: that the manual says. */
#ifndef BASE_WIPE_H
#define BASE_WIPE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"

#define WIPE_AFTER (15 * SECOND)
#define WIPE_PIECE 1024

/* Overwrites n bytes, whatever the compiler thinks of their use. In pieces for which the C library uses vectors: for longer ones it uses an instruction
 * that is hardly faster, and that valgrind counts once for each byte, so that bench/instructions would show a cost where there is none. */
static inline void wipe_bytes(void *p, size_t n)
{
	char *at = p;
	for (; n > WIPE_PIECE; at += WIPE_PIECE, n -= WIPE_PIECE) explicit_bzero(at, WIPE_PIECE);
	explicit_bzero(at, n);
}

/* A thread's. */
struct wipe {
	int64_t since;    /* it has had something to forget since then, monotonic; 0: nothing */
	uintptr_t lowest; /* of its stack */
};

/* First of all, on the thread itself. */
void wipe_begin(struct wipe *w);

static inline void wipe_touched(struct wipe *w)
{
	if (!w->since) w->since = clock_monotonic();
}

/* Microseconds until it must forget, or less than none. Only where w->since is set. */
static inline int64_t wipe_left(const struct wipe *w) { return w->since + WIPE_AFTER - clock_monotonic(); }

/* Overwrites or gives back all of the calling thread's stack that no function uses at the moment, and allocates nothing; then there is nothing more to forget. */
void wipe_stack(struct wipe *w);

#endif
