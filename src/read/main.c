/* broadside-read: parses what strangers wrote as Markdown and HTML, in a box that holds nothing else, because parsers of markup die: it has no file, no
 * socket but the one to who asks, little memory and little time. It is small, so that the next one stands ready a millisecond after one has died. */
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/wipe.h"
#include "read/read_msg.h"
#include "sys/sandbox.h"
#include "text/render.h"
#include "base/banned.h"

#define MEMORY (320 * MIB)     /* of addresses: text/budget stays below it */
#define CPU_SECONDS 120        /* of a whole life */
#define SECONDS 15             /* for one text, by the wall's clock: then the kernel ends us */
#define NICE 15                /* as the workers that wait for it */
#define GIVEN_BACK (256 * KIB) /* blocks from this size on go back to the system as soon as they are free */

static err take_render(struct cx *cx, struct msg *m, enum format *format, str *prefix, str *source)
{
	int64_t f;
	TRY(msg_take_int(cx, m, &f));
	TRY(msg_take_str(cx, m, prefix));
	if (f < FORMAT_PLAIN || f > FORMAT_HTML || prefix->n > READ_PREFIX_MOST) return cx_fail(cx, INVALID, NULL, "what is to be read comes without what belongs to it");
	*format = (enum format)f;
	return read_take(cx, ROLE_SOCKET, m, LIMIT_BODY, -1, source);
}

static err answer(struct cx *cx, err e, html text)
{
	if (e == OK) return read_send(cx, ROLE_SOCKET, READ_MSG_RENDERED, S(""), text.s);
	if (e != LIMIT) return e;
	struct buf b = buf_new(cx, 64);
	msg_put_int(&b, READ_REFUSED_DENSE);
	return msg_send(cx, ROLE_SOCKET, READ_MSG_REFUSED, buf_view(&b), -1);
}

/* SIGALRM is left to do what it does: a text that takes too long takes its reader with it. */
static void give_time(int seconds)
{
	const struct itimerval t = { .it_value = { seconds, 0 } };
	(void)setitimer(ITIMER_REAL, &t, NULL);
}

static err render(struct cx *cx, struct msg *m)
{
	enum format format = FORMAT_PLAIN;
	str prefix, source;
	html text = { 0 };
	TRY(take_render(cx, m, &format, &prefix, &source));
	give_time(SECONDS);
	err e = render_html(cx, format, source, prefix, &text);
	give_time(0);
	return answer(cx, e, text);
}

/* Until there is another text. What is left of those before is forgotten meanwhile. */
static void wait(struct wipe *touched)
{
	struct pollfd socket = { ROLE_SOCKET, POLLIN, 0 };
	int64_t left = touched->since ? wipe_left(touched) : 0;
	if (!touched->since || (left > 0 && poll(&socket, 1, (int)(left / 1000) + 1) != 0)) return;
	wipe_stack(touched);
}

static err serve(struct cx *cx)
{
	struct wipe touched;
	wipe_begin(&touched);
	TRY(msg_send(cx, ROLE_SOCKET, READ_MSG_HELLO, S(""), -1));
	for (int i = 0; i < READ_TEXTS_MOST; i++, cx_reset(cx)) {
		struct msg m;
		wait(&touched);
		wipe_touched(&touched);
		TRY(msg_recv(cx, ROLE_SOCKET, -1, &m));
		if (m.fd >= 0) close(m.fd);
		if (m.fd >= 0 || m.type != READ_MSG_RENDER) return cx_fail(cx, INVALID, NULL, "message %u is not known", m.type);
		TRY(render(cx, &m));
	}
	return OK;
}

/* What the libraries set up once is set up before the lock, and their ways are walked once, so that the first text takes no longer than the next. */
static err warm_up(struct cx *cx)
{
	html text;
	TRY(render_html(cx, FORMAT_MARKDOWN, S("*ready* | https://example.org\n"), S("r-"), &text));
	cx_reset(cx);
	return OK;
}

static err run(struct cx *cx, bool locked)
{
	const struct sandbox_paths nothing = { .memory = MEMORY, .cpu_seconds = CPU_SECONDS };
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	TRY(role_silence_libraries(cx));
	TRY(warm_up(cx));
	if (locked) TRY(sandbox_enter(cx, ROLE_READ, &nothing));
	err e = serve(cx);
	return e == NOTFOUND ? OK : e; /* nobody asks any more */
}

int main(int argc, char **argv)
{
	bool locked = !(argc == 2 && strcmp(argv[1], READ_NO_SANDBOX) == 0);
	if (argc > 2 || (argc == 2 && locked)) {
		fprintf(stderr, "broadside-read is started by broadside, not by hand\n");
		return 2;
	}
	(void)mallopt(M_MMAP_THRESHOLD, GIVEN_BACK); /* else glibc keeps what the longest text took, for good */
	log_open("read", LOG_INFO);
	struct cx *cx = cx_new();
	err e = run(cx, locked);
	if (e != OK) log_error(cx, STR_FMT, STR_ARG(cx_fault_line(cx)));
	cx_end(cx);
	return err_exit_code(e);
}
