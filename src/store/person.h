/* person: accounts and sessions. Passwords are kept as argon2id (libsodium's crypto_pwhash_str), session cookies as BLAKE2b hashes. */
#ifndef STORE_PERSON_H
#define STORE_PERSON_H

#include "db/db.h"
#include "rules/who.h"

#define SESSION_KEY 32              /* random bytes; 64 hexadecimal digits in the cookie */
#define SESSION_LIFE (14 * DAY)

/* Costs tens of milliseconds and 64 MiB outside the arena. */
CHECKED err person_hash_password(struct cx *cx, str password, str *out);
bool person_check_password(str hash, str password);

struct person_add {
	str name, password_hash;
	enum person_role role;
	id out;
};
CHECKED err person_add(struct cx *cx, struct db *db, void *arg); /* CONFLICT when the name is taken */

enum person_change { PERSON_PASSWORD, PERSON_ROLE, PERSON_DISABLE, PERSON_ENABLE };
struct person_alter {
	str name;
	enum person_change what;
	str password_hash;
	enum person_role role;
};
/* Ends the person's sessions. NOTFOUND. */
CHECKED err person_alter(struct cx *cx, struct db *db, void *arg);

/* Whose password is asked about. There is always somebody: of a name that is nobody's a password is looked at at the same cost, and is wrong. */
struct person_asked {
	str password; /* as it is stored */
	struct who who;
	bool may;
};
CHECKED err person_ask(struct cx *cx, struct db *db, str name, struct person_asked *out);

/* Costs tens of milliseconds and 64 MiB outside the arena. DENIED with one sentence for every kind of wrong. */
CHECKED err person_log_in(struct cx *cx, const struct person_asked *asked, str password, struct who *out);

struct session_make {
	id person;
	char key[SESSION_KEY]; /* out */
};
CHECKED err session_make(struct cx *cx, struct db *db, void *arg);
CHECKED err session_end(struct cx *cx, struct db *db, void *key /* char[SESSION_KEY] */);

/* Who the cookie's key stands for; nobody when it is unknown or has expired. */
CHECKED err session_who(struct cx *cx, struct db *db, const char key[SESSION_KEY], struct who *out);

/* The CSRF token of a session: derived from its key, so nothing more is stored. 32 hexadecimal digits. */
str session_token(struct cx *cx, const char key[SESSION_KEY]);

#endif
