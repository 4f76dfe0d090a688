/* Cookie fields; what was read can be written again and reads the same. */
#include <stdint.h>

#include "base/limits.h"
#include "base/must.h"
#include "http/cookie.h"
#include "http/wire.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	struct params p, again;
	cookie_parse(cx, (str){ (const char *)data, size }, &p);
	MUST(p.n <= LIMIT_COOKIES);
	for (size_t i = 0; i < p.n; i++) {
		str rest, pair = str_cut(cookie_make(cx, p.at[i].name, p.at[i].value, 60, true, S("/")), ';', &rest);
		MUST(wire_is_field_value(pair) && wire_is_field_value(rest));
		cookie_parse(cx, pair, &again);
		MUST(again.n == 1 && str_eq(again.at[0].name, p.at[i].name) && str_eq(again.at[0].value, p.at[i].value));
	}
	cx_end(cx);
	return 0;
}
