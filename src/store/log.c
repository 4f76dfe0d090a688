/* The hash chain. */
#include "store/log.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "sql.h"
#include "base/arena.h"
#include "base/must.h"
#include "store/log_chain.h"
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

static str bytes_of(const unsigned char *p, size_t n) { return (str){ (const char *)p, n }; }

void log_digest(unsigned char out[LOG_HASH], int64_t version, str salt, const struct log_entry *e)
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, (const unsigned char *)salt.p, salt.n, LOG_HASH);
	cover(&h, e->title);
	cover(&h, e->note);
	if (version > 1) cover(&h, e->was), cover(&h, e->became);
	crypto_generichash_final(&h, out, LOG_HASH);
}

void log_hash(unsigned char out[LOG_HASH], int64_t version, str previous, int64_t number, int64_t at, const struct log_entry *e, str digest)
{
	static const unsigned char second[1] = { LOG_VERSION };
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, LOG_HASH);
	if (version > 1) cover(&h, bytes_of(second, sizeof second));
	cover(&h, previous);
	cover_int(&h, number);
	if (version > 1) cover_int(&h, e->act);
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

struct log_entry log_entry_of(const struct sql_row_chained *r)
{
	return (struct log_entry){ r->actor, r->action, r->object, r->number, r->article, r->title, r->reason, r->note, r->was, r->became, r->act };
}

err log_append_to(struct cx *cx, struct db *db, const struct log_entry *given, id *act)
{
	struct sql_log_last *last;
	TRY(sql_log_last(cx, db, &last));
	str previous = last ? last->hash : bytes_of(nothing_before, LOG_HASH);
	int64_t number = last ? last->id + 1 : 1, at = cx_hour(cx);
	struct log_entry e = *given;
	unsigned char salt[LOG_SALT], digest[LOG_HASH], hash[LOG_HASH];
	if (!e.act) e.act = number;
	rnd_bytes(cx->rnd, salt, sizeof salt);
	log_digest(digest, LOG_VERSION, bytes_of(salt, sizeof salt), &e);
	log_hash(hash, LOG_VERSION, previous, number, at, &e, bytes_of(digest, sizeof digest));
	*act = e.act;
	return sql_log_insert(cx, db, number, LOG_VERSION, e.act, at, e.actor, e.action, e.object, e.number, e.article, e.title, e.reason, e.note, e.was, e.became,
	    bytes_of(salt, sizeof salt), bytes_of(digest, sizeof digest), previous, bytes_of(hash, sizeof hash));
}

err log_append(struct cx *cx, struct db *db, const struct log_entry *e)
{
	id act;
	return log_append_to(cx, db, e, &act);
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

static bool wordless(const struct sql_row_chained *r) { return !r->salt.n && !r->title.n && !r->note.n && !r->was.n && !r->became.n; }

/* Says in *wrong what is wrong with a row's words: they are what the digest says, or were erased by a purge. */
static err check_words(struct cx *cx, struct db *db, const struct sql_row_chained *r, const char **wrong)
{
	unsigned char digest[LOG_HASH];
	struct sql_log_purges *found;
	const struct log_entry e = log_entry_of(r);
	*wrong = NULL;
	if (r->salt.n == LOG_SALT) {
		log_digest(digest, r->version, r->salt, &e);
		if (!str_eq(r->digest, bytes_of(digest, LOG_HASH))) *wrong = "its title or note was changed";
		return OK;
	}
	if (!wordless(r)) return *wrong = "its title or note was changed", OK;
	TRY(sql_log_purges(cx, db, r->id, r->article, r->object, r->number, &found));
	if (!found->purges) *wrong = "its title and note were erased, and no later row purges what they were about";
	return OK;
}

/* A row is its act's first, or follows another of the same. */
static bool act_fits(const struct sql_row_chained *r, id act_before) { return r->version < 2 || r->act == r->id || r->act == act_before; }

err log_check_row(struct cx *cx, struct db *db, const struct sql_row_chained *r, const struct log_link *before, const char **wrong)
{
	const struct log_entry e = log_entry_of(r);
	unsigned char hash[LOG_HASH];
	log_hash(hash, r->version, bytes_of(before->hash, LOG_HASH), r->id, r->at, &e, r->digest);
	*wrong = r->id != before->number + 1                                   ? "rows are missing before it"
	         : r->version != LOG_VERSION && r->version != 1                ? "is of a form that this broadside does not know"
	         : !str_eq(r->previous, bytes_of(before->hash, LOG_HASH))      ? "does not follow the row before it"
	         : !str_eq(r->hash, bytes_of(hash, sizeof hash))               ? "was changed"
	         : !act_fits(r, before->act)                                   ? "names an act that is not the one before it"
	         : r->version > 1 && r->at != clock_hour(r->at)                ? "tells more of its time than the hour"
	                                                                       : NULL;
	return *wrong ? OK : check_words(cx, db, r, wrong);
}

void log_link_to(struct log_link *link, const struct sql_row_chained *r)
{
	if (r->hash.n == LOG_HASH) memcpy(link->hash, r->hash.p, LOG_HASH);
	link->number = r->id;
	link->act = r->act;
}

err log_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg, int64_t *rows)
{
	struct log_link before = { 0 };
	int64_t faults = 0;
	size_t n = 1;
	for (*rows = 0; n;) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct sql_row_chained *list;
		TRY(sql_log_chain(cx, db, before.number, 500, &list, &n));
		for (size_t i = 0; i < n; i++, ++*rows) {
			const char *wrong;
			TRY(log_check_row(cx, db, &list[i], &before, &wrong));
			if (!wrong && list[i].version == 1) wrong = "is of the first form, which tells exact times: an older broadside has written it";
			if (wrong) {
				faults++;
				report(arg, str_fmt(cx, "log row %" PRId64 ": %s", list[i].id, wrong));
			}
			log_link_to(&before, &list[i]);
		}
		arena_rewind(cx->arena, mark);
	}
	return faults ? cx_fail(cx, FAILED, NULL, "the editorial log has %" PRId64 " faults", faults) : OK;
}
