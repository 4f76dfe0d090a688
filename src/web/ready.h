/* ready: can this server do its work just now: the database answers and has the schema it should, what is written reaches the disk, the folder
 * takes files. Found out at most once a second, however many ask. Thread-safe. */
#ifndef WEB_READY_H
#define WEB_READY_H

#include "web/page.h"

struct ready;
struct ready *ready_new(void);
void ready_free(struct ready *r);

/* OK, or BUSY with a sentence. Outside of a snapshot. */
CHECKED err ready_check(struct page *p);

#endif
