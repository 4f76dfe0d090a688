/* What is invented: the same each time, rendered as the store would have, and as varied as it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cx.h"
#include "base/utf8.h"
#include "cli/invent.h"
#include "text/lang.h"
#include "text/plain.h"
#include "text/slug.h"
#include "base/banned.h"

static struct invention *invention(struct cx *cx, uint64_t seed)
{
	struct invention *v;
	assert_int_equal(invent_new(cx, seed, &v), OK);
	return v;
}

static void expect_rendering(struct cx *cx, str text, str rendered)
{
	struct html h;
	assert_int_equal(plain_to_html(cx, text, &h), OK);
	assert_true(str_eq(h.s, rendered));
	assert_true(utf8_valid(text) && str_eq(text_normalise(cx, text), text));
}

static void texts_are_what_the_store_would_have_made_of_them(void **state)
{
	struct cx *cx = *state;
	struct invention *v = invention(cx, 1);
	for (int i = 0; i < 300; i++) {
		struct invented a;
		struct invented_comment c;
		invent_article(cx, v, &a);
		expect_rendering(cx, a.body, a.html);
		assert_true(a.title.n > 0 && lang_valid(a.language) && a.topics_n <= 3);
		invent_comment(cx, v, &a, &c);
		expect_rendering(cx, c.body, c.html);
		assert_true(c.after > 0);
	}
}

static void one_seed_one_text(void **state)
{
	struct cx *cx = *state;
	struct invention *v = invention(cx, 7), *same = invention(cx, 7), *other = invention(cx, 8);
	int alike = 0;
	for (int i = 0; i < 50; i++) {
		struct invented a, b, c;
		invent_article(cx, v, &a);
		invent_article(cx, same, &b);
		invent_article(cx, other, &c);
		assert_true(str_eq(a.title, b.title) && str_eq(a.body, b.body) && a.comments == b.comments && a.region == b.region);
		alike += str_eq(a.title, c.title);
	}
	assert_true(alike < 5);
}

static void numbers_are_spread_as_promised(void **state)
{
	struct cx *cx = *state;
	struct invention *v = invention(cx, 3);
	struct cx *each = cx_new();
	int comments = 0, most = 0, none = 0, rtl = 0, featured = 0, hidden = 0;
	for (int i = 0; i < 20000; i++, cx_reset(each)) {
		struct invented a;
		invent_article(each, v, &a);
		comments += a.comments;
		if (a.comments > most) most = a.comments;
		none += a.comments == 0;
		rtl += str_eq(lang_dir(a.language), S("rtl"));
		featured += a.featured;
		hidden += a.hidden;
		assert_false(a.featured && a.hidden);
	}
	cx_end(each);
	assert_in_range(comments, 20000 * 45 / 10, 20000 * 55 / 10);
	assert_in_range(most, 100, INVENT_COMMENTS_MOST);
	assert_in_range(none, 20000 / 5, 20000 * 2 / 5);
	assert_in_range(rtl, 20000 * 8 / 100, 20000 * 16 / 100);
	assert_in_range(featured, 100, 400);
	assert_in_range(hidden, 60, 260);
}

static int open_cx(void **state) { return (*state = cx_new()) == NULL; }
static int close_cx(void **state) { return cx_end(*state), 0; }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts_are_what_the_store_would_have_made_of_them, open_cx, close_cx),
		cmocka_unit_test_setup_teardown(one_seed_one_text, open_cx, close_cx),
		cmocka_unit_test_setup_teardown(numbers_are_spread_as_promised, open_cx, close_cx),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
