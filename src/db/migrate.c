/* Each migration is one transaction that first looks again at the version: of two processes that start at once one
 * waits for the other's write lock and then finds the work done. */
#include "db/db.h"

#include "base/log.h"
#include "db/engine.h"
#include "base/banned.h"

/* Takes the next step, if there is one: *version is what the database then has. filled: it may hold a site already. */
static err step(struct cx *cx, struct db *d, int known, int *version, bool filled)
{
	TRY(db_begin(cx, d));
	err e = d->engine->version(cx, d, version);
	if (e == OK && *version > known)
		e = cx_fail(cx, CONFLICT, NULL,
		    "the database has schema %d, this broadside knows up to %d: install a newer broadside", *version, known);
	if (e != OK || *version == known) {
		db_rollback(d);
		return e;
	}
	const struct sql_migration *m = &db_catalogue.migrations[*version];
	if (filled) log_info(cx, "schema %d (%s) is being made; on a large site that takes a while", m->version, m->name);
	e = d->engine->migrate(cx, d, m);
	if (e != OK) {
		db_rollback(d);
		return e;
	}
	TRY(db_commit(cx, d));
	log_info(cx, "schema is now at %d (%s)", m->version, m->name);
	*version = m->version;
	return OK;
}

err db_migrate(struct cx *cx, str place, int *from, int *to)
{
	struct db *d;
	int known = (int)db_catalogue.n_migrations, version = 0;
	*from = *to = 0;
	TRY(db_connect(cx, place, DB_WRITE, true, &d));
	err e = d->engine->version(cx, d, &version);
	*from = *to = version;
	while (e == OK && version != known) {
		e = step(cx, d, known, &version, *from > 0);
		*to = version;
	}
	db_close(d);
	return e;
}
