/* Tags and white space are settled here, so that the compiler sees only what will be shown and what it hangs on. */
#include "view/parse.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/vec.h"
#include "base/banned.h"

struct parser {
	struct cx *cx;
	str where, text;
	str open, close; /* the delimiters in force */
	size_t at, line;
	struct tokens *out;
};

/* One tag: text[from, to) with its delimiters. */
struct tag {
	size_t from, to, line;
	char sigil; /* # ^ / > ! = or 0 */
	str inner;  /* trimmed, without sigil */
};

#define REFUSE(p, line, ...) refuse(p, line, str_fmt((p)->cx, __VA_ARGS__))

static CHECKED err refuse(struct parser *p, size_t line, str sentence)
{
	return cx_fail(p->cx, INVALID, NULL, STR_FMT ":%zu: " STR_FMT, STR_ARG(p->where), line, STR_ARG(sentence));
}

static size_t newlines(str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) n += s.p[i] == '\n';
	return n;
}

static bool blank(char c) { return c == ' ' || c == '\t'; }

/* Where the line of offset at begins, if only blanks stand between; -1 otherwise. */
static ptrdiff_t blank_before(str text, size_t at)
{
	while (at > 0 && blank(text.p[at - 1])) at--;
	return at == 0 || text.p[at - 1] == '\n' ? (ptrdiff_t)at : -1;
}

/* Where the next line begins, if only blanks stand between; -1 otherwise. */
static ptrdiff_t blank_behind(str text, size_t at)
{
	while (at < text.n && blank(text.p[at])) at++;
	if (at == text.n) return (ptrdiff_t)at;
	if (text.p[at] == '\n') return (ptrdiff_t)at + 1;
	if (text.p[at] == '\r' && at + 1 < text.n && text.p[at + 1] == '\n') return (ptrdiff_t)at + 2;
	return -1;
}

static void push_text(struct parser *p, size_t from, size_t to, size_t line)
{
	if (to > from) vec_push(p->cx, p->out, (struct token){ TOKEN_TEXT, str_sub(p->text, from, to - from), S(""), line });
}

static bool space(char c) { return blank(c) || c == '\n' || c == '\r'; }

/* {{=<% %>=}}: inner is "<% %>=". The strs view the template's text. */
static CHECKED err set_delimiters(struct parser *p, const struct tag *tag)
{
	str inner = tag->inner;
	if (!str_ends(inner, S("="))) return REFUSE(p, tag->line, "a change of delimiters must end in =");
	inner = str_trim(str_sub(inner, 0, inner.n - 1));
	size_t n = 0;
	while (n < inner.n && !space(inner.p[n])) n++;
	str open = str_sub(inner, 0, n), close = str_trim(str_sub(inner, n, inner.n));
	bool right = open.n > 0 && close.n > 0 && !str_contains(open, S("=")) && !str_contains(close, S("="));
	for (size_t i = 0; i < close.n; i++) right &= !space(close.p[i]);
	if (!right) return REFUSE(p, tag->line, "a change of delimiters needs two of them, without = or spaces in them");
	p->open = open;
	p->close = close;
	return OK;
}

static CHECKED err read_tag(struct parser *p, size_t from, struct tag *tag)
{
	size_t inner = from + p->open.n;
	*tag = (struct tag){ .from = from, .line = p->line };
	ptrdiff_t end = str_find(p->text, p->close, inner);
	if (end < 0) return REFUSE(p, p->line, "this tag has no closing " STR_FMT, STR_ARG(p->close));
	tag->to = (size_t)end + p->close.n;
	tag->inner = str_trim(str_sub(p->text, inner, (size_t)end - inner));
	char c = tag->inner.n ? tag->inner.p[0] : 0;
	if (c == '{' || c == '&') {
		return REFUSE(p, p->line, "text is always escaped: {{{...}}} and {{&...}} are not known here; only fields of kind HTML stand as they are");
	}
	if (c != 0 && str_find_char(S("#^/>!="), c, 0) >= 0) {
		tag->sigil = c;
		tag->inner = str_trim(str_sub(tag->inner, 1, tag->inner.n));
	}
	if (tag->sigil == '!' || tag->sigil == '=') return OK;
	if (tag->inner.n == 0) return REFUSE(p, p->line, "this tag has no name in it");
	for (size_t i = 0; i < tag->inner.n; i++) {
		if (space(tag->inner.p[i])) return REFUSE(p, p->line, "this tag's name has a space in it; is the tag closed?");
	}
	return OK;
}

static enum token_kind kind_of(char sigil)
{
	switch (sigil) {
	case '#': return TOKEN_SECTION;
	case '^': return TOKEN_INVERTED;
	case '/': return TOKEN_CLOSE;
	case '>': return TOKEN_PARTIAL;
	default: return TOKEN_FIELD;
	}
}

static CHECKED err take_tag(struct parser *p, size_t from)
{
	struct tag tag;
	size_t text_line = p->line;
	p->line += newlines(str_sub(p->text, p->at, from - p->at));
	TRY(read_tag(p, from, &tag));
	ptrdiff_t line_from = tag.sigil ? blank_before(p->text, tag.from) : -1;
	ptrdiff_t next_line = line_from >= (ptrdiff_t)p->at ? blank_behind(p->text, tag.to) : -1;
	bool alone = next_line >= 0;
	push_text(p, p->at, alone ? (size_t)line_from : tag.from, text_line);
	if (tag.sigil == '=') {
		TRY(set_delimiters(p, &tag));
	} else if (tag.sigil != '!') {
		str indent = alone && tag.sigil == '>' ? str_sub(p->text, (size_t)line_from, tag.from - (size_t)line_from) : S("");
		vec_push(p->cx, p->out, (struct token){ kind_of(tag.sigil), tag.inner, indent, tag.line });
	}
	size_t next = alone ? (size_t)next_line : tag.to;
	p->line += newlines(str_sub(p->text, tag.from, next - tag.from));
	p->at = next;
	return OK;
}

err template_parse(struct cx *cx, str where, str text, struct tokens *out)
{
	struct parser p = { .cx = cx, .where = where, .text = text, .open = S("{{"), .close = S("}}"), .line = 1, .out = out };
	*out = (struct tokens){ 0 };
	for (ptrdiff_t from; (from = str_find(text, p.open, p.at)) >= 0;) TRY(take_tag(&p, (size_t)from));
	push_text(&p, p.at, text.n, p.line);
	return OK;
}

err template_indent(struct cx *cx, str text, str indent, str *out)
{
	struct buf b = buf_new(cx, LIMIT_TEMPLATE);
	for (size_t at = 0; at < text.n;) {
		ptrdiff_t end = str_find_char(text, '\n', at);
		size_t next = end < 0 ? text.n : (size_t)end + 1;
		buf_str(&b, indent);
		buf_str(&b, str_sub(text, at, next - at));
		at = next;
	}
	return buf_done(cx, &b, out);
}
