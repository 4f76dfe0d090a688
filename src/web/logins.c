/* Counts by name and client, by name and mark, and by name alone; the last with how often it was tried with a number. */
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
	struct rate proven;
};

struct logins {
	pthread_mutex_t lock;
	unsigned char key[crypto_generichash_KEYBYTES];
	int64_t asked; /* the last time that a number was */
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

/* of: a client's hash or a mark; empty for the name's own. */
static struct count *count_of(struct logins *l, str name, str of)
{
	uint64_t h;
	unsigned char out[16];
	crypto_generichash_state state;
	crypto_generichash_init(&state, l->key, sizeof l->key, sizeof out);
	crypto_generichash_update(&state, (const unsigned char *)name.p, name.n);
	crypto_generichash_update(&state, (const unsigned char *)"\0", 1); /* no name holds it */
	crypto_generichash_update(&state, (const unsigned char *)of.p, of.n);
	crypto_generichash_final(&state, out, sizeof out);
	memcpy(&h, out, sizeof h);
	struct count *c = &l->row[h % ROWS];
	if (c->hash != h) *c = (struct count){ .hash = h };
	return c;
}

static struct count *of_all(struct logins *l, const struct login_from *from) { return count_of(l, from->name, S("")); }
static struct count *of_mark(struct logins *l, const struct login_from *from) { return count_of(l, from->name, from->mark); }
static struct count *of_peer(struct logins *l, const struct login_from *from)
{
	return count_of(l, from->name, (str){ (const char *)from->peer, sizeof *from->peer });
}

static void forget(struct count *c, int64_t now)
{
	if (now - c->last > FORGOTTEN_AFTER || c->last - now > FORGOTTEN_AFTER) c->failures = 0; /* or it was counted by a clock that has been put back since */
}

static int64_t wait_of(struct count *c, int64_t now)
{
	forget(c, now);
	return c->failures && c->until > now ? c->until - now : 0;
}

static void fail(struct count *c, int64_t now)
{
	c->failures++;
	c->last = now;
	c->until = now + rate_delay(c->failures, LOGINS_FREE, LOGINS_MOST);
}

static enum login_as judge(struct logins *l, const struct login_from *from, int64_t now, int64_t *wait)
{
	*wait = from->mark.n ? wait_of(of_mark(l, from), now) : 0;
	if (from->mark.n && *wait == 0) return LOGIN_KNOWN;
	int64_t peers = from->peer ? wait_of(of_peer(l, from), now) : 0;
	if (peers) return *wait = peers, LOGIN_WAIT;
	struct count *all = of_all(l, from);
	forget(all, now);
	if (all->failures < LOGINS_FREE_ALL) return from->proven ? LOGIN_PROVEN : LOGIN_ANY;
	if (!from->proven) return l->asked = now, LOGIN_NUMBER;
	int64_t proofs = rate_wait(&all->proven, now, LOGINS_PROVEN);
	return proofs ? (*wait = proofs, LOGIN_WAIT) : LOGIN_PROVEN;
}

enum login_as logins_look(struct logins *l, const struct login_from *from, int64_t now, int64_t *wait)
{
	pthread_mutex_lock(&l->lock);
	enum login_as as = judge(l, from, now, wait);
	pthread_mutex_unlock(&l->lock);
	return as;
}

enum login_as logins_try(struct logins *l, const struct login_from *from, int64_t now, int64_t *wait)
{
	pthread_mutex_lock(&l->lock);
	enum login_as as = judge(l, from, now, wait);
	if (as == LOGIN_KNOWN) fail(of_mark(l, from), now);
	if (as == LOGIN_ANY || as == LOGIN_PROVEN) {
		struct count *all = of_all(l, from);
		if (as == LOGIN_PROVEN && all->failures >= LOGINS_FREE_ALL) (void)rate_allows(&all->proven, now, LOGINS_PROVEN);
		fail(all, now);
		if (from->peer) fail(of_peer(l, from), now);
	}
	pthread_mutex_unlock(&l->lock);
	return as;
}

void logins_good(struct logins *l, const struct login_from *from, enum login_as as)
{
	pthread_mutex_lock(&l->lock);
	if (as == LOGIN_KNOWN) of_mark(l, from)->failures = 0;
	struct count *all = of_all(l, from);
	if (as != LOGIN_KNOWN && all->failures) all->failures--; /* what others failed stands: a storm goes on when the name's owner has got in */
	if (from->peer) of_peer(l, from)->failures = 0;
	pthread_mutex_unlock(&l->lock);
}

void logins_ask(struct logins *l, int64_t now)
{
	pthread_mutex_lock(&l->lock);
	l->asked = now;
	pthread_mutex_unlock(&l->lock);
}

bool logins_asking(struct logins *l, int64_t now)
{
	pthread_mutex_lock(&l->lock);
	bool yes = l->asked && now - l->asked < LOGINS_ASKING && l->asked - now < LOGINS_ASKING;
	pthread_mutex_unlock(&l->lock);
	return yes;
}
