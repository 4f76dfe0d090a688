/* `top`: the figures of a running server, over and over. The terminal is given back as it was, however this ends but by SIGKILL. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/figures.h"
#include "base/banned.h"

#define FRAME_MAX (256 * KIB)
#define ENTER "\033[?1049h\033[?25l" /* the other screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define LINE_REST "\033[K\r\n"
#define SCREEN_REST "\033[J"

struct screen {
	struct termios was;
	int signals;
	const char *dir;
	int interval_ms;
};

static err put(struct cx *cx, str bytes)
{
	while (bytes.n) {
		ssize_t n = write(STDOUT_FILENO, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return cx_fail(cx, FAILED, NULL, "standard output is closed");
		bytes = str_sub(bytes, (size_t)n, bytes.n);
	}
	return OK;
}

static err once(struct cx *cx, const char *dir)
{
	struct figures f;
	struct buf b = buf_new(cx, FRAME_MAX);
	TRY(figures_ask(cx, dir, &f));
	figures_show(&f, NULL, dir, 200, 10000, &b);
	cx_end(f.cx);
	return put(cx, buf_view(&b));
}

static void size_of_terminal(int *columns, int *rows)
{
	struct winsize w = { 0 };
	bool told = ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 && w.ws_row > 0;
	*columns = told ? w.ws_col : 80;
	*rows = told ? w.ws_row : 24;
}

/* The frame in place of the one before it; each line's rest is cleared as it is written, so that nothing flickers. */
static err draw(struct cx *cx, const struct screen *s, const struct figures *now, const struct figures *before, str fault)
{
	int columns, rows;
	struct buf frame = buf_new(cx, FRAME_MAX), out = buf_new(cx, 2 * FRAME_MAX);
	size_of_terminal(&columns, &rows);
	if (fault.n) buf_str(&frame, str_sub(fault, 0, (size_t)columns));
	else figures_show(now, before, s->dir, columns, rows - 2, &frame);
	buf_lit(&out, HOME);
	for (str rest = buf_view(&frame); rest.n;) {
		buf_str(&out, str_cut(rest, '\n', &rest));
		buf_lit(&out, LINE_REST);
	}
	buf_lit(&out, SCREEN_REST);
	buf_fmt(&out, "\033[%d;1Hq quits", rows);
	return put(cx, buf_view(&out));
}

/* Waits for the next moment. False: it is time to end. *again: draw, without asking. */
static bool wait_for(const struct screen *s, int64_t until, bool *again)
{
	struct pollfd fds[2] = { { STDIN_FILENO, POLLIN, 0 }, { s->signals, POLLIN, 0 } };
	int64_t left = (until - clock_monotonic()) / 1000;
	struct signalfd_siginfo info;
	char key;
	*again = false;
	if (poll(fds, 2, left > 0 ? (int)left : 0) <= 0) return true;
	if (fds[1].revents && read(s->signals, &info, sizeof info) == sizeof info) {
		*again = true;
		return info.ssi_signo == SIGWINCH;
	}
	if (fds[0].revents & ~POLLIN) return false;
	if (!fds[0].revents) return true;
	*again = true;
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q' && key != 3;
}

static err loop(struct cx *cx, const struct screen *s)
{
	struct figures now = { 0 }, before = { 0 };
	char why[300];
	str fault = S("");
	err e = OK;
	for (bool go = true; go && e == OK;) {
		struct figures next;
		if (figures_ask(cx, s->dir, &next) == OK) {
			cx_end(before.cx);
			before = now;
			now = next;
			fault = S("");
		} else {
			snprintf(why, sizeof why, STR_FMT, STR_ARG(cx->fault.sentence));
			fault = str_of(why);
		}
		int64_t until = clock_monotonic() + (int64_t)s->interval_ms * 1000;
		for (bool again = true; go && e == OK && again;) {
			e = draw(cx, s, &now, before.cx ? &before : NULL, fault);
			do go = wait_for(s, until, &again);
			while (go && !again && clock_monotonic() < until);
		}
		if (e == OK) cx_reset(cx);
	}
	cx_end(now.cx);
	cx_end(before.cx);
	return e;
}

static err live(struct cx *cx, struct screen *s)
{
	sigset_t mine;
	struct termios raw;
	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &s->was) != 0)
		return cx_fail(cx, INVALID, NULL, "this is no terminal: `broadside top %s --once` prints one frame", s->dir);
	sigemptyset(&mine);
	sigaddset(&mine, SIGWINCH);
	sigaddset(&mine, SIGINT);
	sigaddset(&mine, SIGTERM);
	sigaddset(&mine, SIGHUP);
	sigprocmask(SIG_BLOCK, &mine, NULL);
	s->signals = signalfd(-1, &mine, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0) return cx_fail(cx, FAILED, NULL, "no descriptor is left: %s", strerror(errno));
	raw = s->was;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
	err e = put(cx, S(ENTER));
	if (e == OK) e = loop(cx, s);
	err left = put(cx, S(LEAVE));
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &s->was);
	close(s->signals);
	return e != OK ? e : left;
}

err command_top(struct cx *cx, struct args *a)
{
	struct site site;
	int64_t seconds = 2;
	bool one = args_flag(a, "--once");
	str interval = args_option(a, "--interval");
	if (interval.p && !str_to_int(interval, 1, 3600, &seconds)) return args_usage(cx);
	TRY(args_done(cx, a, 1, 1));
	TRY(site_open(cx, a->at[0], false, &site));
	if (one) return once(cx, site.dir);
	struct screen s = { .dir = str_c(cx, str_of(site.dir)), .interval_ms = (int)seconds * 1000 };
	struct cx *own = cx_new();
	err e = live(own, &s);
	if (e != OK) e = cx_fail(cx, e, NULL, STR_FMT, STR_ARG(own->fault.sentence));
	cx_end(own);
	return e;
}
