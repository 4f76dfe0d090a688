/* Pointer-and-length strings. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cx.h"
#include "base/must.h"
#include "base/banned.h"

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static bool space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

str str_of(const char *cstr) { return cstr ? (str){ cstr, strlen(cstr) } : (str){ "", 0 }; }

bool str_eq(str a, str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

bool str_eq_ascii_ci(str a, str b)
{
	if (a.n != b.n) return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i])) return false;
	return true;
}

int str_cmp(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str prefix) { return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix); }

bool str_ends(str s, str suffix) { return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix); }

bool str_contains(str s, str part) { return str_find(s, part, 0) >= 0; }

ptrdiff_t str_find(str s, str part, size_t from)
{
	if (from > s.n) return -1;
	if (part.n == 0) return (ptrdiff_t)from;
	if (s.n == 0) return -1;
	const char *hit = memmem(s.p + from, s.n - from, part.p, part.n);
	return hit ? hit - s.p : -1;
}

ptrdiff_t str_find_char(str s, char c, size_t from)
{
	if (from >= s.n) return -1;
	const char *hit = memchr(s.p + from, c, s.n - from);
	return hit ? hit - s.p : -1;
}

str str_sub(str s, size_t from, size_t n)
{
	if (from >= s.n) return (str){ s.p ? s.p + s.n : "", 0 };
	if (n > s.n - from) n = s.n - from;
	return (str){ s.p + from, n };
}

str str_trim(str s)
{
	while (s.n && space(s.p[0])) s.p++, s.n--;
	while (s.n && space(s.p[s.n - 1])) s.n--;
	return s;
}

str str_cut(str s, char sep, str *rest)
{
	ptrdiff_t at = str_find_char(s, sep, 0);
	if (at < 0) {
		*rest = (str){ s.p ? s.p + s.n : "", 0 };
		return s;
	}
	*rest = str_sub(s, (size_t)at + 1, s.n);
	return str_sub(s, 0, (size_t)at);
}

bool str_to_int(str s, int64_t min, int64_t max, int64_t *out)
{
	MUST(min <= max);
	bool negative = min < 0 && s.n && s.p[0] == '-';
	if (negative) s = str_sub(s, 1, s.n);
	if (s.n == 0 || s.n > 19) return false;
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0'); /* 19 digits fit */
	}
	if (v > (uint64_t)INT64_MAX) return false;
	int64_t value = negative ? -(int64_t)v : (int64_t)v;
	if (value < min || value > max) return false;
	*out = value;
	return true;
}

str str_copy(struct cx *cx, str s)
{
	char *p = arena_bytes(cx->arena, s.n);
	if (s.n) memcpy(p, s.p, s.n);
	return (str){ p, s.n };
}

char *str_c(struct cx *cx, str s)
{
	MUST(s.n == 0 || memchr(s.p, 0, s.n) == NULL);
	char *p = arena_bytes(cx->arena, s.n + 1);
	if (s.n) memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return p;
}

str str_fmt(struct cx *cx, const char *fmt, ...)
{
	char small[256]; /* most are short: formatted once, not twice to learn their length */
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	MUST(n >= 0);
	char *p = arena_bytes(cx->arena, (size_t)n + 1);
	if ((size_t)n < sizeof small) memcpy(p, small, (size_t)n + 1);
	else vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (str){ p, (size_t)n };
}

str str_lower_ascii(struct cx *cx, str s)
{
	char *p = arena_bytes(cx->arena, s.n);
	for (size_t i = 0; i < s.n; i++) p[i] = lower(s.p[i]);
	return (str){ p, s.n };
}

str str_join(struct cx *cx, str a, str b)
{
	char *p = arena_bytes(cx->arena, a.n + b.n);
	if (a.n) memcpy(p, a.p, a.n);
	if (b.n) memcpy(p + a.n, b.p, b.n);
	return (str){ p, a.n + b.n };
}

str str_hex(struct cx *cx, const void *bytes, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *p = arena_bytes(cx->arena, 2 * n);
	for (size_t i = 0; i < n; i++) {
		p[2 * i] = digit[b[i] >> 4];
		p[2 * i + 1] = digit[b[i] & 15];
	}
	return (str){ p, 2 * n };
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	return -1;
}

bool str_unhex(str hex, void *bytes, size_t n)
{
	unsigned char *b = bytes;
	if (hex.n != 2 * n) return false;
	for (size_t i = 0; i < n; i++) {
		int high = nibble(hex.p[2 * i]), low = nibble(hex.p[2 * i + 1]);
		if (high < 0 || low < 0) return false;
		b[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

uint64_t str_hash(str s)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h;
}
