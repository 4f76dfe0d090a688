/* Files as the decode children first look at them: what they are, what they carry, and pictures, typefaces and words taken out of documents. Cleaned twice is cleaned once. */
#include <stdint.h>

#include "base/cx.h"
#include "base/must.h"
#include "decode/bare.h"
#include "decode/cmap.h"
#include "decode/frames.h"
#include "decode/inlined.h"
#include "decode/lexer.h"
#include "decode/sniff.h"
#include "decode/traces.h"
#include "decode/typeface.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(str file)
{
	(void)sniff(str_sub(file, 0, SNIFF_HEAD));
	(void)sniff_is_text(file);
	(void)frames_is_mp3(file);
	(void)frames_is_flac(file);
	(void)traces_in_png(file);
	(void)traces_in_xmp(file);
	(void)traces_of_name(file);
}

static void look_for_ends(str content)
{
	for (size_t at = 0, end; at < content.n && (end = inlined_end(content, at)) < content.n; at = end + 2)
		MUST(end >= at && str_starts(str_sub(content, end, 2), S("EI")));
}

/* Words come one behind another, and the last is behind all. */
static void read_words(str text)
{
	struct lexer l = { .text = text };
	char name[32];
	str word;
	for (size_t before = 0; lexer_next(&l, &word) != LEX_END; before = l.at) {
		MUST(l.at > before && l.at <= text.n && word.n > 0 && word.p + word.n == text.p + l.at);
		if (word.p[0] == '/') MUST(lexer_name(word, name, sizeof name) <= sizeof name);
	}
	MUST(l.at == text.n);
}

static void rebuild(struct cx *cx, str file)
{
	bool profile = false;
	size_t parts[3];
	str one = bare_jpeg(cx, file);
	if (one.n) MUST(str_eq(bare_jpeg(cx, one), one) && !traces_in_jpeg(one));
	if ((one = bare_jpeg_2000(cx, file, &profile)).n) MUST(str_eq(bare_jpeg_2000(cx, one, &profile), one));
	if ((one = bare_jbig2(cx, file)).n) MUST(str_eq(bare_jbig2(cx, one), one));
	if ((one = cmap_function(cx, file)).n) MUST(str_eq(cmap_function(cx, one), one));
	one = cmap_rewrite(cx, file);
	MUST(str_eq(cmap_rewrite(cx, one), one));
	if ((one = typeface_sfnt(cx, file)).n) MUST(str_eq(typeface_sfnt(cx, one), one));
	if ((one = typeface_cff(cx, file)).n) MUST(str_eq(typeface_cff(cx, one), one));
	if ((one = typeface_type1(cx, file, parts)).n) MUST(parts[0] + parts[1] + parts[2] == one.n && str_eq(typeface_type1(cx, one, parts), one));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str file = { (const char *)data, size };
	look(file);
	look_for_ends(file);
	read_words(file);
	rebuild(cx, file);
	(void)frames_xiph_headers(cx, file, S("\3vorbis"));
	cx_end(cx);
	return 0;
}
