/* search: upkeep of the full-text index. Triggers keep it; what was deleted from it stands in its file until it is merged away, which after a
 * purge may not wait for chance. */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "db/db.h"

/* Asks for the index to be written anew without what was deleted; in the transaction that purges. */
CHECKED err search_forget(struct cx *cx, struct db *db);

/* Is there something to forget? A read. */
CHECKED err search_forgetting(struct cx *cx, struct db *db, bool *asked);

struct search_merge {
	bool begun; /* in and out: false for the first step */
	bool more;  /* out: there is something left to do */
};
/* One bounded step of what search_forget asked for, in a transaction of its own; nothing when nothing was asked. arg is struct search_merge. */
CHECKED err search_merge(struct cx *cx, struct db *db, void *arg);

/* What the index was cleaned of has left the database's files (store/forget.h). In a transaction. */
CHECKED err search_forgotten(struct cx *cx, struct db *db);

/* After many articles came in together: makes one piece of what they left in the index. Else each later post would carry a part of that work, for
 * hundreds of thousands of posts on a large site. Many transactions; a quarter of a minute for a million articles. */
CHECKED err search_gather(struct cx *cx, struct db *db);

/* Does the index hold the words of the articles, no fewer and no others? Tells each fault. It needs a connection that may write, and others
 * wait with their writing meanwhile: seconds for a hundred thousand articles. */
CHECKED err search_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg);

#endif
