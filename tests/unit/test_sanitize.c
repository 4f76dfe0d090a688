/* What becomes of what people write: golden files of the three formats, hundreds of attacks, and the sanitiser's promises. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "text/plain.h"
#include "text/render.h"
#include "text/sanitize.h"
#include "text/tree.h"
#include "text/url.h"
#include "text/vet.h"
#include "base/banned.h"

#define PREFIX S("t1-")

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

/* A whole file below tests/; p is NULL when it is not there. */
static str file_text(struct cx *cx, const char *path)
{
	char *full = str_c(cx, str_fmt(cx, SOURCE_ROOT "/tests/%s", path));
	FILE *f = fopen(full, "rb");
	if (!f) return (str){ 0 };
	char *p = arena_bytes(cx->arena, 1 * MIB);
	size_t n = fread(p, 1, 1 * MIB, f);
	fclose(f);
	return (str){ p, n };
}

static str rendered(struct cx *cx, enum format f, str source)
{
	html out;
	assert_int_equal(render_html(cx, f, source, PREFIX, &out), OK);
	return out.s;
}

static str sanitized(struct cx *cx, const char *source) { return rendered(cx, FORMAT_HTML, str_of(source)); }

/* One golden file: NAME.html (or .md, .txt) and NAME.expected. With GOLDEN_WRITE set in the environment what came out is written there. */
static bool golden(struct cx *cx, const char *folder, const char *name, enum format f)
{
	const char *dot = strrchr(name, '.');
	str source = file_text(cx, str_c(cx, str_fmt(cx, "golden/%s/%s", folder, name)));
	char *path = str_c(cx, str_fmt(cx, "golden/%s/%.*s.expected", folder, (int)(dot - name), name));
	str expected = file_text(cx, path), out = rendered(cx, f, source);
	if (getenv("GOLDEN_WRITE")) {
		FILE *file = fopen(str_c(cx, str_fmt(cx, SOURCE_ROOT "/tests/%s", path)), "wb");
		fwrite(out.p, 1, out.n, file);
		fclose(file);
		return true;
	}
	if (expected.p && str_eq(out, expected)) return true;
	print_error("%s/%s\n--- expected\n" STR_FMT "\n+++ got\n" STR_FMT "\n", folder, name, STR_ARG(expected), STR_ARG(out));
	return false;
}

static void run_folder(struct cx *cx, const char *folder, const char *ending, enum format f)
{
	int count = 0, wrong = 0;
	DIR *dir = opendir(str_c(cx, str_fmt(cx, SOURCE_ROOT "/tests/golden/%s", folder)));
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (!str_ends(str_of(e->d_name), str_of(ending))) continue;
		count++;
		wrong += !golden(cx, folder, e->d_name, f);
	}
	closedir(dir);
	assert_true(count > 0);
	assert_int_equal(wrong, 0);
}

static void html_comes_out_as_its_golden_files(void **state) { run_folder(*state, "sanitize", ".html", FORMAT_HTML); }
static void markdown_comes_out_as_its_golden_files(void **state) { run_folder(*state, "markdown", ".md", FORMAT_MARKDOWN); }
static void plain_text_comes_out_as_its_golden_files(void **state) { run_folder(*state, "plain", ".txt", FORMAT_PLAIN); }

static bool listed(str s, const char *list)
{
	str rest = str_of(list);
	while (rest.n)
		if (str_eq(s, str_cut(rest, ' ', &rest))) return true;
	return false;
}

/* NULL when the attribute can do no harm, else what is wrong with it. Written apart from the sanitiser's own lists. */
static const char *attribute_fault(struct cx *cx, const GumboAttribute *a)
{
	str name = str_of(a->name), value = str_of(a->value);
	url u;
	if (!listed(name, "href cite title lang dir id class rel datetime colspan rowspan scope start reversed type value open "
	                  "aria-label aria-describedby aria-labelledby src alt width height loading"))
		return "an attribute that is not allowed";
	if (str_eq(name, S("id")) && !str_starts(value, PREFIX)) return "an id without prefix";
	if (!listed(name, "href cite src")) return NULL;
	if (str_starts(value, S("#t1-"))) return NULL;
	if (url_check(cx, value, &u) != OK || !str_eq(u.s, value)) return "an address that does not check";
	return NULL;
}

/* The frame around a table: these four attributes, no others, and nothing in it but the table. */
static bool is_frame(const GumboElement *e)
{
	return str_eq(tree_attribute(e, "class"), S("scroll")) && str_eq(tree_attribute(e, "role"), S("group")) &&
	    str_eq(tree_attribute(e, "tabindex"), S("0")) && str_eq(tree_attribute(e, "aria-label"), S("Table")) && e->attributes.length == 4 &&
	    e->children.length == 1 && ((const GumboNode *)e->children.data[0])->v.element.tag == GUMBO_TAG_TABLE;
}

/* The first fault of the element by itself. */
static const char *element_fault(struct cx *cx, const GumboElement *e)
{
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML) return "a foreign element";
	if (!listed(tree_name(cx, e),
	            "p br hr blockquote pre code em strong b i u s del ins sub sup small q cite abbr dfn kbd samp var mark time ul ol li "
	            "dl dt dd a h2 h3 h4 h5 h6 table caption thead tbody tfoot tr th td figure figcaption details summary ruby rt rp bdi bdo "
	            "span div section wbr"))
		return "an element that is not allowed";
	if (is_frame(e)) return NULL;
	for (unsigned i = 0; i < e->attributes.length; i++) {
		const char *fault = attribute_fault(cx, e->attributes.data[i]);
		if (fault) return fault;
	}
	return NULL;
}

/* Parses what came out as a browser would and walks all of it. */
static const char *fault_of(struct cx *cx, str out)
{
	struct tree *tree;
	VEC(const GumboNode *) todo = { 0 };
	const char *fault = NULL;
	if (tree_parse(cx, out, &tree) != OK) return "markup that does not parse";
	vec_push(cx, &todo, tree_root(tree));
	while (todo.n && !fault) {
		const GumboNode *n = todo.at[--todo.n];
		if (n->type == GUMBO_NODE_COMMENT || n->type == GUMBO_NODE_CDATA || n->type == GUMBO_NODE_TEMPLATE)
			fault = "a comment, CDATA or a template";
		if (n->type != GUMBO_NODE_ELEMENT) continue;
		if (n != tree_root(tree)) fault = element_fault(cx, &n->v.element);
		for (unsigned i = 0; i < n->v.element.children.length; i++) vec_push(cx, &todo, (const GumboNode *)n->v.element.children.data[i]);
	}
	tree_free(tree);
	return fault;
}

static bool harmless(struct cx *cx, enum format f, str source)
{
	html out, again;
	if (render_html(cx, f, source, PREFIX, &out) != OK) {
		print_error(STR_FMT "\n  was refused: " STR_FMT "\n", STR_ARG(source), STR_ARG(cx_fault_line(cx)));
		return false;
	}
	const char *fault = utf8_valid(out.s) ? fault_of(cx, out.s) : "broken UTF-8";
	if (!fault && (render_html(cx, FORMAT_HTML, out.s, PREFIX, &again) != OK || !str_eq(out.s, again.s))) fault = "no rest";
	if (fault)
		print_error(STR_FMT "\n  (" STR_FMT ") leaves %s:\n  " STR_FMT "\n", STR_ARG(source), STR_ARG(format_name(f)), fault,
		            STR_ARG(out.s));
	return !fault;
}

static void no_payload_survives_in_any_format(void **state)
{
	struct cx *cx = *state;
	int count = 0, wrong = 0;
	str rest = file_text(cx, "golden/xss/payloads.txt");
	while (rest.n) {
		str payload = str_cut(rest, '\n', &rest);
		struct arena_mark mark = arena_mark(cx->arena);
		for (int f = FORMAT_PLAIN; f <= FORMAT_HTML; f++) {
			wrong += !harmless(cx, (enum format)f, payload);
			wrong += !harmless(cx, (enum format)f, str_fmt(cx, "before\n\n" STR_FMT "\n\nafter", STR_ARG(payload)));
			wrong += !harmless(cx, (enum format)f, str_fmt(cx, "<b><p title='" STR_FMT, STR_ARG(payload)));
			wrong += !harmless(cx, (enum format)f, str_fmt(cx, "<table><svg>" STR_FMT, STR_ARG(payload)));
		}
		arena_rewind(cx->arena, mark);
		count++;
	}
	assert_true(count > 500);
	assert_int_equal(wrong, 0);
}

/* The first faults that the check above must see, or it would prove nothing. */
static void the_payload_check_sees_what_is_bad(void **state)
{
	struct cx *cx = *state;
	static const char *const bad[] = { "<script>x</script>", "<p onclick=x>", "<a href=javascript:x>", "<p id=x>", "<svg>", "<!-- x -->",
		"<p style=x>", "<h1>x</h1>", "<a href='https://a@b/'>", "<template>x</template>", "<img src='java\tscript:x'>" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (!fault_of(cx, str_of(bad[i]))) fail_msg("%s was let through", bad[i]);
	assert_null(fault_of(cx, S("<p id=\"t1-a\">x <a href=\"#t1-a\">y</a></p>")));
}

static void ids_are_prefixed_once(void **state)
{
	struct cx *cx = *state;
	assert_string_equal(str_c(cx, sanitized(cx, "<p id=a>x <a href=#a>y</a>")), "<p id=\"t1-a\">x <a href=\"#t1-a\">y</a></p>");
	assert_string_equal(str_c(cx, sanitized(cx, "<p id=t1-a>x")), "<p id=\"t1-a\">x</p>");
	assert_string_equal(str_c(cx, sanitized(cx, "<p id=t1->x")), "<p>x</p>");
	assert_string_equal(str_c(cx, sanitized(cx, "<p id=a>x<p id=a>y")), "<p id=\"t1-a\">x</p><p>y</p>");
	struct sanitize_options bare = { .drop_images = true };
	html out;
	assert_int_equal(sanitize_html(cx, S("<p id=a>x"), &bare, &out), OK);
	assert_string_equal(str_c(cx, out.s), "<p>x</p>");
}

static void headings_start_where_they_are_told_and_stay(void **state)
{
	struct cx *cx = *state;
	assert_string_equal(str_c(cx, sanitized(cx, "<h1>a</h1><h2>b</h2><h6>c</h6>")), "<h2>a</h2><h3>b</h3><h6>c</h6>");
	assert_string_equal(str_c(cx, sanitized(cx, "<h2>a</h2><h3>b</h3>")), "<h2>a</h2><h3>b</h3>");
	assert_string_equal(str_c(cx, sanitized(cx, "<h3>a</h3><h5>b</h5>")), "<h3>a</h3><h5>b</h5>");
	struct sanitize_options o = { .heading_shift = 0 };
	html out;
	assert_int_equal(sanitize_html(cx, S("<h1>a</h1>"), &o, &out), OK);
	assert_string_equal(str_c(cx, out.s), "<h1>a</h1>");
}

static void pictures_stay_only_where_they_may(void **state)
{
	struct cx *cx = *state;
	struct sanitize_options keep = { .drop_images = false };
	html out;
	assert_int_equal(sanitize_html(cx, S("<img src=https://example.org/a.png alt='a \"b\"' onload=x>"), &keep, &out), OK);
	assert_string_equal(str_c(cx, out.s), "<img src=\"https://example.org/a.png\" alt=\"a &quot;b&quot;\" loading=\"lazy\">");
	const char *own = "<img src=\"/media/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/a.png\" alt=\"x\" loading=\"lazy\">";
	assert_string_equal(str_c(cx, sanitized(cx, own)), own);
	assert_true(str_starts(sanitized(cx, "<img src=/logout alt=x>"), S("<a ")));
	assert_true(str_starts(sanitized(cx, "<img src=/media/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/../../x>"), S("<a ")));
	assert_string_equal(str_c(cx, sanitized(cx, "<a href=/x><img src=https://example.org/a.png></a>")),
	                    "<a href=\"/x\" rel=\"nofollow ugc noopener\">a.png</a>");
}

static void depth_is_bounded_and_nothing_is_lost(void **state)
{
	struct cx *cx = *state;
	struct buf b = buf_new(cx, 100000);
	for (int i = 0; i < 600; i++) buf_fmt(&b, "<div>%d ", i);
	str out = rendered(cx, FORMAT_HTML, buf_view(&b));
	size_t deep = 0, deepest = 0;
	for (size_t i = 0; i + 1 < out.n; i++) {
		if (out.p[i] != '<') continue;
		deep = out.p[i + 1] == '/' ? deep - 1 : deep + 1;
		deepest = deep > deepest ? deep : deepest;
	}
	assert_int_equal(deepest, LIMIT_HTML_DEPTH);
	assert_true(str_contains(out, S("599")));
}

static void broken_bytes_do_not_pass(void **state)
{
	struct cx *cx = *state;
	html out;
	struct sanitize_options o = { .id_prefix = PREFIX };
	assert_int_equal(sanitize_html(cx, S("<p title=\"\xFF\xC3\">\xED\xA0\x80 \x00 &#0; &#13;&#x202E;\x01"), &o, &out), OK);
	assert_true(utf8_valid(out.s));
	assert_null(memchr(out.s.p, '\r', out.s.n));
	assert_null(memchr(out.s.p, 0, out.s.n));
	assert_false(str_contains(out.s, S("\xE2\x80\xAE")));
}

/* Pieces of what people, and those who wish them ill, type. The same ones each time. */
static uint64_t chance = 1;

static size_t below(size_t n)
{
	chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)((chance >> 33) % n);
}

static str joined(struct cx *cx, const char *const *pieces, size_t pieces_n, size_t most)
{
	struct buf b = buf_new(cx, 1 * MIB);
	for (size_t n = 1 + below(most); n; n--) buf_str(&b, str_of(pieces[below(pieces_n)]));
	return buf_view(&b);
}

static const struct sanitize_options as_rendered = { .id_prefix = S_INIT("t1-"), .heading_shift = 1, .drop_images = true };

static void plain_text_is_what_the_sanitiser_would_make_of_it(void **state)
{
	struct cx *cx = *state;
	static const char *const pieces[] = { "word", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "\f", "\v", "<", ">", "&", "\"", "'", "&amp;", "&lt;script&gt;", "<script>", "</p>", "<!--",
		"https://example.org/a?b=c&d=e", "http://", "HTTP://EXAMPLE.ORG/%41%zz", "https://user:pass@example.org/", "https://exa mple", "www.example.org", "www.", "https://[::1]:80/x",
		"https://example.org:99999/", "https://ex\xC3\xA4mple.org/\xE2\x82\xAC", "ann@example.org", "@", "a@b", "mailto:", "javascript:alert(1)", "(", ")", "*", "_", ".", ",", "{{file 1}}",
		"\x01", "\x1B", "\x7F", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xEF\xBF\xBD", "\xEF\xBF\xBE", "\xC2\xA0", "\xF0\x9F\x8F\xB3" };
	for (int i = 0; i < 20000; i++, cx_reset(cx)) {
		html plain, again;
		str source = joined(cx, pieces, sizeof pieces / sizeof *pieces, 30);
		assert_int_equal(plain_to_html(cx, source, &plain), OK);
		assert_int_equal(sanitize_html(cx, plain.s, &as_rendered, &again), OK);
		if (!str_eq(plain.s, again.s)) fail_msg("source: " STR_FMT "\nplain: " STR_FMT "\nsanitised: " STR_FMT, STR_ARG(source), STR_ARG(plain.s), STR_ARG(again.s));
	}
}

static void what_the_sanitiser_writes_is_vetted(void **state)
{
	struct cx *cx = *state;
	static const char *const pieces[] = { "<p>", "<p dir=RTL title=\"a&quot;b'\">", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=/x>", "<a href='https://example.org/?a=1&b=2'>", "<a name=n>", "<a href=#n>", "</a>",
		"<table>", "<tr>", "<td colspan=3 align=CENTER>", "<th scope=row rowspan=2>", "</table>", "<caption>", "<ol start=-3 reversed type=A>", "<ul>", "<li value=4>", "</li>", "</ol>", "<h1>", "<h3 id=n>",
		"</h1>", "<pre>", "\n", "</pre>", "<img src=/x.png alt=x>", "<blockquote cite=https://example.org/>", "</blockquote>", "<q>", "<time datetime=2004-05-21>", "<details open>", "<summary>",
		"<ruby>", "<rt>", "<bdo dir=rtl>", "<br>", "<hr>", "<wbr>", "<div class=scroll>", "<section class=footnotes>", "<sup class=footnote-ref id=n2>", "<span lang=ar>", "<font>", "</div>",
		"<img width=4 height=5 src=/media/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/a.jpg>", "<iframe src=https://example.org/v>", "<video src=/v>", "<math>", "<svg>", "<select>",
		"<x-y>", "text", " & < > \" ' ", "&nbsp;", "&#x202E;", "\xE2\x80\xAE", "\x01", "<a aria-label=l class=footnote-backref href=#n aria-describedby='n n2'>", "<del datetime=x>", "<dl><dt>", "<dd>", "</dl>" };
	int settled = 0;
	for (int i = 0; i < 20000; i++, cx_reset(cx)) {
		html out, vetted;
		str source = joined(cx, pieces, sizeof pieces / sizeof *pieces, 40);
		if (sanitize_html(cx, source, &as_rendered, &out) != OK) continue;
		settled++;
		if (vet_html(cx, out.s, as_rendered.id_prefix, &vetted) != OK)
			fail_msg("%.*s\nsource: " STR_FMT "\nsanitised: " STR_FMT, STR_ARG(cx->fault.sentence), STR_ARG(source), STR_ARG(out.s));
	}
	assert_true(settled > 19000);
}

/* A tree of elements at random, balanced as text. */
static void grow(struct buf *b, int depth)
{
	static const char *const names[] = { "p", "div", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "td", "th", "h2", "h3", "b", "em", "blockquote", "pre",
		"section", "details", "summary", "ruby", "rt", "rp", "sup", "code", "figure", "figcaption", "s", "small", "u", "a id=\"t1-a\"" };
	for (size_t n = below(4); n && depth; n--) {
		str rest, tag = str_of(names[below(sizeof names / sizeof *names)]), name = str_cut(tag, ' ', &rest);
		buf_fmt(b, "<" STR_FMT ">", STR_ARG(tag));
		grow(b, depth - 1);
		if (below(4) == 0) buf_char(b, 'x');
		buf_fmt(b, "</" STR_FMT ">", STR_ARG(name));
		if (below(8) == 0) buf_lit(b, "<hr>");
	}
}

/* What a parser sees, written as it was. */
static void write_seen(struct buf *b, const GumboNode *n, unsigned from)
{
	const GumboVector *children = &n->v.element.children;
	for (unsigned i = from; i < children->length; i++) {
		const GumboNode *child = children->data[i];
		const char *name = child->type == GUMBO_NODE_ELEMENT ? gumbo_normalized_tagname(child->v.element.tag) : "";
		if (child->type != GUMBO_NODE_ELEMENT) buf_str(b, str_of(child->v.text.text));
		if (!*name) continue;
		buf_fmt(b, "<%s%s>", name, child->v.element.attributes.length ? " id=\"t1-a\"" : "");
		write_seen(b, child, 0);
		if (strcmp(name, "hr") != 0) buf_fmt(b, "</%s>", name);
	}
}

static void what_is_vetted_is_the_same_tree_to_a_parser(void **state)
{
	struct cx *cx = *state;
	int vetted = 0;
	for (int i = 0; i < 60000; i++, cx_reset(cx)) {
		struct buf b = buf_new(cx, 1 * MIB), seen = buf_new(cx, 1 * MIB);
		struct tree *tree;
		html out;
		grow(&b, 5);
		if (b.n == 0 || vet_html(cx, buf_view(&b), PREFIX, &out) != OK) continue;
		vetted++;
		assert_int_equal(tree_parse(cx, out.s, &tree), OK);
		write_seen(&seen, tree_root(tree), TREE_FIRST);
		if (!str_eq(out.s, buf_view(&seen))) fail_msg("vetted: " STR_FMT "\nseen: " STR_FMT, STR_ARG(out.s), STR_ARG(buf_view(&seen)));
		tree_free(tree);
	}
	assert_true(vetted > 5000);
}

static void what_the_sanitiser_would_not_write_is_refused(void **state)
{
	struct cx *cx = *state;
	static const char *const bad[] = { "<script>alert(1)</script>", "<p onclick=\"x\">a</p>", "<img src=\"x\">", "<img src=\"https://example.org/a.png\" alt=\"\">", "<img alt=\"\">", "<a href=\"javascript:alert(1)\">a</a>",
		"<a href=\"java&#10;script:x\" rel=\"nofollow ugc noopener\">a</a>", "<a href=\"https://example.org/\">a</a>", "<a href=\"https://example.org/\" rel=\"opener\">a</a>", "<a href=\"//example.org/\" rel=\"nofollow ugc noopener\">a</a>",
		"<a href=\"data:text/html,x\" rel=\"nofollow ugc noopener\">a</a>", "<a href=\"#other\">a</a>", "<p id=\"comments\">a</p>", "<p id=\"t1-\">a</p>", "<p>a", "a</p>", "</div></main>", "<p>a</b>", "<P>a</P>", "<p class=\"x\">a</p>",
		"<div class=\"scroll\">a</div>", "<style>p{}</style>", "<svg></svg>", "<math></math>", "<!-- a -->", "<!doctype html>", "a > b", "a & b", "it's", "\"", "&copy;", "&#x27;", "<p title=a>a</p>", "<p title='a'>a</p>", "<p title=\"<\">a</p>",
		"<p  dir=\"ltr\">a</p>", "<p dir=\"ltr\" >a</p>", "<p/>", "<br/>", "<br></br>", "</br>", "<", "<p", "<p dir", "<p dir=", "<p dir=\"ltr", "a\x01", "a\r", "\xE2\x80\xAE", "\xFF", "\xC3", "<form action=\"/\"></form>",
		"<input>", "<button>a</button>", "<iframe></iframe>", "<td colspan=\"1000\">a</td>", "<ol start=\"9999999999\"></ol>", "<meta http-equiv=\"refresh\">", "<base href=\"/\">", "<link>", "<template></template>", "<center>a</center>",
		"<plaintext>", "<p style=\"x\">a</p>", "<p lang=\"<\">a</p>", "<time datetime=\"now!\">a</time>", "<p open>a</p>", "<a aria-labelledby=\"comments\">a</a>", "<p dir=\"ltr\"dir=\"ltr\">a</p>",
		"<p dir=\"ltr\" dir=\"rtl\">a</p>", "<a>a</a>", "<span>a</span>", "<bdo lang=\"ar\">a</bdo>", "<h1>a</h1>", "<a href=\"#t1-a\" aria-label=\"b\">a</a>",
		/* what a browser's parser would close or move, so that what follows closes what stands around it */
		"<li><div><li></li></div></li>", "<ul><li><p><li></li></p></li></ul>", "<dl><dt><div><dd>a</dd></div></dt></dl>", "<p><div>a</div></p>", "<p><b><ul><li>a</li></ul></b></p>", "<p><hr></p>",
		"<p><table><tbody><tr><td>a</td></tr></tbody></table></p>", "<h2><h3>a</h3></h2>", "<a href=\"#t1-a\"><b><a href=\"#t1-b\">a</a></b></a>", "<table><div>a</div></table>", "<table>a</table>",
		"<table><tr><td>a</td></tr></table>", "<table><tbody><td>a</td></tbody></table>", "<td>a</td>", "<tr></tr>", "<caption>a</caption>", "<table><tbody><tr><td>a</td>b</tr></tbody></table>", "<table><tbody><tr>\xC2\xA0</tr></tbody></table>",
		"<table><tbody><tr><td><tr></tr></td></tr></tbody></table>", "<table><table></table></table>", "<ruby><rt><rp>a</rp></rt></ruby>", "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Table\"><p>a</p></div>" };
	html out;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (vet_html(cx, str_of(bad[i]), PREFIX, &out) != INVALID) fail_msg("let through: %s", bad[i]);
	assert_int_equal(vet_html(cx, (str){ "a\0b", 3 }, PREFIX, &out), INVALID);
	assert_int_equal(vet_html(cx, S("<p id=\"t1-a\">a &amp; b</p>\n<p><a href=\"#t1-a\">c</a></p>"), PREFIX, &out), OK);
	struct buf deep = buf_new(cx, 1 * MIB);
	for (int i = 0; i < 100000; i++) buf_lit(&deep, "<div>");
	assert_int_equal(vet_html(cx, buf_view(&deep), PREFIX, &out), INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(html_comes_out_as_its_golden_files),
		TEST(markdown_comes_out_as_its_golden_files),
		TEST(plain_text_comes_out_as_its_golden_files),
		TEST(no_payload_survives_in_any_format),
		TEST(the_payload_check_sees_what_is_bad),
		TEST(ids_are_prefixed_once),
		TEST(headings_start_where_they_are_told_and_stay),
		TEST(pictures_stay_only_where_they_may),
		TEST(depth_is_bounded_and_nothing_is_lost),
		TEST(broken_bytes_do_not_pass),
		TEST(plain_text_is_what_the_sanitiser_would_make_of_it),
		TEST(what_the_sanitiser_writes_is_vetted),
		TEST(what_is_vetted_is_the_same_tree_to_a_parser),
		TEST(what_the_sanitiser_would_not_write_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
