/* A socket's name may be 107 bytes long and a site's folder may lie deeper than that: so it is named through the folder's descriptor. */
#include "cli/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/banned.h"

#define NAME "control"
#define PATIENCE_MS 5000

/* A socket, and the name to bind or connect it to; *folder stays open while the name is used. */
static bool prepare(const char *dir, int *fd, int *folder, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*folder < 0 || *fd < 0) {
		if (*folder >= 0) close(*folder);
		if (*fd >= 0) close(*fd);
		*fd = *folder = -1;
		return false;
	}
	snprintf(at->sun_path, sizeof at->sun_path, "/proc/self/fd/%d/" NAME, *folder);
	return true;
}

static bool nobody_answers(const char *dir)
{
	int fd, folder;
	struct sockaddr_un at;
	if (!prepare(dir, &fd, &folder, &at)) return false;
	bool answers = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
	close(fd);
	close(folder);
	return !answers;
}

void control_remove(const char *dir)
{
	struct stat st;
	int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) return;
	if (fstatat(folder, NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode)) unlinkat(folder, NAME, 0);
	close(folder);
}

void control_listen(struct cx *cx, const char *dir, int *fd)
{
	struct sockaddr_un at;
	int folder;
	*fd = -1;
	if (!nobody_answers(dir)) {
		log_warn(cx, "another server has this site's control socket: `broadside top` will show that one");
		return;
	}
	control_remove(dir);
	if (!prepare(dir, fd, &folder, &at)) return;
	mode_t before = umask(0177); /* one thread, so nobody else makes a file meanwhile */
	bool bound = bind(*fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(*fd, 16) == 0 && fcntl(*fd, F_SETFL, O_NONBLOCK) == 0;
	umask(before);
	close(folder);
	if (bound) return;
	log_warn(cx, "no control socket can be made in the site's folder: %s", strerror(errno));
	close(*fd);
	*fd = -1;
}

err control_connect(struct cx *cx, const char *dir, int *fd)
{
	struct sockaddr_un at;
	int folder;
	if (!prepare(dir, fd, &folder, &at)) return cx_fail(cx, FAILED, NULL, "%s: %s", dir, strerror(errno));
	int bad = connect(*fd, (struct sockaddr *)&at, sizeof at) == 0 ? 0 : errno;
	close(folder);
	if (!bad) return OK;
	close(*fd);
	*fd = -1;
	if (bad == ENOENT || bad == ECONNREFUSED)
		return cx_fail(cx, NOTFOUND, NULL, "no server runs on %s: `broadside serve` starts one", dir);
	return cx_fail(cx, FAILED, NULL, "%s/" NAME ": %s", dir, strerror(bad));
}

static err read_all(struct cx *cx, int fd, struct buf *b)
{
	char part[16 * KIB];
	struct pollfd ready = { fd, POLLIN, 0 };
	for (;;) {
		if (poll(&ready, 1, PATIENCE_MS) <= 0) return cx_fail(cx, BUSY, NULL, "the server does not answer");
		ssize_t n = read(fd, part, sizeof part);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return cx_fail(cx, FAILED, NULL, "the server ended the connection: %s", strerror(errno));
		if (n == 0) return OK;
		buf_str(b, (str){ part, (size_t)n });
	}
}

err control_get(struct cx *cx, const char *dir, const char *path, size_t max, str *body)
{
	int fd;
	struct buf b = buf_new(cx, max);
	str answer, ask = str_fmt(cx, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
	TRY(control_connect(cx, dir, &fd));
	err e = send(fd, ask.p, ask.n, MSG_NOSIGNAL) == (ssize_t)ask.n ? read_all(cx, fd, &b) : cx_fail(cx, FAILED, NULL, "the server ended the connection");
	close(fd);
	TRY(e);
	TRY(buf_done(cx, &b, &answer));
	ptrdiff_t end = str_find(answer, S("\r\n\r\n"), 0);
	if (end < 0 || !str_starts(answer, S("HTTP/1.1 "))) return cx_fail(cx, FAILED, NULL, "what answers there does not speak HTTP");
	str status = str_sub(answer, 9, 3);
	if (!str_eq(status, S("200"))) return cx_fail(cx, FAILED, NULL, "the server answers " STR_FMT, STR_ARG(status));
	*body = str_sub(answer, (size_t)end + 4, answer.n);
	return OK;
}
