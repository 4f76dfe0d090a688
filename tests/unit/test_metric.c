/* Figures: what lands in which bucket, how it is written, and that what is written is read back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cx.h"
#include "base/metric.h"
#include "base/banned.h"

static void a_value_on_a_bound_is_below_it(void **state)
{
	(void)state;
	assert_int_equal(metric_bucket(&metric_times, 0), 0);
	assert_int_equal(metric_bucket(&metric_times, 50), 0);
	assert_int_equal(metric_bucket(&metric_times, 51), 1);
	assert_int_equal(metric_bucket(&metric_times, 10000000), METRIC_BOUNDS - 1);
	assert_int_equal(metric_bucket(&metric_times, 10000001), METRIC_BOUNDS);
	for (size_t i = 1; i < METRIC_BOUNDS; i++) assert_true(metric_times.bound[i] > metric_times.bound[i - 1] && metric_sizes.bound[i] > metric_sizes.bound[i - 1]);
}

static void threads_are_added_up(void **state)
{
	(void)state;
	struct metric_histogram a = { 0 }, b = { 0 };
	struct metric_sum sum = { 0 };
	metric_observe(&a, &metric_sizes, 3);
	metric_observe(&a, &metric_sizes, -7); /* a clock that went back is no negative time */
	metric_observe_shared(&b, &metric_sizes, 100000);
	metric_gather(&sum, &a);
	metric_gather(&sum, &b);
	assert_int_equal(metric_count(&sum), 3);
	assert_int_equal(sum.sum, 100003);
	assert_int_equal(sum.bucket[0], 1);
	assert_int_equal(sum.bucket[2], 1);
	assert_int_equal(sum.bucket[METRIC_BOUNDS], 1);
}

static void the_text_is_as_the_format_says(void **state)
{
	struct cx *cx = *state;
	struct buf b = buf_new(cx, 10000), words = buf_new(cx, 1000);
	struct metric_sum sum = { .bucket = { 2, 1 }, .sum = 1500000 };
	metric_label(&words, "a", S("quote \" and \\ and \n"));
	metric_label(&words, "b", S("}"));
	metric_family(&b, "x_total", "counter", "Of x.");
	metric_sample(&b, "x_total", buf_view(&words), 7);
	metric_sample(&b, "x_total", S(""), UINT64_MAX);
	metric_sample_histogram(&b, "y_seconds", S(""), &metric_times, &sum);
	str text = buf_view(&b);
	assert_true(str_starts(text, S("# HELP x_total Of x.\n# TYPE x_total counter\nx_total{a=\"quote \\\" and \\\\ and \\n\",b=\"}\"} 7\nx_total 18446744073709551615\n")));
	assert_true(str_contains(text, S("y_seconds_bucket{le=\"5e-05\"} 2\ny_seconds_bucket{le=\"0.0001\"} 3\n")));
	assert_true(str_ends(text, S("y_seconds_bucket{le=\"+Inf\"} 3\ny_seconds_sum 1.5\ny_seconds_count 3\n")));
}

static void a_line_is_read_back(void **state)
{
	struct metric_line l;
	(void)state;
	assert_true(metric_line(S("a_b{x=\"1\",y=\"} \\\" z\"} 2.5"), &l));
	assert_true(str_eq(l.name, S("a_b")) && l.value > 2.4 && l.value < 2.6);
	assert_true(str_eq(metric_line_label(&l, S("x")), S("1")));
	assert_true(str_eq(metric_line_label(&l, S("y")), S("} \\\" z")));
	assert_int_equal(metric_line_label(&l, S("z")).n, 0);
	assert_true(metric_line(S("plain 3"), &l));
	assert_int_equal(l.labels.n, 0);
	static const char *const bad[] = { "", "# HELP a b", "a", "a ", "a{x=\"1\" 2", "a{x=\"1\"}", "a two", "{} 1", "a NaN", "a +Inf", " 1" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(metric_line(str_of(bad[i]), &l));
	static const char *const odd[] = { "a{x} 1", "a{x=} 1", "a{x=\"} 1", "a{=\"\"} 1", "a{x=\"\\\"} 1" };
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (metric_line(str_of(odd[i]), &l)) assert_int_equal(metric_line_label(&l, S("q")).n, 0);
}

static int open_cx(void **state) { return (*state = cx_new()) == NULL; }
static int close_cx(void **state) { return cx_end(*state), 0; }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_on_a_bound_is_below_it),
		cmocka_unit_test(threads_are_added_up),
		cmocka_unit_test_setup_teardown(the_text_is_as_the_format_says, open_cx, close_cx),
		cmocka_unit_test(a_line_is_read_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
