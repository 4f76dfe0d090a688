/* What may wait for the disk is done apart from listeners, by one thread: writing the files that come with a form, and closing them, which frees their room. The kernel
 * makes whoever writes more than the disk takes wait, on a small machine for a second and more, and that must not be who answers everybody else.
 * A connection rests while a part of its body is here, so no client sends faster than is written. */
#define OWNS_MEMORY
#include "http/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/banned.h"

#define NICE 15 /* as workers */
#define PART (POOL_BYTES / 2) /* from here on what was gathered is given: chunks of a few bytes cost no way here and back each */

bool receiver_wants(const struct exchange *x, size_t n) { return x->form && (x->part_n || form_reader_may_block(x->form, n)); }

static void give(struct exchange *x, struct MHD_Connection *m)
{
	exchange_rest(x, m);
	handover_give(&x->listener->server->bodies, x);
}

void receiver_gather(struct exchange *x, struct MHD_Connection *m, const char *p, size_t n)
{
	MUST(n <= (size_t)POOL_BYTES && x->part_n < (size_t)PART);
	if (!x->part) x->part = arena_bytes(x->cx->arena, PART + POOL_BYTES);
	memcpy(x->part + x->part_n, p, n);
	x->part_n += n;
	if (x->part_n >= (size_t)PART) give(x, m);
}

bool receiver_finish(struct exchange *x, struct MHD_Connection *m)
{
	if (!x->part_n) return false;
	give(x, m);
	return true;
}

void receiver_end(struct http_server *s, struct cx *cx)
{
	if (!s->receiving) return cx_end(cx);
	struct exchange *husk = calloc(1, sizeof *husk);
	MUST(husk != NULL);
	husk->cx = cx;
	handover_give(&s->bodies, husk);
}

static void nothing_more(void *unused) { (void)unused; }

static void *run(void *arg)
{
	struct http_server *s = arg;
	struct wipe touched;
	wipe_begin(&touched);
	pthread_setname_np(pthread_self(), "receiver");
	(void)setpriority(PRIO_PROCESS, 0, NICE); /* this thread's alone */
	for (struct exchange *x; (x = handover_take(&s->bodies, &touched, nothing_more, NULL));) {
		if (!x->connection) { /* a husk */
			cx_end(x->cx);
			free(x);
			continue;
		}
		must_set_request(x->cx->rid);
		x->fed = form_reader_feed(x->form, x->part, x->part_n);
		must_set_request(0);
		listener_finished(x);
	}
	return NULL;
}

err receiver_start(struct cx *cx, struct http_server *s)
{
	if (pthread_create(&s->receiver, NULL, run, s) != 0) return cx_fail(cx, FAILED, NULL, "The thread that reads large forms could not be started.");
	s->receiving = true;
	return OK;
}

void receiver_stop(struct http_server *s)
{
	if (!s->receiving) return;
	handover_end(&s->bodies);
	pthread_join(s->receiver, NULL);
	s->receiving = false;
}
