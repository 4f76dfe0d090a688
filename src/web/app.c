/* The web role's state, and the road from http/server's callbacks to a handler and back. */
#define OWNS_MEMORY
#include "web/app.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "read/reader.h"
#include "sql.h"
#include "store/appear.h"
#include "text/url.h"
#include "web/challenge.h"
#include "web/clients.h"
#include "web/comment_receipt.h"
#include "web/fields.h"
#include "web/gate.h"
#include "web/guard.h"
#include "web/lane.h"
#include "web/logins.h"
#include "web/pages.h"
#include "web/ready.h"
#include "web/receipts.h"
#include "web/respond.h"
#include "web/routes.h"
#include "web/seal.h"
#include "web/sessions.h"
#include "web/uploads.h"
#include "base/banned.h"

#define TAKE_EVERY (4 * SECOND) /* whoever asks for pictures by the thousand gets many again, and has not as many drawn as he likes */

/* added: and nothing taken back. */
static void changed(struct app *app, enum depends kind, id number, bool added)
{
	if (kind == DEPENDS_SITE) metric_add_shared(&app->site_changes, 1);
	if (kind == DEPENDS_COMMENTS && added) atomic_store(&app->comments_added, true);
	if (kind == DEPENDS_COMMENTS && !added) cache_forbid(app->cache, cache_key(DEPENDS_ASIDE, 0));
	if (added) cache_bump(app->cache, cache_key(kind, number));
	else cache_forbid(app->cache, cache_key(kind, number));
}

static void all_changed(struct app *app, bool added)
{
	static const enum depends all[] = { DEPENDS_SITE, DEPENDS_WIRE, DEPENDS_COMMENTS, DEPENDS_LOG };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) changed(app, all[i], 0, added); /* every page depends on the first */
}

/* What tell told in another process: "KIND:NUMBER", with a + before what was only added, and so on. */
static void heard(void *arg, str words)
{
	struct app *app = arg;
	if (words.n == 0) return all_changed(app, true); /* what is shown may be wrong, as it may have been all the time before: better than nothing */
	for (size_t at = 0, end; at <= words.n; at = end + 1) {
		int64_t kind, number;
		for (end = at; end < words.n && words.p[end] != ' ';) end++;
		str word = str_sub(words, at, end - at);
		bool added = str_starts(word, S("+"));
		if (added) word = str_sub(word, 1, word.n);
		ptrdiff_t colon = str_find_char(word, ':', 0);
		if (colon < 0 || !str_to_int(str_sub(word, 0, (size_t)colon), 0, DEPENDS_LOG, &kind) ||
		    !str_to_int(str_sub(word, (size_t)colon + 1, word.n), 0, INT64_MAX, &number))
			return all_changed(app, false); /* everything, or another version's words */
		changed(app, (enum depends)kind, number, added);
	}
}

err app_prepare(struct cx *cx, const char *dir, const struct conf *conf, struct app **out)
{
	struct app *a = cx_new_of(cx, struct app);
	a->conf = *conf;
	a->dir = str_c(cx, str_of(dir));
	a->ready = ready_new();
	a->host = url_host((url){ conf->url });
	a->secure = str_starts(conf->url, S("https://"));
	a->database = conf->database;
	const char *theme = str_c(cx, str_fmt(cx, "%s/theme", dir));
	TRY(template_set_open(cx, theme, &a->templates));
	TRY(respond_compile(cx, a->templates));
	TRY(assets_read(cx, theme, &a->assets));
	a->cache = conf->cache_mb ? cache_new((size_t)conf->cache_mb * MIB) : NULL;
	a->clients = clients_new();
	a->sessions = sessions_new(cx);
	a->logins = logins_new(cx);
	a->challenges = challenges_new(cx);
	a->receipts = receipts_new();
	a->seal = seal_new(cx);
	a->cleaning = gate_new((int)conf->workers / 2 + 1, uploads_at_once(conf));
	a->passwords = lane_new((int)conf->workers);
	a->decoder.parent = a->readers.parent = -1;
	*out = a;
	return OK;
}

err app_open(struct cx *cx, struct app *a)
{
	a->started = cx_now(cx);
	TRY(blob_store_open(cx, a->dir, a->conf.media, &a->media));
	TRY(db_writer_start(cx, a->database, &a->writer));
	return db_channel_start(cx, a->database, heard, a, &a->channel);
}

void app_close(struct app *a)
{
	if (!a) return;
	db_channel_stop(a->channel);
	db_writer_stop(a->writer);
	challenges_free(a->challenges);
	receipts_free(a->receipts);
	seal_free(a->seal);
	gate_free(a->cleaning);
	reader_free(a->reader);
	lane_free(a->passwords);
	ready_free(a->ready);
	logins_free(a->logins);
	sessions_free(a->sessions);
	clients_free(a->clients);
	cache_free(a->cache);
	template_set_close(a->templates);
}

void page_depends(struct page *p, enum depends kind, id number)
{
	if (p->app->cache) response_depends(p->res, p->app->cache, cache_key(kind, number), kind == DEPENDS_ASIDE);
}

static void tell(struct page *p, enum depends kind, id number, bool added)
{
	changed(p->app, kind, number, added);
	if (p->app->channel) db_channel_tell(p->app->channel, str_fmt(p->cx, "%s%d:%" PRId64, added ? "+" : "", (int)kind, number));
}

/* Lists say how many comments there are, so what changes an article or its comments changes them. */
static void tell_article(struct page *p, id article, bool added)
{
	tell(p, DEPENDS_WIRE, 0, added);
	tell(p, DEPENDS_ARTICLE, article, added);
}

void page_added_article(struct page *p, id article) { tell_article(p, article, true); }

void page_added_comment(struct page *p, id article)
{
	tell_article(p, article, true);
	tell(p, DEPENDS_COMMENTS, 0, true);
}

void page_changed_act(struct page *p, id article)
{
	tell_article(p, article, false);
	tell(p, DEPENDS_COMMENTS, 0, false);
	tell(p, DEPENDS_LOG, 0, false);
}

void page_swept(struct page *p, const struct file_gone *gone)
{
	if (gone->n == 0) return;
	if (p->reading) db_read_end(p->db); /* what stands now counts, not what stood when the page began */
	p->reading = false;
	if (file_sweep_blobs(p->cx, p->db, p->app->media, gone) == OK) return;
	log_warn(p->cx, "files that are gone: " STR_FMT, STR_ARG(p->cx->fault.sentence));
	p->cx->fault = (struct fault){ 0 };
}

err page_write(struct page *p, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	return db_write(p->cx, p->app->writer, fn, arg);
}

err worker_refresh(struct cx *cx, struct worker *w)
{
	uint64_t now = metric_read(&w->app->site_changes);
	struct terms terms;
	struct blocks blocks;
	if (w->held && w->site_generation == now) return OK;
	struct cx *held = cx_new();
	err e = terms_load(held, w->db, &terms);
	if (e == OK) e = blocks_load(held, w->db, &blocks);
	if (e != OK) {
		(void)!cx_fail(cx, e, NULL, STR_FMT, STR_ARG(held->fault.sentence));
		cx_end(held);
		return e;
	}
	if (w->held) cx_end(w->held);
	w->held = held;
	w->terms = terms;
	w->blocks = blocks;
	w->site_generation = now;
	return OK;
}

static void *worker_open(void *arg, struct cx *cx)
{
	struct app *app = arg;
	struct worker *w = calloc(1, sizeof *w);
	MUST(w != NULL);
	w->app = app;
	if (db_open_further(cx, app->database, DB_READ, &w->db) == OK && worker_refresh(cx, w) == OK) return w;
	db_close(w->db);
	free(w);
	return NULL;
}

static void worker_close(void *arg)
{
	struct worker *w = arg;
	db_close(w->db);
	cx_end(w->held);
	free(w);
}

static void worker_forget(void *arg, struct cx *cx)
{
	struct worker *w = arg;
	db_forget(cx, w->db);
}

/* What is not to be seen from there has no methods either. */
static const struct route *find_route(struct page *p, const struct request *req, bool *other, char allow[64])
{
	const struct route *r = route_find(req->method, req->path, p, other, allow);
	struct page unused;
	bool unasked;
	char unsaid[64];
	const struct route *there = r || !*other ? r : route_find(METHOD_GET, req->path, &unused, &unasked, unsaid);
	if (!there || guard_shows(req, there)) return r;
	*other = false;
	return NULL;
}

static bool admit(void *arg, struct cx *cx, const struct request *req, struct http_limits *limits, bool *cacheable, struct response *res)
{
	struct app *app = arg;
	struct page p = { .cx = cx };
	char allow[64], key[SESSION_KEY];
	bool other;
	const struct route *r = find_route(&p, req, &other, allow);
	*limits = (struct http_limits){ 0 };
	*cacheable = false;
	if (r) {
		limits->label = route_label(r);
		limits->body = r->body;
		if (r->files && app->conf.max_files) {
			limits->files = LIMIT_FORM_FILES;
			limits->file = app->conf.max_file_mb * MIB;
			limits->body += app->conf.max_files * limits->file;
			limits->keep_free = app->conf.keep_free_mb * MIB;
			limits->keep_on = true;
		}
		bool kept = r->method == METHOD_GET && (r->cache == ROUTE_CACHED || r->cache == ROUTE_IMMUTABLE);
		bool own = r->handle == page_article && comment_receipt_is_brought(app, cx, req, p.number);
		*cacheable = kept && !own && !guard_may_be_session(app, req, true, cx_now(cx), key);
		return true;
	}
	if (!other && (req->method == METHOD_GET || req->method == METHOD_HEAD)) return true; /* a 404 page, made by a worker */
	respond_refusal(app, cx, NULL, other ? 405 : 404, other ? allow : NULL, res);
	return false;
}

static err answer(struct page *p)
{
	bool other;
	char allow[64];
	p->route = find_route(p, p->req, &other, allow);
	if (p->route && p->route->cache == ROUTE_BARE) {
		TRY(guard_admit(p));
		return p->route->handle(p);
	}
	if (p->req->method != METHOD_POST) { /* what is to be kept and shown is of one moment; what is posted is judged anew by the write */
		TRY(db_read_begin(p->cx, p->db));
		p->reading = true;
	}
	TRY(worker_refresh(p->cx, p->worker));
	if (!p->route) return cx_fail(p->cx, NOTFOUND, NULL, "It may have moved, or the address has a slip in it. Try the search.");
	TRY(guard_admit(p));
	return p->route->handle(p);
}

static void handle(void *worker, struct cx *cx, const struct request *req, struct response *res)
{
	struct worker *w = worker;
	struct page p = { .cx = cx, .app = w->app, .worker = w, .db = w->db, .req = req, .res = res };
	*res = (struct response){ .fd = -1 };
	page_depends(&p, DEPENDS_SITE, 0);
	uint64_t asked = db_query_count(w->db);
	err e = answer(&p);
	if (e == DENIED && !p.has_session && p.route && p.route->capability > CAP_PUBLISH && req->method != METHOD_POST) {
		str next = str_fmt(cx, "/login?next=" STR_FMT, STR_ARG(req->path));
		*res = (struct response){ .fd = -1 };
		e = respond_see_other(&p, (url){ next });
	}
	if (e != OK) respond_error(&p, e);
	if (p.clear_session) respond_session(&p, S(""), 0);
	if (p.reading) db_read_end(w->db);
	metric_add_shared(&w->app->queries, db_query_count(w->db) - asked);
	MUST(res->status != 0);
}

static void refuse(void *arg, struct cx *cx, const struct request *req, int status, struct response *res)
{
	respond_refusal(arg, cx, req, status, NULL, res);
}

struct http_app app_http(struct app *app)
{
	return (struct http_app){ .arg = app, .labels = (unsigned)routes_n + 1, .admit = admit, .worker_open = worker_open, .worker_close = worker_close,
		.worker_forget = worker_forget, .handle = handle, .refuse = refuse };
}

static err take_pictures(struct cx *cx, struct db *db, void *arg)
{
	struct challenges *c = arg;
	struct sql_challenge_take *rows;
	size_t n;
	TRY(sql_challenge_take(cx, db, CHALLENGE_HANDFUL, &rows, &n));
	for (size_t i = 0; i < n; i++) challenges_put(c, rows[i].number, rows[i].png);
	return OK;
}

/* What a command wrote beside us: the setting it counted up says so. Where there is a channel, that looks. */
static err notice_commands(struct cx *cx, struct app *app, struct db *db, char last[32])
{
	struct sql_setting_get *s;
	TRY(sql_setting_get(cx, db, S("changed"), &s));
	char now[32] = { 0 };
	if (s && s->value.n < sizeof now) memcpy(now, s->value.p, s->value.n);
	if (memcmp(now, last, sizeof now) != 0) all_changed(app, false);
	memcpy(last, now, sizeof now);
	return OK;
}

/* What was on its way and has its minute now is shown: by whichever server of a shared database looks first; the others forget their pages as well. */
static err notice_minute(struct cx *cx, struct app *app, struct db *db, int64_t *last)
{
	bool due;
	int64_t minute = cx_minute(cx);
	TRY(appear_due(cx, db, &due));
	if (due) TRY(db_write(cx, app->writer, appear, NULL));
	if (due || (app->conf.delay_minutes && app->channel && minute != *last)) all_changed(app, true);
	return *last = minute, OK;
}

void app_tick(struct app *app, int stop_fd)
{
	struct cx *cx = cx_new();
	struct db *db = NULL;
	char changed[32] = { 0 };
	int64_t take_from = 0;
	struct pollfd stop = { stop_fd, POLLIN, 0 };
	int64_t minute = 0;
	if (db_open_further(cx, app->database, DB_READ, &db) != OK) log_error(cx, "ticker: " STR_FMT, STR_ARG(cx->fault.sentence));
	for (; db && poll(&stop, 1, 1000) == 0; cx_reset(cx)) {
		if (atomic_exchange(&app->comments_added, false)) cache_bump(app->cache, cache_key(DEPENDS_ASIDE, 0));
		if (notice_minute(cx, app, db, &minute) != OK) continue;
		if (!app->channel && notice_commands(cx, app, db, changed) != OK) continue;
		struct sql_challenge_count *waiting;
		if (app->conf.challenge != CHALLENGE_NUMBER || challenges_wanting(app->challenges) < CHALLENGE_HANDFUL || clock_monotonic() < take_from) continue;
		if (sql_challenge_count(cx, db, &waiting) != OK || waiting->waiting == 0) continue;
		if (db_write(cx, app->writer, take_pictures, app->challenges) != OK)
			log_warn(cx, "anti-spam pictures: " STR_FMT, STR_ARG(cx->fault.sentence));
		take_from = clock_monotonic() + TAKE_EVERY;
	}
	db_close(db);
	cx_end(cx);
}
