/* av_parts: reading a container, shared by av.c and av_still.c. */
#ifndef DECODE_AV_PARTS_H
#define DECODE_AV_PARTS_H

#include <libavformat/avformat.h>

#include "decode/job.h"

/* Opened on the job's input, with decoders only of what browsers play; closed when the cx ends. DAMAGED refused when it cannot be. */
CHECKED err av_open(struct job *job, enum media_kind kind, AVFormatContext **out);

/* Whether a stream is moving pictures, and not the cover of a record. */
bool av_is_video(const AVStream *s);

/* By how much the display matrix turns it, clockwise: 0, 90, 180 or 270 degrees. */
int av_turn(const AVStream *s);
bool av_is_sideways(const AVStream *s);

#endif
