/* One loop over one poll, because the process that may start others must be the one that is easiest to read. */
#include "sys/parent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/must.h"
#include "sys/asked.h"
#include "sys/msg.h"
#include "base/banned.h"

#define NEVER INT64_MAX
#define BETWEEN_STARTS (SECOND / 50)
#define END_MOST_MS 100 /* from the closing of its socket to a child's end */

struct trial {
	int64_t started, backoff;
	int64_t start_at; /* when not running */
};

struct watch {
	const struct parent_role *role;
	struct role_child child; /* pid 0: not running; socket -1: nothing more to hear */
	struct role_child standby; /* likewise; nothing is heard from it before it is the child */
	bool ready, ever_ready;
	struct trial trial, ahead; /* of the child; of the standby */
	int64_t ready_at;
	int64_t kill_at;  /* when running */
};

struct parent {
	struct cx *cx;
	struct parent_config config;
	struct watch *roles;
	struct asked *asked; /* the children that roles asked for */
	int signals;
	bool told_ready, stopping, failed;
	str why; /* of failed */
};

static int64_t or_default(int64_t value, int64_t otherwise) { return value > 0 ? value : otherwise; }

/* A child that is started again and again must not fill the arena: whoever calls this needs nothing that cx gave since the mark. */
static void log_fault(struct parent *p, enum log_level level) { log_line(NULL, level, STR_FMT, STR_ARG(cx_fault_line(p->cx))); }

static err give_listeners(struct cx *cx, const struct watch *w)
{
	for (size_t i = 0; i < w->role->listeners_n; i++)
		TRY(msg_send(cx, w->child.socket, ROLE_MSG_LISTENER, S(""), w->role->listeners[i]));
	return msg_send(cx, w->child.socket, ROLE_MSG_START, S(""), -1);
}

static void back_off(const struct parent *p, struct trial *t, int64_t now)
{
	if (now - t->started >= p->config.healthy) t->backoff = p->config.backoff_first;
	t->start_at = now + t->backoff;
	t->backoff = t->backoff * 2 < p->config.backoff_most ? t->backoff * 2 : p->config.backoff_most;
}

static void start_at_once(const struct parent *p, struct trial *t)
{
	t->backoff = p->config.backoff_first;
	t->start_at = t->started + BETWEEN_STARTS;
}

static void give_up_on_start(struct parent *p, str why)
{
	if (p->failed) return;
	p->failed = true;
	p->why = why;
}

static err start_or_promote(struct parent *p, struct watch *w)
{
	if (w->standby.pid == 0) return role_start(p->cx, w->role->program, w->role->role, w->role->args, &w->child);
	w->child = w->standby;
	w->standby = (struct role_child){ .socket = -1 };
	start_at_once(p, &w->ahead);
	return OK;
}

static void start(struct parent *p, struct watch *w, int64_t now)
{
	w->trial.started = now;
	w->kill_at = NEVER;
	w->ready = false;
	err e = start_or_promote(p, w);
	if (e == OK) {
		if (give_listeners(p->cx, w) != OK) log_fault(p, LOG_WARN); /* it has ended already: SIGCHLD tells */
		return;
	}
	if (!w->ever_ready) give_up_on_start(p, cx_fault_line(p->cx));
	else log_fault(p, LOG_ERROR);
	back_off(p, &w->trial, now);
}

static void start_standby(struct parent *p, struct watch *w, int64_t now)
{
	w->ahead.started = now;
	if (role_start(p->cx, w->role->program, w->role->role, w->role->args, &w->standby) == OK) return;
	log_fault(p, LOG_ERROR);
	back_off(p, &w->ahead, now);
}

/* Not before the first is at work, which is what readers wait for. */
static bool wants_standby(const struct parent *p, const struct watch *w)
{
	return w->role->standby && w->standby.pid == 0 && w->child.pid > 0 && w->ready && !p->stopping;
}

static void stop_listening_to(struct watch *w)
{
	if (w->child.socket >= 0) close(w->child.socket);
	w->child.socket = -1;
}

static void found_ready(struct watch *w, int64_t now)
{
	w->ready = w->ever_ready = true;
	w->ready_at = now;
}

/* Asks all to finish: a closed socket is the word for it. */
static void stop(struct parent *p, int64_t now)
{
	if (p->stopping) return;
	p->stopping = true;
	asked_stop(p->asked);
	for (size_t i = 0; i < p->config.roles_n; i++) {
		stop_listening_to(&p->roles[i]);
		p->roles[i].kill_at = now + p->config.grace;
		if (p->roles[i].standby.pid > 0) kill(p->roles[i].standby.pid, SIGKILL); /* it has begun nothing that could be finished */
	}
}

static void tell_how_it_ended(const char *name, int status, bool expected)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		log_error(NULL, "%s was ended by the kernel: it made a system call that its role may not make", name);
	else if (WIFSIGNALED(status))
		log_error(NULL, "%s was ended by signal %d", name, WTERMSIG(status));
	else if (!expected || WEXITSTATUS(status) != 0)
		log_error(NULL, "%s ended with status %d", name, WEXITSTATUS(status));
}

/* It may have been ended between saying that it is ready and being heard. */
static void hear_last_words(struct parent *p, struct watch *w, int64_t now)
{
	struct msg m;
	while (!w->ready && w->child.socket >= 0 && msg_recv(p->cx, w->child.socket, 0, &m) == OK) {
		if (m.fd >= 0) close(m.fd);
		else if (m.type == ROLE_MSG_READY) found_ready(w, now);
	}
}

/* Whether its end says nothing against the next one's start. */
static bool was_at_work(const struct watch *w, int status, int64_t now)
{
	if (!w->ready) return w->role->standby && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return now - w->ready_at >= SECOND || (w->role->standby && WIFSIGNALED(status));
}

static void role_ended(struct parent *p, struct watch *w, int status, int64_t now)
{
	hear_last_words(p, w, now);
	bool worked = was_at_work(w, status, now);
	tell_how_it_ended(role_name(w->role->role), status, p->stopping || (worked && !w->ready));
	stop_listening_to(w);
	asked_owner_ended(p->asked, w->child.pid, now);
	w->child.pid = 0;
	if (worked) start_at_once(p, &w->trial);
	else back_off(p, &w->trial, now);
	if (worked && w->standby.pid > 0 && !p->stopping) start(p, w, now);
	if (!w->ever_ready && !p->stopping)
		give_up_on_start(p, str_fmt(p->cx, "%s ended before it was ready", role_name(w->role->role)));
}

static void standby_ended(struct parent *p, struct watch *w, int status, int64_t now)
{
	if (!p->stopping) tell_how_it_ended(str_c(p->cx, str_fmt(p->cx, "the standby of %s", role_name(w->role->role))), status, false);
	close(w->standby.socket);
	w->standby = (struct role_child){ .socket = -1 };
	back_off(p, &w->ahead, now);
}

static void reap(struct parent *p, int64_t now)
{
	int status, pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < p->config.roles_n; i++) {
			if (p->roles[i].child.pid == pid) role_ended(p, &p->roles[i], status, now);
			else if (p->roles[i].standby.pid == pid) standby_ended(p, &p->roles[i], status, now);
		}
		(void)asked_ended(p->asked, pid, status, now);
	}
}

static void take_signals(struct parent *p, int64_t now)
{
	struct signalfd_siginfo info;
	while (read(p->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) stop(p, now);
	}
	reap(p, now); /* signals are merged: look whatever came */
}

static err obey(struct parent *p, struct watch *w, struct msg *m, int64_t now)
{
	bool asks = m->type == ROLE_MSG_DECODE || m->type == ROLE_MSG_READ || m->type == ROLE_MSG_DROP;
	if (asks && w->role->may_ask) return asked_hear(p->asked, m, w->child.pid, now);
	TRY(msg_end(p->cx, m));
	if (m->type != ROLE_MSG_READY || m->fd >= 0)
		return cx_fail(p->cx, INVALID, NULL, "%s sent a message that is none of its own", role_name(w->role->role));
	found_ready(w, now);
	return OK;
}

/* What ends closes its socket, and is gone in the same moment. Its standby need not wait until it is buried, and what it had asked for before it: where many
 * processes look into /proc that takes the kernel tenths of a second. */
static void look_whether_it_ended(struct parent *p, struct watch *w)
{
	siginfo_t end = { 0 };
	int pid = w->child.pid, handle = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd gone = { handle, POLLIN, 0 };
	if (handle < 0) return; /* SIGCHLD will tell */
	(void)poll(&gone, 1, END_MOST_MS);
	close(handle);
	if (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0 || end.si_pid != pid) return;
	role_ended(p, w, end.si_code == CLD_EXITED ? W_EXITCODE(end.si_status, 0) : W_EXITCODE(0, end.si_status), clock_monotonic());
}

static void hear(struct parent *p, struct watch *w, int64_t now)
{
	struct msg m;
	err e = msg_recv(p->cx, w->child.socket, 0, &m);
	if (e == BUSY) return;
	if (e == NOTFOUND) { /* on its way out, or silent for good */
		stop_listening_to(w);
		w->kill_at = now + p->config.grace;
		if (w->standby.pid > 0) look_whether_it_ended(p, w);
		return;
	}
	if (e == OK) e = obey(p, w, &m, now);
	if (m.fd >= 0) close(m.fd);
	if (e == OK) return;
	log_fault(p, LOG_ERROR);
	stop_listening_to(w);
	kill(w->child.pid, SIGKILL);
}

static bool any_role_lives(const struct parent *p)
{
	for (size_t i = 0; i < p->config.roles_n; i++)
		if (p->roles[i].child.pid > 0) return true;
	return false;
}

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }

/* Does what is due and gives the time of what comes next. */
static int64_t do_what_is_due(struct parent *p, int64_t now)
{
	int64_t next = NEVER;
	for (size_t i = 0; i < p->config.roles_n; i++) {
		struct watch *w = &p->roles[i];
		if (w->child.pid == 0 && !p->stopping && w->trial.start_at <= now) start(p, w, now);
		if (wants_standby(p, w) && w->ahead.start_at <= now) start_standby(p, w, now);
		if (wants_standby(p, w)) next = earlier(next, w->ahead.start_at);
		if (w->child.pid > 0 && w->kill_at <= now) {
			log_error(NULL, "%s does not finish and is killed", role_name(w->role->role));
			kill(w->child.pid, SIGKILL);
			w->kill_at = NEVER;
		}
		if (w->child.pid > 0) next = earlier(next, w->kill_at);
		else if (!p->stopping) next = earlier(next, w->trial.start_at);
	}
	return earlier(next, asked_do(p->asked, now));
}

static void wait_and_hear(struct parent *p, int64_t next)
{
	struct pollfd *polls = cx_array_of(p->cx, struct pollfd, p->config.roles_n + 1);
	for (size_t i = 0; i < p->config.roles_n; i++) {
		const struct watch *w = &p->roles[i];
		polls[i] = (struct pollfd){ w->child.socket, POLLIN, 0 };
	}
	polls[p->config.roles_n] = (struct pollfd){ p->signals, POLLIN, 0 };
	int64_t left = next == NEVER ? -1 : (next - clock_monotonic() + 999) / 1000;
	if (next != NEVER && left < 0) left = 0;
	if (left > 3600 * 1000) left = 3600 * 1000;
	int got = poll(polls, p->config.roles_n + 1, (int)left);
	MUST(got >= 0 || errno == EINTR);
	int64_t now = clock_monotonic();
	for (size_t i = 0; got > 0 && i < p->config.roles_n; i++)
		if (polls[i].revents && p->roles[i].child.socket >= 0) hear(p, &p->roles[i], now);
	take_signals(p, now);
}

static void tell_ready(struct parent *p)
{
	for (size_t i = 0; i < p->config.roles_n; i++)
		if (!p->roles[i].ready) return;
	p->told_ready = true;
	if (p->config.ready) p->config.ready(p->config.arg);
}

static bool all_ended(const struct parent *p)
{
	for (size_t i = 0; i < p->config.roles_n; i++)
		if (p->roles[i].standby.pid > 0) return false;
	return !any_role_lives(p) && !asked_any(p->asked);
}

static void loop(struct parent *p)
{
	while (!p->stopping || !all_ended(p)) {
		struct arena_mark mark = arena_mark(p->cx->arena);
		int64_t next = do_what_is_due(p, clock_monotonic());
		if (!p->failed) wait_and_hear(p, next);
		if (p->failed) { /* its sentence lives in the arena */
			stop(p, clock_monotonic());
			while (!all_ended(p)) wait_and_hear(p, do_what_is_due(p, clock_monotonic()));
			return;
		}
		arena_rewind(p->cx->arena, mark);
		p->cx->fault = (struct fault){ 0 };
		if (!p->told_ready && !p->stopping) tell_ready(p);
	}
}

err parent_run(struct cx *cx, const struct parent_config *config)
{
	MUST(config->roles_n > 0);
	struct parent p = { .cx = cx, .config = *config, .roles = cx_array_of(cx, struct watch, config->roles_n) };
	p.config.backoff_first = or_default(config->backoff_first, SECOND / 10);
	p.config.backoff_most = or_default(config->backoff_most, 10 * SECOND);
	p.config.healthy = or_default(config->healthy, MINUTE);
	p.config.grace = or_default(config->grace, 30 * SECOND);
	p.config.decode_most = or_default(config->decode_most, 120 * SECOND);
	for (size_t i = 0; i < config->roles_n; i++)
		p.roles[i] = (struct watch){ .role = &config->roles[i], .child = { .socket = -1 }, .standby = { .socket = -1 }, .kill_at = NEVER,
			.trial.backoff = p.config.backoff_first, .ahead.backoff = p.config.backoff_first };
	p.asked = asked_new(cx, config, p.config.decode_most);
	sigset_t heard, before;
	sigemptyset(&heard);
	sigaddset(&heard, SIGTERM);
	sigaddset(&heard, SIGINT);
	sigaddset(&heard, SIGHUP); /* reserved: nothing yet, but it must not end us */
	sigaddset(&heard, SIGCHLD);
	sigprocmask(SIG_BLOCK, &heard, &before);
	p.signals = signalfd(-1, &heard, SFD_NONBLOCK | SFD_CLOEXEC);
	if (p.signals < 0) return cx_fail(cx, FAILED, NULL, "signals cannot be waited for (%s)", strerror(errno));
	loop(&p);
	close(p.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (p.failed) return cx_fail(cx, FAILED, NULL, STR_FMT, STR_ARG(p.why));
	return OK;
}

err parent_take_listeners(struct cx *cx, int socket, int *listeners, size_t most, size_t *n)
{
	*n = 0;
	for (;;) {
		struct msg m;
		TRY(msg_recv(cx, socket, -1, &m));
		if (m.type == ROLE_MSG_START && m.fd < 0) return OK;
		if (m.type == ROLE_MSG_LISTENER && m.fd >= 0 && *n < most) {
			listeners[(*n)++] = m.fd;
			continue;
		}
		if (m.fd >= 0) close(m.fd);
		return cx_fail(cx, INVALID, NULL, "message %u comes at the wrong time", m.type);
	}
}

err parent_tell_ready(struct cx *cx, int socket) { return msg_send(cx, socket, ROLE_MSG_READY, S(""), -1); }

void parent_wait_end(struct cx *cx, int socket)
{
	struct msg m;
	err e;
	do {
		struct arena_mark mark = arena_mark(cx->arena);
		e = msg_recv(cx, socket, -1, &m);
		if (e == OK && m.fd >= 0) close(m.fd);
		arena_rewind(cx->arena, mark);
	} while (e == OK || e == INVALID);
}
