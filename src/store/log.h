/* log: the public editorial log. Every act of an editor is a row, written in the transaction of the act itself. Each row's hash
 * covers its fields and the hash of the row before it, so a row cannot be changed or dropped without every later hash changing.
 *
 * Hashes are BLAKE2b-256 over fields, each as a 32-bit big-endian length and its bytes; numbers as decimal text.
 *
 *     digest = over title, note; keyed with the row's salt, 32 random bytes
 *     hash   = over previous hash, the row's number, its time (microseconds UTC), actor, action, object, object's number,
 *              article's number, reason, digest
 *
 * The free text stands outside the chain, its digest inside it. A purge empties title, note and salt of every earlier row about what is
 * purged: the chain still verifies, and without its salt the digest tells nobody which words they were. A row may be erased so only
 * when it, or a later row, purges the same thing or the article that it stands under; verifying says where that is not so.
 *
 * /log.json tells all of this, hashes and salts in hexadecimal, so that anybody can verify it. Where title or note are not told, salt is
 * empty, and the title says why: [removed] by a purge; [withdrawn], [held] or [refused] while readers cannot see what it was about. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "db/db.h"

#define LOG_HASH 32
#define LOG_SALT 32

struct log_entry {
	str actor;  /* the editor's name, or "author" */
	str action; /* "feature", "hide", ... */
	str object; /* "article", "comment" */
	id number;
	id article; /* number itself, or the article that the comment stands under */
	str title;
	str reason; /* slug of a term, or empty */
	str note;
};

/* Appends inside the caller's transaction. */
CHECKED err log_append(struct cx *cx, struct db *db, const struct log_entry *e);

/* Erases the words of all rows there are about an article and its comments, or about a comment; in the transaction that purges it and
 * before its row is appended. */
CHECKED err log_erase_article(struct cx *cx, struct db *db, id article);
CHECKED err log_erase_comment(struct cx *cx, struct db *db, id comment);

/* Recomputes the chain. Tells each fault to report; *rows is the number checked. FAILED when there was a fault. */
CHECKED err log_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg, int64_t *rows);

#endif
