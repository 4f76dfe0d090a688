/* The public log of the first form, whose rows told microseconds, made anew in the second. The old chain cannot be kept beside the new one: its times could be found
 * from its hashes by trying. Who kept a copy of the old head finds it named in the first row behind the rebuilt ones. */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "store/log_chain.h"
#include "base/banned.h"

#define FAULTS_NAMED 20

struct rebuild {
	struct log_link old, made;
	int64_t faults;
	int64_t faulty[FAULTS_NAMED];
	int64_t rows;
};

static str bytes_of(const unsigned char *p) { return (str){ (const char *)p, LOG_HASH }; }

/* Words that are not what the old digest says keep it: then the new chain finds them at fault as the old one did. */
static err make_row(struct cx *cx, struct db *db, struct rebuild *b, const struct sql_row_chained *r)
{
	const char *wrong;
	struct log_entry e = log_entry_of(r);
	unsigned char digest[LOG_HASH], was[LOG_HASH];
	int64_t at = clock_hour(r->at), changed;
	TRY(log_check_row(cx, db, r, &b->old, &wrong));
	if (wrong && b->faults < FAULTS_NAMED) b->faulty[b->faults] = r->id;
	b->faults += wrong != NULL;
	log_link_to(&b->old, r);

	e.act = r->id;
	memset(digest, 0, sizeof digest);
	log_digest(was, 1, r->salt, &e);
	if (r->salt.n == LOG_SALT && str_eq(r->digest, bytes_of(was))) log_digest(digest, LOG_VERSION, r->salt, &e);
	else if (r->digest.n == LOG_HASH) memcpy(digest, r->digest.p, LOG_HASH);
	const struct log_link before = b->made;
	log_hash(b->made.hash, LOG_VERSION, bytes_of(before.hash), r->id, at, &e, bytes_of(digest));
	b->rows++;
	return sql_log_rebuild(cx, db, r->id, LOG_VERSION, e.act, at, bytes_of(digest), bytes_of(before.hash), bytes_of(b->made.hash), &changed);
}

static str what_was_found(struct cx *cx, const struct rebuild *b)
{
	struct buf note = buf_new(cx, 2 * KIB);
	buf_lit(&note, "Times are told by the hour from here on, in all rows. ");
	if (b->rows > 1) buf_fmt(&note, "was: the head of the chain of %" PRId64 " rows that told more. ", b->rows);
	else buf_lit(&note, "The row before it had a hash of its own, from which its time could be found by trying: it is not named. ");
	if (!b->faults) buf_lit(&note, "That chain was whole.");
	else buf_fmt(&note, "That chain had %" PRId64 " faults, in the rows", b->faults);
	for (int64_t i = 0; i < b->faults && i < FAULTS_NAMED; i++) buf_fmt(&note, " %" PRId64, b->faulty[i]);
	if (b->faults > FAULTS_NAMED) buf_lit(&note, " and others");
	if (b->faults) buf_char(&note, '.');
	return buf_view(&note);
}

err log_rebuild(struct cx *cx, struct db *db, void *unused)
{
	struct rebuild b = { 0 };
	struct sql_row_chained *list;
	size_t n = 1;
	(void)unused;
	while (n) {
		struct arena_mark mark = arena_mark(cx->arena);
		TRY(sql_log_chain(cx, db, b.old.number, 500, &list, &n));
		if (n && list[0].version == LOG_VERSION && b.rows == 0) return OK;
		for (size_t i = 0; i < n; i++) TRY(make_row(cx, db, &b, &list[i]));
		arena_rewind(cx->arena, mark);
	}
	if (!b.rows) return OK;
	struct log_entry e = { .actor = S("broadside"), .action = S("rebuild"), .object = S("log"), .number = b.rows, .note = what_was_found(cx, &b),
		.was = b.rows > 1 ? str_hex(cx, b.old.hash, LOG_HASH) : S(""), .became = str_hex(cx, b.made.hash, LOG_HASH) };
	return log_append(cx, db, &e);
}
