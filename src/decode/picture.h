/* picture: pictures by libvips. What comes out is made of pixels alone: turned upright, in sRGB (grey stays grey), at 72 pixels an inch, without any
 * profile, comment or field. PNG and lossless WebP keep every pixel as it was (but for colours of a profile, which are converted), JPEG and lossy
 * WebP are encoded anew; moving GIF and WebP keep frames and delays. */
#ifndef DECODE_PICTURE_H
#define DECODE_PICTURE_H

#include <vips/vips.h>

#include "decode/job.h"

/* The cleaned picture and its sizes; kind as sniffed. */
CHECKED err picture_clean(struct job *job, enum media_kind kind);

/* A still of RGB pixels, as WebP and JPEG, at most MEDIA_POSTER_WIDTH wide. Takes the image over. */
CHECKED err picture_still(struct job *job, VipsImage *image);

#endif
