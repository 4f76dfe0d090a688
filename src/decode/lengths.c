/* Libraries trust a length for as long as it takes to allocate it. One walk over the heads of a file's parts, which holds each against what is there. */
#include "decode/lengths.h"

#include "base/banned.h"

#define PARTS_MOST 200000 /* chunks, boxes, elements of one file */
#define DEPTH_MOST 12

static uint64_t number(const unsigned char *p, int n)
{
	uint64_t v = 0;
	for (int i = 0; i < n; i++) v = v << 8 | p[i];
	return v;
}

static int64_t little(const unsigned char *p) { return (int64_t)p[0] | (int64_t)p[1] << 8 | (int64_t)p[2] << 16 | (int64_t)p[3] << 24; }

static bool is_any(const unsigned char *kind, const char *names)
{
	for (; *names; names += 4)
		if (kind[0] == (unsigned char)names[0] && kind[1] == (unsigned char)names[1] && kind[2] == (unsigned char)names[2] && kind[3] == (unsigned char)names[3]) return true;
	return false;
}

/* W3C PNG 5.3 */
static bool png(const struct lengths *l)
{
	unsigned char head[8];
	int64_t at = 8;
	for (int i = 0; i < PARTS_MOST; i++) {
		if (l->read(l->arg, at, head, 8) != 8) return true; /* cut: the library says so */
		int64_t n = (int64_t)number(head, 4);
		if (n > l->size - at - 8) return false;
		if (is_any(head + 4, "IEND")) return true;
		at += 12 + n;
	}
	return false;
}

/* Chunks of RIFF; the samples of a sound may be cut, and recorders that were stopped leave their length open. */
static bool riff(const struct lengths *l)
{
	unsigned char head[8];
	int64_t at = 12, end = l->size;
	if (l->read(l->arg, 0, head, 8) == 8 && little(head + 4) + 8 < end) end = little(head + 4) + 8; /* what hangs behind is none of it */
	for (int i = 0; i < PARTS_MOST; i++) {
		if (at + 8 > end || l->read(l->arg, at, head, 8) != 8 || is_any(head, "data")) return true;
		int64_t n = little(head + 4);
		if (n > l->size - at - 8) return false;
		at += 8 + n + (n & 1);
	}
	return false;
}

/* ISO/IEC 14496-12 8: tables of boxes that say how many rows they have. */
static bool table_fits(const struct lengths *l, const unsigned char *kind, int64_t at, int64_t n)
{
	static const struct {
		const char *kind;
		int64_t row;
	} tables[] = { { "stts", 8 }, { "ctts", 8 }, { "stss", 4 }, { "stsc", 12 }, { "stco", 4 }, { "co64", 8 } };
	unsigned char head[12];
	if (n < 12 || l->read(l->arg, at, head, 12) != 12) return true;
	if (is_any(kind, "stsz")) {
		int64_t each = (int64_t)number(head + 4, 4), rows = (int64_t)number(head + 8, 4);
		return each ? rows <= l->size / each : rows * 4 <= n - 12;
	}
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (is_any(kind, tables[i].kind)) return (int64_t)number(head + 4, 4) * tables[i].row <= n - 8;
	return true;
}

static bool boxes(const struct lengths *l, int64_t at, int64_t end, int depth, int *left)
{
	unsigned char head[16];
	while (at + 8 <= end) {
		if (--*left < 0) return false;
		if (l->read(l->arg, at, head, 8) != 8) return true;
		int64_t n = (int64_t)number(head, 4), body = 8;
		if (n == 1) {
			if (l->read(l->arg, at + 8, head + 8, 8) != 8 || head[8] & 0x80) return false;
			n = (int64_t)number(head + 8, 8);
			body = 16;
		}
		bool whole = depth < DEPTH_MOST || is_any(head + 4, "moovmetaftypmoofuuidudtasidx"); /* read at once; of others no more than is there */
		if (n == 0) n = end - at;
		if (n < body || n > end - at) return !whole;
		if (!table_fits(l, head + 4, at + body, n - body)) return false;
		if (is_any(head + 4, "moovtrakmdiaminfstblmooftrafmvexiprpipcodinfedts") && (depth == 0 || !boxes(l, at + body, at + n, depth - 1, left))) return false;
		at += n;
	}
	return true;
}

/* RFC 8794 4: a number whose first byte says how long it is; -1 for one that is left open, -2 when there is none. */
static int64_t vint(const struct lengths *l, int64_t *at, bool keep_mark)
{
	unsigned char b[8];
	int n = 1;
	if (l->read(l->arg, *at, b, 1) != 1 || b[0] == 0) return -2;
	while (!(b[0] & 0x80 >> (n - 1))) n++;
	if (l->read(l->arg, *at, b, (size_t)n) != n) return -2;
	*at += n;
	uint64_t v = number(b, n), ones = ((uint64_t)1 << 7 * n) - 1;
	if (keep_mark) return (int64_t)v;
	return (v & ones) == ones ? -1 : (int64_t)(v & ones);
}

/* RFC 9559 5.1: elements of the file, and of its segment; clusters may be cut. */
static bool elements(const struct lengths *l)
{
	enum { SEGMENT = 0x18538067, CLUSTER = 0x1f43b675 };
	int64_t at = 0;
	for (int i = 0; i < PARTS_MOST && at < l->size; i++) {
		int64_t kind = vint(l, &at, true), n = vint(l, &at, false);
		if (kind == -2 || n == -2) return true;
		if (kind == SEGMENT) continue; /* go on within */
		if (kind == CLUSTER && (n == -1 || n > l->size - at)) return true;
		if (n < 0 || n > l->size - at) return false;
		at += n;
	}
	return true;
}

/* id3.org's ID3v2.4 3.1: a tag before the sound. */
static bool tag(const struct lengths *l, int64_t *behind)
{
	unsigned char h[10];
	*behind = 0;
	if (l->read(l->arg, 0, h, 10) != 10 || h[0] != 'I' || h[1] != 'D' || h[2] != '3') return true;
	*behind = 10 + ((int64_t)(h[6] & 127) << 21 | (int64_t)(h[7] & 127) << 14 | (int64_t)(h[8] & 127) << 7 | (h[9] & 127));
	return *behind <= l->size;
}

/* RFC 9639 8.1 */
static bool flac(const struct lengths *l)
{
	unsigned char head[4];
	int64_t at;
	if (!tag(l, &at)) return false;
	at += 4;
	for (int i = 0; i < PARTS_MOST; i++) {
		if (l->read(l->arg, at, head, 4) != 4) return true;
		int64_t n = (int64_t)number(head + 1, 3);
		if (n > l->size - at - 4) return false;
		if (head[0] & 0x80) return true;
		at += 4 + n;
	}
	return false;
}

bool lengths_fit(const struct lengths *l, enum media_kind kind)
{
	int left = PARTS_MOST;
	int64_t behind;
	switch (kind) {
	case MEDIA_PNG: return png(l);
	case MEDIA_WEBP:
	case MEDIA_WAV: return riff(l);
	case MEDIA_AVIF:
	case MEDIA_HEIC:
	case MEDIA_MP4:
	case MEDIA_M4A: return boxes(l, 0, l->size, DEPTH_MOST, &left);
	case MEDIA_WEBM: return elements(l);
	case MEDIA_MP3: return tag(l, &behind);
	case MEDIA_FLAC: return flac(l);
	default: return true; /* lengths of two bytes at most, or none that is believed */
	}
}
