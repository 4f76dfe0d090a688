/* Starting and ending: the threads, in an order in which nobody is ever handed what is not there yet or any more. */
#define OWNS_MEMORY
#include "http/engine.h"

#include <signal.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/must.h"
#include "base/banned.h"

static void server_free(struct http_server *s)
{
	workers_stop(s); /* first: one may still be about to wake a listener for an answer that is out already */
	receiver_stop(s);
	if (s->listeners)
		for (size_t i = 0; i < s->config.listeners_n; i++) {
			listener_close(&s->listeners[i]);
			if (!s->listeners[i].quiesced) close(s->config.listeners[i]);
		}
	for (size_t i = 0; i < s->config.listeners_n; i++) meter_free(s->listeners[i].meter);
	for (int i = 0; s->workers && i < s->config.workers; i++) meter_free(s->workers[i].meter);
	peers_free(s->peers);
	pthread_mutex_destroy(&s->mutex);
	handover_destroy(&s->requests);
	handover_destroy(&s->bodies);
	pthread_cond_destroy(&s->opened);
	free(s->listeners);
	free(s->workers);
	free(s->config.listeners);
	free(s);
}

static struct http_server *server_new(const struct http_config *config, const struct http_app *app)
{
	struct http_server *s = calloc(1, sizeof *s);
	MUST(s != NULL);
	s->config = *config;
	s->app = *app;
	size_t bytes = config->listeners_n * sizeof *config->listeners;
	s->config.listeners = malloc(bytes);
	s->listeners = calloc(config->listeners_n, sizeof *s->listeners);
	MUST(s->config.listeners != NULL && s->listeners != NULL);
	memcpy(s->config.listeners, config->listeners, bytes);
	s->peers = peers_new((size_t)config->connections + config->listeners_n * LEAVING); /* a full table would be searched without end */
	for (size_t i = 0; i < config->listeners_n; i++) s->listeners[i].meter = meter_new(app->labels);
	s->forgot = clock_monotonic();
	pthread_mutex_init(&s->mutex, NULL);
	handover_init(&s->requests, config->workers > 1 ? config->workers / 2 : 1);
	handover_init(&s->bodies, INT_MAX); /* a listener never waits for its turn there */
	pthread_cond_init(&s->opened, NULL);
	return s;
}

static err start(struct cx *cx, struct http_server *s)
{
	TRY(workers_start(cx, s));
	TRY(receiver_start(cx, s));
	if (s->config.opening) TRY(s->config.opening(s->config.opening_arg, cx));
	for (size_t i = 0; i < s->config.listeners_n; i++)
		TRY(listener_start(cx, s, &s->listeners[i], s->config.listeners[i]));
	return OK;
}

err http_server_start(struct cx *cx, const struct http_config *config, const struct http_app *app, struct http_server **out)
{
	MUST(sodium_init() >= 0);
	MUST(config->listeners_n > config->operators_n && config->workers >= 1 && config->workers <= 64 && config->queue >= 1);
	MUST(config->connections >= 1 && config->connections_per_client >= 1 && config->idle_seconds >= 1);
	struct http_server *s = server_new(config, app);
	/* Signals are the main thread's; a write to a closed connection must be an error, not a signal. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	*out = s; /* before there is a thread that could look for it */
	err e = start(cx, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (e == OK) return OK;
	*out = NULL;
	http_server_stop(s, 0);
	return e;
}

void http_server_stop(struct http_server *s, int grace_seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += grace_seconds;
	atomic_store(&s->stopping, true);
	for (size_t i = 0; i < s->config.listeners_n; i++)
		if (s->listeners[i].running) listener_wake(&s->listeners[i]);
	for (size_t i = 0; i < s->config.listeners_n; i++) {
		struct listener *l = &s->listeners[i];
		if (!l->running) continue;
		if (pthread_timedjoin_np(l->thread, NULL, &until) == 0) continue;
		atomic_store(&s->aborting, true);
		listener_wake(l);
		pthread_join(l->thread, NULL);
	}
	server_free(s);
}

void http_server_forget_peers(struct http_server *s)
{
	peers_forget(s->peers);
	atomic_store(&s->forgot, clock_monotonic());
}

struct http_stats http_server_stats(struct http_server *s)
{
	struct http_stats st = { .refused = metric_read(&s->refused), .connections_now = metric_read(&s->connections_now),
		.queue_full = metric_read(&s->queue_full) };
	for (size_t i = 0; i < s->config.listeners_n; i++) {
		struct meter *m = s->listeners[i].meter;
		st.requests += metric_read(&m->requests);
		st.connections += metric_read(&m->connections);
		st.at_hand += metric_read(&m->at_hand);
		st.cut += metric_read(&m->cut);
		for (size_t label = 0; label < m->labels; label++)
			for (int c = 0; c < 6; c++) st.by_class[c] += metric_read(&m->series[label].by_class[c]);
	}
	for (int i = 0; i < s->config.workers; i++) metric_gather(&st.waited, &s->workers[i].meter->waited);
	st.queue_now = atomic_load(&s->queued);
	return st;
}

struct http_series http_server_series(struct http_server *s, unsigned label)
{
	struct http_series out = { 0 };
	MUST(label == 0 || label < s->app.labels);
	for (size_t i = 0; i < s->config.listeners_n; i++) {
		struct meter_series *of = meter_series(s->listeners[i].meter, label);
		for (int c = 0; c < 6; c++) out.by_class[c] += metric_read(&of->by_class[c]);
		metric_gather(&out.answered, &of->took);
	}
	for (int i = 0; i < s->config.workers; i++) metric_gather(&out.handled, &meter_series(s->workers[i].meter, label)->took);
	return out;
}
