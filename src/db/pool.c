/* Write connections that are shared by threads, for an engine on which writers run side by side: a thread takes one for the length of its
 * transaction. The first is opened at the start, so that a fault shows there; the others when they are first needed. */
#include <pthread.h>
#include <time.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/must.h"
#include "db/engine.h"
#include "base/banned.h"

#define PATIENCE_SECONDS 5

struct db_pool {
	struct arena *arena;
	str place;
	pthread_mutex_t lock;
	pthread_cond_t back, left;
	pthread_rwlock_t turn;
	struct db *idle[LIMIT_WRITE_CONNECTIONS];
	size_t n_idle, made; /* made: idle, in use, or being opened */
	size_t waiting, queue;
	size_t inside; /* callers that have not left db_write yet */
	bool stopping;
	struct db_meter *meter;
};

err db_pool_start(str place, struct db *d, size_t queue, struct db_meter *meter, struct db_pool **out)
{
	pthread_condattr_t monotonic;
	struct arena *arena = arena_new();
	struct db_pool *p = arena_alloc(arena, sizeof *p);
	char *copy = arena_bytes(arena, place.n + 1);
	for (size_t i = 0; i < place.n; i++) copy[i] = place.p[i];
	*p = (struct db_pool){ .arena = arena, .place = { copy, place.n }, .idle = { d }, .n_idle = 1, .made = 1, .queue = queue, .meter = meter };
	MUST(pthread_condattr_init(&monotonic) == 0 && pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	MUST(pthread_mutex_init(&p->lock, NULL) == 0 && pthread_rwlock_init(&p->turn, NULL) == 0);
	MUST(pthread_cond_init(&p->back, &monotonic) == 0 && pthread_cond_init(&p->left, NULL) == 0);
	pthread_condattr_destroy(&monotonic);
	*out = p;
	return OK;
}

void db_pool_stop(struct db_pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->back);
	while (p->inside) pthread_cond_wait(&p->left, &p->lock);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->n_idle; i++) db_close(p->idle[i]);
	pthread_cond_destroy(&p->left);
	pthread_cond_destroy(&p->back);
	pthread_rwlock_destroy(&p->turn);
	pthread_mutex_destroy(&p->lock);
	arena_free(p->arena);
}

static err too_much(struct cx *cx, struct db_pool *p)
{
	metric_add_shared(&p->meter->refused, 1);
	return cx_fail(cx, BUSY, NULL, "too much is being written: try again shortly");
}

/* Waits for a connection; with the lock held. *out stays NULL when a new one is to be opened. */
static err wait_for_one(struct cx *cx, struct db_pool *p, struct db **out)
{
	struct timespec until;
	*out = NULL;
	if (p->n_idle == 0 && p->made >= LIMIT_WRITE_CONNECTIONS && p->waiting >= p->queue) return too_much(cx, p);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PATIENCE_SECONDS;
	int late = 0;
	p->waiting++;
	while (p->n_idle == 0 && p->made >= LIMIT_WRITE_CONNECTIONS && !late) late = pthread_cond_timedwait(&p->back, &p->lock, &until);
	p->waiting--;
	if (p->n_idle) *out = p->idle[--p->n_idle];
	else if (p->made < LIMIT_WRITE_CONNECTIONS) p->made++;
	else return too_much(cx, p);
	return OK;
}

static err take(struct cx *cx, struct db_pool *p, struct db **out)
{
	pthread_mutex_lock(&p->lock);
	bool stopping = p->stopping;
	err e = stopping ? cx_fail(cx, BUSY, NULL, "the server is stopping") : OK;
	if (!stopping) p->inside++;
	if (e == OK) e = wait_for_one(cx, p, out);
	if (!stopping && e != OK && --p->inside == 0 && p->stopping) pthread_cond_signal(&p->left);
	pthread_mutex_unlock(&p->lock);
	return e;
}

/* d is NULL when it could not be opened. */
static void give_back(struct db_pool *p, struct db *d)
{
	pthread_mutex_lock(&p->lock);
	if (d) p->idle[p->n_idle++] = d;
	else p->made--;
	pthread_cond_signal(&p->back);
	if (--p->inside == 0 && p->stopping) pthread_cond_signal(&p->left);
	pthread_mutex_unlock(&p->lock);
}

size_t db_pool_queued(struct db_pool *p)
{
	pthread_mutex_lock(&p->lock);
	size_t n = p->waiting;
	pthread_mutex_unlock(&p->lock);
	return n;
}

static err run(struct cx *cx, struct db_pool *p, struct db *d, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	int64_t begun = clock_monotonic();
	err e = db_transact(cx, d, fn, arg, &p->turn);
	if (e == BUSY || e == FAILED) metric_add_shared(&p->meter->failed, 1);
	metric_observe_shared(&p->meter->batch, &metric_sizes, 1);
	metric_observe_shared(&p->meter->commit, &metric_times, clock_monotonic() - begun);
	return e;
}

err db_pool_write(struct cx *cx, struct db_pool *p, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	struct db *d;
	int64_t since = clock_monotonic();
	TRY(take(cx, p, &d));
	err e = d ? OK : db_open(cx, p->place, DB_WRITE, &d);
	if (e == OK) e = run(cx, p, d, fn, arg);
	if (d) d->engine->tend(d);
	give_back(p, d);
	metric_observe_shared(&p->meter->waited, &metric_times, clock_monotonic() - since);
	return e;
}
