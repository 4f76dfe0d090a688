/* broadside-read: parses what strangers wrote as Markdown and HTML, in a box that holds nothing else, because parsers
 * of markup die: it has no file, no socket but the one to who asks, little memory and little time. It is small, so
 * that the next one stands ready a millisecond after one has died. */
#include <fcntl.h>
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
#include "sys/sandbox_parts.h"
#include "text/render.h"
#include "base/banned.h"

#define MEMORY (320 * MIB)     /* of addresses: text/budget stays below it */
#define LIFE_SECONDS 120       /* of processor time */
#define TEXT_US (500 * 1000L)  /* of processor time for any text, */
#define KIB_US 8000L           /* and for each KiB of it: ten times what the slowest takes that is not refused */
#define SLOWER (SANDBOX_SANITIZED ? 20 : 1)
#define DESCRIPTORS 8
#define NICE 15                /* as the workers that wait for it */
#define GIVEN_BACK (256 * KIB) /* blocks from this size on go back to the system as soon as they are free */

static err take_render(struct cx *cx, struct msg *m, enum format *format, str *prefix, str *source)
{
	int64_t f;
	TRY(msg_take_int(cx, m, &f));
	TRY(msg_take_str(cx, m, prefix));
	if (f < FORMAT_PLAIN || f > FORMAT_HTML || prefix->n > READ_PREFIX_MOST) return cx_fail(cx, INVALID, NULL, "what is to be read comes without what belongs to it");
	*format = (enum format)f;
	return read_take(cx, ROLE_SOCKET, m, LIMIT_BODY, READ_NEVER, source);
}

static err answer(struct cx *cx, err e, html text)
{
	if (e == OK) return read_send(cx, ROLE_SOCKET, READ_MSG_RENDERED, S(""), text.s, READ_NEVER);
	if (e != LIMIT) return e;
	struct buf b = buf_new(cx, 64);
	msg_put_int(&b, READ_REFUSED_DENSE);
	return msg_send(cx, ROLE_SOCKET, READ_MSG_REFUSED, buf_view(&b), -1);
}

/* SIGPROF is left to do what it does: a text that takes too long takes its reader with it. Our own time, not the
 * clock's on the wall: a text is not to blame for what else the machine has to do. 0: no more. */
static void give_time(long us)
{
	const struct itimerval t = { .it_value = { us / 1000000, us % 1000000 } };
	(void)setitimer(ITIMER_PROF, &t, NULL);
}

static err render(struct cx *cx, struct msg *m)
{
	enum format format = FORMAT_PLAIN;
	str prefix, source;
	html text = { 0 };
	TRY(take_render(cx, m, &format, &prefix, &source));
	give_time(SLOWER * (TEXT_US + (long)(source.n / KIB) * KIB_US));
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

/* What the libraries set up once is set up before the lock, and their ways are walked once, so that the first text
 * takes no longer than the next. */
static err warm_up(struct cx *cx)
{
	html text;
	TRY(render_html(cx, FORMAT_MARKDOWN, S("*ready* | https://example.org\n"), S("r-"), &text));
	cx_reset(cx);
	return OK;
}

static err lower(struct cx *cx, int which, rlim_t most)
{
	struct rlimit r = { most, most };
	return setrlimit(which, &r) == 0 ? OK : cx_fail(cx, FAILED, NULL, "limits cannot be set");
}

/* Nothing that was inherited can be written to or read from: not even the log, whose lines would be an intruder's.
 * How a child ends, the parent tells. */
static err empty_hands(struct cx *cx, int null)
{
	for (int fd = 0; fd < ROLE_SOCKET; fd++)
		if (dup2(null, fd) < 0) return cx_fail(cx, FAILED, NULL, "descriptors cannot be put away");
	close(null);
	TRY(lower(cx, RLIMIT_FSIZE, 0));
	TRY(lower(cx, RLIMIT_NPROC, 0));
	return lower(cx, RLIMIT_NOFILE, DESCRIPTORS);
}

static err run(struct cx *cx, bool locked)
{
	const struct sandbox_paths nothing = { .memory = MEMORY, .cpu_seconds = SLOWER * LIFE_SECONDS };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	if (null < 0) return cx_fail(cx, FAILED, NULL, "/dev/null cannot be opened");
	TRY(warm_up(cx));
	if (locked) TRY(sandbox_enter_files(cx, ROLE_READ, &nothing));
	if (locked && !SANDBOX_SANITIZED) TRY(empty_hands(cx, null)); /* a sanitizer reports on the standard error, valgrind has files of its own */
	if (locked) TRY(sandbox_enter(cx, ROLE_READ, NULL));
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
