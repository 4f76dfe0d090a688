/* Most text is ASCII, and has nothing to lose. */
#include "text/chars.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "base/banned.h"

size_t chars_blank(str s)
{
	size_t n = 0;
	while (n < s.n) {
		char c = s.p[n];
		if (c == ' ' || c == '\n' || c == '\t') n++;
		else if (str_starts(str_sub(s, n, 2), S("\xC2\xA0"))) n += 2;
		else break;
	}
	return n;
}

str chars_kept(struct cx *cx, str s)
{
	size_t at = 0;
	while (at < s.n && ((s.p[at] >= ' ' && s.p[at] < 0x7F) || s.p[at] == '\n')) at++;
	if (at == s.n) return s;
	struct buf b = buf_new(cx, 3 * s.n);
	for (size_t i = 0; i < s.n;) {
		char bytes[4];
		uint32_t c = utf8_next(s, &i);
		if (char_kept(c)) buf_str(&b, (str){ bytes, utf8_encode(c, bytes) });
	}
	return buf_view(&b);
}
