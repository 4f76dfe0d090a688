/* spool: unlinked temporary files (O_TMPFILE) in the site's folder, and files written so that they are there whole or not at all. */
#ifndef SYS_SPOOL_H
#define SYS_SPOOL_H

#include "base/cx.h"

/* A new descriptor on an unlinked file in dir. FAILED names the directory. */
CHECKED err spool_open(struct cx *cx, const char *dir, int *fd);

/* An unlinked file by two descriptors: the first reads and writes, the other only reads, so that who is given the second cannot change what was written. */
CHECKED err spool_open_pair(struct cx *cx, const char *dir, int *writer, int *reader);

/* Whether the disk of an open file has more than so many bytes free; yes where it cannot be asked. */
bool spool_has_room(int fd, int64_t keep_free);

/* All of path in the arena; LIMIT when larger than max, NOTFOUND when not there. */
CHECKED err spool_read_file(struct cx *cx, const char *path, size_t max, str *out);

/* Writes path by temporary name, fsync, rename, fsync of the folder. */
CHECKED err spool_write_file(struct cx *cx, const char *path, str bytes, int mode);

/* All of bytes to fd, however many calls that takes. FAILED with the system's reason. */
CHECKED err spool_write(struct cx *cx, int fd, str bytes);

#endif
