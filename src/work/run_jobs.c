/* One loop, once a second: what is due is done, until the parent closes its socket. */
#include "work/run_jobs.h"

#include <poll.h>

#include "base/limits.h"
#include "base/log.h"
#include "db/db.h"
#include "sql.h"
#include "sys/parent.h"
#include "sys/sandbox.h"
#include "work/draw.h"
#include "base/banned.h"

#define DIGITS 5
#define DRAW_AGAIN_AFTER (30 * SECOND) /* after drawing failed: it is not tried every second */

struct batch {
	str numbers[PICTURES_A_BATCH], pngs[PICTURES_A_BATCH];
};

static err put_batch(struct cx *cx, struct db *db, void *arg)
{
	struct batch *b = arg;
	for (size_t i = 0; i < PICTURES_A_BATCH; i++) TRY(sql_challenge_insert(cx, db, b->numbers[i], b->pngs[i], cx_now(cx)));
	return OK;
}

/* Draws one batch when fewer are waiting than should; *more says that another is wanted. */
static err draw_ahead(struct cx *cx, struct db *db, const struct role_decoder *decoder, bool *more)
{
	struct sql_challenge_count *waiting;
	struct batch b;
	*more = false;
	TRY(sql_challenge_count(cx, db, &waiting));
	if (waiting->waiting > PICTURES_AHEAD - PICTURES_A_BATCH) return OK;
	for (size_t i = 0; i < PICTURES_A_BATCH; i++) {
		char digits[DIGITS];
		for (size_t k = 0; k < DIGITS; k++) digits[k] = (char)('0' + rnd_below(cx->rnd, 10));
		b.numbers[i] = str_copy(cx, (str){ digits, DIGITS });
	}
	TRY(draw_numbers(cx, decoder, b.numbers, PICTURES_A_BATCH, b.pngs));
	*more = true;
	return db_transaction(cx, db, put_batch, &b);
}

static err lock_in(struct cx *cx, const struct run_jobs *w)
{
	const char *const site[] = { w->dir, NULL };
	const struct sandbox_paths paths = { .read_write = site };
	return w->sandbox ? sandbox_enter(cx, ROLE_WORK, &paths) : OK;
}

err run_jobs(struct cx *cx, const struct run_jobs *w)
{
	struct db *db;
	struct pollfd parent = { w->parent, POLLIN, 0 };
	const struct role_decoder decoder = { .parent = w->parent };
	int64_t not_before = 0;
	bool more = true;
	TRY(lock_in(cx, w));
	TRY(db_open(cx, w->conf->database, DB_WRITE, &db));
	TRY(parent_tell_ready(cx, w->parent));
	struct cx *job = cx_new();
	for (; poll(&parent, 1, more ? 0 : 1000) <= 0; cx_reset(job)) {
		more = false;
		if (w->conf->challenge != CHALLENGE_NUMBER || clock_monotonic() < not_before) continue;
		if (draw_ahead(job, db, &decoder, &more) == OK) continue;
		log_warn(job, "anti-spam pictures: " STR_FMT, STR_ARG(job->fault.sentence));
		not_before = clock_monotonic() + DRAW_AGAIN_AFTER;
		more = false;
	}
	cx_end(job);
	db_close(db);
	return OK;
}
