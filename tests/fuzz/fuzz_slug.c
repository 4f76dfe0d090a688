/* Slugs, normalising and folding on any bytes: valid UTF-8, bounded, and done twice no different. */
#include <stdint.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "text/slug.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str s = { (const char *)data, size };
	str slug = slug_make(cx, s), normal = text_normalise(cx, s), folded = text_fold(cx, s);
	MUST(slug.n > 0 && slug.n <= LIMIT_SLUG && utf8_valid(slug));
	MUST(!str_starts(slug, S("-")) && !str_ends(slug, S("-")) && !str_contains(slug, S("--")) && !str_contains(slug, S("/")));
	MUST(utf8_valid(normal) && str_eq(text_normalise(cx, normal), normal));
	MUST(utf8_valid(folded) && str_eq(text_fold(cx, folded), folded));
	cx_end(cx);
	return 0;
}
