/* cache: complete responses for anonymous GETs, keyed by path and normalised query. Each entry remembers the generation numbers
 * of what it depends on, taken before its data was read; a write bumps the generations it touches before its requester
 * is answered, so whoever wrote sees what was written. Bounded in bytes, least recently used goes first. Thread-safe.
 *
 * A page that is no longer true is kept until another takes its place, and shown when none can be made (the database is away, the queue is full):
 * better yesterday's front page than none. But only when all that changed since was added (cache_bump); not after something was taken back
 * (cache_forbid). A page is late when nothing was added but to what it shows beside its own matter: whoever asks while another is made has the late one.
 *
 * Generations live in a fixed table of counters indexed by a hash of the key: two keys sharing a counter only means a page
 * rendered once more than needed. */
#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include "base/cx.h"

struct cache;

#define CACHE_DEPS_MAX 32
struct cache_deps {
	struct {
		uint32_t slot;
		uint32_t generation, forbidden;
		bool aside; /* shown beside the page's own matter */
	} at[CACHE_DEPS_MAX];
	size_t n;
	bool overflow; /* more than fit: not cacheable */
};

struct cache *cache_new(size_t max_bytes);
void cache_free(struct cache *c);

/* Keys are made by the caller: cache_key(KIND, number). */
static inline uint64_t cache_key(uint32_t kind, id number) { return (uint64_t)kind << 56 ^ (uint64_t)number; }
void cache_bump(struct cache *c, uint64_t key);   /* something was added to it */
void cache_forbid(struct cache *c, uint64_t key); /* what was shown of it must not be shown any more */
uint32_t cache_generation(struct cache *c, uint64_t key, uint32_t *slot, uint32_t *forbidden);

struct cache_stats {
	uint64_t hits, misses, stale, evictions, older, bytes, entries; /* older: answers by pages of before */
};
struct cache_stats cache_stats(struct cache *c);

#endif
