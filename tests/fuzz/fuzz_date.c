/* The day readers: what they take is a day that the calendar has, written back the same. */
#include <stdint.h>

#include "base/must.h"
#include "text/date.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str s = { (const char *)data, size };
	int64_t day, again;
	if (date_parse_loose_day(s, &day)) {
		MUST(date_parse_loose_day(date_human(cx, day, PRECISION_DAY), &again) && again == day);
		MUST(date_parse_iso_day(date_iso(cx, day, PRECISION_DAY), &again) && again == day);
	}
	if (date_parse_iso_day(s, &day)) MUST(str_eq(date_iso(cx, day, PRECISION_DAY), s));
	cx_end(cx);
	return 0;
}
