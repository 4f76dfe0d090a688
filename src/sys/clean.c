/* Two children in turn, because whoever draws a still has to run a decoder over what the file holds: it gets the cleaned file to read, by a
 * descriptor that cannot write, and whatever becomes of it, the cleaned file is as it was. */
#include "sys/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "sys/spool.h"
#include "base/banned.h"

struct task {
	const struct clean_request *request;
	uint32_t type;  /* DECODE_MSG_CLEAN or DECODE_MSG_STILLS */
	uint32_t kinds;
	int input;
	int patience_ms;
	size_t outputs;
	int writers[MEDIA_OUTPUTS_MOST], readers[MEDIA_OUTPUTS_MOST];
	struct media_result result;
	enum media_refusal refusal;
};

static void close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fds[i] >= 0) close(fds[i]);
		fds[i] = -1;
	}
}

static err open_outputs(struct cx *cx, struct task *t)
{
	for (size_t i = 0; i < MEDIA_OUTPUTS_MOST; i++) t->writers[i] = t->readers[i] = -1;
	for (size_t i = 0; i < t->outputs; i++) TRY(spool_open_pair(cx, t->request->spool, &t->writers[i], &t->readers[i]));
	return OK;
}

static err ask(struct cx *cx, const struct task *t, int socket)
{
	const struct media_limits *l = &t->request->limits;
	const int64_t fields[] = { t->kinds, l->pixels, l->duration, l->pages, l->bytes, (int64_t)t->outputs };
	struct buf b = buf_new(cx, MSG_MAX);
	str body;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) msg_put_int(&b, fields[i]);
	TRY(buf_done(cx, &b, &body));
	TRY(msg_send(cx, socket, t->type, body, t->input));
	for (size_t i = 0; i < t->outputs; i++) TRY(msg_send(cx, socket, DECODE_MSG_OUTPUT, S(""), t->writers[i]));
	return OK;
}

static err take_refusal(struct cx *cx, struct task *t, struct msg *m)
{
	int64_t why;
	TRY(msg_take_int(cx, m, &why));
	TRY(msg_end(cx, m));
	if (why <= MEDIA_NOT_REFUSED || why > MEDIA_REFUSED_LAST) return cx_fail(cx, INVALID, NULL, "a decode child refuses for no known reason");
	t->refusal = (enum media_refusal)why;
	return OK;
}

/* Whether nobody has the file open for writing any more: a read lease is given only then. A child closes its files before it answers; one that does
 * not could still change what was looked at. Where the file system knows no leases, that is not seen. */
static bool is_settled(int reader)
{
	if (fcntl(reader, F_SETLEASE, F_RDLCK) == 0) return fcntl(reader, F_SETLEASE, F_UNLCK) == 0;
	return errno != EAGAIN;
}

/* What it says it wrote must be there, to the byte, and begin as its kind does. */
static err check_outputs(struct cx *cx, const struct task *t)
{
	if (t->result.n > t->outputs) return cx_fail(cx, INVALID, NULL, "a decode child says that it made more files than it was given");
	for (size_t i = 0; i < t->result.n; i++) {
		const struct media_output *o = &t->result.outputs[i];
		struct stat st;
		char head[MEDIA_HEAD];
		if (!is_settled(t->readers[i])) return cx_fail(cx, INVALID, NULL, "a decode child keeps file %zu open", i);
		ssize_t n = pread(t->readers[i], head, sizeof head, 0);
		if (n < 0 || fstat(t->readers[i], &st) != 0 || st.st_size != o->bytes || !media_starts_as(o->kind, (str){ head, (size_t)n }))
			return cx_fail(cx, INVALID, NULL, "file %zu of a decode child is not the %s that it says", i, media_name(o->kind));
	}
	return OK;
}

static err take_answer(struct cx *cx, struct task *t, struct msg *m)
{
	const struct clean_request *r = t->request;
	if (m->type == DECODE_MSG_REFUSED) return take_refusal(cx, t, m);
	if (m->type != DECODE_MSG_CLEANED) return cx_fail(cx, INVALID, NULL, "message %u is no answer", m->type);
	TRY(media_take_result(cx, m, &t->result));
	if (t->type == DECODE_MSG_CLEAN) TRY(media_check(cx, &t->result, t->kinds, &r->limits));
	else TRY(media_check_stills(cx, &t->result, t->result.kind, &r->limits));
	if (!(MEDIA_BIT(t->result.found) & t->kinds)) return cx_fail(cx, INVALID, NULL, "a decode child found what was not asked for");
	return check_outputs(cx, t);
}

static err talk(struct cx *cx, struct task *t)
{
	struct role_child child;
	struct msg m = { .fd = -1 };
	TRY(role_ask(cx, ROLE_DECODE, t->request->from, &child));
	err e = ask(cx, t, child.socket);
	close_all(t->writers, t->outputs);
	if (e == OK) e = msg_recv(cx, child.socket, t->patience_ms, &m);
	if (e == BUSY) t->refusal = MEDIA_REFUSED_TIME;
	int status = role_end(&child, e == BUSY ? 0 : 1000);
	if (WIFSIGNALED(status)) log_warn(cx, "decode was ended by signal %d", WTERMSIG(status));
	if (e == BUSY) return OK;
	if (e == OK) e = take_answer(cx, t, &m);
	if (m.fd >= 0) close(m.fd);
	if (e == OK || e == FAILED) return e;
	if (e != NOTFOUND) log_warn(cx, "a decode child said what makes no sense: " STR_FMT, STR_ARG(cx->fault.sentence)); /* of those that died the parent tells, and not for each */
	t->refusal = MEDIA_REFUSED_ENDED;
	return OK;
}

/* One child's work. OK: t->refusal says whether there is a result. */
static err run(struct cx *cx, struct task *t)
{
	err e = open_outputs(cx, t);
	if (e == OK) e = talk(cx, t);
	close_all(t->writers, t->outputs);
	if (e == OK && t->refusal == MEDIA_REFUSED_ROOM)
		e = cx_fail(cx, FAILED, NULL, "a file cannot be kept: the disk is full");
	if (e != OK || t->refusal != MEDIA_NOT_REFUSED) {
		close_all(t->readers, t->outputs);
		return e;
	}
	for (size_t i = 0; i < t->result.n; i++) {
		t->result.outputs[i].fd = t->readers[i];
		t->readers[i] = -1;
	}
	close_all(t->readers, t->outputs);
	return OK;
}

/* A still that cannot be drawn is no reason to refuse what it is of. */
static err add_stills(struct cx *cx, const struct clean_request *r, struct media_result *out)
{
	struct task t = { .request = r, .type = DECODE_MSG_STILLS, .kinds = MEDIA_BIT(out->kind), .input = out->outputs[0].fd,
		.patience_ms = CLEAN_STILLS_MS, .outputs = 2 };
	TRY(run(cx, &t));
	for (size_t i = 0; i < t.result.n && t.refusal == MEDIA_NOT_REFUSED; i++) out->outputs[out->n++] = t.result.outputs[i];
	return OK;
}

err clean_file(struct cx *cx, const struct clean_request *request, struct media_result *out, enum media_refusal *why)
{
	struct task t = { .request = request, .type = DECODE_MSG_CLEAN, .kinds = request->kinds & MEDIA_ALL, .input = request->input,
		.patience_ms = request->patience_ms > 0 ? request->patience_ms : CLEAN_PATIENCE_MS,
		.outputs = request->only_clean ? 1 : MEDIA_OUTPUTS_MOST };
	MUST(media_limits_fit(&request->limits) && t.kinds != 0);
	*out = (struct media_result){ 0 };
	err e = run(cx, &t);
	if (why) *why = t.refusal;
	if (e != OK) return e;
	if (t.refusal != MEDIA_NOT_REFUSED) return cx_fail(cx, INVALID, NULL, "%s", media_refusal_sentence(t.refusal));
	*out = t.result;
	if (request->only_clean || (media_group(out->kind) != MEDIA_VIDEO && out->kind != MEDIA_PDF)) return OK;
	e = add_stills(cx, request, out);
	if (e != OK) clean_close(out);
	return e;
}

void clean_close(struct media_result *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->outputs[i].fd >= 0) close(r->outputs[i].fd);
		r->outputs[i].fd = -1;
	}
}
