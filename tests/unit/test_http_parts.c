/* The parts of src/http that need no server: cookies, codings, ranges, tags, targets, peers, the cache's bounds and generations. */
#define OWNS_MEMORY
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "http/cache_enter.h"
#include "http/cookie.h"
#include "http/form.h"
#include "http/negotiate.h"
#include "http/peer.h"
#include "http/wire.h"
#include "base/banned.h"

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

static void cookies_are_read_and_written(void **state)
{
	struct cx *cx = *state;
	struct params p;
	cookie_parse(cx, S("a=1; b=\"two\";c=; bad name=x; d=a b; =y; e; f=1,2; a=3"), &p);
	assert_int_equal(p.n, 4);
	assert_true(str_eq(param_get(&p, S("a")), S("1")) && str_eq(param_get(&p, S("b")), S("two")));
	assert_true(param_has(&p, S("c")) && param_get(&p, S("c")).n == 0);
	assert_true(param_get(&p, S("x")).p == NULL);
	assert_true(str_eq(cookie_make(cx, S("s"), S("v"), -1, false, S("/")), S("s=v; Path=/; HttpOnly; SameSite=Lax")));
	assert_true(str_eq(cookie_make(cx, S("s"), S(""), 0, true, S("/x")), S("s=; Path=/x; Max-Age=0; HttpOnly; SameSite=Lax; Secure")));
	char many[1000] = "";
	for (size_t i = 0; i < 60; i++) memcpy(many + 5 * i, "c=1; ", 6);
	cookie_parse(cx, str_of(many), &p);
	assert_int_equal(p.n, LIMIT_COOKIES);
}

static void the_best_coding_is_chosen(void **state)
{
	(void)state;
	const bool all[CODINGS] = { true, true, true }, gzip[CODINGS] = { true, true, false }, none[CODINGS] = { true };
	assert_int_equal(negotiate_coding(S("gzip, deflate, br"), all), CODING_BR);
	assert_int_equal(negotiate_coding(S("gzip, deflate, br"), gzip), CODING_GZIP);
	assert_int_equal(negotiate_coding(S("gzip, deflate, br"), none), CODING_IDENTITY);
	assert_int_equal(negotiate_coding(S("br;q=0.8, gzip;q=0.9"), all), CODING_GZIP);
	assert_int_equal(negotiate_coding(S(""), all), CODING_IDENTITY);
	assert_int_equal(negotiate_coding(S("gzip;q=nonsense"), all), CODING_IDENTITY);
	assert_int_equal(negotiate_coding(S("identity;q=0.5, gzip;q=0.4"), all), CODING_IDENTITY);
	assert_int_equal(negotiate_coding(S("*;q=0, identity"), all), CODING_IDENTITY);
}

static void tags_compare_strongly_or_weakly(void **state)
{
	(void)state;
	str tag = S("\"a\"");
	assert_true(etag_listed(S("\"x\", W/\"a\""), tag, false));
	assert_false(etag_listed(S("\"x\", W/\"a\""), tag, true));
	assert_true(etag_listed(S("\"x\",\"a\""), tag, true));
	assert_true(etag_listed(S("*"), tag, true));
	assert_false(etag_listed(S("a"), tag, false));
	assert_true(etag_listed(S("\"x,\\\", \"a\""), tag, false)); /* a comma or backslash inside a tag is a character like another */
}

static void hosts_are_told_from_nonsense(void **state)
{
	(void)state;
	static const char *const good[] = { "a", "a.example", "a.example:80", "a:", "192.0.2.1:8080", "[::1]", "[2001:db8::1]:443", "xn--e1aybc.example", "a_b" };
	static const char *const bad[] = { "", ":80", "a:b", "a:123456", "a b", "a/b", "a@b", "a,b c", "[::1", "[]", "[x]", "::1", "a\"", "%", "%4", "%zz", "a#b", "a?b" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(wire_is_host(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(wire_is_host(str_of(bad[i])));
}

static void targets_are_taken_apart(void **state)
{
	struct cx *cx = *state;
	struct wire_target t;
	assert_int_equal(wire_target(cx, S("http://a.example:8080?q=1"), &t), OK);
	assert_true(str_eq(t.path, S("/")) && str_eq(t.raw_query, S("q=1")) && str_eq(t.authority, S("a.example:8080")) && str_eq(t.target, S("/?q=1")));
	assert_int_equal(wire_target(cx, S("/caf%C3%A9/a%2Fb?x?y"), &t), OK);
	assert_true(str_eq(t.path, S("/caf\xc3\xa9/a/b")) && str_eq(t.raw_query, S("x?y")));
	assert_int_equal(wire_target(cx, S("/a..b/...?.."), &t), OK);
	assert_int_equal(wire_target(cx, S("/a/%2e%2e"), &t), INVALID);
	assert_int_equal(wire_target(cx, S("/a%2F.."), &t), INVALID);
	assert_int_equal(wire_target(cx, S(""), &t), INVALID);
}

static void queries_are_read_strictly(void **state)
{
	struct cx *cx = *state;
	struct params p;
	assert_int_equal(form_parse_query(cx, S("q=a+b&before=&x&q=2"), &p), OK);
	assert_int_equal(p.n, 4);
	assert_true(str_eq(param_get(&p, S("q")), S("a b")));
	assert_int_equal(form_parse_query(cx, S("q=%"), &p), INVALID);
	assert_int_equal(form_parse_query(cx, S("q=%00"), &p), INVALID);
	assert_int_equal(form_parse_query(cx, S("q=%e9"), &p), INVALID);
}

static uint64_t hash_of(struct peers *p, const char *address)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) return peers_hash(p, (struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return peers_hash(p, (struct sockaddr *)&v6);
}

/* What a form's parts are told in costs memory of its own, and a body with room for files has room for very many of them. */
static err read_parts(struct cx *cx, str part, int times)
{
	struct form_limits limits = { .body = 400 * MIB, .files = 8, .file = 50 * MIB, .keep_on = true, .spool_dir = "/dev/shm" };
	struct form_reader *r;
	struct form form;
	assert_int_equal(form_reader_new(cx, S("multipart/form-data; boundary=x"), &limits, &r), OK);
	for (int i = 0; i < times; i++) TRY(form_reader_feed(r, part.p, part.n));
	TRY(form_reader_feed(r, "--x--\r\n", 7));
	return form_reader_end(r, &form);
}

static void a_form_s_parts_cost_what_they_are_long(void **state)
{
	struct cx *cx = *state;
	struct buf crowded = buf_new(cx, 4 * KIB);
	buf_lit(&crowded, "--x\r\nContent-Disposition: form-data; ");
	for (int i = 0; i < 380; i++) buf_lit(&crowded, "a=\"\";");
	buf_lit(&crowded, "name=\"a\"; filename=\"\"\r\n\r\n\r\n");
	size_t before = arena_used(cx->arena);
	assert_int_equal(read_parts(cx, buf_view(&crowded), 200), OK);
	assert_true(arena_used(cx->arena) - before < 2 * MIB);
	assert_int_equal(read_parts(cx, S("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\"\r\n\r\n\r\n"), LIMIT_FORM_FIELDS), OK);
	assert_int_equal(read_parts(cx, S("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\"\r\n\r\n\r\n"), LIMIT_FORM_FIELDS + 1), LIMIT);
}

static void peers_are_hashed_and_counted(void **state)
{
	(void)state;
	struct peers *p = peers_new(100);
	uint64_t a = hash_of(p, "192.0.2.1"), b = hash_of(p, "2001:db8:1:2::3");
	assert_true(a == hash_of(p, "::ffff:192.0.2.1") && a != hash_of(p, "192.0.2.2"));
	assert_true(b == hash_of(p, "2001:db8:1:2:ffff::9") && b != hash_of(p, "2001:db8:1:3::3"));
	assert_true(a == peers_hash_text(p, S("192.0.2.1")) && a == peers_hash_text(p, S("192.0.2.1:1234")));
	assert_true(b == peers_hash_text(p, S("2001:db8:1:2::1")) && b == peers_hash_text(p, S("[2001:db8:1:2::1]:80")));
	assert_true(peers_hash_text(p, S("unknown")) == peers_hash_text(p, S("_secret")));
	peers_forget(p);
	assert_true(a != hash_of(p, "192.0.2.1"));
	/* counts come and go in any order, with hashes that share their place */
	for (uint64_t i = 0; i < 100; i++) peers_opened(p, (i % 10) << 40 | 5);
	for (uint64_t i = 0; i < 10; i++) assert_int_equal(peers_count(p, i << 40 | 5), 10);
	for (uint64_t i = 0; i < 50; i++) peers_closed(p, (i % 5) << 40 | 5);
	for (uint64_t i = 0; i < 10; i++) assert_int_equal(peers_count(p, i << 40 | 5), i < 5 ? 0 : 10);
	peers_free(p);
}

static struct page *page_of(struct cx *cx, struct cache *c, uint64_t key, size_t bytes)
{
	char *body = cx_alloc(cx, bytes);
	memset(body, 'b', bytes);
	struct response res = { .status = 200, .fd = -1, .body = { body, bytes } };
	response_depends(&res, c, key, false);
	return page_new(cx, &res);
}

static bool put(struct cx *cx, struct cache *c, const char *name, uint64_t key, size_t bytes)
{
	struct cache_seat seat;
	struct page *page;
	assert_int_equal(cache_enter(c, str_of(name), &seat, &page), CACHE_LEAD);
	page = page_of(cx, c, key, bytes);
	struct cache_landed landed = cache_land(c, &seat, page);
	assert_true(!landed.served && !landed.again);
	bool fresh = cache_is_true(c, page);
	page_drop(page);
	return fresh;
}

/* As a reader would, when nobody makes the page. */
static bool finds(struct cache *c, const char *name)
{
	struct cache_seat seat;
	struct page *p;
	enum cache_entry entry = cache_enter(c, str_of(name), &seat, &p);
	assert_int_not_equal(entry, CACHE_WAIT);
	if (entry == CACHE_LEAD) cache_land(c, &seat, NULL);
	else page_drop(p);
	return entry == CACHE_HIT;
}

/* Without being a reader. */
static bool has(struct cache *c, const char *name)
{
	struct page *p = cache_older(c, str_of(name));
	bool is_true = p && cache_is_true(c, p);
	page_drop(p);
	return is_true;
}

static void the_cache_keeps_within_its_bytes(void **state)
{
	struct cx *cx = *state;
	struct cache *c = cache_new(2 * MIB);
	char name[20];
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "/%d", i);
		assert_true(put(cx, c, name, 1, 10000));
		struct cache_stats st = cache_stats(c);
		assert_true(st.bytes <= 2 * MIB);
		if (i) assert_true(finds(c, "/0")); /* what is used stays */
	}
	assert_true(cache_stats(c).evictions > 500 && cache_stats(c).entries > 50);
	assert_true(put(cx, c, "/huge", 1, 1 * MIB)); /* true, but too large to keep */
	assert_false(finds(c, "/huge"));
	cache_free(c);
}

static bool has_older(struct cache *c, const char *name)
{
	struct page *p = cache_older(c, str_of(name));
	page_drop(p);
	return p != NULL;
}

static void an_older_page_may_stand_in_unless_something_was_taken_back(void **state)
{
	struct cx *cx = *state;
	struct cache *c = cache_new(2 * MIB);
	assert_true(put(cx, c, "/a", 1, 100) && put(cx, c, "/b", 2, 100));
	assert_false(has_older(c, "/never"));
	cache_bump(c, 1);
	assert_false(finds(c, "/a"));
	assert_true(has_older(c, "/a") && has_older(c, "/a"));
	assert_int_equal(cache_stats(c).stale, 1);
	assert_int_equal(cache_stats(c).older, 2);
	assert_true(put(cx, c, "/a", 1, 100)); /* takes its place */
	assert_true(finds(c, "/a") && has_older(c, "/a"));
	assert_int_equal(cache_stats(c).entries, 2);
	cache_bump(c, 1);
	cache_forbid(c, 1);
	assert_false(has_older(c, "/a"));
	assert_false(finds(c, "/a"));
	assert_int_equal(cache_stats(c).entries, 1); /* it is not kept either */
	assert_true(finds(c, "/b"));
	cache_forbid(c, 2);
	assert_false(finds(c, "/b"));
	assert_int_equal(cache_stats(c).bytes, 0);
	cache_free(c);
}

static void a_bump_makes_a_page_stale(void **state)
{
	struct cx *cx = *state;
	struct cache *c = cache_new(2 * MIB);
	assert_true(put(cx, c, "/a", 1, 100) && put(cx, c, "/b", 2, 100));
	cache_bump(c, 1);
	assert_false(finds(c, "/a"));
	assert_true(finds(c, "/b"));
	assert_int_equal(cache_stats(c).stale, 1);
	/* bumped between the reading of its data and its landing */
	struct cache_seat leader, waits, next, late;
	struct page *page, *none;
	assert_int_equal(cache_enter(c, S("/a"), &leader, &none), CACHE_LEAD);
	page = page_of(cx, c, 1, 100);
	cache_bump(c, 1);
	assert_int_equal(cache_enter(c, S("/a"), &waits, &none), CACHE_WAIT);
	assert_int_equal(cache_enter(c, S("/a"), &next, &none), CACHE_WAIT);
	struct cache_landed landed = cache_land(c, &leader, page);
	assert_ptr_equal(landed.again, &next);
	assert_null(landed.served);
	assert_true(next.leads);
	assert_false(has(c, "/a"));
	/* the next rendering is for who waited before it began, although it changed once more */
	assert_int_equal(cache_enter(c, S("/a"), &late, &none), CACHE_WAIT);
	landed = cache_land(c, &next, page);
	assert_true(landed.served == &waits && !waits.next);
	assert_true(landed.again == &late && late.leads);
	landed = cache_land(c, &late, NULL);
	assert_true(!landed.served && !landed.again);
	page_drop(page);
	cache_free(c);
}

static struct page *page_with_aside(struct cx *cx, struct cache *c, uint64_t own, uint64_t aside)
{
	struct response res = { .status = 200, .fd = -1, .body = S("told beside it") };
	response_depends(&res, c, own, false);
	response_depends(&res, c, aside, true);
	return page_new(cx, &res);
}

static void a_late_page_is_shown_while_another_is_made(void **state)
{
	struct cx *cx = *state;
	struct cache *c = cache_new(2 * MIB);
	struct cache_seat leader, other;
	struct page *none, *first, *second, *got;
	assert_int_equal(cache_enter(c, S("/a"), &leader, &none), CACHE_LEAD);
	first = page_with_aside(cx, c, 1, 2);
	cache_bump(c, 2); /* late before it landed: kept all the same */
	assert_int_equal(cache_enter(c, S("/a"), &other, &none), CACHE_WAIT);
	struct cache_landed landed = cache_land(c, &leader, first);
	assert_true(landed.served == &other && !landed.again);
	assert_false(has(c, "/a")); /* the next one makes it anew */
	assert_int_equal(cache_enter(c, S("/a"), &leader, &none), CACHE_LEAD);
	assert_int_equal(cache_enter(c, S("/a"), &other, &got), CACHE_HIT); /* and nobody waits for that */
	assert_ptr_equal(got, first);
	page_drop(got);
	second = page_with_aside(cx, c, 1, 2);
	landed = cache_land(c, &leader, second);
	assert_true(!landed.served && !landed.again);
	assert_int_equal(cache_enter(c, S("/a"), &leader, &got), CACHE_HIT);
	assert_ptr_equal(got, second);
	page_drop(got);
	/* Whoever changed the page's own matter sees what was written. */
	cache_bump(c, 2);
	assert_int_equal(cache_enter(c, S("/a"), &leader, &none), CACHE_LEAD);
	cache_bump(c, 1);
	assert_int_equal(cache_enter(c, S("/a"), &other, &none), CACHE_WAIT);
	landed = cache_land(c, &leader, NULL);
	assert_ptr_equal(landed.again, &other);
	page_drop(first);
	page_drop(second);
	cache_free(c);
}

static void a_late_page_is_not_shown_when_something_was_taken_back(void **state)
{
	struct cx *cx = *state;
	struct cache *c = cache_new(2 * MIB);
	struct cache_seat leader, other;
	struct page *none, *page;
	assert_int_equal(cache_enter(c, S("/a"), &leader, &none), CACHE_LEAD);
	page = page_with_aside(cx, c, 1, 2);
	cache_land(c, &leader, page);
	page_drop(page);
	assert_true(has(c, "/a"));
	cache_forbid(c, 2);
	assert_int_equal(cache_enter(c, S("/a"), &leader, &none), CACHE_LEAD);
	assert_int_equal(cache_enter(c, S("/a"), &other, &none), CACHE_WAIT);
	page = page_with_aside(cx, c, 1, 2);
	cache_forbid(c, 2);
	struct cache_landed landed = cache_land(c, &leader, page);
	assert_ptr_equal(landed.again, &other); /* it came before the page's data was read, but what is taken back is not shown to anybody */
	assert_false(has(c, "/a"));
	landed = cache_land(c, landed.again, NULL);
	assert_true(!landed.served && !landed.again);
	page_drop(page);
	cache_free(c);
}

static void what_is_both_aside_and_its_own_matter_is_its_own(void **state)
{
	(void)state;
	struct cache *c = cache_new(2 * MIB);
	struct response res = { 0 };
	response_depends(&res, c, 7, true);
	assert_true(res.deps.at[0].aside);
	response_depends(&res, c, 7, false);
	response_depends(&res, c, 7, true);
	assert_int_equal(res.deps.n, 1);
	assert_false(res.deps.at[0].aside);
	cache_free(c);
}

static void too_many_dependencies_make_it_uncacheable(void **state)
{
	(void)state;
	struct cache *c = cache_new(1 * MIB);
	struct response res = { .status = 200, .fd = -1 };
	for (uint64_t i = 0; i < 3; i++) response_depends(&res, c, 7, false);
	assert_int_equal(res.deps.n, 1);
	for (uint64_t i = 0; i < 100; i++) response_depends(&res, c, i, false);
	assert_true(res.deps.overflow);
	cache_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cookies_are_read_and_written, set_up, tear_down),
		cmocka_unit_test(the_best_coding_is_chosen),
		cmocka_unit_test(tags_compare_strongly_or_weakly),
		cmocka_unit_test(hosts_are_told_from_nonsense),
		cmocka_unit_test_setup_teardown(targets_are_taken_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(queries_are_read_strictly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_form_s_parts_cost_what_they_are_long, set_up, tear_down),
		cmocka_unit_test(peers_are_hashed_and_counted),
		cmocka_unit_test_setup_teardown(the_cache_keeps_within_its_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_bump_makes_a_page_stale, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_late_page_is_shown_while_another_is_made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_late_page_is_not_shown_when_something_was_taken_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_both_aside_and_its_own_matter_is_its_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_older_page_may_stand_in_unless_something_was_taken_back, set_up, tear_down),
		cmocka_unit_test(too_many_dependencies_make_it_uncacheable),
	};
	return cmocka_run_group_tests_name("http_parts", tests, NULL, NULL);
}
