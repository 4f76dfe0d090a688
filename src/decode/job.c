/* Everything that the codecs read and write passes here, by position and never by name, so that there is one place where bytes are counted. */
#include "decode/job.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/must.h"
#include "base/banned.h"

err job_refuse(struct job *job, enum media_refusal why)
{
	if (job->refusal == MEDIA_NOT_REFUSED) job->refusal = why;
	return cx_fail(job->cx, INVALID, NULL, "%s", media_refusal_sentence(job->refusal));
}

err job_map(struct job *job, int64_t most, str *out)
{
	if (job->size > most) return job_refuse(job, MEDIA_REFUSED_BYTES);
	MUST(job->size > 0);
	void *p = mmap(NULL, (size_t)job->size, PROT_READ, MAP_PRIVATE, job->input, 0);
	if (p == MAP_FAILED) return cx_fail(job->cx, FAILED, NULL, "a file cannot be mapped");
	*out = (str){ p, (size_t)job->size };
	return OK;
}

static int64_t read_at(int fd, int64_t offset, void *out, size_t n)
{
	size_t at = 0;
	while (at < n) {
		ssize_t got = pread(fd, (char *)out + at, n - at, offset + (int64_t)at);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return -1;
		if (got == 0) break;
		at += (size_t)got;
	}
	return (int64_t)at;
}

int64_t job_read(const struct job *job, int64_t offset, void *out, size_t n)
{
	return offset < 0 || offset >= job->size ? 0 : read_at(job->input, offset, out, n);
}

struct media_output *job_begin(struct job *job, enum media_kind kind, int width, int height)
{
	if (job->result.n >= job->outputs_n) return NULL;
	struct media_output *o = &job->result.outputs[job->result.n];
	*o = (struct media_output){ kind, width, height, 0, job->outputs[job->result.n] };
	job->result.n++;
	return o;
}

static bool note(struct job *job, enum media_refusal why)
{
	if (job->refusal == MEDIA_NOT_REFUSED) job->refusal = why;
	return false;
}

bool job_write(struct job *job, struct media_output *o, int64_t offset, const void *bytes, size_t n)
{
	if (offset < 0 || (int64_t)n > job->limits.bytes || offset > job->limits.bytes - (int64_t)n) return note(job, MEDIA_REFUSED_BYTES);
	for (size_t at = 0; at < n;) {
		ssize_t put = pwrite(o->fd, (const char *)bytes + at, n - at, offset + (int64_t)at);
		if (put < 0 && errno == EINTR) continue;
		if (put < 0) return note(job, MEDIA_REFUSED_ROOM);
		at += (size_t)put;
	}
	if (offset + (int64_t)n > o->bytes) o->bytes = offset + (int64_t)n;
	return true;
}

int64_t job_read_back(const struct job *job, const struct media_output *o, int64_t offset, void *out, size_t n)
{
	(void)job;
	return offset < 0 || offset >= o->bytes ? 0 : read_at(o->fd, offset, out, n);
}
