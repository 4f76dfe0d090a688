/* Formats name the same thing in a dozen ways; one table of the parts of such names serves all of them. */
#include "decode/traces.h"

#include <string.h>

#include "base/arena.h"
#include "base/cx.h"
#include "decode/bare.h"
#include "base/banned.h"

/* Searched in order: "GPSDateStamp" is a place, "CreatorTool" is no author. */
static const struct part {
	const char *part;
	uint32_t bit;
} parts[] = {
	{ "gps", MEDIA_PLACE }, { "location", MEDIA_PLACE }, { "latitude", MEDIA_PLACE }, { "longitude", MEDIA_PLACE }, { "city", MEDIA_PLACE },
	{ "country", MEDIA_PLACE }, { "geo", MEDIA_PLACE }, { "thumbnail", MEDIA_THUMBNAIL }, { "creatortool", MEDIA_SOFTWARE },
	{ "software", MEDIA_SOFTWARE }, { "encoder", MEDIA_SOFTWARE }, { "encoded", MEDIA_SOFTWARE }, { "producer", MEDIA_SOFTWARE },
	{ "toolkit", MEDIA_SOFTWARE }, { "hostcomputer", MEDIA_SOFTWARE }, { "date", MEDIA_DATE }, { "creation", MEDIA_DATE },
	{ "time", MEDIA_DATE }, { "year", MEDIA_DATE }, { "makernote", MEDIA_CAMERA }, { "make", MEDIA_CAMERA }, { "model", MEDIA_CAMERA },
	{ "camera", MEDIA_CAMERA }, { "lens", MEDIA_CAMERA }, { "serial", MEDIA_CAMERA }, { "exposure", MEDIA_CAMERA },
	{ "focal", MEDIA_CAMERA }, { "fnumber", MEDIA_CAMERA }, { "iso", MEDIA_CAMERA }, { "flash", MEDIA_CAMERA }, { "author", MEDIA_AUTHOR },
	{ "artist", MEDIA_AUTHOR }, { "creator", MEDIA_AUTHOR }, { "copyright", MEDIA_AUTHOR }, { "owner", MEDIA_AUTHOR },
	{ "composer", MEDIA_AUTHOR }, { "performer", MEDIA_AUTHOR }, { "byline", MEDIA_AUTHOR }, { "rights", MEDIA_AUTHOR },
	{ "comment", MEDIA_COMMENT }, { "description", MEDIA_COMMENT }, { "caption", MEDIA_COMMENT }, { "synopsis", MEDIA_COMMENT },
	{ "lyrics", MEDIA_COMMENT }, { "title", MEDIA_TAGS }, { "album", MEDIA_TAGS }, { "genre", MEDIA_TAGS }, { "track", MEDIA_TAGS },
	{ "disc", MEDIA_TAGS }, { "keyword", MEDIA_TAGS }, { "subject", MEDIA_TAGS }, { "publisher", MEDIA_TAGS }, { "grouping", MEDIA_TAGS },
};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool holds(str s, const char *part)
{
	size_t n = strlen(part);
	for (size_t i = 0; i + n <= s.n; i++) {
		size_t k = 0;
		while (k < n && lower(s.p[i + k]) == part[k]) k++;
		if (k == n) return true;
	}
	return false;
}

uint32_t traces_of_name(str name)
{
	name = str_sub(name, 0, 200);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (holds(name, parts[i].part)) return parts[i].bit;
	return MEDIA_OTHER;
}

/* Names of elements and attributes: letters behind a colon, up to what is none ("exif:GPSLatitude=", "<dc:creator>"). */
uint32_t traces_in_xmp(str packet)
{
	uint32_t found = MEDIA_OTHER;
	packet = str_sub(packet, 0, 1 << 20);
	for (size_t i = 0; i < packet.n; i++) {
		if (packet.p[i] != ':') continue;
		size_t start = ++i;
		while (i < packet.n && ((packet.p[i] | 32) >= 'a' && (packet.p[i] | 32) <= 'z')) i++;
		if (i > start + 2 && i < packet.n && strchr("=> /", packet.p[i])) found |= traces_of_name(str_sub(packet, start, i - start));
	}
	return found & ~(uint32_t)MEDIA_OTHER ? found & ~(uint32_t)MEDIA_OTHER : found;
}

/* JPEG: ITU-T T.81 B.1.1.2 */

static unsigned byte(str s, size_t i) { return i < s.n ? (unsigned char)s.p[i] : 0; }

static uint32_t of_segment(unsigned marker, str body)
{
	if (marker == 0xfe) return MEDIA_COMMENT;
	if (marker == 0xe1 && str_starts(body, S("http://ns.adobe.com/xap/1.0/"))) return traces_in_xmp(body);
	bool known = marker == 0xe0 || marker == 0xe1 || marker == 0xee || (marker == 0xe2 && str_starts(body, S("ICC_PROFILE"))) || marker == 0xed;
	return marker >= 0xe0 && marker <= 0xef && !known ? MEDIA_OTHER : 0;
}

uint32_t traces_in_jpeg(str file)
{
	uint32_t found = 0;
	for (size_t i = 0; i < file.n;) {
		str body;
		unsigned marker = bare_jpeg_marker(file, &i, &body);
		if (marker == 0) return found;
		if (marker == 0xd9) return i < file.n ? found | MEDIA_OTHER : found;
		if (marker == 0xda) i = bare_jpeg_scan(file, i);
		found |= of_segment(marker, body);
	}
	return found;
}

/* PNG: W3C PNG 5.3 */

static size_t big_endian(str s, size_t i)
{
	return (size_t)byte(s, i) << 24 | (size_t)byte(s, i + 1) << 16 | (size_t)byte(s, i + 2) << 8 | byte(s, i + 3);
}

static uint32_t of_chunk(str kind, str body)
{
	if (str_eq(kind, S("tIME"))) return MEDIA_DATE;
	if (str_eq(kind, S("tEXt")) || str_eq(kind, S("zTXt")) || str_eq(kind, S("iTXt"))) {
		str rest;
		str keyword = str_cut(body, 0, &rest);
		return str_eq(keyword, S("XML:com.adobe.xmp")) ? traces_in_xmp(rest) : traces_of_name(keyword);
	}
	static const char known[] = "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD hIST pHYs eXIf acTL fcTL fdAT";
	return str_contains(str_of(known), kind) ? 0 : MEDIA_OTHER;
}

uint32_t traces_in_png(str file)
{
	uint32_t found = 0;
	size_t i = 8;
	while (i + 12 <= file.n) {
		size_t n = big_endian(file, i);
		if (n > file.n - i - 12) break;
		str kind = str_sub(file, i + 4, 4);
		found |= of_chunk(kind, str_sub(file, i + 8, n));
		i += 12 + n;
		if (str_eq(kind, S("IEND"))) break;
	}
	return i < file.n ? found | MEDIA_OTHER : found;
}
