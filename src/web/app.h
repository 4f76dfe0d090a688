/* app: what the web role holds while it serves: settings, templates, the page cache, the writer, the limits by client. Made once before
 * threads start; what changes afterwards is inside things that lock themselves. */
#ifndef WEB_APP_H
#define WEB_APP_H

#include <stdatomic.h>

#include "db/channel.h"
#include "http/server.h"
#include "store/block.h"
#include "store/term.h"
#include "sys/conf.h"
#include "sys/role.h"
#include "view/template.h"
#include "web/assets.h"

/* What a cached page can depend on: the kinds of cache_key. */
enum depends {
	DEPENDS_SITE,     /* settings, terms, blocks, static pages */
	DEPENDS_WIRE,     /* any list of articles */
	DEPENDS_COMMENTS, /* the latest comments of the whole site */
	DEPENDS_ARTICLE,  /* one article and what stands under it */
	DEPENDS_LOG,      /* the editorial log, /hidden */
	DEPENDS_ASIDE,    /* the latest comments, told of beside something else: this process's own, and up to a second late where one was added */
};

struct clients;
struct sessions;
struct logins;
struct challenges;
struct receipts;
struct seal;
struct gate;
struct reader;
struct lane;
struct blob_store;
struct usage;
struct ready;

struct app {
	struct conf conf;
	str host;                 /* of [site] url */
	bool secure;              /* [site] url is https */
	str database;             /* absolute URL */
	struct template_set *templates;
	struct cache *cache;
	struct db_writer *writer;
	struct db_channel *channel; /* to other processes on the same database; NULL where there can be none */
	struct clients *clients;
	struct sessions *sessions;
	struct logins *logins;
	struct challenges *challenges;
	struct receipts *receipts;
	struct seal *seal;         /* for what visitors' browsers keep for us */
	struct gate *cleaning;     /* of files */
	struct reader *reader;     /* makes html of what people wrote; NULL until it serves */
	struct lane *passwords;
	struct blob_store *media;
	struct role_source decoder, readers; /* where decode and read children come from */
	struct http_server *server; /* once it serves */
	const char *dir;           /* the site folder, absolute */
	str version;
	const struct usage *usage;
	int64_t started;           /* by the wall's clock */
	metric queries;            /* that pages asked, beside those of writes */
	atomic_bool comments_added; /* since DEPENDS_ASIDE last changed */
	metric site_changes;       /* how often DEPENDS_SITE changed, for where there is no cache to count it */
	struct ready *ready;
	struct assets assets;
};

/* dir: the site folder, absolute. What takes no database and little memory: compiles the templates, makes the limits by client. */
CHECKED err app_prepare(struct cx *cx, const char *dir, const struct conf *conf, struct app **out);

/* The rest, once: media, the writer, the channel to other processes. */
CHECKED err app_open(struct cx *cx, struct app *app);
void app_close(struct app *app); /* also of what was only prepared */

/* The callbacks that http/server asks for. */
struct http_app app_http(struct app *app);

/* A worker thread's own: a read connection, and the terms and blocks as of the generation it last saw. */
struct worker {
	struct app *app;
	struct db *db;
	struct cx *held; /* owns terms and blocks; those of before where newer ones cannot be read, since even a page that says so shows them */
	uint64_t site_generation;
	struct terms terms;
	struct blocks blocks;
};

/* Reloads terms and blocks when the site changed. */
CHECKED err worker_refresh(struct cx *cx, struct worker *w);

/* Once a second, on a thread of its own: notices what commands changed, takes anti-spam pictures. Ends when *stop is set and the descriptor stop_fd is readable. */
void app_tick(struct app *app, int stop_fd);

#endif
