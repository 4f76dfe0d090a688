/* uploads: files that come with a form: cleaned by decode children, put into the media store, remembered under a token until the form is posted. Cleaning takes
 * a worker's time, so it is done behind a gate. */
#ifndef WEB_UPLOADS_H
#define WEB_UPLOADS_H

#include "store/file.h"
#include "web/page.h"

#define UPLOADS_AT_ONCE 3 /* the parent starts four children at most, and one draws numbers; fewer where memory_mb says so */
int uploads_at_once(const struct conf *c);

/* What one file may be, in bytes; 0: none of its group are taken. */
int64_t uploads_most(const struct conf *c, enum media_group g);
bool uploads_taken(const struct conf *c); /* are any? */

/* Receives one file of the form: cleaned, stored, committed. The page's snapshot must be closed. name: to be kept, or empty. OK: token and file are in *in, and
 * what it is in *result. INVALID, LIMIT, BUSY or FAILED with a sentence that completes the file's name ("is damaged and cannot be read"). */
CHECKED err uploads_receive(struct page *p, const struct upload *from, str name, struct media_result *result, struct file_in *in);

#endif
