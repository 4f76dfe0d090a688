/* Whole requests to the whole server, over a socket: whatever comes, what is sent back is HTTP, and a head that is not as RFC 9112 has it is never
 * taken for a good one. The judge here is a reader of its own, written from the grammar and not from the server's. */
#define OWNS_MEMORY
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/must.h"
#include "http/server.h"
#include "base/banned.h"

#define ANSWERS (4 * MIB)
#define MOMENT 30 /* milliseconds */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool admit(void *arg, struct cx *cx, const struct request *req, struct http_limits *limits, bool *cacheable, struct response *res)
{
	(void)arg, (void)cx, (void)res;
	MUST(req->path.n && req->path.p[0] == '/');
	*limits = (struct http_limits){ .body = 4096, .files = 1, .file = 1024 };
	*cacheable = false;
	return true;
}

static void *worker_open(void *arg, struct cx *cx) { return (void)arg, cx; /* any but NULL */ }
static void worker_close(void *worker) { (void)worker; }

static void handle(void *worker, struct cx *cx, const struct request *req, struct response *res)
{
	(void)worker, (void)cx;
	MUST(req->method != METHOD_POST || req->form.fields.n <= LIMIT_FORM_FIELDS);
	res->status = 200;
	res->content_type = S("text/plain");
	res->body = S("fine");
}

static void refuse(void *arg, struct cx *cx, const struct request *req, int status, struct response *res)
{
	(void)arg, (void)cx, (void)req;
	res->status = status;
	res->content_type = S("text/plain");
	res->body = S("refused");
}

static int port;

static void start(void)
{
	static struct cx *cx; /* these two live as long as the process */
	static int *fd;
	cx = cx_new();
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	fd = malloc(sizeof *fd);
	MUST(fd && (*fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	MUST(bind(*fd, (struct sockaddr *)&a, n) == 0 && listen(*fd, 64) == 0 && getsockname(*fd, (struct sockaddr *)&a, &n) == 0);
	struct http_config config = { .listeners = fd, .listeners_n = 1, .workers = 1, .queue = 8, .connections = 64, .connections_per_client = 64,
		.idle_seconds = 5, .spool_dir = "/dev/shm" };
	static const struct http_app app = { .admit = admit, .worker_open = worker_open, .worker_close = worker_close, .handle = handle, .refuse = refuse };
	struct http_server *server;
	MUST(http_server_start(cx, &config, &app, &server) == OK);
	port = ntohs(a.sin_port);
}

/* Says all of it and hears what comes back, until nothing more does for a moment: how long a connection is kept is not the subject. */
static size_t converse(const uint8_t *data, size_t size, char *got)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	MUST(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
	size_t said = 0, heard = 0;
	for (;;) {
		struct pollfd p = { fd, POLLIN | (said < size ? POLLOUT : 0), 0 };
		if (poll(&p, 1, MOMENT) == 0) break;
		if (p.revents & POLLOUT) {
			ssize_t n = send(fd, data + said, size - said, MSG_DONTWAIT | MSG_NOSIGNAL);
			said = n > 0 ? said + (size_t)n : size;
			if (said == size) shutdown(fd, SHUT_WR);
		}
		if (!(p.revents & (POLLIN | POLLHUP | POLLERR))) continue;
		ssize_t n = recv(fd, got + heard, ANSWERS - heard, 0);
		if (n <= 0) break;
		heard += (size_t)n;
		MUST(heard < ANSWERS);
	}
	close(fd);
	return heard;
}

static bool is_token(char c) { return c && strchr("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", c) != NULL; }

static bool good_field(str line)
{
	size_t i = 0;
	while (i < line.n && is_token(line.p[i])) i++;
	if (i == 0 || i == line.n || line.p[i] != ':') return false;
	for (; i < line.n; i++)
		if (((unsigned char)line.p[i] < 0x20 && line.p[i] != '\t') || line.p[i] == 0x7F) return false;
	return true;
}

/* Might this be the start of good HTTP? Only the form is judged: whether it is all there, lines end in CRLF, names are tokens. */
static bool good_head(str s)
{
	while (str_starts(s, S("\r\n"))) s = str_sub(s, 2, s.n);
	ptrdiff_t end = str_find(s, S("\r\n\r\n"), 0);
	if (end < 0) return false;
	str head = str_sub(s, 0, (size_t)end), first, method;
	for (bool request_line = true; head.n || request_line; request_line = false) {
		ptrdiff_t at = str_find(head, S("\r\n"), 0);
		str line = at < 0 ? head : str_sub(head, 0, (size_t)at);
		head = at < 0 ? S("") : str_sub(head, (size_t)at + 2, head.n);
		if (!request_line) {
			if (!good_field(line)) return false;
			continue;
		}
		str target, version;
		method = str_cut(line, ' ', &first);
		target = str_cut(first, ' ', &version);
		if (method.n == 0 || target.n == 0 || version.n != 8 || !str_starts(version, S("HTTP/1."))) return false;
		for (size_t i = 0; i < method.n; i++)
			if (!is_token(method.p[i])) return false;
		for (size_t i = 0; i < target.n; i++)
			if ((unsigned char)target.p[i] <= 0x20 || (unsigned char)target.p[i] >= 0x7F) return false;
	}
	return true;
}

static int status_of(str answer)
{
	int64_t status;
	MUST(str_starts(answer, S("HTTP/1.1 ")) || str_starts(answer, S("HTTP/1.0 ")));
	MUST(str_to_int(str_sub(answer, 9, 3), 100, 599, &status));
	return (int)status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *got;
	if (!got) {
		start();
		got = malloc(ANSWERS);
		MUST(got != NULL);
	}
	if (size > 40 * KIB) return 0;
	str heard = { got, converse(data, size, got) };
	if (heard.n == 0) return 0;
	int status = status_of(heard);
	MUST(good_head((str){ (const char *)data, size }) || status == 100 || status >= 400);
	MUST(str_find(heard, S("\r\n\r\n"), 0) > 0);
	return 0;
}
