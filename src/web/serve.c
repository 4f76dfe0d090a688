/* Opens everything, locks itself in, serves until told to stop. */
#include "web/serve.h"

#include <inttypes.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "read/reader.h"
#include "sys/parent.h"
#include "sys/sandbox.h"
#include "sys/stamp.h"
#include "sys/usage.h"
#include "web/app.h"
#include "web/respond.h"
#include "base/banned.h"

#define GRACE_SECONDS 10
#define DESCRIPTORS ((rlim_t)131072)
#define GIVEN_BACK (256 * KIB) /* blocks from this size on go back to the system as soon as they are free, whatever lies behind them */

struct ticker {
	struct app *app;
	int stop;
};

static void *tick(void *arg)
{
	struct ticker *t = arg;
	app_tick(t->app, t->stop);
	return NULL;
}

static err lock_in(struct cx *cx, const struct serve *s)
{
	const char *const site[] = { s->dir, NULL };
	const struct sandbox_paths paths = { .read_write = site, .read_only = s->reach->files, .local_sockets = s->reach->local, .ports = s->reach->ports,
		.ports_n = s->reach->ports_n };
	if (s->sandbox) return sandbox_enter(cx, ROLE_WEB, &paths);
	log_warn(cx, "the sandbox is off, as site.conf says");
	return OK;
}

/* As many as the system allows, and no more connections than half of them: the rest is for the database, and for files on their way. */
static int connections_of(const struct conf *conf)
{
	struct rlimit r;
	int64_t most = conf->connections;
	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur != RLIM_INFINITY && (int64_t)(r.rlim_cur / 2) < most) most = (int64_t)(r.rlim_cur / 2);
	if (most < conf->connections)
		log_warn(NULL, "[listen] connections is %" PRId64 ", but the system allows %" PRId64 " open files: at most %" PRId64 " connections will be open",
		    conf->connections, (int64_t)r.rlim_cur, most);
	return (int)most;
}

static void raise_descriptors(void)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= r.rlim_max) return;
	r.rlim_cur = r.rlim_max < DESCRIPTORS ? r.rlim_max : DESCRIPTORS > r.rlim_cur ? DESCRIPTORS : r.rlim_cur;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

/* So many may read a long text or wait for its reader: half of those who may have a post (http/server). */
static int long_texts(int workers) { return workers > 7 ? workers / 4 : 1; }

/* No request is there yet that could want a reader, whose children would start before pages can be had. */
static err say_ready(void *arg, struct cx *cx)
{
	struct app *app = arg;
	TRY(parent_tell_ready(cx, app->decoder.parent));
	app->reader = reader_new(&app->readers, true, long_texts((int)app->conf.workers));
	return OK;
}

/* With the ticker there, from the first connection to the last. */
static err answer(struct cx *cx, const struct serve *s, struct app *app, int *listeners, size_t n)
{
	int connections = connections_of(s->conf);
	struct http_config config = { .listeners = listeners, .listeners_n = n, .operators_n = s->operators_n, .workers = (int)s->conf->workers, .queue = 256,
		.connections = connections, .connections_per_client = connections / 4 + 16, .idle_seconds = (int)s->conf->idle_seconds, .spool_dir = s->dir,
		.behind_proxy = s->conf->behind_proxy != 0, .cache = app->cache, .opening = say_ready, .opening_arg = app };
	struct http_app callbacks = app_http(app);
	TRY(http_server_start(cx, &config, &callbacks, &app->server));
	parent_wait_end(cx, s->parent);
	http_server_stop(app->server, GRACE_SECONDS);
	return OK;
}

/* Everything that starts threads, inside the sandbox. */
static err take_over(struct cx *cx, const struct serve *s, struct app *app, int *listeners, size_t n)
{
	struct ticker ticker = { app, eventfd(0, EFD_CLOEXEC) };
	pthread_t thread;
	TRY(app_open(cx, app));
	if (ticker.stop < 0 || pthread_create(&thread, NULL, tick, &ticker) != 0) return cx_fail(cx, FAILED, NULL, "no thread can be started: the system allows no more");
	err e = answer(cx, s, app, listeners, n);
	MUST(eventfd_write(ticker.stop, 1) == 0);
	pthread_join(thread, NULL);
	close(ticker.stop);
	return e;
}

static err wait_for_turn(struct cx *cx, const struct serve *s, struct app *app)
{
	int listeners[SERVE_LISTENERS];
	size_t n;
	err e = parent_take_listeners(cx, s->parent, listeners, SERVE_LISTENERS, &n);
	if (e == NOTFOUND) return OK; /* all ends, and its turn never came */
	TRY(e);
	if (s->taken) s->taken(s->arg);
	if (stamp_site(cx, s->dir) == s->stamp) return take_over(cx, s, app, listeners, n);
	log_info(cx, "site.conf or the theme was changed: they are read anew");
	return OK;
}

static err run(struct cx *cx, const struct serve *s, const struct usage *usage)
{
	struct app *app;
	(void)mallopt(M_MMAP_THRESHOLD, GIVEN_BACK); /* else glibc keeps what the largest forms took, for good */
	TRY(app_prepare(cx, s->dir, s->conf, &app));
	app->version = str_of(s->version);
	app->usage = usage;
	app->decoder.parent = app->readers.parent = s->parent;
	err e = wait_for_turn(cx, s, app);
	app_close(app);
	return e;
}

err serve_web(struct cx *cx, const struct serve *s)
{
	struct usage usage;
	raise_descriptors();
	usage_open(&usage); /* the sandbox hides /proc */
	err e = lock_in(cx, s);
	if (e == OK) e = run(cx, s, &usage);
	usage_close(&usage);
	return e;
}

err serve_check(struct cx *cx, const char *dir, const struct conf *conf)
{
	struct template_set *templates;
	struct assets assets;
	struct db *db;
	const char *theme = str_c(cx, str_fmt(cx, "%s/theme", dir));
	TRY(template_set_open(cx, theme, &templates));
	err e = respond_compile(cx, templates);
	template_set_close(templates);
	TRY(e);
	TRY(assets_read(cx, theme, &assets));
	TRY(db_open(cx, conf->database, DB_WRITE, &db));
	db_close(db);
	return OK;
}
