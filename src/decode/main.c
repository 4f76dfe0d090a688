/* broadside-decode: the only program that holds codec libraries. It reads what it needs of the machine, locks itself, does what its socket asks
 * for, and ends when that closes or when anything is not as it should be. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/log.h"
#include "decode/clean.h"
#include "decode/draw.h"
#include "sys/decode_msg.h"
#include "sys/msg.h"
#include "sys/sandbox.h"
#include "base/banned.h"

#define DRAW_MEMORY (1024 * MIB)
#define DRAW_SECONDS 20

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
/* This program has one thread of ours; what the libraries do among theirs cannot be seen by a checker that did not build them. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "report_bugs=0"; }
#endif
#endif

static err send_number(struct cx *cx, const struct draw_fonts *fonts, int64_t place, str digits)
{
	struct arena_mark mark = arena_mark(cx->arena);
	struct buf reply = buf_new(cx, MSG_MAX);
	str png, body;
	TRY(draw_number(cx, fonts, digits, &png));
	msg_put_int(&reply, place);
	msg_put_str(&reply, png);
	TRY(buf_done(cx, &reply, &body));
	TRY(msg_send(cx, ROLE_SOCKET, DECODE_MSG_DRAWN, body, -1));
	arena_rewind(cx->arena, mark);
	return OK;
}

static err draw(struct cx *cx, const struct draw_fonts *fonts, struct msg *m)
{
	int64_t n;
	TRY(msg_take_int(cx, m, &n));
	if (n < 1 || n > DECODE_DRAW_MOST) return cx_fail(cx, LIMIT, NULL, "cannot draw so many numbers at once");
	for (int64_t i = 0; i < n; i++) {
		str digits;
		TRY(msg_take_str(cx, m, &digits));
		TRY(send_number(cx, fonts, i, digits));
	}
	return msg_end(cx, m);
}

static err serve(struct cx *cx, const struct draw_fonts *fonts)
{
	for (;;) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct msg m;
		err e = msg_recv(cx, ROLE_SOCKET, -1, &m);
		if (e == NOTFOUND) return OK;
		if (e != OK) return e;
		if (m.fd >= 0) close(m.fd);
		if (m.type != DECODE_MSG_DRAW) return cx_fail(cx, INVALID, NULL, "message %u is not known", m.type);
		e = draw(cx, fonts, &m);
		if (e == NOTFOUND) return OK; /* nobody waits for the rest */
		if (e != OK) return e;
		arena_rewind(cx->arena, mark);
	}
}

static err serve_numbers(struct cx *cx, bool locked)
{
	struct draw_fonts *fonts;
	if (locked) TRY(clean_lock_files(cx, DRAW_MEMORY, DRAW_SECONDS));
	TRY(clean_start_vips(cx));
	TRY(draw_open(cx, &fonts));
	if (locked) TRY(sandbox_enter(cx, ROLE_DECODE, NULL));
	return serve(cx, fonts);
}

/* What is to be got ready depends on what will be asked for: the first message's type is looked at, and nothing else of it. */
static err run(struct cx *cx, bool locked)
{
	uint32_t type;
	err e = msg_peek_type(cx, ROLE_SOCKET, &type);
	if (e == NOTFOUND) return OK;
	if (e != OK) return e;
	return type == DECODE_MSG_CLEAN || type == DECODE_MSG_STILLS ? clean_serve(cx, type, locked) : serve_numbers(cx, locked);
}

int main(int argc, char **argv)
{
	bool locked = !(argc == 2 && strcmp(argv[1], DECODE_NO_SANDBOX) == 0);
	if (argc > 2 || (argc == 2 && locked)) {
		fprintf(stderr, "broadside-decode is started by broadside, not by hand\n");
		return 2;
	}
	log_open("decode", LOG_INFO);
	struct cx *cx = cx_new();
	err e = run(cx, locked);
	if (e != OK) log_error(cx, STR_FMT, STR_ARG(cx_fault_line(cx)));
	cx_end(cx);
	return err_exit_code(e);
}
