/* An encoder that knows how coarsely a picture was coded before can code it as finely again, and need not find out. */
#include "decode/jpeg_head.h"

#include "decode/bare.h"
#include "base/banned.h"

static unsigned byte(str s, size_t i) { return i < s.n ? (unsigned char)s.p[i] : 0; }

/* The sum of annex K's table of brightness, as it is scaled for a quality. */
static int sum_of(int quality)
{
	static const unsigned char table[64] = { 16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56,
		68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99 };
	int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality, sum = 0;
	for (int i = 0; i < 64; i++) {
		int v = (table[i] * scale + 50) / 100;
		sum += v < 1 ? 1 : v > 255 ? 255 : v;
	}
	return sum;
}

static int quality_of(str body)
{
	int sum = 0, best = 0, off = 1 << 30;
	bool wide = byte(body, 0) >> 4 != 0;
	for (size_t i = 0; i < 64; i++) sum += wide ? (int)(byte(body, 1 + 2 * i) << 8 | byte(body, 2 + 2 * i)) : (int)byte(body, 1 + i);
	for (int q = 1; q <= 100; q++) {
		int by = sum - sum_of(q);
		if (by < 0) by = -by;
		if (by <= off) best = q, off = by;
	}
	return best;
}

static void read_frame(str body, struct jpeg_head *h)
{
	unsigned n = byte(body, 5), widest = byte(body, 7) >> 4, highest = byte(body, 7) & 15;
	int samples = 0;
	for (unsigned i = 0; i < n && i < 4; i++) {
		unsigned w = byte(body, 7 + 3 * i) >> 4, v = byte(body, 7 + 3 * i) & 15;
		samples += widest && highest ? (int)(4 * w * v / (widest * highest)) : 4;
	}
	h->samples = samples > 0 && samples <= 16 ? samples : 16;
	h->halved = n == 3 && byte(body, 7) == 0x22 && byte(body, 10) == 0x11 && byte(body, 13) == 0x11;
}

struct jpeg_head jpeg_head(str file)
{
	struct jpeg_head h = { .samples = 12 };
	for (size_t i = 0; i < file.n;) {
		str body;
		unsigned marker = bare_jpeg_marker(file, &i, &body);
		if (marker == 0 || marker == 0xda || marker == 0xd9) break;
		if (marker == 0xdb && (byte(body, 0) & 15) == 0) h.quality = quality_of(body);
		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
			read_frame(body, &h);
			h.progressive = (marker & 3) == 2;
		}
	}
	return h;
}
