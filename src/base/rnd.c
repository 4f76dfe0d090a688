/* Kernel randomness, or SplitMix64 from a seed for tests that must repeat. */
#include "base/rnd.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/must.h"
#include "base/banned.h"

static uint64_t next(struct rnd *r)
{
	uint64_t z = (r->seed += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void rnd_bytes(struct rnd *r, void *p, size_t n)
{
	char *at = p;
	while (n) {
		if (r->seed) {
			uint64_t v = next(r);
			size_t part = n < sizeof v ? n : sizeof v;
			memcpy(at, &v, part);
			at += part;
			n -= part;
			continue;
		}
		ssize_t got = getrandom(at, n, 0);
		MUST(got > 0 || errno == EINTR);
		if (got > 0) at += got, n -= (size_t)got;
	}
}

uint64_t rnd_below(struct rnd *r, uint64_t below)
{
	MUST(below > 0);
	uint64_t limit = UINT64_MAX - UINT64_MAX % below, v;
	do rnd_bytes(r, &v, sizeof v);
	while (v >= limit);
	return v % below;
}
