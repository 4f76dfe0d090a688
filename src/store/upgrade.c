/* Pieces of an upgrade, each done once. */
#include "store/upgrade.h"

#include "sql.h"
#include "base/log.h"
#include "store/log.h"
#include "base/banned.h"

#define LOG S("upgrade_log")
#define REWRITE S("upgrade_rewrite")
#define FILES S("upgrade_files")

static err is_asked(struct cx *cx, struct db *db, str piece, bool *asked)
{
	struct sql_setting_get *s;
	TRY(sql_setting_get(cx, db, piece, &s));
	*asked = s && str_eq(s->value, S("1"));
	return OK;
}

static err set_done(struct cx *cx, struct db *db, void *piece) { return sql_setting_put(cx, db, *(const str *)piece, S("0")); }

static err make_log(struct cx *cx, struct db *db, void *unused)
{
	bool asked; /* again, since others may have done it */
	TRY(is_asked(cx, db, LOG, &asked));
	if (asked) TRY(log_rebuild(cx, db, unused));
	return sql_setting_put(cx, db, LOG, S("0"));
}

static err rewrite(struct cx *cx, struct db *db)
{
	str piece = REWRITE;
	log_info(cx, "the database is written anew, so that no exact time is left in its files; on a large site that takes a while");
	if (db_rewrite(cx, db) == OK) return db_transaction(cx, db, set_done, &piece);
	log_warn(cx, "the database could not be written anew, and exact times may be left in its files: " STR_FMT ". It is tried again at the next start", STR_ARG(cx->fault.sentence));
	return cx->fault = (struct fault){ 0 }, OK;
}

static err finish(struct cx *cx, struct db *db)
{
	bool log, anew;
	TRY(is_asked(cx, db, LOG, &log));
	TRY(is_asked(cx, db, REWRITE, &anew));
	if (!log && !anew) return OK;
	TRY(db_take_time(cx, db));
	db_expect_bulk(db);
	if (log) log_info(cx, "the editorial log is made anew, with times of whole hours");
	if (log) TRY(db_transaction(cx, db, make_log, NULL));
	return anew ? rewrite(cx, db) : OK;
}

err upgrade_finish(struct cx *cx, str place)
{
	struct db *db;
	TRY(db_open(cx, place, DB_WRITE, &db));
	err e = finish(cx, db);
	db_close(db);
	return e;
}

err upgrade_files(struct cx *cx, struct db *db, struct blob_store *s, struct upgrade_files *at, bool *more)
{
	str piece = FILES;
	bool asked;
	TRY(is_asked(cx, db, piece, &asked));
	if (!asked) return OK;
	if (at->next < BLOB_FOLDERS) {
		TRY(blob_blur(cx, s, at->next++));
		return *more = true, OK;
	}
	log_info(cx, "media: all files have times of whole minutes");
	return db_transaction(cx, db, set_done, &piece);
}
