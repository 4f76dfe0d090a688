/* What strangers send is kept in files without a name, so that a crash leaves nothing behind; what must stay is given its
 * name only when all of it is on the disk, so that nobody ever sees half of it. */
#include "sys/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/banned.h"

/* PREFIX and 16 random hexadecimal digits: nobody can have made that file before us, and O_EXCL refuses if they have. */
static const char *temporary_name(struct cx *cx, const char *prefix)
{
	unsigned char bytes[8];
	rnd_bytes(cx->rnd, bytes, sizeof bytes);
	str hex = str_hex(cx, bytes, sizeof bytes);
	return str_c(cx, str_fmt(cx, "%s" STR_FMT ".tmp", prefix, STR_ARG(hex)));
}

err spool_open(struct cx *cx, const char *dir, int *fd)
{
	*fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd >= 0) return OK;
	if (errno == EOPNOTSUPP || errno == EISDIR) { /* some file systems know only files with names */
		const char *name = temporary_name(cx, str_c(cx, str_fmt(cx, "%s/.spool-", dir)));
		*fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (*fd >= 0) {
			if (unlink(name) == 0) return OK;
			close(*fd);
			*fd = -1;
		}
	}
	return cx_fail(cx, FAILED, NULL, "%s: no temporary file can be made there (%s)", dir, strerror(errno));
}

err spool_open_pair(struct cx *cx, const char *dir, int *writer, int *reader)
{
	/* By a name, for as long as it takes to open it twice: what O_TMPFILE makes cannot be opened again without /proc. */
	const char *name = temporary_name(cx, str_c(cx, str_fmt(cx, "%s/.spool-", dir)));
	*reader = -1;
	*writer = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int why = errno;
	if (*writer >= 0) {
		*reader = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		why = errno;
		unlink(name);
		if (*reader >= 0) return OK;
		close(*writer);
		*writer = -1;
	}
	return cx_fail(cx, FAILED, NULL, "%s: no temporary file can be made there (%s)", dir, strerror(why));
}

bool spool_has_room(int fd, int64_t keep_free)
{
	struct statvfs v;
	return fstatvfs(fd, &v) != 0 || (int64_t)v.f_bavail * (int64_t)v.f_frsize > keep_free;
}

static err read_all(struct cx *cx, int fd, const char *path, size_t max, str *out)
{
	struct stat st;
	if (fstat(fd, &st) != 0) return cx_fail(cx, FAILED, NULL, "%s: cannot be read (%s)", path, strerror(errno));
	if (!S_ISREG(st.st_mode)) return cx_fail(cx, INVALID, NULL, "%s: is not a file", path);
	if (st.st_size < 0 || (uintmax_t)st.st_size > max)
		return cx_fail(cx, LIMIT, NULL, "%s: is larger than %zu bytes", path, max);
	size_t n = (size_t)st.st_size, at = 0;
	char *p = arena_bytes(cx->arena, n);
	while (at < n) {
		ssize_t got = read(fd, p + at, n - at);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return cx_fail(cx, FAILED, NULL, "%s: cannot be read (%s)", path, strerror(errno));
		if (got == 0) break; /* it became shorter meanwhile */
		at += (size_t)got;
	}
	*out = (str){ p, at };
	return OK;
}

err spool_read_file(struct cx *cx, const char *path, size_t max, str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a FIFO must not hold us up */
	if (fd < 0) {
		err kind = errno == ENOENT || errno == ENOTDIR ? NOTFOUND : errno == EACCES ? DENIED : FAILED;
		return cx_fail(cx, kind, NULL, "%s: cannot be opened (%s)", path, strerror(errno));
	}
	err e = read_all(cx, fd, path, max, out);
	close(fd);
	return e;
}

err spool_write(struct cx *cx, int fd, str bytes)
{
	for (size_t at = 0; at < bytes.n;) {
		ssize_t put = write(fd, bytes.p + at, bytes.n - at);
		if (put < 0 && errno == EINTR) continue;
		if (put < 0) return cx_fail(cx, FAILED, NULL, "cannot be written (%s)", strerror(errno));
		at += (size_t)put;
	}
	return OK;
}

/* The folder of path, as open() takes it. */
static const char *folder_of(struct cx *cx, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash) return ".";
	return slash == path ? "/" : str_c(cx, (str){ path, (size_t)(slash - path) });
}

static err sync_folder(struct cx *cx, const char *path)
{
	const char *dir = folder_of(cx, path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = fd < 0 || fsync(fd) != 0 ? errno : 0;
	if (fd >= 0) close(fd);
	if (bad) return cx_fail(cx, FAILED, NULL, "%s: cannot be synced (%s)", dir, strerror(bad));
	return OK;
}

static err write_named(struct cx *cx, const char *name, const char *path, str bytes, int mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return cx_fail(cx, FAILED, NULL, "%s: cannot be written (%s)", path, strerror(errno));
	err e = spool_write(cx, fd, bytes);
	if (e != OK) e = cx_fail(cx, FAILED, NULL, "%s: " STR_FMT, path, STR_ARG(cx->fault.sentence));
	if (e == OK && (fchmod(fd, (mode_t)mode) != 0 || fsync(fd) != 0))
		e = cx_fail(cx, FAILED, NULL, "%s: cannot be written (%s)", path, strerror(errno));
	if (close(fd) != 0 && e == OK) e = cx_fail(cx, FAILED, NULL, "%s: cannot be written (%s)", path, strerror(errno));
	if (e == OK && rename(name, path) != 0)
		e = cx_fail(cx, FAILED, NULL, "%s: cannot be put in place (%s)", path, strerror(errno));
	if (e != OK) unlink(name);
	return e;
}

err spool_write_file(struct cx *cx, const char *path, str bytes, int mode)
{
	const char *name = temporary_name(cx, str_c(cx, str_fmt(cx, "%s.", path)));
	TRY(write_named(cx, name, path, bytes, mode));
	return sync_folder(cx, path);
}
