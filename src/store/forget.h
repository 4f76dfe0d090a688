/* forget: what was purged or erased leaves the database's files too. A row that is gone from its table still stands in the full-text index (store/search.h)
 * and in what the engine keeps beside its tables. Whoever erases asks, in the same transaction; work does it soon after, step by step, and asks the engine
 * again until nobody reads the old state any more. What is left where, manual and db/db.h tell.
 *
 * Two settings count: `forget` how often it was asked, `forgotten` which asking was the last to be done. */
#ifndef STORE_FORGET_H
#define STORE_FORGET_H

#include "db/db.h"

/* words: the full-text index held some of it. Inside the transaction that erases. */
CHECKED err forget_ask(struct cx *cx, struct db *db, bool words);

/* Is there something to do? A read. */
CHECKED err forget_waits(struct cx *cx, struct db *db, bool *waits);

/* The last step, once the index is clean (search_forgetting says no), outside of a transaction. BUSY when it must be tried again later. */
CHECKED err forget_end(struct cx *cx, struct db *db);

#endif
