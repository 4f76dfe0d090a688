/* Long texts in pieces: a message is bounded, and a socket's buffer too. */
#include "read/read_msg.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/cx.h"
#include "base/banned.h"

int read_left(int64_t until)
{
	if (until == READ_NEVER) return -1;
	int64_t left = until - clock_monotonic();
	return left > 0 ? (int)((left + 999) / 1000) : 0;
}

static err wait_writable(struct cx *cx, int socket, int64_t until)
{
	struct pollfd p = { socket, POLLOUT, 0 };
	int got;
	do got = poll(&p, 1, read_left(until));
	while (got < 0 && errno == EINTR);
	return got > 0 ? OK : cx_fail(cx, BUSY, NULL, "the other side does not listen");
}

err read_send(struct cx *cx, int socket, enum read_msg type, str head, str text, int64_t until)
{
	struct arena_mark mark = arena_mark(cx->arena);
	struct buf b = buf_new(cx, MSG_MAX);
	str body;
	buf_str(&b, head);
	msg_put_int(&b, (int64_t)text.n);
	for (;;) {
		str piece = str_sub(text, 0, READ_PIECE);
		msg_put_str(&b, piece);
		TRY(buf_done(cx, &b, &body));
		TRY(wait_writable(cx, socket, until));
		TRY(msg_send(cx, socket, type, body, -1));
		text = str_sub(text, piece.n, text.n);
		if (text.n == 0) break;
		type = READ_MSG_PART;
		buf_cut(&b, 0);
	}
	arena_rewind(cx->arena, mark);
	return OK;
}

static err take_piece(struct cx *cx, struct msg *m, struct buf *b, size_t whole)
{
	str piece;
	size_t left = whole - b->n;
	TRY(msg_take_str(cx, m, &piece));
	TRY(msg_end(cx, m));
	if (piece.n != (left < READ_PIECE ? left : READ_PIECE)) return cx_fail(cx, INVALID, NULL, "a text comes in other pieces than it should");
	buf_str(b, piece);
	return OK;
}

err read_take(struct cx *cx, int socket, struct msg *m, size_t most, int64_t until, str *out)
{
	int64_t whole;
	TRY(msg_take_int(cx, m, &whole));
	if (whole < 0 || (uint64_t)whole > most) return cx_fail(cx, INVALID, NULL, "a text says that it is longer than any");
	struct buf b = buf_new(cx, (size_t)whole);
	TRY(take_piece(cx, m, &b, (size_t)whole));
	while (b.n < (size_t)whole) {
		struct msg part;
		TRY(msg_recv(cx, socket, read_left(until), &part));
		if (part.fd >= 0) close(part.fd);
		if (part.type != READ_MSG_PART || part.fd >= 0) return cx_fail(cx, INVALID, NULL, "message %u comes where a text should go on", part.type);
		TRY(take_piece(cx, &part, &b, (size_t)whole));
	}
	return buf_done(cx, &b, out);
}
