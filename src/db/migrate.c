/* Each migration is one transaction that first looks again at the version: of two processes that start at once one
 * waits for the other's write lock and then finds the work done. */
#include "db/db.h"

#include <unistd.h>

#include "base/log.h"
#include "db/engine.h"
#include "base/banned.h"

/* Takes the next step, if there is one: *version is what the database then has, and *taken that a step was ours. filled: it may hold a site already. */
static err step(struct cx *cx, struct db *d, int known, int *version, bool filled, bool *taken)
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
	*taken = true;
	return OK;
}

static err keep(struct cx *cx, struct db *d, int known, int version, const char **path)
{
	if (version == 0 || version >= known || !d->engine->keep) return OK;
	return d->engine->keep(cx, d, version, path);
}

static void tell(struct cx *cx, const char *kept)
{
	log_warn(cx, "the database as it was before the upgrade is kept in %s: it holds all that was in it then, exact times too. Delete it when you have seen that "
	    "the site is well", kept);
}

err db_migrate(struct cx *cx, str place, int *from, int *to)
{
	struct db *d;
	const char *kept = NULL;
	bool taken = false;
	int known = (int)db_catalogue.n_migrations, version = 0;
	*from = *to = 0;
	TRY(db_connect(cx, place, DB_WRITE, true, &d));
	err e = d->engine->version(cx, d, &version);
	*from = *to = version;
	if (e == OK) e = keep(cx, d, known, version, &kept);
	while (e == OK && version != known) {
		e = step(cx, d, known, &version, *from > 0, &taken);
		*to = version;
	}
	if (kept && !taken) unlink(kept); /* nothing was changed, or another process did it, which has a copy of its own */
	else if (kept) tell(cx, kept);
	db_close(d);
	return e;
}
