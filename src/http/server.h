/* server: HTTP/1.1 (RFC 9110, 9112) over libmicrohttpd. One daemon per listener thread, driven by poll() on its epoll
 * descriptor and MHD_run(); a request that the page cache answers is answered right there, any other is suspended and handed
 * through a bounded queue to a worker thread (queue full: 503 with Retry-After). Bodies stream: urlencoded and multipart forms
 * are parsed as they come, files go to unlinked spool files, never past the limit that admit gave.
 *
 * What libmicrohttpd lets through and HTTP forbids is refused here before routing, with the connection closed after it:
 * missing, doubled or malformed Host, Transfer-Encoding beside Content-Length, NUL or bare CR in a field, white space before a
 * colon, obsolete line folding, bare line feeds, broken targets, a Content-Length that is no number (400); unknown methods (501). What it
 * refuses on its own before we see it, with its own bare page: a head too large for its buffers (431, 414), a field's line with no colon
 * (400), another major version (505). A first line with no blank in it ends the connection without an answer: it is not HTTP. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/metric.h"
#include "http/cache.h"
#include "http/request.h"
#include "http/response.h"

struct http_limits {
	int64_t body;      /* largest body for this request; 0: none allowed */
	int files;         /* most uploads; 0: a file part is refused */
	int64_t file;      /* largest single file */
	int64_t keep_free; /* bytes of the disk that files on their way in leave free */
	bool keep_on;      /* what is wrong with a file is told in its upload, not by refusing the form */
	unsigned label;    /* what its figures are kept under: below http_app.labels; 0: nothing in particular */
};

struct http_app {
	void *arg;
	unsigned labels; /* how many there are; 0 and 1 mean the same */

	/* On the listener's thread, headers complete, must not block or allocate beyond the cx. Fills limits for the body. To
	 * refuse before the body is read (405, 404, 413 by Content-Length), fills res and returns false. cacheable: may this
	 * request be answered from the page cache (anonymous GET or HEAD). */
	bool (*admit)(void *arg, struct cx *cx, const struct request *req, struct http_limits *limits, bool *cacheable,
	    struct response *res);

	/* A worker thread's own state (its read connection); NULL when it cannot be had: the server does not start. */
	void *(*worker_open)(void *arg, struct cx *cx);
	void (*worker_close)(void *worker);

	/* Between requests, some seconds after one: what the worker's state keeps of them is to be forgotten. May be NULL. */
	void (*worker_forget)(void *worker, struct cx *cx);

	/* Straight-line blocking code on a worker thread; always leaves a status in res. */
	void (*handle)(void *worker, struct cx *cx, const struct request *req, struct response *res);

	/* Fills res with an error page for a status found by the server itself (400, 408, 412, 413, 414, 415, 431, 501, 503); must not
	 * touch the database. req: as far as it was read; its path may be empty. On a listener's or a worker's thread. */
	void (*refuse)(void *arg, struct cx *cx, const struct request *req, int status, struct response *res);
};

struct http_config {
	int *listeners;          /* bound, listening sockets (one per thread; SO_REUSEPORT), owned by the server from here on */
	size_t listeners_n;
	size_t operators_n;      /* so many of them, the last, are sockets that only operators of this machine can reach */
	int workers;             /* 1 to 64 */
	int queue;               /* requests waiting for a worker before 503 */
	int connections;         /* most open connections over all; with as many, a new one ends the one silent for longest */
	int connections_per_client; /* likewise */
	int idle_seconds;        /* keep-alive and slow-header time-out */
	const char *spool_dir;   /* where unlinked spool files are made */
	bool behind_proxy;       /* take X-Forwarded-For / X-Forwarded-Proto from the connecting (loopback or unix) peer */
	struct cache *cache;     /* NULL: no page cache */
	err (*opening)(void *arg, struct cx *cx); /* when all else is there and the first connection is about to be taken; its failure is the start's. May be NULL */
	void *opening_arg;
};

struct http_server;
/* *out is set before the first request can come in: handlers may look there. */
CHECKED err http_server_start(struct cx *cx, const struct http_config *config, const struct http_app *app,
    struct http_server **out);

/* Stops accepting, finishes what is in flight (at most grace_seconds), ends all threads. */
void http_server_stop(struct http_server *s, int grace_seconds);

/* Wipes the key under which client addresses are hashed and draws a new one; called by a timer of the server's own every few hours, and by tests. */
void http_server_forget_peers(struct http_server *s);

struct http_stats {
	uint64_t requests, refused, by_class[6], queue_now, connections_now;
	uint64_t at_hand; /* answered without asking the cache, which counts the other hits */
	uint64_t queue_full, connections, cut; /* refused for want of room; accepted since the start; of these, cut off to make room */
	struct metric_sum waited;         /* in the queue: metric_times */
};
struct http_stats http_server_stats(struct http_server *s);

/* Of one label, over all threads. Histograms are of metric_times. */
struct http_series {
	uint64_t by_class[6];
	struct metric_sum answered; /* from the head read to the answer handed to the kernel's side */
	struct metric_sum handled;  /* of those that no cache answered: what a worker needed */
};
struct http_series http_server_series(struct http_server *s, unsigned label);

#endif
