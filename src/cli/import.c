/* Bringing an archive in: every file of the paths given, each in a transaction of its own. */
#define OWNS_MEMORY
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/import_page.h"
#include "base/arena.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "sys/spool.h"
#include "base/banned.h"

#define DEPTH_MAX 32

struct import {
	struct db *db;
	struct reader *reader;
	const struct site *site;
	bool dry_run, site_blocks, quiet;
	json_t *report; /* rows, or NULL */
	int64_t articles, comments, blocks, known, refused;
};

/* A dry run does everything and then says no, so that the transaction leaves nothing. */
struct attempt {
	struct import_page page;
	bool dry_run, done;
};

static err try_one(struct cx *cx, struct db *db, void *arg)
{
	struct attempt *a = arg;
	TRY(import_page(cx, db, &a->page));
	a->done = true;
	if (a->dry_run) return cx_fail(cx, CONFLICT, NULL, "a dry run writes nothing");
	return site_changed(cx, db, NULL);
}

static void note(struct import *in, const char *path, const char *result, const struct import_page *page, str why)
{
	if (!in->report) return;
	json_t *row = json_object();
	json_array_append_new(in->report, row);
	json_object_set_new(row, "path", json_string(path));
	json_object_set_new(row, "result", json_string(result));
	if (page) json_object_set_new(row, "article", json_integer(page->article));
	if (page) json_object_set_new(row, "title", json_stringn(page->title.p, page->title.n));
	if (why.n) json_object_set_new(row, "why", json_stringn(why.p, why.n));
}

static void refuse(struct cx *cx, struct import *in, const char *path)
{
	str why = cx_fault_line(cx);
	in->refused++;
	note(in, path, "refused", NULL, why);
	fprintf(stderr, "%s: " STR_FMT "\n", path, STR_ARG(why));
}

/* Archives that are no pages are told apart by how they begin, so that they are refused by their names. */
static err other_archive(struct cx *cx, str bytes)
{
	static const struct {
		str begins, what;
	} kinds[] = { { S_INIT("WARC/"), S_INIT("a WARC file") }, { S_INIT("\x1f\x8b"), S_INIT("a gzip file") }, { S_INIT("PK\x03\x04"), S_INIT("a ZIP file") },
		{ S_INIT("<?xml"), S_INIT("XML (a feed or WordPress export)") } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_starts(bytes, kinds[i].begins))
			return cx_fail(cx, INVALID, NULL, "is " STR_FMT ", which this version does not read yet; it reads saved pages", STR_ARG(kinds[i].what));
	return OK;
}

static void import_file(struct cx *cx, struct import *in, const char *path)
{
	struct attempt a = { .page = { .reader = in->reader, .site_blocks = in->site_blocks, .language = in->site->conf.language }, .dry_run = in->dry_run };
	err e = spool_read_file(cx, path, LIMIT_IMPORT_FILE, &a.page.bytes);
	if (e == OK) e = other_archive(cx, a.page.bytes);
	if (e == OK) e = db_transaction(cx, in->db, try_one, &a);
	if (e != OK && !(a.done && in->dry_run)) return refuse(cx, in, path);
	in->articles += !a.page.again;
	in->known += a.page.again;
	in->comments += a.page.comments;
	in->blocks += a.page.blocks;
	note(in, path, a.page.again ? "known" : "new", &a.page, S(""));
	if (!in->quiet) printf("%s: %s, " STR_FMT "\n", path, a.page.again ? "known already" : in->dry_run ? "would be new" : "new", STR_ARG(a.page.title));
}

static void import_path(struct cx *cx, struct import *in, const char *path, int depth);

static void import_folder(struct cx *cx, struct import *in, const char *path, int depth)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort); /* in order of name: the same archive comes in the same way twice */
	if (n < 0 && cx_fail(cx, FAILED, NULL, "%s", strerror(errno)) != OK) refuse(cx, in, path);
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') import_path(cx, in, str_c(cx, str_fmt(cx, "%s/%s", path, entries[i]->d_name)), depth + 1);
		free(entries[i]);
	}
	if (n >= 0) free(entries);
}

static void import_path(struct cx *cx, struct import *in, const char *path, int depth)
{
	struct stat st;
	struct arena_mark mark = arena_mark(cx->arena);
	/* A link is followed where it was named, not where it was met: folders that lead back to themselves end. */
	if ((depth ? lstat(path, &st) : stat(path, &st)) != 0) {
		if (cx_fail(cx, NOTFOUND, NULL, "%s", strerror(errno)) != OK) refuse(cx, in, path);
	} else if (S_ISDIR(st.st_mode) && depth >= DEPTH_MAX) {
		if (cx_fail(cx, LIMIT, NULL, "lies more than %d folders deep", DEPTH_MAX) != OK) refuse(cx, in, path);
	} else if (S_ISDIR(st.st_mode)) {
		import_folder(cx, in, path, depth);
	} else if (S_ISREG(st.st_mode)) {
		import_file(cx, in, path);
	}
	arena_rewind(cx->arena, mark);
}

static err write_report(struct cx *cx, struct import *in, str path)
{
	if (!in->report) return OK;
	json_t *all = json_pack("{s:I, s:I, s:I, s:I, s:I, s:O}", "articles", (json_int_t)in->articles, "comments", (json_int_t)in->comments, "blocks",
	    (json_int_t)in->blocks, "known", (json_int_t)in->known, "refused", (json_int_t)in->refused, "files", in->report);
	size_t n = json_dumpb(all, NULL, 0, JSON_INDENT(1));
	char *text = cx_alloc(cx, n + 1);
	json_dumpb(all, text, n, JSON_INDENT(1));
	json_decref(all);
	json_decref(in->report);
	return spool_write_file(cx, str_c(cx, path), (str){ text, n }, 0644);
}

static const char *plural(int64_t n) { return n == 1 ? "" : "s"; }

err command_import(struct cx *cx, struct args *a)
{
	struct site site;
	struct import in = { .dry_run = args_flag(a, "--dry-run"), .site_blocks = args_flag(a, "--site-blocks"), .quiet = args_flag(a, "--quiet") };
	str format = args_option(a, "--format"), report = args_option(a, "--report");
	TRY(args_done(cx, a, 2, 1000000));
	if (!format.p) format = S("auto");
	if (str_eq(format, S("warc")) || str_eq(format, S("wxr")) || str_eq(format, S("rss")))
		return cx_fail(cx, FAILED, NULL, "this version does not read " STR_FMT " archives yet; it reads saved pages (--format page)", STR_ARG(format));
	if (!str_eq(format, S("auto")) && !str_eq(format, S("page"))) return args_usage(cx);
	TRY(site_open(cx, a->at[0], true, &site));
	TRY(site_db(cx, &site, DB_WRITE, &in.db));
	TRY(site_reader(cx, &site, &in.reader));
	in.site = &site;
	if (report.p) in.report = json_array();
	for (int i = 1; i < a->n; i++) import_path(cx, &in, a->at[i], 0);
	TRY(write_report(cx, &in, report));
	printf("%s %" PRId64 " article%s, %" PRId64 " comment%s, %" PRId64 " block%s; %" PRId64 " known already; %" PRId64 " refused\n",
	    in.dry_run ? "would import" : "imported", in.articles, plural(in.articles), in.comments, plural(in.comments), in.blocks,
	    plural(in.blocks), in.known, in.refused);
	if (!in.refused) return OK;
	return cx_fail(cx, FAILED, NULL, "%" PRId64 " file%s refused, and named above", in.refused, in.refused == 1 ? " was" : "s were");
}
