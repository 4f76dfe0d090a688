/* Strangers' markup through its box: what comes back, what becomes of a child that dies, and that nothing a child says is believed. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/log.h"
#include "read/read_msg.h"
#include "read/reader.h"
#include "text/render.h"
#include "base/banned.h"

#define PREFIX S("t1-")

static const char *self; /* this program, which plays a child gone bad */

static int set_up(void **state)
{
	log_open("test", LOG_ERROR);
	return (*state = cx_new()) == NULL;
}
static int tear_down(void **state) { return cx_end(*state), 0; }

static const struct role_source real = { .parent = -1, .program = READ_PROGRAM };

static err render(struct reader *r, enum format f, str source, html *out)
{
	static struct cx *cx; /* what it gave last lives until the next */
	if (cx) cx_end(cx);
	cx = cx_new();
	return reader_render(cx, r, f, source, PREFIX, out);
}

static void what_comes_out_is_what_the_renderer_makes(void **state)
{
	static const str sources[] = { S_INIT(""), S_INIT("Words."), S_INIT("# A *title*\n\n- <b>x</b>\n- https://example.org/?a=1&b=2\n\n|a|b|\n|-|-|\n|1|2|\n\nx[^1]\n\n[^1]: y"),
		S_INIT("<table><td onclick=x>a<script>alert(1)</script><img src=/x>"), S_INIT("a & b < c > d \" ' e"), S_INIT("{{file 1}}\nwords\n") };
	struct cx *cx = *state;
	struct reader *r = reader_new(&real, true, 1);
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		for (enum format f = FORMAT_PLAIN; f <= FORMAT_HTML; f++) {
			html here, there;
			assert_int_equal(render_html(cx, f, sources[i], PREFIX, &here), OK);
			assert_int_equal(render(r, f, sources[i], &there), OK);
			assert_true(str_eq(here.s, there.s));
		}
	}
	reader_free(r);
}

/* Texts on which the parser's assertions fail. */
static const char *const killing[] = {
	"<table><td><math><select><mi><table><table>",
	"words before\n\n<table><math><select><mi><select><thead>",
	"<table><svg><th><foreignObject><select></table><p>and words behind</p>",
	"<table><math><td><mtext><template></template></table>",
};

static void a_text_that_kills_its_reader_is_refused_and_the_next_is_read(void **state)
{
	struct cx *cx = *state;
	struct reader *r = reader_new(&real, true, 1);
	for (int i = 0; i < 30; i++) {
		html out;
		str source = str_of(killing[(size_t)i % (sizeof killing / sizeof *killing)]);
		assert_int_equal(reader_render(cx, r, FORMAT_HTML, source, PREFIX, &out), INVALID);
		assert_true(str_starts(cx->fault.sentence, S("cannot be read: something in its markup")));
		assert_int_equal(render(r, i % 2 ? FORMAT_MARKDOWN : FORMAT_HTML, S("<i>alive</i>"), &out), OK);
		assert_true(str_contains(out.s, S("<i>alive</i>")));
		assert_int_equal(render(r, FORMAT_PLAIN, source, &out), OK);
	}
	reader_free(r);
}

static void a_long_text_comes_back_whole(void **state)
{
	struct cx *cx = *state;
	struct reader *r = reader_new(&real, false, 1);
	struct buf b = buf_new(cx, LIMIT_BODY);
	while (b.n + 20 < LIMIT_BODY) buf_fmt(&b, "word%zu <b>&amp;</b> ", b.n);
	html here, there;
	assert_int_equal(render_html(cx, FORMAT_HTML, buf_view(&b), PREFIX, &here), OK);
	assert_int_equal(render(r, FORMAT_HTML, buf_view(&b), &there), OK);
	assert_true(here.s.n > 500 * KIB && str_eq(here.s, there.s));
	assert_int_equal(render(r, FORMAT_HTML, (str){ arena_bytes(cx->arena, LIMIT_BODY + 1), LIMIT_BODY + 1 }, &there), LIMIT);
	reader_free(r);
}

static void a_child_that_has_read_enough_is_followed_by_another(void **state)
{
	(void)state;
	struct reader *r = reader_new(&real, true, 1);
	html out;
	for (int i = 0; i < 2 * READER_CHILDREN * READ_TEXTS_MOST / 2 + 10; i++) assert_int_equal(render(r, FORMAT_HTML, S("<b>x</b>"), &out), OK);
	reader_free(r);
}

struct crowd {
	struct reader *reader;
	pthread_barrier_t done; /* a child dies with the thread that started it */
	atomic_int wrong;
};

static void *one_of_a_crowd(void *arg)
{
	struct crowd *c = arg;
	struct cx *cx = cx_new();
	for (int i = 0; i < 100; i++, cx_reset(cx)) {
		html out;
		str mine = str_fmt(cx, "<b>%p %d</b>", (void *)cx, i);
		bool kills = i % 10 == 9;
		err e = reader_render(cx, c->reader, FORMAT_HTML, kills ? str_of(killing[0]) : mine, PREFIX, &out);
		if (kills ? e != INVALID : e != OK || !str_eq(out.s, mine)) atomic_fetch_add(&c->wrong, 1);
	}
	cx_end(cx);
	pthread_barrier_wait(&c->done);
	return NULL;
}

static void many_at_once_each_have_their_own_answer(void **state)
{
	(void)state;
	struct crowd c = { .reader = reader_new(&real, true, 1) };
	pthread_t threads[8];
	assert_int_equal(pthread_barrier_init(&c.done, NULL, 8), 0);
	for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&threads[i], NULL, one_of_a_crowd, &c), 0);
	for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
	assert_int_equal(c.wrong, 0);
	reader_free(c.reader);
}

/* a child gone bad */

static struct role_source liar(const char *const *args) { return (struct role_source){ .parent = -1, .program = self, .args = args }; }

static err tell_html(struct cx *cx, str text) { return read_send(cx, ROLE_SOCKET, READ_MSG_RENDERED, S(""), text, READ_NEVER); }

static err tell_length(struct cx *cx, int64_t length, str piece)
{
	struct buf b = buf_new(cx, MSG_MAX);
	msg_put_int(&b, length);
	msg_put_str(&b, piece);
	return msg_send(cx, ROLE_SOCKET, READ_MSG_RENDERED, buf_view(&b), -1);
}

static err lie(struct cx *cx, const char *how)
{
	struct buf b = buf_new(cx, 100);
	if (strcmp(how, "script") == 0) return tell_html(cx, S("<script>alert(1)</script>"));
	if (strcmp(how, "open") == 0) return tell_html(cx, S("</article></main><h1>"));
	if (strcmp(how, "nested") == 0) return tell_html(cx, S("<ul><li><div><li>a</li></div></li></ul>"));
	if (strcmp(how, "more") == 0) return tell_length(cx, 3, S("x"));
	if (strcmp(how, "drops") == 0) return tell_length(cx, 100000, S("x"));
	if (strcmp(how, "bytes") == 0) return tell_html(cx, S("\xFF"));
	if (strcmp(how, "elsewhere") == 0) return tell_html(cx, S("<img src=\"https://example.org/x.png\" alt=\"\" loading=\"lazy\">"));
	if (strcmp(how, "huge") == 0) return tell_length(cx, INT64_MAX, S("x"));
	if (strcmp(how, "negative") == 0) return tell_length(cx, -1, S("x"));
	if (strcmp(how, "less") == 0) return tell_length(cx, 1, S("xyz"));
	if (strcmp(how, "nothing") == 0) return tell_length(cx, 5, S(""));
	if (strcmp(how, "type") == 0) return msg_send(cx, ROLE_SOCKET, READ_MSG_RENDER, S(""), -1);
	if (strcmp(how, "ready") == 0) return msg_send(cx, ROLE_SOCKET, READ_MSG_HELLO, S(""), -1);
	if (strcmp(how, "empty") == 0) return msg_send(cx, ROLE_SOCKET, READ_MSG_RENDERED, S(""), -1);
	if (strcmp(how, "descriptor") == 0) return msg_send(cx, ROLE_SOCKET, READ_MSG_RENDERED, S(""), 0);
	if (strcmp(how, "reason") == 0) return msg_put_int(&b, 77), msg_send(cx, ROLE_SOCKET, READ_MSG_REFUSED, buf_view(&b), -1);
	if (strcmp(how, "leftover") == 0) return msg_put_int(&b, READ_REFUSED_DENSE), msg_put_int(&b, 1), msg_send(cx, ROLE_SOCKET, READ_MSG_REFUSED, buf_view(&b), -1);
	return FAILED; /* "ends" */
}

/* Short texts at once, long ones when the file that gate names has a writer. */
static err wait_with_long_ones(struct cx *cx, const struct msg *m, const char *gate)
{
	if (m->body.n < 20000) return tell_html(cx, S("short"));
	int opened = open(gate, O_RDONLY | O_CLOEXEC);
	close(opened);
	return tell_html(cx, S("long"));
}

static int play(const char *how)
{
	struct cx *cx = cx_new();
	struct msg m;
	bool slow = how[0] == '/';
	if (strcmp(how, "silent") == 0) return 0;
	if (strcmp(how, "rude") == 0) return msg_send(cx, ROLE_SOCKET, 7, S(""), -1) != OK;
	if (msg_send(cx, ROLE_SOCKET, READ_MSG_HELLO, S(""), -1) != OK) return 1;
	while (msg_recv(cx, ROLE_SOCKET, -1, &m) == OK) {
		if (m.type != READ_MSG_RENDER) continue;
		if ((slow ? wait_with_long_ones(cx, &m, how) : lie(cx, how)) != OK) break;
	}
	cx_end(cx);
	return 0;
}

static void nothing_is_believed_of_a_child_gone_bad(void **state)
{
	static const char *const ways[] = { "script", "open", "nested", "bytes", "elsewhere", "huge", "negative", "less", "more", "nothing", "drops", "type", "ready", "empty", "descriptor", "reason", "leftover", "ends" };
	struct cx *cx = *state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		const char *const args[] = { "child", ways[i], NULL };
		struct role_source from = liar(args);
		struct reader *r = reader_new(&from, false, 1);
		for (int k = 0; k < 3; k++) {
			html out = { S("untouched") };
			if (reader_render(cx, r, FORMAT_HTML, S("<b>x</b>"), PREFIX, &out) != INVALID || !str_eq(out.s, S("untouched"))) fail_msg("%s was believed", ways[i]);
		}
		reader_free(r);
	}
}

static void where_no_child_can_be_had_another_try_is_offered(void **state)
{
	static const char *const ways[] = { "silent", "rude" };
	struct cx *cx = *state;
	struct role_source nowhere = { .parent = -1, .program = "/nowhere/broadside-read" };
	html out;
	struct reader *r = reader_new(&nowhere, false, 1);
	assert_int_equal(reader_render(cx, r, FORMAT_HTML, S("<b>x</b>"), PREFIX, &out), BUSY);
	assert_int_equal(reader_render(cx, r, FORMAT_PLAIN, S("x"), PREFIX, &out), OK);
	reader_free(r);
	for (size_t i = 0; i < 2; i++) {
		const char *const args[] = { "child", ways[i], NULL };
		struct role_source from = liar(args);
		r = reader_new(&from, false, 1);
		assert_int_equal(reader_render(cx, r, FORMAT_HTML, S("<b>x</b>"), PREFIX, &out), BUSY);
		reader_free(r);
	}
}

struct long_one {
	struct reader *reader;
	atomic_int done;
};

static void *read_a_long_one(void *arg)
{
	struct long_one *l = arg;
	struct cx *cx = cx_new();
	html out;
	char *p = arena_bytes(cx->arena, READER_SHORT + 1);
	memset(p, 'x', READER_SHORT + 1);
	if (reader_render(cx, l->reader, FORMAT_HTML, (str){ p, READER_SHORT + 1 }, PREFIX, &out) == OK && str_eq(out.s, S("long"))) atomic_fetch_add(&l->done, 1);
	cx_end(cx);
	return NULL;
}

static void short_texts_do_not_wait_for_long_ones(void **state)
{
	char folder[] = "/tmp/broadside-reader-XXXXXX";
	struct cx *cx = *state;
	assert_non_null(mkdtemp(folder));
	const char *gate = str_c(cx, str_fmt(cx, "%s/gate", folder));
	assert_int_equal(mkfifo(gate, 0600), 0);
	const char *const args[] = { "child", gate, NULL };
	struct role_source from = liar(args);
	struct long_one l = { .reader = reader_new(&from, true, 4) };
	pthread_t threads[4];
	for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, read_a_long_one, &l), 0);
	for (int i = 0; i < 20; i++) {
		html out;
		assert_int_equal(reader_render(cx, l.reader, FORMAT_HTML, S("<b>x</b>"), PREFIX, &out), OK);
		assert_true(str_eq(out.s, S("short")));
	}
	assert_int_equal(l.done, 0);
	int opened = open(gate, O_RDWR | O_CLOEXEC);
	for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
	assert_int_equal(l.done, 4);
	reader_free(l.reader);
	close(opened);
	unlink(gate);
	rmdir(folder);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "child") == 0) return play(argv[2]);
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0) return 2;
	self = path;
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(what_comes_out_is_what_the_renderer_makes),
		TEST(a_text_that_kills_its_reader_is_refused_and_the_next_is_read),
		TEST(a_long_text_comes_back_whole),
		TEST(a_child_that_has_read_enough_is_followed_by_another),
		TEST(many_at_once_each_have_their_own_answer),
		TEST(nothing_is_believed_of_a_child_gone_bad),
		TEST(where_no_child_can_be_had_another_try_is_offered),
		TEST(short_texts_do_not_wait_for_long_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
