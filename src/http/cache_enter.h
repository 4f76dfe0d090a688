/* cache_enter: the server's side of the page cache: looking up, and rendering a page once however many ask for it at the same time. */
#ifndef HTTP_CACHE_ENTER_H
#define HTTP_CACHE_ENTER_H

#include "http/cache.h"
#include "http/page.h"

/* One request's place in the cache: as the leader of a flight (it renders) or among those who wait for it. Lives inside the request. */
struct cache_seat {
	str key; /* must live as long as the flight: until cache_land, or until handed back by it */
	uint64_t hash;
	struct cache_seat *next;    /* leader: the next flight; waiting: the next one waiting */
	struct cache_seat *waiting; /* leader: who waits */
	struct cache_seat *early;   /* leader: of those who wait, the first who came before the rendering began */
	bool leads;                 /* cache_land made one that waited the next leader */
};

enum cache_entry { CACHE_HIT, CACHE_LEAD, CACHE_WAIT };

/* HIT: *page, held for the caller, true or, while another is made, late. LEAD: the caller renders and must call cache_land whatever comes of it. WAIT: the leader's cache_land hands the seat back. */
enum cache_entry cache_enter(struct cache *c, str key, struct cache_seat *seat, struct page **page);

/* For pages at hand (http/shelf.h): a key's hash, and whether what a page shows is still so. No lock. */
uint64_t cache_hash(struct cache *c, str key);
bool cache_is_true(struct cache *c, const struct page *p);

/* A page that is no longer true but may still be shown, held; or NULL. */
struct page *cache_older(struct cache *c, str key);

/* Ends the leader's flight. page may be NULL: nothing cacheable came of it. Else it is kept when nothing it depends on has changed since its data was
 * read, or only what makes it late; and it is for all who came before that, kept or not. Whoever came later, and was not served, has a new leader: however often a page changes
 * while it is rendered, a crowd costs one rendering at a time, and nobody waits for more than two. */
struct cache_landed {
	struct cache_seat *served; /* those whom the page is for */
	struct cache_seat *again;  /* to be rendered for: one that leads the others, or, where there is no page, each on its own */
};
struct cache_landed cache_land(struct cache *c, struct cache_seat *leader, struct page *page);

#endif
