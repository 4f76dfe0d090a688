/* Escaping is table-free on purpose: each language has a handful of characters, and the list is read in a review. */
#include "text/esc.h"

#include <string.h>

#include "base/arena.h"
#include "base/cx.h"
#include "base/utf8.h"
#include "text/chars.h"
#include "base/banned.h"

static str html_reference(char c)
{
	switch (c) {
	case '&': return S("&amp;");
	case '<': return S("&lt;");
	case '>': return S("&gt;");
	case '"': return S("&quot;");
	case '\'': return S("&#39;");
	default: return S("");
	}
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Not 0 when a byte of w is 0. */
static uint64_t has_zero(uint64_t w) { return (w - EACH(1)) & ~w & EACH(0x80); }

/* Where the next character is that has a reference, or s.n. Pages are mostly text without any, so eight bytes are passed at a time: & and ' differ
 * in one bit, < and > in another. */
static size_t next_special(str s, size_t at)
{
	for (uint64_t w; s.n - at >= sizeof w; at += sizeof w) {
		memcpy(&w, s.p + at, sizeof w);
		if (has_zero((w | EACH(1)) ^ EACH('\'')) | has_zero((w | EACH(2)) ^ EACH('>')) | has_zero(w ^ EACH('"'))) break;
	}
	while (at < s.n && html_reference(s.p[at]).n == 0) at++;
	return at;
}

void esc_html(struct buf *b, str s)
{
	size_t from = 0;
	for (size_t at; (at = next_special(s, from)) < s.n; from = at + 1) {
		buf_str(b, str_sub(s, from, at - from));
		buf_str(b, html_reference(s.p[at]));
	}
	buf_str(b, str_sub(s, from, s.n));
}

str esc_html_str(struct cx *cx, str s)
{
	struct buf b = buf_new(cx, s.n * 6 + 1); /* the longest reference has six bytes */
	esc_html(&b, s);
	return buf_view(&b);
}

void esc_html_kept(struct buf *b, str s)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		if ((s.p[i] >= ' ' && s.p[i] < 0x7F) || s.p[i] == '\n') {
			i++;
			continue;
		}
		uint32_t c = utf8_next(s, &i);
		if (char_kept(c) && c != 0xFFFD) continue;
		esc_html(b, str_sub(s, from, start - from));
		if (c == 0xFFFD) buf_lit(b, "\xEF\xBF\xBD"); /* itself, or a broken byte */
		from = i;
	}
	esc_html(b, str_sub(s, from, s.n - from));
}

static bool unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

void esc_url(struct buf *b, str s)
{
	static const char digit[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (unreserved(s.p[i])) {
			buf_char(b, s.p[i]);
		} else {
			char escape[3] = { '%', digit[c >> 4], digit[c & 15] };
			buf_str(b, (str){ escape, 3 });
		}
	}
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

bool esc_url_undo(struct cx *cx, str s, bool plus, str *out)
{
	char *p = arena_bytes(cx->arena, s.n);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			int high = i + 1 < s.n ? nibble(s.p[i + 1]) : -1, low = i + 2 < s.n ? nibble(s.p[i + 2]) : -1;
			if (high < 0 || low < 0) return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		p[n++] = c;
	}
	*out = (str){ p, n };
	return true;
}

/* XML 1.0 2.2 Char. */
bool esc_xml_holds(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
	       c >= 0x10000;
}

void esc_xml(struct buf *b, str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		str reference = html_reference(s.p[i]); /* &#39; and the other four are XML's too */
		uint32_t c = utf8_next(s, &i);
		if (reference.n)
			buf_str(b, reference);
		else if (c == '\r')
			buf_lit(b, "&#13;"); /* a bare one would be read as a line feed */
		else if (c == 0xFFFD || !esc_xml_holds(c))
			buf_lit(b, "\xEF\xBF\xBD");
		else
			buf_str(b, str_sub(s, start, i - start));
	}
}
