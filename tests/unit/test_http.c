/* The server over real sockets: what it answers, what it refuses, and that nothing is left behind. */
#define OWNS_MEMORY
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/limits.h"
#include "http_app.h"
#include "http_client.h"

static const struct http_config usual = {
	.workers = 2, .queue = 64, .connections = 2000, .connections_per_client = 1500, .idle_seconds = 30
};

static int start(void **state) { return (*state = site_start(usual, 1)) == NULL; }
static int stop(void **state) { return site_stop(*state, 5), 0; }

static int port_of(void **state) { return ((struct test_site *)*state)->port; }

static void expect_body(struct answer *a, int status, const char *body)
{
	assert_int_equal(a->status, status);
	assert_string_equal(a->body, body);
	answer_free(a);
}

static void a_page_is_served_and_the_connection_kept(void **state)
{
	struct client c = client_open(port_of(state));
	for (int i = 0; i < 3; i++) {
		client_say(&c, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
		struct answer a = client_hear(&c, false);
		assert_non_null(answer_header(&a, "date"));
		assert_null(answer_header(&a, "server"));
		assert_string_equal(answer_header(&a, "content-type"), "text/plain");
		expect_body(&a, 200, "hello\n");
	}
	client_close(&c);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	struct client c = client_open(port_of(state));
	client_say(&c, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
	               "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=1"
	               "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	struct answer a = client_hear(&c, false);
	expect_body(&a, 200, "hello\n");
	a = client_hear(&c, false);
	expect_body(&a, 404, "no such page\n");
	a = client_hear(&c, false);
	expect_body(&a, 200, "a=1;");
	a = client_hear(&c, true);
	assert_string_equal(answer_header(&a, "content-length"), "6");
	answer_free(&a);
	a = client_hear(&c, false);
	expect_body(&a, 200, "hello\n");
	assert_true(client_is_closed(&c));
	client_close(&c);
}

/* Each must be answered with its status and the connection closed behind it. */
static void malformed_requests_are_refused(void **state)
{
	static const struct {
		int status;
		const char *text;
		size_t n;
	} bad[] = {
#define BAD(status, text) { status, text, sizeof(text) - 1 }
		BAD(400, "GET /hello HTTP/1.1\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: me@a\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a:b\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost\t: a\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\n Host: a\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\nY: z\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX\r: y\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\0\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: \0\r\nY: z\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX\0: y\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nX: y\x01\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\r\n: noname\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1\nHost: a\n\n"),
		BAD(400, "GET /hello HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
		BAD(400, "GET /hel\0lo HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello  HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello#x HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello%00 HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello%c3 HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /../hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /x/%2e%2E/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello?q=%4 HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello?q=%ff HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET ftp://a/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET http:///hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello HTTP/1.1x\r\nHost: a\r\n\r\n"),
		BAD(400, "GET /hello http/1.1\r\nHost: a\r\n\r\n"),
		BAD(505, "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n"),
		BAD(501, "TRACE /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(501, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(501, "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(501, "get /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(501, "PROPFIND /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
		BAD(400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		BAD(400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
		BAD(400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"),
		BAD(400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		BAD(400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
		BAD(400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
		BAD(501, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
		BAD(501, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"),
		BAD(400, "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		BAD(400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
		BAD(413, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
		         "fffffffffffffffff\r\n"),
#undef BAD
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct client c = client_open(port_of(state));
		client_send(&c, bad[i].text, bad[i].n);
		struct answer a = client_hear(&c, false);
		if (a.status != bad[i].status) print_error("%s\n", bad[i].text);
		assert_int_equal(a.status, bad[i].status);
		assert_string_equal(answer_header(&a, "connection"), "close");
		bool closed = client_is_closed(&c);
		if (!closed) print_error("not closed: %s\n", bad[i].text);
		assert_true(closed);
		answer_free(&a);
		client_close(&c);
	}
}

/* The library would refuse these itself, and say its headers twice as it does. */
static void malformed_lengths_are_refused(void **state)
{
	static const struct {
		int status;
		const char *text;
	} bad[] = {
		{ 400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc" },
		{ 400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc" },
		{ 400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc" },
		{ 400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc" },
		{ 400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nabc" },
		{ 413, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nabc" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct client c = client_open(port_of(state));
		client_say(&c, bad[i].text);
		struct answer a = client_hear(&c, false);
		assert_int_equal(a.status, bad[i].status);
		assert_string_equal(answer_header(&a, "connection"), "close");
		assert_string_equal(a.body, bad[i].status == 400 ? "refused 400\n" : "refused 413\n");
		assert_true(client_is_closed(&c));
		answer_free(&a);
		client_close(&c);
	}
	struct client c = client_open(port_of(state)); /* what came before it is answered as ever, what comes after it never */
	client_say(&c, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3x\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	struct answer a = client_hear(&c, false);
	expect_body(&a, 200, "hello\n");
	a = client_hear(&c, false);
	expect_body(&a, 400, "refused 400\n");
	assert_true(client_is_closed(&c));
	client_close(&c);
}

/* The end of what a client says may come together with its request. */
static void who_says_no_more_is_not_waited_for(void **state)
{
	for (int i = 0; i < 3; i++) {
		struct client c = client_open(port_of(state));
		client_say(&c, i ? "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n" : "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
		shutdown(c.fd, SHUT_WR);
		struct answer a = client_hear(&c, i == 0);
		assert_int_equal(a.status, i ? 200 : 204);
		answer_free(&a);
		assert_true(client_is_closed(&c));
		client_close(&c);
	}
}

static void lines_that_are_no_request_end_the_connection(void **state)
{
	static const char *const bad[] = { "GARBAGE\r\n\r\n", "\x16\x03\x01\x02\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct client c = client_open(port_of(state));
		client_say(&c, bad[i]);
		struct answer a = client_hear(&c, false);
		assert_true(a.status == 0 || a.status == 400);
		assert_true(client_is_closed(&c));
		answer_free(&a);
		client_close(&c);
	}
}

static void good_but_unusual_requests_are_served(void **state)
{
	static const char *const good[] = {
		"GET /hello HTTP/1.0\r\n\r\n",
		"\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: a:8080\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost:a\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHOST: \t a \t\r\nX:\r\nY: \r\n\r\n",
		"GET http://other.example/hello HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /hell%6F?x=%20&&y HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
		"GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct answer a = client_ask(port_of(state), good[i]);
		if (a.status != 200) print_error("%s\n", good[i]);
		expect_body(&a, 200, "hello\n");
	}
	struct answer a = client_ask(port_of(state), "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(a.status, 204);
	answer_free(&a);
}

static void a_known_method_that_the_page_has_not_is_405(void **state)
{
	static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH", "OPTIONS" };
	struct client c = client_open(port_of(state));
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		char text[200];
		snprintf(text, sizeof text, "%s /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", methods[i]);
		client_say(&c, text);
		struct answer a = client_hear(&c, false);
		assert_int_equal(a.status, 405);
		assert_string_equal(answer_header(&a, "allow"), "GET, HEAD");
		answer_free(&a);
	}
	client_close(&c);
}

static void long_targets_and_heads_are_refused(void **state)
{
	char *text = calloc(1, 200000);
	strcpy(text, "GET /");
	memset(text + 5, 'a', 9000);
	strcat(text, " HTTP/1.1\r\nHost: a\r\n\r\n");
	struct answer a = client_ask(port_of(state), text);
	assert_int_equal(a.status, 414);
	answer_free(&a);
	strcpy(text, "GET /hello HTTP/1.1\r\nHost: a\r\nX: ");
	memset(text + strlen(text), 'a', 33000);
	strcat(text, "\r\n\r\n");
	a = client_ask(port_of(state), text);
	assert_int_equal(a.status, 431);
	answer_free(&a);
	strcpy(text, "GET /hello HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 140; i++) strcat(text, "X: y\r\n");
	strcat(text, "\r\n");
	a = client_ask(port_of(state), text);
	assert_int_equal(a.status, 431);
	answer_free(&a);
	/* what is just within the limit, in small pieces */
	struct client c = client_open(port_of(state));
	client_say(&c, "GET /hello HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 50; i++) {
		memset(text, 'b', 280);
		text[0] = 'X', text[1] = ':';
		text[278] = '\r', text[279] = '\n';
		client_send(&c, text, 280);
	}
	client_say(&c, "\r\n");
	a = client_hear(&c, false);
	expect_body(&a, 200, "hello\n");
	client_close(&c);
	free(text);
}

static void head_has_the_headers_of_get(void **state)
{
	static const char *const paths[] = { "/hello", "/page", "/file", "/nowhere" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char text[200];
		struct answer a[2];
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
		a[0] = client_ask(port_of(state), text);
		snprintf(text, sizeof text, "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
		a[1] = client_ask(port_of(state), text);
		memcpy(strstr(a[0].head, "Date"), strstr(a[1].head, "Date"), 35);
		assert_string_equal(a[0].head, a[1].head);
		answer_free(&a[0]);
		answer_free(&a[1]);
	}
}

static void a_cached_page_is_rendered_once_until_it_changes(void **state)
{
	struct test_site *s = *state;
	for (int i = 0; i < 3; i++) {
		struct answer a = client_ask(s->port, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
		assert_int_equal(a.status, 200);
		assert_memory_equal(a.body, "render 1\n", 9);
		assert_non_null(answer_header(&a, "etag"));
		answer_free(&a);
	}
	assert_int_equal(s->renders, 1);
	assert_int_equal(cache_stats(s->cache).hits + http_server_stats(s->server).at_hand, 2);
	cache_bump(s->cache, SITE_PAGE_KEY);
	struct answer a = client_ask(s->port, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_memory_equal(a.body, "render 2\n", 9);
	answer_free(&a);
	a = client_ask(s->port, "GET /page?a=1 HTTP/1.1\r\nHost: a\r\n\r\n"); /* another address, another page */
	assert_memory_equal(a.body, "render 3\n", 9);
	answer_free(&a);
	a = client_ask(s->port, "GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_memory_equal(a.body, "render 2\n", 9);
	answer_free(&a);
}

#define GATED "GET /gated-page HTTP/1.1\r\nHost: a\r\n\r\n"

static void expect_render(struct test_site *s, int which)
{
	char expected[20];
	struct answer a = client_ask(s->port, GATED);
	snprintf(expected, sizeof expected, "render %d\n", which);
	assert_int_equal(a.status, 200);
	assert_memory_equal(a.body, expected, strlen(expected));
	answer_free(&a);
}

static void what_was_bumped_while_rendering_is_not_kept(void **state)
{
	struct test_site *s = *state;
	struct client first = client_open(s->port), second = client_open(s->port);
	client_say(&first, GATED);
	gate_await(&s->gate, 1);
	cache_bump(s->cache, SITE_PAGE_KEY);
	client_say(&second, GATED);
	while (cache_stats(s->cache).misses < 2) sched_yield();
	gate_set(&s->gate, true);
	struct answer a = client_hear(&first, false), b = client_hear(&second, false);
	assert_int_equal(a.status, 200);
	assert_int_equal(b.status, 200);
	assert_memory_equal(a.body, "render 1\n", 9);
	assert_memory_equal(b.body, "render 2\n", 9);
	assert_int_equal(s->renders, 2);
	answer_free(&a);
	answer_free(&b);
	client_close(&first);
	client_close(&second);
}

static void who_asks_while_a_late_page_is_made_anew_does_not_wait(void **state)
{
	struct test_site *s = *state;
	struct client first = client_open(s->port), second = client_open(s->port);
	gate_set(&s->gate, true);
	expect_render(s, 1);
	cache_bump(s->cache, SITE_ASIDE_KEY);
	gate_set(&s->gate, false);
	client_say(&first, GATED);
	gate_await(&s->gate, 1);
	for (int i = 0; i < 3; i++) {
		client_say(&second, GATED);
		struct answer a = client_hear(&second, false);
		assert_memory_equal(a.body, "render 1\n", 9);
		answer_free(&a);
	}
	gate_set(&s->gate, true);
	struct answer a = client_hear(&first, false);
	assert_memory_equal(a.body, "render 2\n", 9);
	answer_free(&a);
	expect_render(s, 2);
	assert_int_equal(s->renders, 2);
	client_close(&first);
	client_close(&second);
}

static void who_asks_for_the_head_alone_shares_the_rendering(void **state)
{
	struct test_site *s = *state;
	enum { N = 5 };
	struct client c[N];
	gate_set(&s->gate, false);
	for (int i = 0; i < N; i++) {
		c[i] = client_open(s->port);
		client_say(&c[i], "HEAD /gated-page HTTP/1.1\r\nHost: a\r\n\r\n");
		if (i == 0) gate_await(&s->gate, 1);
	}
	while (cache_stats(s->cache).misses < N) sched_yield();
	gate_set(&s->gate, true);
	for (int i = 0; i < N; i++) {
		struct answer a = client_hear(&c[i], true);
		assert_int_equal(a.status, 200);
		assert_int_equal(a.body_n, 0);
		answer_free(&a);
		client_close(&c[i]);
	}
	expect_render(s, 1); /* and it was kept */
	assert_int_equal(s->renders, 1);
}

/* However often it changes meanwhile: one rendering at a time, and nobody waits for more than two. */
static void a_crowd_before_a_page_that_keeps_changing_costs_little(void **state)
{
	struct test_site *s = *state;
	enum { N = 60, EACH = 20 };
	struct client c[N];
	for (int i = 0; i < N; i++) {
		c[i] = client_open(s->port);
		client_say(&c[i], GATED);
		while (cache_stats(s->cache).misses <= (uint64_t)i) sched_yield();
		if (i % EACH != EACH - 1) continue;
		/* All wait for a rendering that is no longer true; what comes of it is for who came before it began. */
		gate_await(&s->gate, 1);
		cache_bump(s->cache, SITE_PAGE_KEY);
		gate_step(&s->gate);
	}
	gate_set(&s->gate, true);
	for (int i = 0; i < N; i++) {
		struct answer a = client_hear(&c[i], false);
		assert_int_equal(a.status, 200);
		answer_free(&a);
		client_close(&c[i]);
	}
	assert_in_range(s->renders, 2, N / EACH + 1); /* fewer where a rendering began only after the next change */
}

static void many_who_ask_at_once_share_one_rendering(void **state)
{
	struct test_site *s = *state;
	enum { N = 50 };
	struct client c[N];
	gate_set(&s->gate, false);
	for (int i = 0; i < N; i++) {
		c[i] = client_open(s->port);
		client_say(&c[i], GATED);
	}
	gate_await(&s->gate, 1);
	while (cache_stats(s->cache).misses < N) sched_yield();
	gate_set(&s->gate, true);
	for (int i = 0; i < N; i++) {
		struct answer a = client_hear(&c[i], false);
		assert_int_equal(a.status, 200);
		answer_free(&a);
		client_close(&c[i]);
	}
	assert_int_equal(s->renders, 1);
}

static void what_sets_a_cookie_is_never_kept(void **state)
{
	struct test_site *s = *state;
	for (int i = 1; i <= 3; i++) {
		char expected[20];
		struct answer a = client_ask(s->port, "GET /private HTTP/1.1\r\nHost: a\r\n\r\n");
		assert_string_equal(answer_header(&a, "set-cookie"), "visitor=1; Path=/; HttpOnly; SameSite=Lax");
		snprintf(expected, sizeof expected, "render %d\n", i);
		expect_body(&a, 200, expected);
	}
	assert_int_equal(cache_stats(s->cache).entries, 0);
}

static void an_unchanged_page_is_304(void **state)
{
	static const char *const paths[] = { "/page", "/file" };
	for (size_t i = 0; i < 2; i++) {
		char text[400], etag[100];
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
		struct answer a = client_ask(port_of(state), text);
		snprintf(etag, sizeof etag, "%s", answer_header(&a, "etag"));
		answer_free(&a);
		static const char *const prefix[] = { "", "W/", "\"x\", " };
		for (size_t j = 0; j < 4; j++) {
			char list[200];
			snprintf(list, sizeof list, "%s%s", j < 3 ? prefix[j] : "*", j < 3 ? etag : "");
			snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nIf-None-Match: %s\r\n\r\n", paths[i], list);
			a = client_ask(port_of(state), text);
			assert_int_equal(a.status, 304);
			assert_string_equal(answer_header(&a, "etag"), etag);
			assert_null(answer_header(&a, "content-type"));
			answer_free(&a);
		}
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\n\r\n", paths[i]);
		a = client_ask(port_of(state), text);
		assert_int_equal(a.status, 200);
		answer_free(&a);
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n", paths[i]);
		a = client_ask(port_of(state), text);
		assert_int_equal(a.status, 412);
		answer_free(&a);
	}
}

static void codings_are_sent_as_the_client_likes_them(void **state)
{
	static const struct {
		const char *accept, *coding;
	} cases[] = {
		{ "gzip", "gzip" }, { "gzip, br", "br" }, { "br;q=0.5, gzip", "gzip" }, { "gzip;q=0", NULL }, { "*", "br" },
		{ "identity;q=1, gzip;q=0.5", NULL }, { "deflate", NULL }, { "br;q=0, *", "gzip" }, { "GZIP", "gzip" },
	};
	char etags[3][100] = { 0 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[300];
		snprintf(text, sizeof text, "GET /page HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %s\r\n\r\n", cases[i].accept);
		struct answer a = client_ask(port_of(state), text);
		const char *coding = answer_header(&a, "content-encoding");
		if (!cases[i].coding) assert_null(coding);
		else assert_string_equal(coding, cases[i].coding);
		assert_string_equal(answer_header(&a, "vary"), "Accept-Encoding");
		int which = !cases[i].coding ? 0 : cases[i].coding[0] == 'g' ? 1 : 2;
		snprintf(etags[which], sizeof etags[which], "%s", answer_header(&a, "etag"));
		if (which == 1) {
			char plain[100];
			z_stream z = { .next_in = (unsigned char *)a.body, .avail_in = (uInt)a.body_n, .next_out = (unsigned char *)plain,
				.avail_out = sizeof plain };
			inflateInit2(&z, 31);
			inflate(&z, Z_SYNC_FLUSH);
			inflateEnd(&z);
			assert_memory_equal(plain, "render 1\n", 9);
		}
		answer_free(&a);
	}
	assert_string_not_equal(etags[0], etags[1]);
	assert_string_not_equal(etags[1], etags[2]);
}

static void files_come_whole_or_in_ranges(void **state)
{
	static const struct {
		const char *range, *extra;
		int status;
		const char *content_range, *body;
	} cases[] = {
		{ "bytes=0-9", "", 206, "bytes 0-9/100000", "000000000\n" },
		{ "bytes=99990-", "", 206, "bytes 99990-99999/100000", "000099990\n" },
		{ "bytes=-10", "", 206, "bytes 99990-99999/100000", "000099990\n" },
		{ "bytes=99990-200000", "", 206, "bytes 99990-99999/100000", "000099990\n" },
		{ "bytes=100000-", "", 416, "bytes */100000", "" },
		{ "bytes=-0", "", 416, "bytes */100000", "" },
		{ "bytes=0-9,20-29", "", 200, NULL, NULL },
		{ "bytes=9-0", "", 200, NULL, NULL },
		{ "lines=0-9", "", 200, NULL, NULL },
		{ "bytes=0-9", "If-Range: \"abc123\"\r\n", 206, "bytes 0-9/100000", "000000000\n" },
		{ "bytes=0-9", "If-Range: \"other\"\r\n", 200, NULL, NULL },
		{ "bytes=0-9", "If-Range: Tue, 01 Jan 2019 00:00:00 GMT\r\n", 200, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[300];
		snprintf(text, sizeof text, "GET /file HTTP/1.1\r\nHost: a\r\n%sRange: %s\r\n\r\n", cases[i].extra, cases[i].range);
		struct answer a = client_ask(port_of(state), text);
		assert_int_equal(a.status, cases[i].status);
		if (cases[i].content_range) assert_string_equal(answer_header(&a, "content-range"), cases[i].content_range);
		else assert_null(answer_header(&a, "content-range"));
		if (cases[i].body) assert_string_equal(a.body, cases[i].body);
		else assert_int_equal(a.body_n, 100000);
		answer_free(&a);
	}
}

static void a_large_body_arrives_whole(void **state)
{
	struct answer a = client_ask(port_of(state), "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(a.body_n, 3 * MIB);
	for (size_t i = 0; i < a.body_n; i++) assert_int_equal(a.body[i], 'x');
	answer_free(&a);
}

#define MULTIPART(boundary) "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=" boundary "\r\n"

static void a_multipart_form_is_read_in_pieces_of_one_byte(void **state)
{
	static const char body[] = "--XX\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nA \xc3\xa9 title\r\n"
	                           "--XX\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\none\r\ntwo\r\n--X\r\n\r\n"
	                           "--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n"
	                           "Content-Type: text/plain\r\n\r\ncontents\r\n--XX--\r\n";
	char head[300];
	snprintf(head, sizeof head, MULTIPART("XX") "Content-Length: %zu\r\n\r\n", sizeof body - 1);
	struct client c = client_open(port_of(state));
	for (const char *p = head; *p; p++) client_send(&c, p, 1);
	for (size_t i = 0; i < sizeof body - 1; i++) client_send(&c, body + i, 1);
	struct answer a = client_hear(&c, false);
	expect_body(&a, 200, "title=A \xc3\xa9 title;body=one\ntwo\n--X\n;[files a.txt 8 contents]");
	client_say(&c, MULTIPART("XX") "Transfer-Encoding: chunked\r\n\r\n"); /* and in chunks */
	for (size_t i = 0; i < sizeof body - 1; i += 7) {
		char chunk[20];
		size_t n = sizeof body - 1 - i < 7 ? sizeof body - 1 - i : 7;
		client_send(&c, chunk, (size_t)snprintf(chunk, sizeof chunk, "%zx\r\n%.*s\r\n", n, (int)n, body + i));
	}
	client_say(&c, "0\r\nTrailer: x\r\n\r\n");
	a = client_hear(&c, false);
	expect_body(&a, 200, "title=A \xc3\xa9 title;body=one\ntwo\n--X\n;[files a.txt 8 contents]");
	client_close(&c);
}

/* Long enough to be read apart from the listener: whole, however it is cut, and what follows on the connection is understood. */
static void a_large_form_is_read_apart(void **state)
{
	enum { BYTES = 140000 };
	static const char head[] = "--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.bin\"\r\n\r\n", end[] = "\r\n--XX\r\nContent-Disposition: form-data; "
	                           "name=\"last\"\r\n\r\nwords\r\n--XX--\r\n", after[] = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
	struct cx *cx = cx_new();
	struct buf body = buf_new(cx, 1 * MIB), sent;
	char expected[16];
	uint32_t luck = 20040521;
	buf_str(&body, str_of(head));
	for (size_t i = 0; i < BYTES; i++) buf_char(&body, (char)((luck = luck * 1664525 + 1013904223) >> 24));
	uint32_t sum = sum_add(0, body.p + sizeof head - 1, BYTES);
	buf_str(&body, str_of(end));
	snprintf(expected, sizeof expected, " %08x]", sum);
	for (size_t cut = 0; cut <= 200000; cut = cut ? cut * 7 : 5) { /* 0: not in chunks */
		struct client c = client_open(port_of(state));
		sent = buf_new(cx, 1 * MIB);
		if (cut == 0) buf_fmt(&sent, MULTIPART("XX") "Content-Length: %zu\r\n\r\n", body.n);
		else buf_lit(&sent, MULTIPART("XX") "Transfer-Encoding: chunked\r\n\r\n");
		for (size_t i = 0; i < body.n; i += cut ? cut : body.n) {
			str part = str_sub(buf_view(&body), i, cut ? cut : body.n);
			if (cut) buf_fmt(&sent, "%zx\r\n", part.n);
			buf_str(&sent, part);
			if (cut) buf_lit(&sent, "\r\n");
		}
		if (cut) buf_lit(&sent, "0\r\n\r\n");
		buf_str(&sent, str_of(after));
		client_send(&c, sent.p, sent.n);
		struct answer a = client_hear(&c, false);
		assert_int_equal(a.status, 200);
		assert_non_null(strstr(a.body, "last=words;[files a.bin 140000 "));
		assert_string_equal(a.body + a.body_n - strlen(expected), expected);
		answer_free(&a);
		a = client_hear(&c, false);
		expect_body(&a, 200, "hello\n");
		client_close(&c);
	}
	cx_end(cx);
}

static void broken_forms_are_told_apart(void **state)
{
	static const struct {
		int status;
		const char *type, *body, *answer;
	} cases[] = {
		{ 200, "application/x-www-form-urlencoded", "a=%ff&b=2", "a=;b=2;broken:a" },
		{ 200, "application/x-www-form-urlencoded", "a=1&b=%00", "a=1;b=;broken:b" },
		{ 200, "application/x-www-form-urlencoded;charset=UTF-8", "a=1%0D%0A2+3%2B&&=x&c", "a=1\n2 3+;=x;c=;" },
		{ 400, "application/x-www-form-urlencoded", "%ff=1", NULL },
		{ 400, "multipart/form-data; boundary=XX", "--XX\r\nno colon\r\n\r\nx\r\n--XX--", NULL },
		{ 400, "multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", NULL },
		{ 415, "multipart/form-data", "--XX--", NULL },
		{ 415, "text/plain", "hello", NULL },
		{ 415, "", "hello", NULL },
	};
	struct client c = client_open(port_of(state));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[1000];
		snprintf(text, sizeof text, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		    cases[i].type, strlen(cases[i].body), cases[i].body);
		client_say(&c, text);
		struct answer a = client_hear(&c, false);
		assert_int_equal(a.status, cases[i].status);
		if (cases[i].answer) assert_string_equal(a.body, cases[i].answer);
		answer_free(&a);
	}
	client_close(&c);
}

static void bodies_past_the_limit_are_413(void **state)
{
	/* by its length, with a body on its way: the answer is heard although nobody reads all of it */
	struct client c = client_open(port_of(state));
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000\r\n\r\n");
	char *piece = malloc(1000000);
	memset(piece, 'a', 1000000);
	client_send(&c, piece, 1000000);
	struct answer a = client_hear(&c, false);
	expect_body(&a, 413, "refused 413\n");
	client_close(&c);
	/* by what came, in chunks */
	c = client_open(port_of(state));
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n7a120\r\n");
	client_send(&c, piece, 500000);
	a = client_hear(&c, false);
	expect_body(&a, 413, "refused 413\n");
	client_close(&c);
	/* a file that is too large inside a body that is not */
	char head[400];
	static const char part[] = "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n";
	c = client_open(port_of(state));
	snprintf(head, sizeof head, MULTIPART("X") "Content-Length: 170000\r\n\r\n%s", part);
	client_say(&c, head);
	client_send(&c, piece, 170000 - sizeof part + 1);
	a = client_hear(&c, false);
	expect_body(&a, 413, "refused 413\n");
	/* little was left of that body, so the connection goes on */
	client_say(&c, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	a = client_hear(&c, false);
	expect_body(&a, 200, "hello\n");
	client_close(&c);
	free(piece);
}

static void a_spool_that_cannot_be_written_is_503(void **state)
{
	(void)state;
	struct http_config config = usual;
	config.spool_dir = "/proc/self/no-such-folder";
	struct test_site *s = site_start(config, 1);
	static char text[50000]; /* more than is kept in memory */
	static const char part[] = "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n", end[] = "\r\n--X--\r\n";
	snprintf(text, sizeof text, MULTIPART("X") "Content-Length: %zu\r\n\r\n%s%040000d%s", sizeof part - 1 + 40000 + sizeof end - 1, part, 0, end);
	struct answer a = client_ask(s->port, text);
	expect_body(&a, 503, "refused 503\n");
	site_stop(s, 5);
}

static void who_expects_100_is_told_before_it_sends(void **state)
{
	struct client c = client_open(port_of(state));
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	               "Content-Length: 3\r\n\r\n");
	struct answer a = client_hear(&c, false);
	assert_int_equal(a.status, 100);
	answer_free(&a);
	client_say(&c, "a=1");
	a = client_hear(&c, false);
	expect_body(&a, 200, "a=1;");
	client_say(&c, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	               "Content-Length: 3000000\r\n\r\n");
	a = client_hear(&c, false);
	expect_body(&a, 413, "refused 413\n");
	assert_true(client_is_closed(&c));
	client_close(&c);
}

static void queries_and_cookies_reach_the_handler(void **state)
{
	struct answer a = client_ask(port_of(state), "GET /show?q=a+b%26&q=2 HTTP/1.1\r\nHost: a\r\nCookie: x=1; bad name=2; c=3\r\nCookie: d=4\r\n\r\n");
	expect_body(&a, 200, "q=a b& c=3 t=/show?q=a+b%26&q=2\n");
}

static void peers_are_numbers_that_are_forgotten(void **state)
{
	struct test_site *s = *state;
	struct answer a = client_ask(s->port, "GET /who HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n");
	struct answer b = client_ask(s->port, "GET /who HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n\r\n");
	assert_memory_equal(a.body, b.body, 16); /* no proxy was announced, so its word counts for nothing */
	assert_string_equal(a.body + 16, " secure=0 operators=0 xff=0\n");
	assert_string_equal(b.body + 16, " secure=0 operators=0 xff=0\n");
	http_server_forget_peers(s->server);
	struct answer c = client_ask(s->port, "GET /who HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_memory_not_equal(a.body, c.body, 16);
	answer_free(&a);
	answer_free(&b);
	answer_free(&c);
}

static void a_proxy_on_this_machine_is_believed(void **state)
{
	(void)state;
	struct http_config config = usual;
	config.behind_proxy = true;
	config.connections_per_client = 1;
	struct test_site *s = site_start(config, 1);
	struct answer a[4];
	static const char *const from[] = { "192.0.2.1", "203.0.113.9, 192.0.2.1", "2001:db8::1", "[2001:db8::ffff]:99" };
	for (int i = 0; i < 4; i++) {
		char text[300];
		snprintf(text, sizeof text, "GET /who HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: %s\r\nX-Forwarded-Proto: https\r\n\r\n", from[i]);
		a[i] = client_ask(s->port, text);
		assert_string_equal(a[i].body + 16, " secure=1 operators=0 xff=0\n");
	}
	assert_memory_equal(a[0].body, a[1].body, 16);
	assert_memory_equal(a[2].body, a[3].body, 16); /* one /64 */
	assert_memory_not_equal(a[0].body, a[2].body, 16);
	for (int i = 0; i < 4; i++) answer_free(&a[i]);
	site_stop(s, 5);
}

static void a_full_queue_is_503(void **state)
{
	(void)state;
	struct http_config config = usual;
	config.workers = 1;
	config.queue = 1;
	struct test_site *s = site_start(config, 1);
	struct client busy = client_open(s->port), queued = client_open(s->port);
	client_say(&busy, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
	gate_await(&s->gate, 1);
	client_say(&queued, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
	while (http_server_stats(s->server).queue_now < 1) sched_yield();
	struct answer a = client_ask(s->port, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_string_equal(answer_header(&a, "retry-after"), "2");
	expect_body(&a, 503, "refused 503\n");
	gate_set(&s->gate, true);
	a = client_hear(&busy, false);
	expect_body(&a, 200, "through\n");
	a = client_hear(&queued, false);
	expect_body(&a, 200, "through\n");
	client_close(&busy);
	client_close(&queued);
	site_stop(s, 5);
}

/* Three connections may be open: the fourth is answered, and of the others the one that was silent for longest and has no worker ends. */
static void room_is_made(struct http_config config)
{
	struct test_site *s = site_start(config, 1);
	struct client busy = client_open(s->port), silent = client_open(s->port), lively = client_open(s->port);
	client_say(&busy, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
	gate_await(&s->gate, 1);
	client_say(&silent, "GET /hello HTTP/1.1\r\nHo");
	while (http_server_stats(s->server).connections_now < 3) sched_yield();
	client_say(&lively, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	struct answer a = client_hear(&lively, false);
	expect_body(&a, 200, "hello\n");
	a = client_ask(s->port, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	expect_body(&a, 200, "hello\n");
	assert_true(client_is_closed(&silent));
	client_say(&lively, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	a = client_hear(&lively, false);
	expect_body(&a, 200, "hello\n");
	gate_set(&s->gate, true);
	a = client_hear(&busy, false);
	expect_body(&a, 200, "through\n");
	assert_int_equal(http_server_stats(s->server).cut, 1);
	client_close(&busy);
	client_close(&silent);
	client_close(&lively);
	site_stop(s, 5);
}

static void a_client_has_only_so_many_connections(void **state)
{
	(void)state;
	struct http_config config = usual;
	config.connections_per_client = 3;
	room_is_made(config);
}

static void all_clients_have_only_so_many_connections(void **state)
{
	(void)state;
	struct http_config config = usual;
	config.connections = 3;
	room_is_made(config);
}

static void nobody_is_cut_off_whose_request_is_worked_on(void **state)
{
	(void)state;
	struct http_config config = usual;
	config.connections_per_client = 2;
	struct test_site *s = site_start(config, 1);
	struct client busy[2] = { client_open(s->port), client_open(s->port) };
	for (int i = 0; i < 2; i++) client_say(&busy[i], "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
	gate_await(&s->gate, 2);
	struct answer a = client_ask(s->port, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(a.status, 0);
	answer_free(&a);
	gate_set(&s->gate, true);
	for (int i = 0; i < 2; i++) {
		a = client_hear(&busy[i], false);
		expect_body(&a, 200, "through\n");
		client_close(&busy[i]);
	}
	site_stop(s, 5);
}

static void slow_clients_are_let_go(void **state)
{
	(void)state;
	struct http_config config = usual;
	config.idle_seconds = 1;
	struct test_site *s = site_start(config, 1);
	struct client idle = client_open(s->port), head = client_open(s->port), body = client_open(s->port);
	client_say(&head, "GET /hello HTTP/1.1\r\nHost:");
	client_say(&body, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na=");
	assert_true(client_is_closed(&idle));
	struct answer a = client_hear(&head, false);
	assert_true(a.status == 408 || a.status == 0);
	answer_free(&a);
	a = client_hear(&body, false);
	assert_true(a.status == 408 || a.status == 0);
	answer_free(&a);
	client_close(&idle);
	client_close(&head);
	client_close(&body);
	site_stop(s, 5);
}

/* A closed loop: each connection asks again when it was answered. The library's own polling thread stands still here. */
static void lock_step(int n, const char *path)
{
	struct test_site *s = site_start(usual, 1);
	struct client *c = calloc((size_t)n, sizeof *c);
	char text[100];
	snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
	for (int i = 0; i < n; i++) c[i] = client_open(s->port);
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < n; i++) client_say(&c[i], text);
		for (int i = 0; i < n; i++) {
			struct answer a = client_hear(&c[i], false);
			assert_true(a.status == 200 || a.status == 503);
			answer_free(&a);
		}
	}
	for (int i = 0; i < n; i++) client_close(&c[i]);
	free(c);
	site_stop(s, 5);
}

static void connections_in_lock_step_do_not_stall(void **state)
{
	(void)state;
	lock_step(128, "/page");
	lock_step(256, "/page");
	lock_step(512, "/page");
	lock_step(256, "/hello");
	lock_step(512, "/hello");
}

static void stopping_finishes_what_is_in_flight(void **state)
{
	(void)state;
	struct test_site *s = site_start(usual, 2);
	struct client idle = client_open(s->port), busy = client_open(s->port);
	client_say(&busy, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n");
	gate_await(&s->gate, 1);
	gate_set(&s->gate, true);
	site_stop(s, 10);
	struct answer a = client_hear(&busy, false);
	expect_body(&a, 200, "through\n");
	assert_true(client_is_closed(&busy));
	assert_true(client_is_closed(&idle));
	client_close(&busy);
	client_close(&idle);
}

static void *open_nothing(void *arg, struct cx *cx)
{
	(void)arg;
	(void)!cx_fail(cx, FAILED, NULL, "The database is not there.");
	return NULL;
}

static void a_worker_that_cannot_open_stops_the_start(void **state)
{
	(void)state;
	struct cx *cx = cx_new();
	struct http_config config = usual;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	config.listeners = &fd;
	config.listeners_n = 1;
	struct http_app app = { .worker_open = open_nothing };
	struct http_server *server;
	assert_int_equal(http_server_start(cx, &config, &app, &server), FAILED);
	assert_true(str_eq(cx->fault.sentence, S("The database is not there.")));
	cx_end(cx);
}

static int descriptors(void)
{
	int n = 0;
	DIR *d = opendir("/proc/self/fd");
	while (readdir(d)) n++;
	closedir(d);
	return n;
}

static int before;
static int count_descriptors(void **state) { return (void)state, before = descriptors(), 0; }

static void no_descriptor_is_left_open(void **state)
{
	(void)state;
	assert_int_equal(descriptors(), before);
}

int main(void)
{
#define ON_SITE(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		ON_SITE(a_page_is_served_and_the_connection_kept),
		ON_SITE(pipelined_requests_are_answered_in_order),
		ON_SITE(malformed_requests_are_refused),
		ON_SITE(malformed_lengths_are_refused),
		ON_SITE(who_says_no_more_is_not_waited_for),
		ON_SITE(lines_that_are_no_request_end_the_connection),
		ON_SITE(good_but_unusual_requests_are_served),
		ON_SITE(a_known_method_that_the_page_has_not_is_405),
		ON_SITE(long_targets_and_heads_are_refused),
		ON_SITE(head_has_the_headers_of_get),
		ON_SITE(a_cached_page_is_rendered_once_until_it_changes),
		ON_SITE(what_was_bumped_while_rendering_is_not_kept),
		ON_SITE(many_who_ask_at_once_share_one_rendering),
		ON_SITE(who_asks_while_a_late_page_is_made_anew_does_not_wait),
		ON_SITE(who_asks_for_the_head_alone_shares_the_rendering),
		ON_SITE(a_crowd_before_a_page_that_keeps_changing_costs_little),
		ON_SITE(what_sets_a_cookie_is_never_kept),
		ON_SITE(an_unchanged_page_is_304),
		ON_SITE(codings_are_sent_as_the_client_likes_them),
		ON_SITE(files_come_whole_or_in_ranges),
		ON_SITE(a_large_body_arrives_whole),
		ON_SITE(a_multipart_form_is_read_in_pieces_of_one_byte),
		ON_SITE(a_large_form_is_read_apart),
		ON_SITE(broken_forms_are_told_apart),
		ON_SITE(bodies_past_the_limit_are_413),
		ON_SITE(who_expects_100_is_told_before_it_sends),
		ON_SITE(queries_and_cookies_reach_the_handler),
		ON_SITE(peers_are_numbers_that_are_forgotten),
		cmocka_unit_test(a_proxy_on_this_machine_is_believed),
		cmocka_unit_test(a_spool_that_cannot_be_written_is_503),
		cmocka_unit_test(a_full_queue_is_503),
		cmocka_unit_test(a_client_has_only_so_many_connections),
		cmocka_unit_test(all_clients_have_only_so_many_connections),
		cmocka_unit_test(nobody_is_cut_off_whose_request_is_worked_on),
		cmocka_unit_test(slow_clients_are_let_go),
		cmocka_unit_test(connections_in_lock_step_do_not_stall),
		cmocka_unit_test(stopping_finishes_what_is_in_flight),
		cmocka_unit_test(a_worker_that_cannot_open_stops_the_start),
		cmocka_unit_test(no_descriptor_is_left_open),
	};
	return cmocka_run_group_tests_name("http", tests, count_descriptors, NULL);
}
