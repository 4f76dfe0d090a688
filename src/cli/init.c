/* Making a site. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "store/block.h"
#include "store/term.h"
#include "sys/spool.h"
#include "text/slug.h"
#include "base/banned.h"

static err make_dir(struct cx *cx, const char *path)
{
	if (mkdir(path, 0750) == 0 || errno == EEXIST) return OK;
	return cx_fail(cx, FAILED, NULL, "%s: %s", path, strerror(errno));
}

static err first_blocks(struct cx *cx, struct db *db, void *site)
{
	struct reader *reader;
	TRY(site_reader(cx, site, &reader));
	struct block_add latest = { .reader = reader, .kind = BLOCK_LATEST_COMMENTS, .place = PLACE_RIGHT, .title = S("Latest comments") };
	struct page_put about = { reader, S("about"), S("About us"),
		S("Anybody can publish here, without an account. The editors feature, and hide what breaks the rules; everything they do stands in the "
		  "[editorial log](/log), and what they hid stays readable [here](/hidden).\n\nNo addresses of readers or authors are kept.\n") };
	TRY(block_add(cx, db, &latest));
	return page_put(cx, db, &about);
}

/* A value that stands on one line of an INI file. */
static bool fits_a_line(str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == ';') return false;
	return s.n > 0 && s.n <= most;
}

static err write_conf(struct cx *cx, const char *path, str title, str tagline, str address, str database)
{
	str kept = database.n ? str_fmt(cx, "\n[database]\nurl = " STR_FMT "\n", STR_ARG(database)) : S("");
	str line = tagline.n ? str_fmt(cx, "\ntagline = " STR_FMT, STR_ARG(tagline)) : S("");
	str text = str_fmt(cx,
	    "; Settings of this site. `broadside config SITE` lists all there are, with their meaning.\n\n[site]\ntitle = " STR_FMT STR_FMT
	    "\nurl = " STR_FMT "\nlanguage = en\ntimezone = UTC\n\n[listen]\naddress = 127.0.0.1:8080\n" STR_FMT,
	    STR_ARG(title), STR_ARG(line), STR_ARG(address), STR_ARG(kept));
	if (access(path, F_OK) == 0) return cx_fail(cx, CONFLICT, NULL, "%s is there already: nothing was changed", path);
	return spool_write_file(cx, path, text, 0640);
}

/* *found: the database has a site already, of which this is to be another server's folder; it stays as it is. */
static err fill(struct cx *cx, const char *dir, bool demo, bool *found)
{
	struct site site;
	struct db *db;
	struct blocks blocks;
	TRY(site_make(cx, dir, &site));
	TRY(site_db(cx, &site, DB_WRITE, &db));
	TRY(blocks_load(cx, db, &blocks));
	*found = blocks.n > 0;
	if (*found && demo) return cx_fail(cx, CONFLICT, NULL, "the database holds a site already: nothing is invented there");
	if (*found) return OK;
	TRY(db_transaction(cx, db, terms_defaults, NULL));
	return db_transaction(cx, db, demo ? demo_fill : first_blocks, &site);
}

err command_init(struct cx *cx, struct args *a)
{
	str title = args_option(a, "--title"), address = args_option(a, "--url"), tagline = S(""), database = args_option(a, "--database");
	bool demo = args_flag(a, "--demo");
	TRY(args_done(cx, a, 1, 1));
	const char *dir = a->at[0];
	if (!title.p) {
		title = S("Broadside");
		if (demo) TRY(demo_site(cx, &title, &tagline));
	}
	if (!address.p) address = S("http://127.0.0.1:8080");
	if (!fits_a_line(title, 120) || !fits_a_line(address, 120) || (database.n && !fits_a_line(database, 300)))
		return cx_fail(cx, INVALID, NULL, "title, url and database are one line each, without a semicolon");
	TRY(make_dir(cx, dir));
	TRY(make_dir(cx, str_c(cx, str_fmt(cx, "%s/media", dir))));
	const char *conf = str_c(cx, str_fmt(cx, "%s/site.conf", dir));
	TRY(write_conf(cx, conf, title, tagline, address, database));
	bool found;
	err e = fill(cx, dir, demo, &found);
	if (e != OK) unlink(conf); /* so that init can be tried again: each step of fill finds what it did before */
	TRY(e);
	printf(found ? "made %s for the site that the database holds\n" : "made %s\n", dir);
	return OK;
}
