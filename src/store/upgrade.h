/* upgrade: what a change of schema asks for and SQL cannot do. Each piece is asked for by a row of setting, which the change's own SQL wrote and which is "0" once the piece
 * is done: what was cut off is done at the next start, and on a new site there is nothing to do. */
#ifndef STORE_UPGRADE_H
#define STORE_UPGRADE_H

#include "db/db.h"
#include "store/blob.h"

/* Before the site is served, in a process with one thread: the public log in its present form (one transaction); then the database written anew, so that no
 * exact time of before is left in its files. The latter is logged when it cannot be done now, and tried again at the next start. */
CHECKED err upgrade_finish(struct cx *cx, str place);

/* For work, while the site is served: gives the files of the media store, and the folders they lie in, times of whole minutes; a folder a step. *more: there is another step. */
struct upgrade_files {
	unsigned next; /* of 256 folders */
};
CHECKED err upgrade_files(struct cx *cx, struct db *db, struct blob_store *s, struct upgrade_files *at, bool *more);

#endif
