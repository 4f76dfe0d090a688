/* logfmt, one write(2) a line so that processes sharing a descriptor do not mix theirs. */
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "base/banned.h"

static const char *log_role = "broadside";
static enum log_level log_least = LOG_INFO;
static int log_fd = STDERR_FILENO;

void log_open(const char *role, enum log_level least)
{
	log_role = role;
	log_least = least;
}

void log_to(int fd) { log_fd = fd; }
int log_where(void) { return log_fd; }

void log_line(const struct cx *cx, enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	if (level < log_least) return;
	char text[1024], line[2600];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	int64_t now = clock_now(&clock_system);
	int head = snprintf(line, 256, "ts=%" PRId64 ".%03d level=%s role=%s pid=%d ", now / SECOND,
	    (int)(now % SECOND / 1000), names[level], log_role, (int)getpid());
	size_t n = (size_t)head;
	if (cx) n += (size_t)snprintf(line + n, 32, "req=%016" PRIx64 " ", cx->rid);
	n += (size_t)snprintf(line + n, 8, "msg=\"");
	for (const char *p = text; *p; p++) {
		if (*p == '"' || *p == '\\') line[n++] = '\\';
		line[n++] = (unsigned char)*p < 0x20 || *p == 0x7F ? '?' : *p;
	}
	line[n++] = '"';
	line[n++] = '\n';
	ssize_t ignored = write(log_fd, line, n);
	(void)ignored;
}
