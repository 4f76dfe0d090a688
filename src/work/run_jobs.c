/* One loop, once a second: what is due is done, until the parent closes its socket. */
#include "work/run_jobs.h"

#include <poll.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/wipe.h"
#include "db/db.h"
#include "sql.h"
#include "sys/parent.h"
#include "sys/sandbox.h"
#include "store/file.h"
#include "store/forget.h"
#include "store/search.h"
#include "store/upgrade.h"
#include "store/withdrawn.h"
#include "work/draw.h"
#include "base/banned.h"

#define DIGITS 5
#define AGAIN_AFTER (30 * SECOND) /* what failed is not tried every second */
#define SWEEP_EVERY HOUR
#define EXPIRE_EVERY MINUTE

/* Where forgetting is at, when it began and when it is tried next. */
struct forgetting {
	struct search_merge merge;
	int64_t began, from, pause;
};

struct batch {
	str numbers[PICTURES_A_BATCH], pngs[PICTURES_A_BATCH];
};

static err put_batch(struct cx *cx, struct db *db, void *arg)
{
	struct batch *b = arg;
	for (size_t i = 0; i < PICTURES_A_BATCH; i++) TRY(sql_challenge_insert(cx, db, b->numbers[i], b->pngs[i], cx_minute(cx)));
	return OK;
}

/* Draws one batch when fewer are waiting than should; *more says that another is wanted. */
static err draw_ahead(struct cx *cx, struct db *db, const struct role_source *decoder, bool *more)
{
	struct sql_challenge_count *waiting;
	struct batch b;
	TRY(sql_challenge_count(cx, db, &waiting));
	if (waiting->waiting > PICTURES_AHEAD - PICTURES_A_BATCH) return OK;
	for (size_t i = 0; i < PICTURES_A_BATCH; i++) {
		char digits[DIGITS];
		for (size_t k = 0; k < DIGITS; k++) digits[k] = (char)('0' + rnd_below(cx->rnd, 10));
		b.numbers[i] = str_copy(cx, (str){ digits, DIGITS });
	}
	TRY(draw_numbers(cx, decoder, b.numbers, PICTURES_A_BATCH, b.pngs));
	TRY(db_transaction(cx, db, put_batch, &b));
	return *more = true, OK;
}

/* Takes what was purged out of the search index, a bounded step at a time, and then out of what the database keeps beside it. Anybody may publish and erase,
 * and on a large site each time costs the writing of an index: so a tenth of the time is spent on it at most. What is asked for meanwhile is done together. */
static err forget(struct cx *cx, struct db *db, struct forgetting *f, bool *more)
{
	bool asked, waits;
	TRY(search_forgetting(cx, db, &asked));
	TRY(forget_waits(cx, db, &waits));
	if (!asked && !waits) return OK;
	if (!f->began) f->began = clock_monotonic();
	if (asked) return *more = true, db_transaction(cx, db, search_merge, &f->merge);
	TRY(forget_end(cx, db));
	*more = true;
	int64_t now = clock_monotonic(), rest = 9 * (now - f->began);
	f->from = now + (rest < HOUR ? rest : HOUR);
	f->began = 0;
	return OK;
}

/* What fails because somebody reads for long is tried again soon, and then less often: whoever tries keeps writers out for a moment. */
static void forget_soon(struct cx *cx, struct db *db, struct forgetting *f, bool *more)
{
	if (clock_monotonic() < f->from) return;
	err e = forget(cx, db, f, more);
	if (e == OK) {
		f->pause = 0;
		return;
	}
	if (e != BUSY) log_warn(cx, "forgetting: " STR_FMT, STR_ARG(cx->fault.sentence));
	f->pause = f->pause == 0 ? SECOND : f->pause * 2 < AGAIN_AFTER ? f->pause * 2 : AGAIN_AFTER;
	f->from = clock_monotonic() + f->pause;
}

/* Erases what was withdrawn and has had its days. more, here and above: something was done, which this process then knows of (base/wipe.h). */
static err expire(struct cx *cx, struct db *db, struct blob_store *media, int64_t days, bool *more)
{
	struct withdrawn_expire x = { .days = days, .more = true };
	while (x.more) {
		struct arena_mark mark = arena_mark(cx->arena);
		TRY(db_transaction(cx, db, withdrawn_expire, &x));
		*more = *more || x.erased > 0;
		TRY(file_sweep_blobs(cx, db, media, &x.gone));
		arena_rewind(cx->arena, mark);
	}
	return OK;
}

static err sweep_sessions(struct cx *cx, struct db *db, void *unused)
{
	(void)unused;
	return sql_session_expire(cx, db, cx_now(cx));
}

/* What was received and never posted goes; then bytes that no row names. */
static err sweep_media(struct cx *cx, struct db *db, struct blob_store *media)
{
	struct file_expire x = { .more = true };
	while (x.more) {
		TRY(db_transaction(cx, db, file_expire, &x));
		TRY(file_sweep_blobs(cx, db, media, &x.gone));
	}
	return file_sweep(cx, db, media);
}

static err lock_in(struct cx *cx, const struct run_jobs *w)
{
	const char *const site[] = { w->dir, NULL };
	const struct sandbox_paths paths = { .read_write = site, .read_only = w->reach->files };
	return w->sandbox ? sandbox_enter(cx, ROLE_WORK, &paths) : OK;
}

static bool failed(struct cx *job, const char *what, err e)
{
	if (e != OK) log_warn(job, "%s: " STR_FMT, what, STR_ARG(job->fault.sentence));
	return e != OK;
}

err run_jobs(struct cx *cx, const struct run_jobs *w)
{
	struct db *db;
	struct pollfd parent = { w->parent, POLLIN, 0 };
	const struct role_source decoder = { .parent = w->parent };
	int64_t draw_from = 0, sweep_from = 0, expire_from = 0, files_from = 0;
	struct forgetting forgetting = { 0 };
	struct upgrade_files files = { 0 };
	struct blob_store *media;
	struct wipe touched;
	bool more = true;
	wipe_begin(&touched);
	TRY(lock_in(cx, w));
	TRY(blob_store_open(cx, w->dir, w->conf->media, &media));
	TRY(db_open(cx, w->conf->database, DB_WRITE, &db));
	TRY(parent_tell_ready(cx, w->parent));
	struct cx *job = cx_new();
	for (; poll(&parent, 1, more ? 0 : 1000) <= 0; cx_reset(job)) {
		if (more) wipe_touched(&touched); /* more was done than to look whether there is anything to do */
		more = false;
		if (touched.since && wipe_left(&touched) <= 0) {
			db_forget(job, db);
			wipe_stack(&touched);
		}
		if (clock_monotonic() >= sweep_from) {
			sweep_from = clock_monotonic() + SWEEP_EVERY;
			wipe_touched(&touched);
			failed(job, "sessions", db_transaction(job, db, sweep_sessions, NULL));
			failed(job, "media", sweep_media(job, db, media));
		}
		if (clock_monotonic() >= expire_from) {
			expire_from = clock_monotonic() + EXPIRE_EVERY;
			failed(job, "what was withdrawn", expire(job, db, media, w->conf->withdrawn_days, &more));
		}
		forget_soon(job, db, &forgetting, &more);
		if (clock_monotonic() >= files_from && failed(job, "media", upgrade_files(job, db, media, &files, &more)))
			files_from = clock_monotonic() + AGAIN_AFTER;
		if (w->conf->challenge != CHALLENGE_NUMBER || clock_monotonic() < draw_from) continue;
		if (failed(job, "anti-spam pictures", draw_ahead(job, db, &decoder, &more))) draw_from = clock_monotonic() + AGAIN_AFTER;
	}
	cx_end(job);
	db_close(db);
	return OK;
}
