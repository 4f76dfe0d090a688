/* conf: site.conf, an INI file (inih). One table has a row per setting: its section and key, its kind, its default, what it may be
 * and what it means; the reader, `broadside config` and the manual are made from it. Every key has a default; a section may
 * stand more than once, and the later line wins; an unknown key or a bad value is INVALID with file, line and what is allowed. */
#ifndef SYS_CONF_H
#define SYS_CONF_H

#include "base/buf.h"

enum conf_wire { WIRE_OPEN, WIRE_HELD };
enum conf_comments { COMMENTS_OPEN, COMMENTS_HELD, COMMENTS_CLOSED };
enum conf_challenge { CHALLENGE_NUMBER, CHALLENGE_NONE };

/* Words are indices into the row's allowed words; sizes are as the key says. */
struct conf {
	str title, tagline, url, language, timezone;
	str listen, metrics;
	int64_t behind_proxy, workers, connections, cache_mb, idle_seconds;
	int64_t challenge, limit_posts_per_hour, limit_comments_per_hour, limit_files_per_hour, shared_factor, least_seconds;
	int64_t wire, delay_minutes, withdrawn_days, comments;
	int64_t max_file_mb, max_files, max_picture_mb, max_sound_mb, max_video_mb, max_document_mb, keep_free_mb, memory_mb;
	str smtp_url, from;
	str database, media;
	int64_t sandbox_off;
};

/* Reads path; a file that is not there gives NOTFOUND. */
CHECKED err conf_read(struct cx *cx, const char *path, struct conf *out);
CHECKED err conf_read_text(struct cx *cx, str text, const char *name, struct conf *out);

/* "[site] title = …" with default and meaning, a line each, as `broadside config` prints them. */
void conf_describe(struct cx *cx, const struct conf *c, struct buf *out);

#endif
