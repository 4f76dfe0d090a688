/* encode: content codings. Results live in the cx's arena; false when the coding gains nothing or fails, which only means: send it plain. */
#ifndef HTTP_ENCODE_H
#define HTTP_ENCODE_H

#include "base/cx.h"

#define ENCODE_WORTH 256 /* bytes under which no coding is tried */

bool encode_gzip(struct cx *cx, str in, int level, str *out);
bool encode_br(struct cx *cx, str in, int quality, str *out);

#endif
