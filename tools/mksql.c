/* mksql: compiles query files to typed C functions, so that no SQL text is built at run time and a query whose
 * parameters or columns changed is a compile error where it is used.
 *
 *     mksql OUT.h OUT.c [EXCEPTIONS] FILE.sql ...
 *
 * A file named NNNN-name.sql is a migration in SQLite's words: it is embedded as it stands, and beside it rewritten for
 * PostgreSQL. Any other file holds queries; each opens with comment lines and ends at the next:
 *
 *     -- @query article_by_id read maybe
 *     -- One sentence or more saying what it is for.
 *     -- @param id int
 *     -- @col title text
 *     SELECT a.title AS title FROM article a WHERE a.id = $1;
 *
 * Kinds: read, write. Cardinalities: none, count (rows changed), one, maybe, many (its text must hold a LIMIT). Types:
 * int, text, real, blob. Parameters are $1, $2, ... in the order of their @param lines. "-- @row NAME" gives several
 * queries with equal columns one struct, sql_row_NAME. Faults are told as file:line and end the build.
 *
 * NAME.pg.sql holds what PostgreSQL must be asked in other words: a query under the same name, with the same kind, parameters and columns, or
 * (NNNN-name.pg.sql) a whole migration. Each stands in the file EXCEPTIONS, a line "name: why"; there are fewer than ten. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "mksql_tables.h"
#include "base/banned.h"

#define MAX_FILE (4 * MIB)

enum type { T_INT, T_TEXT, T_REAL, T_BLOB, T_TEXT_OR_NULL, T_BLOB_OR_NULL }; /* the last two: parameters only */
static const char *const type_names[] = { "int", "text", "real", "blob", "text?", "blob?", NULL };
static const char *const type_words[] = { "SQL_INT", "SQL_TEXT", "SQL_REAL", "SQL_BLOB", "SQL_TEXT_OR_NULL", "SQL_BLOB_OR_NULL" };
static const char *const type_fields[] = { "i", "s", "r", "s", "s", "s" };
static const char *const type_c[] = { "int64_t ", "str ", "double ", "str ", "str ", "str " };

enum card { C_NONE, C_COUNT, C_ONE, C_MAYBE, C_MANY };
static const char *const card_names[] = { "none", "count", "one", "maybe", "many", NULL };
static const char *const card_words[] = { "SQL_NONE", "SQL_COUNT", "SQL_ONE", "SQL_MAYBE", "SQL_MANY" };

struct place {
	const char *file;
	int line;
};

struct field {
	str name;
	enum type type;
};

struct query {
	struct place at;
	str name, row, doc, text, text_pg; /* text_pg: empty where text serves both engines */
	bool write;
	enum card card;
	VEC(struct field) params;
	VEC(struct field) cols;
};

struct migration {
	struct place at;
	int64_t version;
	str name, text, text_pg;
};

/* What EXCEPTIONS lists. */
struct exception {
	struct place at;
	str name;
	bool used;
};

struct input {
	struct cx *cx;
	VEC(struct query) queries;
	VEC(struct query) pg_queries;
	VEC(struct migration) migrations;
	VEC(struct migration) pg_migrations;
	VEC(struct exception) exceptions;
	struct tables *tables;
};

static _Noreturn void die(struct place at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static _Noreturn void die(struct place at, const char *fmt, ...)
{
	fprintf(stderr, "%s:%d: error: ", at.file, at.line);
	va_list ap;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static str read_all(struct cx *cx, const char *file)
{
	struct place at = { file, 0 };
	FILE *f = fopen(file, "rb");
	if (!f) die(at, "cannot be opened: %s", strerror(errno));
	struct buf b = buf_new(cx, MAX_FILE);
	char part[8192];
	size_t n;
	while ((n = fread(part, 1, sizeof part, f)) > 0) buf_str(&b, (str){ part, n });
	if (ferror(f)) die(at, "cannot be read");
	fclose(f);
	if (b.full) die(at, "is larger than %ld bytes", MAX_FILE);
	str s = buf_view(&b);
	if (!utf8_valid(s) || str_find_char(s, '\0', 0) >= 0) die(at, "is not UTF-8 text");
	return s;
}

/* ---- words ---- */

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The next word of *line, separated by blanks; empty at its end. */
static str word(str *line)
{
	str s = str_trim(*line);
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t') n++;
	*line = str_trim(str_sub(s, n, s.n));
	return str_sub(s, 0, n);
}

static int one_of(str s, const char *const *names)
{
	for (int i = 0; names[i]; i++)
		if (str_eq(s, str_of(names[i]))) return i;
	return -1;
}

/* Names become C names: lower-case letters, digits and underscores, and no word of C's. */
static void check_name(struct place at, str s, const char *what)
{
	static const char *const keywords[] = { "auto", "break", "case", "char", "const", "continue", "default", "do",
		"double", "else", "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
		"restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
		"unsigned", "void", "volatile", "while", "asm", "typeof", NULL };
	bool good = s.n > 0 && s.n <= 48 && s.p[0] >= 'a' && s.p[0] <= 'z' && one_of(s, keywords) < 0;
	for (size_t i = 0; i < s.n; i++) good = good && is_word(s.p[i]) && !(s.p[i] >= 'A' && s.p[i] <= 'Z');
	if (!good)
		die(at, "\"" STR_FMT "\" is no name for a %s: lower-case letters, digits and _, no word of C", STR_ARG(s),
		    what);
}

static bool is_pg(const char *file) { return str_ends(str_of(file), S(".pg.sql")); }

/* ---- reading one query ---- */

static struct field parse_field(struct place at, str rest, const char *what)
{
	struct field f = { .name = word(&rest) };
	check_name(at, f.name, what);
	str t = word(&rest);
	int type = one_of(t, type_names);
	if (type < 0) die(at, "\"" STR_FMT "\" is no type: int, text, real, blob", STR_ARG(t));
	if (rest.n) die(at, "more than a name and a type");
	f.type = (enum type)type;
	return f;
}

static void add_param(struct input *in, struct query *q, struct place at, str rest)
{
	static const char *const taken[] = { "cx", "db", "out", "rows", "n", "changed", "str", NULL };
	struct field f = parse_field(at, rest, "parameter");
	if (one_of(f.name, taken) >= 0) die(at, "a parameter cannot be called " STR_FMT, STR_ARG(f.name));
	for (size_t i = 0; i < q->params.n; i++)
		if (str_eq(q->params.at[i].name, f.name)) die(at, "parameter " STR_FMT " comes twice", STR_ARG(f.name));
	vec_push(in->cx, &q->params, f);
}

static void add_col(struct input *in, struct query *q, struct place at, str rest)
{
	struct field f = parse_field(at, rest, "column");
	if (f.type > T_BLOB) die(at, "a column is text or blob: NULL reads as p == NULL whatever it is called");
	for (size_t i = 0; i < q->cols.n; i++)
		if (str_eq(q->cols.at[i].name, f.name)) die(at, "column " STR_FMT " comes twice", STR_ARG(f.name));
	vec_push(in->cx, &q->cols, f);
}

static struct query parse_query_line(struct input *in, struct place at, str rest)
{
	static const char *const kinds[] = { "read", "write", NULL };
	struct query q = { .at = at, .name = word(&rest) };
	check_name(at, q.name, "query");
	size_t n = is_pg(at.file) ? in->pg_queries.n : in->queries.n;
	for (size_t i = 0; i < n; i++) {
		const struct query *other = is_pg(at.file) ? &in->pg_queries.at[i] : &in->queries.at[i];
		if (str_eq(other->name, q.name))
			die(at, "query " STR_FMT " is already at %s:%d", STR_ARG(q.name), other->at.file, other->at.line);
	}
	str k = word(&rest);
	int kind = one_of(k, kinds);
	if (kind < 0) die(at, "\"" STR_FMT "\" is no kind: read, write", STR_ARG(k));
	q.write = kind == 1;
	str c = word(&rest);
	int card = one_of(c, card_names);
	if (card < 0) die(at, "\"" STR_FMT "\" is no cardinality: none, count, one, maybe, many", STR_ARG(c));
	q.card = (enum card)card;
	if (rest.n) die(at, "more than a name, a kind and a cardinality");
	return q;
}

/* ---- what the text of a query must hold ---- */

struct seen {
	uint64_t params; /* bit n - 1: $n is used */
	bool limit, returning;
	str first; /* word */
};

/* Past the quoted or commented part that begins at i, or i itself when none does. */
static size_t skip_quoted(struct place at, str t, size_t i)
{
	char c = t.p[i], next = i + 1 < t.n ? t.p[i + 1] : 0;
	if (c == '\'' || c == '"') {
		ptrdiff_t end = str_find_char(t, c, i + 1); /* a doubled quote reads as two strings side by side */
		if (end < 0) die(at, "a %c is not closed", c);
		return (size_t)end + 1;
	}
	if (c == '-' && next == '-') {
		ptrdiff_t end = str_find_char(t, '\n', i);
		return end < 0 ? t.n : (size_t)end;
	}
	if (c == '/' && next == '*') {
		ptrdiff_t end = str_find(t, S("*/"), i + 2);
		if (end < 0) die(at, "a comment is not closed");
		return (size_t)end + 2;
	}
	return i;
}

static size_t see_param(const struct query *q, size_t i, struct seen *seen)
{
	size_t end = i + 1;
	while (end < q->text.n && is_word(q->text.p[end])) end++;
	int64_t n;
	if (!str_to_int(str_sub(q->text, i + 1, end - i - 1), 1, 64, &n))
		die(q->at, "in " STR_FMT ": parameters are $1 to $64", STR_ARG(q->name));
	if ((size_t)n > q->params.n)
		die(q->at, "in " STR_FMT ": $%d is used but there are %zu @param lines", STR_ARG(q->name), (int)n,
		    q->params.n);
	seen->params |= UINT64_C(1) << (n - 1);
	return end;
}

static size_t see_word(const struct query *q, size_t i, struct seen *seen)
{
	size_t end = i;
	while (end < q->text.n && is_word(q->text.p[end])) end++;
	str w = str_sub(q->text, i, end - i);
	if (!seen->first.n) seen->first = w;
	seen->limit |= str_eq_ascii_ci(w, S("limit"));
	seen->returning |= str_eq_ascii_ci(w, S("returning"));
	return end;
}

static struct seen look_at_text(const struct query *q)
{
	struct seen seen = { 0 };
	for (size_t i = 0; i < q->text.n;) {
		size_t past = skip_quoted(q->at, q->text, i);
		char c = q->text.p[i];
		if (past > i) i = past;
		else if (c == '$') i = see_param(q, i, &seen);
		else if (is_word(c)) i = see_word(q, i, &seen);
		else if (!is_pg(q->at.file) && (c == '?' || c == ':' || c == '@')) /* operators and casts of PostgreSQL's */
			die(q->at, "in " STR_FMT ": '%c' is not used here: parameters are $1, $2, ...", STR_ARG(q->name), c);
		else if (c == ';') die(q->at, "in " STR_FMT ": more than one statement", STR_ARG(q->name));
		else i++;
	}
	return seen;
}

static void check_cardinality(const struct query *q, const struct seen *seen)
{
	bool rows = q->card == C_ONE || q->card == C_MAYBE || q->card == C_MANY;
	if (rows && !q->cols.n) die(q->at, STR_FMT " answers rows but has no @col line", STR_ARG(q->name));
	if (!rows && q->cols.n)
		die(q->at, STR_FMT " has @col lines but answers no rows: one, maybe or many", STR_ARG(q->name));
	if (!rows && !q->write) die(q->at, STR_FMT " reads but answers no rows", STR_ARG(q->name));
	if (q->row.n && !rows) die(q->at, STR_FMT " has @row but answers no rows", STR_ARG(q->name));
	if (q->write && rows != seen->returning)
		die(q->at, STR_FMT " %s", STR_ARG(q->name),
		    rows ? "writes and answers rows, so its text needs RETURNING"
			 : "has RETURNING, so it needs @col lines and one, maybe or many");
	if (q->card == C_MANY && !seen->limit) die(q->at, STR_FMT " is many without a LIMIT", STR_ARG(q->name));
}

static void check_query(const struct query *q)
{
	if (!q->text.n) die(q->at, STR_FMT " has no text", STR_ARG(q->name));
	if (!q->doc.n) die(q->at, STR_FMT " has no sentence saying what it is for", STR_ARG(q->name));
	struct seen seen = look_at_text(q);
	for (size_t i = 0; i < q->params.n; i++)
		if (!(seen.params >> i & 1))
			die(q->at, "in " STR_FMT ": $%zu (" STR_FMT ") is not used", STR_ARG(q->name), i + 1,
			    STR_ARG(q->params.at[i].name));
	static const char *const reads[] = { "select", "with", "values", NULL };
	static const char *const writes[] = { "insert", "update", "delete", "replace", "with", NULL };
	char first[16] = "";
	for (size_t i = 0; i < seen.first.n && i < sizeof first - 1; i++) first[i] = (char)(seen.first.p[i] | 0x20);
	if (one_of(str_of(first), q->write ? writes : reads) < 0)
		die(q->at, STR_FMT " is a %s but begins with " STR_FMT, STR_ARG(q->name), q->write ? "write" : "read",
		    STR_ARG(seen.first));
	check_cardinality(q, &seen);
}

static bool same_cols(const struct query *a, const struct query *b)
{
	if (a->cols.n != b->cols.n) return false;
	for (size_t i = 0; i < a->cols.n; i++)
		if (!str_eq(a->cols.at[i].name, b->cols.at[i].name) || a->cols.at[i].type != b->cols.at[i].type) return false;
	return true;
}

/* The first query that uses q's row, which may be q itself. */
static const struct query *row_owner(const struct input *in, const struct query *q)
{
	for (size_t i = 0; i < in->queries.n; i++)
		if (str_eq(in->queries.at[i].row, q->row)) return &in->queries.at[i];
	return q;
}

static void finish_query(struct input *in, struct query *q, struct buf *doc, struct buf *text)
{
	q->doc = str_trim(buf_view(doc));
	q->text = str_trim(buf_view(text));
	if (str_ends(q->text, S(";"))) q->text = str_trim(str_sub(q->text, 0, q->text.n - 1));
	check_query(q);
	if (is_pg(q->at.file)) {
		vec_push(in->cx, &in->pg_queries, *q);
		return;
	}
	if (q->row.n) {
		const struct query *owner = row_owner(in, q);
		if (owner != q && !same_cols(owner, q))
			die(q->at, STR_FMT " and " STR_FMT " (%s:%d) share @row " STR_FMT " but not their columns",
			    STR_ARG(q->name), STR_ARG(owner->name), owner->at.file, owner->at.line, STR_ARG(q->row));
	}
	vec_push(in->cx, &in->queries, *q);
}

static void parse_directive(struct input *in, struct query *q, struct place at, str line)
{
	str d = word(&line);
	if (str_eq(d, S("@param"))) add_param(in, q, at, line);
	else if (str_eq(d, S("@col"))) add_col(in, q, at, line);
	else if (str_eq(d, S("@row"))) {
		if (q->row.n) die(at, "a second @row");
		q->row = word(&line);
		check_name(at, q->row, "row");
		if (line.n) die(at, "more than a name");
	} else
		die(at, "\"" STR_FMT "\" is not known: @query @param @col @row", STR_ARG(d));
}

static void parse_queries(struct input *in, const char *file)
{
	str all = read_all(in->cx, file);
	struct place at = { file, 0 };
	struct query q = { 0 };
	bool open = false;
	struct buf doc = { 0 }, text = { 0 };
	while (all.n) {
		str raw = str_cut(all, '\n', &all), line = str_trim(raw);
		at.line++;
		bool comment = str_starts(line, S("--"));
		str said = comment ? str_trim(str_sub(line, 2, line.n)) : line;
		bool directive = comment && str_starts(said, S("@"));
		if (directive && str_starts(said, S("@query"))) {
			if (open) finish_query(in, &q, &doc, &text);
			word(&said);
			q = parse_query_line(in, at, said);
			doc = buf_new(in->cx, MAX_FILE);
			text = buf_new(in->cx, MAX_FILE);
			open = true;
		} else if (!open) {
			if (line.n && (!comment || directive)) die(at, "stands before the first @query");
		} else if (directive) {
			if (text.n) die(at, "stands behind the text of " STR_FMT, STR_ARG(q.name));
			parse_directive(in, &q, at, said);
		} else if (comment) {
			if (!text.n) buf_fmt(&doc, STR_FMT "\n", STR_ARG(said));
		} else if (line.n) {
			buf_fmt(&text, STR_FMT "\n", STR_ARG(raw));
		}
	}
	if (open) finish_query(in, &q, &doc, &text);
}

/* ---- migrations ---- */

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');
	return slash ? slash + 1 : file;
}

static bool is_migration(const char *file)
{
	const char *b = base_name(file);
	return is_digit(b[0]) && is_digit(b[1]) && is_digit(b[2]) && is_digit(b[3]) && b[4] == '-';
}

/* The words of a schema that PostgreSQL has others for; the longest first. A number that the database gives is the
 * key that nobody names when inserting. */
static const struct {
	str ours, theirs;
} rewritten[] = {
	{ S_INIT("INTEGER PRIMARY KEY"), S_INIT("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY") },
	{ S_INIT("INTEGER"), S_INIT("BIGINT") },
	{ S_INIT("BLOB"), S_INIT("BYTEA") },
	{ S_INIT("REAL"), S_INIT("DOUBLE PRECISION") },
	{ S_INIT(" STRICT"), S_INIT("") },
};

static size_t rewrite_word(str t, size_t i, struct buf *out)
{
	for (size_t k = 0; k < sizeof rewritten / sizeof *rewritten; k++) {
		str ours = rewritten[k].ours;
		if (!str_eq(str_sub(t, i, ours.n), ours) || (i + ours.n < t.n && is_word(t.p[i + ours.n]))) continue;
		if (ours.p[0] != ' ' && i > 0 && is_word(t.p[i - 1])) continue;
		buf_str(out, rewritten[k].theirs);
		return i + ours.n;
	}
	buf_char(out, t.p[i]);
	return i + 1;
}

static str rewrite(struct cx *cx, struct place at, str t)
{
	struct buf out = buf_new(cx, MAX_FILE);
	for (size_t i = 0; i < t.n;) {
		size_t past = skip_quoted(at, t, i);
		if (past > i) {
			buf_str(&out, str_sub(t, i, past - i));
			i = past;
		} else {
			i = rewrite_word(t, i, &out);
		}
	}
	if (out.full) die(at, "is too large when rewritten for PostgreSQL");
	return buf_view(&out);
}

static void parse_migration(struct input *in, const char *file)
{
	struct migration m = { .at = { file, 1 } };
	str name = str_of(base_name(file));
	bool pg = is_pg(file);
	(void)str_to_int(str_sub(name, 0, 4), 0, 9999, &m.version); /* four digits */
	m.name = str_sub(name, 5, name.n - 5 - (pg ? 7 : 4));
	if (!m.name.n) die(m.at, "has no name behind its number");
	m.text = str_trim(read_all(in->cx, file));
	if (!m.text.n) die(m.at, "is empty");
	if (pg) {
		vec_push(in->cx, &in->pg_migrations, m);
		return;
	}
	m.text_pg = rewrite(in->cx, m.at, m.text);
	if (m.version != (int64_t)in->migrations.n + 1)
		die(m.at, "is listed as migration %zu: they are numbered from 0001 without a gap, in order",
		    in->migrations.n + 1);
	vec_push(in->cx, &in->migrations, m);
}

/* ---- what differs for PostgreSQL ---- */

#define MAX_EXCEPTIONS 9

static void parse_exceptions(struct input *in, const char *file)
{
	str all = read_all(in->cx, file);
	struct exception e = { .at = { file, 0 } };
	while (all.n) {
		str line = str_trim(str_cut(all, '\n', &all)), why;
		e.at.line++;
		if (!line.n || line.p[0] == '#') continue;
		e.name = str_trim(str_cut(line, ':', &why));
		if (!e.name.n || !str_trim(why).n) die(e.at, "a line is \"name: why it differs\"");
		vec_push(in->cx, &in->exceptions, e);
	}
	if (in->exceptions.n > MAX_EXCEPTIONS)
		die(e.at, "%zu exceptions: at most %d, the engines are to be asked in the same words", in->exceptions.n, MAX_EXCEPTIONS);
}

static void use_exception(struct input *in, struct place at, str name)
{
	for (size_t i = 0; i < in->exceptions.n; i++) {
		if (!str_eq(in->exceptions.at[i].name, name)) continue;
		in->exceptions.at[i].used = true;
		return;
	}
	die(at, STR_FMT " is not listed in EXCEPTIONS", STR_ARG(name));
}

static bool same_fields(const struct field *a, size_t a_n, const struct field *b, size_t b_n)
{
	if (a_n != b_n) return false;
	for (size_t i = 0; i < a_n; i++)
		if (!str_eq(a[i].name, b[i].name) || a[i].type != b[i].type) return false;
	return true;
}

static void match_query(struct input *in, const struct query *pg)
{
	for (size_t i = 0; i < in->queries.n; i++) {
		struct query *q = &in->queries.at[i];
		if (!str_eq(q->name, pg->name)) continue;
		if (q->write != pg->write || q->card != pg->card || !same_fields(q->params.at, q->params.n, pg->params.at, pg->params.n) ||
		    !same_fields(q->cols.at, q->cols.n, pg->cols.at, pg->cols.n))
			die(pg->at, STR_FMT " has not the kind, parameters and columns of %s:%d", STR_ARG(pg->name), q->at.file, q->at.line);
		q->text_pg = pg->text;
		return;
	}
	die(pg->at, STR_FMT " is for PostgreSQL only: there is no query of that name for both", STR_ARG(pg->name));
}

static void match_migration(struct input *in, const struct migration *pg)
{
	for (size_t i = 0; i < in->migrations.n; i++) {
		struct migration *m = &in->migrations.at[i];
		if (m->version != pg->version || !str_eq(m->name, pg->name)) continue;
		m->text_pg = pg->text;
		return;
	}
	die(pg->at, "there is no migration of that number and name for both");
}

static void match_pg(struct input *in)
{
	for (size_t i = 0; i < in->pg_queries.n; i++) {
		use_exception(in, in->pg_queries.at[i].at, in->pg_queries.at[i].name);
		match_query(in, &in->pg_queries.at[i]);
	}
	for (size_t i = 0; i < in->pg_migrations.n; i++) {
		const struct migration *m = &in->pg_migrations.at[i];
		use_exception(in, m->at, str_fmt(in->cx, "%04d-" STR_FMT, (int)m->version, STR_ARG(m->name)));
		match_migration(in, m);
	}
	for (size_t i = 0; i < in->exceptions.n; i++) {
		const struct exception *e = &in->exceptions.at[i];
		if (!e->used) die(e->at, STR_FMT " differs no more: there is nothing of that name for PostgreSQL alone", STR_ARG(e->name));
	}
}

/* ---- writing ---- */

static void put_literal(FILE *f, str s)
{
	fputs("\n    \"", f);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '"' || c == '\\') fprintf(f, "\\%c", c);
		else if (c == '\n') fputs(i + 1 < s.n ? "\\n\"\n    \"" : "\\n", f);
		else if (c == '\t') fputs("\\t", f);
		else if ((unsigned char)c < 0x20) fprintf(f, "\\%03o", (unsigned)c);
		else fputc(c, f);
	}
	fputc('"', f);
}

static void put_row_type(FILE *f, const struct query *q)
{
	if (q->row.n) fprintf(f, "struct sql_row_" STR_FMT, STR_ARG(q->row));
	else fprintf(f, "struct sql_" STR_FMT, STR_ARG(q->name));
}

/* numbered: parameters are called p1, p2, ... so that no name of a query file meets one of C's in a function body. */
static void put_signature(FILE *f, const struct query *q, bool numbered)
{
	fprintf(f, "err sql_" STR_FMT "(struct cx *cx, struct db *db", STR_ARG(q->name));
	for (size_t i = 0; i < q->params.n; i++) {
		const struct field *p = &q->params.at[i];
		if (numbered) fprintf(f, ", %sp%zu", type_c[p->type], i + 1);
		else fprintf(f, ", %s" STR_FMT, type_c[p->type], STR_ARG(p->name));
	}
	if (q->cols.n) {
		fputs(", ", f);
		put_row_type(f, q);
		fputs(q->card == C_MANY ? " **rows, size_t *n" : " **out", f);
	}
	if (q->card == C_COUNT) fputs(", int64_t *changed", f);
	fputc(')', f);
}

static void put_struct(FILE *f, const struct query *q)
{
	put_row_type(f, q);
	fputs(" {\n", f);
	for (size_t i = 0; i < q->cols.n; i++)
		fprintf(f, "\t%s" STR_FMT ";\n", type_c[q->cols.at[i].type], STR_ARG(q->cols.at[i].name));
	fputs("};\n\n", f);
}

static void put_doc(FILE *f, const struct query *q)
{
	str rest = q->doc;
	fputs("/* ", f);
	while (rest.n) {
		str line = str_cut(rest, '\n', &rest);
		for (size_t i = 0; i < line.n; i++) {
			fputc(line.p[i], f);
			char c = line.p[i], next = i + 1 < line.n ? line.p[i + 1] : 0;
			if ((c == '*' && next == '/') || (c == '/' && next == '*')) fputc(' ', f);
		}
		if (rest.n) fputs("\n * ", f);
	}
	fprintf(f, " (%s:%d) */\n", base_name(q->at.file), q->at.line);
}

static void put_header(FILE *f, const struct input *in)
{
	fputs("/* Made by tools/mksql from the query files. A function for each query: its parameters, then where the answer\n"
	      " * goes. `maybe` answers NULL when there is no row, `one` NOTFOUND. Rows live in the cx's arena. */\n"
	      "#ifndef SQL_H\n#define SQL_H\n\n#include \"db/query.h\"\n\n", f);
	for (size_t i = 0; i < in->queries.n; i++) {
		const struct query *q = &in->queries.at[i];
		if (q->cols.n && (!q->row.n || row_owner(in, q) == q)) put_struct(f, q);
		put_doc(f, q);
		fputs("CHECKED ", f);
		put_signature(f, q, false);
		fputs(";\n\n", f);
	}
	fputs("#endif\n", f);
}

static void put_tables(FILE *f, const struct query *q, size_t number)
{
	if (q->params.n) {
		fprintf(f, "static const enum sql_type params_%zu[] = { ", number);
		for (size_t i = 0; i < q->params.n; i++) fprintf(f, "%s, ", type_words[q->params.at[i].type]);
		fputs("};\n", f);
	}
	if (q->cols.n) {
		fprintf(f, "static const struct sql_col cols_%zu[] = {\n", number);
		for (size_t i = 0; i < q->cols.n; i++) {
			const struct field *c = &q->cols.at[i];
			fprintf(f, "\t{ \"" STR_FMT "\", %s, offsetof(", STR_ARG(c->name), type_words[c->type]);
			put_row_type(f, q);
			fprintf(f, ", " STR_FMT ") },\n", STR_ARG(c->name));
		}
		fputs("};\n", f);
	}
}

static void put_query(FILE *f, const struct query *q, size_t number)
{
	fprintf(f, "\t{ .name = \"" STR_FMT "\", .where = \"%s:%d\", .write = %s, .card = %s,\n", STR_ARG(q->name),
	    base_name(q->at.file), q->at.line, q->write ? "true" : "false", card_words[q->card]);
	if (q->params.n) fprintf(f, "\t  .n_params = %zu, .params = params_%zu,\n", q->params.n, number);
	if (q->cols.n) {
		fprintf(f, "\t  .n_cols = %zu, .cols = cols_%zu, .row_size = sizeof(", q->cols.n, number);
		put_row_type(f, q);
		fputs("),\n", f);
	}
	fputs("\t  .text = ", f);
	put_literal(f, q->text);
	if (q->text_pg.n) {
		fputs(",\n\t  .text_pg = ", f);
		put_literal(f, q->text_pg);
	}
	fputs(" },\n", f);
}

static void put_function(FILE *f, const struct query *q, size_t number)
{
	put_signature(f, q, true);
	fputs("\n{\n\tstruct sql_result got = { 0 };\n", f);
	if (q->params.n) {
		fputs("\tconst union sql_value values[] = { ", f);
		for (size_t i = 0; i < q->params.n; i++)
			fprintf(f, "{ .%s = p%zu }, ", type_fields[q->params.at[i].type], i + 1);
		fputs("};\n", f);
	}
	fprintf(f, "\terr e = db_run(cx, db, %zu, %s, &got);\n", number, q->params.n ? "values" : "NULL");
	if (q->card == C_MANY) fputs("\t*rows = got.rows;\n\t*n = got.n;\n", f);
	else if (q->cols.n) fputs("\t*out = got.rows;\n", f);
	if (q->card == C_COUNT) fputs("\t*changed = got.changed;\n", f);
	fputs("\treturn e;\n}\n\n", f);
}

static void put_source(FILE *f, const struct input *in)
{
	fputs("/* Made by tools/mksql from the query files. */\n#include \"sql.h\"\n\n#include <stddef.h>\n"
	      "#include \"base/banned.h\"\n\n", f);
	for (size_t i = 0; i < in->queries.n; i++) put_tables(f, &in->queries.at[i], i);
	fputs("\nstatic const struct sql_query queries[] = {\n", f);
	for (size_t i = 0; i < in->queries.n; i++) put_query(f, &in->queries.at[i], i);
	fputs("\t{ .name = NULL },\n};\n\nstatic const struct sql_migration migrations[] = {\n", f);
	for (size_t i = 0; i < in->migrations.n; i++) {
		const struct migration *m = &in->migrations.at[i];
		fprintf(f, "\t{ .version = %d, .name = \"" STR_FMT "\", .text = ", (int)m->version, STR_ARG(m->name));
		put_literal(f, m->text);
		if (!str_eq(m->text, m->text_pg)) {
			fputs(",\n\t  .text_pg = ", f);
			put_literal(f, m->text_pg);
		}
		fputs(" },\n", f);
	}
	fputs("\t{ .version = 0 },\n};\n", f);
	tables_put(f, in->tables);
	fprintf(f, "const struct db_catalogue db_catalogue = { %zu, queries, %zu, migrations, TABLES_N, tables, copying };\n\n", in->queries.n, in->migrations.n);
	for (size_t i = 0; i < in->queries.n; i++) put_function(f, &in->queries.at[i], i);
}

static void write_file(const char *path, const struct input *in, void (*put)(FILE *, const struct input *))
{
	struct place at = { path, 0 };
	FILE *f = fopen(path, "wb");
	if (!f) die(at, "cannot be made: %s", strerror(errno));
	put(f, in);
	if (ferror(f) | fclose(f)) die(at, "cannot be written");
}

static void see_schema(struct input *in)
{
	const char *fault;
	str *texts = cx_alloc_array(in->cx, in->migrations.n + 1, sizeof *texts);
	for (size_t i = 0; i < in->migrations.n; i++) texts[i] = in->migrations.at[i].text;
	in->tables = tables_read(in->cx, texts, in->migrations.n, &fault);
	if (fault) die(in->migrations.n ? in->migrations.at[in->migrations.n - 1].at : (struct place){ "schema", 0 }, "%s", fault);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: mksql OUT.h OUT.c [EXCEPTIONS] FILE.sql ...\n", stderr);
		return 2;
	}
	struct input in = { .cx = cx_new() };
	for (int i = 3; i < argc; i++) {
		str name = str_of(argv[i]);
		if (strcmp(base_name(argv[i]), "EXCEPTIONS") == 0) {
			parse_exceptions(&in, argv[i]);
			continue;
		}
		if (!str_ends(name, S(".sql"))) die((struct place){ argv[i], 0 }, "is no .sql file");
		if (is_migration(argv[i])) parse_migration(&in, argv[i]);
		else parse_queries(&in, argv[i]);
	}
	match_pg(&in);
	see_schema(&in);
	write_file(argv[1], &in, put_header);
	write_file(argv[2], &in, put_source);
	cx_end(in.cx);
	return 0;
}
