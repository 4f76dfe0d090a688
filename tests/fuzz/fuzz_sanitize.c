/* The sanitiser on any bytes: its output is valid UTF-8, has nothing that runs, and is left alone by a second round. */
#include <stdint.h>

#include "base/must.h"
#include "base/utf8.h"
#include "text/excerpt.h"
#include "text/sanitize.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	html once, twice;
	struct sanitize_options o = { .id_prefix = S("a1-"), .heading_shift = size ? data[0] % 3 : 0, .drop_images = size % 2 };
	if (sanitize_html(cx, (str){ (const char *)data, size }, &o, &once) == OK) {
		static const char *const never[] = { "<script", "<style", "<svg", "<math", "<iframe", "<template", "<noscript", "<!" };
		MUST(utf8_valid(once.s));
		for (size_t i = 0; i < sizeof never / sizeof *never; i++)
			MUST(!str_contains(once.s, str_of(never[i])));
		MUST(sanitize_html(cx, once.s, &o, &twice) == OK);
		MUST(str_eq(once.s, twice.s));
		MUST(utf8_valid(excerpt_clip(cx, excerpt_text(cx, once), 100)));
	}
	cx_end(cx);
	return 0;
}
