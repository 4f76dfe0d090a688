/* The ground: arena, str, buf, utf8, cx, wiping. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "base/wipe.h"

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

static void arena_gives_zeroed_aligned_blocks(void **state)
{
	struct cx *cx = *state;
	for (size_t n = 0; n < 3000; n += 7) {
		char *p = cx_alloc(cx, n);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
		memset(p, 0xAA, n);
	}
}

static void arena_rewinds_to_a_mark(void **state)
{
	struct cx *cx = *state;
	char *kept = arena_bytes(cx->arena, 10);
	memcpy(kept, "0123456789", 10);
	struct arena_mark mark = arena_mark(cx->arena);
	for (int i = 0; i < 100; i++) arena_alloc(cx->arena, 10000);
	arena_rewind(cx->arena, mark);
	assert_memory_equal(kept, "0123456789", 10);
	assert_non_null(arena_alloc(cx->arena, 100));
}

static void an_emptied_arena_holds_nothing(void **state)
{
	struct cx *cx = cx_new();
	char *p = arena_bytes(cx->arena, 5000);
	(void)state;
	struct arena_mark mark = arena_mark(cx->arena);
	char *later = arena_bytes(cx->arena, 5000);
	memset(later, 'x', 5000);
	arena_rewind(cx->arena, mark);
	assert_ptr_equal(arena_bytes(cx->arena, 5000), later);
	for (size_t i = 0; i < 5000; i++) assert_int_equal(later[i], 0);
	memset(p, 'x', 5000);
	cx_reset(cx);
	assert_ptr_equal(arena_bytes(cx->arena, 5000), p);
	for (size_t i = 0; i < 5000; i++) assert_int_equal(p[i], 0);
	cx_end(cx);
}

#define DEEP 300000

static __attribute__((noinline)) size_t leave_marks(void)
{
	volatile char frame[DEEP];
	for (size_t i = 0; i < DEEP; i++) frame[i] = (char)(0x51 + i % 2);
	return (size_t)frame[DEEP / 2];
}

/* As another process would read it: nothing here may look below its own frame. */
static size_t marks_below(uintptr_t here)
{
	static char stack[2 * DEEP];
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	ssize_t got = pread(fd, stack, sizeof stack, (off_t)(here - sizeof stack));
	size_t found = 0;
	assert_int_equal(got, sizeof stack);
	for (size_t i = 0; i + 8 <= sizeof stack; i++) found += memcmp(stack + i, "QRQRQRQR", 8) == 0;
	close(fd);
	return found;
}

static void *leave_and_wipe(void *arg)
{
	size_t *found = arg;
	struct wipe w;
	wipe_begin(&w);
	leave_marks();
	found[0] = marks_below((uintptr_t)__builtin_frame_address(0) - 256);
	wipe_stack(&w);
	found[1] = marks_below((uintptr_t)__builtin_frame_address(0) - 256);
	return NULL;
}

static void a_wiped_stack_holds_nothing(void **state)
{
	pthread_t thread;
	size_t found[2];
	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, leave_and_wipe, found), 0);
	pthread_join(thread, NULL);
	assert_in_range(found[0], DEEP / 4, DEEP);
	assert_int_equal(found[1], 0);
}

static void strings_find_cut_and_compare(void **state)
{
	struct cx *cx = *state;
	str rest, first = str_cut(S("a=b=c"), '=', &rest);
	assert_true(str_eq(first, S("a")) && str_eq(rest, S("b=c")));
	assert_true(str_eq(str_trim(S(" \t x y\n")), S("x y")));
	assert_int_equal(str_find(S("hello"), S("lo"), 0), 3);
	assert_int_equal(str_find(S("hello"), S("lo"), 4), -1);
	assert_true(str_eq_ascii_ci(S("HoSt"), S("host")));
	assert_true(str_cmp(S("a"), S("ab")) < 0 && str_cmp(S("b"), S("ab")) > 0 && str_cmp(S(""), S("")) == 0);
	assert_true(str_eq(str_sub(S("abc"), 5, 2), S("")));
	assert_true(str_eq(str_fmt(cx, "%d-" STR_FMT, 7, STR_ARG(S("x"))), S("7-x")));
	char bytes[2];
	assert_true(str_unhex(str_hex(cx, "\x01\xfe", 2), bytes, 2) && memcmp(bytes, "\x01\xfe", 2) == 0);
	assert_false(str_unhex(S("0g"), bytes, 1));
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
	(void)state;
	int64_t v;
	assert_true(str_to_int(S("9223372036854775807"), 0, INT64_MAX, &v) && v == INT64_MAX);
	assert_true(str_to_int(S("-5"), -9, 9, &v) && v == -5);
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "0x1", "9223372036854775808", "99999999999999999999", "1e3" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(str_to_int(str_of(bad[i]), 0, INT64_MAX, &v));
	assert_false(str_to_int(S("11"), 0, 10, &v));
}

static void bufs_stop_at_their_maximum(void **state)
{
	struct cx *cx = *state;
	struct buf b = buf_new(cx, 10);
	str out;
	buf_lit(&b, "12345");
	buf_int(&b, 67890);
	assert_int_equal(buf_done(cx, &b, &out), OK);
	assert_true(str_eq(out, S("1234567890")));
	buf_char(&b, 'x');
	assert_int_equal(buf_done(cx, &b, &out), LIMIT);
	assert_true(str_contains(cx->fault.sentence, S("10")));
	struct buf large = buf_new(cx, 1 << 20);
	for (int i = 0; i < 10000; i++) buf_fmt(&large, "%05d", i);
	assert_int_equal(large.n, 50000);
	assert_true(str_eq(str_sub(buf_view(&large), 49995, 5), S("09999")));
}

static void utf8_is_checked_as_rfc_3629_says(void **state)
{
	struct cx *cx = *state;
	static const char *const good[] = { "", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x97\x9E", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF" };
	static const char *const bad[] = { "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
		"\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x97", "\xFF", "a\xC3(" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(utf8_valid(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(utf8_valid(str_of(bad[i])));
	for (uint32_t c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 211) {
		char enc[4];
		if (c >= 0xD800 && c <= 0xDFFF) continue;
		str s = { enc, utf8_encode(c, enc) };
		size_t at = 0;
		assert_true(utf8_valid(s));
		assert_int_equal(utf8_next(s, &at), c);
		assert_int_equal(at, s.n);
	}
	assert_true(str_eq(utf8_clip(S("a\xC3\xA9"), 2), S("a")));
	assert_int_equal(utf8_count(S("a\xC3\xA9")), 2);
	(void)cx;
}

static int deferred_order;
static void note_deferred(void *arg) { deferred_order = deferred_order * 10 + *(int *)arg; }

static void deferred_runs_last_first(void **state)
{
	(void)state;
	static int one = 1, two = 2;
	struct cx *cx = cx_new();
	cx_defer(cx, note_deferred, &one);
	cx_defer(cx, note_deferred, &two);
	cx_reset(cx);
	assert_int_equal(deferred_order, 21);
	cx_end(cx);
	assert_int_equal(deferred_order, 21);
}

static void faults_hold_field_and_sentence(void **state)
{
	struct cx *cx = *state;
	assert_int_equal(cx_fail(cx, INVALID, "title", "is longer than %d characters", 300), INVALID);
	assert_true(str_eq(cx_fault_line(cx), S("title: is longer than 300 characters")));
}

static void vectors_grow(void **state)
{
	struct cx *cx = *state;
	VEC(int) v = { 0 };
	for (int i = 0; i < 1000; i++) vec_push(cx, &v, i);
	for (int i = 0; i < 1000; i++) assert_int_equal(v.at[i], i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_blocks),
		cmocka_unit_test(arena_rewinds_to_a_mark),
		cmocka_unit_test(an_emptied_arena_holds_nothing),
		cmocka_unit_test(a_wiped_stack_holds_nothing),
		cmocka_unit_test(strings_find_cut_and_compare),
		cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
		cmocka_unit_test(bufs_stop_at_their_maximum),
		cmocka_unit_test(utf8_is_checked_as_rfc_3629_says),
		cmocka_unit_test(deferred_runs_last_first),
		cmocka_unit_test(faults_hold_field_and_sentence),
		cmocka_unit_test(vectors_grow),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
