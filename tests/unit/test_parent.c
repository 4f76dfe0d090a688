/* The parent's loop: a process of its own runs it, this program is also every child (`test_parent child WHAT`), and what they do is seen in a
 * pipe that is handed to them as if it were a listener. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cx.h"
#include "sys/msg.h"
#include "sys/parent.c"
#include "sys/role.h"
#include "sys/spool.h"

#define PATIENCE 20000 /* ms; only a failing test waits so long */

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

/* the test's side */

struct seen {
	int pipe[2], counter; /* counter: a file whose length is how often a child was started */
	pid_t parent;
};

static void write_letter(int fd, char c)
{
	ssize_t ignored = write(fd, &c, 1);
	(void)ignored;
}

static void tell_ready_letter(void *arg) { write_letter(*(int *)arg, 'R'); }

/* Runs a parent with one or two children of a kind. Its exit status: 0 OK, 1 FAILED with a sentence that names the role. standby: each has one,
 * and every process that is started writes a p. */
static struct seen run_with(struct cx *cx, const char *what, size_t children, struct parent_config config, bool may_decode, bool standby)
{
	struct seen s;
	assert_int_equal(pipe2(s.pipe, O_CLOEXEC), 0);
	assert_int_equal(spool_open(cx, "/tmp", &s.counter), OK);
	fflush(NULL);
	s.parent = fork();
	assert_true(s.parent >= 0);
	if (s.parent > 0) {
		close(s.pipe[1]);
		return s;
	}
	const char *self;
	if (role_program(cx, NULL, &self) != OK) _exit(9);
	const char *counter = str_c(cx, str_fmt(cx, "/proc/%d/fd/%d", (int)getppid(), s.counter));
	const char *const args[] = { "child", what, standby ? counter : NULL, NULL };
	if (standby && dup2(s.pipe[1], STDOUT_FILENO) < 0) _exit(9);
	const int given[] = { s.pipe[1], s.counter };
	struct parent_role role = { ROLE_WORK, self, args, given, 2, may_decode, standby };
	struct parent_role roles[] = { role, role };
	config.roles = roles;
	config.roles_n = children;
	config.decode_program = config.read_program = self;
	config.ready = tell_ready_letter;
	config.arg = &s.pipe[1];
	err e = parent_run(cx, &config);
	if (e != OK && !str_contains(cx->fault.sentence, S("work"))) _exit(8);
	_exit(e == OK ? 0 : e == FAILED ? 1 : 7);
}

static struct seen run(struct cx *cx, const char *what, size_t children, struct parent_config config, bool may_decode)
{
	return run_with(cx, what, children, config, may_decode, false);
}

/* Waits for n of a letter; what else comes before the last is counted away. */
static void expect(const struct seen *s, char letter, int n)
{
	while (n > 0) {
		struct pollfd p = { s->pipe[0], POLLIN, 0 };
		char c;
		assert_int_equal(poll(&p, 1, PATIENCE), 1);
		assert_int_equal(read(s->pipe[0], &c, 1), 1);
		n -= c == letter;
	}
}

static int end(struct seen *s, int with_signal)
{
	int status;
	if (with_signal) kill(s->parent, with_signal);
	assert_int_equal(waitpid(s->parent, &status, 0), s->parent);
	close(s->counter);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* All children are gone when the last writer of the pipe is. */
static void expect_silence(struct seen *s)
{
	char c;
	struct pollfd p = { s->pipe[0], POLLIN, 0 };
	do assert_int_equal(poll(&p, 1, PATIENCE), 1);
	while (read(s->pipe[0], &c, 1) == 1);
	close(s->pipe[0]);
}

static const struct parent_config quick = { .backoff_first = 1000, .backoff_most = 4000 };

static void starts_all_and_finishes_on_sigterm(void **state)
{
	struct seen s = run(*state, "serve", 2, quick, false);
	expect(&s, 'R', 1);
	kill(s.parent, SIGHUP); /* reserved */
	kill(s.parent, SIGTERM);
	expect(&s, 'e', 2);
	assert_int_equal(end(&s, 0), 0);
	expect_silence(&s);
}

static void finishes_on_sigint_too(void **state)
{
	struct seen s = run(*state, "serve", 1, quick, false);
	expect(&s, 'R', 1);
	assert_int_equal(end(&s, SIGINT), 0);
	expect(&s, 'e', 1);
	expect_silence(&s);
}

static void starts_again_what_crashes(void **state)
{
	struct seen s = run(*state, "crash", 1, quick, false);
	expect(&s, 's', 4); /* it crashes three times */
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

/* Whoever ends it at its first request, again and again: were there a pause of this length, the test would end first. */
static const struct parent_config slow = { .backoff_first = 60 * SECOND, .backoff_most = 60 * SECOND };

static void replaces_at_once_what_was_at_work(void **state)
{
	struct seen s = run_with(*state, "crash-fifty", 1, slow, false, true);
	expect(&s, 's', 51);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void a_standby_is_started_and_ends_with_the_rest(void **state)
{
	struct seen s = run_with(*state, "serve", 2, slow, false, true);
	expect(&s, 'p', 4);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void a_standby_that_ends_is_followed_by_another(void **state)
{
	struct seen s = run_with(*state, "standby-dies", 1, quick, false, true);
	expect(&s, 'p', 5); /* one at work, three that end, one that waits */
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void a_standby_that_read_what_is_no_longer_so_is_followed_at_once(void **state)
{
	struct seen s = run_with(*state, "standby-stale", 1, slow, false, true);
	expect(&s, 's', 2);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void tells_a_start_that_fails_from_what_ends_work(void **state)
{
	enum { KILLED = SIGKILL, ABORTED = SIGABRT, STATUS_0 = 0, STATUS_1 = 1 << 8 };
	static const struct {
		bool standby, ready;
		int status;
		int64_t lived;
		bool worked;
	} cases[] = {
		{ true, true, KILLED, 0, true },
		{ true, true, ABORTED, 0, true },
		{ true, true, STATUS_1, 0, false }, /* gave up by itself */
		{ true, true, STATUS_1, SECOND, true },
		{ true, false, KILLED, MINUTE, false }, /* never got so far */
		{ true, false, STATUS_1, 0, false },
		{ true, false, STATUS_0, 0, true }, /* asks for one that reads the site anew */
		{ false, false, STATUS_0, 0, false },
		{ false, true, KILLED, 0, false }, /* nobody waits for it */
		{ false, true, KILLED, SECOND, true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct parent_role role = { .role = ROLE_WORK, .standby = cases[i].standby };
		struct watch w = { .role = &role, .ready = cases[i].ready, .ready_at = MINUTE };
		assert_int_equal(was_at_work(&w, cases[i].status, MINUTE + cases[i].lived), cases[i].worked);
	}
}

static void gives_up_when_a_role_never_gets_ready(void **state)
{
	struct seen s = run(*state, "refuse", 2, quick, false);
	assert_int_equal(end(&s, 0), 1);
	expect_silence(&s);
}

static void kills_what_does_not_finish(void **state)
{
	struct parent_config config = quick;
	config.grace = 1000;
	struct seen s = run(*state, "hang", 2, config, false);
	expect(&s, 'R', 1);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void kills_what_talks_nonsense(void **state)
{
	struct seen s = run(*state, "nonsense", 1, quick, false);
	expect(&s, 's', 6); /* five kinds of nonsense, then it behaves */
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void starts_decode_for_who_may_ask(void **state)
{
	struct seen s = run(*state, "decode", 1, quick, true);
	expect(&s, 'd', 3 * PARENT_DECODES);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void starts_read_for_who_may_ask_while_decode_has_no_place(void **state)
{
	struct seen s = run(*state, "read", 1, quick, true);
	expect(&s, 'r', PARENT_READS);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void starts_no_child_for_who_lets_too_many_wait_and_ends_what_is_dropped(void **state)
{
	struct seen s = run(*state, "greedy", 1, quick, true);
	expect(&s, 'g', 1);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void ends_decode_that_takes_too_long(void **state)
{
	struct parent_config config = quick;
	config.decode_most = 1000;
	struct seen s = run(*state, "decode-idle", 1, config, true);
	expect(&s, 'x', 1);
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void starts_no_decode_for_who_may_not(void **state)
{
	struct seen s = run(*state, "decode-once", 1, quick, false);
	expect(&s, 's', 2); /* killed for asking, then behaves */
	assert_int_equal(end(&s, SIGTERM), 0);
	expect_silence(&s);
}

static void back_off_doubles_to_its_most_and_is_forgotten(void **state)
{
	struct parent p = { .cx = *state, .config = { .backoff_first = SECOND / 10, .backoff_most = 10 * SECOND, .healthy = MINUTE } };
	struct trial t = { .backoff = SECOND / 10 };
	static const int64_t tenths[] = { 1, 2, 4, 8, 16, 32, 64, 100, 100 };
	for (size_t i = 0; i < sizeof tenths / sizeof *tenths; i++) {
		back_off(&p, &t, 0);
		assert_int_equal(t.start_at, tenths[i] * SECOND / 10);
	}
	back_off(&p, &t, MINUTE); /* it had lived a minute */
	assert_int_equal(t.start_at, MINUTE + SECOND / 10);
	back_off(&p, &t, 0);
	assert_int_equal(t.start_at, SECOND / 5);
}

/* the children's side */

static int given[2];

static int wait_and_end(struct cx *cx)
{
	parent_wait_end(cx, ROLE_SOCKET);
	write_letter(given[0], 'e');
	return 0;
}

/* How many were started before this one. */
static off_t count_start(void)
{
	off_t n = lseek(given[1], 0, SEEK_END);
	write_letter(given[1], '.');
	return n;
}

static int child_refuse(void)
{
	write_letter(given[0], 'r');
	return count_start() == 0 ? 1 : 2;
}

static int child_crash(struct cx *cx)
{
	if (count_start() < 3) kill(getpid(), SIGKILL);
	return wait_and_end(cx);
}

static int child_crash_fifty(struct cx *cx, off_t number)
{
	if (number < 50) kill(getpid(), SIGKILL);
	return wait_and_end(cx);
}

static int child_hang(void)
{
	while (pause() != 0) continue; /* for ever */
	return 3;
}

static int child_nonsense(struct cx *cx)
{
	err e = OK;
	switch (count_start()) {
	case 0: e = msg_send(cx, ROLE_SOCKET, ROLE_MSG_READY, S("not bare"), -1); break;
	case 1: e = msg_send(cx, ROLE_SOCKET, ROLE_MSG_READY, S(""), 2); break;
	case 2: e = msg_send(cx, ROLE_SOCKET, 4711, S(""), -1); break;
	case 3: e = msg_send(cx, ROLE_SOCKET, ROLE_MSG_DECODE, S(""), -1); break;
	case 4: e = send(ROLE_SOCKET, "xyz", 3, 0) == 3 ? OK : FAILED; break;
	default: return wait_and_end(cx);
	}
	if (e != OK) return 3;
	return child_hang(); /* closing our end is not what ends us */
}

/* Asks for more decode children than there are places; each echoes and goes. */
static int child_decode(struct cx *cx)
{
	struct role_source from = { .parent = ROLE_SOCKET };
	struct role_child c[3 * PARENT_DECODES];
	struct msg m;
	for (int i = 0; i < 3 * PARENT_DECODES; i++)
		if (role_ask(cx, ROLE_DECODE, &from, &c[i]) != OK || msg_send(cx, c[i].socket, 1, S("draw"), -1) != OK) return 1;
	for (int i = 0; i < 3 * PARENT_DECODES; i++) {
		if (msg_recv(cx, c[i].socket, PATIENCE, &m) != OK || !str_eq(m.body, S("draw"))) return 1;
		role_end(&c[i], 0);
		write_letter(given[0], 'd');
	}
	return wait_and_end(cx);
}

/* All places of decode are taken, and one more waits; read children come all the same, each echoes, and none lives longer than who asked. */
static int child_read(struct cx *cx)
{
	struct role_source from = { .parent = ROLE_SOCKET };
	struct role_child c[PARENT_DECODES + 1 + PARENT_READS];
	struct msg m;
	for (int i = 0; i < PARENT_DECODES + 1; i++)
		if (role_ask(cx, ROLE_DECODE, &from, &c[i]) != OK) return 1;
	for (int i = PARENT_DECODES + 1; i < PARENT_DECODES + 1 + PARENT_READS; i++) {
		if (role_ask(cx, ROLE_READ, &from, &c[i]) != OK || msg_send(cx, c[i].socket, 1, S("read"), -1) != OK) return 1;
		if (msg_recv(cx, c[i].socket, PATIENCE, &m) != OK || !str_eq(m.body, S("read"))) return 1;
		write_letter(given[0], 'r');
	}
	return wait_and_end(cx);
}

static int child_greedy(struct cx *cx)
{
	struct role_source from = { .parent = ROLE_SOCKET };
	struct role_child c[PARENT_DECODES + PARENT_WAITING + 1];
	const int n = PARENT_DECODES + PARENT_WAITING + 1;
	struct msg m;
	for (int i = 0; i < n; i++)
		if (role_ask(cx, ROLE_DECODE, &from, &c[i]) != OK || (i < n - 1 && msg_send(cx, c[i].socket, 1, S("draw"), -1) != OK)) return 1;
	if (msg_recv(cx, c[n - 1].socket, PATIENCE, &m) != NOTFOUND) return 1; /* the one too many sees its socket close */
	if (msg_recv(cx, c[0].socket, PATIENCE, &m) != OK) return 1;
	for (int i = 0; i < PARENT_DECODES; i++) role_drop(cx, &from, &c[i]); /* which makes room for those that wait, */
	if (msg_recv(cx, c[PARENT_DECODES].socket, PATIENCE, &m) != OK) return 1;
	role_drop(cx, &from, &c[n - 2]); /* and one of these can be dropped before it was ever started */
	write_letter(given[0], 'g');
	return wait_and_end(cx);
}

static int child_decode_idle(struct cx *cx)
{
	struct role_source from = { .parent = ROLE_SOCKET };
	struct role_child c;
	struct msg m;
	if (role_ask(cx, ROLE_DECODE, &from, &c) != OK) return 1;
	if (msg_recv(cx, c.socket, PATIENCE, &m) == NOTFOUND) write_letter(given[0], 'x');
	role_end(&c, 0);
	return wait_and_end(cx);
}

static int child_decode_once(struct cx *cx) { return count_start() > 0 ? wait_and_end(cx) : child_decode_idle(cx); }

/* Started with a standby: tells of its start, which the counter at this path counts, and gives its number. */
static off_t announce(const char *counter)
{
	int fd = open(counter, O_RDWR | O_APPEND | O_CLOEXEC);
	if (fd < 0) return 99;
	off_t n = lseek(fd, 0, SEEK_END);
	write_letter(fd, '.');
	close(fd);
	write_letter(STDOUT_FILENO, 'p');
	return n;
}

/* Ends by a signal when the standby is there. */
static int wait_for_standby(void)
{
	while (lseek(given[1], 0, SEEK_END) < 2) poll(NULL, 0, 1);
	kill(getpid(), SIGKILL);
	return 3;
}

static int be_child(struct cx *cx, const char *what, const char *counter)
{
	size_t n;
	off_t number = counter ? announce(counter) : 0;
	if (strcmp(what, "standby-dies") == 0 && number > 0 && number < 4) return 1;
	if (parent_take_listeners(cx, ROLE_SOCKET, given, 2, &n) != OK || n != 2) return 2;
	if (strcmp(what, "refuse") == 0) return child_refuse();
	if (strcmp(what, "standby-stale") == 0 && number == 1) return 0;
	if (parent_tell_ready(cx, ROLE_SOCKET) != OK) return 2;
	write_letter(given[0], 's');
	if (strcmp(what, "serve") == 0) return wait_and_end(cx);
	if (strcmp(what, "crash") == 0) return child_crash(cx);
	if (strcmp(what, "crash-fifty") == 0) return child_crash_fifty(cx, number);
	if (strcmp(what, "standby-dies") == 0) return wait_and_end(cx);
	if (strcmp(what, "standby-stale") == 0) return number == 0 ? wait_for_standby() : wait_and_end(cx);
	if (strcmp(what, "hang") == 0) return child_hang();
	if (strcmp(what, "nonsense") == 0) return child_nonsense(cx);
	if (strcmp(what, "decode") == 0) return child_decode(cx);
	if (strcmp(what, "read") == 0) return child_read(cx);
	if (strcmp(what, "greedy") == 0) return child_greedy(cx);
	if (strcmp(what, "decode-idle") == 0) return child_decode_idle(cx);
	if (strcmp(what, "decode-once") == 0) return child_decode_once(cx);
	return 2;
}

/* A decode child is started without words: its socket is what tells. */
static bool is_decode(void)
{
	int type = 0;
	socklen_t n = sizeof type;
	return getsockopt(ROLE_SOCKET, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_SEQPACKET;
}

static int be_decode(struct cx *cx)
{
	struct msg m;
	while (msg_recv(cx, ROLE_SOCKET, -1, &m) == OK)
		if (msg_send(cx, ROLE_SOCKET, m.type, m.body, -1) != OK) return 1;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 || is_decode()) {
		struct cx *cx = cx_new();
		int code = argc >= 3 ? be_child(cx, argv[2], argv[3]) : be_decode(cx);
		cx_end(cx);
		return code;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_all_and_finishes_on_sigterm),
		cmocka_unit_test(finishes_on_sigint_too),
		cmocka_unit_test(starts_again_what_crashes),
		cmocka_unit_test(replaces_at_once_what_was_at_work),
		cmocka_unit_test(a_standby_is_started_and_ends_with_the_rest),
		cmocka_unit_test(a_standby_that_ends_is_followed_by_another),
		cmocka_unit_test(a_standby_that_read_what_is_no_longer_so_is_followed_at_once),
		cmocka_unit_test(tells_a_start_that_fails_from_what_ends_work),
		cmocka_unit_test(gives_up_when_a_role_never_gets_ready),
		cmocka_unit_test(kills_what_does_not_finish),
		cmocka_unit_test(kills_what_talks_nonsense),
		cmocka_unit_test(starts_decode_for_who_may_ask),
		cmocka_unit_test(starts_read_for_who_may_ask_while_decode_has_no_place),
		cmocka_unit_test(starts_no_child_for_who_lets_too_many_wait_and_ends_what_is_dropped),
		cmocka_unit_test(ends_decode_that_takes_too_long),
		cmocka_unit_test(starts_no_decode_for_who_may_not),
		cmocka_unit_test(back_off_doubles_to_its_most_and_is_forgotten),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
