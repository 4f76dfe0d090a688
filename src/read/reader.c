/* A child is lent to one text at a time. It is written off at the first sign that it is not as it should be, and what
 * asked it is told no: to try a text again that has killed one child would be to let it kill two. */
#define OWNS_MEMORY
#include "read/reader.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "read/read_msg.h"
#include "text/place.h"
#include "text/plain.h"
#include "text/vet.h"
#include "base/banned.h"

#define START_MS 10000 /* from asking for a child to its HELLO: its program may have to come from a slow disk */

struct child {
	struct role_child at; /* socket -1: to be started */
	bool greeted;         /* it has said HELLO */
	int texts;            /* that it was asked for */
	bool lent;
};

struct lane {
	struct child child[READER_CHILDREN];
	int inside, most; /* texts that are read or wait */
};

struct reader {
	pthread_mutex_t lock;
	pthread_cond_t returned;
	const struct role_source *from;
	struct lane small, large;
};

static void write_off(struct cx *cx, struct reader *r, struct child *c) { role_drop(cx, r->from, &c->at); }

static err start(struct cx *cx, struct reader *r, struct child *c)
{
	c->greeted = false;
	c->texts = 0;
	return role_ask(cx, ROLE_READ, r->from, &c->at);
}

/* What fails here is found, and told, by who needs the child. */
static void start_ahead(struct reader *r, struct lane *l)
{
	struct cx *cx = cx_new();
	for (int i = 0; i < READER_CHILDREN; i++)
		if (start(cx, r, &l->child[i]) != OK) log_error(NULL, STR_FMT, STR_ARG(cx_fault_line(cx)));
	cx_end(cx);
}

struct reader *reader_new(const struct role_source *from, bool ahead, int most_long)
{
	struct reader *r = calloc(1, sizeof *r);
	MUST(r != NULL && pthread_mutex_init(&r->lock, NULL) == 0 && pthread_cond_init(&r->returned, NULL) == 0);
	r->from = from;
	r->small.most = INT32_MAX; /* whoever asks is a thread, and there are few */
	r->large.most = most_long;
	for (int i = 0; i < READER_CHILDREN; i++) r->small.child[i].at.socket = r->large.child[i].at.socket = -1;
	if (ahead) start_ahead(r, &r->small), start_ahead(r, &r->large);
	return r;
}

void reader_free(struct reader *r)
{
	if (!r) return;
	struct cx *cx = cx_new();
	for (int i = 0; i < READER_CHILDREN; i++) write_off(cx, r, &r->small.child[i]), write_off(cx, r, &r->large.child[i]);
	cx_end(cx);
	pthread_cond_destroy(&r->returned);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static struct child *free_child(struct lane *l)
{
	for (int i = 0; i < READER_CHILDREN; i++)
		if (!l->child[i].lent) return &l->child[i];
	return NULL;
}

static err borrow(struct cx *cx, struct reader *r, struct lane *l, struct child **out)
{
	struct timespec until;
	struct child *c = NULL;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += READER_QUEUE_MS / 1000;
	pthread_mutex_lock(&r->lock);
	bool enters = l->inside < l->most;
	l->inside += enters;
	while (enters && !(c = free_child(l)))
		if (pthread_cond_clockwait(&r->returned, &r->lock, CLOCK_MONOTONIC, &until) != 0) break;
	if (c) c->lent = true;
	else l->inside -= enters;
	pthread_mutex_unlock(&r->lock);
	*out = c;
	if (c) return OK;
	if (l == &r->large) return cx_fail(cx, BUSY, NULL, "is long, and too many long ones came at once. Please send it again in a minute");
	return cx_fail(cx, BUSY, NULL, "cannot be read just now: too many came at once. Please send it again in a minute");
}

static void give_back(struct reader *r, struct lane *l, struct child *c)
{
	pthread_mutex_lock(&r->lock);
	c->lent = false;
	l->inside--;
	pthread_cond_broadcast(&r->returned);
	pthread_mutex_unlock(&r->lock);
}

/* Waits until the child is at work. One that ended while it was idle is no text's fault: then another is started,
 * once. */
static err make_ready(struct cx *cx, struct reader *r, struct child *c)
{
	for (int tries = 0; tries < 2; tries++, write_off(cx, r, c)) {
		struct msg m = { .fd = -1 };
		if (c->at.socket < 0) TRY(start(cx, r, c));
		if (c->greeted) {
			struct pollfd idle = { c->at.socket, POLLIN, 0 }; /* an idle child has nothing to say: it has ended, or is not itself */
			if (poll(&idle, 1, 0) == 0) return OK;
			continue;
		}
		err e = msg_recv(cx, c->at.socket, START_MS, &m);
		if (m.fd >= 0) close(m.fd);
		if (e == OK && m.type == READ_MSG_HELLO && m.body.n == 0) return c->greeted = true, OK;
	}
	return cx_fail(cx, FAILED, NULL, "no reader of Markdown and HTML could be started");
}

static err take_answer(struct cx *cx, struct child *c, str id_prefix, int64_t until, html *out)
{
	struct msg m = { .fd = -1 };
	int64_t why;
	str text;
	TRY(msg_recv(cx, c->at.socket, read_left(until), &m));
	if (m.fd >= 0) {
		close(m.fd);
		return cx_fail(cx, INVALID, NULL, "a descriptor comes where an answer should");
	}
	if (m.type == READ_MSG_REFUSED) {
		TRY(msg_take_int(cx, &m, &why));
		TRY(msg_end(cx, &m));
		if (why != READ_REFUSED_DENSE) return cx_fail(cx, INVALID, NULL, "a text is refused for no known reason");
		return cx_fail(cx, LIMIT, NULL, "is nested too deeply, marked up too densely, or becomes too long when it is made HTML");
	}
	if (m.type != READ_MSG_RENDERED) return cx_fail(cx, INVALID, NULL, "message %u is no answer", m.type);
	TRY(read_take(cx, c->at.socket, &m, LIMIT_HTML, until, &text));
	return vet_html(cx, text, id_prefix, out);
}

static err ask(struct cx *cx, struct child *c, enum format f, str source, str id_prefix, int64_t until)
{
	struct buf head = buf_new(cx, 2 * READ_PREFIX_MOST + 64);
	msg_put_int(&head, f);
	msg_put_str(&head, id_prefix);
	return read_send(cx, c->at.socket, READ_MSG_RENDER, buf_view(&head), source, until);
}

/* The next child is asked for before anybody needs it. What fails here is found again, and told, by whoever does. */
static void replace(struct cx *cx, struct reader *r, struct child *c)
{
	struct fault before = cx->fault;
	write_off(cx, r, c);
	if (start(cx, r, c) != OK) log_error(cx, STR_FMT, STR_ARG(cx_fault_line(cx)));
	cx->fault = before;
}

/* That a child died the parent tells, and not for each text; an answer that no child of ours gives is an intruder's. */
static err bury(struct cx *cx, struct reader *r, struct child *c, err e)
{
	if (e != NOTFOUND && e != BUSY) log_warn(cx, "a reader of markup said what makes no sense: " STR_FMT, STR_ARG(cx->fault.sentence));
	replace(cx, r, c);
	if (e == BUSY) return cx_fail(cx, BUSY, NULL, "cannot be read just now: that takes too long while so much is going on");
	return cx_fail(cx, INVALID, NULL, "cannot be read: something in its markup stops the program that reads it. Take markup out, or send it as plain text");
}

static err render_with(struct cx *cx, struct reader *r, struct child *c, enum format f, str source, str id_prefix, html *out)
{
	err e = make_ready(cx, r, c);
	if (e != OK) return cx_fail(cx, BUSY, NULL, "cannot be read just now; it can be sent as plain text"); /* why, the parent tells */
	int64_t until = clock_monotonic() + READER_PATIENCE_MS * INT64_C(1000);
	c->texts++;
	e = ask(cx, c, f, source, id_prefix, until);
	if (e == OK) e = take_answer(cx, c, id_prefix, until, out);
	if (e != OK && e != LIMIT) return bury(cx, r, c, e);
	if (c->texts == READ_TEXTS_MOST) replace(cx, r, c);
	return e;
}

err reader_render(struct cx *cx, struct reader *r, enum format f, str source, str id_prefix, html *out)
{
	struct child *c;
	MUST(id_prefix.n <= READ_PREFIX_MOST);
	if (source.n > LIMIT_BODY) return cx_fail(cx, LIMIT, NULL, "is longer than %ld bytes", LIMIT_BODY);
	if (f == FORMAT_PLAIN) {
		TRY(place_apart(cx, source, &source));
		err e = plain_to_html(cx, source, out);
		return e == LIMIT ? cx_fail(cx, LIMIT, NULL, "becomes too long when its addresses are made links: send it in two parts") : e;
	}
	struct lane *l = source.n > READER_SHORT ? &r->large : &r->small;
	TRY(borrow(cx, r, l, &c));
	err e = render_with(cx, r, c, f, source, id_prefix, out);
	give_back(r, l, c);
	return e;
}
