/* `check` and `log verify`: name every fault. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "sql.h"
#include "store/log.h"
#include "base/banned.h"

static void tell(void *faults, str fault)
{
	++*(int *)faults;
	printf(STR_FMT "\n", STR_ARG(fault));
}

static err check_rows(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_comment_counts *counts;
	struct sql_check_topics *topics;
	size_t n;
	TRY(sql_check_comment_counts(cx, db, 100, &counts, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "article %" PRId64 " says it has %" PRId64 " comments; it has %" PRId64, counts[i].id, counts[i].stored, counts[i].real));
	TRY(sql_check_topics(cx, db, 100, &topics, &n));
	for (size_t i = 0; i < n; i++) tell(faults, str_fmt(cx, "article %" PRId64 " is filed under a topic at another time than its own", topics[i].id));
	return OK;
}

err command_check(struct cx *cx, struct args *a)
{
	struct site site;
	struct db *db;
	int faults = 0;
	int64_t rows;
	TRY(args_done(cx, a, 1, 1));
	TRY(site_open(cx, a->at[0], false, &site));
	TRY(site_db(cx, &site, DB_READ, &db));
	err e = db_verify(cx, db, tell, &faults);
	if (e != OK && !faults) return e;
	TRY(check_rows(cx, db, &faults));
	e = log_verify(cx, db, tell, &faults, &rows);
	if (e != OK && !faults) return e;
	struct sql_check_counts *c;
	TRY(sql_check_counts(cx, db, &c));
	if (faults) return cx_fail(cx, FAILED, NULL, "%d faults", faults);
	printf("no faults: %" PRId64 " articles, %" PRId64 " comments, %" PRId64 " log rows\n", c->articles, c->comments, rows);
	return OK;
}

err command_log(struct cx *cx, struct args *a)
{
	struct site site;
	struct db *db;
	int faults = 0;
	int64_t rows;
	TRY(args_done(cx, a, 2, 2));
	if (strcmp(a->at[0], "verify") != 0) return args_usage(cx);
	TRY(site_open(cx, a->at[1], false, &site));
	TRY(site_db(cx, &site, DB_READ, &db));
	TRY(log_verify(cx, db, tell, &faults, &rows));
	printf("the editorial log is whole: %" PRId64 " rows\n", rows);
	return OK;
}
