/* One row per setting: whatever needs to know about settings reads this table. */
#include "sys/conf.h"

#include <arpa/inet.h>
#include <ini.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "sys/media.h"
#include "sys/spool.h"
#include "base/banned.h"

#define INI_LINE 190
#define KEPT 1 /* a character that stands in no text: behind it the number of a value that was kept */
#define KEPT_MOST 10

enum kind { TEXT, NUMBER, WORD };

struct row {
	const char *section, *key;
	enum kind kind;
	size_t offset;
	const char *initial;
	int64_t least, most;
	const char *words[4];
	const char *meaning;
};

#define AT(field) offsetof(struct conf, field)

static const struct row rows[] = {
	{ "site", "title", TEXT, AT(title), "Broadside", 1, 120, { 0 }, "the site's name, in the masthead" },
	{ "site", "tagline", TEXT, AT(tagline), "", 0, 200, { 0 }, "a line under the name" },
	{ "site", "url", TEXT, AT(url), "http://127.0.0.1:8080", 1, 200, { 0 }, "where readers find the site, without a slash at the end" },
	{ "site", "language", TEXT, AT(language), "en", 2, 35, { 0 }, "the site's own language, a BCP 47 tag" },
	{ "site", "timezone", TEXT, AT(timezone), "UTC", 1, 64, { 0 }, "the site's time zone, like Europe/Paris" },
	{ "listen", "address", TEXT, AT(listen), "127.0.0.1:8080", 1, 200, { 0 }, "ADDRESS:PORT or unix:PATH; port 0 picks a free one" },
	{ "listen", "metrics", TEXT, AT(metrics), "", 0, 200, { 0 },
	    "a listener of its own for /metrics: unix:PATH, or a loopback ADDRESS:PORT; it must not be the way of any proxy" },
	{ "listen", "behind_proxy", WORD, AT(behind_proxy), "no", 0, 0, { "no", "yes" },
	    "believe X-Forwarded-For and X-Forwarded-Proto when the connection comes from this machine" },
	{ "listen", "workers", NUMBER, AT(workers), "16", 1, 64, { 0 }, "threads that make pages" },
	{ "listen", "connections", NUMBER, AT(connections), "4000", 16, 60000, { 0 }, "most open connections" },
	{ "listen", "idle_seconds", NUMBER, AT(idle_seconds), "30", 2, 600, { 0 }, "how long a silent connection is kept" },
	{ "cache", "megabytes", NUMBER, AT(cache_mb), "32", 0, 4096, { 0 }, "memory for finished pages; 0 keeps none" },
	{ "spam", "challenge", WORD, AT(challenge), "number", 0, 0, { "number", "none" }, "what is asked of those who post" },
	{ "spam", "limit_posts_per_hour", NUMBER, AT(limit_posts_per_hour), "12", 1, 1000000, { 0 }, "articles an hour from one client" },
	{ "spam", "limit_comments_per_hour", NUMBER, AT(limit_comments_per_hour), "60", 1, 1000000, { 0 }, "comments an hour from one client" },
	{ "spam", "limit_files_per_hour", NUMBER, AT(limit_files_per_hour), "120", 1, 1000000, { 0 }, "files an hour from one client" },
	{ "spam", "shared_factor", NUMBER, AT(shared_factor), "20", 1, 1000, { 0 },
	    "how many clients' limits all those have together who come from this machine with no address told, as through an onion service" },
	{ "spam", "least_seconds", NUMBER, AT(least_seconds), "2", 0, 60, { 0 }, "a form sent faster than this was not read by a person" },
	{ "moderation", "wire", WORD, AT(wire), "open", 0, 0, { "open", "held" }, "do articles appear at once, or after an editor saw them" },
	{ "moderation", "delay_minutes", NUMBER, AT(delay_minutes), "0", 0, 120, { 0 },
	    "what people post appears after a chance number of minutes, at most so many; 0: at once" },
	{ "moderation", "withdrawn_days", NUMBER, AT(withdrawn_days), "30", 0, 3650, { 0 },
	    "how long editors can read what its author withdrew, before it is erased by itself" },
	{ "comments", "mode", WORD, AT(comments), "open", 0, 0, { "open", "held", "closed" }, "likewise for comments" },
	{ "upload", "max_file_mb", NUMBER, AT(max_file_mb), "50", 0, 4096, { 0 }, "largest file of any kind" },
	{ "upload", "max_files", NUMBER, AT(max_files), "8", 0, LIMIT_FORM_FILES, { 0 }, "most files in a post; 0 takes none" },
	{ "upload", "max_picture_mb", NUMBER, AT(max_picture_mb), "30", 0, 4096, { 0 }, "largest picture; 0 takes no pictures" },
	{ "upload", "max_sound_mb", NUMBER, AT(max_sound_mb), "4096", 0, 4096, { 0 }, "largest sound; 0 takes none" },
	{ "upload", "max_video_mb", NUMBER, AT(max_video_mb), "4096", 0, 4096, { 0 }, "largest video; 0 takes none" },
	{ "upload", "max_document_mb", NUMBER, AT(max_document_mb), "30", 0, 4096, { 0 }, "largest document; 0 takes none" },
	{ "upload", "keep_free_mb", NUMBER, AT(keep_free_mb), "300", 0, 1000000, { 0 }, "room on the disk that no file may take" },
	{ "upload", "memory_mb", NUMBER, AT(memory_mb), "800", MEDIA_MEMORY_MB, 1000000, { 0 }, "memory that all files being cleaned may take together" },
	{ "mail", "smtp_url", TEXT, AT(smtp_url), "", 0, 200, { 0 }, "where mail is handed over, like smtp://127.0.0.1:25" },
	{ "mail", "from", TEXT, AT(from), "", 0, LIMIT_EMAIL, { 0 }, "the address mail comes from" },
	{ "database", "url", TEXT, AT(database), "sqlite:site.db", 1, 300, { 0 }, "sqlite:FILE, beside site.conf, or postgresql://USER@HOST/NAME" },
	{ "media", "store", TEXT, AT(media), "folder", 1, 300, { 0 }, "folder: media/ beside site.conf" },
	{ "sandbox", "mode", WORD, AT(sandbox_off), "on", 0, 0, { "on", "off" }, "off starts without the kernel's protection, and says so to every editor" },
};
#define ROWS (sizeof rows / sizeof *rows)

static str *text_at(struct conf *c, const struct row *r) { return (str *)(void *)((char *)c + r->offset); }
static int64_t *number_at(struct conf *c, const struct row *r) { return (int64_t *)(void *)((char *)c + r->offset); }

static str allowed(struct cx *cx, const struct row *r)
{
	if (r->kind == NUMBER) return str_fmt(cx, "a number from %" PRId64 " to %" PRId64, r->least, r->most);
	if (r->kind == TEXT) return str_fmt(cx, "a text of %" PRId64 " to %" PRId64 " bytes", r->least, r->most);
	struct buf b = buf_new(cx, 200);
	for (int i = 0; i < 4 && r->words[i]; i++) buf_fmt(&b, "%s%s", i ? " or " : "", r->words[i]);
	return buf_view(&b);
}

static bool set(struct cx *cx, struct conf *c, const struct row *r, str value)
{
	switch (r->kind) {
	case TEXT:
		if ((int64_t)value.n < r->least || (int64_t)value.n > r->most || !utf8_valid(value)) return false;
		*text_at(c, r) = str_copy(cx, value);
		return true;
	case NUMBER: return str_to_int(value, r->least, r->most, number_at(c, r));
	case WORD:
		for (int i = 0; i < 4 && r->words[i]; i++)
			if (str_eq(value, str_of(r->words[i]))) return *number_at(c, r) = i, true;
		return false;
	}
	return false;
}

/* inih tells the line of the first fault only after it has read everything, so the fault is told without it first. */
struct reading {
	struct cx *cx;
	struct conf *conf;
	str fault;
	str kept[KEPT_MOST]; /* values of long lines */
	size_t kept_n;
};

/* The value of a long line as inih would have it: what stands behind a blank and a semicolon is a remark. */
static str value_of(str line)
{
	for (size_t i = 1; i < line.n; i++)
		if (line.p[i] == ';' && (line.p[i - 1] == ' ' || line.p[i - 1] == '\t')) line.n = i;
	return str_trim(line);
}

static void shorten_line(struct reading *r, str line, struct buf *out)
{
	ptrdiff_t equals = str_find_char(line, '=', 0);
	char first = line.n ? line.p[0] : 0;
	if (line.n <= INI_LINE || first == ' ' || first == '\t' || first == '[') return buf_str(out, line);
	if (first == ';' || first == '#') return;
	if (equals < 0 || equals > INI_LINE / 2 || r->kept_n == KEPT_MOST) return buf_str(out, line);
	r->kept[r->kept_n] = value_of(str_sub(line, (size_t)equals + 1, line.n));
	buf_fmt(out, STR_FMT "= %c%c", STR_ARG(str_sub(line, 0, (size_t)equals)), KEPT, (int)('0' + r->kept_n++));
}

/* inih takes a line that is longer than 200 bytes for two. So remarks of that length go, and for values of that length stand marks. */
static str shorten(struct reading *r, str text)
{
	struct buf out = buf_new(r->cx, (int64_t)text.n + 1);
	for (size_t at = 0; at < text.n;) {
		ptrdiff_t end = str_find_char(text, '\n', at);
		size_t n = (end < 0 ? text.n : (size_t)end) - at;
		shorten_line(r, str_sub(text, at, n), &out);
		if (end >= 0) buf_lit(&out, "\n");
		at += n + 1;
	}
	return buf_view(&out);
}

static str unknown(struct cx *cx, const char *section, const char *key)
{
	struct buf known = buf_new(cx, 800);
	for (size_t i = 0; i < ROWS; i++)
		if (str_eq(str_of(rows[i].section), str_of(section))) buf_fmt(&known, "%s%s", known.n ? ", " : "", rows[i].key);
	if (!known.n) return str_fmt(cx, "there is no section [%.60s]; `broadside config` lists them", section);
	return str_fmt(cx, "[%s] has no key %.60s: it has " STR_FMT, section, key, STR_ARG(buf_view(&known)));
}

static int take(void *user, const char *section, const char *key, const char *value)
{
	struct reading *r = user;
	str given = value[0] == KEPT ? r->kept[value[1] - '0'] : str_of(value);
	/* "[comments]" has one thing to say, and may say it as "= open". */
	if (str_eq(str_of(section), S("comments")) && str_eq(str_of(key), S(""))) key = "mode";
	for (size_t i = 0; i < ROWS; i++) {
		if (!str_eq(str_of(rows[i].section), str_of(section)) || !str_eq(str_of(rows[i].key), str_of(key))) continue;
		if (set(r->cx, r->conf, &rows[i], given)) return 1;
		if (!r->fault.n) r->fault = str_fmt(r->cx, "[%s] %s must be " STR_FMT, section, key, STR_ARG(allowed(r->cx, &rows[i])));
		return 0;
	}
	if (!r->fault.n) r->fault = unknown(r->cx, section, key);
	return 0;
}

/* Nobody but this machine may reach it; a name would be looked up, and could be anybody's. */
static bool is_operators(str address)
{
	char host[16] = "";
	struct in_addr v4;
	size_t n = address.n;
	if (n == 0 || (str_starts(address, S("unix:")) && n > 5) || str_starts(address, S("[::1]:"))) return true;
	while (n > 0 && address.p[n - 1] != ':') n--;
	if (n == 0 || n > sizeof host) return false;
	memcpy(host, address.p, n - 1);
	return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

err conf_read_text(struct cx *cx, str text, const char *name, struct conf *out)
{
	struct reading r = { .cx = cx, .conf = out, .fault = S("") };
	*out = (struct conf){ 0 };
	for (size_t i = 0; i < ROWS; i++) MUST(set(cx, out, &rows[i], str_of(rows[i].initial)));
	if (text.n && (memchr(text.p, 0, text.n) || memchr(text.p, KEPT, text.n))) return cx_fail(cx, INVALID, NULL, "%s: is not a text file", name);
	int bad = ini_parse_string(str_c(cx, shorten(&r, text)), take, &r);
	if (bad) return cx_fail(cx, INVALID, NULL, "%s:%d: " STR_FMT, name, bad, STR_ARG(r.fault.n ? r.fault : S("is neither [section] nor key = value")));
	if (!is_operators(out->metrics))
		return cx_fail(cx, INVALID, NULL, "%s: [listen] metrics must be unix:PATH or an address of this machine alone, like 127.0.0.1:9100 or [::1]:9100", name);
	while (str_ends(out->url, S("/"))) out->url.n--;
	if (!str_starts(out->url, S("http://")) && !str_starts(out->url, S("https://")))
		return cx_fail(cx, INVALID, NULL, "%s: [site] url must start with http:// or https://", name);
	return OK;
}

err conf_read(struct cx *cx, const char *path, struct conf *out)
{
	str text;
	TRY(spool_read_file(cx, path, 256 * KIB, &text));
	return conf_read_text(cx, text, path, out);
}

void conf_describe(struct cx *cx, const struct conf *c, struct buf *out)
{
	struct conf copy = *c;
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		buf_fmt(out, "[%s] %s = ", r->section, r->key);
		if (r->kind == TEXT) buf_str(out, *text_at(&copy, r));
		else if (r->kind == NUMBER) buf_int(out, *number_at(&copy, r));
		else buf_str(out, str_of(r->words[*number_at(&copy, r)]));
		buf_fmt(out, "\n    %s; " STR_FMT "; default: %s\n", r->meaning, STR_ARG(allowed(cx, r)), r->initial[0] ? r->initial : "none");
	}
}
