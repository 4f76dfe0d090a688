/* Host, Origin, Sec-Fetch-Site and the site's own address, a line each. A browser on a page of this host is never taken for another site's, whatever the host is called. */
#include <stdint.h>

#include "base/must.h"
#include "http/origin.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str rest = { (const char *)data, size };
	str host = str_cut(rest, '\n', &rest), origin = str_cut(rest, '\n', &rest), site = str_cut(rest, '\n', &rest);
	struct param at[] = { { S("host"), host }, { S("origin"), origin }, { S("sec-fetch-site"), site }, { S("referer"), origin } };
	struct request req = { .method = METHOD_POST, .headers = { at, 4 } };
	enum origin_said said = origin_said(&req, rest);
	MUST(said == ORIGIN_UNSAID || said == ORIGIN_HERE || said == ORIGIN_ELSEWHERE);
	MUST(origin_may_be_driven(&req) || (origin.n == 0 && site.n == 0));
	at[1].value = str_fmt(cx, "https://" STR_FMT, STR_ARG(host));
	at[2].value = S("");
	MUST(origin_said(&req, rest) != ORIGIN_ELSEWHERE);
	cx_end(cx);
	return 0;
}
