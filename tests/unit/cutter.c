/* One thread, one poll, whole messages passed on in both directions. */
#define OWNS_MEMORY
#include "cutter.h"

#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/must.h"
#include "base/rnd.h"
#include "base/banned.h"

#define MESSAGE_MOST 262144
#define PAIRS 64

struct side {
	int fd; /* -1: cut */
	bool started; /* from the server: always; from the client: its first message, which has no type, is through */
	size_t n;
	char bytes[MESSAGE_MOST];
};

struct pair {
	struct side client, server;
	enum cut fate; /* of the COMMIT whose messages are passing */
	bool deaf;     /* the server's answer is the last thing it is good for */
	size_t held_n;
	char held[4096];
};

struct cutter {
	struct sockaddr_un own, server;
	pthread_t thread;
	int listener, wake;
	struct pair *pairs[PAIRS];
	pthread_mutex_t lock;
	struct rnd rnd;
	enum cut what; /* under the lock, like all that follows */
	int times, cuts;
	bool release, drop, stopping;
};

static void cut_side(struct side *s)
{
	if (s->fd >= 0) close(s->fd);
	s->fd = -1;
}

static void cut_both(struct pair *p)
{
	cut_side(&p->client);
	cut_side(&p->server);
}

static void pass(struct side *to, const char *p, size_t n)
{
	while (n && to->fd >= 0) {
		ssize_t sent = send(to->fd, p, n, MSG_NOSIGNAL);
		if (sent < 0) return; /* its end is seen when it is read */
		p += sent;
		n -= (size_t)sent;
	}
}

/* ---- what is to be cut ---- */

static enum cut fate_of_commit(struct cutter *c)
{
	pthread_mutex_lock(&c->lock);
	enum cut fate = c->what;
	if (c->times == 0 || fate == CUT_MESSAGE) fate = CUT_NOTHING;
	else c->times--;
	if (fate == CUT_CHANCE) fate = (enum cut)rnd_below(&c->rnd, CUT_AFTER + 1);
	c->cuts += fate != CUT_NOTHING;
	pthread_mutex_unlock(&c->lock);
	return fate;
}

static bool is_to_be_cut(struct cutter *c)
{
	pthread_mutex_lock(&c->lock);
	bool now = c->what == CUT_MESSAGE && c->times-- == 0;
	c->cuts += now;
	pthread_mutex_unlock(&c->lock);
	return now;
}

/* A Bind without a name, of the prepared statement COMMIT. */
static bool is_commit(const char *m, size_t n) { return n >= 13 && m[0] == 'B' && m[5] == 0 && memcmp(m + 6, "COMMIT", 7) == 0; }

static void hold(struct pair *p, const char *m, size_t n)
{
	MUST(p->held_n + n <= sizeof p->held);
	memcpy(p->held + p->held_n, m, n);
	p->held_n += n;
}

static void from_client(struct cutter *c, struct pair *p, const char *m, size_t n)
{
	if (is_to_be_cut(c)) return cut_both(p);
	if (p->client.started && is_commit(m, n)) p->fate = fate_of_commit(c);
	p->client.started = true;
	if (p->fate == CUT_BEFORE) return cut_both(p);
	if (p->fate == CUT_HOLD) hold(p, m, n);
	else pass(&p->server, m, n);
	if (p->fate == CUT_NOTHING || m[0] != 'S') return;
	if (p->fate == CUT_DURING) cut_both(p);
	if (p->fate == CUT_AFTER) p->deaf = true;
	if (p->fate == CUT_HOLD) cut_side(&p->client);
}

static void from_server(struct pair *p, const char *m, size_t n)
{
	if (!p->deaf) pass(&p->client, m, n);
	else if (m[0] == 'Z') cut_both(p); /* it is ready for the next: the answer is out */
}

/* ---- bytes to messages ---- */

static size_t message_length(const struct side *s)
{
	size_t head = s->started ? 1 : 0, n = 0;
	if (s->n < head + 4) return 0;
	for (size_t i = 0; i < 4; i++) n = n << 8 | (unsigned char)s->bytes[head + i];
	MUST(head + n <= MESSAGE_MOST);
	return s->n >= head + n ? head + n : 0;
}

static void take(struct cutter *c, struct pair *p, struct side *s)
{
	ssize_t got = recv(s->fd, s->bytes + s->n, MESSAGE_MOST - s->n, 0);
	if (got <= 0) return cut_both(p);
	s->n += (size_t)got;
	for (size_t n; s->fd >= 0 && (n = message_length(s)) > 0;) {
		if (s == &p->client) from_client(c, p, s->bytes, n);
		else from_server(p, s->bytes, n);
		s->n -= n;
		memmove(s->bytes, s->bytes + n, s->n);
	}
}

/* ---- connections ---- */

static void accept_one(struct cutter *c)
{
	struct pair *p = calloc(1, sizeof *p);
	size_t i = 0;
	while (i < PAIRS && c->pairs[i]) i++;
	MUST(p && i < PAIRS);
	c->pairs[i] = p;
	p->client.fd = accept(c->listener, NULL, NULL);
	p->server.fd = socket(AF_UNIX, SOCK_STREAM, 0);
	p->server.started = true;
	if (connect(p->server.fd, (struct sockaddr *)&c->server, sizeof c->server) != 0) cut_both(p);
}

/* What the test has told meanwhile; false at the end. */
static bool obey(struct cutter *c)
{
	eventfd_t ignored;
	MUST(eventfd_read(c->wake, &ignored) == 0);
	pthread_mutex_lock(&c->lock);
	bool release = c->release, drop = c->drop, stopping = c->stopping;
	c->release = c->drop = false;
	pthread_mutex_unlock(&c->lock);
	for (size_t i = 0; i < PAIRS; i++) {
		struct pair *p = c->pairs[i];
		if (!p || p->fate != CUT_HOLD || p->deaf) continue;
		if (drop) cut_both(p);
		if (release) p->deaf = true, pass(&p->server, p->held, p->held_n);
	}
	return !stopping;
}

static void *run(void *arg)
{
	struct cutter *c = arg;
	for (bool go_on = true; go_on;) {
		struct pollfd fds[2 + 2 * PAIRS] = { { c->listener, POLLIN, 0 }, { c->wake, POLLIN, 0 } };
		for (size_t i = 0; i < PAIRS; i++) {
			struct pair *p = c->pairs[i];
			fds[2 + 2 * i] = (struct pollfd){ p ? p->client.fd : -1, POLLIN, 0 };
			fds[3 + 2 * i] = (struct pollfd){ p ? p->server.fd : -1, POLLIN, 0 };
		}
		(void)poll(fds, sizeof fds / sizeof fds[0], -1);
		for (size_t i = 0; i < PAIRS; i++) {
			struct pair *p = c->pairs[i];
			if (p && fds[2 + 2 * i].revents && p->client.fd >= 0) take(c, p, &p->client);
			if (p && fds[3 + 2 * i].revents && p->server.fd >= 0) take(c, p, &p->server);
			if (p && p->client.fd < 0 && p->server.fd < 0) free(p), c->pairs[i] = NULL;
		}
		if (fds[0].revents) accept_one(c);
		if (fds[1].revents) go_on = obey(c);
	}
	return NULL;
}

static struct sockaddr_un address(const char *folder)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	MUST(snprintf(a.sun_path, sizeof a.sun_path, "%s/.s.PGSQL.5432", folder) < (int)sizeof a.sun_path);
	return a;
}

struct cutter *cutter_start(const char *folder, const char *server)
{
	struct cutter *c = calloc(1, sizeof *c);
	MUST(c != NULL);
	c->own = address(folder);
	c->server = address(server);
	c->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	c->wake = eventfd(0, 0);
	MUST(bind(c->listener, (struct sockaddr *)&c->own, sizeof c->own) == 0 && listen(c->listener, PAIRS) == 0);
	MUST(pthread_mutex_init(&c->lock, NULL) == 0 && pthread_create(&c->thread, NULL, run, c) == 0);
	return c;
}

void cutter_plan(struct cutter *c, enum cut what, int times)
{
	pthread_mutex_lock(&c->lock);
	c->what = what;
	c->times = times;
	c->cuts = 0;
	pthread_mutex_unlock(&c->lock);
}

int cutter_cuts(struct cutter *c)
{
	pthread_mutex_lock(&c->lock);
	int n = c->cuts;
	pthread_mutex_unlock(&c->lock);
	return n;
}

static void tell(struct cutter *c, bool *what)
{
	pthread_mutex_lock(&c->lock);
	*what = true;
	pthread_mutex_unlock(&c->lock);
	MUST(eventfd_write(c->wake, 1) == 0);
}

void cutter_release(struct cutter *c) { tell(c, &c->release); }

void cutter_drop(struct cutter *c) { tell(c, &c->drop); }

void cutter_stop(struct cutter *c)
{
	tell(c, &c->stopping);
	pthread_join(c->thread, NULL);
	for (size_t i = 0; i < PAIRS; i++) {
		if (!c->pairs[i]) continue;
		cut_both(c->pairs[i]);
		free(c->pairs[i]);
	}
	close(c->listener);
	close(c->wake);
	unlink(c->own.sun_path);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
