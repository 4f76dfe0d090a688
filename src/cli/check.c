/* `check` and `log verify`: name every fault. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/check_privacy.h"
#include "cli/cli.h"
#include "sql.h"
#include "store/file.h"
#include "store/log.h"
#include "store/search.h"
#include "base/banned.h"

#define TOLD 100 /* faults of one kind that are named */

static void tell(void *faults, str fault)
{
	++*(int *)faults;
	printf(STR_FMT "\n", STR_ARG(fault));
}

static err check_topics(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_topic_times *times;
	struct sql_check_topics_unsaid *unsaid;
	struct sql_check_topics_unfiled *unfiled;
	size_t n;
	TRY(sql_check_topic_times(cx, db, TOLD, &times, &n));
	for (size_t i = 0; i < n; i++) tell(faults, str_fmt(cx, "article %" PRId64 " is filed under a topic at another time than its own", times[i].id));
	TRY(sql_check_topics_unsaid(cx, db, TOLD, &unsaid, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "article %" PRId64 " is filed under topic %" PRId64 ", which its row does not name", unsaid[i].id, unsaid[i].topic));
	TRY(sql_check_topics_unfiled(cx, db, TOLD, &unfiled, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "article %" PRId64 " names %" PRId64 " topics; it is filed under %" PRId64, unfiled[i].id, unfiled[i].named, unfiled[i].filed));
	return OK;
}

static err check_comments(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_comment_counts *counts;
	size_t n;
	TRY(sql_check_comment_counts(cx, db, TOLD, &counts, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "article %" PRId64 " says it has %" PRId64 " comments; it has %" PRId64, counts[i].id, counts[i].stored, counts[i].real));
	return OK;
}

static err check_terms(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_terms *terms;
	size_t n;
	TRY(sql_check_terms(cx, db, TOLD, &terms, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "article %" PRId64 " names a type, region, licence or reason that is not on the site's lists", terms[i].id));
	return OK;
}

static err check_revisions(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_revisions *revisions;
	struct sql_check_modified *unsaid;
	size_t n;
	TRY(sql_check_revisions(cx, db, TOLD, &revisions, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "article %" PRId64 " has %" PRId64 " earlier versions, numbered up to %" PRId64, revisions[i].id, revisions[i].kept, revisions[i].last));
	TRY(sql_check_modified(cx, db, TOLD, &unsaid, &n));
	for (size_t i = 0; i < n; i++) tell(faults, str_fmt(cx, "article %" PRId64 " has earlier versions and does not say that it was modified", unsaid[i].id));
	return OK;
}

static err check_editions(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_editions *odd;
	size_t n;
	TRY(sql_check_editions(cx, db, TOLD, &odd, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "article %" PRId64 " says that it is edition %" PRId64 ", and its last earlier version has the number %" PRId64, odd[i].id, odd[i].edition, odd[i].last));
	return OK;
}

/* An older program that still writes to a shared database, or somebody by hand. */
static err check_times(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_times *exact;
	size_t n;
	TRY(sql_check_times(cx, db, TOLD, &exact, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "%" PRId64 " rows of " STR_FMT " hold times that tell more than a minute (an editor’s act: an hour)", exact[i].rows, STR_ARG(exact[i].place)));
	return OK;
}

static err check_purged(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_purged *left;
	size_t n;
	TRY(sql_check_purged(cx, db, TOLD, &left, &n));
	for (size_t i = 0; i < n; i++)
		tell(faults, str_fmt(cx, "%s %" PRId64 " was removed for good, and something of it is still there", left[i].comment ? "comment" : "article", left[i].id));
	return OK;
}

/* Whoever logs in and a running server both sweep; a day more is for a site that is seldom served. */
static err check_sessions(struct cx *cx, struct db *db, int *faults)
{
	struct sql_check_sessions *s;
	TRY(sql_check_sessions(cx, db, cx_now(cx) - DAY, &s));
	if (s->ended)
		tell(faults, str_fmt(cx, "%" PRId64 " sessions ended more than a day ago and are still there: a running server sweeps them out", s->ended));
	return OK;
}

static err check_log(struct cx *cx, struct db *db, int *faults)
{
	int64_t rows;
	int before = *faults;
	err e = log_verify(cx, db, tell, faults, &rows);
	return *faults > before ? OK : e;
}

static err check_database(struct cx *cx, struct db *db, int *faults)
{
	int before = *faults;
	err e = db_verify(cx, db, tell, faults);
	if (db_is_damaged(db)) return e; /* what else is found there may not be so */
	return *faults > before ? OK : e;
}

static err check_media(struct cx *cx, struct db *db, const struct site *site, bool deep, int *faults)
{
	struct blob_store *media;
	int before = *faults;
	TRY(blob_store_open(cx, site->dir, site->conf.media, &media));
	err e = file_verify(cx, db, media, deep, tell, faults);
	return *faults > before ? OK : e;
}

/* Only this one needs to write: the index answers such a question only to those who might. */
static err check_search(struct cx *cx, const struct site *site, int *faults)
{
	struct db *db;
	int before = *faults;
	TRY(site_db(cx, site, DB_WRITE, &db));
	TRY(db_take_time(cx, db));
	err e = search_verify(cx, db, tell, faults);
	return *faults > before ? OK : e;
}

/* What stands beside the database: media must be there to be read. */
static void check_files(struct cx *cx, const struct site *site, int *faults)
{
	struct stat st;
	const char *media = str_c(cx, str_fmt(cx, "%s/media", site->dir));
	if (!str_eq(site->conf.media, S("folder")) || lstat(media, &st) != 0) return; /* none yet */
	if (!S_ISDIR(st.st_mode)) tell(faults, str_fmt(cx, "%s is not a folder", media));
	else if (access(media, R_OK | W_OK | X_OK) != 0) tell(faults, str_fmt(cx, "%s: %s", media, strerror(errno)));
}

static void note_copy(void *unused, str path)
{
	(void)unused;
	printf("hint: " STR_FMT " is the database as it was before an upgrade, with exact times and what was taken back since: delete it when the site is well\n", STR_ARG(path));
}

err command_check(struct cx *cx, struct args *a)
{
	static err (*const checks[])(struct cx *, struct db *, int *) = { check_database, check_topics, check_comments, check_terms, check_revisions,
		check_editions, check_times, check_purged, check_sessions, check_log };
	struct site site;
	struct db *db;
	struct sql_check_counts *c;
	int faults = 0;
	bool deep = args_flag(a, "--deep");
	TRY(args_done(cx, a, 1, 1));
	TRY(site_open(cx, a->at[0], false, &site));
	check_privacy(cx, &site, tell, &faults);
	check_files(cx, &site, &faults);
	site_kept_copies(cx, &site, note_copy, NULL);
	TRY(site_db(cx, &site, DB_READ, &db));
	TRY(db_take_time(cx, db));
	TRY(db_read_begin(cx, db));
	err e = OK;
	for (size_t i = 0; i < sizeof checks / sizeof *checks && e == OK; i++) e = checks[i](cx, db, &faults);
	if (e == OK) e = check_media(cx, db, &site, deep, &faults);
	if (e == OK) e = sql_check_counts(cx, db, &c);
	db_read_end(db);
	TRY(e);
	TRY(check_search(cx, &site, &faults));
	if (faults) return cx_fail(cx, FAILED, NULL, "%d fault%s, named above", faults, faults == 1 ? "" : "s");
	printf("no faults: %" PRId64 " articles, %" PRId64 " comments\n", c->articles, c->comments);
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
	TRY(db_take_time(cx, db));
	TRY(log_verify(cx, db, tell, &faults, &rows));
	printf("the editorial log is whole: %" PRId64 " rows\n", rows);
	return OK;
}
