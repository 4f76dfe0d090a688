/* The one file that looks at a client's address. */
#define OWNS_MEMORY
#include "http/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include <sodium.h>

#include "base/must.h"
#include "http/wire.h"
#include "base/banned.h"

struct count {
	uint64_t hash;
	unsigned n; /* 0: the place is free */
};

/* Read for every request, written every few hours: so readers take no lock, and read again when the key changed under them. */
struct key {
	atomic_uint_least64_t half[2];
	atomic_uint changes; /* odd while it is being changed */
};
_Static_assert(crypto_shorthash_KEYBYTES == 16, "two halves of 64 bits");

struct peers {
	pthread_mutex_t mutex;
	struct key *key; /* sodium_malloc: locked, guarded, not dumped */
	struct count *table; /* open addressing, never more than half full */
	size_t mask;
};

struct peers *peers_new(size_t connections_max)
{
	MUST(sodium_init() >= 0);
	struct peers *p = calloc(1, sizeof *p);
	MUST(p != NULL);
	size_t places = 64;
	while (places < connections_max * 2 + 64) places *= 2;
	p->mask = places - 1;
	p->table = calloc(places, sizeof *p->table);
	p->key = sodium_malloc(sizeof *p->key);
	MUST(p->table != NULL && p->key != NULL);
	pthread_mutex_init(&p->mutex, NULL);
	memset(p->key, 0, sizeof *p->key);
	peers_forget(p);
	return p;
}

void peers_free(struct peers *p)
{
	if (!p) return;
	pthread_mutex_destroy(&p->mutex);
	sodium_free(p->key);
	free(p->table);
	free(p);
}

void peers_forget(struct peers *p)
{
	uint64_t fresh[2];
	crypto_shorthash_keygen((unsigned char *)fresh);
	pthread_mutex_lock(&p->mutex);
	unsigned changes = atomic_load(&p->key->changes);
	atomic_store(&p->key->changes, changes + 1);
	for (int i = 0; i < 2; i++) atomic_store(&p->key->half[i], fresh[i]);
	atomic_store(&p->key->changes, changes + 2);
	pthread_mutex_unlock(&p->mutex);
	sodium_memzero(fresh, sizeof fresh);
}

static uint64_t hash(struct peers *p, const void *bytes, size_t n)
{
	unsigned char out[crypto_shorthash_BYTES];
	uint64_t v, key[2];
	unsigned before, after;
	do {
		before = atomic_load_explicit(&p->key->changes, memory_order_acquire);
		for (int i = 0; i < 2; i++) key[i] = atomic_load_explicit(&p->key->half[i], memory_order_acquire);
		after = atomic_load_explicit(&p->key->changes, memory_order_relaxed);
	} while (before != after || before % 2);
	crypto_shorthash(out, bytes, n, (const unsigned char *)key);
	sodium_memzero(key, sizeof key);
	memcpy(&v, out, sizeof v);
	return v;
}

static uint64_t hash_v6(struct peers *p, const struct in6_addr *a)
{
	if (IN6_IS_ADDR_V4MAPPED(a)) return hash(p, a->s6_addr + 12, 4);
	return hash(p, a->s6_addr, 8); /* one subscriber has a /64 */
}

uint64_t peers_hash(struct peers *p, const struct sockaddr *address)
{
	if (address && address->sa_family == AF_INET)
		return hash(p, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
	if (address && address->sa_family == AF_INET6)
		return hash_v6(p, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	return hash(p, "unix", 5);
}

uint64_t peers_hash_text(struct peers *p, str address)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4;
	struct in6_addr v6;
	if (address.n > 2 && address.p[0] == '[') { /* [v6] or [v6]:port */
		ptrdiff_t end = str_find_char(address, ']', 0);
		address = str_sub(address, 1, end > 0 ? (size_t)end - 1 : address.n);
	} else if (str_find_char(address, '.', 0) > 0) { /* v4 or v4:port */
		ptrdiff_t colon = str_find_char(address, ':', 0);
		if (colon > 0 && str_find_char(address, ':', (size_t)colon + 1) < 0) address = str_sub(address, 0, (size_t)colon);
	}
	if (address.n >= sizeof text) return hash(p, "unknown", 8);
	memcpy(text, address.p, address.n);
	text[address.n] = 0;
	uint64_t v = 0;
	if (inet_pton(AF_INET, text, &v4) == 1) v = hash(p, &v4, 4);
	else if (inet_pton(AF_INET6, text, &v6) == 1) v = hash_v6(p, &v6);
	else v = hash(p, "unknown", 8);
	sodium_memzero(text, sizeof text);
	return v;
}

bool peer_is_local(const struct sockaddr *address)
{
	if (!address || address->sa_family == AF_UNIX || address->sa_family == AF_UNSPEC) return true;
	if (address->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 == 127;
	if (address->sa_family != AF_INET6) return false;
	const struct in6_addr *a = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	return IN6_IS_ADDR_LOOPBACK(a) || (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127);
}

/* The hash's place, or the free one where it would go. */
static size_t place(const struct peers *p, uint64_t h)
{
	size_t i = (size_t)h & p->mask;
	while (p->table[i].n && p->table[i].hash != h) i = (i + 1) & p->mask;
	return i;
}

unsigned peers_count(struct peers *p, uint64_t h)
{
	pthread_mutex_lock(&p->mutex);
	unsigned n = p->table[place(p, h)].n;
	pthread_mutex_unlock(&p->mutex);
	return n;
}

void peers_opened(struct peers *p, uint64_t h)
{
	pthread_mutex_lock(&p->mutex);
	struct count *c = &p->table[place(p, h)];
	c->hash = h;
	c->n++;
	pthread_mutex_unlock(&p->mutex);
}

/* A place that falls free is filled again by what was pushed past it, so that no search ends early. */
static void close_gap(struct peers *p, size_t gap)
{
	for (size_t i = (gap + 1) & p->mask; p->table[i].n; i = (i + 1) & p->mask) {
		size_t home = (size_t)p->table[i].hash & p->mask;
		if (((i - home) & p->mask) < ((i - gap) & p->mask)) continue;
		p->table[gap] = p->table[i];
		p->table[i].n = 0;
		gap = i;
	}
}

void peers_closed(struct peers *p, uint64_t h)
{
	pthread_mutex_lock(&p->mutex);
	size_t i = place(p, h);
	MUST(p->table[i].n > 0);
	if (--p->table[i].n == 0) close_gap(p, i);
	pthread_mutex_unlock(&p->mutex);
}
