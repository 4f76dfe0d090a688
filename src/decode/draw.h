/* draw: a number as a picture that a person reads easily and a program does not: turned and shifted digits of several typefaces on a waved ground,
 * crossed by lines. Dark ink on a light plate of its own, so it reads alike in light and dark pages. */
#ifndef DECODE_DRAW_H
#define DECODE_DRAW_H

#include "base/cx.h"

struct draw_fonts;

/* Reads the typefaces; the only part that opens files. FAILED when the machine has no typeface with digits. */
CHECKED err draw_open(struct cx *cx, struct draw_fonts **out);

/* A PNG of DECODE_WIDTH x DECODE_HEIGHT, 16 shades of grey, without metadata, of at most DECODE_PNG_MOST bytes. */
CHECKED err draw_number(struct cx *cx, const struct draw_fonts *fonts, str digits, str *png);

#endif
