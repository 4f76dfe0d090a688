/* engine: what the server's files share; nobody else includes it. server.c starts and ends, listener.c talks to clients through
 * libmicrohttpd, exchange.c is the life of one request up to its answer, receive.c reads large bodies, worker.c runs the handlers.
 *
 * A listener's thread alone touches its daemon, its connections and its exchanges; an exchange is lent to the receiver or to a worker between
 * handover_give and listener_finished, and to nobody else. */
#ifndef HTTP_ENGINE_H
#define HTTP_ENGINE_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/wipe.h"
#include "http/cache_enter.h"
#include "http/form.h"
#include "http/meter.h"
#include "http/peer.h"
#include "http/server.h"
#include "http/shelf.h"

struct MHD_Connection;
struct MHD_Daemon;

/* A connection's buffers in the library. It clears them all after every request, so each KiB costs time as well as memory (64 KiB: a
 * fifth of all time on cached pages). This takes a target of LIMIT_TARGET, as much again of fields, and the answer's head; more is 431. */
#define POOL_BYTES (24 * KIB)

#define LEAVING 512U /* connections of a listener that were cut off and that the library has yet to close; at its own limit it stops accepting */

enum phase {
	PHASE_HEAD,   /* the request line was seen, the header section is still coming */
	PHASE_BODY,   /* a form is being read */
	PHASE_DRAIN,  /* answered already in our minds: what is left of a small body is let go by */
	PHASE_AWAY,   /* suspended: with the receiver, with a worker, in a queue or waiting for another's page */
	PHASE_READY,  /* the reply is there */
	PHASE_LINGER, /* the refusal was written past libmicrohttpd; what still comes is thrown away until the client has read it */
	PHASE_SENT,
};

struct exchange {
	struct listener *listener;
	struct connection *connection;
	struct cx *cx;
	enum phase phase;
	bool head_seen;

	const char *target; /* where it lies in libmicrohttpd's buffer: to compare with, never to read: it is decoded in place */
	char *target_copy;  /* what was sent */
	size_t target_n;
	struct request req;
	struct http_limits limits;
	str raw_query;
	bool asterisk; /* OPTIONS * */
	bool http10, chunked, has_length, expects;
	int64_t length;   /* Content-Length */
	int64_t received; /* bytes of body */
	size_t held;      /* memory that its form takes, and then its answer */
	int64_t since;    /* when its head or its body began */
	int64_t given;    /* to the queue */
	bool cacheable;   /* as admit says, and the address fits a key: */
	str key;
	struct form_reader *form;
	char *part;    /* of the body, gathered for the receiver; in the arena */
	size_t part_n; /* while PHASE_AWAY: the receiver has it */
	err fed;       /* what became of the part before */

	struct response res;
	struct MHD_Response *reply; /* owned */
	size_t reply_bytes;
	unsigned status;
	struct page *page; /* held */

	bool leads; /* a flight in the page cache */
	struct cache_seat seat;
	struct exchange *next; /* in the queue, in the listener's finished list or in its free list */
};

struct connection {
	struct listener *listener;
	struct MHD_Connection *m;
	int fd;
	uint64_t peer; /* under the key at its start: for counting only */
	bool counted;
	int64_t since;             /* waiting for a request since */
	struct exchange *exchange; /* the one going on, or NULL */
	bool gone;                 /* cut off: the library has yet to notice */
	struct connection *next, *previous; /* the one that moved before it, and after it */
};

struct listener {
	struct http_server *server;
	struct MHD_Daemon *daemon;
	pthread_t thread;
	int epoll, wake;
	bool running, quiesced;
	bool operators; /* the operators' own: nobody else reaches it */
	struct meter *meter;
	int64_t ticked;
	struct wipe touched;
	size_t away; /* exchanges that are PHASE_AWAY */
	struct connection *newest, *oldest; /* in the order in which anything last came from them */
	unsigned open, most;
	size_t held, held_most; /* memory that forms on their way in and answers on their way out take */
	struct exchange *spare;
	size_t spare_n;

	struct shelf shelf;
	_Atomic(struct exchange *) finished; /* by workers, the last one first */
	struct exchange *finished_before; /* the listener's: taken from there, not resumed yet */
};

/* A queue of exchanges to threads that may block. Who gives takes no lock: a listener must never wait for them, least of all for one that gave way while it held
 * what the listener needs. */
struct handover {
	_Atomic(struct exchange *) given; /* the last one first */
	sem_t filled;                     /* one for each that was given and not taken, and for each end */
	atomic_bool ending;
	pthread_mutex_t mutex;            /* among those who take: */
	struct exchange *first;           /* taken over from given, the first one first */
	int posts_most, posts_now;        /* so many of those who take may have a POST at a time; INT_MAX: no matter */
	int passed_over;                  /* woke and found only POSTs, while none of them might be taken */
};

struct worker {
	struct http_server *server;
	pthread_t thread;
	void *state;
	struct cx *cx;
	bool opened;
	struct meter *meter;
};

struct http_server {
	struct http_config config;
	struct http_app app;
	struct peers *peers;
	struct listener *listeners;
	struct worker *workers;
	size_t workers_running;
	atomic_bool stopping, aborting;
	atomic_int_least64_t forgot; /* when the peers' key was drawn, monotonic */

	struct handover requests; /* to the workers */
	atomic_size_t queued;     /* there */
	struct handover bodies;   /* to the receiver */
	pthread_t receiver;
	bool receiving;

	pthread_mutex_t mutex; /* over how the workers started: */
	pthread_cond_t opened;
	size_t workers_opened;
	bool open_failed;
	char open_sentence[256];

	metric refused, queue_full, connections_now; /* written by any thread, none of them for every request */
};

/* handover.c */
void handover_init(struct handover *h, int posts_most);
void handover_destroy(struct handover *h);
void handover_give(struct handover *h, struct exchange *x); /* any thread */
/* Waits; NULL: an end, when all is taken. WIPE_AFTER the first that was taken since, whether there is another to take or not, calls forget(arg) and
 * wipes the stack of the thread. */
struct exchange *handover_take(struct handover *h, struct wipe *touched, void (*forget)(void *), void *arg);
void handover_post_done(struct handover *h);                 /* by who took one that was a POST, and is done with it */
void handover_end(struct handover *h);                       /* for one who takes */

/* receive.c */
CHECKED err receiver_start(struct cx *cx, struct http_server *s);
bool receiver_wants(const struct exchange *x, size_t n); /* the next n bytes of its body */
void receiver_gather(struct exchange *x, struct MHD_Connection *m, const char *p, size_t n); /* copies them; sends x away when they are enough */
bool receiver_finish(struct exchange *x, struct MHD_Connection *m); /* the body is whole: sends x away with the last part, if there is one */
void receiver_end(struct http_server *s, struct cx *cx); /* cx_end, apart */
void receiver_stop(struct http_server *s);

/* worker.c */
bool worker_give(struct http_server *s, struct exchange *x); /* false: the queue is full */
CHECKED err workers_start(struct cx *cx, struct http_server *s);
/* Ends the flight that x leads; page may be NULL. older: it is one of before, since none can be made. */
void worker_land(struct exchange *x, struct page *page, bool older);
void workers_stop(struct http_server *s);

/* exchange.c, on the listener's thread */
struct exchange *exchange_new(struct connection *c);
void exchange_end(struct exchange *x); /* gives all it holds back */
/* The calls of libmicrohttpd's handler; false: close the connection now. */
bool exchange_head(struct exchange *x, struct MHD_Connection *m, const char *method, const char *version);
bool exchange_body(struct exchange *x, struct MHD_Connection *m, const char *p, size_t n);
bool exchange_complete(struct exchange *x, struct MHD_Connection *m);
void exchange_rest(struct exchange *x, struct MHD_Connection *m); /* away, before it is given to anybody */
void exchange_back(struct exchange *x);                           /* before the library is told to go on with it */
bool exchange_reads(const struct exchange *x); /* its body is on its way: it has no right to stay as one has that is worked at */
void exchange_too_slow(struct exchange *x);
void exchange_bad_length(struct exchange *x, int status); /* the library is about to refuse it, badly */
/* Fills the exchange with the page for a status the server found itself, and its reply. Any thread that has the exchange. */
void exchange_refuse(struct exchange *x, int status);
void exchange_set_reply(struct exchange *x);

/* head.c: reads and checks the header section into x->req. 0, or the status to refuse it with, after which the connection must close. */
int head_read(struct exchange *x, struct MHD_Connection *m, const char *method, const char *version);

/* listener.c */
CHECKED err listener_start(struct cx *cx, struct http_server *s, struct listener *l, int fd);
void listener_close(struct listener *l);
void listener_wake(struct listener *l);
void listener_finished(struct exchange *x); /* any thread */
/* Counts what x's form or answer takes by now. Where all of them take more than they may, those from which nothing came for longest lose theirs,
 * with their connection. False: that was not enough. */
bool listener_holds(struct exchange *x, size_t bytes);
void listener_lets_go(struct exchange *x);

#endif
