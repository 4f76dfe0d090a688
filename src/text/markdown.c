/* cmark-gfm does the reading. What is ours is to keep it within bounds: its version at hand takes time that grows
 * with the square of some inputs, and memory too, so those are refused before or stopped on the way. */
#include "text/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <limits.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "text/budget.h"
#include "text/markdown_html.h"
#define OWNS_MEMORY /* cmark_mem's members are named so */
#include "base/banned.h"

/* More of these than anybody writes, few enough that their square does no harm. */
#define MOST_BRACKETS 2000 /* '[' between two blank lines: each is looked at again at every ']' */
#define MOST_CLOSINGS 500  /* ')' in one word: each is counted again when a link's end is sought */
#define MOST_COLUMNS 500   /* '|' in one line: every short row is filled up to that many cells */
#define MOST_AT_SIGNS 5000 /* '@' between two blank lines: each looks back for an address */
#define MOST_ADDRESSES 100 /* "www." and "://" in one word: each looks to its end */
#define MOST_DECLARATIONS 200 /* "<?" and "<!" between two blank lines: each looks for its end */
#define MOST_OUTPUT (2 * (size_t)LIMIT_HTML) /* the sanitiser may still make it shorter */

static const char *const extensions[] = { "table", "autolink", "strikethrough" };

/* Its allocator is not told for whom it allocates. */
static struct budget *paying;

#define HEADER 16 /* before each block stands its size, for realloc */

static void *take(size_t n)
{
	if (n > (size_t)LIMIT_ARENA) budget_spent(paying);
	char *p = budget_take(paying, n + HEADER);
	memcpy(p, &n, sizeof n);
	return p + HEADER;
}

static void *take_array(size_t n, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(n, size, &total)) budget_spent(paying);
	return take(total);
}

static void *take_again(void *old, size_t n)
{
	size_t had = 0;
	if (old) memcpy(&had, (char *)old - HEADER, sizeof had);
	if (old && n <= had) return old;
	void *p = take(n);
	if (old) memcpy(p, old, had);
	return p;
}

static void leave(void *p) { (void)p; }

static cmark_mem memory = { .calloc = take_array, .realloc = take_again, .free = leave };

/* How often what costs is in a text by now: in this paragraph, in this word, in this line. */
struct density {
	size_t brackets, at_signs, declarations; /* of a paragraph */
	size_t closings, addresses;              /* of a word */
	size_t columns;                          /* of a line */
	bool blank;                              /* the line so far */
};

static void end_line(struct density *d)
{
	if (d->blank) d->brackets = d->at_signs = d->declarations = 0;
	d->blank = true;
	d->columns = d->closings = d->addresses = 0;
}

static bool is_too_dense(const struct density *d)
{
	return d->brackets > MOST_BRACKETS || d->closings > MOST_CLOSINGS || d->columns > MOST_COLUMNS || d->at_signs > MOST_AT_SIGNS || d->addresses > MOST_ADDRESSES ||
	       d->declarations > MOST_DECLARATIONS;
}

/* False when the source holds one of the patterns that cmark-gfm takes quadratic time for. */
static bool readable(str s)
{
	struct density d = { .blank = true };
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;
		if (c == '\n' || c == '\r') end_line(&d);
		else if (c == ' ' || c == '\t') d.closings = d.addresses = 0;
		else d.blank = false;
		d.closings += c == ')';
		d.brackets += c == '[';
		d.columns += c == '|';
		d.at_signs += c == '@';
		d.addresses += (c == 'w' && next == '.') || (c == ':' && next == '/');
		d.declarations += c == '<' && (next == '?' || next == '!');
		if (is_too_dense(&d)) return false;
	}
	return true;
}

#define OPTIONS (CMARK_OPT_UNSAFE | CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8)

static cmark_parser *parser_new(void)
{
	cmark_parser *parser = cmark_parser_new_with_mem(OPTIONS, &memory);
	for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
		cmark_syntax_extension *e = cmark_find_syntax_extension(extensions[i]);
		MUST(e != NULL && cmark_parser_attach_syntax_extension(parser, e));
	}
	return parser;
}

static cmark_node *parse(str source)
{
	cmark_parser *parser = parser_new();
	cmark_parser_feed(parser, source.p, source.n);
	return cmark_parser_finish(parser);
}

static const char *render(struct cx *cx, str source)
{
	cmark_node *root = parse(source);
	markdown_html_settle(cx, root, &memory, parse);
	return cmark_render_html_with_mem(root, OPTIONS, cmark_parser_get_syntax_extensions(parser_new()), &memory);
}

err markdown_to_html(struct cx *cx, str source, str *out)
{
	struct budget b;
	const char *volatile rendered = NULL;
	cmark_gfm_core_extensions_ensure_registered();
	if (source.n > INT_MAX / 2 || !readable(source))
		return cx_fail(cx, LIMIT, NULL, "is marked up too densely to be read as Markdown");
	budget_open(&b, budget_for(source.n));
	MUST(paying == NULL);
	paying = &b;
	if (setjmp(b.out) == 0) rendered = render(cx, source);
	paying = NULL;
	if (rendered && strlen((const char *)rendered) > MOST_OUTPUT) rendered = NULL;
	if (rendered) *out = str_copy(cx, str_of((const char *)rendered));
	budget_close(&b);
	if (!rendered) return cx_fail(cx, LIMIT, NULL, "is marked up too densely to be read as Markdown");
	return OK;
}
