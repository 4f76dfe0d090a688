/* By the letter of the word that is rare where no text is. */
#include "decode/inlined.h"

#include "decode/lexer.h"
#include "base/banned.h"

static size_t find_i(str s, size_t from)
{
	ptrdiff_t i = str_find_char(s, 'I', from);
	return i < 0 ? s.n : (size_t)i;
}

size_t inlined_end(str content, size_t from)
{
	for (size_t i = find_i(content, from); i < content.n; i = find_i(content, i + 1))
		if (i > from && content.p[i - 1] == 'E' && (i + 1 == content.n || lexer_is_space(content.p[i + 1]))) return i - 1;
	return content.n;
}
