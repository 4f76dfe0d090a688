/* fixture: a fresh database of the tests' own schema (or of the project's, by the catalogue that is linked) in a folder of its own, as cmocka's set-up
 * and tear-down. On SQLite; on PostgreSQL where BROADSIDE_POSTGRES gives a server (tests/postgres starts one). */
#ifndef SQL_FIXTURE_H
#define SQL_FIXTURE_H

#include "db/db.h"

struct site {
	struct cx *cx;
	char dir[64];
	str place; /* "sqlite:DIR/site.db", or the address of a database of its own */
	str name;  /* of that database */
	struct db *db; /* a connection that writes */
};

bool site_on_postgres(void);

/* *state is a struct site. site_empty_set_up makes the folder but no database. */
int site_set_up(void **state);
int site_empty_set_up(void **state);
int site_tear_down(void **state); /* removes all */

/* DIR/name, ended by NUL. */
const char *site_path(struct site *s, const char *name);

/* Past our layer, as another program would: runs statements, answers the number in the first column of the last row or -1. */
int64_t site_raw(struct site *s, const char *text);

/* cmocka's list of tests for the engine at hand: those of both, then those about SQLite's own file. */
#define SITE_TESTS_RUN(both, sqlite_only, set_up) \
	(cmocka_run_group_tests(both, set_up, NULL) + (site_on_postgres() ? 0 : cmocka_run_group_tests(sqlite_only, set_up, NULL)))

#endif
