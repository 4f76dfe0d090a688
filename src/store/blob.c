/* The folder: media/ab/cdef… Bytes are written under a temporary name, synced, renamed, and the folders synced, so that what has a name is whole
 * and stays. What is set aside is renamed beside its place. */
#include "store/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "sys/spool.h"
#include "base/banned.h"

#define PIECE (64 * KIB)
#define ASIDE ".out"
#define UNFINISHED ".put-"

static err told(struct cx *cx, const char *path, const char *what)
{
	return cx_fail(cx, FAILED, NULL, "%s: %s (%s)", path, what, strerror(errno));
}

static const char *path_of(struct cx *cx, const struct blob_store *s, const struct blob_hash *h, const char *behind)
{
	str hex = str_hex(cx, h->bytes, BLOB_HASH);
	return str_c(cx, str_fmt(cx, "%s/%.2s/" STR_FMT "%s", s->folder, hex.p, STR_ARG(str_sub(hex, 2, hex.n)), behind));
}

static const char *folder_of(struct cx *cx, const struct blob_store *s, const struct blob_hash *h)
{
	return str_c(cx, str_fmt(cx, "%s/%.2s", s->folder, str_hex(cx, h->bytes, BLOB_HASH).p));
}

/* Times as `ls` shows them become their minute's. For a folder: which changes with what is put in it or taken out. */
static bool blur(int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0) return false;
	const struct timespec times[2] = { { .tv_sec = st.st_atim.tv_sec / 60 * 60 }, { .tv_sec = st.st_mtim.tv_sec / 60 * 60 } };
	if (st.st_atim.tv_sec == times[0].tv_sec && st.st_mtim.tv_sec == times[1].tv_sec && !st.st_atim.tv_nsec && !st.st_mtim.tv_nsec) return true;
	return futimens(fd, times) == 0;
}

static void blur_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return;
	(void)blur(fd);
	close(fd);
}

static err sync_folder(struct cx *cx, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return told(cx, path, "cannot be opened");
	(void)blur(fd);
	err e = fsync(fd) == 0 ? OK : told(cx, path, "cannot be synced");
	close(fd);
	return e;
}

static err make_folder(struct cx *cx, const char *path, const char *above)
{
	if (mkdir(path, 0750) == 0) return sync_folder(cx, above);
	return errno == EEXIST ? OK : told(cx, path, "cannot be made");
}

/* Copies and hashes in one go. */
static err copy(struct cx *cx, int from, int to, int64_t bytes, struct blob_hash *out)
{
	char *piece = arena_bytes(cx->arena, PIECE);
	crypto_hash_sha256_state h;
	crypto_hash_sha256_init(&h);
	for (int64_t at = 0; at < bytes;) {
		size_t want = bytes - at < PIECE ? (size_t)(bytes - at) : PIECE;
		ssize_t n = pread(from, piece, want, at);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return cx_fail(cx, FAILED, NULL, "a file cannot be read again (%s)", n < 0 ? strerror(errno) : "it became shorter");
		crypto_hash_sha256_update(&h, (const unsigned char *)piece, (size_t)n);
		TRY(spool_write(cx, to, (str){ piece, (size_t)n }));
		at += n;
	}
	crypto_hash_sha256_final(&h, out->bytes);
	return OK;
}

static err settle(struct cx *cx, struct blob_store *s, int fd, const char *temporary, const struct blob_hash *h)
{
	const char *folder = folder_of(cx, s, h), *path = path_of(cx, s, h, "");
	if (fchmod(fd, 0640) != 0 || !blur(fd) || fsync(fd) != 0) return told(cx, s->folder, "a file cannot be kept");
	TRY(make_folder(cx, folder, s->folder));
	/* Even where the same bytes are already there: they may be about to go, and these are new. */
	if (rename(temporary, path) != 0) return told(cx, path, "cannot be put in place");
	blur_folder(s->folder);
	return sync_folder(cx, folder);
}

static err folder_put(struct cx *cx, struct blob_store *s, int from, int64_t bytes, struct blob_hash *out)
{
	struct arena_mark mark = arena_mark(cx->arena);
	unsigned char chance[12];
	rnd_bytes(cx->rnd, chance, sizeof chance);
	const char *temporary = str_c(cx, str_fmt(cx, "%s/" UNFINISHED STR_FMT, s->folder, STR_ARG(str_hex(cx, chance, sizeof chance))));
	int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 && errno == ENOENT && mkdir(s->folder, 0750) == 0) fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) return told(cx, s->folder, "no file can be made there");
	err e = copy(cx, from, fd, bytes, out);
	if (e == OK) e = settle(cx, s, fd, temporary, out);
	if (e != OK) unlink(temporary);
	close(fd);
	if (e == OK) arena_rewind(cx->arena, mark);
	return e;
}

static err folder_open(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t first, int64_t count, int *fd, int64_t *bytes)
{
	struct stat st;
	const char *path = path_of(cx, s, h, "");
	(void)first, (void)count; /* all of it is at hand */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOATIME); /* else the disk would note when it is read */
	if (*fd < 0 && errno == EPERM) *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); /* it is somebody else's */
	if (*fd < 0) return errno == ENOENT || errno == ENOTDIR ? cx_fail(cx, NOTFOUND, NULL, "%s is missing", path) : told(cx, path, "cannot be opened");
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) return *bytes = st.st_size, OK;
	close(*fd);
	*fd = -1;
	return cx_fail(cx, FAILED, NULL, "%s is not a file", path);
}

static err folder_size(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t *bytes)
{
	struct stat st;
	const char *path = path_of(cx, s, h, "");
	if (lstat(path, &st) != 0) return errno == ENOENT || errno == ENOTDIR ? cx_fail(cx, NOTFOUND, NULL, "%s is missing", path) : told(cx, path, "cannot be read");
	if (!S_ISREG(st.st_mode)) return cx_fail(cx, FAILED, NULL, "%s is not a file", path);
	return *bytes = st.st_size, OK;
}

static err folder_set_aside(struct cx *cx, struct blob_store *s, const struct blob_hash *h)
{
	const char *path = path_of(cx, s, h, "");
	if (rename(path, path_of(cx, s, h, ASIDE)) == 0) return blur_folder(folder_of(cx, s, h)), OK;
	return errno == ENOENT || errno == ENOTDIR ? cx_fail(cx, NOTFOUND, NULL, "%s is missing", path) : told(cx, path, "cannot be set aside");
}

static err folder_put_back(struct cx *cx, struct blob_store *s, const struct blob_hash *h)
{
	/* The same bytes may have come again meanwhile: then either will do. */
	const char *aside = path_of(cx, s, h, ASIDE);
	if (rename(aside, path_of(cx, s, h, "")) != 0 && errno != ENOENT) return told(cx, aside, "cannot be put back");
	return sync_folder(cx, folder_of(cx, s, h));
}

static err folder_drop(struct cx *cx, struct blob_store *s, const struct blob_hash *h)
{
	const char *aside = path_of(cx, s, h, ASIDE);
	if (unlink(aside) != 0 && errno != ENOENT) return told(cx, aside, "cannot be removed");
	blur_folder(folder_of(cx, s, h));
	return OK;
}

/* "cdef…" or "cdef….out" under "ab" → a hash. */
static bool read_name(str first, str rest, struct blob_found *out)
{
	out->set_aside = str_ends(rest, S(ASIDE));
	if (out->set_aside) rest = str_sub(rest, 0, rest.n - sizeof ASIDE + 1);
	return str_unhex(first, out->hash.bytes, 1) && rest.n == 2 * (BLOB_HASH - 1) && str_unhex(rest, out->hash.bytes + 1, BLOB_HASH - 1);
}

static int64_t time_of(const struct stat *st) { return st->st_mtim.tv_sec * SECOND + st->st_mtim.tv_nsec / 1000; }

static err each_under(struct cx *cx, const char *path, str first, err (*fn)(struct cx *, void *, const struct blob_found *), void *arg)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	err e = OK;
	if (!d) return errno == ENOTDIR || errno == ENOENT ? OK : told(cx, path, "cannot be read");
	while (e == OK && (entry = readdir(d))) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct blob_found found = { 0 };
		struct stat st;
		if (!read_name(first, str_of(entry->d_name), &found)) continue;
		if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue; /* gone since, or none of ours */
		found.bytes = st.st_size;
		found.changed = time_of(&st);
		e = fn(cx, arg, &found);
		if (e == OK) arena_rewind(cx->arena, mark);
	}
	closedir(d);
	return e;
}

static err folder_each(struct cx *cx, struct blob_store *s, err (*fn)(struct cx *, void *, const struct blob_found *), void *arg)
{
	for (unsigned i = 0; i < 256; i++) {
		struct arena_mark mark = arena_mark(cx->arena);
		str first = str_fmt(cx, "%02x", i);
		TRY(each_under(cx, str_c(cx, str_fmt(cx, "%s/" STR_FMT, s->folder, STR_ARG(first))), first, fn, arg));
		arena_rewind(cx->arena, mark);
	}
	return OK;
}

static err folder_tidy(struct cx *cx, struct blob_store *s, int64_t before)
{
	DIR *d = opendir(s->folder);
	struct dirent *entry;
	struct stat st;
	if (!d) return errno == ENOENT ? OK : told(cx, s->folder, "cannot be read");
	while ((entry = readdir(d)))
		if (str_starts(str_of(entry->d_name), S(UNFINISHED)) && fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    time_of(&st) < before)
			unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	return OK;
}

static err folder_blur(struct cx *cx, struct blob_store *s, unsigned number)
{
	const char *path = str_c(cx, str_fmt(cx, "%s/%02x", s->folder, number));
	struct dirent *entry;
	int64_t others = 0;
	if (number == 0) blur_folder(s->folder);
	DIR *d = opendir(path);
	if (!d) return errno == ENOENT || errno == ENOTDIR ? OK : told(cx, path, "cannot be read");
	while ((entry = readdir(d))) {
		struct stat st;
		if (fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) continue;
		int fd = openat(dirfd(d), entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd < 0 && errno == ENOENT) continue; /* gone since */
		others += fd < 0 || !blur(fd);
		if (fd >= 0) close(fd);
	}
	others += !blur(dirfd(d));
	closedir(d);
	if (others) log_warn(cx, "media/%02x: the exact times of %" PRId64 " files cannot be changed, as they belong to another account", number, others);
	return OK;
}

static err folder_room(struct cx *cx, struct blob_store *s, int64_t *bytes)
{
	struct statvfs v;
	if (access(s->folder, F_OK) != 0) (void)mkdir(s->folder, 0750); /* a site whose folder was removed */
	if (statvfs(s->folder, &v) != 0) return told(cx, s->folder, "its disk cannot be asked");
	return *bytes = (int64_t)v.f_bavail * (int64_t)v.f_frsize, OK;
}

static const struct blob_ops folder = { folder_put, folder_open, folder_size, folder_set_aside, folder_put_back, folder_drop, folder_each, folder_tidy,
	folder_room, folder_blur };

err blob_store_open(struct cx *cx, const char *dir, str setting, struct blob_store **out)
{
	if (!str_eq(setting, S("folder"))) return cx_fail(cx, INVALID, NULL, "[media] store: only folder is there so far, not " STR_FMT, STR_ARG(setting));
	struct blob_store *s = cx_new_of(cx, struct blob_store);
	*s = (struct blob_store){ &folder, str_c(cx, str_fmt(cx, "%s/media", dir)) };
	return *out = s, OK;
}

err blob_put(struct cx *cx, struct blob_store *s, int fd, int64_t bytes, struct blob_hash *out) { return s->ops->put(cx, s, fd, bytes, out); }
err blob_open(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t first, int64_t count, int *fd, int64_t *bytes)
{
	*fd = -1;
	return s->ops->open(cx, s, h, first, count, fd, bytes);
}
err blob_size(struct cx *cx, struct blob_store *s, const struct blob_hash *h, int64_t *bytes) { return s->ops->size(cx, s, h, bytes); }
err blob_set_aside(struct cx *cx, struct blob_store *s, const struct blob_hash *h) { return s->ops->set_aside(cx, s, h); }
err blob_put_back(struct cx *cx, struct blob_store *s, const struct blob_hash *h) { return s->ops->put_back(cx, s, h); }
err blob_drop(struct cx *cx, struct blob_store *s, const struct blob_hash *h) { return s->ops->drop(cx, s, h); }
err blob_each(struct cx *cx, struct blob_store *s, err (*fn)(struct cx *, void *, const struct blob_found *), void *arg)
{
	return s->ops->each(cx, s, fn, arg);
}
err blob_tidy(struct cx *cx, struct blob_store *s, int64_t before) { return s->ops->tidy(cx, s, before); }
err blob_blur(struct cx *cx, struct blob_store *s, unsigned number) { return s->ops->blur(cx, s, number); }
err blob_room(struct cx *cx, struct blob_store *s, int64_t *bytes) { return s->ops->room(cx, s, bytes); }
