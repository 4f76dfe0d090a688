/* sessions: which session cookies were found to be somebody's lately, and which nobody's, so that a made-up cookie costs one look in the database at
 * most and then none. A memory, not an authority: what it says is somebody's is looked up all the same. Keyed hashes only; bounded. Thread-safe. */
#ifndef WEB_SESSIONS_H
#define WEB_SESSIONS_H

#include "store/person.h"

enum session_seen { SESSION_UNSEEN, SESSION_NOBODYS, SESSION_SOMEBODYS };

struct sessions;

struct sessions *sessions_new(struct cx *cx);
void sessions_free(struct sessions *s);

enum session_seen sessions_seen(struct sessions *s, const char key[SESSION_KEY]);
void sessions_remember(struct sessions *s, const char key[SESSION_KEY], enum session_seen seen);

/* Could this cookie be a session's? Takes its key out. */
bool sessions_parse(str cookie, char key[SESSION_KEY]);

#endif
