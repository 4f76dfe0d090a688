/* `migrate`: a site from one database to another, most of all from SQLite to PostgreSQL when it has outgrown the one, or back. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "cli/control.h"
#include "db/transfer.h"
#include "store/blob.h"
#include "store/search.h"
#include "base/banned.h"

/* One end: a site folder, or a database alone. */
struct end {
	str url;
	const char *dir; /* NULL: only a database */
	str media;
};

static err not_served(struct cx *cx, const char *dir)
{
	int fd;
	err e = control_connect(cx, dir, &fd);
	if (e == NOTFOUND) return OK;
	if (e == OK) close(fd);
	return cx_fail(cx, CONFLICT, NULL, "%s is being served: stop its server first, so that nothing is posted which the copy does not have", dir);
}

static err find_end(struct cx *cx, const char *word, bool migrate, struct end *out)
{
	struct site site;
	struct db_reach reach;
	str s = str_of(word);
	*out = (struct end){ 0 };
	if (str_starts(s, S("postgresql:")) || str_starts(s, S("sqlite:"))) {
		TRY(db_reach(cx, s, &reach));
		out->url = reach.url;
		return OK;
	}
	TRY(site_open(cx, word, migrate, &site));
	*out = (struct end){ site.conf.database, site.dir, site.conf.media };
	return not_served(cx, site.dir);
}

static void show_progress(void *arg, const char *table, int64_t rows)
{
	(void)arg;
	if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%s: %" PRId64 " rows \033[K", table, rows);
}

/* ---- media ---- */

struct media_copy {
	struct blob_store *from, *to;
	int64_t copied, there;
};

static err copy_blob(struct cx *cx, void *arg, const struct blob_found *b)
{
	struct media_copy *m = arg;
	struct blob_hash hash;
	int64_t bytes;
	int fd;
	if (b->set_aside) return OK;
	err e = blob_size(cx, m->to, &b->hash, &bytes);
	if (e == OK) return m->there++, OK;
	if (e != NOTFOUND) return e;
	TRY(blob_open(cx, m->from, &b->hash, 0, b->bytes, &fd, &bytes));
	e = blob_put(cx, m->to, fd, bytes, &hash);
	close(fd);
	TRY(e);
	if (memcmp(&hash, &b->hash, sizeof hash) != 0) return cx_fail(cx, FAILED, NULL, "a file in the media store does not hold what its name says: `broadside check` tells which");
	m->copied++;
	return OK;
}

static err copy_media(struct cx *cx, const struct end *from, const struct end *to)
{
	struct media_copy m = { 0 };
	if (!from->dir || !to->dir || strcmp(from->dir, to->dir) == 0) return OK;
	TRY(blob_store_open(cx, from->dir, from->media, &m.from));
	TRY(blob_store_open(cx, to->dir, to->media, &m.to));
	TRY(blob_each(cx, m.from, copy_blob, &m));
	if (m.copied + m.there) printf("media: %" PRId64 " files copied, %" PRId64 " were there\n", m.copied, m.there);
	return OK;
}

/* ---- the search index, which the rows' triggers have filled ---- */

static err gather(struct cx *cx, str place)
{
	struct db *db;
	TRY(db_open(cx, place, DB_WRITE, &db));
	db_expect_bulk(db);
	err e = search_gather(cx, db);
	db_close(db);
	return e;
}

/* ---- the command ---- */

static void tell(const struct db_transferred *tables, size_t n)
{
	int64_t rows = 0;
	for (size_t i = 0; i < n; i++) {
		char hash[2 * DB_DIGEST + 1];
		const struct db_transferred *t = &tables[i];
		for (size_t k = 0; k < DB_DIGEST; k++) snprintf(hash + 2 * k, 3, "%02x", t->digest.hash[k]);
		printf("%-14s %9" PRId64 " rows  %.32s", t->table, t->digest.rows, hash);
		if (t->before) printf("  (%" PRId64 " were there)", t->before);
		putchar('\n');
		rows += t->digest.rows;
	}
	printf("%" PRId64 " rows, the same on both sides\n", rows);
}

err command_migrate(struct cx *cx, struct args *a)
{
	struct end from, to;
	struct db_transferred *tables;
	size_t n;
	TRY(args_done(cx, a, 2, 2));
	TRY(find_end(cx, a->at[0], true, &from));
	TRY(find_end(cx, a->at[1], false, &to));
	if (str_eq(from.url, to.url)) return cx_fail(cx, INVALID, NULL, "both are the same database");
	TRY(copy_media(cx, &from, &to)); /* first: no row without its bytes */
	err e = db_transfer(cx, from.url, to.url, show_progress, NULL, &tables, &n);
	if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
	TRY(e);
	TRY(gather(cx, to.url));
	tell(tables, n);
	if (from.dir && !to.dir) printf("To serve the copy, write its URL under [database] in %s/site.conf.\n", from.dir);
	return OK;
}
