/* The three writers against golden files (tests/golden/feed), from one feed that has all that is awkward; and addresses made whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/cx.h"
#include "base/limits.h"
#include "feed/feed.h"
#include "text/date.h"
#include "base/banned.h"

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

static struct feed_term terms[] = { { S_INIT("news"), S_INIT("News & <views>") }, { S_INIT("\xd7\x9e\xd7\x99\xd7\x9d"), S_INIT("\xd7\x9e\xd7\x99\xd7\x9d") } };
static struct feed_file files[] = {
	{ S_INIT("https://example.org/media/00/talk%20one.mp3?a=1&b=2"), S_INIT("audio/mpeg"), S_INIT("The \"talk\""), 123456789012, 3661 },
	{ S_INIT("https://example.org/media/01/picture-1.webp"), S_INIT("image/webp"), S_INIT(""), 1, 0 },
};

static struct feed awkward(void)
{
	static struct feed_entry entries[] = {
		{ .id = S_INIT("https://example.org/article/3"), .url = S_INIT("https://example.org/article/3/cdata?x=1&y='2'"),
		    .title = S_INIT("]]> & <b>\"quotes\"</b> 'and' &amp;"), .summary = S_INIT("One\x01\x08 two\x1f\x0b\x0c three\ttab\nline \xef\xbf\xbe\xef\xbf\xbf end"),
		    .content = S_INIT("<p>]]&gt; ]]> &amp; <a href=\"https://example.org/x?a&amp;b\">x</a>\x02</p>\r\n<pre>\t</pre>"), .author = S_INIT("Ann <O'Neil> & co"),
		    .email = S_INIT("ann@example.org"), .language = S_INIT("en"), .licence = S_INIT("Share & share alike."),
		    .licence_url = S_INIT("https://creativecommons.org/licenses/by-sa/4.0/"), .terms = terms, .terms_n = 2, .files = files, .files_n = 2 },
		{ .id = S_INIT("https://example.org/article/2"), .url = S_INIT("https://example.org/article/2/x"),
		    .title = S_INIT("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\xae \xf0\x9f\x97\x9e"), .content = S_INIT("<div dir=\"rtl\"><p>\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d</p></div>"),
		    .author = S_INIT("Anonymous"), .language = S_INIT("he") },
		{ .id = S_INIT("https://example.org/comment/1"), .url = S_INIT("https://example.org/comment/1"), .content = S_INIT("<p>No title, no summary.</p>"),
		    .author = S_INIT("Anonymous"), .language = S_INIT("zh-Hant") },
		{ .id = S_INIT("https://example.org/article/1"), .url = S_INIT("https://example.org/article/1/long"), .title = S_INIT("Too long to be told whole"),
		    .summary = S_INIT("Its beginning."), .author = S_INIT("Anonymous"), .language = S_INIT("en") },
	};
	entries[0].published = date_from_civil_utc(2024, 2, 29, 23, 59, 59);
	entries[0].updated = date_from_civil_utc(2024, 3, 1, 0, 0, 1);
	entries[1].published = date_from_civil_utc(1999, 11, 30, 8, 5, 0);
	entries[2].published = date_day(2004, 5, 21); /* the day alone is known */
	entries[3].published = date_day(1969, 7, 20);
	return (struct feed){ .title = S("Newswire \xc2\xb7 Us & <them>"), .about = S("All that \"people\" publish."), .language = S("en"), .author = S("Us & <them>"),
		.home = S("https://example.org/newswire"), .self = S("https://example.org/newswire/feed.x?a&b"), .entries = entries, .entries_n = 4 };
}

static void matches_golden(struct cx *cx, const char *name, enum feed_form form, const struct feed *f)
{
	str got, path = str_fmt(cx, SOURCE_ROOT "/tests/golden/feed/%s", name);
	static char want[64 * KIB];
	assert_int_equal(feed_write(cx, form, f, MIB, &got), OK);
	FILE *file = fopen(str_c(cx, path), getenv("GOLDEN_WRITE") ? "wb" : "rb");
	assert_non_null(file);
	if (getenv("GOLDEN_WRITE")) {
		fwrite(got.p, 1, got.n, file);
		fclose(file);
		return;
	}
	size_t n = fread(want, 1, sizeof want, file);
	fclose(file);
	if (!str_eq(got, (str){ want, n })) fail_msg("%s: got\n" STR_FMT, name, STR_ARG(got));
}

static void all_formats_are_as_expected(void **state)
{
	struct feed f = awkward(), none = f;
	assert_int_equal(date_zone(*state, S("Pacific/Kiritimati")), OK); /* fourteen hours east: no day moves */
	matches_golden(*state, "awkward.rss", FEED_RSS, &f);
	matches_golden(*state, "awkward.atom", FEED_ATOM, &f);
	matches_golden(*state, "awkward.json", FEED_JSON, &f);
	none.entries_n = 0;
	none.about = S("");
	matches_golden(*state, "empty.rss", FEED_RSS, &none);
	matches_golden(*state, "empty.atom", FEED_ATOM, &none);
	matches_golden(*state, "empty.json", FEED_JSON, &none);
	f.cover = S("https://example.org/cover.png?a&b");
	f.entries_n = 1;
	matches_golden(*state, "podcast.rss", FEED_RSS, &f);
}

static void what_does_not_fit_is_a_limit(void **state)
{
	struct feed f = awkward();
	str out;
	for (enum feed_form form = FEED_RSS; form <= FEED_JSON; form++) {
		assert_int_equal(feed_write(*state, form, &f, MIB, &out), OK);
		assert_int_equal(feed_write(*state, form, &f, out.n - 1, &out), LIMIT);
	}
}

static void a_cost_is_never_too_small(void **state)
{
	str out, empty[FEED_JSON + 1];
	char all[256];
	for (int i = 0; i < 128; i++) all[i] = (char)i;
	struct feed_entry e = { .id = S("x"), .title = S("t") };
	struct feed f = { .title = S("t"), .entries = &e, .entries_n = 1 };
	e.content = S("a");
	for (enum feed_form form = FEED_RSS; form <= FEED_JSON; form++) assert_int_equal(feed_write(*state, form, &f, MIB, &empty[form]), OK);
	for (int i = 1; i < 128; i++) {
		e.content = (str){ all + i, 1 };
		for (enum feed_form form = FEED_RSS; form <= FEED_JSON; form++) {
			assert_int_equal(feed_write(*state, form, &f, MIB, &out), OK);
			assert_true(out.n <= empty[form].n - 1 + feed_cost(e.content));
		}
	}
}

static void addresses_are_made_whole(void **state)
{
	static const struct {
		const char *html, *whole;
	} table[] = {
		{ "", "" },
		{ "<p>Words</p>", "<p>Words</p>" },
		{ "<a href=\"/newswire\" rel=\"ugc\">a</a>", "<a href=\"https://example.org/newswire\" rel=\"ugc\">a</a>" },
		{ "<img src=\"/media/a/b.png\" alt=\"\">", "<img src=\"https://example.org/media/a/b.png\" alt=\"\">" },
		{ "<a id=\"c1-fn\" href=\"#c1-fn1\">1</a>", "<a id=\"c1-fn\" href=\"https://example.org/article/1/x?a&amp;b#c1-fn1\">1</a>" },
		{ "<q cite=\"/a\">b</q><a href=\"https://other.example/\">c</a>", "<q cite=\"https://example.org/a\">b</q><a href=\"https://other.example/\">c</a>" },
		{ "<p> href=&quot;/a&quot; src=/b</p>", "<p> href=&quot;/a&quot; src=/b</p>" },
		{ "<a href=\"/a\"><img src=\"/b\" alt=\"\"></a><a href=\"mailto:a@example.org\">d</a>",
		    "<a href=\"https://example.org/a\"><img src=\"https://example.org/b\" alt=\"\"></a><a href=\"mailto:a@example.org\">d</a>" },
		{ "<a href=\"", "<a href=\"" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		str got = feed_absolute(*state, str_of(table[i].html), S("https://example.org"), S("https://example.org/article/1/x?a&b"));
		assert_true(str_eq(got, str_of(table[i].whole)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_formats_are_as_expected),
		cmocka_unit_test(what_does_not_fit_is_a_limit),
		cmocka_unit_test(a_cost_is_never_too_small),
		cmocka_unit_test(addresses_are_made_whole),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
