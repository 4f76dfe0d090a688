/* The html type is always written by us, so tags end at the first '>' and five references stand for what was escaped: a scanner
 * is enough, no parser needed. Anything else it meets, it takes as text. */
#include "text/excerpt.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/banned.h"

struct reader {
	struct buf out;
	bool space;     /* white space waits to be written before the next word */
	bool line;      /* a line end does */
	bool skipping;  /* inside a footnote's mark, which is no part of the text */
	str skipped;    /* the element that ends it */
};

static void put(struct reader *r, str piece)
{
	if (r->skipping || piece.n == 0) return;
	if (r->out.n && (r->line || r->space)) buf_char(&r->out, r->line ? '\n' : ' ');
	r->line = r->space = false;
	buf_str(&r->out, piece);
}

static bool one_of(str name, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(name, str_of(*list))) return true;
	return false;
}

/* s starts with '<'; returns the tag's length. */
static size_t read_tag(struct reader *r, str s)
{
	static const char *const blocks[] = { "address", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt",
		"figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "summary",
		"table", "tr", "ul", NULL };
	static const char *const cells[] = { "td", "th", "rp", "rt", NULL };
	ptrdiff_t end = str_find_char(s, '>', 0);
	size_t n = end < 0 ? s.n : (size_t)end + 1;
	str tag = str_sub(s, 1, n - 2);
	bool closes = str_starts(tag, S("/"));
	if (closes) tag = str_sub(tag, 1, tag.n);
	str attributes, name = str_cut(tag, ' ', &attributes);
	if (r->skipping) {
		if (closes && str_eq(name, r->skipped)) r->skipping = false;
		return n;
	}
	if (!closes && (str_contains(attributes, S("class=\"footnote-ref\"")) || str_contains(attributes, S("class=\"footnote-backref\"")))) {
		r->skipping = true;
		r->skipped = name;
	}
	if (one_of(name, blocks)) r->line = true;
	if (one_of(name, cells)) r->space = true;
	return n;
}

/* s starts with '&'; returns the length of the reference, or 1 when it is none. */
static size_t read_reference(struct reader *r, str s)
{
	static const struct {
		const char *name, *text;
	} known[] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" }, { "&nbsp;", " " } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!str_starts(s, str_of(known[i].name))) continue;
		put(r, str_of(known[i].text));
		return strlen(known[i].name);
	}
	put(r, S("&"));
	return 1;
}

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

str excerpt_text(struct cx *cx, html h)
{
	struct reader r = { .out = buf_new(cx, h.s.n + 1) };
	for (size_t i = 0; i < h.s.n;) {
		str rest = str_sub(h.s, i, h.s.n);
		size_t n = 0;
		if (rest.p[0] == '<') {
			i += read_tag(&r, rest);
			continue;
		}
		if (rest.p[0] == '&') {
			i += read_reference(&r, rest);
			continue;
		}
		while (n < rest.n && is_space(rest.p[n])) n++;
		if (n) {
			r.space = r.space || !r.skipping;
			i += n;
			continue;
		}
		while (n < rest.n && !is_space(rest.p[n]) && rest.p[n] != '<' && rest.p[n] != '&') n++;
		put(&r, str_sub(rest, 0, n));
		i += n;
	}
	return buf_view(&r.out);
}

/* Marks that sit on the character before them: none is left without it. */
static bool sits_on_previous(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36F) || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x1F3FB && c <= 0x1F3FF);
}

str excerpt_clip(struct cx *cx, str text, size_t max)
{
	text = str_trim(text);
	if (text.n <= max || utf8_count(text) <= max) return text;
	if (max == 0) return S("");
	size_t at = 0, word = 0, whole = 0; /* ends of the last word and of the last whole character */
	for (size_t count = 0; at < text.n; count++) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);
		if (!sits_on_previous(c)) whole = start;
		if (start && (c == ' ' || c == '\n' || c == '\t') && !is_space(text.p[start - 1])) word = start;
		if (count == max - 1) break; /* the ellipsis takes the last place */
	}
	size_t cut = word * 2 >= whole ? word : whole; /* a script without spaces, or one endless word */
	str kept = str_trim(str_sub(text, 0, cut));
	while (kept.n && strchr(".,;:-", kept.p[kept.n - 1])) kept.n--;
	return str_join(cx, str_trim(kept), S("\xE2\x80\xA6"));
}
