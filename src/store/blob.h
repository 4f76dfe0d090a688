/* blob: the media store: files by the SHA-256 of their bytes, whatever keeps them. Content-addressed: the same bytes are there once, and what is
 * under a name never changes.
 *
 * A store is a table of operations, so that another kind can stand beside the folder without anybody who puts or opens knowing. Any thread may use one;
 * a cx belongs to its caller. A store tells of when something was put, or read, no more than the minute (on a disk, when its entry last changed is the system's to say:
 * man/broadside.1).
 *
 * Bytes and rows live in two places that share no transaction. The rule that keeps them together: whoever adds puts the bytes, commits the row,
 * and then looks whether the bytes are still there (file_receive does); whoever takes away sets the bytes aside, then looks whether a row names
 * them, and puts them back if one does (file_sweep_blob does). */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "base/cx.h"

#define BLOB_HASH 32

struct blob_hash {
	unsigned char bytes[BLOB_HASH];
};

struct blob_store;

/* What is told of each blob by blob_each. set_aside: it is on its way out, and was left behind by a process that ended. */
struct blob_found {
	struct blob_hash hash;
	int64_t bytes, changed; /* the minute in which it was put: microseconds */
	bool set_aside;
};

struct blob_ops {
	err (*put)(struct cx *cx, struct blob_store *s, int fd, int64_t bytes, struct blob_hash *out);
	err (*open)(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t first, int64_t count, int *fd, int64_t *bytes);
	err (*size)(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t *bytes);
	err (*set_aside)(struct cx *cx, struct blob_store *s, const struct blob_hash *h);
	err (*put_back)(struct cx *cx, struct blob_store *s, const struct blob_hash *h);
	err (*drop)(struct cx *cx, struct blob_store *s, const struct blob_hash *h);
	err (*each)(struct cx *cx, struct blob_store *s, err (*fn)(struct cx *cx, void *arg, const struct blob_found *b), void *arg);
	err (*tidy)(struct cx *cx, struct blob_store *s, int64_t before);
	err (*room)(struct cx *cx, struct blob_store *s, int64_t *bytes);
	err (*blur)(struct cx *cx, struct blob_store *s, unsigned folder);
};

struct blob_store {
	const struct blob_ops *ops;
	const char *folder;
};

/* The store that [media] store names, beside dir, the site's folder. It lives in cx. INVALID with a sentence when it names none. */
CHECKED err blob_store_open(struct cx *cx, const char *dir, str setting, struct blob_store **out);

/* Reads `bytes` bytes of fd from its start, wherever it stands, and keeps them; when this says OK they survive a power cut. FAILED when the disk is full or broken,
 * or fd holds less. */
CHECKED err blob_put(struct cx *cx, struct blob_store *s, int fd, int64_t bytes, struct blob_hash *out);

/* A seekable descriptor in which at least [first, first + count) can be read at its place; bytes: the size of the whole. The caller closes it. NOTFOUND. */
CHECKED err blob_open(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t first, int64_t count, int *fd, int64_t *bytes);

/* Is it there, and how large? NOTFOUND. */
CHECKED err blob_size(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t *bytes);

/* Removing, in two steps: set_aside makes it unreachable (NOTFOUND when it is not there), then it is put back or dropped for good. A blob of the same bytes
 * that was put meanwhile stays. */
CHECKED err blob_set_aside(struct cx *cx, struct blob_store *s, const struct blob_hash *h);
CHECKED err blob_put_back(struct cx *cx, struct blob_store *s, const struct blob_hash *h);
CHECKED err blob_drop(struct cx *cx, struct blob_store *s, const struct blob_hash *h);

/* Tells each of the store, in no order; what fn fails with ends it. Memory that fn takes is given back between two. */
CHECKED err blob_each(struct cx *cx, struct blob_store *s, err (*fn)(struct cx *cx, void *arg, const struct blob_found *b), void *arg);

/* Removes what unfinished puts before that time left behind. */
CHECKED err blob_tidy(struct cx *cx, struct blob_store *s, int64_t before);

/* What lies in one of BLOB_FOLDERS parts of the store gets times of whole minutes, which what is put has anyway: for stores of before. What belongs to somebody else is logged
 * and stays. */
#define BLOB_FOLDERS 256
CHECKED err blob_blur(struct cx *cx, struct blob_store *s, unsigned folder);

/* Bytes that can still be put, as far as the store knows. */
CHECKED err blob_room(struct cx *cx, struct blob_store *s, int64_t *bytes);

#endif
