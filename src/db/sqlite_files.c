/* The database's files as wholes. A copy is made by SQLite's backup interface under another name and then renamed, so that whatever has a copy's name is whole. */
#include "db/sqlite_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/banned.h"

#define COPY_WAITS_MS 5000
#define KEPT_MOST 9
#define ROOM_FOR_UPGRADE 3 /* times the database: its copy; then the database written anew, and the log in which that stands until it is moved */
#define ROOM_BESIDE (16 * MIB)

static int copy_into(struct db *d, const char *path)
{
	sqlite3 *to;
	int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_backup *b = sqlite3_backup_init(to, "main", sqlite_handle(d), "main");
		if (b) {
			sqlite3_busy_timeout(to, COPY_WAITS_MS);
			(void)sqlite3_backup_step(b, -1); /* all at once: in one snapshot, which no writer waits for */
			rc = sqlite3_backup_finish(b);
		} else
			rc = sqlite3_extended_errcode(to);
	}
	sqlite3_close(to);
	return rc;
}

err sqlite_copy(struct cx *cx, struct db *d, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) return cx_fail(cx, CONFLICT, NULL, "%s is already there", path);
	if (fd < 0) return cx_fail(cx, FAILED, NULL, "%s cannot be made: %s", path, strerror(errno));
	close(fd);
	int rc = copy_into(d, path);
	if (rc == SQLITE_OK) return OK;
	unlink(path);
	bool was = d->broken;
	err e = sqlite_fault(cx, d, rc, "copying");
	d->broken = was; /* the other disk's fault */
	return e;
}

static const char *file_of(struct db *d) { return sqlite3_db_filename(sqlite_handle(d), "main"); }

static int64_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? st.st_size : 0;
}

static err check_room(struct cx *cx, struct db *d)
{
	struct statvfs v;
	const char *path = file_of(d);
	int64_t bytes = size_of(path) + size_of(str_c(cx, str_fmt(cx, "%s-wal", path)));
	int64_t wanted = ROOM_FOR_UPGRADE * bytes + ROOM_BESIDE;
	if (statvfs(path, &v) != 0) return OK; /* then the disk tells in time */
	int64_t there = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
	if (there >= wanted) return OK;
	return cx_fail(cx, FAILED, NULL, "the upgrade needs %" PRId64 " MB free beside %s, and there are %" PRId64 ". Nothing was changed: make room there, or run the "
	    "broadside that made the database", wanted / MIB + 1, path, there / MIB);
}

/* A name that nothing has: an earlier try that was cut off may have left a copy, and nobody but the operator says which is good. */
static err free_name(struct cx *cx, const char *base, const char **out)
{
	for (int i = 1; i <= KEPT_MOST; i++) {
		const char *name = i == 1 ? base : str_c(cx, str_fmt(cx, "%s.%d", base, i));
		if (access(name, F_OK) != 0) return *out = name, OK;
	}
	return cx_fail(cx, CONFLICT, NULL, "%s and others like it are there already: each is a copy of the database from before an upgrade that was cut off. Delete them, but for one if "
	    "the site has not been served since", base);
}

static err keep(struct cx *cx, struct db *d, int version, const char **path)
{
	const char *unfinished, *base = str_c(cx, str_fmt(cx, "%s." DB_KEPT "%d", file_of(d), version));
	TRY(check_room(cx, d));
	TRY(free_name(cx, base, path));
	unfinished = str_c(cx, str_fmt(cx, "%s.unfinished", base));
	unlink(unfinished);
	TRY(sqlite_copy(cx, d, unfinished));
	if (rename(unfinished, *path) == 0) return OK;
	int why = errno;
	unlink(unfinished);
	return cx_fail(cx, FAILED, NULL, "%s cannot be made: %s", *path, strerror(why));
}

/* One process at a time, by a lock on the folder: what one has not finished, another would take for left over. A lock on the database file itself would
 * take SQLite's own away when it is closed. */
err sqlite_keep(struct cx *cx, struct db *d, int version, const char **path)
{
	const char *file = file_of(d), *slash = strrchr(file, '/');
	int folder = open(str_c(cx, str_sub(str_of(file), 0, slash ? (size_t)(slash - file) : 0)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) (void)flock(folder, LOCK_EX);
	err e = keep(cx, d, version, path);
	if (folder >= 0) close(folder);
	return e;
}

/* VACUUM writes the database into a temporary file and from there back, page by page: what was free, or left over in a page, is in none of them. */
static int vacuum(struct cx *cx, sqlite3 *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	str folder = str_sub(str_of(path), 0, slash ? (size_t)(slash - path) : 0);
	sqlite3_temp_directory = sqlite3_mprintf("%s", str_c(cx, folder)); /* where the room was asked for */
	int rc = sqlite3_exec(c, "PRAGMA temp_store = FILE; VACUUM", NULL, NULL, NULL);
	(void)sqlite3_exec(c, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	sqlite3_free(sqlite3_temp_directory);
	sqlite3_temp_directory = NULL;
	return rc;
}

err sqlite_rewrite(struct cx *cx, struct db *d)
{
	sqlite3 *c = sqlite_handle(d);
	int rc = vacuum(cx, c, file_of(d));
	if (rc == SQLITE_OK) rc = sqlite3_wal_checkpoint_v2(c, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return rc == SQLITE_OK ? OK : sqlite_fault(cx, d, rc, "writing the database anew");
}
