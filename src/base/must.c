/* The last words of a process with a bug: written with write(2) only, because the heap may be the bug. */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/banned.h"

static _Thread_local unsigned long long current_rid;

void must_set_request(unsigned long long rid) { current_rid = rid; }

void must_fail(const char *what, const char *file, int line)
{
	char text[512];
	int n = snprintf(text, sizeof text, "level=bug pid=%d req=%llx at=%s:%d must=\"%s\"\n", (int)getpid(),
	    current_rid, file, line, what);
	if (n > 0) {
		size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
		ssize_t ignored = write(log_where(), text, len);
		(void)ignored;
	}
	abort();
}
