/* log: the public editorial log. Every act of an editor is a row, written in the transaction of the act itself. Each row's hash
 * covers its fields and the hash of the row before it, so a row cannot be changed or dropped without every later hash changing.
 *
 * hash = BLAKE2b-256 over, in this order, each as a 32-bit big-endian length and its bytes: previous hash, the row's number, its time
 * (microseconds UTC), actor, action, object, object number, reason, note; numbers as decimal text. The title is left out: purging
 * an article must be able to empty it. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "db/db.h"

#define LOG_HASH 32

struct log_entry {
	str actor;  /* the editor's name, or "author" */
	str action; /* "feature", "hide", ... */
	str object; /* "article", "comment" */
	id number;
	str title;
	str reason; /* slug of a term, or empty */
	str note;
};

/* Appends inside the caller's transaction. */
CHECKED err log_append(struct cx *cx, struct db *db, const struct log_entry *e);

/* Recomputes the chain. Tells each fault to report; *rows is the number checked. FAILED when there was a fault. */
CHECKED err log_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg, int64_t *rows);

#endif
