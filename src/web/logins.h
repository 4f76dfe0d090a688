/* logins: failed log-ins by the name that was tried, whether there is such an account or not, so that a password cannot be guessed at leisure and nobody can lock
 * somebody else out. Keyed hashes in memory only, forgotten after an hour of peace. Thread-safe.
 *
 * - A client that has an address and fails for a name waits longer and longer for that name, it alone.
 * - After LOGINS_FREE_ALL failures for a name, of all clients, a browser that the account does not know must bring a right anti-spam number for each try, and of
 *   such tries a name has LOGINS_PROVEN an hour.
 * - A browser that the account knows (web/known.h) has a count of its own, and what others did does not touch it. It loses its place for as long as
 *   its own failures say, and is one like any other then: a stolen mark is worth a few guesses. */
#ifndef WEB_LOGINS_H
#define WEB_LOGINS_H

#include "base/cx.h"

#define LOGINS_FREE 4             /* failures of one client, or with one mark, for one name that cost nothing */
#define LOGINS_FREE_ALL 20        /* of all for one name, before they need a number */
#define LOGINS_MOST (15 * MINUTE) /* the longest wait of one client */
#define LOGINS_PROVEN 600
#define LOGINS_ASKING (10 * MINUTE)

struct logins;

struct logins *logins_new(struct cx *cx);
void logins_free(struct logins *l);

/* Where a try comes from. */
struct login_from {
	str name;             /* folded */
	const uint64_t *peer; /* NULL: a client that cannot be told from others */
	str mark;             /* by which the account knows the browser; or empty */
	bool proven;          /* a right number came with it */
};

enum login_as { LOGIN_ANY, LOGIN_PROVEN, LOGIN_KNOWN, /* may be tried, as such */ LOGIN_NUMBER /* needs a number */, LOGIN_WAIT };

/* What a try would be taken as. *wait, in microseconds: how long, where it is LOGIN_WAIT, which does not tell whether there is such an account; where there
 * was a mark, and the try is not LOGIN_KNOWN, for how long the mark has lost its place. Counts nothing. */
enum login_as logins_look(struct logins *l, const struct login_from *from, int64_t now, int64_t *wait);

/* The same, and counted as failed until logins_good; to be called before the password is looked at, so that many at once are not taken for one. */
enum login_as logins_try(struct logins *l, const struct login_from *from, int64_t now, int64_t *wait);

/* It was the right password: the try, which was taken as such, is counted no more, nor what its client or mark failed before. */
void logins_good(struct logins *l, const struct login_from *from, enum login_as as);

/* Somebody was, or had to be, asked for a number: for LOGINS_ASKING all are, on the form itself, so that the first try of a new browser has it. */
void logins_ask(struct logins *l, int64_t now);
bool logins_asking(struct logins *l, int64_t now);

#endif
