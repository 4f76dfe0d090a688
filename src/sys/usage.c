/* Linux tells memory in /proc/PID/statm, whose second number is the resident pages (proc(5)). A descriptor of it stays good. */
#include "sys/usage.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/str.h"
#include "base/banned.h"

void usage_open(struct usage *u)
{
	char path[64];
	u->self = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof path, "/proc/%d/statm", (int)getppid());
	u->parent = open(path, O_RDONLY | O_CLOEXEC);
}

void usage_close(struct usage *u)
{
	if (u->self >= 0) close(u->self);
	if (u->parent >= 0) close(u->parent);
	u->self = u->parent = -1;
}

int64_t usage_resident(int statm)
{
	char text[128];
	int64_t pages;
	ssize_t n = statm < 0 ? 0 : pread(statm, text, sizeof text, 0);
	str rest = { text, n > 0 ? (size_t)n : 0 };
	str_cut(rest, ' ', &rest);
	if (!str_to_int(str_cut(rest, ' ', &rest), 0, INT64_MAX / 65536, &pages)) return 0;
	return pages * sysconf(_SC_PAGESIZE);
}

double usage_processor(void)
{
	struct rusage r;
	if (getrusage(RUSAGE_SELF, &r) != 0) return 0;
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}
