/* Opening a site folder, for every command. */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read/read_msg.h"
#include "read/reader.h"
#include "sql.h"
#include "store/upgrade.h"
#include "text/date.h"
#include "text/lang.h"
#include "base/banned.h"

static err resolve(struct cx *cx, struct site *s)
{
	str given = s->conf.database, file;
	if (str_starts(given, S("sqlite:"))) {
		file = str_sub(given, 7, given.n);
		if (!str_starts(file, S("/"))) given = str_fmt(cx, "sqlite:%s/" STR_FMT, s->dir, STR_ARG(file));
	}
	TRY(db_reach(cx, given, &s->reach));
	s->conf.database = s->reach.url;
	return OK;
}

/* A new database would be made of it, and the site be empty as if nothing had ever been there. */
static err refuse_cut_off(struct cx *cx, str database)
{
	struct stat st;
	const char *path = str_c(cx, str_sub(database, 7, database.n));
	if (!str_starts(database, S("sqlite:")) || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > 0) return OK;
	return cx_fail(cx, FAILED, NULL, "%s: the database file is damaged: it is empty. If anything was ever published here, stop the server and copy the whole folder of the site to "
	    "another disk before anything else; then put the file of the latest backup in its place (broadside(1) tells more, under A DAMAGED DATABASE). If nothing was, remove the file",
	    path);
}

static err read_settings(struct cx *cx, const char *path, struct site *out)
{
	char real[PATH_MAX];
	if (!realpath(path, real)) return cx_fail(cx, NOTFOUND, NULL, "%s: %s", path, strerror(errno));
	out->dir = str_c(cx, str_of(real));
	const char *conf = str_c(cx, str_fmt(cx, "%s/site.conf", out->dir));
	err e = conf_read(cx, conf, &out->conf);
	if (e == NOTFOUND)
		return cx_fail(cx, NOTFOUND, NULL, "%s is not a site: it has no site.conf; `broadside init %s` makes one", path, path);
	TRY(e);
	if (!lang_valid(out->conf.language)) return cx_fail(cx, INVALID, NULL, "%s: [site] language is not a language tag", conf);
	TRY(date_zone(cx, out->conf.timezone));
	return resolve(cx, out);
}

err site_open(struct cx *cx, const char *path, bool migrate, struct site *out)
{
	int from, to;
	TRY(read_settings(cx, path, out));
	TRY(refuse_cut_off(cx, out->conf.database));
	if (!migrate) return OK;
	TRY(db_migrate(cx, out->conf.database, &from, &to));
	return upgrade_finish(cx, out->conf.database);
}

err site_make(struct cx *cx, const char *path, struct site *out)
{
	int from, to;
	TRY(read_settings(cx, path, out));
	return db_migrate(cx, out->conf.database, &from, &to);
}

static void close_db(void *db) { db_close(db); }

err site_db(struct cx *cx, const struct site *s, enum db_mode mode, struct db **out)
{
	TRY(db_open(cx, s->conf.database, mode, out));
	cx_defer(cx, close_db, *out);
	return OK;
}

err site_read_program(struct cx *cx, const char **out)
{
	TRY(role_program(cx, "broadside-read", out));
	if (access(*out, X_OK) == 0) return OK;
	return cx_fail(cx, FAILED, NULL, "%s is not there, or cannot be run: it reads what people write in Markdown and HTML, and belongs beside this program", *out);
}

static void free_reader(void *reader) { reader_free(reader); }

err site_reader(struct cx *cx, const struct site *s, struct reader **out)
{
	static const char *const unlocked[] = { READ_NO_SANDBOX, NULL };
	struct role_source *from = cx_new_of(cx, struct role_source);
	*from = (struct role_source){ .parent = -1, .args = s->conf.sandbox_off ? unlocked : NULL };
	TRY(site_read_program(cx, &from->program));
	*out = reader_new(from, false, 0);
	cx_defer(cx, free_reader, *out);
	return OK;
}

void site_kept_copies(struct cx *cx, const struct site *s, void (*tell)(void *, str), void *arg)
{
	str base;
	ptrdiff_t slash = -1;
	if (!str_starts(s->conf.database, S("sqlite:/"))) return;
	str path = str_sub(s->conf.database, 7, s->conf.database.n);
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/') slash = (ptrdiff_t)i;
	base = str_fmt(cx, STR_FMT "." DB_KEPT, STR_ARG(str_sub(path, (size_t)slash + 1, path.n)));
	DIR *d = opendir(str_c(cx, str_sub(path, 0, (size_t)slash + 1)));
	struct dirent *entry;
	while (d && (entry = readdir(d)))
		if (str_starts(str_of(entry->d_name), base)) tell(arg, str_fmt(cx, STR_FMT "%s", STR_ARG(str_sub(path, 0, (size_t)slash + 1)), entry->d_name));
	if (d) closedir(d);
}

err site_changed(struct cx *cx, struct db *db, void *unused)
{
	(void)unused;
	return sql_setting_count(cx, db, S("changed"));
}
