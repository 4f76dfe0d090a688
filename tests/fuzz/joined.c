/* joined [TEXTS [SEED]]: pieces of HTML and Markdown, such as parsers' own test suites are made of, joined at random and sent through the box as web sends them.
 * That finds what changing one text byte by byte does not: a table in a picture in a choice in a table.
 *
 * A text may kill its reader, since that is what the box is for; how many did is told. It must never make one answer what text/vet refuses, nor make a
 * sanitizer complain, nor stop the next text; and what came back must come back the same when it is sent again. TEXTS is BROADSIDE_JOINED of the environment,
 * else 4,000. The same seed makes the same texts. */
#define OWNS_MEMORY
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "read/reader.h"
#include "base/banned.h"

#define EACH_AGAIN 8 /* one text in so many is sent twice */
#define PREFIX S("j-")

static const char *const names[] = { "a", "abbr", "address", "applet", "area", "article", "b", "base", "bdo", "big", "blockquote", "body", "br", "button", "caption", "center", "code", "col",
	"colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "em", "embed", "fieldset", "figure", "font", "form", "frame", "frameset", "h1", "h2", "h6", "head", "hr", "html",
	"i", "image", "img", "input", "isindex", "keygen", "li", "link", "main", "map", "marquee", "menu", "menuitem", "meta", "nobr",
	"object", "ol", "optgroup", "option", "p", "param", "pre", "rb", "rp", "rt", "rtc", "ruby", "s", "section", "select", "small", "source", "span", "strike",
	"sub", "summary", "sup", "svg", "table", "tbody", "td", "template", "tfoot", "th", "thead", "time", "tr", "track", "tt", "u", "ul", "video", "wbr",
	"math", "mi", "mo", "mn", "ms", "mtext", "mglyph", "malignmark", "annotation-xml", "foreignObject", "desc", "g", "path", "x-y", "p:q" };

/* Behind these nothing is markup until they end, if they do. */
static const char *const swallowing[] = { "<iframe>", "<noembed>", "<noframes>", "<noscript>", "<plaintext>", "<script>", "<style>", "<textarea>", "<title>", "<xmp>", "<!--", "<![CDATA[", "<?x" };

/* The elements between which parsers change their ways: each tag is one of these as often as one of all. */
static const char *const turning[] = { "table", "tr", "td", "th", "caption", "colgroup", "tbody", "select", "option", "math", "mi", "mtext", "annotation-xml", "svg", "desc", "foreignObject",
	"template", "a", "b", "nobr", "p", "body", "html", "head", "frameset", "form", "button", "li", "h1" };

static const char *const attributes[] = { " a", " id=x", " href=/x", " href='https://example.org/?a=1&b'", " href=javascript:alert(1)", " class=footnotes", " class=scroll", " style=x", " onclick=x", " title=\"a'b\"",
	" encoding=text/html", " type=hidden", " definitionurl=x", " xlink:href=x", " colspan=9", " align=Right", " dir=rtl", " lang=x", " src=/y.png", " name=x", " =", " \"", " '", " a=<", "/", " a a", " a=&amp" };

static const char *const others[] = { "x", "words and more ", " ", "\n", "\n\n", "\t", "&amp;", "&lt", "&#x0;", "&#65;", "&#xD800;", "&notit;", "&NotEqualTilde;", "-->", "<!-- a -->", "<!DOCTYPE html>", "</script>", "</title>",
	"]]>", "<? x >", "<", ">", "</", "</>", "<>", "\"", "'", "\xC2\xA0", "\xEF\xBF\xBD", "\xE2\x80\xAE", "\xF0\x9F\x8F\xB3", "\x0C", "\x01", "{{file 1}}" };

static const char *const markdown[] = { "# ", "\n---\n", "\n===\n", "*", "**", "_", "~~", "`", "\n```\n", "\n    ", "> ", "- ", "1. ", "[x](", "[x]", "](", ")", "[^1]", "\n[^1]: ", "![", "|", "\n|-|-|\n", "|a|b|\n", "<https://example.org>",
	"www.example.org", "ann@example.org", "\\", "&", "\n[x]: /y \"z\"\n", "  \n" };

static uint64_t chance;

static size_t below(size_t n)
{
	chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)((chance >> 33) % n);
}

#define ONE_OF(list) str_of((list)[below(sizeof(list) / sizeof *(list))])

enum style { MIXED, MARKED, DENSE, STYLES };

static void add_piece(struct buf *b, enum style style)
{
	size_t what = style == DENSE ? 7 + 2 * below(3) : below(16);
	if (below(300) == 0) {
		buf_str(b, ONE_OF(swallowing));
	} else if (style == MARKED && what < 6) {
		buf_str(b, ONE_OF(markdown));
	} else if (what < 12) {
		bool ends = below(3) == 0;
		buf_str(b, ends ? S("</") : S("<"));
		buf_str(b, what % 2 ? ONE_OF(turning) : ONE_OF(names));
		if (!ends && below(4) == 0) buf_str(b, ONE_OF(attributes));
		buf_char(b, '>');
	} else {
		buf_str(b, ONE_OF(others));
	}
}

/* Most are short, since short ones show what is wrong; one in fifty is as long as an article. */
static str joined(struct cx *cx, enum style style)
{
	struct buf b = buf_new(cx, 1 * MIB);
	for (size_t n = 1 + below(below(50) ? 24 : 2000); n; n--) add_piece(&b, style);
	return buf_view(&b);
}

struct counts {
	long read, refused, killed, busy;
};

static void again(struct cx *cx, struct reader *r, str source, html first)
{
	html second;
	err e = reader_render(cx, r, FORMAT_HTML, first.s, PREFIX, &second);
	if (e == OK && str_eq(first.s, second.s)) return;
	printf("not at rest (%s):\n" STR_FMT "\nbecame\n" STR_FMT "\n", err_name(e), STR_ARG(source), STR_ARG(first.s));
	exit(1);
}

static void send(struct cx *cx, struct reader *r, struct counts *c)
{
	enum style style = (enum style)below(STYLES);
	str source = joined(cx, style);
	html out;
	err e = reader_render(cx, r, style == MARKED ? FORMAT_MARKDOWN : FORMAT_HTML, source, PREFIX, &out);
	c->read += e == OK;
	c->refused += e == LIMIT;
	c->killed += e == INVALID;
	c->busy += e == BUSY;
	if (e == OK && below(EACH_AGAIN) == 0) again(cx, r, source, out);
}

/* What children and this process wrote to the standard error, which main made a file: a line that is no assertion of a library is a fault of ours. */
static bool complaints(int log, int out)
{
	char *text = malloc(1 * MIB + 1);
	ssize_t n = pread(log, text, 1 * MIB, 0);
	MUST(n >= 0);
	text[n] = 0;
	static const char *const bad[] = { "AddressSanitizer", "runtime error", "LeakSanitizer", "what makes no sense", "MUST" };
	bool found = false;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) found = found || strstr(text, bad[i]);
	if (found) (void)!write(out, text, (size_t)n);
	free(text);
	return found;
}

int main(int argc, char **argv)
{
	const char *asked = argc > 1 ? argv[1] : getenv("BROADSIDE_JOINED");
	long texts = asked ? strtol(asked, NULL, 10) : 4000;
	chance = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	int log = memfd_create("stderr", MFD_CLOEXEC), out = fcntl(2, F_DUPFD_CLOEXEC, 3);
	MUST(log >= 0 && out >= 0 && dup2(log, 2) >= 0 && fcntl(2, F_SETFL, O_APPEND) == 0);
	log_open("joined", LOG_WARN);
	const struct role_source from = { .parent = -1, .program = READ_PROGRAM };
	struct reader *r = reader_new(&from, true, 1);
	struct cx *cx = cx_new();
	struct counts c = { 0 };
	for (long i = 0; i < texts; i++, cx_reset(cx)) send(cx, r, &c);
	cx_end(cx);
	reader_free(r);
	printf("%ld texts: %ld read, %ld refused as too dense, %ld killed their reader, %ld found none\n", texts, c.read, c.refused, c.killed, c.busy);
	return complaints(log, out) || c.busy > 0 || c.read < texts / 2;
}
