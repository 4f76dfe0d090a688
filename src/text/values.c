/* Each grammar stands here once, so that who writes and who checks cannot drift apart. */
#include "text/values.h"

#include <string.h>

#include "base/utf8.h"
#include "text/chars.h"
#include "base/banned.h"

static bool one_of(str s, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(s, str_of(*list))) return true;
	return false;
}

bool values_made_of(str s, const char *marks, size_t max)
{
	if (s.n == 0 || s.n > max) return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) continue;
		if (c == 0 || !strchr(marks, c)) return false;
	}
	return true;
}

bool values_is_direction(str s)
{
	static const char *const all[] = { "ltr", "rtl", "auto", NULL };
	return one_of(s, all);
}

bool values_is_scope(str s)
{
	static const char *const all[] = { "row", "col", "rowgroup", "colgroup", NULL };
	return one_of(s, all);
}

bool values_is_numbering(str s)
{
	static const char *const all[] = { "1", "a", "A", "i", "I", NULL };
	return one_of(s, all);
}

bool values_is_datetime(str s) { return values_made_of(s, "-+:. ", 40); }

bool values_is_class(const struct element *e, str s)
{
	static const char *const footnotes[] = { "footnotes", "footnote-ref", "footnote-backref", NULL };
	static const char *const alignments[] = { "align-left", "align-center", "align-right", NULL };
	return one_of(s, e->may & MAY_SPAN_CELLS ? alignments : footnotes);
}

bool values_is_id(str s, str prefix)
{
	if (prefix.n == 0 || !str_starts(s, prefix) || s.n == prefix.n || s.n - prefix.n > VALUES_ID_BYTES) return false;
	for (size_t i = prefix.n; i < s.n;) {
		uint32_t c = utf8_next(s, &i);
		if (c <= ' ' || !char_kept(c)) return false;
	}
	return true;
}

bool values_is_own_picture(str address)
{
	char sha256[32];
	if (!str_starts(address, S("/media/"))) return false;
	str rest = str_sub(address, 7, address.n);
	if (!str_unhex(str_sub(rest, 0, 64), sha256, sizeof sha256) || rest.n < 66 || rest.p[64] != '/') return false;
	return rest.p[65] != '.' && values_made_of(str_sub(rest, 65, rest.n), "-_.", 200);
}
