/* One bit an element, so that a rule is a set. */
#include "text/nesting.h"

#include <string.h>

#include "base/banned.h"

enum {
	TABLE = 1 << 0, ROWS = 1 << 1, ROW = 1 << 2, CELL = 1 << 3, CAPTION = 1 << 4,
	ITEM = 1 << 5, TERM = 1 << 6, PARAGRAPH = 1 << 7, HEADING = 1 << 8, LINK = 1 << 9,
	RUBY = 1 << 10, RUBY_TEXT = 1 << 11,
	DIVISION = 1 << 12,
	OTHER_BLOCK = 1 << 13, /* closes an open paragraph, as all the bits above but those of tables' parts, links and ruby do */
	SCOPE = TABLE | CELL | CAPTION, /* behind these nothing is open for what is inside */
	CLOSES_PARAGRAPH = TABLE | ITEM | TERM | PARAGRAPH | HEADING | DIVISION | OTHER_BLOCK,
};

static unsigned sort_of(const struct element *e)
{
	static const struct {
		const char *name;
		unsigned sort;
	} all[] = { { "table", TABLE }, { "thead", ROWS }, { "tbody", ROWS }, { "tfoot", ROWS }, { "tr", ROW }, { "td", CELL }, { "th", CELL }, { "caption", CAPTION },
		{ "li", ITEM }, { "dd", TERM }, { "dt", TERM }, { "p", PARAGRAPH }, { "div", DIVISION }, { "a", LINK }, { "ruby", RUBY }, { "rt", RUBY_TEXT }, { "rp", RUBY_TEXT },
		{ "h1", HEADING }, { "h2", HEADING }, { "h3", HEADING }, { "h4", HEADING }, { "h5", HEADING }, { "h6", HEADING },
		{ "blockquote", OTHER_BLOCK }, { "details", OTHER_BLOCK }, { "dl", OTHER_BLOCK }, { "figcaption", OTHER_BLOCK }, { "figure", OTHER_BLOCK }, { "hr", OTHER_BLOCK },
		{ "ol", OTHER_BLOCK }, { "pre", OTHER_BLOCK }, { "section", OTHER_BLOCK }, { "summary", OTHER_BLOCK }, { "ul", OTHER_BLOCK } };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(e->as, all[i].name) == 0) return all[i].sort;
	return 0;
}

/* Is one of these open, up to one of those? */
static bool is_open(const struct element *const *open, size_t n, unsigned sought, unsigned up_to)
{
	while (n-- > 0) {
		unsigned sort = sort_of(open[n]);
		if (sort & sought) return true;
		if (sort & up_to) return false;
	}
	return false;
}

/* What holds a part of a table, and nothing else. */
static unsigned holder_of(unsigned part)
{
	if (part & (CAPTION | ROWS)) return TABLE;
	return part & ROW ? ROWS : part & CELL ? ROW : 0;
}

bool nesting_may_begin(const struct element *const *open, size_t n, const struct element *e)
{
	unsigned sort = sort_of(e), inside = n ? sort_of(open[n - 1]) : 0, holder = holder_of(sort);
	if (holder) return (inside & holder) != 0;
	if (inside & (TABLE | ROWS | ROW)) return false;
	/* An item looks for another up to the first element that is special and no division or paragraph. */
	if (sort & (ITEM | TERM) && is_open(open, n, sort, (SCOPE | ITEM | TERM | HEADING | OTHER_BLOCK | ROWS | ROW) & ~sort)) return false;
	if (sort & CLOSES_PARAGRAPH && is_open(open, n, PARAGRAPH, SCOPE)) return false;
	if (sort & HEADING && inside & HEADING) return false;
	if (sort & LINK && is_open(open, n, LINK, CELL | CAPTION)) return false;
	if (sort & RUBY_TEXT && inside & (TERM | ITEM | PARAGRAPH | RUBY_TEXT) && is_open(open, n, RUBY, SCOPE)) return false;
	return true;
}

bool nesting_may_hold_text(const struct element *const *open, size_t n) { return n == 0 || !(sort_of(open[n - 1]) & (TABLE | ROWS | ROW)); }
