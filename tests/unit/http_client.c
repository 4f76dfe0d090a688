/* Blocking sockets with a time-out, so that a server that says nothing fails a test instead of hanging it. */
#define OWNS_MEMORY
#include "http_client.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

struct client client_open(int port)
{
	struct client c = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 20 };
	int one = 1;
	assert_true(c.fd >= 0);
	setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(c.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	assert_int_equal(connect(c.fd, (struct sockaddr *)&to, sizeof to), 0);
	return c;
}

void client_close(struct client *c)
{
	close(c->fd);
	free(c->buffer);
	*c = (struct client){ .fd = -1 };
}

void client_send(struct client *c, const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n) {
		ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);
		if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return; /* it has heard enough */
		assert_true(sent > 0);
		p += sent;
		n -= (size_t)sent;
	}
}

void client_say(struct client *c, const char *text) { client_send(c, text, strlen(text)); }

static bool more(struct client *c)
{
	if (c->cap - c->n < 4096) {
		c->cap = c->cap ? c->cap * 2 : 16384;
		c->buffer = realloc(c->buffer, c->cap);
		assert_non_null(c->buffer);
	}
	ssize_t n = recv(c->fd, c->buffer + c->n, c->cap - c->n - 1, 0);
	if (n < 0 && errno != ECONNRESET) fail_msg("no answer: %s", strerror(errno));
	if (n <= 0) return false;
	c->n += (size_t)n;
	return true;
}

static char *take(struct client *c, size_t n)
{
	char *out = malloc(n + 1);
	assert_non_null(out);
	memcpy(out, c->buffer, n);
	out[n] = 0;
	memmove(c->buffer, c->buffer + n, c->n - n);
	c->n -= n;
	return out;
}

struct answer client_hear(struct client *c, bool head)
{
	struct answer a = { 0 };
	char *end = NULL;
	while (!(c->n && (end = memmem(c->buffer, c->n, "\r\n\r\n", 4))))
		if (!more(c)) return a;
	a.head = take(c, (size_t)(end - c->buffer) + 4);
	assert_int_equal(sscanf(a.head, "HTTP/1.1 %d ", &a.status), 1);
	const char *length = answer_header(&a, "content-length");
	if (head || a.status == 304 || a.status == 204 || a.status < 200) return a;
	assert_non_null(length);
	a.body_n = strtoul(length, NULL, 10);
	while (c->n < a.body_n) assert_true(more(c));
	a.body = take(c, a.body_n);
	return a;
}

bool client_is_closed(struct client *c) { return c->n == 0 && !more(c); }

void client_hear_end(struct client *c)
{
	while (more(c)) c->n = 0;
}

void answer_free(struct answer *a)
{
	free(a->head);
	free(a->body);
	*a = (struct answer){ 0 };
}

const char *answer_header(const struct answer *a, const char *name)
{
	static char value[1024];
	size_t n = strlen(name);
	for (const char *line = strchr(a->head, '\n') + 1; *line != '\r'; line = strchr(line, '\n') + 1) {
		if (strncasecmp(line, name, n) != 0 || line[n] != ':') continue;
		snprintf(value, sizeof value, "%.*s", (int)strcspn(line + n + 2, "\r"), line + n + 2);
		return value;
	}
	return NULL;
}

struct answer client_ask(int port, const char *text)
{
	struct client c = client_open(port);
	client_say(&c, text);
	struct answer a = client_hear(&c, strncmp(text, "HEAD", 4) == 0);
	client_close(&c);
	return a;
}
