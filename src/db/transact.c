/* One write from begin to commit. Where the database is a server, strangers can get in a write's way (a deadlock), and it is run again. And the
 * connection can break while it commits, and then nobody here knows whether it did. So each write puts a random key of its own into the
 * transaction: run again under the same key, it finds the key there when it was committed, waits while that is still being decided, and is
 * otherwise the first. A commit that was found may stand on one machine only, whose standby has not heard of it; so it is confirmed before it is
 * acknowledged. */
#include <time.h>

#include "base/limits.h"
#include "base/log.h"
#include "db/engine.h"
#include "base/banned.h"

#define PATIENCE (8 * SECOND) /* after which the outcome stays unknown */
#define AGAIN_MOST 30         /* times that others may get in between */
#define LOST_MOST 2           /* times that a connection may break before the commit */
#define FIRST_PAUSE 2000
#define LONGEST_PAUSE (SECOND / 2)

static void pause_for(struct cx *cx, int64_t *pause)
{
	int64_t time = *pause / 2 + (int64_t)rnd_below(cx->rnd, (uint64_t)*pause);
	struct timespec t = { time / SECOND, time % SECOND * 1000 };
	nanosleep(&t, NULL);
	*pause = *pause * 2 < LONGEST_PAUSE ? *pause * 2 : LONGEST_PAUSE;
}

/* checking: an attempt before this one may have been committed, so fn is not called before that is known. */
static err attempt(struct cx *cx, struct db *d, err (*fn)(struct cx *, struct db *, void *), void *arg, bool checking)
{
	TRY(db_begin(cx, d));
	err e = checking ? d->engine->mark(cx, d) : OK;
	if (e == OK) e = fn(cx, d, arg);
	if (e == OK) return db_commit(cx, d);
	db_rollback(d);
	return e;
}

static err still_unknown(struct cx *cx)
{
	return cx_fail(cx, BUSY, NULL,
	    "the connection to the database broke while this was being saved, so it may be there or not. Look before you send it again; the same sent again within "
	    "the hour is not kept twice");
}

static err attempts(struct cx *cx, struct db *d, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	int64_t until = clock_monotonic() + PATIENCE, pause = FIRST_PAUSE;
	bool unknown = false;
	for (int again = 0, lost = 0;; pause_for(cx, &pause)) {
		err e = attempt(cx, d, fn, arg, unknown);
		if (unknown && d->ran.known && (e = d->engine->confirm(cx, d)) == OK)
			return log_info(cx, "database: a commit of unknown outcome was found to be there"), OK;
		if (d->ran.marked) unknown = false; /* the key was not there: nothing before this attempt was committed */
		unknown |= d->ran.unknown;
		if (e == OK) return OK;
		again += d->ran.again;
		lost += d->ran.lost;
		bool more = unknown || (d->ran.again && again < AGAIN_MOST) || (d->ran.lost && lost <= LOST_MOST);
		if (more && clock_monotonic() < until) continue;
		return unknown ? still_unknown(cx) : e;
	}
}

err db_transact(struct cx *cx, struct db *d, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	struct rnd kernel = { 0 }; /* whatever a test made of the cx's */
	char key[16];
	if (!d->engine->concurrent) return attempt(cx, d, fn, arg, false);
	rnd_bytes(&kernel, key, sizeof key);
	d->key = (str){ key, sizeof key };
	err e = attempts(cx, d, fn, arg);
	d->key = (str){ 0 };
	return e;
}
