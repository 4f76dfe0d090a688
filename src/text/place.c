/* The marks are found in the finished html rather than made html themselves: so a text can be rendered before its files are known, and no sanitiser has to
 * let figures through. */
#include "text/place.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

#define OPEN "{{file"
#define NUMBER_MOST 99

/* The length of the mark that s starts with, or 0. */
static size_t mark_length(str s, int *number)
{
	if (!str_starts(s, S(OPEN))) return 0;
	size_t at = sizeof OPEN - 1, digits = 0;
	*number = 0;
	while (at < s.n && s.p[at] == ' ' && at < 10) at++;
	for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && digits < 2; at++, digits++) *number = *number * 10 + (s.p[at] - '0');
	while (at < s.n && s.p[at] == ' ' && at < 16) at++;
	bool closed = str_starts(str_sub(s, at, 2), S("}}"));
	return closed && *number >= 1 && *number <= NUMBER_MOST ? at + 2 : 0;
}

err place_apart(struct cx *cx, str source, str *out)
{
	if (str_find(source, S(OPEN), 0) < 0) return *out = source, OK;
	struct buf b = buf_new(cx, 2 * source.n + 4);
	for (str rest = source; rest.n;) {
		size_t before = rest.n;
		str line = str_cut(rest, '\n', &rest), bare = str_trim(line);
		bool ended = line.n < before;
		int number;
		bool alone = mark_length(bare, &number) == bare.n && bare.n > 0;
		if (alone) buf_char(&b, '\n');
		buf_str(&b, line);
		if (ended || alone) buf_char(&b, '\n');
		if (alone) buf_char(&b, '\n');
	}
	return buf_done(cx, &b, out);
}

bool place_next(html h, size_t from, size_t *start, size_t *end, int *number)
{
	for (ptrdiff_t at; (at = str_find(h.s, S("<p>" OPEN), from)) >= 0; from = (size_t)at + 1) {
		size_t inside = (size_t)at + 3, n = mark_length(str_sub(h.s, inside, 32), number);
		if (n == 0 || !str_starts(str_sub(h.s, inside + n, 4), S("</p>"))) continue;
		*start = (size_t)at;
		*end = inside + n + 4;
		return true;
	}
	return false;
}

str place_without(struct cx *cx, str text)
{
	int number;
	if (str_find(text, S(OPEN), 0) < 0) return text;
	struct buf b = buf_new(cx, text.n);
	for (size_t at = 0; at < text.n;) {
		size_t n = mark_length(str_sub(text, at, 32), &number);
		if (n == 0) buf_char(&b, text.p[at++]);
		else at += n;
	}
	return str_trim(buf_view(&b));
}
