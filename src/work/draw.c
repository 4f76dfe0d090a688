/* Asks a decode child for pictures and believes nothing it says: a picture goes to every visitor's browser. */
#include "work/draw.h"

#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/must.h"
#include "sys/msg.h"
#include "base/banned.h"

#define PATIENCE_MS 20000

static uint32_t big_endian(str s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.p + at;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool header_fits(str body)
{
	return body.n == 13 && big_endian(body, 0) == DECODE_WIDTH && big_endian(body, 4) == DECODE_HEIGHT && body.p[10] == 0 &&
	    body.p[11] == 0 && body.p[12] == 0;
}

/* Takes the chunk at *at: false when it does not fit, else its kind and body, and *at behind it. */
static bool take_chunk(str png, size_t *at, str *kind, str *body)
{
	if (png.n - *at < 12) return false;
	size_t n = big_endian(png, *at);
	if (n > png.n - *at - 12) return false;
	*kind = str_sub(png, *at + 4, 4);
	*body = str_sub(png, *at + 8, n);
	uLong sum = crc32(0, (const unsigned char *)kind->p, (uInt)(4 + n));
	if (sum != big_endian(png, *at + 8 + n)) return false;
	*at += 12 + n;
	return true;
}

bool draw_png_fits(str png)
{
	if (png.n > DECODE_PNG_MOST || !str_starts(png, S("\x89PNG\r\n\x1a\n"))) return false;
	size_t at = 8, data = 0;
	str kind, body;
	if (!take_chunk(png, &at, &kind, &body) || !str_eq(kind, S("IHDR")) || !header_fits(body)) return false;
	while (take_chunk(png, &at, &kind, &body)) {
		if (str_eq(kind, S("IEND"))) return body.n == 0 && at == png.n && data > 0;
		if (str_eq(kind, S("IDAT"))) data += body.n;
		else if (data > 0 || !(str_eq(kind, S("PLTE")) || str_eq(kind, S("tRNS")) || str_eq(kind, S("pHYs")))) return false;
	}
	return false;
}

static err ask(struct cx *cx, int socket, const str *numbers, size_t n)
{
	struct buf b = buf_new(cx, MSG_MAX);
	str body;
	msg_put_int(&b, (int64_t)n);
	for (size_t i = 0; i < n; i++) msg_put_str(&b, numbers[i]);
	TRY(buf_done(cx, &b, &body));
	return msg_send(cx, socket, DECODE_MSG_DRAW, body, -1);
}

static err take(struct cx *cx, int socket, int64_t until, size_t place, str *png)
{
	struct msg m;
	int64_t left = (until - clock_monotonic()) / 1000, at;
	TRY(msg_recv(cx, socket, left > 0 ? (int)left : 0, &m));
	if (m.fd >= 0) close(m.fd);
	if (m.type != DECODE_MSG_DRAWN) return cx_fail(cx, INVALID, NULL, "message %u is not a picture", m.type);
	TRY(msg_take_int(cx, &m, &at));
	TRY(msg_take_str(cx, &m, png));
	TRY(msg_end(cx, &m));
	if (at != (int64_t)place || !draw_png_fits(*png)) return cx_fail(cx, INVALID, NULL, "picture %zu is malformed", place);
	return OK;
}

err draw_numbers(struct cx *cx, const struct role_source *from, const str *numbers, size_t n, str *pngs)
{
	MUST(n <= DECODE_DRAW_MOST);
	if (n == 0) return OK;
	struct role_child child;
	TRY(role_ask(cx, ROLE_DECODE, from, &child));
	int64_t until = clock_monotonic() + (int64_t)PATIENCE_MS * 1000;
	err e = ask(cx, child.socket, numbers, n);
	for (size_t i = 0; e == OK && i < n; i++) e = take(cx, child.socket, until, i, &pngs[i]);
	role_end(&child, e == OK ? PATIENCE_MS : 0);
	if (e == OK) return OK;
	return cx_fail(cx, FAILED, NULL, "numbers cannot be drawn: " STR_FMT, STR_ARG(cx->fault.sentence));
}
