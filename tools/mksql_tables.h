/* mksql_tables: what the tables look like once all migrations have run, found by running them on an empty database in memory; so a migration that
 * alters a table needs no second description. Of each table that holds what people wrote (virtual tables and their shadows are made from
 * others) queries are made that read it row by row in the order of its key, and write it again elsewhere (db/transfer.h). */
#ifndef TOOLS_MKSQL_TABLES_H
#define TOOLS_MKSQL_TABLES_H

#include <stdio.h>

#include "base/cx.h"

struct tables;

/* Of the migrations' texts in their order, in cx; or NULL, and *fault says what is wrong. */
struct tables *tables_read(struct cx *cx, const str *texts, size_t n, const char **fault);

/* Writes the constants `copying`, `tables` and TABLES_N, how many those are. */
void tables_put(FILE *f, const struct tables *t);

#endif
