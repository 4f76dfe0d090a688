/* Each test has a folder, and on PostgreSQL a database, of its own, so that tests neither meet nor leave anything behind. */
#include "fixture.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/must.h"
#include "base/banned.h"

bool site_on_postgres(void) { return getenv("BROADSIDE_POSTGRES") != NULL; }

/* Runs text on the server's own database. */
static void on_server(struct site *s, str text)
{
	PGconn *c = PQconnectdb(getenv("BROADSIDE_POSTGRES"));
	PGresult *r = PQexec(c, str_c(s->cx, text));
	MUST(PQresultStatus(r) == PGRES_COMMAND_OK);
	PQclear(r);
	PQfinish(c);
}

int site_empty_set_up(void **state)
{
	struct cx *cx = cx_new();
	struct site *s = cx_new_of(cx, struct site);
	struct rnd kernel = { 0 };
	unsigned char mark[8];
	*s = (struct site){ .cx = cx, .dir = "/tmp/broadside-db-XXXXXX" };
	*state = s;
	if (!mkdtemp(s->dir)) return -1;
	s->place = str_fmt(cx, "sqlite:%s/site.db", s->dir);
	if (!site_on_postgres()) return 0;
	rnd_bytes(&kernel, mark, sizeof mark);
	s->name = str_fmt(cx, "t" STR_FMT, STR_ARG(str_hex(cx, mark, sizeof mark)));
	on_server(s, str_fmt(cx, "CREATE DATABASE " STR_FMT " TEMPLATE template0", STR_ARG(s->name)));
	str rest, before = str_cut(str_of(getenv("BROADSIDE_POSTGRES")), '?', &rest); /* postgresql:///postgres?… */
	s->place = str_fmt(cx, STR_FMT STR_FMT "?" STR_FMT, STR_ARG(str_sub(before, 0, before.n - 8)), STR_ARG(s->name), STR_ARG(rest));
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
	if (site_on_postgres()) on_server(s, str_fmt(s->cx, "DROP DATABASE " STR_FMT " WITH (FORCE)", STR_ARG(s->name)));
	DIR *d = opendir(s->dir);
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.') unlink(site_path(s, e->d_name));
	if (d) closedir(d);
	int left = rmdir(s->dir);
	cx_end(s->cx);
	return left;
}

const char *site_path(struct site *s, const char *name) { return str_fmt(s->cx, "%s/%s%c", s->dir, name, 0).p; }

static int64_t raw_postgres(struct site *s, const char *text)
{
	int64_t answer = -1;
	PGconn *c = PQconnectdb(str_c(s->cx, s->place));
	PGresult *r = PQexec(c, text);
	int n = PQntuples(r);
	if (n > 0) (void)str_to_int(str_of(PQgetvalue(r, n - 1, 0)), INT64_MIN, INT64_MAX, &answer);
	PQclear(r);
	PQfinish(c);
	return answer;
}

int64_t site_raw(struct site *s, const char *text)
{
	if (site_on_postgres()) return raw_postgres(s, text);
	sqlite3 *c;
	sqlite3_stmt *st;
	int64_t answer = -1;
	MUST(sqlite3_open(site_path(s, "site.db"), &c) == SQLITE_OK);
	for (const char *rest = text; *rest && sqlite3_prepare_v2(c, rest, -1, &st, &rest) == SQLITE_OK && st; sqlite3_finalize(st))
		while (sqlite3_step(st) == SQLITE_ROW) answer = sqlite3_column_int64(st, 0);
	sqlite3_close(c);
	return answer;
}
