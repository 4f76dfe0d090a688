/* `serve`: opens the listeners, starts the roles, keeps them running. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/cli.h"
#include "cli/control.h"
#include "read/read_msg.h"
#include "sys/decode_msg.h"
#include "sys/parent.h"
#include "sys/sandbox.h"
#include "sys/stamp.h"
#include "web/serve.h"
#include "work/run_jobs.h"
#include "base/banned.h"

#define LISTENERS (SERVE_LISTENERS - SERVE_OPERATORS) /* at most; one for each processor that this process may run on */

struct listeners {
	int fd[SERVE_LISTENERS]; /* the operators' last */
	size_t n, operators_n;
	int port; /* the last one opened; 0: none */
	str shown, figures; /* "http://127.0.0.1:8080/" */
};

static size_t processors(void)
{
	cpu_set_t mine;
	if (sched_getaffinity(0, sizeof mine, &mine) != 0) return 1; /* more processors than such a set holds, or no answer */
	return (size_t)CPU_COUNT(&mine);
}

static err open_one(struct cx *cx, const struct sockaddr *at, socklen_t len, bool shared, str shown, int *out)
{
	int one = 1, fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) return cx_fail(cx, FAILED, NULL, "no socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
	if (bind(fd, at, len) != 0 || listen(fd, 1024) != 0) {
		int why = errno;
		close(fd);
		return cx_fail(cx, FAILED, NULL, "cannot listen on " STR_FMT ": %s", STR_ARG(shown), strerror(why));
	}
	*out = fd;
	return OK;
}

static err listen_unix(struct cx *cx, str path, struct listeners *out, str *shown)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct stat st;
	if (path.n == 0 || path.n >= sizeof at.sun_path) return cx_fail(cx, INVALID, NULL, "the socket's path is empty or too long");
	memcpy(at.sun_path, path.p, path.n);
	if (lstat(at.sun_path, &st) == 0 && S_ISSOCK(st.st_mode)) unlink(at.sun_path);
	*shown = str_fmt(cx, "unix:" STR_FMT, STR_ARG(path));
	return open_one(cx, (struct sockaddr *)&at, sizeof at, false, *shown, &out->fd[out->n++]);
}

/* "127.0.0.1:8080", "[::1]:8080", "localhost:8080": so many sockets that share it. */
static err listen_tcp(struct cx *cx, str address, size_t want_n, struct listeners *out, str *shown)
{
	ptrdiff_t colon = -1;
	for (size_t i = 0; i < address.n; i++)
		if (address.p[i] == ':') colon = (ptrdiff_t)i;
	str host = colon < 0 ? S("") : str_sub(address, 0, (size_t)colon), port = colon < 0 ? S("") : str_sub(address, (size_t)colon + 1, address.n);
	if (str_starts(host, S("[")) && str_ends(host, S("]"))) host = str_sub(host, 1, host.n - 2);
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found;
	int64_t number;
	if (!host.n || !str_to_int(port, 0, 65535, &number) || getaddrinfo(str_c(cx, host), str_c(cx, port), &want, &found) != 0)
		return cx_fail(cx, INVALID, NULL, "the address to listen on must look like 127.0.0.1:8080 or unix:/path, not " STR_FMT, STR_ARG(address));
	struct sockaddr_storage at = { 0 };
	socklen_t len = found->ai_addrlen;
	memcpy(&at, found->ai_addr, len);
	freeaddrinfo(found);
	/* A socket that shares its port would join another server that does: so first one that does not, to see that nobody is there. */
	int alone;
	TRY(open_one(cx, (struct sockaddr *)&at, len, false, address, &alone));
	getsockname(alone, (struct sockaddr *)&at, &len); /* port 0 became a real one: those that follow take the same */
	close(alone);
	for (size_t i = 0; i < want_n; i++, out->n++) TRY(open_one(cx, (struct sockaddr *)&at, len, true, address, &out->fd[out->n]));
	number = out->port = ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&at)->sin6_port : ((struct sockaddr_in *)(void *)&at)->sin_port);
	*shown = str_fmt(cx, at.ss_family == AF_INET6 ? "http://[" STR_FMT "]:%d/" : "http://" STR_FMT ":%d/", STR_ARG(host), (int)number);
	return OK;
}

static err listen_on(struct cx *cx, str address, size_t want_n, struct listeners *out, str *shown)
{
	if (str_starts(address, S("unix:"))) return listen_unix(cx, str_sub(address, 5, address.n), out, shown);
	return listen_tcp(cx, address, want_n, out, shown);
}

/* The figures' listener, if there is to be one, and the control socket, if there can be one: from here on nobody else opens any. */
static err listen_for_operators(struct cx *cx, const struct site *s, struct listeners *out, bool *control)
{
	size_t before = out->n;
	if (s->conf.metrics.n) TRY(listen_on(cx, s->conf.metrics, 1, out, &out->figures));
	control_listen(cx, s->dir, &out->fd[out->n]);
	*control = out->fd[out->n] >= 0;
	out->n += *control;
	out->operators_n = out->n - before;
	return OK;
}

static void say_listening(void *arg)
{
	const struct listeners *l = arg;
	printf("listening on " STR_FMT "\n", STR_ARG(l->shown));
	if (l->figures.n) printf("figures on " STR_FMT "\n", STR_ARG(l->figures));
	fflush(stdout);
}

static err check_writable(struct cx *cx, const struct site *s)
{
	if (access(s->dir, W_OK | X_OK) != 0)
		return cx_fail(cx, FAILED, NULL, "%s cannot be written: %s. The server keeps its database there.", s->dir, strerror(errno));
	return OK;
}

static void warn_copy(void *cx, str path)
{
	log_warn(cx, STR_FMT " is the database as it was before an upgrade: delete it when you have seen that the site is well", STR_ARG(path));
}

err command_serve(struct cx *cx, struct args *a)
{
	struct site site;
	struct listeners l = { .n = 0 };
	const char *program, *decode, *read;
	int hold; /* never closed: the right to serve ends with this process */
	bool control;
	str address = args_option(a, "--listen");
	size_t many = processors() < LISTENERS ? processors() : LISTENERS;
	TRY(args_done(cx, a, 1, 1));
	TRY(sandbox_forbid_cores(cx));
	TRY(site_open(cx, a->at[0], false, &site));
	TRY(check_writable(cx, &site));
	TRY(db_hold(cx, site.conf.database, &hold)); /* before the schema changes under another server */
	TRY(site_open(cx, a->at[0], true, &site));
	TRY(serve_check(cx, site.dir, &site.conf));
	TRY(listen_on(cx, address.p ? address : site.conf.listen, many, &l, &l.shown));
	db_hold_tell(hold, l.port);
	log_open("parent", LOG_INFO);
	site_kept_copies(cx, &site, warn_copy, cx);
	TRY(role_program(cx, NULL, &program));
	TRY(role_program(cx, "broadside-decode", &decode));
	TRY(site_read_program(cx, &read));
	TRY(listen_for_operators(cx, &site, &l, &control));
	const char *const web[] = { "role", "standby", site.dir, str_c(cx, str_fmt(cx, "%zu", l.operators_n)), NULL }, *const work[] = { "role", "work", site.dir, NULL };
	const struct parent_role roles[] = {
		{ .role = ROLE_WEB, .program = program, .args = web, .listeners = l.fd, .listeners_n = l.n, .may_ask = true, .standby = true },
		{ .role = ROLE_WORK, .program = program, .args = work, .may_ask = true },
	};
	static const char *const unlocked_decode[] = { DECODE_NO_SANDBOX, NULL }, *const unlocked_read[] = { READ_NO_SANDBOX, NULL };
	const struct parent_config config = { .roles = roles, .roles_n = 2, .decode_program = decode, .read_program = read,
		.decode_args = site.conf.sandbox_off ? unlocked_decode : NULL, .read_args = site.conf.sandbox_off ? unlocked_read : NULL,
		 .ready = say_listening, .arg = &l };
	err e = parent_run(cx, &config);
	if (control) control_remove(site.dir);
	return e;
}

/* The standby was started under that name; from its turn on `ps` shows it as what it is. Nothing looks at the words of a command line any more. */
static void become_web(void *arg)
{
	struct args *a = arg;
	char *word = a->at[0], *end = a->at[a->n - 1] + strlen(a->at[a->n - 1]) + 1, *rest = word + strlen(word) + 1;
	size_t left = (size_t)(end - rest);
	memcpy(word, "web", 4);
	memmove(word + 4, rest, left);
	memset(word + 4 + left, 0, (size_t)(end - (word + 4 + left)));
	log_open("web", LOG_INFO);
}

static err run_web(struct cx *cx, struct args *a)
{
	struct site site;
	int64_t operators_n;
	log_open("standby", LOG_INFO);
	if (a->n < 3 || !str_to_int(str_of(a->at[2]), 0, SERVE_OPERATORS, &operators_n)) return cx_fail(cx, INVALID, NULL, "the number of operators' listeners is missing");
	uint64_t stamp = stamp_site(cx, a->at[1]);
	TRY(site_open(cx, a->at[1], false, &site));
	struct serve s = { .dir = site.dir, .version = BROADSIDE_VERSION, .operators_n = (size_t)operators_n, .conf = &site.conf, .reach = &site.reach, .stamp = stamp,
		.taken = become_web, .arg = a, .sandbox = !site.conf.sandbox_off, .parent = ROLE_SOCKET };
	return serve_web(cx, &s);
}

static err run_work(struct cx *cx, struct args *a)
{
	struct site site;
	size_t none;
	log_open("work", LOG_INFO);
	TRY(site_open(cx, a->at[1], false, &site));
	TRY(parent_take_listeners(cx, ROLE_SOCKET, NULL, 0, &none));
	struct run_jobs w = { .dir = site.dir, .conf = &site.conf, .reach = &site.reach, .sandbox = !site.conf.sandbox_off, .parent = ROLE_SOCKET };
	return run_jobs(cx, &w);
}

err role_run(struct cx *cx, struct args *a)
{
	TRY(args_done(cx, a, 2, 3));
	TRY(sandbox_forbid_cores(cx));
	return strcmp(a->at[0], "work") == 0 ? run_work(cx, a) : run_web(cx, a);
}
