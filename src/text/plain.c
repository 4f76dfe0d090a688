/* A link is found where a person sees one: "https://", "http://" or "www." at the start of a word, or a mail address. Each
 * search looks a bounded way back or walks what it then consumes, so the whole is linear. */
#include "text/plain.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/chars.h"
#include "text/esc.h"
#include "text/url.h"
#include "text/values.h"
#include "base/banned.h"

#define MOST_LOCAL_PART 64 /* RFC 5321 4.5.3.1.1 */

static bool space(char c) { return c == ' ' || c == '\t' || c == '\n'; }
static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ((unsigned char)c & 0x80); }
static bool alnum(char c) { return letter(c) || (c >= '0' && c <= '9'); }

/* Sentence marks and unpaired closing brackets at a link's end belong to the sentence, not to the link. */
static size_t without_tail(str s)
{
	size_t n = s.n;
	ptrdiff_t open = 0;
	for (size_t i = 0; i < n; i++) open += (s.p[i] == '(') - (s.p[i] == ')');
	while (n > 0) {
		char c = s.p[n - 1];
		if (c == ')' && open < 0)
			open++;
		else if (!memchr(".,;:!?'\"]}*_", c, 12))
			break;
		n--;
	}
	return n;
}

/* The length of the web address that s starts with, or 0. */
static size_t web_length(str s)
{
	size_t prefix = 0;
	if (str_eq_ascii_ci(str_sub(s, 0, 8), S("https://"))) prefix = 8;
	if (str_eq_ascii_ci(str_sub(s, 0, 7), S("http://"))) prefix = 7;
	if (str_eq_ascii_ci(str_sub(s, 0, 4), S("www."))) prefix = 4;
	if (prefix == 0 || s.n == prefix || !alnum(s.p[prefix])) return 0;
	size_t n = prefix;
	while (n < s.n && n <= LIMIT_URL && !space(s.p[n]) && !memchr("<>\"", s.p[n], 3)) n++;
	n = without_tail(str_sub(s, 0, n));
	return n > prefix && n <= LIMIT_URL ? n : 0;
}

static bool local_char(char c) { return alnum(c) || (c && strchr(".!#$%*+-_~", c)); }

/* The mail address around the '@' at s[at], not starting before `from`: its start and length, or false. */
static bool mail_around(str s, size_t from, size_t at, size_t *start, size_t *n)
{
	size_t first = at;
	while (first > from && at - first < MOST_LOCAL_PART && local_char(s.p[first - 1])) first--;
	while (first < at && !alnum(s.p[first])) first++;
	size_t end = at + 1, dots = 0;
	while (end < s.n && end - at <= 253 && (alnum(s.p[end]) || s.p[end] == '-' || s.p[end] == '.')) {
		if (s.p[end] == '.' && s.p[end - 1] == '.') break;
		end++;
	}
	while (end > at + 1 && !alnum(s.p[end - 1])) end--;
	for (size_t i = at + 2; i < end; i++) dots += s.p[i] == '.';
	if (first == at || dots == 0 || (unsigned char)s.p[first] >= 0x80) return false;
	*start = first;
	*n = end - first;
	return true;
}

/* An address that is none after all stays text: that is no fault of who typed it. */
static void write_link(struct cx *cx, struct buf *b, str scheme, str address)
{
	url u;
	struct fault before = cx->fault;
	bool links = url_check(cx, str_join(cx, scheme, address), &u) == OK;
	cx->fault = before;
	if (links) {
		buf_lit(b, "<a href=\"");
		esc_html(b, u.s);
		buf_lit(b, "\" rel=\"" VALUES_LINK_REL "\">");
	}
	esc_html(b, address);
	if (links) buf_lit(b, "</a>");
}

/* One line, without its end. */
static void write_line(struct cx *cx, struct buf *b, str line)
{
	size_t done = 0; /* what is before has been written */
	for (size_t i = 0; i < line.n; i++) {
		size_t start = i, n = 0;
		str scheme = S("");
		char c = line.p[i];
		if ((c | 0x20) == 'h' || (c | 0x20) == 'w') {
			if (i == 0 || !alnum(line.p[i - 1])) n = web_length(str_sub(line, i, line.n));
		} else if (c == '@' && mail_around(line, done, i, &start, &n)) {
			scheme = S("mailto:");
		}
		if (n == 0) continue;
		esc_html(b, str_sub(line, done, start - done));
		write_link(cx, b, scheme, str_sub(line, start, n));
		done = start + n;
		i = done - 1;
	}
	esc_html(b, str_sub(line, done, line.n));
}

/* Cuts the next line off *rest; CRLF, CR and LF end one. */
static str next_line(str *rest)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r') n++;
	str line = str_sub(*rest, 0, n);
	if (n + 1 < rest->n && rest->p[n] == '\r' && rest->p[n + 1] == '\n') n++;
	*rest = str_sub(*rest, n + 1, rest->n);
	return line;
}

/* What no text may hold goes before anything is looked for in it. */
static str kept(struct cx *cx, str line)
{
	size_t at = 0;
	while (at < line.n && line.p[at] >= ' ' && line.p[at] < 0x7F) at++;
	if (at == line.n) return line;
	struct buf b = buf_new(cx, line.n);
	for (size_t i = 0; i < line.n;) {
		size_t start = i;
		if (char_kept(utf8_next(line, &i))) buf_str(&b, str_sub(line, start, i - start));
	}
	return buf_view(&b);
}

err plain_to_html(struct cx *cx, str source, html *out)
{
	struct buf b = buf_new(cx, LIMIT_HTML);
	bool open = false;
	while (source.n) {
		str line = str_trim(kept(cx, next_line(&source)));
		if (line.n == 0) {
			if (open) buf_lit(&b, "</p>\n");
			open = false;
			continue;
		}
		buf_str(&b, open ? S("<br>\n") : S("<p>"));
		open = true;
		write_line(cx, &b, line);
	}
	if (open) buf_lit(&b, "</p>\n");
	return buf_done(cx, &b, &out->s);
}
