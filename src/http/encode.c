/* zlib and brotli, whole buffers at a time. */
#include "http/encode.h"

#include <brotli/encode.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/banned.h"

#define GZIP_WINDOW (15 + 16) /* zlib's way of asking for the gzip wrapper */

bool encode_gzip(struct cx *cx, str in, int level, str *out)
{
	if (in.n < ENCODE_WORTH || in.n > UINT32_MAX / 2) return false;
	z_stream z = { 0 };
	if (deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
	char *p = arena_bytes(cx->arena, in.n);
	z.next_in = (unsigned char *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = (unsigned char *)p;
	z.avail_out = (uInt)in.n; /* no room for what does not get smaller */
	int end = deflate(&z, Z_FINISH);
	*out = (str){ p, z.total_out };
	deflateEnd(&z);
	return end == Z_STREAM_END && out->n < in.n;
}

bool encode_br(struct cx *cx, str in, int quality, str *out)
{
	if (in.n < ENCODE_WORTH) return false;
	size_t n = in.n;
	char *p = arena_bytes(cx->arena, n);
	if (!BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, in.n, (const uint8_t *)in.p, &n,
	        (uint8_t *)p))
		return false;
	*out = (str){ p, n };
	return n < in.n;
}
