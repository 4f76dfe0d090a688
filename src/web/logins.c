/* Two counts a try: the name's with this client, and the name's with all of them. */
#define OWNS_MEMORY
#include "web/logins.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "rules/rate.h"
#include "base/banned.h"

#define ROWS 16384
#define FORGOTTEN_AFTER HOUR

struct count {
	uint64_t hash;
	int64_t until, last; /* no try before until; the last one */
	unsigned failures;
};

struct logins {
	pthread_mutex_t lock;
	unsigned char key[crypto_generichash_KEYBYTES];
	struct count row[ROWS];
};

struct logins *logins_new(struct cx *cx)
{
	struct logins *l = calloc(1, sizeof *l);
	MUST(l != NULL && pthread_mutex_init(&l->lock, NULL) == 0);
	rnd_bytes(cx->rnd, l->key, sizeof l->key);
	return l;
}

void logins_free(struct logins *l)
{
	if (!l) return;
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static struct count *count_of(struct logins *l, str name, const uint64_t *peer)
{
	uint64_t h;
	unsigned char out[16];
	crypto_generichash_state state;
	crypto_generichash_init(&state, l->key, sizeof l->key, sizeof out);
	crypto_generichash_update(&state, (const unsigned char *)name.p, name.n);
	crypto_generichash_update(&state, (const unsigned char *)"\0", 1); /* no name holds it */
	if (peer) crypto_generichash_update(&state, (const unsigned char *)peer, sizeof *peer);
	crypto_generichash_final(&state, out, sizeof out);
	memcpy(&h, out, sizeof h);
	struct count *c = &l->row[h % ROWS];
	if (c->hash != h) *c = (struct count){ .hash = h };
	return c;
}

static int64_t wait_of(struct count *c, int64_t now)
{
	if (now - c->last > FORGOTTEN_AFTER || c->last - now > FORGOTTEN_AFTER) c->failures = 0; /* or it was counted by a clock that has been put back since */
	return c->failures && c->until > now ? c->until - now : 0;
}

static void fail(struct count *c, int64_t now, unsigned free, int64_t most)
{
	c->failures++;
	c->last = now;
	c->until = now + rate_delay(c->failures, free, most);
}

int64_t logins_try(struct logins *l, str name, const uint64_t *peer, int64_t now)
{
	pthread_mutex_lock(&l->lock);
	int64_t wait = wait_of(count_of(l, name, NULL), now), own = peer ? wait_of(count_of(l, name, peer), now) : 0;
	if (own > wait) wait = own;
	if (wait == 0) {
		fail(count_of(l, name, NULL), now, LOGINS_FREE_ALL, LOGINS_MOST_ALL);
		if (peer) fail(count_of(l, name, peer), now, LOGINS_FREE, LOGINS_MOST);
	}
	pthread_mutex_unlock(&l->lock);
	return wait;
}

void logins_good(struct logins *l, str name, const uint64_t *peer)
{
	pthread_mutex_lock(&l->lock);
	count_of(l, name, NULL)->failures = 0;
	if (peer) count_of(l, name, peer)->failures = 0;
	pthread_mutex_unlock(&l->lock);
}
