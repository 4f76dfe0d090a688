/* Each search looks a bounded way back or walks what it then passes over, so the whole is linear. */
#include "text/links.h"

#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/esc.h"
#include "text/url.h"
#include "text/values.h"
#include "base/banned.h"

#define MOST_LOCAL_PART 64 /* RFC 5321 4.5.3.1.1 */
#define MOST_HOST 253      /* RFC 1035 2.3.4, as it is written */
#define ZWNJ 0x200C        /* joiners stand inside words of Persian and of Indian languages */
#define ZWJ 0x200D

static bool is_ascii_alnum(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/* A letter, mark or digit of any script. */
static bool is_word(uint32_t c)
{
	if (c < 0x80) return is_ascii_alnum(c);
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

/* After such a character an address does not begin: it would be the end of a word. Scripts without case often do
 * without spaces too. */
static bool is_inside_word(uint32_t c)
{
	if (c < 0x80) return is_ascii_alnum(c);
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT || category == UTF8PROC_CATEGORY_ND;
}

static bool begins_word(str s, size_t at)
{
	size_t start = at;
	if (at == 0) return true;
	while (start > 0 && at - start < 4 && ((unsigned char)s.p[--start] & 0xC0) == 0x80) continue;
	return !is_inside_word(utf8_next(s, &start));
}

/* ASCII that may stand in an address: what RFC 3986 allows, and what people put there all the same. */
static bool may_hold(uint32_t c) { return c > ' ' && c < 0x7F && !memchr("<>\"`", (int)c, 4); }

/* Of its tail, what is the sentence's. A closing bracket that stands here is one that the address opened. */
static size_t without_tail(str s)
{
	size_t n = s.n;
	while (n > 0 && memchr(".,;:!?'*~|\\^([{", s.p[n - 1], 15)) n--;
	return n;
}

/* Counts brackets; false at one that closes what the address did not open. */
static bool is_balanced(int open[3], uint32_t c)
{
	static const char brackets[] = "([{)]}";
	const char *at = c && c < 0x80 ? strchr(brackets, (int)c) : NULL;
	if (!at) return true;
	int which = (int)(at - brackets);
	return which < 3 ? ++open[which] > 0 : open[which - 3]-- > 0;
}

/* The length of the web address that s starts with, or 0. *passed: how far it was looked. */
static size_t web_length(str s, size_t *passed)
{
	size_t prefix = 0, end;
	if (str_eq_ascii_ci(str_sub(s, 0, 8), S("https://"))) prefix = 8;
	else if (str_eq_ascii_ci(str_sub(s, 0, 7), S("http://"))) prefix = 7;
	else if (str_eq_ascii_ci(str_sub(s, 0, 4), S("www."))) prefix = 4;
	*passed = end = prefix;
	if (prefix == 0 || s.n == prefix || !(is_word(utf8_next(s, &end)) || s.p[prefix] == '[')) return 0;
	int open[3] = { 0 };
	for (end = prefix; end < s.n;) {
		size_t next = end;
		uint32_t c = utf8_next(s, &next);
		if (!may_hold(c) && (c < 0x80 || (!is_word(c) && c != ZWNJ && c != ZWJ))) break;
		if (!is_balanced(open, c)) break;
		end = next;
	}
	*passed = end;
	if (end > LIMIT_URL) return 0;
	end = without_tail(str_sub(s, 0, end));
	return end > prefix ? end : 0;
}

static bool is_local(char c) { return is_ascii_alnum((unsigned char)c) || (c && strchr(".!#$%*+-_~", c)); }

/* The mail address around the '@' at s[at], not starting before `from`. */
static bool mail_around(str s, size_t from, size_t at, struct link *out)
{
	size_t first = at, end = at + 1, last = at, dots = 0;
	while (first > from && at - first < MOST_LOCAL_PART && is_local(s.p[first - 1])) first--;
	while (first < at && !is_ascii_alnum((unsigned char)s.p[first])) first++;
	if (first == at || !begins_word(s, first)) return false;
	while (end < s.n && end - at <= MOST_HOST) {
		size_t next = end;
		uint32_t c = utf8_next(s, &next);
		if (!is_word(c) && c != '-' && c != '.') break;
		if (c == '.' && (end == at + 1 || s.p[end - 1] == '.')) break;
		dots += c == '.' && end > at + 1;
		end = next;
		if (is_word(c)) last = end;
	}
	for (size_t i = last; i < end; i++) dots -= s.p[i] == '.';
	if (last <= at + 1 || dots == 0) return false;
	*out = (struct link){ first, last - first, true };
	return true;
}

bool links_next(str text, size_t from, struct link *out)
{
	for (size_t i = from; i < text.n;) {
		char c = text.p[i];
		size_t passed = 1, n = 0;
		if (c == '@' && mail_around(text, from, i, out)) return true;
		if (((c | 0x20) == 'h' || (c | 0x20) == 'w') && begins_word(text, i)) n = web_length(str_sub(text, i, text.n), &passed);
		if (n) return *out = (struct link){ i, n, false }, true;
		i += passed > LIMIT_URL ? passed : 1;
	}
	return false;
}

bool links_write_one(struct cx *cx, struct buf *b, str address, bool mail)
{
	url u;
	struct fault before = cx->fault;
	bool good = url_check(cx, mail ? str_join(cx, S("mailto:"), address) : address, &u) == OK;
	cx->fault = before;
	if (!good) return false;
	buf_lit(b, "<a href=\"");
	esc_html(b, u.s);
	buf_lit(b, "\" rel=\"" VALUES_LINK_REL "\">");
	esc_html(b, address);
	buf_lit(b, "</a>");
	return true;
}

void links_write(struct cx *cx, struct buf *b, str text)
{
	struct link l;
	size_t done = 0;
	while (links_next(text, done, &l)) {
		str address = str_sub(text, l.start, l.n);
		esc_html(b, str_sub(text, done, l.start - done));
		if (!links_write_one(cx, b, address, l.mail)) esc_html(b, address);
		done = l.start + l.n;
	}
	esc_html(b, str_sub(text, done, text.n));
}
