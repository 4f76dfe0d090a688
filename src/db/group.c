/* Group commit: making a commit durable costs a wait for the disk, so everything that is waiting when the writer comes
 * round shares one. Each write runs in a savepoint of its own, and its caller sleeps until the commit that holds it is
 * on the disk. Where a savepoint costs as much as a write (a concurrent engine), all run in one transaction without any, as one write that may be run
 * again; and if one fails that cannot be undone alone, each gets a transaction of its own. Upkeep (moving the log into the main file) happens after
 * the callers have been woken. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/must.h"
#include "base/wipe.h"
#include "db/engine.h"
#include "base/banned.h"

#define NICE 5 /* who answers readers goes first; who made what is to be written (http/worker.c) waits for it */
#define BATCH 256 /* writes that share a commit at most, so that the first of them need not wait for long */

struct waiting { /* lives on its caller's stack */
	struct cx *cx;
	err (*fn)(struct cx *, struct db *, void *);
	void *arg;
	err result;
	bool settled; /* it failed on its own account and is not run again */
	int64_t since;
	sem_t done;
	struct waiting *next;
};

struct db_group {
	struct arena *arena;
	struct db *db;
	struct cx *cx; /* for the batch as a whole */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct waiting *first, **last;
	size_t queued, queue;
	bool stopping;
	struct wipe touched; /* the writer's thread's */
	struct db_meter *meter;
};

/* Takes up to `most` writes off the queue; NULL when there are none. With the lock held. */
static struct waiting *take_some(struct db_group *w, size_t most)
{
	struct waiting *batch = w->first, **end = &batch;
	size_t n = 0;
	while (*end && n < most) {
		end = &(*end)->next;
		n++;
	}
	w->first = *end;
	*end = NULL;
	if (!w->first) w->last = &w->first;
	w->queued -= n;
	return batch;
}

/* Waits for the first, or for the time to forget what was written. With the lock held. */
static void wait_for_work(struct db_group *w)
{
	struct timespec until;
	if (!w->touched.since) {
		pthread_cond_wait(&w->work, &w->lock);
		return;
	}
	int64_t left = wipe_left(&w->touched);
	if (left <= 0) return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += left / SECOND + 1;
	pthread_cond_timedwait(&w->work, &w->lock, &until);
}

static void forget(struct db_group *w)
{
	db_forget(w->cx, w->db);
	cx_reset(w->cx);
	wipe_stack(&w->touched);
}

/* The same, waiting for the first; NULL when the writer is to end. */
static struct waiting *take(struct db_group *w)
{
	struct waiting *batch = NULL;
	bool stopping = false;
	while (!batch && !stopping) {
		if (w->touched.since && wipe_left(&w->touched) <= 0) forget(w);
		pthread_mutex_lock(&w->lock);
		if (!w->first && !w->stopping) wait_for_work(w);
		batch = take_some(w, BATCH);
		stopping = w->stopping;
		pthread_mutex_unlock(&w->lock);
	}
	wipe_touched(&w->touched);
	return batch;
}

static struct waiting *take_more(struct db_group *w, size_t most)
{
	pthread_mutex_lock(&w->lock);
	struct waiting *more = take_some(w, most);
	pthread_mutex_unlock(&w->lock);
	return more;
}

/* Runs one write in its savepoint. */
static err run_one(struct db *d, struct waiting *job)
{
	TRY(d->engine->save(job->cx, d));
	must_set_request(job->cx->rid);
	err e = job->fn(job->cx, d, job->arg);
	must_set_request(0);
	if (!d->engine->alive(d)) return e != OK ? e : cx_fail(job->cx, FAILED, NULL, "the database gave up the transaction");
	if (e == OK) e = d->engine->release(job->cx, d);
	if (e != OK) d->engine->undo(d);
	return e;
}

/* Tells the batch's fault to every write that has none of its own. */
static void fail_rest(struct db_group *w, struct waiting *batch)
{
	const struct fault *f = &w->cx->fault;
	metric_add_shared(&w->meter->failed, 1);
	for (struct waiting *job = batch; job; job = job->next)
		if (!job->settled) job->result = cx_fail(job->cx, f->kind, NULL, STR_FMT, STR_ARG(f->sentence));
}

/* Runs what is not settled in one transaction. False when a write took the whole transaction down (a full disk does):
 * that one is settled, the others are undone. */
static bool attempt(struct db_group *w, struct waiting *batch)
{
	struct db *d = w->db;
	if (db_begin(w->cx, d) != OK) {
		fail_rest(w, batch);
		return true;
	}
	for (struct waiting *job = batch; job; job = job->next) {
		if (job->settled) continue;
		job->result = run_one(d, job);
		job->settled = job->result != OK;
		if (d->engine->alive(d)) continue;
		(void)!cx_fail(w->cx, BUSY, NULL, STR_FMT, STR_ARG(job->cx->fault.sentence));
		db_rollback(d);
		return false;
	}
	if (db_commit(w->cx, d) != OK) fail_rest(w, batch);
	return true;
}

/* The first write that takes the transaction down must not take the others with it; a second means that the fault is
 * not the write's. */
static void run_batch(struct db_group *w, struct waiting *batch)
{
	if (attempt(w, batch) || attempt(w, batch)) return;
	fail_rest(w, batch);
}

/* ---- without savepoints ---- */

struct together {
	struct db_group *group;
	struct waiting *batch;
	bool apart; /* one has failed on its own account, and what it did can only be undone with all the others' */
};

static err run_unsaved(struct db *d, struct waiting *job)
{
	must_set_request(job->cx->rid);
	err e = job->fn(job->cx, d, job->arg);
	must_set_request(0);
	return e == OK && !d->engine->alive(d) ? cx_fail(job->cx, FAILED, NULL, "the database gave up the transaction") : e;
}

/* For db_transact. Who comes while it runs is taken along: the fewer commits, the fewer waits for the disk. What failed without having written
 * anything has its answer; BUSY from the database is everybody's. */
static err all_of_them(struct cx *cx, struct db *d, void *arg)
{
	struct together *t = arg;
	size_t n = 0;
	t->apart = false;
	for (struct waiting *job = t->batch; job; job = job->next) {
		uint64_t wrote = d->wrote;
		job->result = run_unsaved(d, job);
		bool alive = d->engine->alive(d);
		job->settled = job->result != OK && alive && d->wrote == wrote;
		if (++n < BATCH && !job->next) job->next = take_more(t->group, BATCH - n);
		if (job->result == OK || job->settled) continue;
		t->apart = alive || job->result != BUSY;
		return cx_fail(cx, job->result, NULL, STR_FMT, STR_ARG(job->cx->fault.sentence));
	}
	return OK;
}

static err one_of_them(struct cx *cx, struct db *d, void *arg)
{
	(void)cx;
	return run_unsaved(d, arg);
}

static void run_together(struct db_group *w, struct waiting *batch)
{
	struct together t = { .group = w, .batch = batch };
	if (db_transact(w->cx, w->db, all_of_them, &t) == OK) return;
	for (struct waiting *job = batch; job; job = job->next) job->settled = false;
	if (!t.apart) fail_rest(w, batch);
	else for (struct waiting *job = batch; job; job = job->next) job->result = db_transact(job->cx, w->db, one_of_them, job);
}

static void count(struct db_group *w, struct waiting *batch, int64_t begun)
{
	int64_t now = clock_monotonic(), n = 0;
	for (struct waiting *job = batch; job; job = job->next, n++) metric_observe_shared(&w->meter->waited, &metric_times, now - job->since);
	metric_observe_shared(&w->meter->batch, &metric_sizes, n);
	metric_observe_shared(&w->meter->commit, &metric_times, now - begun);
	if (w->db->broken) atomic_store(&w->meter->broken, 1);
}

/* Without the lock: whoever is woken has nothing to wait for. */
static void wake(struct waiting *batch)
{
	for (struct waiting *job = batch, *next; job; job = next) {
		next = job->next; /* once it is done its caller may be gone */
		MUST(sem_post(&job->done) == 0);
	}
}

static void *writer_main(void *arg)
{
	struct db_group *w = arg;
	sigset_t all;
	pthread_setname_np(pthread_self(), "writer");
	wipe_begin(&w->touched);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL); /* signals are the main thread's */
	(void)setpriority(PRIO_PROCESS, 0, NICE); /* this thread's alone */
	for (struct waiting *batch; (batch = take(w)) != NULL;) {
		int64_t begun = clock_monotonic();
		if (w->db->engine->concurrent) run_together(w, batch);
		else run_batch(w, batch);
		count(w, batch, begun);
		wake(batch);
		w->db->engine->tend(w->db);
		cx_reset(w->cx);
	}
	return NULL;
}

err db_group_start(struct cx *cx, struct db *d, size_t queue, struct db_meter *meter, struct db_group **out)
{
	struct arena *arena = arena_new();
	struct db_group *w = arena_alloc(arena, sizeof *w);
	*out = NULL;
	*w = (struct db_group){ .arena = arena, .db = d, .cx = cx_new(), .queue = queue, .meter = meter };
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
		db_close(d);
		cx_end(w->cx);
		arena_free(arena);
		return cx_fail(cx, FAILED, NULL, "the writer's thread cannot be started");
	}
	*out = w;
	return OK;
}

size_t db_group_queued(struct db_group *w)
{
	pthread_mutex_lock(&w->lock);
	size_t n = w->queued;
	pthread_mutex_unlock(&w->lock);
	return n;
}

void db_group_stop(struct db_group *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	db_close(w->db);
	cx_end(w->cx);
	arena_free(w->arena);
}

err db_group_write(struct cx *cx, struct db_group *w, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	struct waiting job = { .cx = cx, .fn = fn, .arg = arg, .since = clock_monotonic() };
	pthread_mutex_lock(&w->lock);
	if (w->stopping || w->queued >= w->queue) {
		bool stopping = w->stopping;
		if (!stopping) metric_add_shared(&w->meter->refused, 1);
		pthread_mutex_unlock(&w->lock);
		return cx_fail(cx, BUSY, NULL, stopping ? "the server is stopping" : "too much is being written: try again shortly");
	}
	MUST(sem_init(&job.done, 0, 0) == 0);
	*w->last = &job;
	w->last = &job.next;
	w->queued++;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	while (sem_wait(&job.done) != 0) MUST(errno == EINTR);
	sem_destroy(&job.done);
	return job.result;
}
