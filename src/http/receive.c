/* Large bodies are read apart from listeners, by one thread. What it writes goes to the disk some time, and the kernel makes whoever writes more than the disk
 * takes wait, on a small machine for a second and more: that must not be who answers everybody else. The connection rests meanwhile, so no client
 * sends faster than is written. */
#define OWNS_MEMORY
#include "http/engine.h"

#include <string.h>
#include <sys/resource.h>

#include <microhttpd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/banned.h"

#define NICE 15 /* as workers */
#define APART_FROM (64 * KIB) /* of a body; less makes no file */

bool receiver_wants(const struct exchange *x) { return x->received > APART_FROM; }

void receiver_give(struct exchange *x, struct MHD_Connection *m, const char *p, size_t n)
{
	MUST(n <= (size_t)POOL_BYTES);
	if (!x->lent) x->lent = arena_bytes(x->cx->arena, POOL_BYTES);
	memcpy(x->lent, p, n); /* the library may move its own */
	x->lent_n = n;
	exchange_rest(x, m);
	handover_give(&x->listener->server->bodies, x);
}

static void *run(void *arg)
{
	struct http_server *s = arg;
	(void)setpriority(PRIO_PROCESS, 0, NICE); /* this thread's alone */
	for (struct exchange *x; (x = handover_take(&s->bodies));) {
		must_set_request(x->cx->rid);
		x->fed = form_reader_feed(x->form, x->lent, x->lent_n);
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
