/* encoding: the bytes of an old page made text. Archives mix encodings from page to page, so it is settled for each page
 * alone: bytes that are valid UTF-8 are UTF-8, all others are Windows-1252 (WHATWG Encoding), which is also what pages
 * labelled ISO-8859-1 mean. */
#ifndef ARCHIVE_ENCODING_H
#define ARCHIVE_ENCODING_H

#include "base/cx.h"

enum archive_encoding { ENCODING_UTF8, ENCODING_WINDOWS_1252 };

/* Valid UTF-8 in the arena: CRLF and CR are LF, a byte order mark, NULs and control characters but tab and line feed are
 * dropped, everything else stands as it was. No longer than three times the input. */
str encoding_to_text(struct cx *cx, str bytes, enum archive_encoding *found);

#endif
