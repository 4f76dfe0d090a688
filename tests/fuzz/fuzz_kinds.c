/* Files as the decode children first look at them: what they are, what they carry, and pictures taken out of documents, or found within what draws
 * their pages. Cleaned twice is cleaned once. */
#include <stdint.h>

#include "base/cx.h"
#include "base/must.h"
#include "decode/frames.h"
#include "decode/inlined.h"
#include "decode/sniff.h"
#include "decode/traces.h"
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

/* Each stands behind the one before, and within the content. */
static void look_for_inlined(str content)
{
	struct inlined one;
	for (size_t at = 0, before = 0; inlined_next(content, &at, &one); before = at) {
		MUST(one.from >= before && one.from + one.keys.n < one.data && one.data == at && at <= content.n);
		size_t end = inlined_end(content, at);
		MUST(end == content.n || (end >= at && str_starts(str_sub(content, end, 2), S("EI"))));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	uint32_t found = 0;
	str file = { (const char *)data, size };
	look(file);
	look_for_inlined(file);
	str jpeg = traces_jpeg_without(cx, file);
	MUST(jpeg.n <= file.n);
	if (jpeg.n) MUST(str_eq(traces_jpeg_without(cx, jpeg), jpeg) && !(traces_in_jpeg(jpeg) & MEDIA_COMMENT));
	str jp2 = traces_jp2_without(cx, file, &found);
	MUST(jp2.n <= file.n);
	found = 0;
	if (jp2.n) MUST(str_eq(traces_jp2_without(cx, jp2, &found), jp2) && found == 0);
	(void)frames_xiph_headers(cx, file, S("\3vorbis"));
	cx_end(cx);
	return 0;
}
