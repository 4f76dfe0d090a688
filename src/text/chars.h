/* chars: which characters may stand in a text at all. For use inside text/ only. */
#ifndef TEXT_CHARS_H
#define TEXT_CHARS_H

#include "base/str.h"

/* Not controls (but line feed and tab), not the bidi embeddings and overrides that outlive the text they were typed in
 * (marks and isolates stay), not the noncharacters that XML cannot hold. */
static inline bool char_kept(uint32_t c)
{
	if (c < 0x20) return c == '\n' || c == '\t';
	if (c >= 0x7F && c <= 0x9F) return false;
	if (c >= 0x202A && c <= 0x202E) return false;
	return c != 0xFFFE && c != 0xFFFF;
}

/* The length of the white space that s starts with: ASCII, or a hard space; 0 for none. */
size_t chars_blank(str s);

/* s without the others; what is not UTF-8 becomes U+FFFD. */
str chars_kept(struct cx *cx, str s);

#endif
