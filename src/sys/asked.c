/* Two small tables: who lives, and who waits for a place. */
#include "sys/asked.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cx.h"
#include "base/log.h"
#include "base/must.h"
#include "base/banned.h"

#define NEVER INT64_MAX
#define PLACES (PARENT_DECODES + PARENT_READS)

struct kind {
	enum role role;
	const char *program;
	const char *const *args;
	int most; /* at a time */
	int64_t life;
	int alive;
	unsigned ended, failed; /* by a signal; to start: what has not been told yet */
};

struct child {
	struct kind *kind;
	int pid; /* 0: a free place */
	int owner;
	int64_t number, kill_at;
};

struct waiting {
	struct kind *kind;
	int socket, owner;
	int64_t number;
};

struct asked {
	struct cx *cx;
	struct kind decode, read;
	struct child child[PLACES];
	struct waiting waiting[PARENT_WAITING];
	size_t waiting_n;
	int64_t tell_at; /* monotonic; NEVER: nothing to tell */
	bool stopped;
	char why[160]; /* the last child could not be started */
};

struct asked *asked_new(struct cx *cx, const struct parent_config *config, int64_t decode_most)
{
	struct asked *a = cx_new_of(cx, struct asked);
	a->cx = cx;
	a->decode = (struct kind){ .role = ROLE_DECODE, .program = config->decode_program, .args = config->decode_args, .most = PARENT_DECODES, .life = decode_most };
	a->read = (struct kind){ .role = ROLE_READ, .program = config->read_program, .args = config->read_args, .most = PARENT_READS, .life = NEVER };
	a->tell_at = NEVER;
	return a;
}

/* At the end of this minute, by the clock on the wall: so that a line in a log tells nobody when a text or file came. */
static void tell_later(struct asked *a, int64_t now)
{
	if (a->tell_at != NEVER) return;
	int64_t wall = clock_now(&clock_system);
	a->tell_at = now + MINUTE - wall % MINUTE;
}

static void tell_of(struct asked *a, struct kind *k)
{
	if (k->ended) log_warn(NULL, "in the last minute %u %s children were ended by a signal", k->ended, role_name(k->role));
	if (k->failed) log_error(NULL, "in the last minute %u %s children could not do their work: %s", k->failed, role_name(k->role), a->why);
	k->ended = k->failed = 0;
}

static void tell(struct asked *a)
{
	tell_of(a, &a->decode);
	tell_of(a, &a->read);
	a->tell_at = NEVER;
}

static void start_one(struct asked *a, const struct waiting *w, int64_t now)
{
	struct arena_mark mark = arena_mark(a->cx->arena);
	struct child *c = a->child;
	struct kind *k = w->kind;
	while (c->pid) c++; /* there are as many places as children of all kinds may live */
	MUST(c < a->child + PLACES);
	*c = (struct child){ .kind = k, .owner = w->owner, .number = w->number, .kill_at = k->life == NEVER ? NEVER : now + k->life };
	if (role_start_on(a->cx, k->program, k->role, k->args, w->socket, &c->pid) == OK) {
		k->alive++;
	} else {
		str why = cx_fault_line(a->cx);
		snprintf(a->why, sizeof a->why, STR_FMT, STR_ARG(why));
		a->cx->fault = (struct fault){ 0 };
		c->pid = 0;
		k->failed++;
		tell_later(a, now);
	}
	arena_rewind(a->cx->arena, mark);
}

/* Those that have waited longest, as far as their kind has places. */
static void start_waiting(struct asked *a, int64_t now)
{
	size_t kept = 0;
	for (size_t i = 0; i < a->waiting_n; i++) {
		const struct waiting w = a->waiting[i];
		if (a->stopped) close(w.socket);
		else if (w.kind->alive < w.kind->most) start_one(a, &w, now);
		else a->waiting[kept++] = w;
	}
	a->waiting_n = kept;
}

static void forget_waiting(struct asked *a, int owner, int64_t number, bool all)
{
	size_t kept = 0;
	for (size_t i = 0; i < a->waiting_n; i++) {
		if (a->waiting[i].owner == owner && (all || a->waiting[i].number == number)) close(a->waiting[i].socket);
		else a->waiting[kept++] = a->waiting[i];
	}
	a->waiting_n = kept;
}

static void kill_those(struct asked *a, int owner, int64_t number, bool all)
{
	for (struct child *c = a->child; c < a->child + PLACES; c++)
		if (c->pid && c->owner == owner && (all || c->number == number)) kill(c->pid, SIGKILL);
}

err asked_hear(struct asked *a, struct msg *m, int owner, int64_t now)
{
	int64_t number;
	struct kind *k = m->type == ROLE_MSG_READ ? &a->read : &a->decode;
	TRY(msg_take_int(a->cx, m, &number));
	TRY(msg_end(a->cx, m));
	if (m->type == ROLE_MSG_DROP) {
		if (m->fd >= 0) return cx_fail(a->cx, INVALID, NULL, "a descriptor comes with a child that is done with");
		forget_waiting(a, owner, number, false);
		kill_those(a, owner, number, false);
		return OK;
	}
	if (m->fd < 0 || !k->program) return cx_fail(a->cx, DENIED, NULL, "no %s child can be asked for so", role_name(k->role));
	if (a->waiting_n < PARENT_WAITING) a->waiting[a->waiting_n++] = (struct waiting){ k, m->fd, owner, number };
	else close(m->fd); /* it sees that, and may ask again */
	m->fd = -1;
	start_waiting(a, now);
	return OK;
}

/* Nobody is left who could want their answers. */
void asked_owner_ended(struct asked *a, int owner, int64_t now)
{
	forget_waiting(a, owner, 0, true);
	kill_those(a, owner, 0, true);
	start_waiting(a, now);
}

bool asked_ended(struct asked *a, int pid, int status, int64_t now)
{
	struct child *c = a->child;
	while (c < a->child + PLACES && c->pid != pid) c++;
	if (c == a->child + PLACES) return false;
	c->pid = 0;
	c->kind->alive--;
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL; /* that is how we end them */
	bool gave_up = WIFEXITED(status) && WEXITSTATUS(status) != 0;
	if (gave_up) snprintf(a->why, sizeof a->why, "one ended with status %d", WEXITSTATUS(status));
	c->kind->ended += killed;
	c->kind->failed += gave_up;
	if (killed || gave_up) tell_later(a, now);
	start_waiting(a, now);
	return true;
}

int64_t asked_do(struct asked *a, int64_t now)
{
	if (a->tell_at <= now) tell(a);
	int64_t next = a->tell_at;
	for (struct child *c = a->child; c < a->child + PLACES; c++) {
		if (c->pid == 0) continue;
		if (c->kill_at <= now) {
			kill(c->pid, SIGKILL);
			c->kill_at = NEVER;
		}
		if (c->kill_at < next) next = c->kill_at;
	}
	return next;
}

void asked_stop(struct asked *a)
{
	a->stopped = true;
	start_waiting(a, 0);
}

bool asked_any(const struct asked *a) { return a->decode.alive + a->read.alive > 0; }
