/* log: the public editorial log. Every act of an editor is a row or several, written in the transaction of the act itself. Each row's hash
 * covers its fields and the hash of the row before it, so a row cannot be changed or dropped without every later hash changing.
 *
 * Hashes are BLAKE2b-256 over fields, each as a 32-bit big-endian length and its bytes; numbers as decimal text. This is the second form:
 *
 *     digest = over title, note, was, became; keyed with the row's salt, 32 random bytes
 *     hash   = over the one byte 2 (the form's version), previous hash, the row's number, the act's number, its time, actor, action,
 *              object, object's number, article's number, reason, digest
 *
 * time:   microseconds UTC, a whole hour: the hour in which it was done. The order within an hour is that of the rows.
 * act:    the number of the act's first row. One act of an editor may write several rows (a list cleared of spam, settings saved together): they follow each
 *         other and share it.
 * object: what was acted on: "article" or "comment", with its number; "log" for the log itself. Room for what is to come: a "setting" (its name in title, number
 *         0), a "person", a "term", a "proposal" (with its number). article: the one acted on or that the comment stands under, else 0.
 * was, became: for what has values: a setting's before and after, a vote's; empty where the action says it all. What is long stands here as its digest, in words
 *         of the action's own.
 *
 * The free text stands outside the chain, its digest inside it. A purge empties title, note, was, became and salt of every earlier row about what is
 * purged: the chain still verifies, and without its salt the digest tells nobody which words they were. A row may be erased so only
 * when it, or a later row, purges the same thing or the article that it stands under; verifying says where that is not so.
 *
 * /log.json tells all of this, hashes and salts in hexadecimal, so that anybody can verify it. Where title or note are not told, salt is
 * empty, and the title says why: [removed] by a purge; [withdrawn], [held] or [refused] while readers cannot see what it was about.
 *
 * The first form had no version, act, was or became (its digest covered title and note, its hash began with the previous hash), and its times were of the
 * microsecond. log_rebuild makes it anew in the second, and the first row that follows names the head that the old chain had. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "db/db.h"

#define LOG_VERSION 2
#define LOG_HASH 32
#define LOG_SALT 32

struct log_entry {
	str actor;  /* the editor's name, or "author" */
	str action; /* "feature", "hide", ... */
	str object; /* "article", "comment" */
	id number;
	id article; /* number itself, or the article that the comment stands under; 0 for what is neither */
	str title;
	str reason; /* slug of a term, or empty */
	str note;
	str was, became;
	id act;     /* 0: an act of its own; else the row is one more of the act that log_append_to began */
};

/* Appends inside the caller's transaction. */
CHECKED err log_append(struct cx *cx, struct db *db, const struct log_entry *e);
/* The same; *act is the number for the entries that belong to the same act. */
CHECKED err log_append_to(struct cx *cx, struct db *db, const struct log_entry *e, id *act);

/* Erases the words of all rows there are about an article and its comments, or about a comment; in the transaction that purges it and
 * before its row is appended. */
CHECKED err log_erase_article(struct cx *cx, struct db *db, id article);
CHECKED err log_erase_comment(struct cx *cx, struct db *db, id comment);

/* Recomputes the chain. Tells each fault to report; *rows is the number checked. FAILED when there was a fault. */
CHECKED err log_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg, int64_t *rows);

/* For db_transaction: makes every row of a log of the first form anew in the second and appends the row that names the old head, and what was at fault in the old chain. Nothing
 * where all rows are of the second. Rows keep their numbers. */
CHECKED err log_rebuild(struct cx *cx, struct db *db, void *unused);

#endif
