/* The one place where a library's call is answered by us: the alternative is to let a process that reads strangers' documents open files. */
#include "decode/faces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/sandbox_parts.h"
#include "base/banned.h"

#define DEPTH_MOST 6

struct face {
	const char *path;
	int fd;
};

static struct face *faces; /* of this process, set once before it is locked */
static size_t faces_n;
static bool nothing_else;

static bool is_face(const char *name)
{
	static const char *const ends[] = { ".ttf", ".otf", ".ttc", ".pfb", ".t1", ".TTF", ".OTF" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_ends(str_of(name), str_of(ends[i]))) return true;
	return false;
}

static void open_folder(struct cx *cx, const char *path, int depth)
{
	DIR *dir = depth > 0 ? opendir(path) : NULL;
	if (!dir) return;
	for (struct dirent *e; faces_n < FACES_MOST && (e = readdir(dir));) {
		if (e->d_name[0] == '.') continue;
		const char *inner = str_c(cx, str_fmt(cx, "%s/%s", path, e->d_name));
		if (!is_face(e->d_name)) {
			open_folder(cx, inner, depth - 1);
			continue;
		}
		int fd = open(inner, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0) faces[faces_n++] = (struct face){ inner, fd };
	}
	closedir(dir);
}

void faces_open(struct cx *cx)
{
	faces = cx_array_of(cx, struct face, FACES_MOST);
	open_folder(cx, "/usr/share/fonts", DEPTH_MOST);
	open_folder(cx, "/usr/local/share/fonts", DEPTH_MOST);
	nothing_else = true;
}

#if !SANDBOX_SANITIZED /* whose runtime has these functions itself, and whose lock lets files be read */

static const struct face *find(const char *path)
{
	for (size_t i = 0; i < faces_n; i++)
		if (strcmp(faces[i].path, path) == 0) return &faces[i];
	errno = ENOENT;
	return NULL;
}

/* Under the names that poppler and FreeType link to. To us they are others, fopen64 and open64, which stay the C library's. */
FILE *faces_fopen(const char *path, const char *mode) __asm__("fopen");
int faces_open_one(const char *path, int flags, ...) __asm__("open");

FILE *faces_fopen(const char *path, const char *mode)
{
	struct stat st;
	if (!nothing_else) return fopen64(path, mode);
	const struct face *f = mode[0] == 'r' && !strchr(mode, '+') ? find(path) : NULL;
	if (!f || fstat(f->fd, &st) != 0 || st.st_size <= 0) return NULL;
	void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, f->fd, 0); /* kept: the process is short-lived */
	return bytes == MAP_FAILED ? NULL : fmemopen(bytes, (size_t)st.st_size, "r");
}

int faces_open_one(const char *path, int flags, ...)
{
	if (!nothing_else) {
		va_list more;
		va_start(more, flags);
		int fd = open64(path, flags, flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0);
		va_end(more);
		return fd;
	}
	const struct face *f = (flags & O_ACCMODE) == O_RDONLY ? find(path) : NULL;
	return f ? fcntl(f->fd, F_DUPFD_CLOEXEC, 0) : -1;
}
#endif
