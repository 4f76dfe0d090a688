/* Inputs made to be slow: whatever is doubled, the time must not quadruple. A text may be refused for what it would cost; it is
 * never worked on for long. Time is the processor's, of this thread; what is too quick to measure passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "text/excerpt.h"
#include "text/render.h"
#include "text/slug.h"
#include "base/banned.h"

#define SIZE (40 * KIB) /* and twice that */
#define QUICK 0.08       /* seconds below which the clock says nothing about growth */
#define GROWTH 4.0       /* linear is 2; doubling must not quadruple */

/* Head once, then the piece again and again ('#' in it is a number that grows), then the tail again and again. */
struct pattern {
	const char *head, *piece, *tail;
};

static const struct pattern patterns[] = {
	{ "", "<div>", "" }, { "", "<b>", "" }, { "", "<b x=#>", "" }, { "", "<p>", "" }, { "", "<p>x", "" }, { "", "<a href=/x>y", "" },
	{ "", "<table>", "" }, { "", "<table><tr><td>", "" }, { "", "<table><div>", "" }, { "", "<table><b>", "" }, { "", "<ul><li>", "" },
	{ "", "<li>", "" }, { "", "<p><b>", "" }, { "", "<button><p>", "" }, { "", "<b><p></b>", "" }, { "", "<a><div></a>", "" },
	{ "", "<i><b><p></i>", "" }, { "", "<nobr>", "" }, { "", "<font size=1>", "" }, { "", "<", "" }, { "", "</", "" }, { "", "&", "" },
	{ "", "&amp", "" }, { "", "&#1", "" }, { "", "<!--", "" }, { "", "<!-->", "" }, { "", "<![CDATA[", "" }, { "", "<svg>", "" },
	{ "", "<svg><math>", "" }, { "", "<select><option>", "" }, { "", "<template>", "" }, { "", "<form>", "" }, { "", "</p>", "" },
	{ "", "</b>", "" }, { "", "<dd><dt>", "" }, { "", "<a x=\"", "" }, { "", "<a ===", "" }, { "", "<img src=//a.b/c>", "" },
	{ "", "<h1><h2>", "" }, { "", "<ruby><rt>", "" }, { "", "<xmp>", "" }, { "", "<object><b>", "" }, { "", "<p id=a#>", "" },
	{ "<table>", "x<tr>", "" }, { "<a ", "a# ", ">x" }, { "</a ", "a# ", ">x" }, { "", "<html a#>", "" }, { "", "<br><html a#>", "" },
	{ "", "<b x=#>", "<p>x" }, { "", "<div>", "</i>" }, { "", "<div>", "<b></b>" }, { "<p aria-labelledby=\"", "a ", "" },
	{ "", "<a href=javascript:x>y</a>", "" }, { "", "*a_ ", "" }, { "", "_", "" }, { "", "*_", "" }, { "", "*_*_", "" },
	{ "", "**x [a*b**c*](d) ", "" }, { "", "[", "" }, { "", "[", "]" }, { "", "[a](", "" }, { "", "![[]()", "" }, { "", "<!A ", "" },
	{ "", "<?", "" }, { "", "<a ", "" }, { "", ">", "" }, { "", "- ", "" }, { "", "1. ", "" }, { "", "* a\n\n ", "" },
	{ "", "> a\n\n", "" }, { "", "- >\n", "" }, { "", "`", "" }, { "", "e`#`", "" }, { "", "\\", "" }, { "", "www.", "" },
	{ "", "http://a ", "" }, { "http://", "a", "" }, { "www.a.org/", "(", ")" }, { "www.a.org/", ")", "" }, { "www.a.org/", "&amp;", "" },
	{ "", "a@a.a", "" }, { "", "a@", "" }, { "", "_@_", "" }, { "a", "a", "@" }, { "", ":", "" }, { "", "w", "" }, { "", "h", "" },
	{ "", "~", "" }, { "", "~~a ~b", "" }, { "", "|a", "\na" }, { "", "|", "" }, { "", "|\n", "" }, { "", "|a|\n|-|\n", "" },
	{ "|a|\n|-|\n", "|b|\n", "" }, { "", "[^#] ", "\n\n[^1]: a" }, { "[^1]: x\n\n", "[^1] ", "" }, { "", "[^1", "" },
	{ "", "[^#]: a\n", "" }, { "", "[^a]: > ", "" }, { "", "[#]: /u\n", "" }, { "", "[x]:\n", "" }, { "", "[a]: b \"\n", "" },
	{ "", "a\n", "=" }, { "", "#", "" }, { "", " ", "a" }, { "", "\t", "a" }, { "", "* * * a", "" }, { "", "\n", "" },
	{ "", "[a][b]", "" }, { "", "][", "" }, { "", "[a](<b", "" }, { "", "a**b c* ", "" }, { "", "<div>\n", "" },
	{ "[x]: /uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\n\n", "[x] ", "" }, { "[x]: /", "u", "\n\n[x]" },
	{ "", "\xCC\x81", "" }, { "", "\xCC\x81\xCC\xA7", "" }, { "", "\xEF\xB7\xBA", "" }, { "", "\"", "" }, { "", "word ", "" },
	{ "", "<script>\n\n", "" }, { "", "<script>\n", "" }, { "", "<div>\n<!--", "" }, { "<div>\n", "<!-- ", "" }, { "<div>\n", "<video ", "" }, { "<div>\n", "<video a=\"", "" }, { "", "<!--\n\n", "" }, { "", "x <iframe src=y> ", "" },
	{ "", "http://a(", "" }, { "", "https://[", "" }, { "", "www.a_", "" }, { "", "www._", "" }, { "", "www.", "" }, { "x ", "<?", "" }, { "x ", "<!A a", "" }, { "", "http://_", "" }, { "http://a.b/", "(", "" }, { "", "a.", "@" }, { "", "\xE2\x80\x9Cwww.a\xE2\x80\x9D", "" }, { "", "<style>p{}\n</style>\n", "" },
};

static str build(struct cx *cx, const struct pattern *p, size_t n)
{
	struct buf b = buf_new(cx, n);
	bool tailed = p->tail[0] != 0;
	int count = 0;
	buf_str(&b, str_of(p->head));
	while (b.n < (tailed ? n / 2 : n) && !b.full) {
		str rest = str_of(p->piece), before = str_cut(rest, '#', &rest);
		bool numbered = strchr(p->piece, '#') && p->piece[1];
		buf_str(&b, numbered ? before : str_of(p->piece));
		if (numbered) buf_int(&b, count++);
		if (numbered) buf_str(&b, rest);
	}
	while (tailed && !b.full) buf_str(&b, str_of(p->tail));
	return buf_view(&b);
}

/* Seconds of processor time for all that is done with a text. */
static double cost(struct cx *cx, enum format f, str source)
{
	struct timespec from, to;
	html out;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	source = text_normalise(cx, source);
	err e = render_html(cx, f, source, S("t1-"), &out);
	assert_true(e == OK || e == LIMIT);
	if (e == OK) (void)excerpt_clip(cx, excerpt_text(cx, out), 200);
	(void)slug_make(cx, source);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static bool grows_gently(struct cx *cx, const struct pattern *p, enum format f)
{
	double once = 0, twice = 0;
	for (int attempt = 0; attempt < 5; attempt++) {
		once = cost(cx, f, build(cx, p, SIZE));
		cx_reset(cx);
		twice = cost(cx, f, build(cx, p, 2 * SIZE));
		cx_reset(cx);
		if (twice < QUICK || twice < GROWTH * once) return true;
	}
	print_error("%s%s%s (" STR_FMT "): %.3f s, doubled %.3f s\n", p->head, p->piece, p->tail, STR_ARG(format_name(f)), once, twice);
	return false;
}

static void run(enum format f)
{
	struct cx *cx = cx_new();
	int wrong = 0;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) wrong += !grows_gently(cx, &patterns[i], f);
	cx_end(cx);
	assert_int_equal(wrong, 0);
}

static void plain_text_stays_linear(void **state) { (void)state, run(FORMAT_PLAIN); }
static void markdown_stays_linear(void **state) { (void)state, run(FORMAT_MARKDOWN); }
static void html_stays_linear(void **state) { (void)state, run(FORMAT_HTML); }

/* The widest of bodies, and no more than some seconds for it, even in a slow build. */
static void the_largest_body_is_done_with_soon(void **state)
{
	(void)state;
	static const char *const pieces[] = { "<i><b><p></i>", "<br><html a#>", "![[]()", "*_", "|a" };
	struct cx *cx = cx_new();
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		for (int f = FORMAT_MARKDOWN; f <= FORMAT_HTML; f++) {
			struct pattern p = { "", pieces[i], "" };
			double seconds = cost(cx, (enum format)f, build(cx, &p, LIMIT_BODY));
			if (seconds > 20) fail_msg("%s took %.1f s", pieces[i], seconds);
			cx_reset(cx);
		}
	cx_end(cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_linear),
		cmocka_unit_test(markdown_stays_linear),
		cmocka_unit_test(html_stays_linear),
		cmocka_unit_test(the_largest_body_is_done_with_soon),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
