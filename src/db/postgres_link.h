/* postgres_link: one connection to PostgreSQL, by libpq without its blocking calls: every wait has an end, so a server that is frozen or cut off
 * costs a bounded time. Commands are sent in pipelines (several without waiting between them) and answered in order. A link knows
 * nothing of queries. Nothing that libpq says reaches a person: its messages may quote values. */
#ifndef DB_POSTGRES_LINK_H
#define DB_POSTGRES_LINK_H

#include <libpq-fe.h>

#include "base/cx.h"
#include "db/db.h"

#define PG_HOSTS 16 /* addresses of one URL */
#define PG_NO_FILE "/nonexistent" /* passwords stand in the URL, or in a file that it names */

/* How a session plans: once for a query, whatever its values, so that no value makes a plan that nobody saw; and by what disks cost today, without
 * which a list of one type is sought along the whole newswire; and without helping processes, which take longer to start than a page takes.
 * tests/unit/test_plans.c looks at the plans that come of it. */
#define PG_PLANNING "SET jit = off; SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1;" \
	"SET max_parallel_workers_per_gather = 0;"

struct pg_link {
	PGconn *c;                           /* NULL: not connected */
	const char *const *keys;             /* connection parameters beside host, hostaddr and port; ended by NULL */
	const char **values;
	const char *host[PG_HOSTS], *hostaddr[PG_HOSTS], *port[PG_HOSTS];
	size_t hosts;
	bool reads;                          /* the session refuses to write */
	bool patient;                        /* no time limit on what it runs */
	bool hurried;                        /* the answer is not waited for as long: whether it was done can be asked */
	bool owed;                           /* a pipeline was sent whose answers nobody waits for */
	size_t widest;                       /* bytes of the largest message, either way, since pg_link_overwrite */
	int64_t not_before;                  /* monotonic: no attempt to connect before */
	int64_t delay;
};

/* Takes address ("//user@host/name?…" or "host=… dbname=…") apart; strings live in arena. FAILED with a sentence when it is wrong. */
CHECKED err pg_link_parse(struct cx *cx, struct arena *arena, str address, struct pg_link *l);

/* db_reach for PostgreSQL. */
CHECKED err postgres_reach(struct cx *cx, str address, struct db_reach *out);

/* Connects when there is no connection, and checks what the database must be: version, UTF8, collation C. *fresh: a new session was begun.
 * BUSY with a sentence while it cannot be reached; between attempts there is a growing pause, in which the answer is BUSY at once. */
CHECKED err pg_link_up(struct cx *cx, struct pg_link *l, bool *fresh);
void pg_link_close(struct pg_link *l);

/* Pipelines: any number of commands (PQsendQueryPrepared(l->c, …) and the like), then pg_link_sync, then pg_link_next once for each command and once
 * for the sync. */
CHECKED bool pg_link_pipeline(struct pg_link *l);
CHECKED bool pg_link_sync(struct pg_link *l);

/* The next answer, to be cleared by the caller; NULL when the connection is lost or silent past its time: it is closed then. */
PGresult *pg_link_next(struct pg_link *l);

/* The answers of the pipeline just sent are nobody's: they are read before the next one's. */
void pg_link_forget(struct pg_link *l);

/* libpq keeps what it sent and received in its buffers, as the TLS library does, until the next message lies over it: this sends one that is larger
 * than any before, says nothing, and has it sent back. Outside pipelines and transactions; nothing where there is no connection. */
void pg_link_overwrite(struct cx *cx, struct pg_link *l);
static inline void pg_link_passed(struct pg_link *l, size_t bytes)
{
	if (bytes > l->widest) l->widest = bytes;
}

/* One command or several, separated by semicolons, outside pipelines: the last answer, or the first that is a fault. NULL as above. */
PGresult *pg_link_simple(struct pg_link *l, const char *text);

#endif
