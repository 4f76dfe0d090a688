/* Shards, each a hash table, a list by last use and a mutex, so that threads seldom meet. What strangers choose (addresses) is hashed under
 * a random key. Whether a page is still true is asked when it is looked up: a write only counts up, and never walks the cache. */
#define OWNS_MEMORY
#include "http/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/must.h"
#include "http/cache_enter.h"
#include "base/banned.h"

#define SHARDS 16
#define BUCKETS 1024
#define GENERATIONS 65536

struct shard {
	pthread_mutex_t mutex;
	struct page *bucket[BUCKETS];
	struct page *newest, *oldest;
	struct cache_seat *flights;
	size_t bytes, entries;
};

struct cache {
	unsigned char hash_key[crypto_shorthash_KEYBYTES];
	size_t shard_bytes;
	struct shard shard[SHARDS];
	atomic_uint_least32_t generation[GENERATIONS], forbidden[GENERATIONS];
	atomic_uint_least64_t hits, misses, stale, evictions, older;
};

struct cache *cache_new(size_t max_bytes)
{
	MUST(sodium_init() >= 0);
	struct cache *c = calloc(1, sizeof *c);
	MUST(c != NULL);
	crypto_shorthash_keygen(c->hash_key);
	c->shard_bytes = max_bytes / SHARDS;
	for (int i = 0; i < SHARDS; i++) pthread_mutex_init(&c->shard[i].mutex, NULL);
	return c;
}

/* Generations. A key's counter is found by mixing its bits; the increment is seen by whoever looks up after it returned. */

static uint32_t slot_of(uint64_t key)
{
	key = (key ^ key >> 33) * UINT64_C(0xff51afd7ed558ccd);
	key = (key ^ key >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t)((key ^ key >> 33) % GENERATIONS);
}

void cache_bump(struct cache *c, uint64_t key)
{
	if (c) atomic_fetch_add(&c->generation[slot_of(key)], 1);
}

void cache_forbid(struct cache *c, uint64_t key)
{
	if (!c) return;
	atomic_fetch_add(&c->forbidden[slot_of(key)], 1);
	cache_bump(c, key);
}

uint32_t cache_generation(struct cache *c, uint64_t key, uint32_t *slot, uint32_t *forbidden)
{
	*slot = slot_of(key);
	*forbidden = (uint32_t)atomic_load(&c->forbidden[*slot]);
	return (uint32_t)atomic_load(&c->generation[*slot]);
}

/* late_will_do: what is shown beside the page's own matter may have been added to. */
static bool is_still_so(struct cache *c, const struct cache_deps *d, bool late_will_do)
{
	for (size_t i = 0; i < d->n; i++) {
		uint32_t slot = d->at[i].slot;
		if (atomic_load(&c->generation[slot]) == d->at[i].generation) continue;
		if (!late_will_do || !d->at[i].aside || atomic_load(&c->forbidden[slot]) != d->at[i].forbidden) return false;
	}
	return !d->overflow;
}

static bool may_be_shown(struct cache *c, const struct cache_deps *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (atomic_load(&c->forbidden[d->at[i].slot]) != d->at[i].forbidden) return false;
	return !d->overflow;
}

bool cache_is_true(struct cache *c, const struct page *p) { return is_still_so(c, &p->deps, false); }

/* The table and the list, under the shard's mutex. */

static struct shard *shard_of(struct cache *c, uint64_t hash) { return &c->shard[hash >> 60]; }
static struct page **bucket_of(struct shard *s, uint64_t hash) { return &s->bucket[hash % BUCKETS]; }

uint64_t cache_hash(struct cache *c, str key)
{
	unsigned char out[crypto_shorthash_BYTES];
	uint64_t hash;
	crypto_shorthash(out, (const unsigned char *)key.p, key.n, c->hash_key);
	_Static_assert(sizeof out == sizeof hash, "a 64-bit hash");
	memcpy(&hash, out, sizeof hash);
	return hash;
}

static void list_out(struct shard *s, struct page *p)
{
	*(p->newer ? &p->newer->older : &s->newest) = p->older;
	*(p->older ? &p->older->newer : &s->oldest) = p->newer;
	p->newer = p->older = NULL;
}

static void list_in(struct shard *s, struct page *p)
{
	p->older = s->newest;
	*(s->newest ? &s->newest->newer : &s->oldest) = p;
	s->newest = p;
}

static void take_out(struct shard *s, struct page *p)
{
	struct page **at = bucket_of(s, p->hash);
	while (*at != p) at = &(*at)->next;
	*at = p->next;
	list_out(s, p);
	atomic_store(&p->gone, true);
	s->bytes -= p->bytes;
	s->entries--;
	page_drop(p);
}

static struct page *look(struct shard *s, str key, uint64_t hash)
{
	for (struct page *p = *bucket_of(s, hash); p; p = p->next)
		if (p->hash == hash && str_eq(key, (str){ p->key, p->key_n })) return p;
	return NULL;
}

/* A true page, held and moved to the front, or NULL. */
static struct page *find_true(struct cache *c, struct shard *s, str key, uint64_t hash)
{
	struct page *p = look(s, key, hash);
	if (!p) return NULL;
	if (!is_still_so(c, &p->deps, false)) {
		if (!p->old) atomic_fetch_add(&c->stale, 1);
		p->old = true;
		if (!may_be_shown(c, &p->deps)) take_out(s, p);
		return NULL;
	}
	if (s->newest != p) {
		list_out(s, p);
		list_in(s, p);
	}
	page_hold(p);
	return p;
}

static void put(struct cache *c, struct shard *s, str key, uint64_t hash, struct page *page)
{
	struct page *old = look(s, key, hash);
	if (old) take_out(s, old);
	if (page->bytes + key.n > c->shard_bytes) return;
	for (size_t spared = 0, most = s->entries; s->oldest && s->bytes + page->bytes + key.n > c->shard_bytes;) {
		struct page *last = s->oldest;
		if (spared < most && atomic_exchange(&last->used, false)) { /* threads that have it at hand do not move it in the list */
			list_out(s, last);
			list_in(s, last);
			spared++;
			continue;
		}
		atomic_fetch_add(&c->evictions, 1);
		take_out(s, last);
	}
	page->key = malloc(key.n);
	MUST(page->key != NULL);
	memcpy(page->key, key.p, key.n);
	page->key_n = key.n;
	page->hash = hash;
	page->bytes += key.n;
	struct page **bucket = bucket_of(s, hash);
	page->next = *bucket;
	*bucket = page;
	list_in(s, page);
	s->bytes += page->bytes;
	s->entries++;
	page_hold(page);
}

void cache_free(struct cache *c)
{
	if (!c) return;
	for (int i = 0; i < SHARDS; i++) {
		struct shard *s = &c->shard[i];
		MUST(s->flights == NULL);
		while (s->oldest) take_out(s, s->oldest);
		pthread_mutex_destroy(&s->mutex);
	}
	free(c);
}

/* What the server calls. */

struct page *cache_older(struct cache *c, str key)
{
	uint64_t hash = cache_hash(c, key);
	struct shard *s = shard_of(c, hash);
	pthread_mutex_lock(&s->mutex);
	struct page *p = look(s, key, hash);
	if (p && !may_be_shown(c, &p->deps)) p = NULL;
	if (p) page_hold(p);
	pthread_mutex_unlock(&s->mutex);
	if (p) atomic_fetch_add(&c->older, 1);
	return p;
}

enum cache_entry cache_enter(struct cache *c, str key, struct cache_seat *seat, struct page **page)
{
	*seat = (struct cache_seat){ .key = key, .hash = cache_hash(c, key) };
	struct shard *s = shard_of(c, seat->hash);
	enum cache_entry entry = CACHE_HIT;
	pthread_mutex_lock(&s->mutex);
	*page = find_true(c, s, key, seat->hash);
	if (!*page) {
		struct cache_seat *f = s->flights;
		while (f && !(f->hash == seat->hash && str_eq(f->key, key))) f = f->next;
		struct page *late = f ? look(s, key, seat->hash) : NULL;
		if (late && is_still_so(c, &late->deps, true)) {
			page_hold(late);
			*page = late;
		} else {
			struct cache_seat **list = f ? &f->waiting : &s->flights;
			entry = f ? CACHE_WAIT : CACHE_LEAD;
			seat->next = *list;
			*list = seat;
		}
	}
	pthread_mutex_unlock(&s->mutex);
	atomic_fetch_add(entry == CACHE_HIT ? &c->hits : &c->misses, 1); /* *page may be filled by the leader by now */
	return entry;
}

/* Of those who waited for a page that changed meanwhile: who came after its rendering began waits on, for the latest of them. */
static struct cache_seat *wait_on(struct shard *s, struct cache_seat *leader)
{
	struct cache_seat *first = leader->waiting, **end = &leader->waiting;
	if (first == leader->early) return NULL;
	while (*end != leader->early) end = &(*end)->next;
	*end = NULL;
	first->leads = true;
	first->waiting = first->early = first->next;
	first->next = s->flights;
	s->flights = first;
	return first;
}

struct cache_landed cache_land(struct cache *c, struct cache_seat *leader, struct page *page)
{
	struct cache_landed landed = { 0 };
	struct shard *s = shard_of(c, leader->hash);
	pthread_mutex_lock(&s->mutex);
	struct cache_seat **at = &s->flights;
	while (*at != leader) at = &(*at)->next;
	*at = leader->next;
	/* True now means that nothing was written since its data was read, so it is true for all who came in between. Late by now is good enough for them. */
	bool fresh = page && is_still_so(c, &page->deps, true);
	if (fresh) put(c, s, leader->key, leader->hash, page);
	if (fresh) landed.served = leader->waiting;
	else if (page) landed.again = wait_on(s, leader), landed.served = leader->early;
	else landed.again = leader->waiting;
	leader->waiting = leader->early = NULL;
	pthread_mutex_unlock(&s->mutex);
	return landed;
}

struct cache_stats cache_stats(struct cache *c)
{
	struct cache_stats st = { .hits = c->hits, .misses = c->misses, .stale = c->stale, .evictions = c->evictions, .older = c->older };
	for (int i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&c->shard[i].mutex);
		st.bytes += c->shard[i].bytes;
		st.entries += c->shard[i].entries;
		pthread_mutex_unlock(&c->shard[i].mutex);
	}
	return st;
}
