/* A count of who is inside and of who waits. Waiting goes by the clock that nobody sets. */
#define OWNS_MEMORY
#include "web/gate.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/must.h"
#include "base/banned.h"

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t left;
	int inside, waiting, most, most_waiting;
};

struct gate *gate_new(int workers, int most)
{
	struct gate *g = calloc(1, sizeof *g);
	MUST(g != NULL && pthread_mutex_init(&g->lock, NULL) == 0 && pthread_cond_init(&g->left, NULL) == 0);
	g->most = workers > 1 ? workers / 2 : 1;
	if (g->most > most) g->most = most;
	g->most_waiting = workers / 2 - g->most;
	if (g->most_waiting < 1) g->most_waiting = workers > g->most + 1 ? 1 : 0;
	return g;
}

void gate_free(struct gate *g)
{
	if (!g) return;
	pthread_cond_destroy(&g->left);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

bool gate_enter(struct gate *g, int seconds)
{
	struct timespec until;
	bool in = true;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&g->lock);
	if (g->inside >= g->most) {
		in = g->waiting < g->most_waiting;
		g->waiting += in;
		while (in && g->inside >= g->most)
			if (pthread_cond_clockwait(&g->left, &g->lock, CLOCK_MONOTONIC, &until) == ETIMEDOUT) break;
		g->waiting -= in;
		in = in && g->inside < g->most;
	}
	g->inside += in;
	pthread_mutex_unlock(&g->lock);
	return in;
}

void gate_leave(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->inside--;
	pthread_cond_signal(&g->left);
	pthread_mutex_unlock(&g->lock);
}
