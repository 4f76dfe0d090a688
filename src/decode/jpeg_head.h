/* jpeg_head: what a JPEG says of itself before its first scan (ITU-T T.81). Pure. */
#ifndef DECODE_JPEG_HEAD_H
#define DECODE_JPEG_HEAD_H

#include "base/str.h"

struct jpeg_head {
	int quality;        /* by the Independent JPEG Group's scale, the nearest; 0: it says nothing */
	bool progressive;   /* in several scans: a reader keeps all of it in memory */
	bool halved;        /* colours at half the width and height */
	int samples;        /* of a block of 2 by 2 pixels, all colours: 4 for grey, 6 with halved colours, 12 with whole ones */
};

struct jpeg_head jpeg_head(str file);

#endif
