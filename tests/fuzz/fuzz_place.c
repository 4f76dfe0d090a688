/* Marks of files in any text: found ones are paragraphs of the html and say a small number; setting them apart loses nothing and is done once. */
#include <stdint.h>

#include "base/cx.h"
#include "base/must.h"
#include "text/place.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t without_lines(str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) n += s.p[i] != '\n';
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str s = { (const char *)data, size }, apart;
	if (place_apart(cx, s, &apart) == OK) MUST(without_lines(apart) == without_lines(s));
	size_t at = 0, start, end;
	int number;
	while (place_next((html){ s }, at, &start, &end, &number)) {
		MUST(start >= at && end > start && end <= s.n && number >= 1 && number <= 99);
		MUST(str_starts(str_sub(s, start, 9), S("<p>{{file")) && str_ends(str_sub(s, start, end - start), S("}}</p>")));
		at = end;
	}
	str bare = place_without(cx, s);
	MUST(bare.n <= s.n);
	cx_end(cx);
	return 0;
}
