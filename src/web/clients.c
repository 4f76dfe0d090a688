/* One row a client, found by its hash; no list, no order, nothing to clean up. */
#define OWNS_MEMORY
#include "web/clients.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/must.h"
#include "rules/rate.h"
#include "base/banned.h"

#define ROWS 32768

struct row {
	uint64_t peer;
	struct rate rate[CLIENT_ACTS];
};

struct clients {
	pthread_mutex_t lock;
	struct row row[ROWS];
};

struct clients *clients_new(void)
{
	struct clients *c = calloc(1, sizeof *c);
	MUST(c != NULL && pthread_mutex_init(&c->lock, NULL) == 0);
	return c;
}

void clients_free(struct clients *c)
{
	if (!c) return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static struct rate *rate_of(struct clients *c, uint64_t peer, enum client_act act)
{
	MUST((int)act >= 0 && (int)act < CLIENT_ACTS);
	struct row *r = &c->row[peer % ROWS];
	if (r->peer != peer) *r = (struct row){ .peer = peer };
	return &r->rate[act];
}

int64_t clients_wait(struct clients *c, uint64_t peer, enum client_act act, int64_t now, int64_t per_hour)
{
	pthread_mutex_lock(&c->lock);
	int64_t wait = c->row[peer % ROWS].peer == peer ? rate_wait(rate_of(c, peer, act), now, per_hour) : 0;
	pthread_mutex_unlock(&c->lock);
	return wait;
}

bool clients_allow(struct clients *c, uint64_t peer, enum client_act act, int64_t now, int64_t per_hour)
{
	pthread_mutex_lock(&c->lock);
	bool yes = rate_allows(rate_of(c, peer, act), now, per_hour);
	pthread_mutex_unlock(&c->lock);
	return yes;
}
