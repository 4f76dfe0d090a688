/* import_page: a parsed dadaIMC page put into the store. What a page calls its type, topics and licence becomes the site's own terms, made where they are
 * missing. Addresses and mail addresses of people, which such pages print, are left out. */
#ifndef ARCHIVE_IMPORT_PAGE_H
#define ARCHIVE_IMPORT_PAGE_H

#include "archive/page.h"
#include "db/db.h"
#include "read/reader.h"

struct import_page {
	struct reader *reader;
	str bytes;        /* of the file: their hash is the page's origin, so that a second run finds it */
	bool site_blocks; /* bring the page's furniture in too: bar, promotion, links, radio */
	str language;     /* where the page does not say */
	/* out */
	bool again;       /* was here already: nothing was written but blocks that were missing */
	id article;
	str title;
	int64_t comments, blocks;
};

/* For db_transaction. INVALID with a sentence when it is no such page, or has no text. */
CHECKED err import_page(struct cx *cx, struct db *db, void *arg);

#endif
