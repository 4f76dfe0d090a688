/* job: one file to be made safe, and the files it becomes. Made from the caller's messages before the lock; only then is the first byte of the
 * file read. What goes out is counted, so that no file grows past limits.bytes. */
#ifndef DECODE_JOB_H
#define DECODE_JOB_H

#include "base/cx.h"
#include "sys/media.h"

struct job {
	struct cx *cx;
	int input;
	int64_t size;                  /* of the input */
	uint32_t kinds;
	struct media_limits limits;
	int outputs[MEDIA_OUTPUTS_MOST];
	size_t outputs_n;
	struct media_result result;    /* outputs: those begun so far */
	enum media_refusal refusal;    /* the first that was said */
};

/* INVALID, and notes why: `return job_refuse(job, MEDIA_REFUSED_DAMAGED);` */
CHECKED err job_refuse(struct job *job, enum media_refusal why);

/* All of the input, mapped: for formats whose libraries want it whole. BYTES refused above most. */
CHECKED err job_map(struct job *job, int64_t most, str *out);

/* Reads up to n bytes at offset: how many, 0 at the end, -1 when the disk fails. */
int64_t job_read(const struct job *job, int64_t offset, void *out, size_t n);

/* A further output of this measure, to be filled; NULL when the caller gave no more files. */
struct media_output *job_begin(struct job *job, enum media_kind kind, int width, int height);

/* Writes at offset of an output begun: false when it would pass the limit or the disk is full (the refusal is noted). */
bool job_write(struct job *job, struct media_output *o, int64_t offset, const void *bytes, size_t n);

/* Reads back what was written. */
int64_t job_read_back(const struct job *job, const struct media_output *o, int64_t offset, void *out, size_t n);

#endif
