/* Chunks of growing size in a list; the newest serves. In sanitizer builds what is not handed out is
 * poisoned, with a gap after each block, so that an overrun inside an arena is still seen. What is
 * taken back into a chunk that stays is overwritten at once: the arena's next request may come much later, and use less
 * of it. A chunk that goes is overwritten by free itself (wipe.h). */
#define OWNS_MEMORY
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/wipe.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define GAP 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

#include "base/banned.h"

#define FIRST_CHUNK (16 * KIB)
#define ALIGN 16

struct chunk {
	struct chunk *older;
	size_t size, used;
	_Alignas(ALIGN) char data[];
};

struct arena {
	struct chunk *newest;
	size_t total; /* bytes of all chunks */
	size_t handed;
};

static struct chunk *chunk_new(struct arena *a, size_t size)
{
	MUST(size <= LIMIT_ARENA && a->total + size <= LIMIT_ARENA);
	struct chunk *c = malloc(sizeof *c + size);
	MUST(c != NULL);
	c->older = a->newest;
	c->size = size;
	c->used = 0;
	POISON(c->data, size);
	a->newest = c;
	a->total += size;
	return c;
}

/* What was handed out from `from` on is nobody's any more. */
static void chunk_wipe(struct chunk *c, size_t from)
{
	UNPOISON(c->data + from, c->used - from);
	wipe_bytes(c->data + from, c->used - from);
	c->used = from;
}

static void chunk_drop(struct arena *a)
{
	struct chunk *c = a->newest;
	a->newest = c->older;
	a->total -= c->size;
	UNPOISON(c->data, c->size);
	free(c);
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof *a);
	MUST(a != NULL);
	chunk_new(a, FIRST_CHUNK);
	return a;
}

void arena_free(struct arena *a)
{
	if (!a) return;
	while (a->newest) chunk_drop(a);
	free(a);
}

static char *take(struct arena *a, size_t n, size_t align)
{
	MUST(n <= LIMIT_ARENA);
	struct chunk *c = a->newest;
	size_t at = (c->used + align - 1) & ~(align - 1);
	if (at > c->size || c->size - at < n + GAP) {
		size_t size = c->size * 2;
		if (size > 4 * MIB) size = 4 * MIB;
		if (size < n + GAP) size = n + GAP;
		c = chunk_new(a, size);
		at = 0;
	}
	c->used = at + n + GAP;
	a->handed += n;
	UNPOISON(c->data + at, n);
	return c->data + at;
}

void *arena_alloc(struct arena *a, size_t n)
{
	char *p = take(a, n, ALIGN);
	memset(p, 0, n);
	return p;
}

char *arena_bytes(struct arena *a, size_t n) { return take(a, n, 1); }

char *arena_grow(struct arena *a, char *old, size_t old_n, size_t new_n)
{
	MUST(new_n >= old_n && new_n <= LIMIT_ARENA);
	struct chunk *c = a->newest;
	if (old && old + old_n + GAP == c->data + c->used && (size_t)(old - c->data) + new_n + GAP <= c->size) {
		c->used = (size_t)(old - c->data) + new_n + GAP;
		a->handed += new_n - old_n;
		UNPOISON(old, new_n);
		POISON(old + new_n, GAP);
		return old;
	}
	char *p = take(a, new_n, 1);
	if (old_n) memcpy(p, old, old_n);
	return p;
}

void arena_reset(struct arena *a)
{
	while (a->newest->older) chunk_drop(a);
	if (a->newest->size > (size_t)LIMIT_ARENA_KEEP) {
		chunk_drop(a);
		chunk_new(a, FIRST_CHUNK);
	}
	chunk_wipe(a->newest, 0);
	a->handed = 0;
	POISON(a->newest->data, a->newest->size);
}

struct arena_mark arena_mark(struct arena *a) { return (struct arena_mark){ a->newest, a->newest->used }; }

void arena_rewind(struct arena *a, struct arena_mark m)
{
	while (a->newest != m.chunk) {
		chunk_drop(a);
		MUST(a->newest != NULL);
	}
	MUST(m.used <= a->newest->used);
	chunk_wipe(a->newest, m.used);
	POISON(a->newest->data + m.used, a->newest->size - m.used);
}

size_t arena_used(const struct arena *a) { return a->handed; }
