/* traces: which kinds of data a file carries beside what is seen and heard, so that the person can be told what was taken out. A
 * guess by names: what is taken out does not depend on it. Pure. */
#ifndef DECODE_TRACES_H
#define DECODE_TRACES_H

#include "sys/media.h"

/* The bit for a field of this name ("GPSLatitude", "creation_time", "Author"); MEDIA_OTHER for a name that says nothing. */
uint32_t traces_of_name(str name);

/* The bits of all names that stand in a packet of XMP. */
uint32_t traces_in_xmp(str packet);

/* What a picture's file says outside its pixels, and that libvips does not tell: comments, unknown segments, what hangs behind the end. */
uint32_t traces_in_jpeg(str file);
uint32_t traces_in_png(str file);

#endif
