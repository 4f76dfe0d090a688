/* db: one interface over the database engines. No SQL text is written here or by callers: every query is a named entry in
 * the files of sql/, compiled by tools/mksql into a typed C function (build/sql.h) that calls db_run.
 *
 * A db is one connection and belongs to one thread. Rows and their texts live in the cx's arena. Errors: BUSY when the
 * database is locked or away for now, CONFLICT when a constraint says no, FAILED otherwise; never a crash. Inside a transaction on PostgreSQL a write
 * that answers nothing (none) is OK at once, and what was wrong with it is the answer to the next query or the commit.
 *
 * Values: 64-bit integers (booleans 0/1, times microseconds UTC), doubles, UTF-8 text, blobs. NULL reads as 0, or as a
 * str with p == NULL; a str with p == NULL is bound as empty, or as NULL where the query declares the parameter text? or blob?. */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/cx.h"
#include "base/metric.h"

struct db;

enum db_mode {
	DB_READ,  /* a write fails */
	DB_WRITE,
};

/* Opens url: "sqlite:/abs/path/site.db" or "postgresql://user@host/name" (libpq's URIs). Prepares every query
 * that fits the mode; a bad one is FAILED with the query's name. Closed with db_close.
 *
 * A connection to PostgreSQL that breaks is made anew, with growing pauses, when it is next used outside a transaction; until then the answer is
 * BUSY at once. What it runs has a time limit of 10 seconds, and 5 for a lock. */
CHECKED err db_open(struct cx *cx, str url, enum db_mode mode, struct db **out);

/* The same for one connection more, in a process that has opened one before, which proved the queries good: here each is prepared when it is first asked. */
CHECKED err db_open_further(struct cx *cx, str url, enum db_mode mode, struct db **out);
void db_close(struct db *db);

/* What a process needs to open url once it is locked in (sys/sandbox.h): the url with everything said that could not be looked up then (hosts as
 * addresses, the user's name), and what it must still be let do. For SQLite the url as it is, and nothing. */
#define DB_REACH_PORTS 16
#define DB_REACH_FILES 6
struct db_reach {
	str url;
	bool local;                         /* it is reached by Unix sockets */
	uint16_t ports[DB_REACH_PORTS];     /* by TCP */
	size_t ports_n;
	const char *files[DB_REACH_FILES + 1]; /* to be read for TLS; ended by NULL */
};
/* FAILED with a sentence when a host has no address, or url asks for what cannot be had inside. Looks names up: may take as long as that does. */
CHECKED err db_reach(struct cx *cx, str url, struct db_reach *out);

/* No time limit on this connection any more: for commands that go through all there is. */
CHECKED err db_take_time(struct cx *cx, struct db *db);

/* Brings the schema to this binary's version (the files of sql/schema/, each in a transaction of its own), creating the
 * database when it is not there. A newer schema than this binary knows is CONFLICT with a sentence. Opens and closes its
 * own connection. Of a site on SQLite a copy is kept beside it first; FAILED when there is no room for that, and then nothing was changed. */
CHECKED err db_migrate(struct cx *cx, str url, int *from, int *to);

#define DB_KEPT "before-upgrade-of-schema-" /* follows the file's name and a full stop, in the name of such a copy */

/* A transaction on this connection, for commands and tests; the server uses db_write. fn's error rolls back. On PostgreSQL fn may run more than
 * once, as with db_write. */
CHECKED err db_transaction(struct cx *cx, struct db *db, err (*fn)(struct cx *, struct db *, void *), void *arg);

/* Tells a connection that a great deal is about to be written: it takes more memory for it (64 MiB). */
void db_expect_bulk(struct db *db);

/* What writes for all threads: one thread that owns a write connection and commits for many at once. */
struct db_writer;
CHECKED err db_writer_start(struct cx *cx, str url, struct db_writer **out);
void db_writer_stop(struct db_writer *w); /* finishes what is queued; no db_write may begin after it */

/* Runs fn inside a transaction and returns when it is durable: what came back OK survives a power cut. fn runs as if nobody else wrote
 * meanwhile, with the caller's cx while the caller waits; it may run twice, so it has no side effect but rows. BUSY when too many wait.
 * Everything queued at that moment shares one commit, and one's failure does not touch another; fn runs on the writer's thread.
 * SQLite: FAILED for all in the batch when the commit fails.
 * PostgreSQL: what other processes write waits until the batch is committed. When the connection breaks during the commit the outcome is found out:
 * OK only when it is there; BUSY with a sentence that says so when it cannot be found out within seconds. */
CHECKED err db_write(struct cx *cx, struct db_writer *w, err (*fn)(struct cx *, struct db *, void *), void *arg);

/* What a writer did since it started; any thread, any time. */
struct db_writer_figures {
	uint64_t queued;  /* now */
	uint64_t refused; /* the queue was full */
	uint64_t failed;  /* batches whose commit did not succeed */
	bool broken;      /* the disk has failed: it writes no more */
	struct metric_sum batch;          /* writes that shared a commit: metric_sizes */
	struct metric_sum commit, waited; /* a batch from its first write to its commit; a write from its queueing to its end: metric_times */
};
void db_writer_figures(struct db_writer *w, struct db_writer_figures *out);

/* Outside of transactions: what was asked and answered is then in this process's memory no more, neither in the engine's caches nor in a library's
 * buffers. Costs some milliseconds, and the next queries some more; a failure is logged and leaves the connection as it was. */
void db_forget(struct cx *cx, struct db *db);

/* A snapshot to read from: all reads between see one state. */
CHECKED err db_read_begin(struct cx *cx, struct db *db);
void db_read_end(struct db *db);

/* Whether the database answers and has the schema this binary knows; CONFLICT or FAILED with a sentence. Outside of transactions. */
CHECKED err db_check_schema(struct cx *cx, struct db *db);

/* Integrity of file and constraints, for `broadside check`: each fault is told to report; returns FAILED on any. The constraints of a damaged file are not looked at. */
CHECKED err db_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg);

/* Whether this connection met a file that is damaged: nothing that it answers can be trusted, and the sentence of its fault says what to do. */
bool db_is_damaged(const struct db *db);

/* The right to serve the database at url, which a file gives to one process at a time: a second would neither hear what the first wrote nor know that it keeps pages.
 * *hold is a descriptor to be kept open for as long as it serves; the right ends with the process, however that ends, and is not inherited through exec. -1 where
 * any number of servers may be (PostgreSQL). CONFLICT with a sentence that names the process which has it; FAILED where the file system has no locks:
 * SQLite could keep nothing safe there. Commands need no right. Makes the file when it is not there. */
CHECKED err db_hold(struct cx *cx, str url, int *hold);
void db_hold_tell(int hold, int port); /* for the sentence of who is refused: where it listens; 0: not on a port. hold may be -1 */

/* Takes what was deleted and committed out of what the engine keeps beside the rows. Outside of transactions; tables: the names of those from which something
 * was deleted, ended by NULL.
 * SQLite: the write-ahead log goes into the file, which keeps nothing of deleted rows (secure_delete), and is emptied. BUSY while somebody still reads an older
 * state: to be tried again later. Readers do not wait; writers for a tenth of a second, beside the copying of what came in meanwhile.
 * PostgreSQL: these tables are vacuumed, with no time limit and at a pace that leaves the disk to others: dead rows go, as far as no older snapshot needs
 * them. Small tables (8 MiB) are written anew; in larger ones the bytes may stay in free room of a page until something else is put there. In its write-ahead
 * log, its standbys and its archives they stay as long as these keep them. */
CHECKED err db_clean(struct cx *cx, struct db *db, const char *const *tables);

/* A consistent copy into a new file while others write (SQLite's backup interface). CONFLICT when the file exists. */
CHECKED err db_copy(struct cx *cx, struct db *db, const char *path);

/* Writes the whole database anew, so that its files hold what its rows do and nothing of what was overwritten or deleted. Outside of transactions, in a process
 * with one thread; everybody else waits meanwhile. BUSY where others read just then, or the disk has no room. PostgreSQL's own log and copies of it are its operator's. */
CHECKED err db_rewrite(struct cx *cx, struct db *db);

/* Queries run on this connection since db_open: tests count them per page. */
uint64_t db_query_count(const struct db *db);

#endif
