/* Rows of files and the bytes behind them. */
#include "store/file.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "base/vec.h"
#include "base/banned.h"

#define SIZES_MOST 64
#define FILES_MOST 100000 /* of one article and all that stands under it */
#define HANDFUL 64

static str hash_str(const struct blob_hash *h) { return (str){ (const char *)h->bytes, BLOB_HASH }; }

static bool hash_of(str s, struct blob_hash *out)
{
	if (s.n != BLOB_HASH) return false;
	memcpy(out->bytes, s.p, BLOB_HASH);
	return true;
}

void file_token_hash(const char token[FILE_TOKEN], char out[BLOB_HASH])
{
	crypto_generichash((unsigned char *)out, BLOB_HASH, (const unsigned char *)token, FILE_TOKEN, NULL, 0);
}

err file_put(struct cx *cx, struct blob_store *s, struct file_in *in)
{
	for (size_t i = 0; i < in->result->n; i++)
		TRY(blob_put(cx, s, in->result->outputs[i].fd, in->result->outputs[i].bytes, &in->sha[i]));
	return OK;
}

/* "960x640 640x427 ", and the other kind first: what a page needs to know of the sizes. */
static str sizes_of(struct cx *cx, const struct media_result *r)
{
	struct buf b = buf_new(cx, KIB);
	if (r->n > 2) buf_fmt(&b, "%s", media_suffix(r->outputs[2].kind));
	for (size_t i = 1; i + 1 < r->n; i += 2) buf_fmt(&b, " %dx%d", r->outputs[i].width, r->outputs[i].height);
	MUST(!b.full);
	return buf_view(&b);
}

static err insert(struct cx *cx, struct db *db, struct file_in *in)
{
	const struct media_result *r = in->result;
	struct sql_file_insert *made;
	TRY(sql_file_insert(cx, db, hash_str(&in->sha[0]), r->kind, media_group(r->kind), r->outputs[0].bytes, r->width, r->height, r->duration, r->pages,
	    sizes_of(cx, r), cx_minute(cx), &made));
	in->file = made->id;
	for (size_t i = 1; i < r->n; i++) {
		const struct media_output *o = &r->outputs[i];
		TRY(sql_file_size_insert(cx, db, in->file, o->width, o->kind, o->height, o->bytes, hash_str(&in->sha[i])));
	}
	return OK;
}

err file_receive(struct cx *cx, struct db *db, void *arg)
{
	struct file_in *in = arg;
	struct sql_row_file *known;
	char hash[BLOB_HASH];
	TRY(sql_file_by_sha(cx, db, hash_str(&in->sha[0]), &known));
	if (known) in->file = known->file;
	else TRY(insert(cx, db, in));
	rnd_bytes(cx->rnd, in->token, sizeof in->token);
	file_token_hash(in->token, hash);
	return sql_upload_insert(cx, db, (str){ hash, sizeof hash }, in->file, in->name, in->result->removed, cx_minute(cx) + FILE_WAITS);
}

static err look_at(struct cx *cx, struct blob_store *s, const struct file_in *in, const struct blob_hash *h)
{
	int64_t bytes;
	struct blob_hash again;
	err e = blob_size(cx, s, h, &bytes);
	if (e != NOTFOUND) return e;
	for (size_t i = 0; i < in->result->n; i++)
		if (memcmp(in->sha[i].bytes, h->bytes, BLOB_HASH) == 0)
			return blob_put(cx, s, in->result->outputs[i].fd, in->result->outputs[i].bytes, &again);
	return e;
}

err file_look(struct cx *cx, struct db *db, struct blob_store *s, const struct file_in *in)
{
	struct sql_file_sizes *sizes;
	struct blob_hash h;
	size_t n;
	TRY(look_at(cx, s, in, &in->sha[0]));
	TRY(sql_file_sizes(cx, db, in->file, SIZES_MOST, &sizes, &n));
	for (size_t i = 0; i < n; i++)
		if (hash_of(sizes[i].sha, &h)) TRY(look_at(cx, s, in, &h));
	return OK;
}

err file_received(struct cx *cx, struct db *db, const char token[FILE_TOKEN], struct sql_upload_get **out)
{
	char hash[BLOB_HASH];
	file_token_hash(token, hash);
	return sql_upload_get(cx, db, (str){ hash, sizeof hash }, cx_now(cx), out);
}

static err spend(struct cx *cx, struct db *db, const struct file_place *p)
{
	char hash[BLOB_HASH];
	int64_t changed;
	file_token_hash(p->token, hash);
	TRY(sql_upload_delete(cx, db, (str){ hash, sizeof hash }, &changed));
	if (changed) return OK;
	return cx_fail(cx, CONFLICT, "files", "A file that was received is not there any more. Please choose it again.");
}

err file_attach(struct cx *cx, struct db *db, id article, id comment, int64_t posted, const struct file_place *places, size_t n)
{
	int64_t changed;
	TRY(sql_attachment_clear(cx, db, article, comment, &changed));
	for (size_t i = 0; i < n; i++) {
		const struct file_place *p = &places[i];
		if (p->has_token) TRY(spend(cx, db, p));
		TRY(sql_attachment_insert(cx, db, article, comment, (int64_t)i + 1, p->file, p->media, posted, p->alt, p->caption, p->name));
	}
	return OK;
}

static err let_go_one(struct cx *cx, struct db *db, id file, struct file_gone *gone)
{
	struct sql_file_if_free *free_one;
	struct sql_file_sizes *sizes;
	size_t n;
	int64_t changed;
	TRY(sql_file_if_free(cx, db, file, &free_one));
	if (!free_one) return OK;
	TRY(sql_file_sizes(cx, db, file, SIZES_MOST, &sizes, &n));
	struct blob_hash *all = cx_array_of(cx, struct blob_hash, gone->n + n + 1);
	if (gone->n) memcpy(all, gone->at, gone->n * sizeof *all);
	gone->at = all;
	if (hash_of(free_one->sha, &all[gone->n])) gone->n++;
	for (size_t i = 0; i < n; i++)
		if (hash_of(sizes[i].sha, &all[gone->n])) gone->n++;
	TRY(sql_file_size_clear(cx, db, file, &changed));
	return sql_file_delete(cx, db, file, &changed);
}

err file_let_go(struct cx *cx, struct db *db, const id *files, size_t n, struct file_gone *gone)
{
	*gone = (struct file_gone){ 0 };
	for (size_t i = 0; i < n; i++) TRY(let_go_one(cx, db, files[i], gone));
	return OK;
}

err file_purge(struct cx *cx, struct db *db, id article, id comment, struct file_gone *gone)
{
	struct sql_attachment_files *files;
	size_t n;
	int64_t changed;
	TRY(sql_attachment_files(cx, db, article, comment, FILES_MOST, &files, &n));
	if (comment) TRY(sql_attachment_clear(cx, db, article, comment, &changed));
	else TRY(sql_attachment_purge(cx, db, article, &changed));
	*gone = (struct file_gone){ 0 };
	for (size_t i = 0; i < n; i++) TRY(let_go_one(cx, db, files[i].file, gone));
	return OK;
}

err file_sweep_blob(struct cx *cx, struct db *db, struct blob_store *s, const struct blob_hash *h)
{
	struct sql_blob_known *row;
	err e = blob_set_aside(cx, s, h);
	if (e == NOTFOUND) return cx->fault = (struct fault){ 0 }, OK;
	TRY(e);
	e = sql_blob_known(cx, db, hash_str(h), &row);
	if (e == OK && !row->known) return blob_drop(cx, s, h);
	err back = blob_put_back(cx, s, h); /* also when nobody could say */
	return e != OK ? e : back;
}

err file_sweep_blobs(struct cx *cx, struct db *db, struct blob_store *s, const struct file_gone *gone)
{
	for (size_t i = 0; i < gone->n; i++) TRY(file_sweep_blob(cx, db, s, &gone->at[i]));
	return OK;
}

err file_expire(struct cx *cx, struct db *db, void *arg)
{
	struct file_expire *x = arg;
	struct sql_upload_expired *old;
	size_t n;
	int64_t changed;
	*x = (struct file_expire){ 0 };
	TRY(sql_upload_expired(cx, db, cx_now(cx), HANDFUL, &old, &n));
	for (size_t i = 0; i < n; i++) TRY(sql_upload_delete(cx, db, old[i].token_hash, &changed));
	for (size_t i = 0; i < n; i++) TRY(let_go_one(cx, db, old[i].file, &x->gone));
	x->more = n == HANDFUL;
	return OK;
}

struct sweep {
	struct db *db;
	struct blob_store *store;
	int64_t before;
};

static err sweep_one(struct cx *cx, void *arg, const struct blob_found *b)
{
	struct sweep *w = arg;
	struct sql_blob_known *row;
	if (b->set_aside) { /* whoever did it has ended since, unless it is of this moment */
		if (b->changed >= w->before) return OK;
		TRY(sql_blob_known(cx, w->db, hash_str(&b->hash), &row));
		return row->known ? blob_put_back(cx, w->store, &b->hash) : blob_drop(cx, w->store, &b->hash);
	}
	if (b->changed >= w->before) return OK;
	TRY(sql_blob_known(cx, w->db, hash_str(&b->hash), &row));
	if (row->known) return OK;
	return file_sweep_blob(cx, w->db, w->store, &b->hash);
}

err file_sweep(struct cx *cx, struct db *db, struct blob_store *s)
{
	struct sweep w = { db, s, cx_now(cx) - FILE_ORPHAN_AGE };
	TRY(blob_tidy(cx, s, w.before));
	return blob_each(cx, s, sweep_one, &w);
}

/* check */

struct verify {
	struct db *db;
	struct blob_store *store;
	bool deep;
	void (*report)(void *, str);
	void *arg;
	int faults;
	int64_t orphan_before;
};

static void fault(struct verify *v, str sentence)
{
	v->faults++;
	v->report(v->arg, sentence);
}

static err hash_bytes(struct cx *cx, int fd, int64_t bytes, struct blob_hash *out)
{
	char piece[64 * KIB];
	crypto_hash_sha256_state h;
	crypto_hash_sha256_init(&h);
	for (int64_t at = 0; at < bytes;) {
		ssize_t n = pread(fd, piece, sizeof piece, at);
		if (n <= 0) return cx_fail(cx, FAILED, NULL, "cannot be read");
		crypto_hash_sha256_update(&h, (const unsigned char *)piece, (size_t)n);
		at += n;
	}
	crypto_hash_sha256_final(&h, out->bytes);
	return OK;
}

/* what: "file 3", "file 3 at width 640". */
static err verify_blob(struct cx *cx, struct verify *v, str what, str sha, int64_t bytes)
{
	struct blob_hash h, real;
	int64_t size = 0;
	int fd = -1;
	if (!hash_of(sha, &h)) return fault(v, str_fmt(cx, STR_FMT " has no hash", STR_ARG(what))), OK;
	err e = v->deep ? blob_open(cx, v->store, &h, 0, bytes, &fd, &size) : blob_size(cx, v->store, &h, &size);
	if (e != OK) return fault(v, str_fmt(cx, STR_FMT ": " STR_FMT, STR_ARG(what), STR_ARG(cx->fault.sentence))), OK;
	if (size != bytes) fault(v, str_fmt(cx, STR_FMT " has %" PRId64 " bytes; its row says %" PRId64, STR_ARG(what), size, bytes));
	else if (v->deep && (hash_bytes(cx, fd, size, &real) != OK || memcmp(real.bytes, h.bytes, BLOB_HASH) != 0))
		fault(v, str_fmt(cx, STR_FMT " does not hold the bytes that it should: they have another SHA-256", STR_ARG(what)));
	if (fd >= 0) close(fd);
	return OK;
}

static err verify_file(struct cx *cx, struct verify *v, const struct sql_row_file *f)
{
	struct sql_file_sizes *sizes;
	size_t n;
	TRY(verify_blob(cx, v, str_fmt(cx, "file %" PRId64, f->file), f->sha, f->bytes));
	TRY(sql_file_sizes(cx, v->db, f->file, SIZES_MOST, &sizes, &n));
	for (size_t i = 0; i < n; i++)
		TRY(verify_blob(cx, v, str_fmt(cx, "file %" PRId64 " at width %" PRId64, f->file, sizes[i].width), sizes[i].sha, sizes[i].bytes));
	return OK;
}

static err verify_found(struct cx *cx, void *arg, const struct blob_found *b)
{
	struct verify *v = arg;
	struct sql_blob_known *row;
	if (b->changed >= v->orphan_before) return OK; /* it may be on its way in or out */
	TRY(sql_blob_known(cx, v->db, hash_str(&b->hash), &row));
	if (row->known && !b->set_aside) return OK;
	str hex = str_hex(cx, b->hash.bytes, BLOB_HASH);
	fault(v, str_fmt(cx, "media: " STR_FMT " is there and no row names it: a running server sweeps it out", STR_ARG(hex)));
	return OK;
}

err file_verify(struct cx *cx, struct db *db, struct blob_store *s, bool deep, void (*report)(void *, str), void *arg)
{
	/* A day more than the sweep's, for a site that is seldom served. */
	struct verify v = { db, s, deep, report, arg, 0, cx_now(cx) - 2 * FILE_ORPHAN_AGE };
	struct sql_row_file *files;
	struct sql_check_files_free *unused;
	struct sql_check_attachments *wrong;
	size_t n = HANDFUL;
	for (id after = 0; n == HANDFUL;) {
		struct arena_mark mark = arena_mark(cx->arena);
		TRY(sql_file_all(cx, db, after, HANDFUL, &files, &n));
		for (size_t i = 0; i < n; i++) TRY(verify_file(cx, &v, &files[i]));
		if (n) after = files[n - 1].file;
		arena_rewind(cx->arena, mark);
	}
	TRY(sql_check_files_free(cx, db, 100, &unused, &n));
	for (size_t i = 0; i < n; i++) fault(&v, str_fmt(cx, "file %" PRId64 " stands nowhere and is still there", unused[i].id));
	TRY(sql_check_attachments(cx, db, 100, &wrong, &n));
	for (size_t i = 0; i < n; i++) fault(&v, str_fmt(cx, "attachment %" PRId64 " is filed wrongly", wrong[i].id));
	TRY(blob_each(cx, s, verify_found, &v));
	return v.faults ? cx_fail(cx, FAILED, NULL, "the media store has faults") : OK;
}
