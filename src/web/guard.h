/* guard: the one place where it is decided whether a request may do what it asks. guard_admit stands before every handler: driven by the route row, it
 * checks session, origin, capability and CSRF token, in that order. What can only be known later, a handler asks with guard_may and guard_count.
 *
 * A form is refused where its browser says that another site sent it (http/origin.h), never for what a browser leaves unsaid. Forms of the desk and of accounts need
 * their session's token besides. On a public form a session that neither its token nor the browser vouches for is not looked at: what was sent is
 * a stranger's, and the session goes on. Log-in proves itself (web/entry.h). */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include "web/clients.h"
#include "web/routes.h"

#define SESSION_COOKIE "session"
#define GUARD_NAMELESS "nameless" /* a field of public forms: what they send is a stranger's, whoever is logged in */

/* Is there such a page at all, for whoever asks on this listener? Figures are there on the operators' alone; on these nothing else is, but whether the
 * server is alive and ready, which anybody may ask. */
bool guard_shows(const struct request *req, const struct route *r);

/* Fills who and session of the page. DENIED or FAILED with a sentence. */
CHECKED err guard_admit(struct page *p);

/* Could the request be somebody's who is logged in? Then its session must be looked up; else it is answered as anybody's. Takes no lock for long and
 * reads no database: for the listener's thread. key: the cookie's. */
bool guard_may_be_session(struct app *app, const struct request *req, bool cached, int64_t now, char key[SESSION_KEY]);

/* For what an act needs beyond its row's capability. DENIED with a sentence. */
CHECKED err guard_may(struct page *p, enum capability cap);

/* Whether one more of the row's kind may be done now, without counting it; then, once the form is in order, counting it, so that mistakes cost nothing.
 * LIMIT with a sentence, and the page's retry_after. Where a client cannot be told from others (req->shared) both say OK and count nothing: whatever one
 * visitor may use up there would keep out all the others. */
CHECKED err guard_look(struct page *p);
CHECKED err guard_count(struct page *p);

/* What stands in their place for those who cannot be told apart. They have shared_factor clients' limits together, against which only what was written
 * counts, and beyond which what they post waits for an editor: so one visitor can make others' posts wait, by posts with right numbers, but can stop
 * none. guard_is_crowded: is it beyond? guard_count_written: to be called once a post is written; does nothing for editors, whose posts wait
 * for nobody, and clients that can be told apart. */
bool guard_is_crowded(struct page *p);
void guard_count_written(struct page *p);

/* guard_count for acts by a private link that opens something, {key} of the address: those who cannot be told apart are told apart by that. */
CHECKED err guard_count_link(struct page *p);

/* One more file; LIMIT with a sentence that completes its name. Those who cannot be told apart share a limit of files that were received, posted or
 * not, since each takes room: beyond it, who shows a right anti-spam number (fields_prove) is not to be refused. */
CHECKED err guard_count_file(struct page *p);

/* The same for wrong anti-spam numbers: look, and count one. Those who cannot be told apart may guess on: challenge.h says what that is worth. */
CHECKED err guard_look_guess(struct page *p);
void guard_count_guess(struct page *p);

#endif
