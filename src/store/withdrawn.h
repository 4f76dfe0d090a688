/* withdrawn: what authors have taken back: what is known of it for the rules (rules/retain.h), and its end when its days are over. */
#ifndef STORE_WITHDRAWN_H
#define STORE_WITHDRAWN_H

#include "rules/retain.h"
#include "store/article.h"

/* Of an article or a comment: the case, and since when it is withdrawn (0: it is not). NOTFOUND. */
CHECKED err withdrawn_case(struct cx *cx, struct db *db, bool comment, id number, struct retain_case *out, int64_t *since);

/* For work: erases what was withdrawn longer ago than `days`, as its author would (ACT_EXPIRE), a bounded step at a time: for db_transaction, whose
 * arg it is. gone: files, for file_sweep_blobs after the commit. */
struct withdrawn_expire {
	int64_t days;
	struct file_gone gone; /* out */
	size_t erased;         /* out: how many */
	bool more;             /* out: there may be more that is due */
};
CHECKED err withdrawn_expire(struct cx *cx, struct db *db, void *expire);

#endif
