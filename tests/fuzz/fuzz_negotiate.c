/* Accept-Encoding, entity tag lists, ranges, hosts: each line of the input is given to all of them. */
#include <stdint.h>

#include "base/must.h"
#include "http/negotiate.h"
#include "http/wire.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_range(str field, int64_t size)
{
	int64_t first, last;
	if (range_parse(field, size, &first, &last) == RANGE_PART) MUST(0 <= first && first <= last && last < size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = { (const char *)data, size };
	while (rest.n) {
		str line = str_cut(rest, '\n', &rest);
		for (int i = 0; i < 4; i++) {
			const bool have[CODINGS] = { true, i & 1, i & 2 };
			enum coding c = negotiate_coding(line, have);
			MUST(c == CODING_IDENTITY || have[c]);
		}
		check_range(line, 0);
		check_range(line, 1);
		check_range(line, 1000);
		check_range(line, INT64_MAX);
		if (etag_listed(line, S("\"abc\""), true)) MUST(etag_listed(line, S("\"abc\""), false));
		if (wire_is_host(line)) MUST(wire_is_field_value(line) && str_find_char(line, '/', 0) < 0 && str_find_char(line, '@', 0) < 0);
		wire_lists(line, S("close"));
	}
	return 0;
}
