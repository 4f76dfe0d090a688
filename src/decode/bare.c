/* Cameras and programs write beside a picture what they like, each format has a place for it, and new ones are thought of. So what is needed is kept, and all
 * else is not. */
#include "decode/bare.h"

#include <string.h>

#include "base/arena.h"
#include "base/banned.h"

struct into {
	char *p;
	size_t n;
};

static unsigned byte(str s, size_t i) { return i < s.n ? (unsigned char)s.p[i] : 0; }
static size_t big_16(str s, size_t i) { return (size_t)byte(s, i) << 8 | byte(s, i + 1); }
static size_t big_32(str s, size_t i) { return big_16(s, i) << 16 | big_16(s, i + 2); }

static void put(struct into *o, str s)
{
	if (s.n) memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

static void put_big(struct into *o, size_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--) o->p[o->n++] = (char)(value >> 8 * i);
}

/* JPEG, B.1.1.2 */

unsigned bare_jpeg_marker(str file, size_t *i, str *body)
{
	while (byte(file, *i) == 0xff && byte(file, *i + 1) == 0xff) (*i)++;
	if (*i + 2 > file.n || byte(file, *i) != 0xff) return 0;
	unsigned marker = byte(file, *i + 1);
	size_t start = *i + 2;
	*i = start;
	*body = S("");
	if (marker == 0xd8 || marker == 0xd9 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) return marker;
	size_t n = big_16(file, start);
	if (marker < 0xc0 || n < 2 || n > file.n - start) return 0;
	*body = str_sub(file, start + 2, n - 2);
	*i = start + n;
	return marker;
}

size_t bare_jpeg_scan(str file, size_t i)
{
	while (i + 1 < file.n) {
		const char *ff = memchr(file.p + i, 0xff, file.n - i - 1);
		if (!ff) return file.n;
		i = (size_t)(ff - file.p);
		unsigned next = byte(file, i + 1);
		if (next != 0 && next != 0xff && !(next >= 0xd0 && next <= 0xd7)) return i;
		i += next == 0xff ? 1 : 2;
	}
	return file.n;
}

/* Where a reader would go on that met something else than a marker. */
static size_t find_marker(str file, size_t i)
{
	for (; i + 1 < file.n; i++)
		if (byte(file, i) == 0xff && byte(file, i + 1) >= 0xc0 && byte(file, i + 1) != 0xff) return i;
	return file.n;
}

/* As many bytes as its tables have: of quantisation (64 numbers of one or two bytes) or of Huffman codes (16 counts, and as many numbers). */
static size_t tables(str body, bool quantisation)
{
	size_t at = 0;
	while (at < body.n) {
		size_t n = quantisation ? (byte(body, at) >> 4 ? 129 : 65) : 17;
		for (size_t i = 1; !quantisation && i <= 16; i++) n += byte(body, at + i);
		if (n > body.n - at) break;
		at += n;
	}
	return at;
}

/* How much of a segment's body is kept; 0: it goes. */
static size_t kept(unsigned marker, str body)
{
	switch (marker) {
	case 0xc4: return tables(body, false);
	case 0xdb: return tables(body, true);
	case 0xcc: return body.n & ~(size_t)1;
	case 0xdd:
	case 0xdc: return 2;
	case 0xda: return 4 + 2 * (size_t)byte(body, 0);
	case 0xee: return body.n >= 12 && str_starts(body, S("Adobe")) ? 12 : 0;
	default: return marker >= 0xc0 && marker <= 0xcf && marker != 0xc8 ? 6 + 3 * (size_t)byte(body, 5) : 0;
	}
}

static void put_segment(struct into *o, unsigned marker, str body)
{
	put_big(o, 0xff00 | marker, 2);
	put_big(o, body.n + 2, 2);
	put(o, body);
}

str bare_jpeg(struct cx *cx, str file)
{
	struct into o = { arena_bytes(cx->arena, file.n + 2), 0 };
	bool scanned = false;
	ptrdiff_t first = str_find(file, S("\xff\xd8"), 0);
	if (first >= 0) put(&o, S("\xff\xd8"));
	for (size_t i = first < 0 ? file.n : (size_t)first + 2; (i = find_marker(file, i)) < file.n;) {
		size_t start = i;
		str body;
		unsigned marker = bare_jpeg_marker(file, &i, &body);
		if (marker == 0) i = start + 1;
		if (marker == 0xd9) {
			put(&o, S("\xff\xd9"));
			break;
		}
		size_t n = marker ? kept(marker, body) : 0;
		if (n > body.n) return S("");
		if (n) put_segment(&o, marker, str_sub(body, 0, n));
		if (marker != 0xda) continue;
		size_t end = bare_jpeg_scan(file, i);
		put(&o, str_sub(file, i, end - i));
		i = end;
		scanned = true;
	}
	return scanned ? (str){ o.p, o.n } : S("");
}

/* JPEG 2000, annex A */

static bool needed_segment(unsigned marker)
{
	static const unsigned char kinds[] = { 0x51, 0x52, 0x53, 0x5c, 0x5d, 0x5e, 0x5f, 0x60, 0x61 }; /* SIZ COD COC QCD QCC RGN POC PPM PPT */
	return marker >> 8 == 0xff && memchr(kinds, (int)(marker & 0xff), sizeof kinds) != NULL;
}

/* Segments from *i up to the marker that ends them; false when they cannot be followed. */
static bool put_header(str s, size_t *i, size_t end, struct into *o)
{
	for (;;) {
		unsigned marker = (unsigned)big_16(s, *i);
		if (*i + 4 > end) return false;
		if (marker == 0xff90 || marker == 0xff93) return true;
		size_t n = big_16(s, *i + 2);
		if (marker < 0xff4f || n < 2 || n > end - *i - 2) return false;
		if (needed_segment(marker)) put(o, str_sub(s, *i, 2 + n));
		*i += 2 + n;
	}
}

/* A part of a tile (SOT), its length mended. */
static bool put_tile_part(str s, size_t *i, struct into *o)
{
	size_t n = big_32(s, *i + 6), start = o->n, at = *i + 12;
	if (*i + 14 > s.n || big_16(s, *i + 2) != 10) return false;
	size_t end = n == 0 ? s.n : *i + n;
	if (n == 0 && s.n >= 2 && big_16(s, s.n - 2) == 0xffd9) end -= 2; /* the last one may leave its length open */
	if (end > s.n || end < at) return false;
	put(o, str_sub(s, *i, 12));
	if (!put_header(s, &at, end, o) || big_16(s, at) != 0xff93) return false;
	put(o, str_sub(s, at, end - at));
	size_t whole = o->n - start;
	for (int k = 0; k < 4; k++) o->p[start + 6 + (size_t)k] = (char)(whole >> 8 * (3 - k));
	*i = end;
	return true;
}

static bool put_codestream(str s, struct into *o)
{
	size_t i = 2;
	bool part = false;
	if (!str_starts(s, S("\xff\x4f\xff\x51"))) return false;
	put(o, S("\xff\x4f"));
	if (!put_header(s, &i, s.n, o)) return false;
	while (big_16(s, i) == 0xff90) {
		if (!put_tile_part(s, &i, o)) return false;
		part = true;
	}
	put(o, S("\xff\xd9"));
	return part;
}

/* annex I */

struct box {
	str kind, body;
	size_t whole;
};

static bool next_box(str s, size_t i, struct box *out)
{
	size_t head = 8, n = big_32(s, i);
	if (i + 8 > s.n) return false;
	if (n == 1) {
		if (i + 16 > s.n || big_32(s, i + 8) != 0) return false;
		n = big_32(s, i + 12);
		head = 16;
	}
	if (n == 0 || n > s.n - i) n = s.n - i;
	if (n < head) return false;
	*out = (struct box){ str_sub(s, i + 4, 4), str_sub(s, i + head, n - head), n };
	return true;
}

static void put_box(struct into *o, str kind, str body)
{
	put_big(o, body.n + 8, 4);
	put(o, kind);
	put(o, body);
}

/* Colours by number (method 1) as they are, by a profile as sRGB (16) or grey (17). */
static void put_colours(struct into *o, str body, size_t components, bool *profile)
{
	char by_number[7] = { 1, 0, 0, 0, 0, 0, components < 3 ? 17 : 16 };
	if (byte(body, 0) == 1 && body.n >= 7) memcpy(by_number + 3, body.p + 3, 4);
	else *profile = true;
	put_box(o, S("colr"), (str){ by_number, sizeof by_number });
}

static bool is_needed_box(str kind)
{
	static const char needed[] = "ihdrbpccpclrcmapcdef";
	for (size_t i = 0; i + 4 < sizeof needed; i += 4)
		if (str_eq(kind, (str){ needed + i, 4 })) return true;
	return false;
}

static bool put_measures(struct into *o, str boxes, bool *profile)
{
	size_t start = o->n, components = 3;
	struct box b;
	bool colours = false;
	put_big(o, 0, 4);
	put(o, S("jp2h"));
	for (size_t i = 0; i < boxes.n; i += b.whole) {
		if (!next_box(boxes, i, &b)) return false;
		if (str_eq(b.kind, S("ihdr")) && b.body.n >= 14) components = big_16(b.body, 8);
		if (str_eq(b.kind, S("ihdr"))) b.body = str_sub(b.body, 0, 14);
		if (is_needed_box(b.kind)) put_box(o, b.kind, b.body);
		if (str_eq(b.kind, S("colr")) && !colours) {
			if (b.body.n < 7) return false;
			put_colours(o, b.body, components, profile);
			colours = true;
		}
	}
	size_t whole = o->n - start;
	for (int k = 0; k < 4; k++) o->p[start + (size_t)k] = (char)(whole >> 8 * (3 - k));
	return true;
}

str bare_jpeg_2000(struct cx *cx, str file, bool *profile)
{
	struct into o = { arena_bytes(cx->arena, file.n + 64), 0 };
	struct box b;
	if (str_starts(file, S("\xff\x4f\xff\x51"))) return put_codestream(file, &o) && o.n <= file.n ? (str){ o.p, o.n } : S(""); /* a picture without boxes */
	if (!str_eq(str_sub(file, 4, 4), S("jP  "))) return S("");
	put_box(&o, S("jP  "), S("\r\n\x87\n"));
	put_box(&o, S("ftyp"), S("jp2 \0\0\0\0jp2 "));
	for (size_t i = 0; i < file.n && next_box(file, i, &b); i += b.whole) {
		if (str_eq(b.kind, S("jp2h")) && !put_measures(&o, b.body, profile)) return S("");
		if (!str_eq(b.kind, S("jp2c"))) continue;
		size_t start = o.n;
		put_big(&o, 0, 4);
		put(&o, S("jp2c"));
		if (!put_codestream(b.body, &o)) return S("");
		size_t whole = o.n - start;
		for (int k = 0; k < 4; k++) o.p[start + (size_t)k] = (char)(whole >> 8 * (3 - k));
		return (str){ o.p, o.n };
	}
	return S("");
}

/* JBIG2, 7.2 */

static bool segment_at(str s, size_t i, size_t *head, unsigned *type, size_t *n)
{
	size_t start = i;
	unsigned flags = byte(s, i + 4);
	size_t number = big_32(s, i), refers = byte(s, i + 5) >> 5;
	i += 5;
	if (refers == 7) {
		refers = big_32(s, i) & 0x1fffffff;
		i += 4 + (refers + 8) / 8;
	} else i++;
	if (refers > s.n) return false;
	i += refers * (number <= 256 ? 1 : number <= 65536 ? 2 : 4);
	i += flags & 0x40 ? 4 : 1;
	*type = flags & 63;
	*n = big_32(s, i);
	*head = i + 4 - start;
	return i + 4 <= s.n && *n <= s.n - i - 4;
}

str bare_jbig2(struct cx *cx, str segments)
{
	struct into o = { arena_bytes(cx->arena, segments.n + 1), 0 };
	size_t head, n;
	unsigned type;
	for (size_t i = 0; i < segments.n; i += head + n) {
		if (!segment_at(segments, i, &head, &type, &n)) return S("");
		if (type < 51) put(&o, str_sub(segments, i, head + n)); /* 51 end of file, 52 profiles, 53 tables, 62 extensions */
		else if (type == 53) put(&o, str_sub(segments, i, head + n));
	}
	return (str){ o.p, o.n };
}
