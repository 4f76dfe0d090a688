/* One server to a file. The right is a lock on the database file itself and not the being there of another file: it cannot be left behind by a server that
 * was killed, be taken away by who tidies a folder, or be got around by another path to the same file.
 *
 * Who has it stands in the lock: it begins at a byte that SQLite never locks (its own are the 512 from 1 GiB on), and is as long as the process's
 * number is high. A second lock behind it tells the port likewise. Both belong to the open file (F_OFD_SETLK), so that neither SQLite's closing of
 * the same file in this process nor a fork takes them away. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "db/engine.h"
#include "base/banned.h"

#define HOLD_AT ((off_t)1 << 31)
#define PORT_AT ((off_t)1 << 40)

static int lock(int fd, off_t at, off_t length)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = length };
	return fcntl(fd, F_OFD_SETLK, &l);
}

/* How long another's lock there is; 0: there is none. */
static long long length_of_other(int fd, off_t at)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };
	return fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK ? (long long)l.l_len : 0;
}

static err refuse(struct cx *cx, int fd, const char *path)
{
	long long pid = length_of_other(fd, HOLD_AT), port = length_of_other(fd, PORT_AT);
	str who = pid ? str_fmt(cx, "process %lld", pid) : S("another process"), where = port ? str_fmt(cx, ", on port %lld", port) : S("");
	return cx_fail(cx, CONFLICT, NULL, STR_FMT " serves %s already" STR_FMT ": stop that one first. (Several servers can share a site on PostgreSQL.)", STR_ARG(who), path,
	    STR_ARG(where));
}

err sqlite_hold(struct cx *cx, str address, int *hold)
{
	const char *path = str_c(cx, address);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) return cx_fail(cx, FAILED, NULL, "%s cannot be opened: %s", path, strerror(errno));
	if (lock(fd, HOLD_AT, getpid()) == 0) return *hold = fd, OK;
	int why = errno;
	err e = why == EAGAIN || why == EACCES ? refuse(cx, fd, path)
	    : cx_fail(cx, FAILED, NULL, "%s cannot be locked: %s. On a file system without locks nothing that people write would be safe: keep the site's folder on a disk of this machine",
		  path, strerror(why));
	close(fd);
	return e;
}

void db_hold_tell(int hold, int port)
{
	if (hold >= 0 && port > 0) (void)lock(hold, PORT_AT, port); /* the sentence does without */
}
