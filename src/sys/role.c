/* A process a role, so that a mistake in one cannot reach what another holds. fork and exec, not fork alone: the child starts with a fresh
 * address layout and none of its parent's memory. */
#include "sys/role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "sys/msg.h"
#include "sys/sandbox_parts.h"
#include "base/banned.h"

#define ARGS_MAX 32
#define SEND_SECONDS 10 /* a child that does not read its socket for so long is not waited for */

const char *role_name(enum role r)
{
	static const char *const names[] = { "parent", "web", "work", "decode", "read" };
	MUST(r >= ROLE_PARENT && r <= ROLE_READ);
	return names[r];
}

struct start {
	const char *program;
	char *const *argv;
	char *const *envp;
	int socket;
	int tell; /* close-on-exec pipe: errno when the exec fails */
	pid_t parent;
};

static _Noreturn void give_up(int tell)
{
	int why = errno;
	ssize_t ignored = write(tell, &why, sizeof why);
	(void)ignored;
	_exit(127);
}

/* Between fork and exec: only calls that are safe in a signal handler. */
static _Noreturn void become(const struct start *s)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != s->parent) _exit(127); /* it died before we asked to be told */
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_IGN); /* sent to whole groups; a child finishes when its socket closes */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* Out of the way first: either descriptor may be where the other goes. */
	int tell = fcntl(s->tell, F_DUPFD_CLOEXEC, ROLE_SOCKET + 2);
	int socket = fcntl(s->socket, F_DUPFD_CLOEXEC, ROLE_SOCKET + 2);
	if (tell < 0 || socket < 0) give_up(s->tell);
	int null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, 0) < 0 || dup2(socket, ROLE_SOCKET) < 0) give_up(tell);
	if (dup2(tell, ROLE_SOCKET + 1) < 0 || fcntl(ROLE_SOCKET + 1, F_SETFD, FD_CLOEXEC) < 0) give_up(tell);
	if (syscall(SYS_close_range, ROLE_SOCKET + 2, ~0U, 0) != 0) give_up(tell);
	execve(s->program, s->argv, s->envp);
	give_up(ROLE_SOCKET + 1);
}

/* Waits for the exec to succeed (the pipe closes) or to say why not. */
static int exec_errno(int pipe_end)
{
	int why = 0;
	ssize_t got;
	do got = read(pipe_end, &why, sizeof why);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof why ? why : 0;
}

/* The child's environment: nothing of ours but what a sanitizer build is steered by. */
static char *const *environment(struct cx *cx)
{
	static const char *const kept[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS" };
	char **envp = cx_array_of(cx, char *, 3 + sizeof kept / sizeof *kept);
	size_t n = 0;
	envp[n++] = str_c(cx, S("LANG=C.UTF-8"));
	envp[n++] = str_c(cx, S("PATH=/usr/bin:/bin"));
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		const char *value = getenv(kept[i]);
		if (value) envp[n++] = str_c(cx, str_fmt(cx, "%s=%s", kept[i], value));
	}
	return envp;
}

err role_start_on(struct cx *cx, const char *program, enum role role, const char *const *args, int socket, int *pid)
{
	MUST(program[0] == '/');
	char **argv = cx_array_of(cx, char *, ARGS_MAX + 2);
	size_t n = 0;
	argv[n++] = str_c(cx, str_of(program));
	for (size_t i = 0; args && args[i]; i++) {
		MUST(n <= ARGS_MAX);
		argv[n++] = str_c(cx, str_of(args[i]));
	}
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0) {
		int why = errno;
		close(socket);
		return cx_fail(cx, FAILED, NULL, "%s: cannot be started (%s)", role_name(role), strerror(why));
	}
	struct start s = { program, argv, environment(cx), socket, ends[1], getpid() };
	*pid = fork();
	if (*pid == 0) become(&s);
	int why = *pid < 0 ? errno : 0;
	close(ends[1]);
	close(socket);
	if (*pid > 0) why = exec_errno(ends[0]);
	close(ends[0]);
	if (why == 0) return OK;
	if (*pid > 0) waitpid(*pid, NULL, 0);
	return cx_fail(cx, FAILED, NULL, "%s: %s cannot be started (%s)", role_name(role), program, strerror(why));
}

static err make_pair(struct cx *cx, enum role role, int ends[2])
{
	struct timeval patience = { SEND_SECONDS, 0 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return cx_fail(cx, FAILED, NULL, "%s: no socket pair can be had (%s)", role_name(role), strerror(errno));
	setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	return OK;
}

err role_start(struct cx *cx, const char *program, enum role role, const char *const *args, struct role_child *out)
{
	int ends[2];
	TRY(make_pair(cx, role, ends));
	*out = (struct role_child){ .role = role, .socket = ends[0] };
	err e = role_start_on(cx, program, role, args, ends[1], &out->pid);
	if (e != OK) {
		close(ends[0]);
		*out = (struct role_child){ .role = role, .socket = -1 };
	}
	return e;
}

int role_end(struct role_child *c, int timeout_ms)
{
	if (c->socket >= 0) close(c->socket);
	c->socket = -1;
	if (c->pid <= 0) return 0;
	int status = 0, handle = (int)syscall(SYS_pidfd_open, c->pid, 0);
	struct pollfd p = { handle, POLLIN, 0 };
	int64_t until = clock_monotonic() + (int64_t)timeout_ms * 1000;
	int ended = 0;
	while (handle >= 0 && ended == 0) {
		int64_t left = (until - clock_monotonic() + 999) / 1000;
		ended = poll(&p, 1, left > 0 ? (int)left : 0);
		if (ended < 0 && errno == EINTR) ended = 0;
		if (ended == 0 && left <= 0) break;
	}
	if (ended <= 0) kill(c->pid, SIGKILL);
	if (handle >= 0) close(handle);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) continue;
	c->pid = 0;
	return status;
}

static atomic_int_fast64_t asked; /* children, by this process */

static err tell_parent(struct cx *cx, const struct role_source *from, enum role_msg what, int64_t number, int fd)
{
	struct buf b = buf_new(cx, 16);
	msg_put_int(&b, number);
	return msg_send(cx, from->parent, what, buf_view(&b), fd);
}

void role_drop(struct cx *cx, const struct role_source *from, struct role_child *c)
{
	if (c->socket < 0) return;
	struct fault before = cx->fault;
	if (c->number && tell_parent(cx, from, ROLE_MSG_DROP, c->number, -1) != OK) cx->fault = before; /* the parent is gone, and with it the child */
	(void)role_end(c, 0);
}

err role_ask(struct cx *cx, enum role role, const struct role_source *from, struct role_child *out)
{
	MUST(role == ROLE_DECODE || role == ROLE_READ);
	if (from->parent < 0) return role_start(cx, from->program, role, from->args, out);
	int ends[2];
	TRY(make_pair(cx, role, ends));
	*out = (struct role_child){ .role = role, .number = atomic_fetch_add(&asked, 1) + 1, .socket = ends[0] };
	err e = tell_parent(cx, from, role == ROLE_READ ? ROLE_MSG_READ : ROLE_MSG_DECODE, out->number, ends[1]);
	close(ends[1]);
	if (e != OK) {
		close(ends[0]);
		out->socket = -1;
	}
	return e;
}

err role_silence_libraries(struct cx *cx)
{
	if (SANDBOX_SANITIZED) return OK;
	int log = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, ROLE_SOCKET + 1), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (log < 0 || null < 0 || dup2(null, STDERR_FILENO) < 0) return cx_fail(cx, FAILED, NULL, "standard error cannot be put away");
	close(null);
	log_to(log);
	return OK;
}

err role_program(struct cx *cx, const char *sibling, const char **out)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);
	if (n <= 0 || (size_t)n == sizeof path)
		return cx_fail(cx, FAILED, NULL, "/proc/self/exe: cannot be read, so this program cannot start its roles");
	str self = { path, (size_t)n };
	if (!sibling) {
		*out = str_c(cx, self);
		return OK;
	}
	while (self.n && self.p[self.n - 1] != '/') self.n--;
	*out = str_c(cx, str_fmt(cx, STR_FMT "%s", STR_ARG(self), sibling));
	return OK;
}
