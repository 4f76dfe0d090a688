/* quality: how finely a picture has to be coded as JPEG so that nobody sees that it was coded again. */
#ifndef DECODE_QUALITY_H
#define DECODE_QUALITY_H

#include <vips/vips.h>

#include "decode/jpeg_head.h"

#define QUALITY_REACHED 45.0 /* decibels of signal to noise, against the pixels that came: what is told and tested */

struct quality {
	int q;
	bool halved; /* colours may be kept at half the size, since they came so */
};

/* Of an upright picture of 8 bits in memory; came: how it was coded before, quality 0 for what was no JPEG. Tries a few codings of a part of the picture. */
struct quality quality_for(VipsImage *image, const struct jpeg_head *came);

#endif
