/* shelf: what one listener's thread has at hand of the page cache, so that it answers without a lock what it answered before. A page on the shelf is
 * held; it is let go of when it is no longer true, when the cache has dropped it (within a second), or when another takes its place. Belongs to one
 * thread. */
#ifndef HTTP_SHELF_H
#define HTTP_SHELF_H

#include "http/cache_enter.h"

#define SHELF_PLACES 512

struct shelf {
	struct cache *cache; /* NULL: nothing is ever on it */
	struct page *at[SHELF_PLACES];
};

struct page *shelf_find(struct shelf *s, str key); /* NULL: not at hand. Not held for the caller: good until the next call */
void shelf_put(struct shelf *s, struct page *p);   /* one that the cache has given out under its key */
void shelf_sweep(struct shelf *s);                 /* once in a while: lets go of what is of no use any more */
void shelf_clear(struct shelf *s);

#endif
