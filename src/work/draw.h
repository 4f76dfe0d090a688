/* draw: numbers as pictures for the anti-spam question, drawn by a decode child, for whoever is not web (which may start nothing). */
#ifndef WORK_DRAW_H
#define WORK_DRAW_H

#include "sys/decode_msg.h"

/* pngs[i] is numbers[i] as a PNG of DECODE_WIDTH x DECODE_HEIGHT. At most DECODE_DRAW_MOST numbers, each of DECODE_DIGITS_LEAST to DECODE_DIGITS_MOST
 * digits. FAILED when the child does not do it within 20 s, or answers anything but such pictures. */
CHECKED err draw_numbers(struct cx *cx, const struct role_source *from, const str *numbers, size_t n, str *pngs);

/* Whether these bytes, which a decode child may have been tricked into sending, are a PNG of exactly our size, whole, every chunk sound (PNG 1.2
 * section 5.3), of plain kinds only, with nothing behind it. */
bool draw_png_fits(str png);

#endif
