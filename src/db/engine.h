/* engine: what one database engine must do; db.c, migrate.c, transact.c and group.c stand on it and know no engine. An engine
 * reports failures as db.h promises (BUSY, CONFLICT, FAILED with a sentence that shows no SQL) and sets db->broken when
 * it can no longer tell what is on the disk. */
#ifndef DB_ENGINE_H
#define DB_ENGINE_H

#include <pthread.h>

#include "db/db.h"
#include "db/query.h"

struct db;

struct db_engine {
	const char *scheme; /* "sqlite:" */
	bool concurrent;    /* a server: other processes write too, the connection can break, and one fault ends the transaction; else there are savepoints */

	/* Opens the database and sets it up; create: makes it when it is not there. d->arena lives as long as the
	 * connection. On failure nothing is left open. */
	err (*open)(struct cx *cx, str address, bool create, struct db *d);
	void (*close)(struct db *d);

	/* As db_reach; out->url holds the whole url and the rest is empty. NULL where that is all. */
	err (*reach)(struct cx *cx, str address, struct db_reach *out);

	/* Takes the time limits off what this connection runs; NULL where there are none. */
	err (*take_time)(struct cx *cx, struct db *d);

	/* Makes query `number` ready to run, and checks kind, parameters and column names against the engine's view; or all that fit d->mode at
	 * once. An engine has one of the two; what was not prepared is when it is run. */
	err (*prepare)(struct cx *cx, struct db *d, size_t number, const struct sql_query *q);
	err (*prepare_all)(struct cx *cx, struct db *d);
	err (*run)(struct cx *cx, struct db *d, size_t number, const struct sql_query *q, const union sql_value *values,
	    struct sql_result *out);

	err (*begin)(struct cx *cx, struct db *d); /* to write: nobody else writes until the end */
	err (*mark)(struct cx *cx, struct db *d);  /* concurrent: puts d->key into the transaction just begun, before anything else */
	err (*confirm)(struct cx *cx, struct db *d); /* concurrent, outside transactions: OK when d->key is there, as safe as what a commit answers OK to */
	err (*begin_read)(struct cx *cx, struct db *d);
	err (*commit)(struct cx *cx, struct db *d); /* durable when it returns OK; on failure the transaction is undone */
	void (*rollback)(struct db *d);
	err (*save)(struct cx *cx, struct db *d); /* not concurrent: a savepoint inside a transaction, one at a time */
	err (*release)(struct cx *cx, struct db *d);
	void (*undo)(struct db *d);         /* back to the savepoint, and forgets it */
	bool (*alive)(struct db *d);        /* the transaction begun still stands: some faults end it */
	void (*tend)(struct db *d);         /* upkeep between transactions, while nobody waits */

	void (*forget)(struct cx *cx, struct db *d); /* db_forget; the connection is not broken */

	err (*clean)(struct cx *cx, struct db *d, const char *const *tables); /* as db_clean */
	void (*expect_bulk)(struct db *d);  /* may be NULL */

	/* The schema's version, 0 when there is none. */
	err (*version)(struct cx *cx, struct db *d, int *out);
	/* Runs one migration and records it, inside the transaction begun. */
	err (*migrate)(struct cx *cx, struct db *d, const struct sql_migration *m);

	err (*verify)(struct cx *cx, struct db *d, void (*report)(void *, str), void *arg);
	err (*copy)(struct cx *cx, struct db *d, const char *path);

	err (*hold)(struct cx *cx, str address, int *hold); /* as db_hold; NULL where many may serve */

	/* Before an upgrade of a site's schema: looks whether there is room for it, and keeps a copy of all in a new file, whose path this says. NULL where the
	 * operator's own tools do. */
	err (*keep)(struct cx *cx, struct db *d, int version, const char **path);
	/* As db_rewrite. */
	err (*rewrite)(struct cx *cx, struct db *d);
};

struct db {
	const struct db_engine *engine;
	struct arena *arena;
	enum db_mode mode;
	const struct sql_query *queries; /* that it prepares and runs */
	size_t n_queries;
	uint64_t count, wrote; /* queries run, and those of them that have written, or may have */
	bool in_transaction, in_read;
	bool broken; /* a write may or may not be on the disk: no more writing on this connection */
	bool damaged; /* it was found to be no whole database */
	bool opened; /* version checked, queries prepared */
	str key;     /* concurrent: names the write under way, so that its outcome can be asked for; in the transaction by its first query */
	struct ran { /* concurrent: how the transaction failed */
		bool again;   /* others got in between: the same may be run again */
		bool lost;    /* the connection broke before the commit: likewise */
		bool unknown; /* the connection broke during the commit */
		bool marked;  /* the key was not there before */
		bool known;   /* it was: an attempt before this one was committed */
	} ran;
	void *own;   /* the engine's */
};

extern const struct db_engine db_sqlite, db_postgres;

CHECKED err sqlite_hold(struct cx *cx, str address, int *hold);

/* What writers count; by any thread. */
struct db_meter {
	metric refused, failed, broken;
	struct metric_histogram batch, commit, waited;
};

/* An open connection without schema check or prepared queries. */
CHECKED err db_connect(struct cx *cx, str url, enum db_mode mode, bool create, struct db **out);

/* db_open for the queries that copy tables, in place of those that pages ask. */
CHECKED err db_open_tables(struct cx *cx, str url, enum db_mode mode, struct db **out);

/* begin, refused with BUSY on a broken connection, and its ends. */
CHECKED err db_begin(struct cx *cx, struct db *d);
CHECKED err db_commit(struct cx *cx, struct db *d);
void db_rollback(struct db *d);

/* begin, fn, commit or rollback; on a concurrent engine again where that may be (fn then runs twice), and an unknown outcome is found
 * out. */
CHECKED err db_transact(struct cx *cx, struct db *d, err (*fn)(struct cx *, struct db *, void *), void *arg);

/* What writes for many: one thread that commits for all (group.c). */
struct db_group;
CHECKED err db_group_start(struct cx *cx, struct db *d, size_t queue, struct db_meter *meter, struct db_group **out); /* d is the group's, on failure too */
void db_group_stop(struct db_group *g);
size_t db_group_queued(struct db_group *g);
CHECKED err db_group_write(struct cx *cx, struct db_group *g, err (*fn)(struct cx *, struct db *, void *), void *arg);

/* db_writer_start with a queue of at most `queue` waiting writes. */
CHECKED err db_writer_start_sized(struct cx *cx, str url, size_t queue, struct db_writer **out);

#endif
