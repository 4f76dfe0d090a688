/* The road of one file: the gate, the decode child, the store, the row. */
#define OWNS_MEMORY
#include "web/uploads.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "sys/clean.h"
#include "web/guard.h"
#include "base/banned.h"

#define WAIT_SECONDS 40
#define OUTPUT_LEAST (64 * MIB) /* a file may become larger than it came: a JPEG kept as PNG */

struct uploads {
	pthread_mutex_t lock;
	pthread_cond_t left;
	int running, waiting, most, most_waiting;
};

struct uploads *uploads_new(const struct conf *conf)
{
	struct uploads *u = calloc(1, sizeof *u);
	MUST(u != NULL && pthread_mutex_init(&u->lock, NULL) == 0 && pthread_cond_init(&u->left, NULL) == 0);
	u->most = conf->workers > 1 ? (int)conf->workers / 2 : 1;
	if (u->most > 3) u->most = 3; /* the parent starts four children at most, and one draws numbers */
	/* Half of them are readers' in any case, where there are more than a few. */
	u->most_waiting = (int)conf->workers / 2 - u->most;
	if (u->most_waiting < 1) u->most_waiting = (int)conf->workers > u->most + 1 ? 1 : 0;
	return u;
}

void uploads_free(struct uploads *u)
{
	if (!u) return;
	pthread_cond_destroy(&u->left);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

static bool enter(struct uploads *u)
{
	struct timespec until;
	bool in = true;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_SECONDS;
	pthread_mutex_lock(&u->lock);
	if (u->running >= u->most) {
		in = u->waiting < u->most_waiting;
		u->waiting += in;
		while (in && u->running >= u->most)
			if (pthread_cond_timedwait(&u->left, &u->lock, &until) == ETIMEDOUT) break;
		u->waiting -= in;
		in = in && u->running < u->most;
	}
	u->running += in;
	pthread_mutex_unlock(&u->lock);
	return in;
}

static void leave(struct uploads *u)
{
	pthread_mutex_lock(&u->lock);
	u->running--;
	pthread_cond_signal(&u->left);
	pthread_mutex_unlock(&u->lock);
}

int64_t uploads_most(const struct conf *c, enum media_group g)
{
	const int64_t of[] = { [MEDIA_GROUP_NONE] = 0, [MEDIA_PICTURE] = c->max_picture_mb, [MEDIA_SOUND] = c->max_sound_mb, [MEDIA_VIDEO] = c->max_video_mb,
		[MEDIA_DOCUMENT] = c->max_document_mb };
	return (of[g] < c->max_file_mb ? of[g] : c->max_file_mb) * MIB;
}

bool uploads_taken(const struct conf *c) { return c->max_files > 0 && c->max_file_mb > 0; }

static uint32_t kinds_of(const struct conf *c)
{
	uint32_t kinds = 0;
	for (int k = MEDIA_NONE + 1; k < MEDIA_KINDS; k++)
		if (uploads_most(c, media_group((enum media_kind)k)) > 0) kinds |= MEDIA_BIT(k);
	return kinds;
}

static err check_room(struct page *p, int64_t bytes)
{
	int64_t room;
	TRY(blob_room(p->cx, p->app->media, &room));
	if (room - 2 * bytes >= p->app->conf.keep_free_mb * MIB) return OK;
	log_warn(p->cx, "a file is refused: the disk is nearly full");
	return cx_fail(p->cx, BUSY, NULL, "cannot be taken now: the server’s disk is nearly full");
}

static err clean(struct page *p, const struct upload *from, struct media_result *result)
{
	const struct conf *c = &p->app->conf;
	enum media_refusal why;
	struct clean_request r = { .from = &p->app->decoder, .spool = p->app->dir, .input = from->fd, .kinds = kinds_of(c), .limits = media_limits_usual };
	r.limits.bytes = 2 * c->max_file_mb * MIB > OUTPUT_LEAST ? 2 * c->max_file_mb * MIB : OUTPUT_LEAST;
	if (r.limits.bytes > MEDIA_BYTES_MOST) r.limits.bytes = MEDIA_BYTES_MOST;
	if (!enter(p->app->uploads)) return cx_fail(p->cx, BUSY, NULL, "could not be read: too many files came at once, please choose it again and send it in a minute");
	err e = clean_file(p->cx, &r, result, &why);
	leave(p->app->uploads);
	if (e == FAILED) {
		log_error(p->cx, "cleaning: " STR_FMT, STR_ARG(p->cx->fault.sentence));
		return cx_fail(p->cx, BUSY, NULL, "could not be read just now: it is our fault, please choose it again and send it in a minute");
	}
	return e;
}

static err store(struct page *p, struct file_in *in)
{
	TRY(file_put(p->cx, p->app->media, in));
	TRY(page_write(p, file_receive, in));
	return file_look(p->cx, p->db, p->app->media, in);
}

err uploads_receive(struct page *p, const struct upload *from, str name, struct media_result *result, struct file_in *in)
{
	const struct conf *c = &p->app->conf;
	MUST(!p->reading);
	if (from->fault == UPLOAD_NO_ROOM) return cx_fail(p->cx, BUSY, NULL, "cannot be taken now: the server’s disk is nearly full");
	if (from->fault == UPLOAD_TOO_LARGE) return cx_fail(p->cx, INVALID, NULL, "is larger than %" PRId64 " MB, the most for one file", c->max_file_mb);
	TRY(guard_count_file(p));
	TRY(check_room(p, from->size));
	TRY(clean(p, from, result));
	int64_t most = uploads_most(c, media_group(result->kind));
	*in = (struct file_in){ .result = result, .name = name };
	err e = OK;
	if (from->size > most) e = cx_fail(p->cx, INVALID, NULL, "is larger than %" PRId64 " MB, the most for a file of its kind", most / MIB);
	else if (store(p, in) != OK) {
		log_error(p->cx, "an upload: " STR_FMT, STR_ARG(p->cx->fault.sentence));
		e = cx_fail(p->cx, BUSY, NULL, "could not be kept: it is our fault, please choose it again and send it in a minute");
	}
	clean_close(result);
	return e;
}
