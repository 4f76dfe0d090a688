/* A container with lengths cannot carry what nobody asked for; MP3 and FLAC files have none, and a parser that looks for the next frame takes
 * along what lies before it. So each frame is measured. */
#include "decode/frames.h"

#include "base/buf.h"
#include "base/banned.h"

static unsigned byte(str s, size_t i) { return i < s.n ? (unsigned char)s.p[i] : 0; }

bool frames_is_mp3(str s)
{
	static const unsigned short kilobits[2][15] = { { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 },
		{ 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 } };
	static const unsigned short rates[3] = { 44100, 48000, 32000 };
	unsigned version = byte(s, 1) >> 3 & 3, rate = byte(s, 2) >> 4, frequency = byte(s, 2) >> 2 & 3, padding = byte(s, 2) >> 1 & 1;
	if (s.n < 4 || byte(s, 0) != 0xff || (byte(s, 1) & 0xe6) != 0xe2 || version == 1 || rate == 0 || rate == 15 || frequency == 3) return false;
	bool first = version == 3; /* MPEG 1; else 2 or 2.5 */
	unsigned hertz = rates[frequency] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	return s.n == (first ? 144000U : 72000U) * kilobits[!first][rate] / hertz + padding;
}

bool frames_is_flac(str s)
{
	if (s.n < 8 || byte(s, 0) != 0xff || (byte(s, 1) & 0xfe) != 0xf8) return false;
	unsigned sum = 0; /* x^16 + x^15 + x^2 + 1 over all but the sum, and then the sum itself: 0 */
	for (size_t i = 0; i < s.n; i++) {
		sum ^= byte(s, i) << 8;
		for (int bit = 0; bit < 8; bit++) sum = (sum & 0x8000 ? sum << 1 ^ 0x8005 : sum << 1) & 0xffff;
	}
	return sum == 0;
}

/* Either a byte of 2 and two lengths in steps of 255, or a length of two bytes before each header; the first can only be 0 there. */
static bool split(str s, str out[3])
{
	size_t at = 0;
	if (byte(s, 0) == 2) { /* lacing: two lengths, the third is the rest */
		size_t n[2] = { 0, 0 };
		at = 1;
		for (int i = 0; i < 2; i++) {
			while (at < s.n && byte(s, at) == 255) n[i] += 255, at++;
			n[i] += byte(s, at++);
		}
		if (at > s.n || n[0] > s.n - at || n[1] > s.n - at - n[0]) return false;
		out[0] = str_sub(s, at, n[0]);
		out[1] = str_sub(s, at + n[0], n[1]);
		out[2] = str_sub(s, at + n[0] + n[1], s.n);
		return true;
	}
	for (int i = 0; i < 3; i++) {
		size_t n = (size_t)byte(s, at) << 8 | byte(s, at + 1);
		if (at + 2 > s.n || n > s.n - at - 2) return false;
		out[i] = str_sub(s, at + 2, n);
		at += 2 + n;
	}
	return true;
}

static void lace(struct buf *b, size_t n)
{
	for (; n >= 255; n -= 255) buf_char(b, (char)255);
	buf_char(b, (char)n);
}

str frames_xiph_headers(struct cx *cx, str headers, str packet_kind)
{
	str part[3];
	if (!split(headers, part) || !str_starts(part[1], packet_kind) || part[0].n > 4096 || headers.n > 1 << 20) return S("");
	struct buf comment = buf_new(cx, 256), out = buf_new(cx, headers.n + 512);
	buf_str(&comment, packet_kind);
	buf_str(&comment, S("\0\0\0\0\0\0\0\0")); /* a writer without a name, and no comments */
	if (str_eq(packet_kind, S("\3vorbis"))) buf_char(&comment, 1);
	buf_char(&out, 2);
	lace(&out, part[0].n);
	lace(&out, comment.n);
	buf_str(&out, part[0]);
	buf_str(&out, buf_view(&comment));
	buf_str(&out, part[2]);
	return out.full ? S("") : buf_view(&out);
}
