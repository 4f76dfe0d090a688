/* The route table and the matching of addresses against it. Addresses come decoded, as http/wire leaves them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "web/routes.h"
#include "base/banned.h"

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

static const struct route *find(enum method m, str path, struct page *p, char allow[64])
{
	bool other;
	*p = (struct page){ 0 };
	const struct route *r = route_find(m, path, p, &other, allow);
	if (r) assert_false(other);
	else assert_int_equal(other, allow[0] != 0);
	return r;
}

static const char *row(enum method m, const char *path, struct page *p)
{
	char allow[64] = "";
	const struct route *r = find(m, str_of(path), p, allow);
	return r ? r->path : "";
}

/* The pattern with every brace filled in. */
static str example(struct cx *cx, const char *pattern)
{
	static const char *const filled[][2] = { { "{id}", "4711" }, { "{slug}", "some-words" }, { "{key}", "0a1b2c" }, { "{name}", "640w.webp" }, { "{year}", "2004" }, { "{month}", "5" }, { "{feed}", "feed.atom" } };
	str s = str_of(pattern);
	for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
		ptrdiff_t at = str_find(s, str_of(filled[i][0]), 0);
		if (at < 0) continue;
		str tail = str_sub(s, (size_t)at + strlen(filled[i][0]), s.n);
		s = str_join(cx, str_join(cx, str_sub(s, 0, (size_t)at), str_of(filled[i][1])), tail);
	}
	assert_true(str_find_char(s, '{', 0) < 0);
	return s;
}

static void every_row_is_found_by_its_own_address(void **state)
{
	struct cx *cx = *state;
	struct page p;
	char allow[64];
	for (size_t i = 0; i < routes_n; i++) {
		str path = example(cx, routes[i].path);
		assert_ptr_equal(find(routes[i].method, path, &p, allow), &routes[i]);
		if (routes[i].method == METHOD_GET) assert_ptr_equal(find(METHOD_HEAD, path, &p, allow), &routes[i]);
		assert_int_equal(p.number, strstr(routes[i].path, "{id}") ? 4711 : 0);
		assert_true(str_eq(p.slug, strstr(routes[i].path, "{slug}") ? S("some-words") : S("")));
		assert_true(str_eq(p.key, strstr(routes[i].path, "{key}") ? S("0a1b2c") : S("")));
		assert_int_equal(p.feed, strstr(routes[i].path, "{feed}") ? FEED_ATOM : FEED_NONE);
		assert_int_equal(p.year, strstr(routes[i].path, "{year}") ? 2004 : 0);
		assert_int_equal(p.month, strstr(routes[i].path, "{month}") ? 5 : 0);
		if (path.n == 1) continue;
		assert_null(find(routes[i].method, str_join(cx, path, S("/")), &p, allow)); /* one address a page */
		assert_null(find(routes[i].method, str_join(cx, S("/"), path), &p, allow));
		assert_null(find(routes[i].method, str_sub(path, 1, path.n), &p, allow));
	}
}

static void every_row_asks_for_what_its_kind_needs(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];
		assert_true(r->method == METHOD_GET || r->method == METHOD_POST);
		assert_non_null(r->handle);
		if (r->method == METHOD_GET) assert_true(r->body == 0 && !r->token && r->counts == COUNTS_NOTHING);
		if (r->files) assert_true(r->method == METHOD_POST);
		if (r->method == METHOD_POST) assert_true(r->body > 0 && r->body <= 2 * MIB && r->cache == ROUTE_PRIVATE);
		/* Whoever is logged in acts by a form of the session's own. */
		if (r->method == METHOD_POST && r->capability > CAP_PUBLISH) assert_true(r->token);
		if (r->proves_itself) assert_true(r->method == METHOD_POST && r->capability <= CAP_PUBLISH && !r->token);
		if (r->capability > CAP_PUBLISH) assert_true(r->cache == (r->capability == CAP_OPERATE ? ROUTE_BARE : ROUTE_PRIVATE));
	}
}

static void other_methods_are_told_of(void **state)
{
	static const struct {
		enum method m;
		const char *path, *allow;
	} table[] = {
		{ METHOD_POST, "/", "GET, HEAD" },
		{ METHOD_POST, "/newswire", "GET, HEAD" },
		{ METHOD_POST, "/article/5", "GET, HEAD" },
		{ METHOD_POST, "/article/5/words", "GET, HEAD" },
		{ METHOD_OPTIONS, "/", "GET, HEAD" },
		{ METHOD_OPTIONS, "/publish", "GET, HEAD, POST" },
		{ METHOD_OPTIONS, "/article/5/comment", "GET, HEAD, POST" },
		{ METHOD_OPTIONS, "/editor/comment/5", "GET, HEAD, POST" },
		{ METHOD_OTHER, "/edit/0a", "GET, HEAD, POST" },
		{ METHOD_OTHER, "/login", "GET, HEAD, POST" },
		{ METHOD_GET, "/logout", "POST" },
		{ METHOD_HEAD, "/logout", "POST" },
		{ METHOD_OTHER, "/logout", "POST" },
		{ METHOD_OTHER, "/nowhere", "" },
		{ METHOD_OPTIONS, "/login/", "" },
		{ METHOD_POST, "/article/0", "" },
	};
	struct page p;
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char allow[64] = "";
		assert_null(find(table[i].m, str_of(table[i].path), &p, allow));
		assert_string_equal(allow, table[i].allow);
	}
}

static void a_word_comes_before_a_slug(void **state)
{
	struct page p;
	(void)state;
	assert_string_equal(row(METHOD_GET, "/article/5/print", &p), "/article/{id}/print");
	assert_true(p.slug.n == 0);
	assert_string_equal(row(METHOD_GET, "/article/5/Print", &p), "/article/{id}/{slug}");
	assert_string_equal(row(METHOD_GET, "/article/5/comment", &p), "/article/{id}/comment");
	assert_string_equal(row(METHOD_POST, "/article/5/comment", &p), "/article/{id}/comment");
	assert_string_equal(row(METHOD_GET, "/editor/queue", &p), "/editor/queue");
	assert_string_equal(row(METHOD_GET, "/log.json", &p), "/log.json");
}

static void numbers_have_one_spelling(void **state)
{
	static const char *const bad[] = { "", "0", "00", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "9223372036854775808", "18446744073709551617",
		"99999999999999999999999999999999", "\xd9\xa3", "\xef\xbc\x91", "1\n" };
	struct cx *cx = *state;
	struct page p;
	char allow[64];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_null(find(METHOD_GET, str_join(cx, S("/comment/"), str_of(bad[i])), &p, allow));
	assert_non_null(find(METHOD_GET, S("/comment/9223372036854775807"), &p, allow));
	assert_true(p.number == INT64_MAX);
	assert_null(find(METHOD_GET, (str){ "/comment/1\0", 11 }, &p, allow));
}

static void months_are_months(void **state)
{
	static const struct {
		const char *path;
		int year, month;
	} table[] = {
		{ "/archive/2004/5", 2004, 5 }, { "/archive/2004/05", 2004, 5 }, { "/archive/1900/1", 1900, 1 }, { "/archive/9999/12", 9999, 12 },
		{ "/archive/2004/0", 0, 0 }, { "/archive/2004/13", 0, 0 }, { "/archive/2004/005", 0, 0 }, { "/archive/2004/-5", 0, 0 }, { "/archive/1899/1", 0, 0 },
		{ "/archive/02004/5", 0, 0 }, { "/archive/204/5", 0, 0 }, { "/archive/+999/5", 0, 0 }, { "/archive/2004/", 0, 0 }, { "/archive/2004", 0, 0 },
		{ "/archive//5", 0, 0 }, { "/archive/2004/5/1", 0, 0 }, { "/archive/10000/5", 0, 0 },
	};
	struct page p;
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		bool found = *row(METHOD_GET, table[i].path, &p) != 0;
		assert_int_equal(found, table[i].year != 0);
		if (found) assert_true(p.year == table[i].year && p.month == table[i].month);
	}
}

static void keys_are_hexadecimal_in_lower_case(void **state)
{
	struct cx *cx = *state;
	struct page p;
	char allow[64], digits[130];
	memset(digits, 'a', sizeof digits);
	assert_non_null(find(METHOD_GET, str_join(cx, S("/edit/"), (str){ digits, 128 }), &p, allow));
	assert_null(find(METHOD_GET, str_join(cx, S("/edit/"), (str){ digits, 129 }), &p, allow));
	static const char *const bad[] = { "", "A", "g", "0x1", "a-b", "a b", "\xc3\xa9" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_null(find(METHOD_GET, str_join(cx, S("/receipt/"), str_of(bad[i])), &p, allow));
}

static void slugs_are_bounded_and_else_free(void **state)
{
	struct cx *cx = *state;
	struct page p;
	char allow[64], text[4 * LIMIT_SLUG + 1];
	memset(text, 'x', sizeof text);
	assert_non_null(find(METHOD_GET, str_join(cx, S("/topic/"), (str){ text, 4 * LIMIT_SLUG }), &p, allow));
	assert_null(find(METHOD_GET, str_join(cx, S("/topic/"), (str){ text, 4 * LIMIT_SLUG + 1 }), &p, allow));
	assert_non_null(find(METHOD_GET, S("/topic/a b?c&d%25"), &p, allow)); /* it was percent-encoded on the wire */
	assert_true(str_eq(p.slug, S("a b?c&d%25")));
	assert_non_null(find(METHOD_GET, S("/topic/\xe6\x96\xb0\xe8\x81\x9e"), &p, allow));
	assert_null(find(METHOD_GET, S("/topic//"), &p, allow));
	assert_null(find(METHOD_GET, S("/topic"), &p, allow));
	assert_null(find(METHOD_GET, S("/topic/a/b"), &p, allow)); /* also where the slash came as %2F */
}

static void odd_addresses_are_nowhere(void **state)
{
	static const char *const odd[] = { "", "//", "///", "/ ", " /", "/Newswire", "/newswire/", "/newswire//", "/newswire/x", "/newswire/feed", "/newswire/feed.xml", "/newswire/feed.rss/x", "/feed.RSS", "/{slug}", "/type/{slug}/", "/article/{id}",
		"/.", "/..", "/index.html", "*", "/publish\t", "/login ", "/healthz\n" };
	struct page p;
	char allow[64];
	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) assert_null(find(METHOD_GET, str_of(odd[i]), &p, allow));
	assert_null(find(METHOD_GET, (str){ 0 }, &p, allow));
	assert_null(find(METHOD_GET, (str){ "/login\0", 7 }, &p, allow));
	assert_non_null(find(METHOD_GET, S("/"), &p, allow));
}

static void the_table_is_told_whole(void **state)
{
	struct cx *cx = *state;
	struct buf b = buf_new(cx, 64 * KIB);
	size_t lines = 0;
	routes_describe(&b);
	str text;
	assert_int_equal(buf_done(cx, &b, &text), OK);
	for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
	assert_int_equal(lines, routes_n);
	for (size_t i = 0; i < routes_n; i++) assert_true(str_contains(text, str_of(routes[i].path)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found_by_its_own_address),
		cmocka_unit_test(every_row_asks_for_what_its_kind_needs),
		cmocka_unit_test(other_methods_are_told_of),
		cmocka_unit_test(a_word_comes_before_a_slug),
		cmocka_unit_test(numbers_have_one_spelling),
		cmocka_unit_test(months_are_months),
		cmocka_unit_test(keys_are_hexadecimal_in_lower_case),
		cmocka_unit_test(slugs_are_bounded_and_else_free),
		cmocka_unit_test(odd_addresses_are_nowhere),
		cmocka_unit_test(the_table_is_told_whole),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
