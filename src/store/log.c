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

static void digest_of(unsigned char out[LOG_HASH], str salt, str title, str note)
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, (const unsigned char *)salt.p, salt.n, LOG_HASH);
	cover(&h, title);
	cover(&h, note);
	crypto_generichash_final(&h, out, LOG_HASH);
}

static void chain(unsigned char out[LOG_HASH], str previous, int64_t number, int64_t at, const struct log_entry *e, str digest)
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
	cover_int(&h, e->article);
	cover(&h, e->reason);
	cover(&h, digest);
	crypto_generichash_final(&h, out, LOG_HASH);
}

static str bytes_of(const unsigned char *p, size_t n) { return (str){ (const char *)p, n }; }

err log_append(struct cx *cx, struct db *db, const struct log_entry *e)
{
	struct sql_log_last *last;
	TRY(sql_log_last(cx, db, &last));
	str previous = last ? last->hash : bytes_of(nothing_before, LOG_HASH);
	int64_t number = last ? last->id + 1 : 1, at = cx_now(cx);
	unsigned char salt[LOG_SALT], digest[LOG_HASH], hash[LOG_HASH];
	rnd_bytes(cx->rnd, salt, sizeof salt);
	digest_of(digest, bytes_of(salt, sizeof salt), e->title, e->note);
	chain(hash, previous, number, at, e, bytes_of(digest, sizeof digest));
	return sql_log_insert(cx, db, number, at, e->actor, e->action, e->object, e->number, e->article, e->title, e->reason, e->note,
	    bytes_of(salt, sizeof salt), bytes_of(digest, sizeof digest), previous, bytes_of(hash, sizeof hash));
}

err log_erase_article(struct cx *cx, struct db *db, id article)
{
	int64_t changed;
	return sql_log_erase_article(cx, db, article, (str){ 0 }, &changed);
}

err log_erase_comment(struct cx *cx, struct db *db, id comment)
{
	int64_t changed;
	return sql_log_erase_comment(cx, db, comment, (str){ 0 }, &changed);
}

/* Says in *wrong what is wrong with a row's words: they are what the digest says, or were erased by a purge. */
static err check_words(struct cx *cx, struct db *db, const struct sql_log_chain *r, const char **wrong)
{
	unsigned char digest[LOG_HASH];
	struct sql_log_purges *found;
	*wrong = NULL;
	if (r->salt.n == LOG_SALT) {
		digest_of(digest, r->salt, r->title, r->note);
		if (!str_eq(r->digest, bytes_of(digest, LOG_HASH))) *wrong = "its title or note was changed";
		return OK;
	}
	if (r->salt.n || r->title.n || r->note.n) return *wrong = "its title or note was changed", OK;
	TRY(sql_log_purges(cx, db, r->id, r->article, r->object, r->number, &found));
	if (!found->purges) *wrong = "its title and note were erased, and no later row purges what they were about";
	return OK;
}

static err check_row(struct cx *cx, struct db *db, const struct sql_log_chain *r, str before, int64_t expected, const char **wrong)
{
	struct log_entry e = { r->actor, r->action, r->object, r->number, r->article, r->title, r->reason, r->note };
	unsigned char hash[LOG_HASH];
	chain(hash, before, r->id, r->at, &e, r->digest);
	*wrong = r->id != expected                                 ? "rows are missing before it"
	         : !str_eq(r->previous, before)                    ? "does not follow the row before it"
	         : !str_eq(r->hash, bytes_of(hash, sizeof hash)) ? "was changed"
	                                                           : NULL;
	return *wrong ? OK : check_words(cx, db, r, wrong);
}

err log_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg, int64_t *rows)
{
	char before[LOG_HASH];
	memcpy(before, nothing_before, LOG_HASH);
	int64_t faults = 0, expected = 1;
	size_t n = 1;
	for (*rows = 0; n;) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct sql_log_chain *list;
		TRY(sql_log_chain(cx, db, expected - 1, 500, &list, &n));
		for (size_t i = 0; i < n; i++, ++*rows) {
			const char *wrong;
			TRY(check_row(cx, db, &list[i], (str){ before, LOG_HASH }, expected, &wrong));
			if (wrong) {
				faults++;
				report(arg, str_fmt(cx, "log row %" PRId64 ": %s", list[i].id, wrong));
			}
			if (list[i].hash.n == LOG_HASH) memcpy(before, list[i].hash.p, LOG_HASH);
			expected = list[i].id + 1;
		}
		arena_rewind(cx->arena, mark);
	}
	return faults ? cx_fail(cx, FAILED, NULL, "the editorial log has %" PRId64 " faults", faults) : OK;
}
