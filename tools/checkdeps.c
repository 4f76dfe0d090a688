/* checkdeps: fails the build where the code leaves the map.
 *
 *     checkdeps ROOT [STAMP]
 *
 * ROOT/deps.txt says which folder of src/ may include from which; a folder's line names only folders of lines above it,
 * so the arrows point downward. Checked in every src/FOLDER/NAME.[ch] and in src/main.c (folder "main"; the generated
 * sql.h counts as db): includes of ours go where they may; a .c ends its includes with base/banned.h; a header is guarded by
 * FOLDER_NAME_H; no file is longer than 800 lines. Each fault is told as file:line; STAMP is written when there is none. */
#define OWNS_MEMORY /* scandir's answers are freed */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/vec.h"
#include "base/banned.h"

#define MAX_LINES 800
#define MAX_FILE (4 * MIB)

typedef VEC(str) strs;

struct folder {
	str name;
	strs may;
};

struct check {
	struct cx *cx;
	const char *root;
	VEC(struct folder) folders;
	int faults, files;
};

static void fault(struct check *c, str file, int line, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void fault(struct check *c, str file, int line, const char *fmt, ...)
{
	c->faults++;
	fprintf(stderr, STR_FMT ":%d: error: ", STR_ARG(file), line);
	va_list ap;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* A file below the root; empty, with a fault told, when it cannot be read. */
static str read_all(struct check *c, str file)
{
	struct buf b = buf_new(c->cx, MAX_FILE);
	FILE *f = fopen(str_c(c->cx, str_fmt(c->cx, "%s/" STR_FMT, c->root, STR_ARG(file))), "rb");
	if (!f) {
		fault(c, file, 0, "cannot be opened: %s", strerror(errno));
		return S("");
	}
	char part[8192];
	size_t n;
	while ((n = fread(part, 1, sizeof part, f)) > 0) buf_str(&b, (str){ part, n });
	if (ferror(f) || b.full) fault(c, file, 0, "cannot be read");
	fclose(f);
	return buf_view(&b);
}

static const struct folder *find_folder(const struct check *c, str name)
{
	for (size_t i = 0; i < c->folders.n; i++)
		if (str_eq(c->folders.at[i].name, name)) return &c->folders.at[i];
	return NULL;
}

/* ---- deps.txt ---- */

static void read_rule(struct check *c, str line, int number)
{
	str rest, name = str_trim(str_cut(line, ':', &rest));
	struct folder f = { .name = name };
	if (str_find_char(line, ':', 0) < 0) fault(c, S("deps.txt"), number, "is not FOLDER: FOLDER ...");
	if (find_folder(c, name)) fault(c, S("deps.txt"), number, STR_FMT " has a line already", STR_ARG(name));
	for (rest = str_trim(rest); rest.n; rest = str_trim(rest)) {
		str to = str_cut(rest, ' ', &rest);
		if (!find_folder(c, to))
			fault(c, S("deps.txt"), number, STR_FMT " is not named above: arrows point downward", STR_ARG(to));
		vec_push(c->cx, &f.may, to);
	}
	vec_push(c->cx, &c->folders, f);
}

static void read_rules(struct check *c)
{
	str all = read_all(c, S("deps.txt"));
	for (int number = 1; all.n; number++) {
		str line = str_trim(str_cut(all, '\n', &all));
		if (line.n && line.p[0] != '#') read_rule(c, line, number);
	}
}

/* ---- one source file ---- */

struct source {
	str file, name; /* "src/db/db.c", "db.c" */
	const struct folder *folder;
	bool header;
	int directives;
	str guard, last;
	int last_line;
};

static void check_include(struct check *c, const struct source *s, str what, int line)
{
	str rest, to = str_cut(what, '/', &rest);
	if (str_eq(what, S("sql.h"))) to = S("db");
	else if (!rest.n) {
		fault(c, s->file, line, "\"" STR_FMT "\" is named without its folder", STR_ARG(what));
		return;
	}
	if (str_eq(to, s->folder->name)) return;
	for (size_t i = 0; i < s->folder->may.n; i++)
		if (str_eq(s->folder->may.at[i], to)) return;
	fault(c, s->file, line, STR_FMT " may not include from " STR_FMT " (deps.txt)", STR_ARG(s->folder->name), STR_ARG(to));
}

static str guard_name(struct check *c, const struct source *s)
{
	struct buf b = buf_new(c->cx, 200);
	str both[] = { s->folder->name, str_sub(s->name, 0, s->name.n - 2) };
	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; k < both[i].n; k++) {
			char ch = both[i].p[k];
			buf_char(&b, ch >= 'a' && ch <= 'z' ? (char)(ch - 32) : ch == '-' || ch == '.' ? '_' : ch);
		}
		buf_char(&b, '_');
	}
	buf_lit(&b, "H");
	return buf_view(&b);
}

/* line is a directive without its '#'. */
static void check_directive(struct check *c, struct source *s, str line, int number)
{
	size_t n = 0;
	while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t') n++;
	str word = str_sub(line, 0, n), rest = str_trim(str_sub(line, n, line.n));
	s->directives++;
	if (s->header && s->directives <= 2) {
		const char *due = s->directives == 1 ? "ifndef" : "define";
		if (!str_eq(word, str_of(due)) || !str_eq(rest, s->guard))
			fault(c, s->file, number, "the include guard is missing: #%s " STR_FMT, due, STR_ARG(s->guard));
	}
	if (!str_eq(word, S("include"))) return;
	s->last = rest;
	s->last_line = number;
	if (!str_starts(rest, S("\""))) return;
	ptrdiff_t end = str_find_char(rest, '"', 1);
	if (end > 0) check_include(c, s, str_sub(rest, 1, (size_t)end - 1), number);
}

static void check_file(struct check *c, const struct folder *folder, str file, str name)
{
	struct source s = { .file = file, .name = name, .folder = folder, .header = str_ends(name, S(".h")) };
	s.guard = guard_name(c, &s);
	str all = read_all(c, file);
	int number = 0;
	while (all.n) {
		str line = str_trim(str_cut(all, '\n', &all));
		number++;
		if (str_starts(line, S("#"))) check_directive(c, &s, str_trim(str_sub(line, 1, line.n)), number);
	}
	c->files++;
	if (number > MAX_LINES) fault(c, file, number, "has %d lines; %d are the most", number, MAX_LINES);
	if (s.header && s.directives < 2) fault(c, file, 1, "the include guard is missing: #ifndef " STR_FMT, STR_ARG(s.guard));
	if (!s.header && !str_starts(s.last, S("\"base/banned.h\"")))
		fault(c, file, s.last_line ? s.last_line : 1, "the last #include is not \"base/banned.h\"");
}

/* ---- the tree ---- */

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* The names in a folder below the root, in order, without those that begin with a dot. */
static strs list(struct check *c, str path)
{
	strs names = { 0 };
	struct dirent **found;
	int n = scandir(str_c(c->cx, str_fmt(c->cx, "%s/" STR_FMT, c->root, STR_ARG(path))), &found, NULL, by_name);
	if (n < 0) {
		fault(c, path, 0, "cannot be read: %s", strerror(errno));
		return names;
	}
	for (int i = 0; i < n; i++) {
		if (found[i]->d_name[0] != '.') vec_push(c->cx, &names, str_copy(c->cx, str_of(found[i]->d_name)));
		free(found[i]);
	}
	free(found);
	return names;
}

static bool is_source(str name) { return str_ends(name, S(".c")) || str_ends(name, S(".h")); }

static void check_folder(struct check *c, str name)
{
	str path = str_fmt(c->cx, "src/" STR_FMT, STR_ARG(name));
	const struct folder *folder = find_folder(c, name);
	strs files = list(c, path);
	for (size_t i = 0; i < files.n; i++) {
		str whole = str_fmt(c->cx, STR_FMT "/" STR_FMT, STR_ARG(path), STR_ARG(files.at[i]));
		if (!is_source(files.at[i])) continue;
		if (folder) check_file(c, folder, whole, files.at[i]);
		else fault(c, whole, 1, "folder " STR_FMT " has no line in deps.txt", STR_ARG(name));
	}
}

static void check_tree(struct check *c)
{
	const struct folder *at_top = find_folder(c, S("main"));
	strs names = list(c, S("src"));
	for (size_t i = 0; i < names.n; i++) {
		str name = names.at[i], path = str_fmt(c->cx, "src/" STR_FMT, STR_ARG(name));
		if (str_eq(name, S("main.c")) && at_top) check_file(c, at_top, path, name);
		else if (is_source(name)) fault(c, path, 1, "stands in no folder");
		else if (!str_eq(name, S("meson.build"))) check_folder(c, name);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fputs("usage: checkdeps ROOT [STAMP]\n", stderr);
		return 2;
	}
	struct check c = { .cx = cx_new(), .root = argv[1] };
	read_rules(&c);
	check_tree(&c);
	if (!c.faults && !c.files) fault(&c, S("src"), 0, "holds no file to check");
	int faults = c.faults;
	cx_end(c.cx);
	if (faults) return 1;
	FILE *stamp = argc == 3 ? fopen(argv[2], "wb") : NULL;
	return argc == 3 && (!stamp || fclose(stamp) != 0) ? 1 : 0;
}
