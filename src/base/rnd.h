/* rnd: where randomness comes from: the kernel (getrandom(2)), or, in tests only, a seeded sequence that repeats. */
#ifndef BASE_RND_H
#define BASE_RND_H

#include <stddef.h>
#include <stdint.h>

struct rnd {
	uint64_t seed; /* 0: the kernel */
};

void rnd_bytes(struct rnd *r, void *p, size_t n);

/* Uniform in [0, below); below > 0. */
uint64_t rnd_below(struct rnd *r, uint64_t below);

#endif
