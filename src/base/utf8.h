/* utf8: checking and walking UTF-8 as RFC 3629 defines it (no overlong forms, no surrogates, nothing past U+10FFFF). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* True when every byte belongs to a valid sequence. NUL is valid UTF-8: doors from outside refuse it on their own. */
bool utf8_valid(str s);

/* Decodes the character at *at (at < s.n) and moves *at behind it; an invalid byte gives 0xFFFD and moves one. */
uint32_t utf8_next(str s, size_t *at);

/* Characters (code points) in a valid s. */
size_t utf8_count(str s);

/* The longest prefix of s of at most max bytes that does not split a character. */
str utf8_clip(str s, size_t max);

/* Writes c (a scalar value) to out, returns the bytes used (1 to 4). */
size_t utf8_encode(uint32_t c, char out[4]);

#endif
