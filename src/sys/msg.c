/* Children parse what strangers send, so what a child says to its parent is parsed here as if a stranger had said it: every length
 * is compared with what really came, and a message is taken to its last byte or refused. */
#include "sys/msg.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cx.h"
#include "base/must.h"
#include "base/banned.h"

#define HEAD 8 /* u32 type, u32 length of what follows; little-endian */

enum kind { KIND_INT = 'i', KIND_STR = 's' };

static void put_bytes(unsigned char *out, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++) out[i] = (unsigned char)(v >> (8 * i));
}

static uint64_t take_bytes(const char *in, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++) v |= (uint64_t)(unsigned char)in[i] << (8 * i);
	return v;
}

void msg_put_int(struct buf *b, int64_t v)
{
	unsigned char field[9] = { KIND_INT };
	put_bytes(field + 1, (uint64_t)v, 8);
	buf_str(b, (str){ (const char *)field, sizeof field });
}

void msg_put_str(struct buf *b, str s)
{
	unsigned char head[5] = { KIND_STR };
	if (s.n > MSG_MAX) {
		b->full = true; /* no message can hold it */
		return;
	}
	put_bytes(head + 1, s.n, 4);
	buf_str(b, (str){ (const char *)head, sizeof head });
	buf_str(b, s);
}

/* Moves past a field's kind byte and n bytes behind it. */
static err take_field(struct cx *cx, struct msg *m, enum kind kind, size_t n, const char **out)
{
	MUST(m->at <= m->body.n);
	size_t left = m->body.n - m->at;
	if (left < 1 + n) return cx_fail(cx, INVALID, NULL, "message %u ends too early", m->type);
	if (m->body.p[m->at] != (char)kind) return cx_fail(cx, INVALID, NULL, "message %u has another field here", m->type);
	*out = m->body.p + m->at + 1;
	m->at += 1 + n;
	return OK;
}

err msg_take_int(struct cx *cx, struct msg *m, int64_t *out)
{
	const char *p = NULL;
	TRY(take_field(cx, m, KIND_INT, 8, &p));
	*out = (int64_t)take_bytes(p, 8);
	return OK;
}

err msg_take_str(struct cx *cx, struct msg *m, str *out)
{
	const char *p = NULL;
	size_t start = m->at;
	TRY(take_field(cx, m, KIND_STR, 4, &p));
	size_t n = (size_t)take_bytes(p, 4);
	if (n > m->body.n - m->at) {
		m->at = start;
		return cx_fail(cx, INVALID, NULL, "message %u ends too early", m->type);
	}
	*out = (str){ m->body.p + m->at, n };
	m->at += n;
	return OK;
}

err msg_end(struct cx *cx, const struct msg *m)
{
	if (m->at != m->body.n) return cx_fail(cx, INVALID, NULL, "message %u has something left over", m->type);
	return OK;
}

err msg_send(struct cx *cx, int socket, uint32_t type, str body, int fd)
{
	if (body.n > MSG_MAX) return cx_fail(cx, LIMIT, NULL, "message %u is longer than %d bytes", type, MSG_MAX);
	unsigned char head[HEAD];
	put_bytes(head, type, 4);
	put_bytes(head + 4, body.n, 4);
	struct iovec parts[] = { { head, HEAD }, { (char *)(uintptr_t)body.p, body.n } };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	memset(&control, 0, sizeof control);
	struct msghdr packet = { .msg_iov = parts, .msg_iovlen = body.n ? 2 : 1 };
	if (fd >= 0) {
		packet.msg_control = control.bytes;
		packet.msg_controllen = sizeof control.bytes;
		struct cmsghdr *c = CMSG_FIRSTHDR(&packet);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	ssize_t put;
	do put = sendmsg(socket, &packet, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put == (ssize_t)(HEAD + body.n)) return OK;
	if (put < 0 && (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN))
		return cx_fail(cx, NOTFOUND, NULL, "the other side is gone");
	if (put < 0 && (errno == EAGAIN || errno == ENOBUFS)) return cx_fail(cx, BUSY, NULL, "the other side does not listen");
	return cx_fail(cx, FAILED, NULL, "a message cannot be sent (%s)", strerror(errno));
}

/* Waits until a packet (or the end) can be read. */
static err wait_readable(struct cx *cx, int socket, int timeout_ms)
{
	int64_t until = clock_monotonic() + (int64_t)timeout_ms * 1000;
	for (;;) {
		int64_t left = until - clock_monotonic();
		int wait = timeout_ms < 0 ? -1 : left <= 0 ? 0 : (int)((left + 999) / 1000);
		struct pollfd p = { socket, POLLIN, 0 };
		int got = poll(&p, 1, wait);
		if (got > 0) return OK;
		if (got == 0) return cx_fail(cx, BUSY, NULL, "nothing came within %d ms", timeout_ms);
		if (errno != EINTR) return cx_fail(cx, FAILED, NULL, "a socket cannot be waited for (%s)", strerror(errno));
	}
}

/* Takes descriptors out of a packet; only one may be passed, all others (and all, when there are several) are closed. */
static bool take_descriptor(struct msghdr *packet, int *out)
{
	size_t count = 0;
	*out = -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(packet); c; c = CMSG_NXTHDR(packet, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (count++ == 0) *out = fd;
			else close(fd);
		}
	}
	if (count <= 1 && !(packet->msg_flags & MSG_CTRUNC)) return true;
	if (*out >= 0) close(*out);
	*out = -1;
	return false;
}

err msg_peek_type(struct cx *cx, int socket, uint32_t *type)
{
	char head[HEAD];
	ssize_t n;
	do n = recv(socket, head, sizeof head, MSG_PEEK);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == ECONNRESET)) return cx_fail(cx, NOTFOUND, NULL, "the other side is gone");
	if (n != HEAD) return cx_fail(cx, INVALID, NULL, "a message is malformed");
	*type = (uint32_t)take_bytes(head, 4);
	return OK;
}

err msg_recv(struct cx *cx, int socket, int timeout_ms, struct msg *out)
{
	*out = (struct msg){ .fd = -1 };
	TRY(wait_readable(cx, socket, timeout_ms));
	ssize_t n; /* a packet's length is asked for first, so that a small one costs little and a large one is never half read */
	do n = recv(socket, NULL, 0, MSG_PEEK | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == ECONNRESET)) return cx_fail(cx, NOTFOUND, NULL, "the other side is gone");
	if (n < 0) return cx_fail(cx, FAILED, NULL, "a message cannot be read (%s)", strerror(errno));
	bool fits = n >= HEAD && n <= HEAD + MSG_MAX;
	size_t room = fits ? (size_t)n : HEAD; /* one that does not fit is taken off the socket all the same */
	char *p = arena_bytes(cx->arena, room);
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} control;
	struct iovec part = { p, room };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes };
	ssize_t got;
	do got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0) return cx_fail(cx, FAILED, NULL, "a message cannot be read (%s)", strerror(errno));
	bool one = take_descriptor(&packet, &out->fd);
	if (one && fits && got == n && take_bytes(p + 4, 4) == (uint64_t)n - HEAD) {
		out->type = (uint32_t)take_bytes(p, 4);
		out->body = (str){ p + HEAD, (size_t)n - HEAD };
		return OK;
	}
	if (out->fd >= 0) close(out->fd);
	out->fd = -1;
	return cx_fail(cx, INVALID, NULL, "a message of %zd bytes is malformed", n);
}
