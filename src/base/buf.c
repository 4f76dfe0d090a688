/* Growing text in an arena. */
#include "base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cx.h"
#include "base/must.h"
#include "base/banned.h"

struct buf buf_new(struct cx *cx, size_t max) { return (struct buf){ .arena = cx->arena, .max = max }; }

/* Makes room for n more; false (and full) when that passes the maximum. */
static bool room(struct buf *b, size_t n)
{
	if (b->full || n > b->max || b->n > b->max - n) {
		b->full = true;
		return false;
	}
	if (b->n + n <= b->cap) return true;
	size_t cap = b->cap ? b->cap * 2 : 256;
	while (cap < b->n + n) cap *= 2;
	if (cap > b->max) cap = b->max;
	b->p = arena_grow(b->arena, b->p, b->n, cap);
	b->cap = cap;
	return true;
}

void buf_str(struct buf *b, str s)
{
	if (s.n == 0 || !room(b, s.n)) return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buf_char(struct buf *b, char c)
{
	if (room(b, 1)) b->p[b->n++] = c;
}

void buf_int(struct buf *b, int64_t v) { buf_fmt(b, "%" PRId64, v); }

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	MUST(n >= 0);
	if ((size_t)n < sizeof small) {
		buf_str(b, (str){ small, (size_t)n });
	} else {
		char *large = arena_bytes(b->arena, (size_t)n + 1);
		vsnprintf(large, (size_t)n + 1, fmt, again);
		buf_str(b, (str){ large, (size_t)n });
	}
	va_end(again);
}

void buf_cut(struct buf *b, size_t n)
{
	MUST(n <= b->n);
	b->n = n;
}

err buf_done(struct cx *cx, struct buf *b, str *out)
{
	if (b->full) return cx_fail(cx, LIMIT, NULL, "is longer than %zu bytes", b->max);
	*out = buf_view(b);
	return OK;
}
