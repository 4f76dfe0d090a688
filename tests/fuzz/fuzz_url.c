/* url_check: what passes is in strict form, passes again unchanged, and has one of the three schemes or is a path. */
#include <stdint.h>
#include <string.h>

#include "base/must.h"
#include "text/url.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	url u, again;
	if (url_check(cx, (str){ (const char *)data, size }, &u) == OK) {
		for (size_t i = 0; i < u.s.n; i++) MUST((unsigned char)u.s.p[i] > 0x20 && !memchr("\"<>\\", u.s.p[i], 4));
		MUST(str_starts(u.s, S("http://")) || str_starts(u.s, S("https://")) || str_starts(u.s, S("mailto:")) ||
		     (str_starts(u.s, S("/")) && !str_starts(u.s, S("//"))));
		MUST(url_check(cx, u.s, &again) == OK && str_eq(u.s, again.s));
		MUST(!str_contains(url_host(u), S("@")));
		(void)url_absolute(cx, u, S("https://example.org"));
	}
	cx_end(cx);
	return 0;
}
