/* frames: what travels inside sound and video files and is copied, checked where a container would let foreign bytes through: frames of MP3 and FLAC
 * (whose files are nothing but frames), and the headers of Xiph's codecs (which hold tags). Pure. */
#ifndef DECODE_FRAMES_H
#define DECODE_FRAMES_H

#include "base/cx.h"

/* Whether packet is exactly one frame of MPEG audio, layer III (ISO/IEC 11172-3 2.4.2.3, 13818-3). */
bool frames_is_mp3(str packet);

/* Whether packet is one frame of FLAC: it begins as one, and its sum (RFC 9639 9.3) is right at its end. */
bool frames_is_flac(str packet);

/* Three headers laced as libavformat keeps them, the second (comments) made anew without any. packet_kind is the comment packet's first bytes
 * ("\3vorbis", "\x81theora"). Empty when headers are not so. */
str frames_xiph_headers(struct cx *cx, str headers, str packet_kind);

#endif
