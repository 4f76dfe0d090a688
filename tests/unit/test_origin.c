/* What browsers say of where a form comes from, in all the ways they say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "http/origin.h"
#include "base/banned.h"

#define URL S("https://wire.example:8443")

/* A field that is NULL is not sent. */
static enum origin_said said(const char *host, const char *origin, const char *site)
{
	struct param at[3];
	struct request req = { .method = METHOD_POST, .headers = { at, 0 } };
	if (host) at[req.headers.n++] = (struct param){ S("host"), str_of(host) };
	if (origin) at[req.headers.n++] = (struct param){ S("origin"), str_of(origin) };
	if (site) at[req.headers.n++] = (struct param){ S("sec-fetch-site"), str_of(site) };
	return origin_said(&req, URL);
}

static void fetch_metadata_comes_first(void **state)
{
	(void)state;
	assert_int_equal(said("wire.test", "null", "same-origin"), ORIGIN_HERE);
	assert_int_equal(said("wire.test", NULL, "none"), ORIGIN_HERE);
	assert_int_equal(said("wire.test", "http://wire.test", "cross-site"), ORIGIN_ELSEWHERE);
	assert_int_equal(said("wire.test", NULL, "same-site"), ORIGIN_ELSEWHERE);
	assert_int_equal(said("wire.test", "http://wire.test", "same-device"), ORIGIN_HERE);
	assert_int_equal(said("wire.test", "http://b.test", ""), ORIGIN_ELSEWHERE);
	assert_int_equal(said("wire.test", "null", "Cross-Site"), ORIGIN_UNSAID); /* not a word that browsers say */
}

static void what_names_no_host_says_nothing(void **state)
{
	static const char *const nothing[] = { NULL, "", "null", "NULL", "file://", "file:///", "about:blank", "http://", "://", "wire.test", "-", "data:", "http:///x" };
	(void)state;
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) assert_int_equal(said("wire.test", nothing[i], NULL), ORIGIN_UNSAID);
}

static void one_host_in_many_spellings(void **state)
{
	static const char *const pairs[][2] = {
		{ "wire.test", "http://wire.test" },           { "wire.test", "https://wire.test" },           { "wire.test:80", "http://wire.test" },
		{ "wire.test:443", "https://wire.test" },      { "wire.test:80", "https://wire.test" },        { "wire.test:8080", "http://wire.test:8080" },
		{ "WIRE.test:8080", "HTTP://wire.TEST:8080" }, { "wire.test.", "http://wire.test" },           { "wire.test", "http://wire.test." },
		{ "wire.test.:8080", "http://wire.test:8080" }, { "[fd00::20]", "http://[fd00::20]" },         { "[FD00::20]:8080", "http://[fd00::20]:8080" },
		{ "10.0.0.7:8080", "http://10.0.0.7:8080" },   { "127.0.0.1:9000", "https://wire.example:8443" }, { NULL, "https://wire.example:8443" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) assert_int_equal(said(pairs[i][0], pairs[i][1], NULL), ORIGIN_HERE);
}

static void another_port_of_our_host_proves_nothing_and_refuses_nothing(void **state)
{
	(void)state;
	assert_int_equal(said("news.test", "https://news.test:8443", NULL), ORIGIN_UNSAID);
	assert_int_equal(said("news.test:8080", "https://news.test", NULL), ORIGIN_UNSAID);
	assert_int_equal(said("[fd00::20]:1", "http://[fd00::20]:2", NULL), ORIGIN_UNSAID);
}

static void other_hosts_however_like_ours(void **state)
{
	static const char *const others[] = { "http://b.test", "http://b.wire.test", "http://test", "http://wire.tes", "http://wire.test.b.test", "http://awire.test",
		"http://wire.test@b.test", "http://b.test http://wire.test", "http://wire.test http://b.test", "moz-extension://wire", "http://[::1]", "http://[fd00::20", "http://wire.test..",
		"https://wire.example.b.test", "http://127.0.0.1" };
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) assert_int_equal(said("wire.test", others[i], NULL), ORIGIN_ELSEWHERE);
	assert_int_equal(said(NULL, "http://b.test", NULL), ORIGIN_ELSEWHERE);
	assert_int_equal(said("[fd00::20]:80", "http://[fd00::21]", NULL), ORIGIN_ELSEWHERE);
}

static bool driven(const char *name, const char *value)
{
	struct param at[] = { { S("host"), S("wire.test") }, { str_of(name), str_of(value) } };
	struct request req = { .method = METHOD_POST, .headers = { at, 2 } };
	return origin_may_be_driven(&req);
}

static void programs_and_text_browsers_are_driven_by_nobody(void **state)
{
	(void)state;
	assert_true(driven("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0"));
	assert_true(driven("origin", "null"));
	assert_true(driven("sec-fetch-site", "cross-site"));
	assert_true(driven("referer", "http://b.test/page"));
	assert_false(driven("user-agent", "curl/8.5.0"));
	assert_false(driven("user-agent", "w3m/0.5.3"));
	assert_false(driven("referer", "http://wire.test/login"));
	assert_false(driven("accept", "*/*"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(fetch_metadata_comes_first), cmocka_unit_test(what_names_no_host_says_nothing),
		cmocka_unit_test(one_host_in_many_spellings), cmocka_unit_test(another_port_of_our_host_proves_nothing_and_refuses_nothing),
		cmocka_unit_test(other_hosts_however_like_ours), cmocka_unit_test(programs_and_text_browsers_are_driven_by_nobody) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
