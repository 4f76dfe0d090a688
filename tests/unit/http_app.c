/* Routes by name; each shows one thing the server must do. */
#define OWNS_MEMORY
#include "http_app.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "http/cookie.h"
#include "http/form.h"

static const struct {
	const char *path;
	bool post, cacheable;
	int64_t body;
	int files;
} routes[] = {
	{ "/hello", false, false, 0, 0 },
	{ "/page", false, true, 0, 0 },
	{ "/private", false, true, 0, 0 },
	{ "/gate", false, false, 0, 0 },
	{ "/gated-page", false, true, 0, 0 },
	{ "/file", false, false, 0, 0 },
	{ "/big", false, false, 0, 0 },
	{ "/who", false, false, 0, 0 },
	{ "/show", false, false, 0, 0 },
	{ "/echo", true, false, 200000, 2 },
	{ "/fault", true, false, 200000, 1 },
};

static bool admit(void *arg, struct cx *cx, const struct request *req, struct http_limits *limits, bool *cacheable,
    struct response *res)
{
	(void)arg, (void)cx;
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (!str_eq(req->path, str_of(routes[i].path))) continue;
		bool get = req->method == METHOD_GET || req->method == METHOD_HEAD;
		if (routes[i].post ? req->method != METHOD_POST : !get) {
			res->status = 405;
			response_header(res, "Allow", routes[i].post ? S("POST") : S("GET, HEAD"));
			return false;
		}
		*limits = (struct http_limits){ .body = routes[i].body, .files = routes[i].files, .file = 150000 };
		*cacheable = routes[i].cacheable;
		return true;
	}
	res->status = 404;
	res->body = S("no such page\n");
	res->content_type = S("text/plain");
	return false;
}

static void refuse(void *arg, struct cx *cx, const struct request *req, int status, struct response *res)
{
	(void)req;
	(void)arg;
	res->status = status;
	res->content_type = S("text/plain");
	res->body = str_fmt(cx, "refused %d\n", status);
}

static void *worker_open(void *arg, struct cx *cx)
{
	(void)cx;
	return arg;
}

static void worker_close(void *worker) { (void)worker; }

void gate_set(struct gate *g, bool open)
{
	pthread_mutex_lock(&g->mutex);
	g->open = open;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->mutex);
}

void gate_step(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	g->steps++;
	pthread_cond_broadcast(&g->changed);
	while (g->steps) pthread_cond_wait(&g->changed, &g->mutex);
	pthread_mutex_unlock(&g->mutex);
}

void gate_await(struct gate *g, int waiting)
{
	pthread_mutex_lock(&g->mutex);
	while (g->waiting < waiting) pthread_cond_wait(&g->changed, &g->mutex);
	pthread_mutex_unlock(&g->mutex);
}

static void pass(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	g->waiting++;
	pthread_cond_broadcast(&g->changed);
	while (!g->open && !g->steps) pthread_cond_wait(&g->changed, &g->mutex);
	if (!g->open) g->steps--;
	g->waiting--;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->mutex);
}

static void page(struct test_site *s, struct cx *cx, struct response *res)
{
	response_depends(res, s->cache, SITE_PAGE_KEY, false);
	struct buf b = buf_new(cx, 1 * MIB);
	buf_fmt(&b, "render %d\n", atomic_fetch_add(&s->renders, 1) + 1);
	for (int i = 0; i < 300; i++) buf_fmt(&b, "line %d of a page that compresses well\n", i);
	res->body = buf_view(&b);
	res->content_type = S("text/html; charset=utf-8");
	res->cacheable = res->compress = true;
	response_header(res, "Cache-Control", S("no-cache"));
	response_header(res, "Content-Security-Policy", S("default-src 'none'"));
}

uint32_t sum_add(uint32_t sum, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) sum = sum * 31 + (unsigned char)p[i];
	return sum;
}

static uint32_t sum_of(int fd)
{
	char piece[4096];
	uint32_t sum = 0;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	for (ssize_t n; (n = read(fd, piece, sizeof piece)) != 0;) {
		assert_true(n > 0);
		sum = sum_add(sum, piece, (size_t)n);
	}
	return sum;
}

static str echo(struct cx *cx, const struct request *req)
{
	struct buf b = buf_new(cx, 1 * MIB);
	for (size_t i = 0; i < req->form.fields.n; i++) {
		const struct param *p = &req->form.fields.at[i];
		buf_fmt(&b, "%s=%s;", str_c(cx, p->name), str_c(cx, p->value));
	}
	for (size_t i = 0; i < req->form.files_n; i++) {
		const struct upload *u = &req->form.files[i];
		char start[17] = "";
		int fd;
		assert_int_equal(form_file(cx, "/tmp", u, &fd), OK);
		assert_true(read(fd, start, 16) >= 0);
		buf_fmt(&b, "[%s %s %" PRId64 " %s", str_c(cx, u->field), str_c(cx, u->filename), u->size, start);
		if (u->size > 16) buf_fmt(&b, " %08x", sum_of(fd));
		buf_char(&b, ']');
	}
	if (req->form.broken.n) buf_fmt(&b, "broken:%s", str_c(cx, req->form.broken));
	return buf_view(&b);
}

static int file_of(size_t size)
{
	int fd = memfd_create("file", MFD_CLOEXEC);
	char line[16];
	for (size_t at = 0; at < size; at += 10) {
		snprintf(line, sizeof line, "%09zu\n", at);
		assert_int_equal(pwrite(fd, line, 10, (off_t)at), 10);
	}
	return fd;
}

static void handle(void *worker, struct cx *cx, const struct request *req, struct response *res)
{
	struct test_site *s = worker;
	res->status = 200;
	res->content_type = S("text/plain");
	str path = req->path;
	if (str_eq(path, S("/hello"))) res->body = S("hello\n");
	if (str_eq(path, S("/gated-page"))) {
		response_depends(res, s->cache, SITE_PAGE_KEY, false);
		response_depends(res, s->cache, SITE_ASIDE_KEY, true);
	}
	if (str_eq(path, S("/gate")) || str_eq(path, S("/gated-page"))) {
		pass(&s->gate);
		res->body = S("through\n");
	}
	if (str_eq(path, S("/page")) || str_eq(path, S("/gated-page"))) page(s, cx, res);
	if (str_eq(path, S("/private"))) {
		res->body = str_fmt(cx, "render %d\n", atomic_fetch_add(&s->renders, 1) + 1);
		response_header(res, "Set-Cookie", cookie_make(cx, S("visitor"), S("1"), -1, false, S("/")));
	}
	if (str_eq(path, S("/file"))) {
		res->fd = file_of(100000);
		res->file_size = 100000;
		res->etag = S("abc123");
	}
	if (str_eq(path, S("/big"))) {
		char *p = cx_alloc(cx, 3 * MIB);
		memset(p, 'x', 3 * MIB);
		res->body = (str){ p, 3 * MIB };
	}
	if (str_eq(path, S("/who")))
		res->body = str_fmt(cx, "%016" PRIx64 " secure=%d operators=%d xff=%d\n", req->peer, req->secure, req->operators,
		    param_has(&req->headers, S("x-forwarded-for")));
	if (str_eq(path, S("/show")))
		res->body = str_fmt(cx, "q=" STR_FMT " c=" STR_FMT " t=" STR_FMT "\n", STR_ARG(request_query(req, S("q"))),
		    STR_ARG(request_cookie(req, S("c"))), STR_ARG(req->target));
	if (str_eq(path, S("/echo"))) res->body = echo(cx, req);
}

static int listen_on(int *port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1024), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

struct test_site *site_start(struct http_config config, int listeners)
{
	struct test_site *s = calloc(1, sizeof *s);
	assert_non_null(s);
	s->cx = cx_new();
	s->cache = cache_new(8 * MIB);
	pthread_mutex_init(&s->gate.mutex, NULL);
	pthread_cond_init(&s->gate.changed, NULL);
	int fds[8];
	for (int i = 0; i < listeners; i++) fds[i] = listen_on(&s->port);
	config.listeners = fds;
	config.listeners_n = (size_t)listeners;
	config.cache = s->cache;
	if (!config.spool_dir) config.spool_dir = "/tmp";
	struct http_app app = {
		.arg = s, .admit = admit, .worker_open = worker_open, .worker_close = worker_close, .handle = handle, .refuse = refuse
	};
	assert_int_equal(http_server_start(s->cx, &config, &app, &s->server), OK);
	return s;
}

void site_stop(struct test_site *s, int grace)
{
	http_server_stop(s->server, grace);
	cache_free(s->cache);
	cx_end(s->cx);
	pthread_mutex_destroy(&s->gate.mutex);
	pthread_cond_destroy(&s->gate.changed);
	free(s);
}
