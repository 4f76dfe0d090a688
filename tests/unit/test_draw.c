/* Numbers drawn by the real decode child (its path is the argument), and by children that lie (`test_draw child WHAT`). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/cx.h"
#include "sys/msg.h"
#include "sys/spool.h"
#include "work/draw.h"

static const char *decode_program;

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

static void a_batch_is_drawn(void **state)
{
	struct cx *cx = *state;
	struct role_source from = { .parent = -1, .program = decode_program };
	str numbers[DECODE_DRAW_MOST], pngs[DECODE_DRAW_MOST];
	size_t largest = 0, total = 0;
	for (size_t i = 0; i < DECODE_DRAW_MOST; i++) numbers[i] = str_fmt(cx, "%0*zu", (int)(4 + i % 5), i * 37 % 10000);
	assert_int_equal(draw_numbers(cx, &from, numbers, DECODE_DRAW_MOST, pngs), OK);
	for (size_t i = 0; i < DECODE_DRAW_MOST; i++) {
		assert_true(draw_png_fits(pngs[i]));
		if (pngs[i].n > largest) largest = pngs[i].n;
		total += pngs[i].n;
		if (i) assert_false(str_eq(pngs[i], pngs[i - 1]));
	}
	print_message("pictures: %zu bytes on average, %zu at most\n", total / DECODE_DRAW_MOST, largest);
	const char *keep = getenv("BROADSIDE_KEEP_PICTURES");
	for (size_t i = 0; keep && i < 24; i++)
		assert_int_equal(spool_write_file(cx, str_c(cx, str_fmt(cx, "%s/%s.png", keep, str_c(cx, numbers[i]))), pngs[i], 0644), OK);
}

static void the_same_number_is_drawn_differently(void **state)
{
	struct cx *cx = *state;
	struct role_source from = { .parent = -1, .program = decode_program };
	str numbers[] = { S_INIT("31415"), S_INIT("31415") }, pngs[2];
	assert_int_equal(draw_numbers(cx, &from, numbers, 2, pngs), OK);
	assert_false(str_eq(pngs[0], pngs[1]));
	assert_int_equal(draw_numbers(cx, &from, numbers, 0, pngs), OK);
}

static void what_is_no_number_is_not_drawn(void **state)
{
	struct cx *cx = *state;
	struct role_source from = { .parent = -1, .program = decode_program };
	static const str bad[] = { S_INIT(""), S_INIT("123"), S_INIT("123456789"), S_INIT("12a45"), S_INIT("<b>11</b>"), S_INIT("1234\0") };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		str png;
		assert_int_equal(draw_numbers(cx, &from, &bad[i], 1, &png), FAILED);
	}
}

/* Says things to the real child that no part of ours says; it must end by itself, with status 1. */
static void the_child_ends_at_nonsense(void **state)
{
	struct cx *cx = *state;
	struct buf many = buf_new(cx, 100), more = buf_new(cx, 100);
	msg_put_int(&many, DECODE_DRAW_MOST + 1);
	msg_put_int(&more, 1);
	msg_put_str(&more, S("12345"));
	msg_put_str(&more, S("12345"));
	const struct {
		uint32_t type;
		str body;
	} bad[] = { { DECODE_MSG_DRAW, S_INIT("") }, { 4711, S_INIT("") }, { DECODE_MSG_DRAW, S_INIT("i\1") },
		{ DECODE_MSG_DRAW, buf_view(&many) }, { DECODE_MSG_DRAW, buf_view(&more) } };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct role_child c;
		struct msg m;
		assert_int_equal(role_start(cx, decode_program, ROLE_DECODE, NULL, &c), OK);
		assert_int_equal(msg_send(cx, c.socket, bad[i].type, bad[i].body, -1), OK);
		err e;
		while ((e = msg_recv(cx, c.socket, 20000, &m)) == OK) continue;
		assert_int_equal(e, NOTFOUND);
		int status = role_end(&c, 20000);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	}
}

static void a_child_that_lies_is_not_believed(void **state)
{
	static const char *const lies[] = { "silent", "wrong-type", "wrong-place", "no-png", "trailing", "short", "large" };
	struct cx *cx = *state;
	const char *self;
	assert_int_equal(role_program(cx, NULL, &self), OK);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		const char *args[] = { "child", lies[i], NULL };
		struct role_source from = { .parent = -1, .program = self, .args = args };
		str number = S("12345"), png;
		assert_int_equal(draw_numbers(cx, &from, &number, 1, &png), FAILED);
	}
	const char *args[] = { "child", "honest", NULL };
	struct role_source from = { .parent = -1, .program = self, .args = args };
	str number = S("12345"), png;
	assert_int_equal(draw_numbers(cx, &from, &number, 1, &png), OK);
	from.program = "/nowhere/broadside-decode";
	assert_int_equal(draw_numbers(cx, &from, &number, 1, &png), FAILED);
}

/* a PNG by hand */

static void put_chunk(struct buf *b, str kind, str body)
{
	size_t start = b->n + 4;
	buf_fmt(b, "%c%c%c%c", 0, 0, (int)(body.n >> 8), (int)(body.n & 255));
	buf_str(b, kind);
	buf_str(b, body);
	uLong sum = crc32(0, (const unsigned char *)b->p + start, (uInt)(4 + body.n));
	buf_fmt(b, "%c%c%c%c", (int)(sum >> 24 & 255), (int)(sum >> 16 & 255), (int)(sum >> 8 & 255), (int)(sum & 255));
}

#define HEADER S("\0\0\0\xa0\0\0\0\x30\4\0\0\0\0")

static str png_of(struct cx *cx, str header, str extra_kind, str after)
{
	struct buf b = buf_new(cx, 16384);
	buf_lit(&b, "\x89PNG\r\n\x1a\n");
	put_chunk(&b, S("IHDR"), header);
	if (extra_kind.n) put_chunk(&b, extra_kind, S("x"));
	put_chunk(&b, S("IDAT"), S("data"));
	put_chunk(&b, S("IEND"), S(""));
	buf_str(&b, after);
	return buf_view(&b);
}

static void only_plain_whole_pictures_fit(void **state)
{
	struct cx *cx = *state;
	str good = png_of(cx, HEADER, S(""), S(""));
	assert_true(draw_png_fits(good));
	assert_true(draw_png_fits(png_of(cx, HEADER, S("PLTE"), S(""))));
	static const char *const kinds[] = { "tEXt", "iTXt", "eXIf", "acTL", "IHDR", "IEND", "idat" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		assert_false(draw_png_fits(png_of(cx, HEADER, str_of(kinds[i]), S(""))));
	assert_false(draw_png_fits(png_of(cx, HEADER, S(""), S("x"))));
	assert_false(draw_png_fits(png_of(cx, S("\0\0\0\xa0\0\0\0\x31\4\0\0\0\0"), S(""), S(""))));
	assert_false(draw_png_fits(png_of(cx, S("\1\0\0\xa0\0\0\0\x30\4\0\0\0\0"), S(""), S(""))));
	assert_false(draw_png_fits(png_of(cx, S("\0\0\0\xa0\0\0\0\x30\4\0\0\0\0\0"), S(""), S(""))));
	for (size_t n = 0; n < good.n; n++) assert_false(draw_png_fits(str_sub(good, 0, n)));
	for (size_t i = 0; i < good.n; i++) { /* no byte of it may be another */
		char *copy = arena_bytes(cx->arena, good.n);
		memcpy(copy, good.p, good.n);
		copy[i] ^= 1;
		assert_false(draw_png_fits((str){ copy, good.n }));
	}
}

/* the other side */

static int be_child(struct cx *cx, const char *what)
{
	struct msg m;
	struct buf b = buf_new(cx, MSG_MAX);
	char *large = cx_alloc(cx, DECODE_PNG_MOST + 1);
	if (msg_recv(cx, ROLE_SOCKET, -1, &m) != OK) return 1;
	if (strcmp(what, "silent") == 0) return 0;
	msg_put_int(&b, strcmp(what, "wrong-place") == 0);
	if (strcmp(what, "no-png") == 0) msg_put_str(&b, S("<svg onload=alert(1)>"));
	else if (strcmp(what, "large") == 0) msg_put_str(&b, (str){ large, DECODE_PNG_MOST + 1 });
	else if (strcmp(what, "short") != 0) msg_put_str(&b, png_of(cx, HEADER, S(""), S("")));
	if (strcmp(what, "trailing") == 0) msg_put_int(&b, 1);
	return msg_send(cx, ROLE_SOCKET, DECODE_MSG_DRAWN + (strcmp(what, "wrong-type") == 0), buf_view(&b), -1) != OK;
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		struct cx *cx = cx_new();
		int code = be_child(cx, argv[2]);
		cx_end(cx);
		return code;
	}
	if (argc != 2) return 2;
	static char path[4096];
	decode_program = realpath(argv[1], path);
	if (!decode_program) return 2;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_drawn),
		cmocka_unit_test(the_same_number_is_drawn_differently),
		cmocka_unit_test(what_is_no_number_is_not_drawn),
		cmocka_unit_test(the_child_ends_at_nonsense),
		cmocka_unit_test(a_child_that_lies_is_not_believed),
		cmocka_unit_test(only_plain_whole_pictures_fit),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
