/* Messages, spool files and roles. As a child (`test_sys child WHAT`) this program is the other side of its own tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "sys/conf.h"
#include "sys/msg.h"
#include "sys/role.h"
#include "sys/spool.h"

#define PATIENCE 20000 /* ms; only a failing test waits so long */

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

static void socket_pair(int ends[2]) { assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0); }

static void close_both(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static size_t open_descriptors(void)
{
	size_t n = 0;
	DIR *d = opendir("/proc/self/fd");
	assert_non_null(d);
	while (readdir(d)) n++;
	closedir(d);
	return n;
}

/* messages */

static void a_message_arrives_as_it_was_sent(void **state)
{
	struct cx *cx = *state;
	static const int64_t numbers[] = { 0, 1, -1, 255, 256, INT64_MAX, INT64_MIN };
	int ends[2];
	socket_pair(ends);
	struct buf b = buf_new(cx, MSG_MAX);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) msg_put_int(&b, numbers[i]);
	msg_put_str(&b, S("six words, one\0NUL, and \xff"));
	msg_put_str(&b, S(""));
	str body;
	assert_int_equal(buf_done(cx, &b, &body), OK);
	assert_int_equal(msg_send(cx, ends[0], 77, body, -1), OK);
	struct msg m;
	assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), OK);
	assert_int_equal(m.type, 77);
	assert_int_equal(m.fd, -1);
	int64_t v;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		assert_int_equal(msg_take_int(cx, &m, &v), OK);
		assert_true(v == numbers[i]);
	}
	str s;
	assert_int_equal(msg_end(cx, &m), INVALID);
	assert_int_equal(msg_take_str(cx, &m, &s), OK);
	assert_true(str_eq(s, S("six words, one\0NUL, and \xff")));
	assert_int_equal(msg_take_int(cx, &m, &v), INVALID);
	assert_int_equal(msg_take_str(cx, &m, &s), OK);
	assert_int_equal(s.n, 0);
	assert_int_equal(msg_end(cx, &m), OK);
	assert_int_equal(msg_take_str(cx, &m, &s), INVALID);
	close_both(ends);
}

static void an_empty_and_a_largest_message_pass(void **state)
{
	struct cx *cx = *state;
	int ends[2];
	socket_pair(ends);
	char *large = arena_bytes(cx->arena, MSG_MAX + 1);
	memset(large, 'x', MSG_MAX + 1);
	assert_int_equal(msg_send(cx, ends[0], 1, S(""), -1), OK);
	assert_int_equal(msg_send(cx, ends[0], 2, (str){ large, MSG_MAX }, -1), OK);
	assert_int_equal(msg_send(cx, ends[0], 3, (str){ large, MSG_MAX + 1 }, -1), LIMIT);
	struct msg m;
	assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), OK);
	assert_true(m.type == 1 && m.body.n == 0);
	assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), OK);
	assert_true(m.type == 2 && m.body.n == MSG_MAX && memcmp(m.body.p, large, MSG_MAX) == 0);
	close_both(ends);
}

static void a_descriptor_comes_along(void **state)
{
	struct cx *cx = *state;
	int ends[2], pipe_ends[2];
	socket_pair(ends);
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(msg_send(cx, ends[0], 5, S("with"), pipe_ends[1]), OK);
	close(pipe_ends[1]);
	struct msg m;
	assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), OK);
	assert_true(m.fd >= 0);
	assert_true(fcntl(m.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(m.fd, "!", 1), 1);
	char c;
	assert_int_equal(read(pipe_ends[0], &c, 1), 1);
	close(m.fd);
	close(pipe_ends[0]);
	close_both(ends);
}

/* Sends raw bytes with n copies of a descriptor. */
static void send_raw(int socket, const void *bytes, size_t len, size_t fds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(16 * sizeof(int))];
	} control;
	memset(&control, 0, sizeof control);
	struct iovec part = { (void *)(uintptr_t)bytes, len };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };
	if (fds) {
		packet.msg_control = control.bytes;
		packet.msg_controllen = CMSG_SPACE(fds * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&packet);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(fds * sizeof(int));
		for (size_t i = 0; i < fds; i++) memcpy(CMSG_DATA(c) + i * sizeof(int), &(int){ 2 }, sizeof(int));
	}
	assert_int_equal(sendmsg(socket, &packet, MSG_NOSIGNAL), (ssize_t)len);
}

static void malformed_packets_are_refused_and_the_next_is_read(void **state)
{
	struct cx *cx = *state;
	static const struct {
		const char *bytes;
		size_t n, fds;
	} bad[] = {
		{ "\1", 1, 0 },
		{ "\1\0\0\0\0\0\0", 7, 0 },
		{ "\1\0\0\0\1\0\0\0", 8, 0 },          /* says one byte follows, none does */
		{ "\1\0\0\0\0\0\0\0x", 9, 0 },         /* says none follows, one does */
		{ "\1\0\0\0\xff\xff\xff\xffxxxx", 12, 0 },
		{ "\1\0\0\0\0\0\0\0", 8, 2 },          /* two descriptors */
		{ "\1\0\0\0\0\0\0\0", 8, 16 },         /* more than our buffer takes */
		{ "\1\0\0\0\2\0\0\0x", 9, 1 },
	};
	int ends[2];
	socket_pair(ends);
	size_t before = open_descriptors();
	struct msg m;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		send_raw(ends[0], bad[i].bytes, bad[i].n, bad[i].fds);
		assert_int_equal(msg_send(cx, ends[0], 9, S("good"), -1), OK);
		assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), INVALID);
		assert_int_equal(m.fd, -1);
		assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), OK);
		assert_true(m.type == 9 && str_eq(m.body, S("good")));
	}
	char *large = arena_bytes(cx->arena, MSG_MAX + 9);
	memset(large, 1, MSG_MAX + 9);
	send_raw(ends[0], large, MSG_MAX + 9, 1);
	assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), INVALID);
	assert_int_equal(open_descriptors(), before);
	close_both(ends);
}

static void fields_that_lie_are_refused(void **state)
{
	struct cx *cx = *state;
	static const str bodies[] = { S_INIT(""), S_INIT("s"), S_INIT("s\0\0\0"), S_INIT("s\1\0\0\0"), S_INIT("s\xff\xff\xff\xffzzzz"),
		S_INIT("i"), S_INIT("i\0\0\0\0\0\0\0"), S_INIT("x\0\0\0\0\0\0\0\0") };
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct msg m = { .type = 1, .body = bodies[i], .fd = -1 };
		int64_t v;
		str s;
		assert_int_equal(msg_take_int(cx, &m, &v), INVALID);
		assert_int_equal(m.at, 0);
		assert_int_equal(msg_take_str(cx, &m, &s), INVALID);
		assert_int_equal(m.at, 0);
	}
	struct buf b = buf_new(cx, 20);
	char big[21] = { 0 };
	str out;
	msg_put_str(&b, (str){ big, sizeof big });
	assert_int_equal(buf_done(cx, &b, &out), LIMIT);
}

static void silence_and_departure_are_told_apart(void **state)
{
	struct cx *cx = *state;
	int ends[2];
	socket_pair(ends);
	struct msg m;
	assert_int_equal(msg_recv(cx, ends[1], 0, &m), BUSY);
	assert_int_equal(msg_recv(cx, ends[1], 1, &m), BUSY);
	assert_int_equal(msg_send(cx, ends[0], 4, S("last words"), -1), OK);
	close(ends[0]);
	assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), OK);
	assert_int_equal(msg_recv(cx, ends[1], PATIENCE, &m), NOTFOUND);
	assert_int_equal(msg_send(cx, ends[1], 4, S("hello?"), -1), NOTFOUND);
	close(ends[1]);
}

/* spool */

static char folder[] = "/tmp/broadside-test-XXXXXX";

static int make_folder(void **state)
{
	strcpy(folder + sizeof folder - 7, "XXXXXX");
	return mkdtemp(folder) == NULL || set_up(state) != 0;
}

static int remove_folder(void **state)
{
	struct cx *cx = *state;
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.') unlink(str_c(cx, str_fmt(cx, "%s/%s", folder, e->d_name)));
	if (d) closedir(d);
	rmdir(folder);
	return tear_down(state);
}

static size_t files_in_folder(void)
{
	size_t n = 0;
	DIR *d = opendir(folder);
	assert_non_null(d);
	while (readdir(d)) n++;
	closedir(d);
	return n - 2;
}

static void a_spool_file_has_no_name(void **state)
{
	struct cx *cx = *state;
	int fd;
	assert_int_equal(spool_open(cx, folder, &fd), OK);
	assert_int_equal(spool_write(cx, fd, S("kept nowhere")), OK);
	char back[32];
	assert_int_equal(pread(fd, back, sizeof back, 0), 12);
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(files_in_folder(), 0);
	close(fd);
	assert_int_equal(spool_open(cx, "/tmp/broadside-is-not-here", &fd), FAILED);
	assert_int_equal(fd, -1);
	assert_true(str_contains(cx->fault.sentence, S("/tmp/broadside-is-not-here")));
}

static void a_file_is_replaced_whole(void **state)
{
	struct cx *cx = *state;
	const char *path = str_c(cx, str_fmt(cx, "%s/page", folder));
	str back;
	assert_int_equal(spool_read_file(cx, path, 100, &back), NOTFOUND);
	assert_int_equal(spool_write_file(cx, path, S("first"), 0644), OK);
	int old = open(path, O_RDONLY);
	assert_int_equal(spool_write_file(cx, path, S("the second one"), 0600), OK);
	assert_int_equal(spool_read_file(cx, path, 14, &back), OK);
	assert_true(str_eq(back, S("the second one")));
	assert_int_equal(spool_read_file(cx, path, 13, &back), LIMIT);
	char first[8];
	assert_int_equal(read(old, first, sizeof first), 5); /* who had it open still has all of it */
	close(old);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(files_in_folder(), 1);
	assert_int_equal(spool_write_file(cx, path, S(""), 0600), OK);
	assert_int_equal(spool_read_file(cx, path, 0, &back), OK);
	assert_int_equal(back.n, 0);
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
	struct cx *cx = *state;
	const char *path = str_c(cx, str_fmt(cx, "%s/taken", folder));
	str back;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(spool_write_file(cx, path, S("x"), 0644), FAILED); /* a folder stands there */
	assert_true(str_contains(cx->fault.sentence, S("/taken")));
	assert_int_equal(files_in_folder(), 1);
	assert_int_equal(spool_read_file(cx, path, 10, &back), INVALID);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(spool_write_file(cx, str_c(cx, str_fmt(cx, "%s/no/where", folder)), S("x"), 0644), FAILED);
	assert_int_equal(spool_read_file(cx, "/proc/self/mem", 10, &back), OK); /* a length of 0 is believed: no endless files */
	assert_int_equal(back.n, 0);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(full >= 0);
	assert_int_equal(spool_write(cx, full, S("x")), FAILED);
	close(full);
}

/* roles */

static const char *self(struct cx *cx)
{
	const char *path;
	assert_int_equal(role_program(cx, NULL, &path), OK);
	return path;
}

static void start(struct cx *cx, const char *what, struct role_child *c)
{
	const char *args[] = { "child", what, NULL };
	assert_int_equal(role_start(cx, self(cx), ROLE_WEB, args, c), OK);
}

static void a_child_talks_over_its_socket(void **state)
{
	struct cx *cx = *state;
	struct role_child c;
	start(cx, "echo", &c);
	assert_int_equal(c.role, ROLE_WEB);
	assert_int_equal(msg_send(cx, c.socket, 12, S("over and out"), -1), OK);
	struct msg m;
	assert_int_equal(msg_recv(cx, c.socket, PATIENCE, &m), OK);
	assert_true(m.type == 13 && str_eq(m.body, S("over and out")));
	int status = role_end(&c, PATIENCE); /* closing the socket is enough */
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(c.socket, -1);
}

static void a_child_inherits_nothing_else(void **state)
{
	struct cx *cx = *state;
	int leak = open("/dev/null", O_RDONLY); /* not close-on-exec */
	assert_true(leak >= 0);
	assert_int_equal(setenv("BROADSIDE_TEST_SECRET", "1", 1), 0);
	struct role_child c;
	start(cx, "inventory", &c);
	struct msg m;
	assert_int_equal(msg_recv(cx, c.socket, PATIENCE, &m), OK);
	int64_t descriptors, secret, variables;
	assert_int_equal(msg_take_int(cx, &m, &descriptors), OK);
	assert_int_equal(msg_take_int(cx, &m, &secret), OK);
	assert_int_equal(msg_take_int(cx, &m, &variables), OK);
	assert_int_equal(descriptors, 4);
	assert_int_equal(secret, 0);
	assert_in_range(variables, 2, 6);
	assert_int_equal(role_end(&c, PATIENCE), 0);
	close(leak);
	unsetenv("BROADSIDE_TEST_SECRET");
}

static void a_program_that_is_not_there_is_told(void **state)
{
	struct cx *cx = *state;
	struct role_child c;
	size_t before = open_descriptors();
	assert_int_equal(role_start(cx, "/nowhere/broadside-decode", ROLE_DECODE, NULL, &c), FAILED);
	assert_true(str_contains(cx->fault.sentence, S("/nowhere/broadside-decode")));
	assert_int_equal(c.socket, -1);
	assert_int_equal(open_descriptors(), before);
	const char *path;
	assert_int_equal(role_program(cx, "broadside-decode", &path), OK);
	assert_true(str_ends(str_of(path), S("/broadside-decode")) && path[0] == '/');
}

static void a_child_that_hangs_is_killed(void **state)
{
	struct cx *cx = *state;
	struct role_child c;
	start(cx, "hang", &c);
	struct msg m;
	assert_int_equal(msg_recv(cx, c.socket, PATIENCE, &m), OK);
	int status = role_end(&c, 1);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void a_child_dies_with_its_parent(void **state)
{
	struct cx *cx = *state;
	int ends[2];
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	socket_pair(ends);
	pid_t middle = fork();
	if (middle == 0) { /* starts a child that would hang for ever, passes its pid on and is killed */
		struct role_child c;
		const char *args[] = { "child", "hang", NULL };
		struct msg m;
		struct buf b = buf_new(cx, 64);
		if (role_start(cx, self(cx), ROLE_WORK, args, &c) != OK || msg_recv(cx, c.socket, PATIENCE, &m) != OK) _exit(1);
		msg_put_int(&b, c.pid);
		if (msg_send(cx, ends[1], 1, buf_view(&b), dup(c.socket)) != OK) _exit(1);
		for (;;) pause();
	}
	struct msg m;
	int64_t pid;
	int status;
	assert_int_equal(msg_recv(cx, ends[0], PATIENCE, &m), OK); /* holds a copy of the socket: only the death signal is left */
	assert_int_equal(msg_take_int(cx, &m, &pid), OK);
	kill(middle, SIGKILL);
	assert_int_equal(waitpid(middle, &status, 0), middle);
	assert_int_equal(waitpid((pid_t)pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(m.fd);
	close_both(ends);
}

/* the other side */

static int child_echo(struct cx *cx)
{
	struct msg m;
	err e;
	while ((e = msg_recv(cx, ROLE_SOCKET, -1, &m)) == OK)
		if (msg_send(cx, ROLE_SOCKET, m.type + 1, m.body, -1) != OK) return 1;
	return e == NOTFOUND ? 0 : 1;
}

static int child_inventory(struct cx *cx)
{
	struct buf b = buf_new(cx, 100);
	size_t variables = 0;
	int descriptors = 0;
	extern char **environ;
	while (environ[variables]) variables++;
	for (int fd = 0; fd < 1024; fd++) descriptors += fcntl(fd, F_GETFD) >= 0;
	msg_put_int(&b, descriptors);
	msg_put_int(&b, getenv("BROADSIDE_TEST_SECRET") != NULL);
	msg_put_int(&b, (int64_t)variables);
	return msg_send(cx, ROLE_SOCKET, 1, buf_view(&b), -1) != OK;
}

static int child_hang(struct cx *cx)
{
	signal(SIGTERM, SIG_IGN);
	if (msg_send(cx, ROLE_SOCKET, 1, S(""), -1) != OK) return 1;
	for (;;) pause();
}

static int be_child(const char *what)
{
	static const struct {
		const char *what;
		int (*run)(struct cx *);
	} kinds[] = { { "echo", child_echo }, { "inventory", child_inventory }, { "hang", child_hang } };
	struct cx *cx = cx_new();
	int code = 2;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].what, what) == 0) code = kinds[i].run(cx);
	cx_end(cx);
	return code;
}

/* ---- settings ---- */

static str repeat(struct cx *cx, char c, int n)
{
	struct buf b = buf_new(cx, 1000);
	for (int i = 0; i < n; i++) buf_fmt(&b, "%c", c);
	return buf_view(&b);
}

static void a_setting_may_be_longer_than_its_reader_s_line(void **state)
{
	struct cx *cx = *state;
	struct conf c;
	for (int n = 150; n <= 293; n += 11) {
		str name = repeat(cx, 'n', n);
		str text = str_fmt(cx, "; " STR_FMT "\n[database]\r\nurl = sqlite:" STR_FMT "  ; a remark\r\n# " STR_FMT " = no setting\n[site]\ntitle = After\n", STR_ARG(name), STR_ARG(name),
		    STR_ARG(name));
		assert_int_equal(conf_read_text(cx, text, "site.conf", &c), OK);
		assert_true(str_eq(c.database, str_fmt(cx, "sqlite:" STR_FMT, STR_ARG(name))));
		assert_true(str_eq(c.title, S("After")));
	}
	str wrong = str_fmt(cx, "[site]\ntitle = After\n\ntagline = " STR_FMT, STR_ARG(repeat(cx, 't', 201)));
	assert_int_equal(conf_read_text(cx, wrong, "site.conf", &c), INVALID);
	assert_true(str_starts(cx->fault.sentence, S("site.conf:4: [site] tagline must be")));
	str many = S("[site]\n");
	for (int i = 0; i < 30; i++) many = str_fmt(cx, STR_FMT "tagline = " STR_FMT "\n", STR_ARG(many), STR_ARG(repeat(cx, (char)('a' + i % 26), 195)));
	err e = conf_read_text(cx, many, "site.conf", &c); /* nobody writes so; it must only not harm */
	assert_true(e == OK || e == INVALID);
	assert_int_equal(conf_read_text(cx, S("[site]\ntitle = \0011\n"), "site.conf", &c), INVALID);
}

int main(int argc, char **argv)
{
	if (argc == 3) return be_child(argv[2]);
#define WITH_FOLDER(t) cmocka_unit_test_setup_teardown(t, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_arrives_as_it_was_sent),
		cmocka_unit_test(an_empty_and_a_largest_message_pass),
		cmocka_unit_test(a_descriptor_comes_along),
		cmocka_unit_test(malformed_packets_are_refused_and_the_next_is_read),
		cmocka_unit_test(fields_that_lie_are_refused),
		cmocka_unit_test(silence_and_departure_are_told_apart),
		WITH_FOLDER(a_spool_file_has_no_name),
		WITH_FOLDER(a_file_is_replaced_whole),
		WITH_FOLDER(what_cannot_be_written_leaves_nothing),
		cmocka_unit_test(a_child_talks_over_its_socket),
		cmocka_unit_test(a_child_inherits_nothing_else),
		cmocka_unit_test(a_program_that_is_not_there_is_told),
		cmocka_unit_test(a_child_that_hangs_is_killed),
		cmocka_unit_test(a_child_dies_with_its_parent),
		cmocka_unit_test(a_setting_may_be_longer_than_its_reader_s_line),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
