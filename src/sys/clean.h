/* clean: makes a file from a stranger safe: a decode child reads it and writes a new one that holds what is seen and heard and nothing else, and
 * a second child draws the still of a video or document from the cleaned file. The caller of this never looks into the file.
 *
 * Blocking, for as long as CLEAN_PATIENCE_MS a child; to be called from a worker thread or a job. Children are started by the parent where
 * request->from says so (sys/role.h). What they answer is treated as hostile (sys/media.h). */
#ifndef SYS_CLEAN_H
#define SYS_CLEAN_H

#include "sys/decode_msg.h"
#include "sys/media.h"

#define CLEAN_PATIENCE_MS 110000 /* less than the parent's for a decode child */
#define CLEAN_STILLS_MS    30000

struct clean_request {
	const struct role_source *from;
	const char *spool;          /* a folder for temporary files; what is made there has no name when this returns */
	int input;                  /* the file: any seekable descriptor, wherever it stands; stays the caller's, and is never written */
	uint32_t kinds;             /* MEDIA_BIT of every kind that is welcome; found kinds are meant */
	struct media_limits limits;
	bool only_clean;            /* no sizes, no stills */
	int patience_ms;            /* 0: CLEAN_PATIENCE_MS */
};

/* OK: out holds the cleaned file and what was made of it. Each outputs[i].fd is open for reading only, at its start, unlinked; the caller closes
 * them (clean_close). Their bytes are not yet synced to the disk.
 * INVALID: the file is refused; *why says why, the sentence is media_refusal_sentence(*why), and out holds nothing. why may be NULL.
 * FAILED: the machine let us down (no child, no room on the disk): another try may work. */
CHECKED err clean_file(struct cx *cx, const struct clean_request *request, struct media_result *out, enum media_refusal *why);

void clean_close(struct media_result *r);

#endif
