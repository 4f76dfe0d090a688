/* The type that a browser claims and the name that a person gave decide nothing: a file is handed to the one library whose format its first
 * bytes are, and that library's refusal is the end of it. No second guess, so a file cannot be two things to us. */
#include "decode/sniff.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "base/banned.h"

static bool at(str s, size_t offset, str bytes) { return str_eq(str_sub(s, offset, bytes.n), bytes); }
static unsigned byte(str s, size_t i) { return i < s.n ? (unsigned char)s.p[i] : 0; }

/* ISO/IEC 14496-12 4.3: brands in the first box. */
static enum media_kind of_brand(str brand)
{
	static const struct {
		str brand;
		enum media_kind kind;
	} known[] = { { S_INIT("avif"), MEDIA_AVIF }, { S_INIT("avis"), MEDIA_AVIF }, { S_INIT("heic"), MEDIA_HEIC }, { S_INIT("heix"), MEDIA_HEIC },
		{ S_INIT("heim"), MEDIA_HEIC }, { S_INIT("heis"), MEDIA_HEIC }, { S_INIT("M4A "), MEDIA_M4A }, { S_INIT("M4B "), MEDIA_M4A },
		{ S_INIT("isom"), MEDIA_MP4 }, { S_INIT("iso2"), MEDIA_MP4 }, { S_INIT("iso4"), MEDIA_MP4 }, { S_INIT("iso5"), MEDIA_MP4 },
		{ S_INIT("iso6"), MEDIA_MP4 }, { S_INIT("mp41"), MEDIA_MP4 }, { S_INIT("mp42"), MEDIA_MP4 }, { S_INIT("avc1"), MEDIA_MP4 },
		{ S_INIT("M4V "), MEDIA_MP4 }, { S_INIT("M4VH"), MEDIA_MP4 }, { S_INIT("MSNV"), MEDIA_MP4 }, { S_INIT("dash"), MEDIA_MP4 },
		{ S_INIT("qt  "), MEDIA_MP4 }, { S_INIT("3gp4"), MEDIA_MP4 }, { S_INIT("3gp5"), MEDIA_MP4 }, { S_INIT("3gp6"), MEDIA_MP4 },
		{ S_INIT("f4v "), MEDIA_MP4 }, { S_INIT("XAVC"), MEDIA_MP4 }, { S_INIT("av01"), MEDIA_MP4 } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(brand, known[i].brand)) return known[i].kind;
	return MEDIA_NONE;
}

static enum media_kind of_boxes(str head)
{
	if (at(head, 4, S("moov")) || at(head, 4, S("mdat")) || at(head, 4, S("wide")) || at(head, 4, S("free")) || at(head, 4, S("skip")))
		return head.n > 16 ? MEDIA_MP4 : MEDIA_NONE; /* QuickTime files need not begin with ftyp */
	if (!at(head, 4, S("ftyp"))) return MEDIA_NONE;
	size_t n = (size_t)byte(head, 2) << 8 | byte(head, 3);
	if (byte(head, 0) || byte(head, 1) || n < 16) return MEDIA_NONE;
	enum media_kind kind = of_brand(str_sub(head, 8, 4));
	for (size_t i = 16; kind == MEDIA_NONE && i + 4 <= n && i + 4 <= head.n; i += 4) kind = of_brand(str_sub(head, i, 4));
	return kind;
}

/* ISO/IEC 11172-3 2.4.2.3: a header of layer III that can be. */
static bool is_mp3_frame(str s, size_t i)
{
	unsigned b1 = byte(s, i + 1), b2 = byte(s, i + 2);
	return byte(s, i) == 0xff && (b1 & 0xe6) == 0xe2 && (b1 & 0x18) != 0x08 && (b2 & 0xf0) != 0xf0 && (b2 & 0xf0) != 0 && (b2 & 0x0c) != 0x0c;
}

static enum media_kind of_riff(str head)
{
	if (at(head, 8, S("WEBP"))) return MEDIA_WEBP;
	return at(head, 8, S("WAVE")) ? MEDIA_WAV : MEDIA_NONE;
}

static enum media_kind of_matroska(str head)
{
	/* The document type stands in the EBML header, which is short. */
	str start = str_sub(head, 0, 128);
	return str_contains(start, S("webm")) || str_contains(start, S("matroska")) ? MEDIA_WEBM : MEDIA_NONE;
}

static enum media_kind of_id3(str head)
{
	/* Tags stand in front of MP3; some writers put them in front of FLAC. Behind long ones the library looks. */
	uint64_t n = 10 + ((uint64_t)(byte(head, 6) & 127) << 21 | (uint64_t)(byte(head, 7) & 127) << 14 | (uint64_t)(byte(head, 8) & 127) << 7 |
	    (byte(head, 9) & 127));
	return n < head.n && at(head, (size_t)n, S("fLaC")) ? MEDIA_FLAC : MEDIA_MP3;
}

static str without_bom(str s) { return str_starts(s, S("\xef\xbb\xbf")) ? str_sub(s, 3, s.n) : s; }

static bool is_text(str s, bool may_be_cut)
{
	s = without_bom(s);
	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		uint32_t c = utf8_next(s, &i);
		if (c == 0xfffd && i - start == 1) return may_be_cut && s.n - start < 4 && byte(s, start) >= 0xc2;
		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
		if ((c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe) return false;
	}
	return s.n > 0;
}

/* Unicode 15: characters of format, tags, and for private use. */
static bool is_unseen(uint32_t c)
{
	static const uint32_t ranges[][2] = { { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200b },
		{ 0x2060, 0x2065 }, { 0x206a, 0x206f }, { 0x3164, 0x3164 }, { 0xe000, 0xf8ff }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0x10ffff } };
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
	return false;
}

str sniff_seen(struct cx *cx, str text)
{
	struct buf b = buf_new(cx, text.n + 1);
	size_t kept = 0;
	for (size_t i = 0; i < text.n;) {
		size_t start = i;
		if (!is_unseen(utf8_next(text, &i))) continue;
		buf_str(&b, str_sub(text, kept, start - kept));
		kept = i;
	}
	if (kept == 0) return text;
	buf_str(&b, str_sub(text, kept, text.n - kept));
	return buf_view(&b);
}

bool sniff_is_text(str whole) { return is_text(whole, false); }

enum media_kind sniff(str head)
{
	static const struct {
		str start;
		enum media_kind kind;
	} magic[] = { { S_INIT("\xff\xd8\xff"), MEDIA_JPEG }, { S_INIT("\x89PNG\r\n\x1a\n"), MEDIA_PNG }, { S_INIT("GIF87a"), MEDIA_GIF },
		{ S_INIT("GIF89a"), MEDIA_GIF }, { S_INIT("OggS"), MEDIA_OGG }, { S_INIT("fLaC"), MEDIA_FLAC }, { S_INIT("%PDF-"), MEDIA_PDF } };
	head = str_sub(head, 0, SNIFF_HEAD);
	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		if (str_starts(head, magic[i].start)) return magic[i].kind;
	if (str_starts(head, S("RIFF"))) return of_riff(head);
	if (str_starts(head, S("\x1a\x45\xdf\xa3"))) return of_matroska(head);
	if (str_starts(head, S("ID3")) && byte(head, 3) < 0x10 && head.n > 10) return of_id3(head);
	enum media_kind boxes = of_boxes(head);
	if (boxes != MEDIA_NONE) return boxes;
	if (is_mp3_frame(head, 0)) return MEDIA_MP3;
	return is_text(head, head.n == SNIFF_HEAD) ? MEDIA_TEXT : MEDIA_NONE;
}
