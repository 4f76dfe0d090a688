/* What a process that may have been taken over says is html: whatever the bytes, what vet lets through holds nothing that runs, is whole, and is what the
 * sanitiser would leave of it in words. */
#include <stdint.h>

#include "base/cx.h"
#include "base/must.h"
#include "base/utf8.h"
#include "text/excerpt.h"
#include "text/vet.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const never[] = { "<script", "<style", "<svg", "<math", "<iframe", "<template", "<noscript", "<form", "<input", "<meta", "<link", "<!", " on", " style=\"", "\"javascript:" };
	struct cx *cx = cx_new();
	html out;
	if (vet_html(cx, (str){ (const char *)data, size }, S("a1-"), &out) == OK) {
		MUST(utf8_valid(out.s));
		size_t opened = 0, closed = 0;
		for (size_t i = 0; i < out.s.n; i++) {
			opened += out.s.p[i] == '<';
			closed += out.s.p[i] == '>';
			if (out.s.p[i] != '<') continue;
			str tag = str_sub(out.s, i, (size_t)str_find_char(out.s, '>', i) + 1 - i);
			for (size_t k = 0; k < sizeof never / sizeof *never; k++) MUST(!str_contains(tag, str_of(never[k])) || str_contains(tag, S("title=")) || str_contains(tag, S("alt=")));
		}
		MUST(opened == closed);
		MUST(utf8_valid(excerpt_text(cx, out)));
	}
	cx_end(cx);
	return 0;
}
