/* Old pages say one encoding and use another; only the bytes are believed here. */
#include "archive/encoding.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "base/banned.h"

/* What 0x80 to 0x9F mean in Windows-1252: 27 characters, and five bytes without a meaning (0), which are dropped. */
static const uint16_t specials[32] = {
	0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
	0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

/* Is c kept as it is? Controls of both sets (ECMA-48) are not, tab and line feed are; so are not the byte order mark, which
 * has no business inside a text, and the noncharacters at the plane's end. */
static bool kept(uint32_t c)
{
	if (c < 0x20) return c == '\t' || c == '\n';
	return !(c >= 0x7F && c <= 0x9F) && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}

str encoding_to_text(struct cx *cx, str bytes, enum archive_encoding *found)
{
	bool utf8 = utf8_valid(bytes);
	char *out = arena_bytes(cx->arena, utf8 ? bytes.n : bytes.n * 3);
	size_t n = 0;
	*found = utf8 ? ENCODING_UTF8 : ENCODING_WINDOWS_1252;
	for (size_t at = 0; at < bytes.n;) {
		uint32_t c;
		if (utf8) {
			c = utf8_next(bytes, &at);
		} else {
			c = (unsigned char)bytes.p[at++];
			if (c >= 0x80 && c < 0xA0) c = specials[c - 0x80];
		}
		if (c == '\r') {
			if (at < bytes.n && bytes.p[at] == '\n') at++;
			c = '\n';
		}
		if (kept(c)) n += utf8_encode(c, out + n);
	}
	return (str){ out, n };
}
