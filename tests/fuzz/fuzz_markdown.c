/* Markdown and plain text through render_html, on valid UTF-8 as its contract asks. */
#include <stdint.h>

#include "base/must.h"
#include "base/utf8.h"
#include "text/render.h"
#include "text/slug.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str source = text_normalise(cx, (str){ (const char *)data, size });
	html once, twice;
	for (int f = FORMAT_PLAIN; f <= FORMAT_MARKDOWN; f++) {
		if (render_html(cx, (enum format)f, source, S("c2-"), &once) != OK) continue;
		MUST(utf8_valid(once.s) && !str_contains(once.s, S("<script")));
		MUST(render_html(cx, FORMAT_HTML, once.s, S("c2-"), &twice) == OK && str_eq(once.s, twice.s));
	}
	cx_end(cx);
	return 0;
}
