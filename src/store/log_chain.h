/* log_chain: what verifying the public log and making it anew share: the bytes that a row's hashes cover, in both forms. For log.c and log_rebuild.c alone;
 * store/log.h tells the forms. */
#ifndef STORE_LOG_CHAIN_H
#define STORE_LOG_CHAIN_H

#include "sql.h"
#include "store/log.h"

/* The row before the one that is looked at; all zero before the first. */
struct log_link {
	unsigned char hash[LOG_HASH];
	int64_t number;
	id act;
};

struct log_entry log_entry_of(const struct sql_row_chained *r);
void log_digest(unsigned char out[LOG_HASH], int64_t version, str salt, const struct log_entry *e);
void log_hash(unsigned char out[LOG_HASH], int64_t version, str previous, int64_t number, int64_t at, const struct log_entry *e, str digest);

/* Says in *wrong (NULL: nothing) what is wrong with a row that follows the one before. */
CHECKED err log_check_row(struct cx *cx, struct db *db, const struct sql_row_chained *r, const struct log_link *before, const char **wrong);
void log_link_to(struct log_link *link, const struct sql_row_chained *r);

#endif
