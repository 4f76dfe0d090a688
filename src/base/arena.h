/* arena: owns all memory of one request or job. Nothing in it is freed singly; it is emptied as a whole.
 *
 * Allocation cannot fail: out of memory, or past LIMIT_ARENA, aborts, which no stranger can cause because
 * every size that comes from outside has its own smaller limit. An arena belongs to one thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;
struct arena_mark {
	void *chunk;
	size_t used;
};

/* A new empty arena; the caller ends it with arena_free. */
struct arena *arena_new(void);
void arena_free(struct arena *a);

/* n zeroed bytes, aligned for any type. n may be 0. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull, malloc, alloc_size(2)));

/* n bytes, not zeroed, alignment 1: for text. */
char *arena_bytes(struct arena *a, size_t n) __attribute__((returns_nonnull, malloc, alloc_size(2)));

/* Grows the latest arena_bytes block in place when it can, else copies it. Returns the block's new address. */
char *arena_grow(struct arena *a, char *old, size_t old_n, size_t new_n) __attribute__((returns_nonnull));

/* Forgets everything, keeping at most LIMIT_ARENA_KEEP bytes for the next request. What was handed out is overwritten,
 * here and by arena_rewind; arena_free leaves that to free (wipe.h). */
void arena_reset(struct arena *a);

/* Scratch: what was allocated after the mark is gone after the rewind. */
struct arena_mark arena_mark(struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark m);

/* Bytes handed out since the last reset, for tests and metrics. */
size_t arena_used(const struct arena *a);

#endif
