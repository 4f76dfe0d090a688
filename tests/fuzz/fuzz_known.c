/* Marks from strangers: no account knows a browser by what was made up, and whatever comes, the next cookie holds what may be kept and no more. A '@' stands
 * for a good mark. */
#include "base/buf.h"
#include "base/must.h"
#include "web/known.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str with_mark(struct cx *cx, str s, str mark)
{
	struct buf b = buf_new(cx, 1 << 20);
	for (size_t i = 0; i < s.n && i < 4000; i++) {
		if (s.p[i] == '@') buf_str(&b, mark);
		else buf_char(&b, s.p[i]);
	}
	return buf_view(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	const str own = S("stored"), other = S("stored otherwise");
	str mark = known_cookie(cx, S(""), own, false), cookie = with_mark(cx, (str){ (const char *)data, size }, mark);
	str found = known_find(cx, cookie, own);
	MUST(found.n == 0 || str_eq(found, mark));
	MUST(known_find(cx, cookie, other).n == 0);
	str next = known_cookie(cx, cookie, own, false);
	MUST(next.n <= KNOWN_MOST * (KNOWN_MARK + 1) - 1 && known_any(next));
	MUST(found.n ? str_eq(known_find(cx, next, own), mark) : known_find(cx, next, own).n == KNOWN_MARK);
	str left = known_cookie(cx, next, own, true);
	MUST(known_find(cx, left, own).n == 0 && (left.n == 0 || known_any(left)));
	cx_end(cx);
	return 0;
}
