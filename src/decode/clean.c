/* Everything that opens files or starts threads by itself comes before the lock, everything that reads the stranger's bytes behind it. */
#include "decode/clean.h"

#include <fcntl.h>
#include <libavutil/log.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <vips/vips.h>
#include <vips/vector.h>

#include "base/limits.h"
#include "base/log.h"
#include "decode/av.h"
#include "decode/job.h"
#include "decode/lengths.h"
#include "decode/pdf.h"
#include "decode/picture.h"
#include "decode/sniff.h"
#include "sys/decode_msg.h"
#include "sys/sandbox.h"
#include "sys/sandbox_parts.h"
#include "base/banned.h"

#define ADDRESSES      (1536 * MIB) /* what libraries, their threads and the mapped file take is not all memory */
#define LIBRARIES_MB   40           /* of MEDIA_MEMORY_MB: their programs, which no limit counts */
#define CPU_SECONDS    100
#define TEXT_MOST      (16 * MIB)
#define NICE           19 /* nobody's page waits for a file that is cleaned, be it one that is made (http/worker.c) */

static void be_silent(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	(void)domain, (void)level, (void)message, (void)data;
}

err clean_start_vips(struct cx *cx)
{
	setenv("TZ", "UTC0", 1); /* looked up once and now, not when a codec first meets a date */
	setenv("VIPS_DISC_THRESHOLD", "1024g", 1); /* pixels stay in memory, which is bounded: a file for them could not be opened */
	tzset();
	mallopt(M_ARENA_MAX, 1); /* others take address space, and glibc opens a file in /proc before it shrinks one */
	if (VIPS_INIT("broadside-decode") != 0) return cx_fail(cx, FAILED, NULL, "libvips cannot be started");
	vips_concurrency_set(1);
	vips_vector_set_enabled(FALSE); /* it would write machine code at run time, which the lock forbids */
	g_log_set_default_handler(be_silent, NULL);
	vips_cache_set_max(0);
	return OK;
}

err clean_lock_files(struct cx *cx, int64_t memory, int64_t cpu_seconds)
{
	static const char *const wanted[] = { "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/etc/fonts",
		"/var/cache/fontconfig", "/usr/share/xml/fontconfig", "/usr/share/poppler", "/usr/lib", "/lib", "/etc/ld.so.cache",
		"/usr/share/locale" };
	const char *there[sizeof wanted / sizeof *wanted + 1];
	size_t n = 0;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (access(wanted[i], R_OK) == 0) there[n++] = wanted[i];
	there[n] = NULL;
	struct sandbox_paths paths = { .read_only = there, .memory = memory, .cpu_seconds = cpu_seconds };
	return sandbox_enter_files(cx, ROLE_DECODE, &paths);
}

/* the question */

static err take_outputs(struct cx *cx, struct job *job, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		struct msg m;
		TRY(msg_recv(cx, ROLE_SOCKET, -1, &m));
		if (m.type != DECODE_MSG_OUTPUT || m.fd < 0) return cx_fail(cx, INVALID, NULL, "message %u comes where a file should", m.type);
		TRY(msg_end(cx, &m));
		job->outputs[job->outputs_n++] = m.fd;
	}
	return OK;
}

static err take_job(struct cx *cx, struct job *job)
{
	struct msg m;
	struct stat st;
	int64_t kinds, outputs;
	struct media_limits *l = &job->limits;
	TRY(msg_recv(cx, ROLE_SOCKET, -1, &m));
	TRY(msg_take_int(cx, &m, &kinds));
	TRY(msg_take_int(cx, &m, &l->pixels));
	TRY(msg_take_int(cx, &m, &l->duration));
	TRY(msg_take_int(cx, &m, &l->pages));
	TRY(msg_take_int(cx, &m, &l->bytes));
	TRY(msg_take_int(cx, &m, &outputs));
	TRY(msg_end(cx, &m));
	job->input = m.fd;
	job->kinds = (uint32_t)kinds;
	if (m.fd < 0 || fstat(m.fd, &st) != 0 || !S_ISREG(st.st_mode) || kinds <= 0 || (kinds & ~(int64_t)MEDIA_ALL) || !media_limits_fit(l) ||
	    outputs < 1 || outputs > MEDIA_OUTPUTS_MOST)
		return cx_fail(cx, INVALID, NULL, "a file to be cleaned comes without what belongs to it");
	job->size = st.st_size;
	return take_outputs(cx, job, outputs);
}

/* When the other side goes, so do we, whatever a codec is busy with: the kernel sends SIGIO, which ends a process. */
static err end_with_asker(struct cx *cx, bool on)
{
	if (on && fcntl(ROLE_SOCKET, F_SETOWN, getpid()) != 0) return cx_fail(cx, FAILED, NULL, "the socket cannot be watched");
	int flags = fcntl(ROLE_SOCKET, F_GETFL);
	if (fcntl(ROLE_SOCKET, F_SETFL, on ? flags | O_ASYNC : flags & ~O_ASYNC) != 0) return cx_fail(cx, FAILED, NULL, "the socket cannot be watched");
	struct pollfd p = { ROLE_SOCKET, 0, 0 };
	return poll(&p, 1, 0) > 0 ? cx_fail(cx, NOTFOUND, NULL, "the other side is gone") : OK;
}

/* limits by kind: only ever lowered, and only while locked */

static err lower(struct cx *cx, int which, int64_t value)
{
	struct rlimit now, r = { (rlim_t)value, (rlim_t)value };
	if (getrlimit(which, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < r.rlim_max) return OK;
	return setrlimit(which, &r) == 0 ? OK : cx_fail(cx, FAILED, NULL, "limits cannot be set");
}

static err limit_by_kind(struct cx *cx, const struct job *job, enum media_kind kind)
{
	static const int seconds[] = { [MEDIA_GROUP_NONE] = 5, [MEDIA_PICTURE] = 60, [MEDIA_SOUND] = 60, [MEDIA_VIDEO] = 90, [MEDIA_DOCUMENT] = 45 };
	enum media_group group = media_group(kind);
	/* An Ogg or MP4 file may turn out to be a video or a sound. */
	if (kind == MEDIA_OGG || kind == MEDIA_M4A) group = MEDIA_VIDEO;
	(void)job;
	TRY(lower(cx, RLIMIT_CPU, seconds[group]));
	return SANDBOX_SANITIZED ? OK : lower(cx, RLIMIT_DATA, (MEDIA_MEMORY_MB - LIBRARIES_MB) * MIB); /* a sanitizer's shadow is larger than any limit */
}

/* the work */

static err text_clean(struct job *job)
{
	str text;
	TRY(job_map(job, TEXT_MOST, &text));
	if (!sniff_is_text(text)) return job_refuse(job, MEDIA_REFUSED_TEXT);
	str seen = sniff_seen(job->cx, text);
	if (seen.n + 3 < text.n || (seen.n < text.n && !str_starts(text, S("\xef\xbb\xbf")))) job->result.removed |= MEDIA_OTHER; /* a mark at the start is an editor's */
	if (seen.n == 0) return job_refuse(job, MEDIA_REFUSED_EMPTY);
	text = seen;
	job->result.found = job->result.kind = MEDIA_TEXT;
	struct media_output *o = job_begin(job, MEDIA_TEXT, 0, 0);
	return o && job_write(job, o, 0, text.p, text.n) ? OK : job_refuse(job, job->refusal);
}

/* Kinds that share their first bytes are told apart when the file is open. */
static bool is_wanted(const struct job *job, enum media_kind kind)
{
	uint32_t bits = MEDIA_BIT(kind);
	if (kind == MEDIA_OGG) bits |= MEDIA_BIT(MEDIA_OGV);
	if (kind == MEDIA_MP4 || kind == MEDIA_M4A) bits |= MEDIA_BIT(MEDIA_MP4) | MEDIA_BIT(MEDIA_M4A);
	return (job->kinds & bits) != 0;
}

static err find_kind(struct job *job, enum media_kind *kind)
{
	char head[SNIFF_HEAD];
	int64_t n = job_read(job, 0, head, sizeof head);
	if (n <= 0) return job_refuse(job, MEDIA_REFUSED_EMPTY);
	*kind = sniff((str){ head, (size_t)n });
	if (*kind == MEDIA_NONE) return job_refuse(job, MEDIA_REFUSED_UNKNOWN);
	return is_wanted(job, *kind) ? OK : job_refuse(job, MEDIA_REFUSED_UNWANTED);
}

static int64_t read_job(void *job, int64_t offset, void *out, size_t n) { return job_read(job, offset, out, n); }

static err work(struct job *job, uint32_t type, bool locked)
{
	enum media_kind kind;
	const struct lengths lengths = { job->size, read_job, job };
	TRY(find_kind(job, &kind));
	if (!lengths_fit(&lengths, kind)) return job_refuse(job, MEDIA_REFUSED_DAMAGED);
	if (locked) TRY(limit_by_kind(job->cx, job, kind));
	if (type == DECODE_MSG_STILLS) {
		for (kind = MEDIA_NONE + 1; kind < MEDIA_KINDS - 1 && !(job->kinds & MEDIA_BIT(kind)); kind++) continue;
		job->result.found = job->result.kind = kind;
		return kind == MEDIA_PDF ? pdf_still(job) : av_still(job);
	}
	if (kind == MEDIA_PDF) return pdf_clean(job);
	if (kind == MEDIA_TEXT) return text_clean(job);
	return media_group(kind) == MEDIA_PICTURE ? picture_clean(job, kind) : av_clean(job, kind);
}

static err answer(struct cx *cx, const struct job *job, err e)
{
	struct buf b = buf_new(cx, MSG_MAX);
	str body;
	if (e == OK) media_put_result(&b, &job->result);
	else msg_put_int(&b, job->refusal);
	TRY(buf_done(cx, &b, &body));
	TRY(end_with_asker(cx, false));
	return msg_send(cx, ROLE_SOCKET, e == OK ? DECODE_MSG_CLEANED : DECODE_MSG_REFUSED, body, -1);
}

static err do_job(struct cx *cx, struct job *job, uint32_t type, bool locked)
{
	err e = work(job, type, locked);
	if (e != OK && job->refusal == MEDIA_NOT_REFUSED) return e;
	for (size_t i = 0; i < job->outputs_n; i++) close(job->outputs[i]); /* before it is said that they are done */
	return answer(cx, job, e);
}

err clean_serve(struct cx *cx, uint32_t type, bool locked)
{
	struct job *job = cx_new_of(cx, struct job);
	job->cx = cx;
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	TRY(take_job(cx, job));
	TRY(role_silence_libraries(cx));
	if (locked) TRY(clean_lock_files(cx, ADDRESSES + job->size, CPU_SECONDS));
	TRY(clean_start_vips(cx));
	av_log_set_level(AV_LOG_QUIET);
	if (type == DECODE_MSG_STILLS && (job->kinds & MEDIA_BIT(MEDIA_PDF))) pdf_prepare_still(cx);
	TRY(end_with_asker(cx, true));
	if (locked) TRY(sandbox_enter(cx, ROLE_DECODE, NULL));
	return do_job(cx, job, type, locked);
}
