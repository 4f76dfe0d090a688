/* buf: text being built, up to a stated maximum. Appending never fails at the call: a buf that would pass its
 * maximum stays as it is and remembers it, and buf_done (or buf_full) tells. Memory is the cx's arena. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

struct arena;

struct buf {
	struct arena *arena;
	char *p;
	size_t n, cap, max;
	bool full;
};

struct buf buf_new(struct cx *cx, size_t max);
void buf_str(struct buf *b, str s);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_cut(struct buf *b, size_t n); /* shortens to n bytes; n <= b->n */

#define buf_lit(b, literal) buf_str(b, S(literal))

/* What is in it now; good until the next append. */
static inline str buf_view(const struct buf *b) { return (str){ b->p ? b->p : "", b->n }; }

/* The text, which lives in the arena; LIMIT with a sentence when it did not fit. */
CHECKED err buf_done(struct cx *cx, struct buf *b, str *out);

#endif
