/* One place for each hash, the newest takes it: a second page with the same place costs a look into the cache and nothing else. */
#include "http/shelf.h"

#include "base/banned.h"

static struct page **place(struct shelf *s, uint64_t hash) { return &s->at[hash % SHELF_PLACES]; }

static bool is_good(struct shelf *s, const struct page *p)
{
	return !atomic_load_explicit(&p->gone, memory_order_acquire) && cache_is_true(s->cache, p);
}

static void let_go(struct page **at)
{
	page_drop(*at);
	*at = NULL;
}

struct page *shelf_find(struct shelf *s, str key)
{
	if (!s->cache) return NULL;
	uint64_t hash = cache_hash(s->cache, key);
	struct page **at = place(s, hash), *p = *at;
	if (!p || p->hash != hash || !str_eq(key, (str){ p->key, p->key_n })) return NULL;
	if (!is_good(s, p)) return let_go(at), NULL;
	/* Looked at first, so that a page that all threads have at hand stays in all their caches. */
	if (!atomic_load_explicit(&p->used, memory_order_relaxed)) atomic_store_explicit(&p->used, true, memory_order_relaxed);
	return p;
}

void shelf_put(struct shelf *s, struct page *p)
{
	struct page **at = place(s, p->hash);
	if (!s->cache || *at == p) return;
	page_hold(p);
	page_drop(*at);
	*at = p;
}

void shelf_sweep(struct shelf *s)
{
	for (size_t i = 0; i < SHELF_PLACES; i++)
		if (s->at[i] && !is_good(s, s->at[i])) let_go(&s->at[i]);
}

void shelf_clear(struct shelf *s)
{
	for (size_t i = 0; i < SHELF_PLACES; i++) let_go(&s->at[i]);
}
