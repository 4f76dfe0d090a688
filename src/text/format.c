/* Their names, in one place. */
#include "text/format.h"

#include "base/banned.h"

static const str names[] = {
	[FORMAT_PLAIN] = S_INIT("plain"),
	[FORMAT_MARKDOWN] = S_INIT("markdown"),
	[FORMAT_HTML] = S_INIT("html"),
};

bool format_parse(str word, enum format *out)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!str_eq(word, names[i])) continue;
		*out = (enum format)i;
		return true;
	}
	return false;
}

str format_name(enum format f) { return names[f]; }
