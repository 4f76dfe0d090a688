/* The road of one file: the gate, the decode child, the store, the row. */
#include "web/uploads.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "sys/clean.h"
#include "http/form.h"
#include "web/fields.h"
#include "web/gate.h"
#include "web/guard.h"
#include "base/banned.h"

#define WAIT_SECONDS 40
#define OUTPUT_LEAST (64 * MIB) /* a file may become larger than it came: a JPEG kept as PNG */

int64_t uploads_most(const struct conf *c, enum media_group g)
{
	const int64_t of[] = { [MEDIA_GROUP_NONE] = 0, [MEDIA_PICTURE] = c->max_picture_mb, [MEDIA_SOUND] = c->max_sound_mb, [MEDIA_VIDEO] = c->max_video_mb,
		[MEDIA_DOCUMENT] = c->max_document_mb };
	return (of[g] < c->max_file_mb ? of[g] : c->max_file_mb) * MIB;
}

bool uploads_taken(const struct conf *c) { return c->max_files > 0 && c->max_file_mb > 0; }

int uploads_at_once(const struct conf *c)
{
	int64_t n = c->memory_mb / MEDIA_MEMORY_MB;
	return n < 1 ? 1 : n > UPLOADS_AT_ONCE ? UPLOADS_AT_ONCE : (int)n;
}

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

static err clean(struct page *p, int input, struct media_result *result)
{
	const struct conf *c = &p->app->conf;
	enum media_refusal why;
	struct clean_request r = { .from = &p->app->decoder, .spool = p->app->dir, .input = input, .kinds = kinds_of(c), .limits = media_limits_usual };
	r.limits.bytes = 2 * c->max_file_mb * MIB > OUTPUT_LEAST ? 2 * c->max_file_mb * MIB : OUTPUT_LEAST;
	if (r.limits.bytes > MEDIA_BYTES_MOST) r.limits.bytes = MEDIA_BYTES_MOST;
	if (!gate_enter(p->app->cleaning, WAIT_SECONDS)) return cx_fail(p->cx, BUSY, NULL, "could not be read: too many files came at once, please choose it again and send it in a minute");
	err e = clean_file(p->cx, &r, result, &why);
	gate_leave(p->app->cleaning);
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

/* Where all share a limit and it is used up, each who shows a right number is taken all the same, and waits for an editor. */
static err count(struct page *p)
{
	err e = guard_count_file(p);
	if (e != LIMIT || !p->req->shared) return e;
	struct fault why = p->cx->fault;
	p->crowded = p->has_session || (fields_asks_number(p) && fields_prove(p) == OK);
	p->cx->fault = p->crowded ? (struct fault){ 0 } : why;
	return p->crowded ? OK : e;
}

err uploads_receive(struct page *p, const struct upload *from, str name, struct media_result *result, struct file_in *in)
{
	const struct conf *c = &p->app->conf;
	int input;
	MUST(!p->reading);
	if (from->fault == UPLOAD_NO_ROOM) return cx_fail(p->cx, BUSY, NULL, "cannot be taken now: the server’s disk is nearly full");
	if (from->fault == UPLOAD_TOO_LARGE) return cx_fail(p->cx, INVALID, NULL, "is larger than %" PRId64 " MB, the most for one file", c->max_file_mb);
	TRY(count(p));
	TRY(check_room(p, from->size));
	if (form_file(p->cx, p->app->dir, from, &input) != OK) return cx_fail(p->cx, BUSY, NULL, "cannot be taken now: the server’s disk is nearly full");
	TRY(clean(p, input, result));
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
