/* pixels: a picture's pixels brought into memory once, upright, without what is hidden in them; and how much memory that and what follows take. */
#ifndef DECODE_PIXELS_H
#define DECODE_PIXELS_H

#include <vips/vips.h>

#include "decode/job.h"

/* Whether a picture of which only the head was read can be cleaned in MEDIA_MEMORY_MB, by what was measured for its kind. */
bool pixels_fit(VipsImage *image, enum media_kind kind, str file);
/* Whether there is room beside it for an encoder that keeps all of what it codes. */
bool pixels_leave_room(VipsImage *image);

/* All of image in memory, turned as its orientation says unless it moves; the pixels that nobody sees are black. image is read from top to bottom, once.
 * What comes out holds nothing of image, which may be let go. */
CHECKED err pixels_read(struct job *job, VipsImage *image, bool moves, VipsImage **out);

#endif
