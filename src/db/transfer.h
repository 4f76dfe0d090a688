/* transfer: one database's content into another, of the same engine or another, row by row in the order of the keys. What is made from other tables
 * (the search index) makes itself anew. */
#ifndef DB_TRANSFER_H
#define DB_TRANSFER_H

#include "db/db.h"

#define DB_DIGEST 32

struct db_digest {
	int64_t rows;
	unsigned char hash[DB_DIGEST]; /* BLAKE2b of all values, in the order of the keys: equal where the content is, whatever the engine */
};

struct db_transferred {
	const char *table;
	int64_t before;          /* rows that an earlier, interrupted transfer had brought */
	struct db_digest digest; /* of both sides */
};

/* Brings to's schema up and copies all of from, which stands still meanwhile (it is read in one snapshot) and must have this binary's schema. What an
 * interrupted transfer left in to is compared and kept, and the rest added. A site in which nobody has written or logged in yet (only the lists and blocks of a new
 * one) is replaced. CONFLICT when to holds anything else; FAILED when the two sides differ in the end. In batches, each durable: memory does not grow with the site.
 *
 * progress may be NULL: told after every batch. *tables lives in cx, *n of them. */
CHECKED err db_transfer(struct cx *cx, str from, str to, void (*progress)(void *arg, const char *table, int64_t rows), void *arg,
    struct db_transferred **tables, size_t *n);

/* What a database holds, table by table. */
CHECKED err db_digests(struct cx *cx, str url, struct db_transferred **tables, size_t *n);

#endif
