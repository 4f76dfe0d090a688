/* The threads on which handlers may block, and the bounded queue that leads to them. */
#define OWNS_MEMORY
#include "http/engine.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/must.h"
#include "http/page.h"
#include "base/banned.h"

#define NICE 15 /* less than half of it, and a cached page waits for those who post; more, and a crowd of readers leaves them next to nothing */

bool worker_give(struct http_server *s, struct exchange *x)
{
	if (atomic_fetch_add(&s->queued, 1) >= (size_t)s->config.queue) {
		atomic_fetch_sub(&s->queued, 1);
		metric_add_shared(&s->queue_full, 1);
		return false;
	}
	x->given = clock_monotonic();
	handover_give(&s->requests, x);
	return true;
}

/* Made into a page even for HEAD, which keeps none, so that its headers are those of GET to the last byte. */
static bool is_cacheable(const struct exchange *x)
{
	const struct response *r = &x->res;
	if (!x->cacheable || !r->cacheable || r->status != 200 || r->fd >= 0 || r->close || r->deps.overflow) return false;
	for (size_t i = 0; i < r->headers_n; i++)
		MUST(!str_eq_ascii_ci(str_of(r->headers[i].name), S("set-cookie"))); /* a cached page is everybody's */
	return true;
}

static struct exchange *seated(struct cache_seat *seat) { return (struct exchange *)(void *)((char *)seat - offsetof(struct exchange, seat)); }

/* Has one that waited rendered for. When there is no room for it, it and those whom it leads get the page of before, or are refused. */
static void render_for(struct http_server *s, struct exchange *x)
{
	x->leads = x->seat.leads;
	if (worker_give(s, x)) return;
	x->page = cache_older(s->config.cache, x->key);
	if (x->leads) worker_land(x, x->page, true);
	if (!x->page) exchange_refuse(x, 503);
	listener_finished(x);
}

void worker_land(struct exchange *x, struct page *page, bool older)
{
	struct http_server *s = x->listener->server;
	struct cache_landed landed = cache_land(s->config.cache, &x->seat, older ? NULL : page);
	x->leads = false;
	if (older && page) landed = (struct cache_landed){ .served = landed.again };
	for (struct cache_seat *seat = landed.served, *next; seat; seat = next) {
		next = seat->next;
		page_hold(page);
		seated(seat)->page = page;
		listener_finished(seated(seat));
	}
	for (struct cache_seat *seat = landed.again, *next; seat; seat = next) {
		next = seat->leads ? NULL : seat->next; /* a leader's next is the cache's affair */
		render_for(s, seated(seat));
	}
}

static void work(struct worker *w, struct exchange *x)
{
	int64_t begun = clock_monotonic();
	struct meter_series *series = meter_series(w->meter, x->limits.label);
	metric_observe(&w->meter->waited, &metric_times, begun - x->given);
	must_set_request(x->cx->rid);
	w->server->app.handle(w->state, x->cx, &x->req, &x->res);
	MUST(x->res.status >= 200 && x->res.status <= 599);
	bool older = x->cacheable && x->res.status == 503;
	if (older) x->page = cache_older(w->server->config.cache, x->key);
	else if (is_cacheable(x)) x->page = page_new(x->cx, &x->res);
	if (x->leads) worker_land(x, x->page, older);
	if (!x->page) exchange_set_reply(x);
	metric_observe(&series->took, &metric_times, clock_monotonic() - begun);
	listener_finished(x);
	must_set_request(0);
}

/* Says how worker_open went; the starter waits for all. */
static void opened(struct worker *w, struct cx *cx)
{
	struct http_server *s = w->server;
	pthread_mutex_lock(&s->mutex);
	s->workers_opened++;
	if (!w->opened) {
		s->open_failed = true;
		str line = cx_fault_line(cx);
		snprintf(s->open_sentence, sizeof s->open_sentence, STR_FMT, STR_ARG(line));
	}
	pthread_cond_broadcast(&s->opened);
	pthread_mutex_unlock(&s->mutex);
}

static void forget(void *arg)
{
	struct worker *w = arg;
	if (w->server->app.worker_forget) w->server->app.worker_forget(w->state, w->cx);
	cx_reset(w->cx);
}

static void *run(void *arg)
{
	struct worker *w = arg;
	pthread_setname_np(pthread_self(), "worker");
	struct cx *cx = w->cx = cx_new();
	struct wipe touched;
	wipe_begin(&touched);
	w->state = w->server->app.worker_open(w->server->app.arg, cx);
	w->opened = w->state != NULL;
	opened(w, cx);
	(void)setpriority(PRIO_PROCESS, 0, NICE); /* this thread's alone: pages that are ready do not wait for those that are made, as all do for a server that starts */
	if (w->opened)
		for (struct exchange *x; (x = handover_take(&w->server->requests, &touched, forget, w));) {
			atomic_fetch_sub(&w->server->queued, 1);
			bool post = x->req.method == METHOD_POST;
			work(w, x);
			if (post) handover_post_done(&w->server->requests);
		}
	if (w->opened) w->server->app.worker_close(w->state);
	cx_end(cx);
	return NULL;
}

void workers_stop(struct http_server *s)
{
	for (size_t i = 0; i < s->workers_running; i++) handover_end(&s->requests);
	for (; s->workers_running; s->workers_running--) pthread_join(s->workers[s->workers_running - 1].thread, NULL);
}

err workers_start(struct cx *cx, struct http_server *s)
{
	size_t n = (size_t)s->config.workers;
	s->workers = calloc(n, sizeof *s->workers);
	MUST(s->workers != NULL);
	for (size_t i = 0; i < n; i++) s->workers[i].meter = meter_new(s->app.labels);
	for (; s->workers_running < n; s->workers_running++) {
		struct worker *w = &s->workers[s->workers_running];
		w->server = s;
		if (pthread_create(&w->thread, NULL, run, w) != 0)
			return cx_fail(cx, FAILED, NULL, "A worker thread could not be started.");
	}
	pthread_mutex_lock(&s->mutex);
	while (s->workers_opened < n) pthread_cond_wait(&s->opened, &s->mutex);
	bool failed = s->open_failed;
	pthread_mutex_unlock(&s->mutex);
	if (failed)
		return cx_fail(cx, FAILED, NULL, "%s", s->open_sentence[0] ? s->open_sentence : "A worker could not be opened.");
	return OK;
}
