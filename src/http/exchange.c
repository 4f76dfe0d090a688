/* The life of one request from its head to its answer, all of it on its listener's thread but for the time it is away with a worker.
 *
 * A refusal in the middle of a body has a difficulty of its own. libmicrohttpd can send nothing before the body is whole, and closing a
 * socket with bytes unread makes the kernel reset it, which may rob the client of the answer. So a small rest is read and
 * thrown away and the answer goes the usual way; before a large one the answer is written straight to the socket, our side is
 * shut, and what comes is thrown away for a short while (RFC 9112 9.6). */
#define OWNS_MEMORY
#include "http/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/must.h"
#include "http/reply.h"
#include "base/banned.h"

#define DRAIN_MAX (64 * KIB)
#define LINGER_MAX (4 * MIB)
#define SPARE_MAX 256
#define KEY_QUERY_MAX 256
#define DESCRIPTOR_WEIGHT (64 * KIB) /* of an open file of the spool, counted as memory: there are not many more of them in a process than this makes */
#define SMALL_REQUEST (size_t)(64 * KIB)

struct exchange *exchange_new(struct connection *c)
{
	struct listener *l = c->listener;
	struct exchange *x = l->spare;
	if (x) {
		struct cx *cx = x->cx;
		l->spare = x->next;
		l->spare_n--;
		*x = (struct exchange){ .cx = cx };
	} else {
		x = calloc(1, sizeof *x);
		MUST(x != NULL);
		x->cx = cx_new();
	}
	x->listener = l;
	x->connection = c;
	x->res.fd = -1;
	x->since = clock_monotonic();
	c->exchange = x;
	return x;
}

/* Files that came with it are closed apart. */
static void empty(struct exchange *x)
{
	if (!x->cx->deferred) return cx_reset(x->cx);
	receiver_end(x->listener->server, x->cx);
	x->cx = cx_new();
}

void exchange_end(struct exchange *x)
{
	struct listener *l = x->listener;
	MUST(x->phase != PHASE_AWAY && !x->leads);
	listener_lets_go(x);
	x->connection->exchange = NULL;
	if (x->reply) MHD_destroy_response(x->reply);
	if (x->res.fd >= 0) close(x->res.fd);
	page_drop(x->page);
	empty(x);
	if (l->spare_n == SPARE_MAX) {
		cx_end(x->cx);
		free(x);
		return;
	}
	x->next = l->spare;
	l->spare = x;
	l->spare_n++;
}

void exchange_set_reply(struct exchange *x)
{
	if (x->reply) MHD_destroy_response(x->reply);
	x->reply_bytes = x->res.fd < 0 ? x->res.body.n : 0;
	x->reply = reply_make(x->cx, &x->req, &x->res, &x->status);
}

static void fill_refusal(struct exchange *x, int status)
{
	struct http_server *s = x->listener->server;
	metric_add_shared(&s->refused, 1);
	x->res = (struct response){ .fd = -1 };
	s->app.refuse(s->app.arg, x->cx, &x->req, status, &x->res);
	if (x->res.status == 0) x->res.status = status;
	x->res.cacheable = false;
	bool says_when = status != 503;
	for (size_t i = 0; i < x->res.headers_n; i++)
		says_when |= str_eq_ascii_ci(str_of(x->res.headers[i].name), S("retry-after"));
	if (!says_when) response_header(&x->res, "Retry-After", S("2"));
}

void exchange_refuse(struct exchange *x, int status)
{
	fill_refusal(x, status);
	exchange_set_reply(x);
}

static void count_answer(struct exchange *x, unsigned status)
{
	struct meter_series *series = meter_series(x->listener->meter, x->limits.label);
	metric_add(&series->by_class[status < 600 ? status / 100 : 5], 1);
	metric_observe(&series->took, &metric_times, clock_monotonic() - x->since);
}

/* An answer may take long to be sent; what it was made of need not stay so long. */
static void forget_request(struct exchange *x)
{
	if (arena_used(x->cx->arena) <= SMALL_REQUEST) return;
	empty(x);
	x->req = (struct request){ 0 };
	x->res = (struct response){ .fd = x->res.fd };
	x->key = x->raw_query = (str){ 0 };
	x->target_copy = x->part = NULL;
	x->form = NULL;
}

static bool queue_reply(struct exchange *x, struct MHD_Connection *m)
{
	struct http_server *s = x->listener->server;
	struct MHD_Response *reply = x->reply;
	if (x->page) {
		reply = page_pick(x->page, &x->req, &x->status);
		if (!reply) {
			exchange_refuse(x, 412);
			reply = x->reply;
		}
	}
	if (reply == x->reply && atomic_load(&s->stopping)) MHD_add_response_header(reply, "Connection", "close");
	x->phase = PHASE_SENT;
	count_answer(x, x->status);
	if (MHD_queue_response(m, x->status, reply) != MHD_YES) return false;
	forget_request(x);
	(void)listener_holds(x, x->page ? x->page->bytes / atomic_load_explicit(&x->page->references, memory_order_relaxed) : x->reply_bytes);
	return true;
}

/* Says x->res past libmicrohttpd and reads on for a while. */
static bool linger(struct exchange *x)
{
	str raw = reply_raw(x->cx, &x->res, x->req.method == METHOD_HEAD);
	ssize_t sent = send(x->connection->fd, raw.p, raw.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(x->connection->fd, SHUT_WR);
	count_answer(x, (unsigned)x->res.status);
	x->phase = PHASE_LINGER;
	x->since = clock_monotonic();
	x->received = 0;
	return sent == (ssize_t)raw.n;
}

void exchange_too_slow(struct exchange *x)
{
	fill_refusal(x, 408);
	if (!linger(x)) shutdown(x->connection->fd, SHUT_RDWR);
}

void exchange_bad_length(struct exchange *x, int status)
{
	char waste[4096];
	must_set_request(x->cx->rid);
	fill_refusal(x, status);
	linger(x);
	/* The library closes at once: what lies unread would make that a reset. */
	for (int i = 0; i < 16 && recv(x->connection->fd, waste, sizeof waste, MSG_DONTWAIT) > 0; i++) continue;
	must_set_request(0);
}

/* x->res is the answer although there may be a body still to come. */
static bool answer_early(struct exchange *x, struct MHD_Connection *m, bool in_head)
{
	bool body = x->chunked || x->length > x->received;
	if (body && in_head && x->expects) { /* it waits for us with its body: libmicrohttpd answers at once and closes */
		exchange_set_reply(x);
		return queue_reply(x, m);
	}
	if (body && (x->chunked || x->length - x->received > DRAIN_MAX)) return linger(x);
	exchange_set_reply(x);
	x->phase = PHASE_DRAIN;
	return true;
}

/* A message that cannot be trusted to end where it seems to. */
static bool refuse_head(struct exchange *x, struct MHD_Connection *m, int status)
{
	fill_refusal(x, status);
	x->res.close = true;
	bool body = MHD_lookup_connection_value(m, MHD_HEADER_KIND, "Transfer-Encoding") ||
	    MHD_lookup_connection_value(m, MHD_HEADER_KIND, "Content-Length");
	if (body) return linger(x);
	exchange_set_reply(x);
	return queue_reply(x, m);
}

static void set_cache_key(struct exchange *x)
{
	bool get = x->req.method == METHOD_GET || x->req.method == METHOD_HEAD;
	x->cacheable = x->cacheable && get && x->listener->server->config.cache && x->raw_query.n < KEY_QUERY_MAX;
	/* The path decoded, so that spellings of one address share a page; a '?' in it cannot be mistaken, for NUL parts the two. */
	if (!x->cacheable) return;
	size_t n = x->req.path.n + 1 + x->raw_query.n;
	char *p = arena_bytes(x->cx->arena, n);
	memcpy(p, x->req.path.p, x->req.path.n);
	p[x->req.path.n] = 0;
	if (x->raw_query.n) memcpy(p + x->req.path.n + 1, x->raw_query.p, x->raw_query.n);
	x->key = (str){ p, n };
}

/* Decides what becomes of the body. */
static bool expect_body(struct exchange *x, struct MHD_Connection *m)
{
	struct http_server *s = x->listener->server;
	bool body = x->chunked || x->length > 0;
	x->phase = PHASE_BODY;
	if (!body) return true;
	if (x->req.method != METHOD_POST) x->limits = (struct http_limits){ .body = DRAIN_MAX, .label = x->limits.label };
	if (x->length > x->limits.body || x->limits.body == 0) {
		fill_refusal(x, 413);
		return answer_early(x, m, true);
	}
	if (x->req.method != METHOD_POST) return true; /* a body that means nothing: RFC 9110 9.3.1 */
	struct form_limits limits = {
		.body = x->limits.body, .files = x->limits.files, .file = x->limits.file, .keep_free = x->limits.keep_free,
		.keep_on = x->limits.keep_on, .spool_dir = s->config.spool_dir
	};
	if (form_reader_new(x->cx, request_header(&x->req, S("content-type")), &limits, &x->form) == OK) return true;
	fill_refusal(x, 415);
	return answer_early(x, m, true);
}

bool exchange_head(struct exchange *x, struct MHD_Connection *m, const char *method, const char *version)
{
	struct http_server *s = x->listener->server;
	metric_add(&x->listener->meter->requests, 1);
	if (x->phase == PHASE_LINGER) return false;
	must_set_request(x->cx->rid);
	int status = head_read(x, m, method, version);
	if (status) return refuse_head(x, m, status);
	x->since = clock_monotonic();
	if (x->asterisk) {
		x->res.status = 204;
		response_header(&x->res, "Allow", S("GET, HEAD, POST, OPTIONS"));
		return answer_early(x, m, true);
	}
	if (!s->app.admit(s->app.arg, x->cx, &x->req, &x->limits, &x->cacheable, &x->res)) {
		MUST(x->res.status >= 200 && x->res.status <= 599);
		return answer_early(x, m, true);
	}
	set_cache_key(x);
	return expect_body(x, m);
}

static int status_of(err e)
{
	switch (e) {
	case LIMIT: return 413;
	case FAILED:
	case BUSY: return 503;
	default: return 400;
	}
}

static size_t form_holds(const struct exchange *x)
{
	return arena_used(x->cx->arena) + (x->form ? form_reader_descriptors(x->form) * DESCRIPTOR_WEIGHT : 0);
}

bool exchange_body(struct exchange *x, struct MHD_Connection *m, const char *p, size_t n)
{
	x->received += (int64_t)n;
	if (x->connection->gone || atomic_load(&x->listener->server->aborting)) return false;
	switch (x->phase) {
	case PHASE_LINGER: return x->received <= LINGER_MAX;
	case PHASE_DRAIN: return true;
	default: break;
	}
	MUST(x->phase == PHASE_BODY);
	err e = x->fed;
	bool apart = receiver_wants(x, n);
	if (e == OK && x->form && !apart) e = form_reader_feed(x->form, p, n);
	else if (e == OK && x->received > x->limits.body) e = LIMIT;
	if (e == OK && !listener_holds(x, form_holds(x))) e = BUSY;
	if (e == OK && apart) receiver_gather(x, m, p, n);
	if (e == OK) return true;
	fill_refusal(x, status_of(e));
	return answer_early(x, m, false);
}

bool exchange_reads(const struct exchange *x) { return x->phase == PHASE_BODY || (x->phase == PHASE_AWAY && x->part_n); }

void exchange_rest(struct exchange *x, struct MHD_Connection *m)
{
	x->phase = PHASE_AWAY;
	x->listener->away++;
	MHD_suspend_connection(m);
}

void exchange_back(struct exchange *x)
{
	bool reads = exchange_reads(x);
	x->phase = reads ? PHASE_BODY : PHASE_READY;
	x->part_n = 0;
	if (reads && !x->connection->gone && !listener_holds(x, form_holds(x)) && x->fed == OK) x->fed = BUSY;
}

/* Away to a worker, unless there is no room in the queue. */
static bool give(struct exchange *x, struct MHD_Connection *m)
{
	x->phase = PHASE_AWAY;
	x->listener->away++;
	if (worker_give(x->listener->server, x)) {
		MHD_suspend_connection(m); /* it is this thread that will resume it: there is no race */
		return true;
	}
	x->listener->away--;
	if (x->cacheable) x->page = cache_older(x->listener->server->config.cache, x->key);
	if (x->leads) worker_land(x, x->page, true);
	x->phase = PHASE_READY;
	if (!x->page) exchange_refuse(x, 503);
	return queue_reply(x, m);
}

static bool dispatch(struct exchange *x, struct MHD_Connection *m)
{
	struct cache *cache = x->listener->server->config.cache;
	if (!x->cacheable) return give(x, m);
	struct listener *l = x->listener;
	x->page = shelf_find(&l->shelf, x->key);
	if (x->page) {
		metric_add(&l->meter->at_hand, 1);
		bool queued = queue_reply(x, m);
		x->page = NULL; /* the shelf's */
		return queued;
	}
	switch (cache_enter(cache, x->key, &x->seat, &x->page)) {
	case CACHE_HIT: shelf_put(&l->shelf, x->page); return queue_reply(x, m);
	case CACHE_LEAD: x->leads = true; return give(x, m);
	case CACHE_WAIT: break;
	}
	exchange_rest(x, m);
	return true;
}

bool exchange_complete(struct exchange *x, struct MHD_Connection *m)
{
	switch (x->phase) {
	case PHASE_LINGER: return false;
	case PHASE_DRAIN:
	case PHASE_READY: return queue_reply(x, m);
	case PHASE_AWAY: return true;
	default: break;
	}
	MUST(x->phase == PHASE_BODY);
	if (x->connection->gone) return false;
	if (x->fed == OK && receiver_finish(x, m)) return true;
	err e = x->fed;
	if (e == OK && x->form) e = form_reader_end(x->form, &x->req.form);
	if (e == OK) return dispatch(x, m);
	exchange_refuse(x, status_of(e));
	return queue_reply(x, m);
}
