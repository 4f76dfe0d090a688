/* engine: what one database engine must do; db.c, migrate.c and writer.c stand on it and know no engine. An engine
 * reports failures as db.h promises (BUSY, CONFLICT, FAILED with a sentence that shows no SQL) and sets db->broken when
 * it can no longer tell what is on the disk. */
#ifndef DB_ENGINE_H
#define DB_ENGINE_H

#include "db/db.h"
#include "db/query.h"

struct db;

struct db_engine {
	const char *scheme; /* "sqlite:" */

	/* Opens the database and sets it up; create: makes it when it is not there. d->arena lives as long as the
	 * connection. On failure nothing is left open. */
	err (*open)(struct cx *cx, str address, bool create, struct db *d);
	void (*close)(struct db *d);

	/* Makes query `number` ready to run, and checks kind, parameters and column names against the engine's view. */
	err (*prepare)(struct cx *cx, struct db *d, size_t number, const struct sql_query *q);
	err (*run)(struct cx *cx, struct db *d, size_t number, const struct sql_query *q, const union sql_value *values,
	    struct sql_result *out);

	err (*begin)(struct cx *cx, struct db *d); /* to write: nobody else writes until the end */
	err (*begin_read)(struct cx *cx, struct db *d);
	err (*commit)(struct cx *cx, struct db *d); /* durable when it returns OK; on failure the transaction is undone */
	void (*rollback)(struct db *d);
	err (*save)(struct cx *cx, struct db *d); /* a savepoint inside a transaction, one at a time */
	err (*release)(struct cx *cx, struct db *d);
	void (*undo)(struct db *d);         /* back to the savepoint, and forgets it */
	bool (*alive)(struct db *d);        /* the transaction begun still stands: some faults end it */
	void (*tend)(struct db *d);         /* upkeep between transactions, while nobody waits */

	void (*expect_bulk)(struct db *d);  /* may be NULL */

	/* The schema's version, 0 when there is none. */
	err (*version)(struct cx *cx, struct db *d, int *out);
	/* Runs one migration and records it, inside the transaction begun. */
	err (*migrate)(struct cx *cx, struct db *d, const struct sql_migration *m);

	err (*verify)(struct cx *cx, struct db *d, void (*report)(void *, str), void *arg);
	err (*copy)(struct cx *cx, struct db *d, const char *path);
};

struct db {
	const struct db_engine *engine;
	struct arena *arena;
	enum db_mode mode;
	uint64_t count;
	bool in_transaction, in_read;
	bool broken; /* a write may or may not be on the disk: no more writing on this connection */
	void *own;   /* the engine's */
};

extern const struct db_engine db_sqlite;

/* What writers count; by any thread. */
struct db_meter {
	metric refused, failed, broken;
	struct metric_histogram batch, commit, waited;
};

/* An open connection without schema check or prepared queries. */
CHECKED err db_connect(struct cx *cx, str url, enum db_mode mode, bool create, struct db **out);

/* begin, refused with BUSY on a broken connection, and its ends. */
CHECKED err db_begin(struct cx *cx, struct db *d);
CHECKED err db_commit(struct cx *cx, struct db *d);
void db_rollback(struct db *d);

/* db_writer_start with a queue of at most `queue` waiting writes. */
CHECKED err db_writer_start_sized(struct cx *cx, str url, size_t queue, struct db_writer **out);

#endif
