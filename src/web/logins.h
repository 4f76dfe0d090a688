/* logins: failed logins by the name that was tried, whether there is such an account or not, so that a password cannot be guessed at leisure. After a
 * few failures each further try has to wait: longer and longer for the client that fails, never long for everybody else, so that nobody can
 * lock somebody out. Keyed hashes in memory only, forgotten after an hour of peace. Thread-safe. */
#ifndef WEB_LOGINS_H
#define WEB_LOGINS_H

#include "base/cx.h"

#define LOGINS_FREE 4                     /* failures of one client for one name that cost nothing */
#define LOGINS_FREE_ALL 20                /* of all clients for one name */
#define LOGINS_MOST (15 * MINUTE)         /* the longest wait of one client */
#define LOGINS_MOST_ALL (30 * SECOND)     /* the longest wait of whoever comes anew */

struct logins;

struct logins *logins_new(struct cx *cx);
void logins_free(struct logins *l);

/* One try: 0 when the password may be looked at, and it is counted as failed until logins_good; else how long to wait, in microseconds. name is
 * folded (text_fold); peer is NULL for a client that cannot be told from others. */
int64_t logins_try(struct logins *l, str name, const uint64_t *peer, int64_t now);

/* It was the right password: what is counted against name and peer is forgotten. */
void logins_good(struct logins *l, str name, const uint64_t *peer);

#endif
