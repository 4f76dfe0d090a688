/* Each test has a folder of its own, so that tests neither meet nor leave anything behind. */
#include "fixture.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/banned.h"

int site_empty_set_up(void **state)
{
	struct cx *cx = cx_new();
	struct site *s = cx_new_of(cx, struct site);
	*s = (struct site){ .cx = cx, .dir = "/tmp/broadside-db-XXXXXX" };
	*state = s;
	if (!mkdtemp(s->dir)) return -1;
	s->place = str_fmt(cx, "sqlite:%s/site.db", s->dir);
	return 0;
}

int site_set_up(void **state)
{
	if (site_empty_set_up(state) != 0) return -1;
	struct site *s = *state;
	int from, to;
	if (db_migrate(s->cx, s->place, &from, &to) != OK) return -1;
	return db_open(s->cx, s->place, DB_WRITE, &s->db) == OK ? 0 : -1;
}

int site_tear_down(void **state)
{
	struct site *s = *state;
	db_close(s->db);
	DIR *d = opendir(s->dir);
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.') unlink(site_path(s, e->d_name));
	if (d) closedir(d);
	int left = rmdir(s->dir);
	cx_end(s->cx);
	return left;
}

const char *site_path(struct site *s, const char *name) { return str_fmt(s->cx, "%s/%s%c", s->dir, name, 0).p; }
