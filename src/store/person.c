/* Accounts exist for editors; whoever only publishes needs none. */
#include "store/person.h"

#include <sodium.h>
#include <string.h>

#include "sql.h"
#include "base/limits.h"
#include "text/slug.h"
#include "base/banned.h"

#define HASH 32

err person_hash_password(struct cx *cx, str password, str *out)
{
	if (password.n < 10) return cx_fail(cx, INVALID, "password", "is shorter than 10 characters");
	if (password.n > LIMIT_PASSWORD) return cx_fail(cx, INVALID, "password", "is longer than %d bytes", LIMIT_PASSWORD);
	char *hash = cx_alloc(cx, crypto_pwhash_STRBYTES);
	if (crypto_pwhash_str(hash, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return cx_fail(cx, BUSY, NULL, "There is not enough memory for this now. Please try again in a moment.");
	*out = str_of(hash);
	return OK;
}

bool person_check_password(str hash, str password)
{
	char text[crypto_pwhash_STRBYTES] = { 0 };
	if (hash.n >= sizeof text || password.n > LIMIT_PASSWORD) return false;
	memcpy(text, hash.p, hash.n);
	return crypto_pwhash_str_verify(text, password.n ? password.p : "", password.n) == 0; /* a field that was not sent has no bytes at all */
}

err person_add(struct cx *cx, struct db *db, void *arg)
{
	struct person_add *p = arg;
	struct sql_person_insert *made;
	struct sql_row_person *taken;
	if (p->name.n == 0 || p->name.n > LIMIT_NAME) return cx_fail(cx, INVALID, "name", "is empty or too long");
	str fold = text_fold(cx, p->name);
	TRY(sql_person_by_name(cx, db, fold, &taken));
	if (taken) return cx_fail(cx, CONFLICT, "name", "is taken already");
	TRY(sql_person_insert(cx, db, p->name, fold, p->password_hash, p->role, cx_minute(cx), &made));
	p->out = made->id;
	return OK;
}

err person_alter(struct cx *cx, struct db *db, void *arg)
{
	struct person_alter *a = arg;
	struct sql_row_person *p;
	int64_t changed;
	TRY(sql_person_by_name(cx, db, text_fold(cx, a->name), &p));
	if (!p) return cx_fail(cx, NOTFOUND, "name", "is nobody's here");
	switch (a->what) {
	case PERSON_PASSWORD: TRY(sql_person_set_password(cx, db, p->id, a->password_hash, &changed)); break;
	case PERSON_ROLE: TRY(sql_person_set_role(cx, db, p->id, a->role, &changed)); break;
	case PERSON_DISABLE: TRY(sql_person_set_disabled(cx, db, p->id, 1, &changed)); break;
	case PERSON_ENABLE: TRY(sql_person_set_disabled(cx, db, p->id, 0, &changed)); break;
	}
	return sql_session_delete_person(cx, db, p->id);
}

/* Hash of a password nobody has: checked when there is no such person, so that both answers take as long. */
static const str nobodys_hash = S_INIT("$argon2id$v=19$m=65536,t=2,p=1$q0jbZ3iEMBNAI4xYkmTrVg$Pw0sYDF0xLhUZIsr0WYnm6NrJTDvzwnBFd0m3Gzqj1A");

err person_ask(struct cx *cx, struct db *db, str name, struct person_asked *out)
{
	struct sql_row_person *p;
	TRY(sql_person_by_name(cx, db, text_fold(cx, name), &p));
	*out = (struct person_asked){ .password = p ? p->password : nobodys_hash, .may = p && !p->disabled };
	if (p) out->who = (struct who){ p->id, p->name, (enum person_role)p->role };
	return OK;
}

err person_log_in(struct cx *cx, const struct person_asked *asked, str password, struct who *out)
{
	bool right = person_check_password(asked->password, password);
	if (!right || !asked->may) return cx_fail(cx, DENIED, NULL, "That name and password do not go together.");
	*out = asked->who;
	return OK;
}

static void key_hash(const char key[SESSION_KEY], unsigned char out[HASH])
{
	crypto_generichash(out, HASH, (const unsigned char *)key, SESSION_KEY, NULL, 0);
}

err session_make(struct cx *cx, struct db *db, void *arg)
{
	struct session_make *s = arg;
	unsigned char hash[HASH];
	rnd_bytes(cx->rnd, s->key, sizeof s->key);
	key_hash(s->key, hash);
	TRY(sql_session_expire(cx, db, cx_now(cx)));
	return sql_session_insert(cx, db, (str){ (const char *)hash, HASH }, s->person, cx_minute(cx) + SESSION_LIFE);
}

err session_end(struct cx *cx, struct db *db, void *key)
{
	unsigned char hash[HASH];
	key_hash(key, hash);
	return sql_session_delete(cx, db, (str){ (const char *)hash, HASH });
}

err session_who(struct cx *cx, struct db *db, const char key[SESSION_KEY], struct who *out)
{
	unsigned char hash[HASH];
	struct sql_session_get *s;
	*out = (struct who){ 0 };
	key_hash(key, hash);
	TRY(sql_session_get(cx, db, (str){ (const char *)hash, HASH }, cx_now(cx), &s));
	if (s) *out = (struct who){ s->person, s->name, (enum person_role)s->role };
	return OK;
}

str session_token(struct cx *cx, const char key[SESSION_KEY])
{
	unsigned char token[16];
	static const char what[] = "broadside csrf token";
	crypto_generichash(token, sizeof token, (const unsigned char *)what, sizeof what - 1, (const unsigned char *)key, SESSION_KEY);
	return str_hex(cx, token, sizeof token);
}
