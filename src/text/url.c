/* A browser reads an address more kindly than RFC 3986 does: it drops tabs and line ends, takes '\' for '/', finds a
 * scheme behind spaces. So the address is first made what a browser would make of it, then judged, then written out
 * in the strict form, and only that is ever shown to a browser. */
#include "text/url.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/banned.h"

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* WHATWG URL 4.4: C0 controls and spaces go from both ends, tabs and line ends from anywhere. False on other controls. */
static bool strip(struct cx *cx, str s, str *out)
{
	while (s.n && (unsigned char)s.p[0] <= 0x20) s.p++, s.n--;
	while (s.n && (unsigned char)s.p[s.n - 1] <= 0x20) s.n--;
	struct buf b = buf_new(cx, s.n);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '\t' || c == '\n' || c == '\r') continue;
		if ((unsigned char)c < 0x20 || c == 0x7F) return false;
		buf_char(&b, c);
	}
	*out = buf_view(&b);
	return true;
}

/* The scheme's length when s starts with one and a colon, else 0. */
static size_t scheme_length(str s)
{
	if (s.n == 0 || !letter(s.p[0])) return 0;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == ':') return i;
		if (!letter(s.p[i]) && !digit(s.p[i]) && s.p[i] != '+' && s.p[i] != '-' && s.p[i] != '.') return 0;
	}
	return 0;
}

/* Path, query and fragment: what has no place there raw is percent-encoded; escapes stay; a lone '%' becomes "%25". */
static void write_rest(struct buf *b, str s)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool raw = c > 0x20 && c < 0x7F && !memchr("\"<>\\^`{|}'", c, 10);
		if (c == '%') raw = i + 2 < s.n && hex(s.p[i + 1]) && hex(s.p[i + 2]);
		if (raw)
			buf_char(b, (char)c);
		else
			buf_char(b, '%'), buf_char(b, digits[c >> 4]), buf_char(b, digits[c & 15]);
	}
}

static bool host_valid(str host)
{
	if (host.n == 0 || host.n > 253) return false;
	if (host.p[0] == '[') {
		if (host.n < 4 || host.p[host.n - 1] != ']') return false;
		for (size_t i = 1; i + 1 < host.n; i++)
			if (!hex(host.p[i]) && host.p[i] != ':' && host.p[i] != '.') return false;
		return true;
	}
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];
		if (c == '.' && (i == 0 || host.p[i - 1] == '.')) return false;
		if (!letter(c) && !digit(c) && c != '-' && c != '.' && c != '_' && !((unsigned char)c & 0x80)) return false;
	}
	return true;
}

/* host[:port] in lower case; false unless both are sound. */
static bool write_authority(struct buf *b, struct cx *cx, str authority)
{
	ptrdiff_t bracket = str_find_char(authority, ']', 0);
	ptrdiff_t colon = str_find_char(authority, ':', bracket < 0 ? 0 : (size_t)bracket);
	str host = colon < 0 ? authority : str_sub(authority, 0, (size_t)colon);
	if (!host_valid(host)) return false;
	buf_str(b, str_lower_ascii(cx, host));
	if (colon < 0 || (size_t)colon + 1 == authority.n) return true;
	int64_t port;
	if (!str_to_int(str_sub(authority, (size_t)colon + 1, authority.n), 1, 65535, &port)) return false;
	buf_char(b, ':');
	buf_int(b, port);
	return true;
}

/* What follows "http:" or "https:". */
static err write_web(struct cx *cx, struct buf *b, str rest)
{
	if (rest.n < 2 || rest.p[0] != '/' || rest.p[1] != '/') return cx_fail(cx, INVALID, NULL, "has no // behind its scheme");
	rest = str_sub(rest, 2, rest.n);
	size_t end = 0;
	while (end < rest.n && !memchr("/?#\\", rest.p[end], 4)) end++;
	str authority = str_sub(rest, 0, end);
	if (str_find_char(authority, '@', 0) >= 0) return cx_fail(cx, INVALID, NULL, "may not hold a user name or password");
	buf_lit(b, "//");
	if (!write_authority(b, cx, authority)) return cx_fail(cx, INVALID, NULL, "has no valid host name");
	if (end < rest.n && rest.p[end] == '\\') return cx_fail(cx, INVALID, NULL, "has a backslash behind its host");
	write_rest(b, str_sub(rest, end, rest.n));
	return OK;
}

/* One address, at most a subject and a body behind it, and no escaped line end that a mail program could take for a header's. */
static err write_mail(struct cx *cx, struct buf *b, str rest)
{
	str query, address = str_cut(rest, '?', &query);
	ptrdiff_t at = str_find_char(address, '@', 0);
	if (at <= 0 || (size_t)at + 1 == address.n || address.n > LIMIT_EMAIL)
		return cx_fail(cx, INVALID, NULL, "is not a mail address");
	if (!host_valid(str_sub(address, (size_t)at + 1, address.n))) return cx_fail(cx, INVALID, NULL, "is not a mail address");
	for (size_t i = 0; i < (size_t)at; i++)
		if (!letter(address.p[i]) && !digit(address.p[i]) && !memchr(".!#$&'*+-=_~", address.p[i], 12))
			return cx_fail(cx, INVALID, NULL, "is not a mail address");
	buf_str(b, address);
	while (query.n) {
		str field = str_cut(query, '&', &query), value, name = str_cut(field, '=', &value);
		if (!str_eq_ascii_ci(name, S("subject")) && !str_eq_ascii_ci(name, S("body")))
			return cx_fail(cx, INVALID, NULL, "may hold a subject and a body only");
		if (str_contains(str_lower_ascii(cx, value), S("%0")))
			return cx_fail(cx, INVALID, NULL, "holds an escaped control character");
	}
	query = str_sub(rest, address.n, rest.n);
	write_rest(b, query);
	return OK;
}

static err write_url(struct cx *cx, struct buf *b, str s)
{
	if (s.p[0] == '/' && (s.n < 2 || (s.p[1] != '/' && s.p[1] != '\\'))) return write_rest(b, s), OK;
	if (str_starts(s, S("//"))) {
		buf_lit(b, "https:");
		return write_web(cx, b, s);
	}
	size_t n = scheme_length(s);
	str scheme = str_lower_ascii(cx, str_sub(s, 0, n)), rest = str_sub(s, n + 1, s.n);
	if (str_eq(scheme, S("http")) || str_eq(scheme, S("https"))) {
		buf_str(b, scheme);
		buf_char(b, ':');
		return write_web(cx, b, rest);
	}
	if (str_eq(scheme, S("mailto"))) {
		buf_lit(b, "mailto:");
		return write_mail(cx, b, rest);
	}
	if (s.n > 4 && str_eq_ascii_ci(str_sub(s, 0, 4), S("www."))) {
		buf_lit(b, "https:");
		return write_web(cx, b, str_join(cx, S("//"), s));
	}
	return cx_fail(cx, INVALID, NULL, "must start with https://, http:// or mailto:");
}

err url_check(struct cx *cx, str s, url *out)
{
	str bare;
	if (s.n > LIMIT_URL) return cx_fail(cx, INVALID, NULL, "is longer than %d bytes", LIMIT_URL);
	if (!strip(cx, s, &bare)) return cx_fail(cx, INVALID, NULL, "holds a control character");
	if (bare.n == 0) return cx_fail(cx, INVALID, NULL, "is empty");
	struct buf b = buf_new(cx, LIMIT_URL);
	TRY(write_url(cx, &b, bare));
	if (b.full) return cx_fail(cx, INVALID, NULL, "is longer than %d bytes", LIMIT_URL);
	*out = (url){ buf_view(&b) };
	return OK;
}

url url_path(struct cx *cx, const char *fmt, ...)
{
	char text[LIMIT_URL + 1];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	MUST(n > 0 && (size_t)n < sizeof text && text[0] == '/' && text[1] != '/' && text[1] != '\\');
	return (url){ str_copy(cx, (str){ text, (size_t)n }) };
}

url url_absolute(struct cx *cx, url u, str base)
{
	if (!str_starts(u.s, S("/"))) return u;
	ptrdiff_t authority = str_find(base, S("://"), 0);
	MUST(authority > 0);
	ptrdiff_t path = str_find_char(base, '/', (size_t)authority + 3);
	return (url){ str_join(cx, path < 0 ? base : str_sub(base, 0, (size_t)path), u.s) };
}

str url_host(url u)
{
	if (!str_starts(u.s, S("http"))) return S("");
	ptrdiff_t start = str_find(u.s, S("://"), 0);
	if (start < 0) return S("");
	str rest = str_sub(u.s, (size_t)start + 3, u.s.n);
	size_t n = 0;
	if (rest.n && rest.p[0] == '[') {
		while (n < rest.n && rest.p[n] != ']') n++;
		return str_sub(rest, 0, n + 1);
	}
	while (n < rest.n && !memchr("/?#:", rest.p[n], 4)) n++;
	return str_sub(rest, 0, n);
}
