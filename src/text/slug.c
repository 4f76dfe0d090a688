/* Unicode's folding by utf8proc, over buffers of the arena. */
#include "text/slug.h"

#include <utf8proc.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "text/chars.h"
#include "base/banned.h"

/* UAX 15's stream-safe format: no honest text sets more marks on a letter, and ordering them takes the square of their number. */
#define MOST_MARKS 30

/* Beside CR LF, CR and LF what programs and scripts end lines with (Unicode 5.8): vertical tab, form feed, NEL, line separator; a paragraph separator
 * is an empty line. */
static bool ends_line(uint32_t c) { return c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029; }

/* What char_kept allows, with one line end for all there are, and no endless towers of marks. */
static str filtered(struct cx *cx, str s)
{
	struct buf b = buf_new(cx, s.n * 3 + 1); /* a broken byte becomes a three-byte U+FFFD */
	int marks = 0;
	for (size_t i = 0; i < s.n;) {
		char bytes[4];
		uint32_t c = utf8_next(s, &i);
		if (ends_line(c)) {
			if (c == '\r' && i < s.n && s.p[i] == '\n') continue;
			if (c == 0x2029) buf_char(&b, '\n');
			c = '\n';
		}
		marks = utf8proc_get_property((utf8proc_int32_t)c)->combining_class ? marks + 1 : 0;
		if (char_kept(c) && marks <= MOST_MARKS) buf_str(&b, (str){ bytes, utf8_encode(c, bytes) });
	}
	return buf_view(&b);
}

static bool ascii(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] & 0x80) return false;
	return true;
}

/* s (filtered) decomposed, or composed, as the options of utf8proc say. */
static str mapped(struct cx *cx, str s, utf8proc_option_t options)
{
	const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)s.p;
	utf8proc_ssize_t n = utf8proc_decompose(p, (utf8proc_ssize_t)s.n, NULL, 0, options);
	MUST(n >= 0); /* it fails on broken UTF-8 only, and filtered mends that */
	utf8proc_int32_t *chars = cx_array_of(cx, utf8proc_int32_t, (size_t)n + 1);
	MUST(utf8proc_decompose(p, (utf8proc_ssize_t)s.n, chars, n, options) == n);
	n = utf8proc_reencode(chars, n, options);
	MUST(n >= 0);
	return (str){ (const char *)chars, (size_t)n };
}

str text_normalise(struct cx *cx, str s)
{
	s = filtered(cx, s);
	return ascii(s) ? s : mapped(cx, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

static bool shapeless(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_ZS: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP: case UTF8PROC_CATEGORY_CC: case UTF8PROC_CATEGORY_CF: return true;
	default: return c == 0x2800 || utf8proc_get_property((utf8proc_int32_t)c)->ignorable; /* 2800: the Braille cell without a dot */
	}
}

bool text_visible(str s)
{
	for (size_t i = 0; i < s.n;)
		if (!shapeless(utf8_next(s, &i))) return true;
	return false;
}

static str spaces_folded(struct cx *cx, str s)
{
	struct buf b = buf_new(cx, s.n);
	bool space = false;
	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		uint32_t c = utf8_next(s, &i);
		utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
		if (c == '\n' || c == '\t' || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
		    category == UTF8PROC_CATEGORY_ZP) {
			space = b.n > 0;
			continue;
		}
		if (space) buf_char(&b, ' ');
		space = false;
		buf_str(&b, str_sub(s, start, i - start));
	}
	return buf_view(&b);
}

str text_fold(struct cx *cx, str s)
{
	const utf8proc_option_t fold =
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
	s = filtered(cx, s);
	return spaces_folded(cx, mapped(cx, mapped(cx, s, fold), fold)); /* twice: folding can make what folds again */
}

/* Latin letters that no decomposition takes apart. */
static str latin_alike(uint32_t c)
{
	switch (c) {
	case 0xE6: return S("ae");
	case 0xF0: case 0x111: return S("d");
	case 0xF8: return S("o");
	case 0xFE: return S("th");
	case 0x127: return S("h");
	case 0x131: return S("i");
	case 0x142: return S("l");
	case 0x14B: return S("ng");
	case 0x153: return S("oe");
	case 0x167: return S("t");
	case 0x180: return S("b");
	case 0x259: case 0x1DD: return S("e");
	default: return S("");
	}
}

static bool latin(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 0xAA && c <= 0x24F) || (c >= 0x1E00 && c <= 0x1EFF) ||
	       (c >= 0x2C60 && c <= 0x2C7F) || (c >= 0xA720 && c <= 0xA7FF);
}

enum kind { LETTER, MARK, OTHER };

static enum kind kind_of(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU: case UTF8PROC_CATEGORY_LL: case UTF8PROC_CATEGORY_LT: case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO: case UTF8PROC_CATEGORY_ND: case UTF8PROC_CATEGORY_NL: case UTF8PROC_CATEGORY_NO:
		return LETTER;
	case UTF8PROC_CATEGORY_MN: case UTF8PROC_CATEGORY_MC: case UTF8PROC_CATEGORY_ME:
		return MARK;
	default:
		return OTHER;
	}
}

/* At most LIMIT_SLUG bytes, at the end of a word where there is one. */
static str clipped(str s)
{
	if (s.n <= LIMIT_SLUG) return s;
	str cut = utf8_clip(s, LIMIT_SLUG);
	if (s.p[cut.n] == '-') return cut;
	for (size_t n = cut.n; n > LIMIT_SLUG / 2; n--)
		if (cut.p[n - 1] == '-') return str_sub(cut, 0, n - 1);
	return cut;
}

str slug_make(struct cx *cx, str text)
{
	str s = mapped(cx, filtered(cx, utf8_clip(text, 8 * LIMIT_SLUG)),
	               UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
	struct buf b = buf_new(cx, 64 * LIMIT_SLUG + s.n);
	bool parted = false, after_latin = true, after_letter = false;
	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		uint32_t c = utf8_next(s, &i);
		enum kind kind = kind_of(c);
		if (kind == MARK && (after_latin || !after_letter)) continue;
		if (kind == OTHER) {
			parted = b.n > 0;
			after_letter = false;
			continue;
		}
		if (parted) buf_char(&b, '-');
		parted = false;
		after_letter = true;
		if (kind == LETTER) after_latin = latin(c);
		str alike = latin_alike(c);
		buf_str(&b, alike.n ? alike : str_sub(s, start, i - start));
	}
	str slug = buf_view(&b);
	if (slug.n == 0) return S("untitled");
	return clipped(ascii(slug) ? slug : mapped(cx, slug, UTF8PROC_STABLE | UTF8PROC_COMPOSE));
}

bool slug_valid(str s)
{
	if (s.n == 0 || s.n > 40 || s.p[0] == '-' || s.p[s.n - 1] == '-') return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-')) return false;
	return true;
}
