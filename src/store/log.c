/* The hash chain. */
#include "store/log.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "sql.h"
#include "base/arena.h"
#include "base/must.h"
#include "base/banned.h"

static const unsigned char nothing_before[LOG_HASH] = { 0 };

static void cover(crypto_generichash_state *h, str s)
{
	unsigned char length[4] = { (unsigned char)(s.n >> 24), (unsigned char)(s.n >> 16), (unsigned char)(s.n >> 8),
		(unsigned char)s.n };
	crypto_generichash_update(h, length, sizeof length);
	crypto_generichash_update(h, (const unsigned char *)s.p, s.n);
}

static void cover_int(crypto_generichash_state *h, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRId64, v);
	cover(h, (str){ text, (size_t)n });
}

static void chain(unsigned char out[LOG_HASH], str previous, int64_t number, int64_t at, const struct log_entry *e)
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, LOG_HASH);
	cover(&h, previous);
	cover_int(&h, number);
	cover_int(&h, at);
	cover(&h, e->actor);
	cover(&h, e->action);
	cover(&h, e->object);
	cover_int(&h, e->number);
	cover(&h, e->reason);
	cover(&h, e->note);
	crypto_generichash_final(&h, out, LOG_HASH);
}

err log_append(struct cx *cx, struct db *db, const struct log_entry *e)
{
	struct sql_log_last *last;
	TRY(sql_log_last(cx, db, &last));
	str previous = last ? last->hash : (str){ (const char *)nothing_before, LOG_HASH };
	int64_t number = last ? last->id + 1 : 1, at = cx_now(cx);
	unsigned char hash[LOG_HASH];
	chain(hash, previous, number, at, e);
	return sql_log_insert(cx, db, number, at, e->actor, e->action, e->object, e->number, e->title, e->reason, e->note, previous,
	    (str){ (const char *)hash, LOG_HASH });
}

err log_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg, int64_t *rows)
{
	char before[LOG_HASH];
	memcpy(before, nothing_before, LOG_HASH);
	int64_t faults = 0, expected = 1;
	for (*rows = 0;;) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct sql_row_logged *list;
		size_t n;
		TRY(sql_log_chain(cx, db, expected - 1, 500, &list, &n));
		for (size_t i = 0; i < n; i++, ++*rows) {
			struct sql_row_logged *r = &list[i];
			struct log_entry e = { r->actor, r->action, r->object, r->number, r->title, r->reason, r->note };
			unsigned char hash[LOG_HASH];
			chain(hash, (str){ before, LOG_HASH }, r->id, r->at, &e);
			const char *wrong = r->id != expected                                                ? "rows are missing before it"
			                    : !str_eq(r->previous, (str){ before, LOG_HASH })                ? "does not follow the row before it"
			                    : !str_eq(r->hash, (str){ (const char *)hash, LOG_HASH }) ? "was changed"
			                                                                                     : NULL;
			if (wrong) {
				faults++;
				report(arg, str_fmt(cx, "log row %" PRId64 ": %s", r->id, wrong));
			}
			if (r->hash.n == LOG_HASH) memcpy(before, r->hash.p, LOG_HASH);
			expected = r->id + 1;
		}
		arena_rewind(cx->arena, mark);
		if (n == 0) break;
	}
	return faults ? cx_fail(cx, FAILED, NULL, "the editorial log has %" PRId64 " faults", faults) : OK;
}
