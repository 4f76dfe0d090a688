/* RFC 3629, with the well-formed byte sequences of Unicode's table 3-7 as ranges for the second byte. */
#include "base/utf8.h"

#include <string.h>

#include "base/must.h"
#include "base/banned.h"

/* Length of the sequence at s[at], 0 when it is not well formed. */
static size_t sequence(str s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.p + at;
	size_t left = s.n - at;
	if (p[0] < 0x80) return 1;
	size_t len = p[0] >= 0xC2 && p[0] <= 0xDF ? 2 : (p[0] & 0xF0) == 0xE0 ? 3 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4 : 0;
	if (len == 0 || left < len) return 0;
	unsigned char low = 0x80, high = 0xBF;
	if (p[0] == 0xE0) low = 0xA0;
	if (p[0] == 0xED) high = 0x9F;
	if (p[0] == 0xF0) low = 0x90;
	if (p[0] == 0xF4) high = 0x8F;
	if (p[1] < low || p[1] > high) return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xC0) != 0x80) return 0;
	return len;
}

/* Eight bytes of ASCII at once: most of what is asked about is nothing else. */
static bool eight_ascii(const char *p)
{
	uint64_t eight;
	memcpy(&eight, p, sizeof eight);
	return (eight & UINT64_C(0x8080808080808080)) == 0;
}

bool utf8_valid(str s)
{
	for (size_t at = 0; at < s.n;) {
		while (s.n - at >= 8 && eight_ascii(s.p + at)) at += 8;
		if (at == s.n) return true;
		if ((unsigned char)s.p[at] < 0x80) {
			at++;
			continue;
		}
		size_t len = sequence(s, at);
		if (len == 0) return false;
		at += len;
	}
	return true;
}

uint32_t utf8_next(str s, size_t *at)
{
	MUST(*at < s.n);
	static const unsigned char first_bits[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	size_t len = sequence(s, *at);
	if (len == 0) {
		(*at)++;
		return 0xFFFD;
	}
	uint32_t c = (unsigned char)s.p[*at] & first_bits[len];
	for (size_t i = 1; i < len; i++) c = c << 6 | ((unsigned char)s.p[*at + i] & 0x3F);
	*at += len;
	return c;
}

size_t utf8_count(str s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.n; i++) count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return count;
}

str utf8_clip(str s, size_t max)
{
	if (s.n <= max) return s;
	size_t n = max;
	while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
	return (str){ s.p, n };
}

size_t utf8_encode(uint32_t c, char out[4])
{
	MUST(c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF));
	if (c < 0x80) return out[0] = (char)c, 1;
	if (c < 0x800) return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
	if (c < 0x10000)
		return out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3F)),
		       out[2] = (char)(0x80 | (c & 0x3F)), 3;
	return out[0] = (char)(0xF0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 0x3F)),
	       out[2] = (char)(0x80 | (c >> 6 & 0x3F)), out[3] = (char)(0x80 | (c & 0x3F)), 4;
}
