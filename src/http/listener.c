/* One thread, one libmicrohttpd daemon. The thread waits in poll() on the daemon's epoll descriptor and on an eventfd by which
 * workers say that an exchange is finished, then lets the daemon run without waiting: in 0.9.75 the library's own
 * waiting stalls when exactly a multiple of 128 events is ready. */
#define OWNS_MEMORY
#include "http/engine.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "base/banned.h"

#define TICK SECOND
#define RESUMED_AT_ONCE 4
#define TURN_NANOSECONDS 100000
#define LINGER_TIME (5 * SECOND)
#define SLOWEST_BODY 512 /* bytes a second under which a body is not waited for beyond the idle time */
#define FORGET_PEERS_AFTER (4 * HOUR)
#define OPERATORS_CONNECTIONS 16U
#define LOOK_FOR_ROOM 1000U
#define HELD_MOST (128 * MIB) /* memory of all forms and answers on their way, over all listeners; a form of the largest text takes some 4 MiB */
#define HELD_LEAST (16 * MIB) /* of one listener */
#define HELD_SPARED (64 * KIB) /* whoever holds less does no harm: most forms and pages, and files, which come from and go to the disk */

/* What libmicrohttpd calls, all on this thread. */

static struct connection *connection_of(struct MHD_Connection *m)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(m, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	MUST(info != NULL);
	return info->socket_context;
}

static bool is_counted(const struct http_server *s, const struct sockaddr *address)
{
	return !(s->config.behind_proxy && peer_is_local(address)); /* the proxy, and who asks on an operators' socket */
}

static void list(struct listener *l, struct connection *c)
{
	c->previous = NULL;
	c->next = l->newest;
	*(c->next ? &c->next->previous : &l->oldest) = c;
	l->newest = c;
}

static void unlist(struct listener *l, struct connection *c)
{
	*(c->previous ? &c->previous->next : &l->newest) = c->next;
	*(c->next ? &c->next->previous : &l->oldest) = c->previous;
}

/* Something came from it. */
static void moved(struct listener *l, struct connection *c)
{
	if (l->newest == c) return;
	unlist(l, c);
	list(l, c);
}

static void cut(struct listener *l, struct connection *c)
{
	shutdown(c->fd, SHUT_RDWR);
	c->gone = true;
	moved(l, c);
	metric_add(&l->meter->cut, 1);
}

/* Makes room by ending the connection from which nothing has come for longest, of this peer or, with NULL, of all: who holds
 * connections open without asking for anything (RFC 9112 9.5) loses them, and who asks is answered. False when there is none
 * near the end of the list. */
static bool make_room(struct listener *l, const uint64_t *peer)
{
	unsigned looked = 0;
	for (struct connection *c = l->oldest; c && looked < LOOK_FOR_ROOM; c = c->previous, looked++) {
		bool working = c->exchange && c->exchange->phase == PHASE_AWAY && !exchange_reads(c->exchange);
		if (c->gone || working || (peer && (!c->counted || c->peer != *peer))) continue;
		cut(l, c);
		return true;
	}
	return false;
}

void listener_lets_go(struct exchange *x)
{
	x->listener->held -= x->held;
	x->held = 0;
}

bool listener_holds(struct exchange *x, size_t bytes)
{
	struct listener *l = x->listener;
	l->held += bytes - x->held;
	x->held = bytes;
	for (struct connection *c = l->oldest, *next; c && l->held > l->held_most; c = next) {
		struct exchange *other = c->exchange;
		next = c->previous;
		bool waits = other && (exchange_reads(other) || other->phase == PHASE_SENT);
		if (c->gone || !waits || other == x || other->held < (size_t)HELD_SPARED) continue;
		listener_lets_go(other);
		cut(l, c);
	}
	return l->held <= l->held_most;
}

static enum MHD_Result on_accept(void *arg, const struct sockaddr *address, socklen_t n)
{
	struct listener *l = arg;
	struct http_server *s = l->server;
	(void)n;
	if (l->open >= l->most && !make_room(l, NULL)) return MHD_NO;
	if (!is_counted(s, address)) return MHD_YES;
	uint64_t peer = peers_hash(s->peers, address);
	if (peers_count(s->peers, peer) < (unsigned)s->config.connections_per_client) return MHD_YES;
	return make_room(l, &peer) ? MHD_YES : MHD_NO;
}

static void connection_start(struct listener *l, struct MHD_Connection *m, void **socket_context)
{
	struct connection *c = calloc(1, sizeof *c);
	MUST(c != NULL);
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(m, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;
	c->listener = l;
	c->m = m;
	c->counted = is_counted(l->server, address);
	c->peer = peers_hash(l->server->peers, address);
	c->fd = MHD_get_connection_info(m, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	c->since = clock_monotonic();
	if (c->counted) peers_opened(l->server->peers, c->peer);
	list(l, c);
	l->open++;
	metric_add_shared(&l->server->connections_now, 1);
	metric_add(&l->meter->connections, 1);
	*socket_context = c;
}

static void connection_end(struct connection *c)
{
	struct listener *l = c->listener;
	/* A request that the library gave up on between its first line and its headers is never told to be completed. */
	if (c->exchange) exchange_end(c->exchange);
	if (c->counted) peers_closed(l->server->peers, c->peer);
	unlist(l, c);
	l->open--;
	metric_add_shared(&l->server->connections_now, UINT64_MAX); /* one less */
	free(c);
}

static void on_connection(void *arg, struct MHD_Connection *m, void **socket_context,
    enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED) connection_start(arg, m, socket_context);
	else connection_end(*socket_context);
}

/* The request line has been read; what follows it may still be on its way. */
static void *on_target(void *arg, const char *target, struct MHD_Connection *m)
{
	struct connection *c = connection_of(m);
	struct exchange *x = exchange_new(c);
	wipe_touched(&c->listener->touched);
	moved(arg, c);
	x->target = target;
	x->target_n = target ? strlen(target) : 0;
	x->target_copy = arena_bytes(x->cx->arena, x->target_n);
	if (x->target_n) memcpy(x->target_copy, target, x->target_n);
	/* The library parses the query for itself, with memory for each parameter: a query of very many would end the connection without an answer. What it
	 * finds is never looked at, so in its own buffer (which it owns and may write) the signs between parameters are no longer signs. */
	for (size_t i = 0; i < x->target_n; i++)
		if (target[i] == '&') ((char *)(uintptr_t)target)[i] = '_';
	return x;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *m, const char *path, const char *method,
    const char *version, const char *body, size_t *body_n, void **context)
{
	(void)path;
	struct exchange *x = *context;
	bool go_on;
	if (!x->head_seen) {
		x->head_seen = true;
		go_on = exchange_head(x, m, method, version);
	} else if (*body_n) {
		if (x->phase == PHASE_AWAY) return MHD_YES; /* a further chunk, shown again when the receiver has read the one before */
		moved(arg, x->connection);
		go_on = exchange_body(x, m, body, *body_n);
		*body_n = 0;
	} else {
		go_on = exchange_complete(x, m);
	}
	must_set_request(0);
	return go_on ? MHD_YES : MHD_NO;
}

static void on_completed(void *arg, struct MHD_Connection *m, void **context, enum MHD_RequestTerminationCode how)
{
	struct listener *l = arg;
	struct exchange *x = *context;
	(void)m, (void)how;
	if (!x) return;
	struct connection *c = x->connection;
	*context = NULL;
	exchange_end(x);
	moved(l, c);
	c->since = clock_monotonic();
	if (atomic_load(&l->server->stopping)) shutdown(c->fd, SHUT_RDWR);
}

/* What the library says to a log. A Content-Length that is no number it refuses by itself, before it asks anybody, with an answer whose head
 * stands there twice. In that moment one exchange alone has its whole head and has not been shown to us: it is answered here, past the library,
 * which then finds the socket shut. Were the words other ones, its own answer would go out. */
static void on_complaint(void *arg, const char *format, va_list values)
{
	struct listener *l = arg;
	(void)values;
	if (!strstr(format, "Content-Length")) return;
	for (struct connection *c = l->newest; c; c = c->next) {
		struct exchange *x = c->exchange;
		if (!x || x->head_seen || x->phase != PHASE_HEAD) continue;
		const union MHD_ConnectionInfo *size = MHD_get_connection_info(c->m, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
		if (size && size->header_size) exchange_bad_length(x, strstr(format, "Too large") ? 413 : 400);
	}
}

/* The thread. */

void listener_wake(struct listener *l)
{
	uint64_t one = 1;
	ssize_t n = write(l->wake, &one, sizeof one);
	MUST(n == sizeof one || errno == EAGAIN);
}

void listener_finished(struct exchange *x)
{
	struct listener *l = x->listener;
	struct exchange *before = atomic_load_explicit(&l->finished, memory_order_relaxed);
	do x->next = before;
	while (!atomic_compare_exchange_weak(&l->finished, &before, x));
	if (!before) listener_wake(l); /* x may be answered and gone by now */
}

static bool are_finished(struct listener *l) { return l->finished_before || atomic_load_explicit(&l->finished, memory_order_relaxed); }

/* A few at a time: who asks for a page that is at hand does not wait until all are answered whose writing one commit has ended. */
static void resume_finished(struct listener *l)
{
	for (int i = 0; are_finished(l) && i < RESUMED_AT_ONCE; i++) {
		if (!l->finished_before) l->finished_before = atomic_exchange(&l->finished, NULL);
		struct exchange *x = l->finished_before;
		l->finished_before = x->next;
		l->away--;
		exchange_back(x);
		MHD_resume_connection(x->connection->m);
	}
}

/* Whether the client has said that it will say no more. The library may not know: it waits for the edges of readiness, and an end that came
 * together with a request is on the same edge. */
static bool is_at_end(int fd)
{
	char byte;
	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* What a connection may take its time for, and how long. */
static void check_pace(struct connection *c, int64_t now, int64_t idle)
{
	struct exchange *x = c->exchange;
	bool stopping = atomic_load(&c->listener->server->stopping);
	if (!x) {
		if (stopping || now - c->since > idle || (now - c->since < 3 * TICK && is_at_end(c->fd))) shutdown(c->fd, SHUT_RDWR);
		return;
	}
	switch (x->phase) {
	case PHASE_HEAD:
		if (now - x->since > idle) exchange_too_slow(x);
		break;
	case PHASE_BODY:
		if (now - x->since > idle + x->received * SECOND / SLOWEST_BODY) exchange_too_slow(x);
		break;
	case PHASE_DRAIN:
		if (now - x->since > 2 * idle) shutdown(c->fd, SHUT_RDWR);
		break;
	case PHASE_LINGER:
		if (now - x->since > LINGER_TIME) shutdown(c->fd, SHUT_RDWR);
		break;
	default: break;
	}
}

static void tick(struct listener *l)
{
	struct http_server *s = l->server;
	int64_t now = clock_monotonic();
	bool stopping = atomic_load(&s->stopping);
	if (now - l->ticked < TICK && !(stopping && !l->quiesced)) return;
	l->ticked = now;
	if (stopping && !l->quiesced) {
		int fd = MHD_quiesce_daemon(l->daemon);
		if (fd >= 0) close(fd);
		l->quiesced = true;
	}
	for (struct connection *c = l->newest, *next; c; c = next) {
		next = c->next;
		check_pace(c, now, s->config.idle_seconds * SECOND);
	}
	shelf_sweep(&l->shelf);
	if (l->touched.since && wipe_left(&l->touched) <= 0) wipe_stack(&l->touched);
	int64_t forgot = atomic_load(&s->forgot);
	if (now - forgot > FORGET_PEERS_AFTER && atomic_compare_exchange_strong(&s->forgot, &forgot, now)) peers_forget(s->peers);
}

static bool is_done(const struct listener *l)
{
	if (!l->quiesced) return false;
	return l->newest == NULL || (atomic_load(&l->server->aborting) && l->away == 0);
}

/* A thread that wants little at a time is let in before one that is in the middle of its turn (Linux 6.12 and later; older ones take the number and do
 * nothing). glibc 2.36 has no function for sched_setattr(2), and its headers cannot be included together with the kernel's that tells the structure. */
static void ask_for_short_turns(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} turns = { .size = sizeof turns, .policy = SCHED_OTHER, .nice = getpriority(PRIO_PROCESS, 0), .runtime = TURN_NANOSECONDS };
	_Static_assert(sizeof turns == 48, "the structure's first version");
	(void)syscall(SYS_sched_setattr, 0, &turns, 0);
}

static void *run(void *arg)
{
	struct listener *l = arg;
	pthread_setname_np(pthread_self(), l->operators ? "operators" : "listener");
	ask_for_short_turns();
	wipe_begin(&l->touched);
	struct pollfd fds[2] = { { .fd = l->epoll, .events = POLLIN }, { .fd = l->wake, .events = POLLIN } };
	while (!is_done(l)) {
		MHD_UNSIGNED_LONG_LONG wait;
		int timeout = TICK / 1000;
		if (MHD_get_timeout(l->daemon, &wait) == MHD_YES && wait < (unsigned)timeout) timeout = (int)wait;
		if (are_finished(l)) timeout = 0; /* their waking was heard already */
		int n = poll(fds, 2, timeout);
		MUST(n >= 0 || errno == EINTR);
		uint64_t count;
		if (n > 0 && fds[1].revents && read(l->wake, &count, sizeof count) < 0) MUST(errno == EAGAIN);
		resume_finished(l);
		MUST(MHD_run(l->daemon) == MHD_YES);
		tick(l);
	}
	return NULL;
}

static struct MHD_Daemon *start_daemon(struct http_server *s, struct listener *l, int fd)
{
	l->most = l->operators ? OPERATORS_CONNECTIONS : (unsigned)(s->config.connections / (int)(s->config.listeners_n - s->config.operators_n));
	if (l->most == 0) l->most = 1;
	l->held_most = (size_t)HELD_MOST / (s->config.listeners_n - s->config.operators_n);
	if (l->held_most < (size_t)HELD_LEAST) l->held_most = (size_t)HELD_LEAST;
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, on_accept, l, on_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, on_complaint, l,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, l,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, l,
	    MHD_OPTION_CONNECTION_LIMIT, l->most + LEAVING,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->config.idle_seconds,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
	    MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, /* the threads block it */
	    MHD_OPTION_END);
}

err listener_start(struct cx *cx, struct http_server *s, struct listener *l, int fd)
{
	l->server = s;
	l->operators = (size_t)(l - s->listeners) >= s->config.listeners_n - s->config.operators_n;
	l->ticked = clock_monotonic();
	l->shelf.cache = s->config.cache;
	l->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (l->wake < 0) return cx_fail(cx, FAILED, NULL, "No descriptor is left to wake a listener by.");
	l->daemon = start_daemon(s, l, fd);
	if (!l->daemon) return cx_fail(cx, FAILED, NULL, "The HTTP library could not start on a listening socket.");
	l->epoll = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	if (pthread_create(&l->thread, NULL, run, l) != 0)
		return cx_fail(cx, FAILED, NULL, "A listener thread could not be started.");
	l->running = true;
	return OK;
}

void listener_close(struct listener *l)
{
	if (!l->server) return;
	if (l->daemon) {
		if (!l->quiesced) MHD_quiesce_daemon(l->daemon); /* server.c closes what no thread took over */
		MHD_stop_daemon(l->daemon);
	}
	while (l->spare) {
		struct exchange *x = l->spare;
		l->spare = x->next;
		cx_end(x->cx);
		free(x);
	}
	if (l->wake >= 0) close(l->wake);
	shelf_clear(&l->shelf);
}
