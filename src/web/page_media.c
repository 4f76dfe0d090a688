/* /media/: files as they were cleaned, by the hash of their bytes. What stands in something that readers can read is everybody's; what does not (held for
 * an editor, withdrawn, received and not posted) only whoever can show why gets to see: an editor, the author by the private link, the sender by
 * the token in the form. */
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/limits.h"
#include "sql.h"
#include "store/article.h"
#include "web/guard.h"
#include "web/pages.h"
#include "web/respond.h"
#include "base/banned.h"

static err missing(struct page *p) { return cx_fail(p->cx, NOTFOUND, NULL, "There is no such file. Perhaps it was taken away."); }

/* "640w.webp" */
static bool is_size(str name, int64_t *width, enum media_kind *kind)
{
	static const enum media_kind kinds[] = { MEDIA_WEBP, MEDIA_JPEG, MEDIA_PNG };
	str suffix, stem = str_cut(name, '.', &suffix);
	if (!str_ends(stem, S("w")) || !str_to_int(str_sub(stem, 0, stem.n - 1), 1, 65535, width)) return false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq(suffix, str_of(media_suffix(kinds[i])))) return *kind = kinds[i], true;
	return false;
}

static err by_token(struct page *p, id file, bool *may)
{
	char token[FILE_TOKEN];
	struct sql_upload_get *u = NULL;
	if (str_unhex(request_query(p->req, S("t")), token, sizeof token)) TRY(file_received(p->cx, p->db, token, &u));
	*may = u && u->file == file;
	return OK;
}

static err by_key(struct page *p, id file, bool *may)
{
	char key[ARTICLE_KEY], hash[ARTICLE_HASH];
	struct sql_row_article *a = NULL;
	struct sql_row_attached *rows;
	size_t n = 0;
	if (str_unhex(request_query(p->req, S("k")), key, sizeof key)) {
		article_key_hash(key, hash);
		TRY(sql_article_by_key(p->cx, p->db, (str){ hash, sizeof hash }, &a));
	}
	if (a) TRY(sql_attachment_in(p->cx, p->db, a->id, 0, LIMIT_FORM_FILES, &rows, &n));
	for (size_t i = 0; i < n; i++) *may = *may || rows[i].file == file;
	return OK;
}

static err check(struct page *p, const struct sql_file_served *f)
{
	bool may = f->shown || (f->held && who_may(&p->who, CAP_EDIT));
	if (!may && f->received) TRY(by_token(p, f->file, &may));
	if (!may && f->held) TRY(by_key(p, f->file, &may));
	return may ? OK : missing(p);
}

/* The name under which a browser offers to save it. */
static str download_name(struct page *p, const struct sql_file_served *f)
{
	if (f->media != MEDIA_DOCUMENT) return S("");
	return f->name.n ? f->name : str_fmt(p->cx, "document.%s", media_suffix((enum media_kind)f->kind));
}

static err send(struct page *p, const struct sql_file_served *f, str sha, enum media_kind kind, str download)
{
	struct blob_hash h;
	int64_t bytes;
	int fd;
	memcpy(h.bytes, sha.p, BLOB_HASH);
	err e = blob_open(p->cx, p->app->media, &h, 0, INT64_MAX, &fd, &bytes);
	if (e == NOTFOUND) return cx_fail(p->cx, FAILED, NULL, "a file that a row names is not in the media store");
	TRY(e);
	/* An address that holds a proof must not lie about in caches, a browser's own least of all, even where the file needs none. */
	bool everybodys = f->shown && p->req->query.n == 0;
	return respond_file(p, media_mime(kind), fd, bytes, str_sub(str_hex(p->cx, h.bytes, BLOB_HASH), 0, 32), everybodys, download);
}

err page_media(struct page *p)
{
	struct sql_file_served *f;
	struct sql_file_size_served *s;
	struct blob_hash h;
	enum media_kind kind;
	int64_t width;
	if (!str_unhex(p->key, h.bytes, BLOB_HASH)) return missing(p);
	str sha = { (const char *)h.bytes, BLOB_HASH };
	TRY(sql_file_served(p->cx, p->db, sha, &f));
	if (!f) return missing(p);
	TRY(check(p, f));
	if (!is_size(p->name, &width, &kind)) return send(p, f, sha, (enum media_kind)f->kind, download_name(p, f));
	TRY(sql_file_size_served(p->cx, p->db, f->file, width, kind, &s));
	if (!s || s->sha.n != BLOB_HASH) return missing(p);
	return send(p, f, s->sha, kind, S(""));
}
