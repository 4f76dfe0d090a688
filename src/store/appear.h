/* appear: on a site that wants it, what people post stands in its lists only some minutes later, by chance: whoever reads the site every second, and keeps the records of a
 * network, then cannot tell who of those that sent something then wrote it. Until its minute it is "on its way": nobody but editors and whoever has its private link sees it,
 * nor that there is anything. posted is that later minute from the beginning; when it really came is stored nowhere. */
#ifndef STORE_APPEAR_H
#define STORE_APPEAR_H

#include "db/db.h"
#include "rules/visible.h"

/* Of something new that would be shown at once: makes *status and *posted say when it is shown, 1 to most minutes from now, all alike likely. Editors' own is shown at once, as is everything
 * where most is 0. */
void appear_later(struct cx *cx, int64_t most, const struct who *author, enum status *status, int64_t *posted);

/* Is there something whose minute has come? */
CHECKED err appear_due(struct cx *cx, struct db *db, bool *due);

/* For db_write: all of that is shown from now on, and counted. */
CHECKED err appear(struct cx *cx, struct db *db, void *unused);

#endif
