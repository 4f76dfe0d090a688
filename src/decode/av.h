/* av: sound and video by libavformat. The streams that are needed, one of video and one of sound, are copied into a new container that has nothing
 * else: no tags, chapters, pictures, attachments, subtitles, dates or names of programs. What is coded in the streams stays as it is, but for
 * messages beside H.264 and AV1 (SEI, metadata OBUs), which are taken out; frames of MP3 and FLAC that do not measure up are left out. */
#ifndef DECODE_AV_H
#define DECODE_AV_H

#include "decode/job.h"

/* kind as sniffed: which container to read. */
CHECKED err av_clean(struct job *job, enum media_kind kind);

/* The still of a cleaned video: a frame near its beginning, turned as the video is. */
CHECKED err av_still(struct job *job);

#endif
