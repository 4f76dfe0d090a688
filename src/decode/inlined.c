/* One pass by the letter that all three words have, which is rare where no text is: most contents hold no such picture. */
#include "decode/inlined.h"

#include <string.h>

#include "base/banned.h"

/* ISO 32000-1 7.2.2; so is what lies outside the content. */
static bool is_space(str s, size_t i) { return i >= s.n || memchr("\0\t\n\f\r ", s.p[i], 6) != NULL; }

static bool is_one_of(str s, size_t i, const char *these) { return i < s.n && s.p[i] && strchr(these, s.p[i]) != NULL; }

/* Where the next I stands; s.n when there is none. */
static size_t find_i(str s, size_t from)
{
	ptrdiff_t i = str_find_char(s, 'I', from);
	return i < 0 ? s.n : (size_t)i;
}

bool inlined_next(str content, size_t *at, struct inlined *out)
{
	size_t from = 0; /* behind the last BI */
	for (size_t i = find_i(content, *at); i < content.n; i = find_i(content, i + 1)) {
		bool begins = i > *at && content.p[i - 1] == 'B' && (i == 1 || is_space(content, i - 2) || is_one_of(content, i - 2, "])>}")) &&
		    (is_space(content, i + 1) || content.p[i + 1] == '/');
		if (begins) from = i + 1;
		bool ends = from && is_one_of(content, i + 1, "D") && (is_space(content, i - 1) || is_one_of(content, i - 1, "])>")) && is_space(content, i + 2);
		if (!ends) continue;
		*at = i + 3 < content.n ? i + 3 : content.n;
		if (str_eq(str_sub(content, i + 2, 2), S("\r\n"))) (*at)++;
		*out = (struct inlined){ str_sub(content, from, i - from), from, *at };
		return true;
	}
	return false;
}

size_t inlined_end(str content, size_t from)
{
	for (size_t i = find_i(content, from); i < content.n; i = find_i(content, i + 1))
		if (i > from && content.p[i - 1] == 'E' && is_space(content, i + 1)) return i - 1;
	return content.n;
}
