/* Starting and ending: the threads, in an order in which nobody is ever handed what is not there yet or any more. */
#define OWNS_MEMORY
#include "http/engine.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/must.h"
#include "base/banned.h"

static void server_free(struct http_server *s)
{
	if (s->listeners)
		for (size_t i = 0; i < s->config.listeners_n; i++) {
			listener_close(&s->listeners[i]);
			if (!s->listeners[i].quiesced) close(s->config.listeners[i]);
		}
	workers_stop(s);
	peers_free(s->peers);
	pthread_mutex_destroy(&s->mutex);
	pthread_cond_destroy(&s->filled);
	pthread_cond_destroy(&s->opened);
	free(s->listeners);
	free(s->workers);
	free(s->queue);
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
	s->peers = peers_new((size_t)config->connections);
	s->forgot = clock_monotonic();
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->filled, NULL);
	pthread_cond_init(&s->opened, NULL);
	return s;
}

static err start(struct cx *cx, struct http_server *s)
{
	TRY(workers_start(cx, s));
	for (size_t i = 0; i < s->config.listeners_n; i++)
		TRY(listener_start(cx, s, &s->listeners[i], s->config.listeners[i]));
	return OK;
}

err http_server_start(struct cx *cx, const struct http_config *config, const struct http_app *app, struct http_server **out)
{
	MUST(sodium_init() >= 0);
	MUST(config->listeners_n > 0 && config->workers >= 1 && config->workers <= 64 && config->queue >= 1);
	MUST(config->connections >= 1 && config->connections_per_client >= 1 && config->idle_seconds >= 1);
	struct http_server *s = server_new(config, app);
	/* Signals are the main thread's; a write to a closed connection must be an error, not a signal. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err e = start(cx, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (e != OK) {
		http_server_stop(s, 0);
		return e;
	}
	*out = s;
	return OK;
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
	struct http_stats st = { .requests = s->requests, .refused = s->refused, .connections_now = s->connections_now };
	for (int i = 0; i < 6; i++) st.by_class[i] = s->by_class[i];
	pthread_mutex_lock(&s->mutex);
	st.queue_now = s->queue_n;
	pthread_mutex_unlock(&s->mutex);
	return st;
}
