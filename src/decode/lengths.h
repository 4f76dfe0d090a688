/* lengths: whether a file's parts are as long as the file says, before any library makes room for them: a text that claims two gigabytes in a file of
 * a hundred bytes. Only what libraries read whole is looked at; sound and video may be cut at the end. Pure. */
#ifndef DECODE_LENGTHS_H
#define DECODE_LENGTHS_H

#include "sys/media.h"

struct lengths {
	int64_t size;                                                      /* of the file */
	int64_t (*read)(void *arg, int64_t offset, void *out, size_t n); /* how many, as job_read does */
	void *arg;
};

bool lengths_fit(const struct lengths *l, enum media_kind kind);

#endif
