/* gumbo and cmark-gfm build trees whose size a hostile text can make grow with the square of its length, and neither
 * has a limit to set. Their allocator is the one place where they can be held. */
#include "text/budget.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/banned.h"

#define PER_BYTE 224 /* a tree node and its buffers for every other byte of source */
#define LEAST (4 * MIB)
#define MOST (192 * MIB) /* below LIMIT_ARENA, which aborts */

size_t budget_for(size_t n)
{
	if (n >= (MOST - LEAST) / PER_BYTE) return MOST;
	return LEAST + n * PER_BYTE;
}

void budget_open(struct budget *b, size_t bytes)
{
	b->arena = arena_new();
	b->left = bytes;
}

void budget_close(struct budget *b)
{
	arena_free(b->arena);
	b->arena = NULL;
}

void *budget_take(struct budget *b, size_t n)
{
	if (n > b->left || b->left - n < 16) budget_spent(b);
	b->left -= n + 16; /* alignment is paid for too */
	return arena_alloc(b->arena, n);
}

void budget_spent(struct budget *b) { longjmp(b->out, 1); }
