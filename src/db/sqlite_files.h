/* sqlite_files: what the SQLite engine does with its files as wholes: copying, keeping a copy before an upgrade, writing the database anew. For sqlite.c alone,
 * which gives it its connection. */
#ifndef DB_SQLITE_FILES_H
#define DB_SQLITE_FILES_H

#include <sqlite3.h>

#include "db/engine.h"

sqlite3 *sqlite_handle(struct db *d);
CHECKED err sqlite_fault(struct cx *cx, struct db *d, int rc, const char *what); /* as the engine's other faults: what goes to the log alone */

/* As the engine's copy, keep and rewrite. */
CHECKED err sqlite_copy(struct cx *cx, struct db *d, const char *path);
CHECKED err sqlite_keep(struct cx *cx, struct db *d, int version, const char **path);
CHECKED err sqlite_rewrite(struct cx *cx, struct db *d);

#endif
