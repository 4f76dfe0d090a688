/* file: pictures, sound, video and documents: taken in, attached to what is posted, taken away again. Rows and bytes follow the rule of store/blob.h. */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include "db/db.h"
#include "sql.h"
#include "store/blob.h"
#include "sys/media.h"

#define FILE_TOKEN 16             /* random bytes of a received file's token; the form carries them as hexadecimal */
#define FILE_WAITS (24 * HOUR)    /* for the form it came with to be posted */
#define FILE_ALT 1000             /* bytes at most */
#define FILE_CAPTION 1000
#define FILE_NAME 120
#define FILE_ORPHAN_AGE DAY       /* bytes that no row names are swept after this */

/* A place in an article or comment that is about to be written. token is empty for a file that stands there already (then attached is its number). */
struct file_place {
	id file;
	enum media_group media;
	str alt, caption, name;
	bool has_token;
	char token[FILE_TOKEN];
};

void file_token_hash(const char token[FILE_TOKEN], char out[BLOB_HASH]);

/* A cleaned file, on its way into the store. */
struct file_in {
	const struct media_result *result;
	struct blob_hash sha[MEDIA_OUTPUTS_MOST]; /* of each output, once put */
	str name;                                 /* empty: a neutral one */
	char token[FILE_TOKEN];                   /* out */
	id file;                                  /* out */
};

/* Puts all of its outputs. FAILED when the disk does not take them. */
CHECKED err file_put(struct cx *cx, struct blob_store *s, struct file_in *in);
/* For db_write, after file_put: the row of the file, unless the same bytes have one, and of the upload. */
CHECKED err file_receive(struct cx *cx, struct db *db, void *in);
/* After the commit: whether all bytes that the file's rows name are there, since a sweep may have taken them for orphans; puts again what is not. */
CHECKED err file_look(struct cx *cx, struct db *db, struct blob_store *s, const struct file_in *in);

/* What a token stands for; *out is NULL when it has expired or never was. */
CHECKED err file_received(struct cx *cx, struct db *db, const char token[FILE_TOKEN], struct sql_upload_get **out);

/* Inside a write: an article's (comment 0) or a comment's files are these from now on. Tokens are spent. posted: of the article. */
CHECKED err file_attach(struct cx *cx, struct db *db, id article, id comment, int64_t posted, const struct file_place *places, size_t n);

/* Inside a write: nothing stands in an article and under it (comment 0), or in one comment, any more; what stands nowhere else goes out of the database.
 * gone: its bytes, for file_sweep_blobs after the commit. */
struct file_gone {
	struct blob_hash *at;
	size_t n;
};
CHECKED err file_purge(struct cx *cx, struct db *db, id article, id comment, struct file_gone *gone);

/* The same for files that an edit may have taken out of their last place. */
CHECKED err file_let_go(struct cx *cx, struct db *db, const id *files, size_t n, struct file_gone *gone);

/* Takes bytes out of the store unless a row names them. db is only read. */
CHECKED err file_sweep_blob(struct cx *cx, struct db *db, struct blob_store *s, const struct blob_hash *h);
CHECKED err file_sweep_blobs(struct cx *cx, struct db *db, struct blob_store *s, const struct file_gone *gone);

/* For work: what was received and not posted in time, a handful at a time. For db_transaction. */
struct file_expire {
	struct file_gone gone;
	bool more;
};
CHECKED err file_expire(struct cx *cx, struct db *db, void *expire);

/* For work: bytes older than FILE_ORPHAN_AGE that no row names. */
CHECKED err file_sweep(struct cx *cx, struct db *db, struct blob_store *s);

/* For `broadside check`: rows against bytes; deep reads every byte again. Tells each fault; FAILED when there was one. */
CHECKED err file_verify(struct cx *cx, struct db *db, struct blob_store *s, bool deep, void (*report)(void *, str), void *arg);

#endif
