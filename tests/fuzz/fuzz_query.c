/* Request targets and their queries. */
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "http/form.h"
#include "http/wire.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	struct wire_target t;
	struct params p;
	str sent = { (const char *)data, size };
	str query = sent;
	if (wire_target(cx, sent, &t) == OK) {
		query = t.raw_query;
		MUST(t.asterisk || (t.path.n && t.path.p[0] == '/' && utf8_valid(t.path) && memchr(t.path.p, 0, t.path.n) == NULL));
		MUST(!str_contains(t.path, S("/../")) && !str_ends(t.path, S("/..")) && !str_contains(t.path, S("/./")));
		MUST(t.asterisk || t.target.p[0] == '/');
		MUST(t.authority.n == 0 || wire_is_host(t.authority));
	}
	if (form_parse_query(cx, query, &p) == OK) {
		MUST(p.n <= LIMIT_QUERY_PARAMS);
		for (size_t i = 0; i < p.n; i++) {
			MUST(utf8_valid(p.at[i].name) && utf8_valid(p.at[i].value));
			MUST(p.at[i].value.n == 0 || memchr(p.at[i].value.p, 0, p.at[i].value.n) == NULL);
		}
	}
	cx_end(cx);
	return 0;
}
