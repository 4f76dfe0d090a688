/* guard: the one function between a request and its handler. Driven by the route row, it checks session, capability, CSRF token, origin and
 * rate, in that order, before the handler runs. */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include "web/routes.h"

/* Which client did how much lately, under hashes that mean nothing once their key is wiped. */
struct limits_table *limits_new(void);
void limits_free(struct limits_table *t);
/* May this client do one more of this kind now? */
bool limits_allow(struct limits_table *t, uint64_t peer, enum route_rate kind, int64_t now, int per_hour);

/* Fills who and session of the page. DENIED, LIMIT or FAILED with a sentence. */
CHECKED err guard_admit(struct page *p);

/* Counts one post against the client's hour: called when a form is otherwise in order, so that mistakes cost nothing. LIMIT. */
CHECKED err guard_count(struct page *p);

#define SESSION_COOKIE "session"

#endif
