/* fixture: a fresh database of the tests' own schema in a folder of its own, as cmocka's set-up and tear-down. */
#ifndef SQL_FIXTURE_H
#define SQL_FIXTURE_H

#include "db/db.h"

struct site {
	struct cx *cx;
	char dir[64];
	str place; /* "sqlite:DIR/site.db" */
	struct db *db; /* a connection that writes */
};

/* *state is a struct site. site_empty_set_up makes the folder but no database. */
int site_set_up(void **state);
int site_empty_set_up(void **state);
int site_tear_down(void **state); /* removes all */

/* DIR/name, ended by NUL. */
const char *site_path(struct site *s, const char *name);

#endif
