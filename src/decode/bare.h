/* bare: coded pictures as they may stand inside a document, rebuilt of those of their parts that say what is seen. Lengths are checked; what is
 * coded is not undone. Each answers the new file in the arena, and the empty one when the old cannot be followed. Rebuilding twice
 * changes nothing more. Pure. */
#ifndef DECODE_BARE_H
#define DECODE_BARE_H

#include "base/cx.h"

/* ITU-T T.81: tables, frames, scans, and of the segments for applications Adobe's twelve bytes, which say how colours are meant. */
str bare_jpeg(struct cx *cx, str file);

/* ISO/IEC 15444-1: of a file the boxes that measure it and name its colours (those of a profile become sRGB or grey), and its picture; of that
 * the marker segments that a decoder needs. *profile: there was a profile. */
str bare_jpeg_2000(struct cx *cx, str file, bool *profile);

/* ITU-T T.88 as it stands in a document: segments but those of comments, profiles and extensions. */
str bare_jbig2(struct cx *cx, str segments);

/* The marker at *i (0 when there is none to follow), the segment's body, and *i behind it. */
unsigned bare_jpeg_marker(str file, size_t *i, str *body);
/* Behind a scan's entropy-coded bytes that begin at i. */
size_t bare_jpeg_scan(str file, size_t i);

#endif
