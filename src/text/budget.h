/* budget: memory for a library that cannot be told to stop. What it allocates comes out of an arena of its own, at most
 * so many bytes; the allocation that would pass them does not return but jumps out of the library, whose half-built
 * work then goes away with the arena. For use inside text/ only.
 *
 *     struct budget b;
 *     budget_open(&b, bytes);
 *     if (setjmp(b.out) == 0) ... call the library ...; else ... it was too much ...
 *     budget_close(&b);
 *
 * The library must hold no lock of its own and no memory from elsewhere while it allocates: both libraries here are such. */
#ifndef TEXT_BUDGET_H
#define TEXT_BUDGET_H

#include <setjmp.h>
#include <stddef.h>

struct arena;

struct budget {
	struct arena *arena;
	size_t left;
	jmp_buf out;
};

/* What reading n bytes of source may cost: a multiple of n that honest text stays far below. */
size_t budget_for(size_t n);

void budget_open(struct budget *b, size_t bytes);
void budget_close(struct budget *b);

/* n zeroed bytes, aligned for any type; jumps to b->out when they are more than is left. */
void *budget_take(struct budget *b, size_t n);

/* Jumps to b->out. */
_Noreturn void budget_spent(struct budget *b);

#endif
