/* The media store and its rows: bytes are there once, before any row and as long as one names them; what is named by none goes. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "store/file.h"
#include "store_stage.h"
#include "sys/spool.h"
#include "base/banned.h"

static struct blob_store *media;

static int set_up(void **state)
{
	if (stage_set_up(state) != 0) return 1;
	struct stage *s = *state;
	return blob_store_open(s->cx, s->site->dir, S("folder"), &media) != OK;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	struct stage *s = *state;
	return nftw(site_path(s->site, "media"), remove_one, 8, FTW_DEPTH | FTW_PHYS) | stage_tear_down(state);
}

static int file_of(struct stage *s, str bytes)
{
	int fd;
	assert_int_equal(spool_open(s->cx, s->site->dir, &fd), OK);
	assert_int_equal(spool_write(s->cx, fd, bytes), OK);
	return fd;
}

/* As if a decode child had cleaned a picture: the whole and one smaller size in two kinds. */
static struct file_in *receive(struct stage *s, str whole, str small)
{
	struct file_in *in = cx_new_of(s->cx, struct file_in);
	struct media_result *r = cx_new_of(s->cx, struct media_result);
	*r = (struct media_result){ .found = MEDIA_PNG, .kind = MEDIA_PNG, .width = 800, .height = 600, .pages = 1, .removed = MEDIA_PLACE, .n = 3 };
	str other = str_join(s->cx, small, S("png"));
	r->outputs[0] = (struct media_output){ MEDIA_PNG, 800, 600, (int64_t)whole.n, file_of(s, whole) };
	r->outputs[1] = (struct media_output){ MEDIA_WEBP, 320, 240, (int64_t)small.n, file_of(s, small) };
	r->outputs[2] = (struct media_output){ MEDIA_PNG, 320, 240, (int64_t)other.n, file_of(s, other) };
	in->result = r;
	assert_int_equal(file_put(s->cx, media, in), OK);
	assert_int_equal(db_transaction(s->cx, s->db, file_receive, in), OK);
	assert_int_equal(file_look(s->cx, s->db, media, in), OK);
	return in;
}

static void drop_result(struct file_in *in)
{
	for (size_t i = 0; i < in->result->n; i++) close(in->result->outputs[i].fd);
}

static bool is_there(struct stage *s, const struct blob_hash *h)
{
	int64_t bytes;
	return blob_size(s->cx, media, h, &bytes) == OK;
}

struct places {
	id article, comment;
	struct file_place *at;
	size_t n;
	struct file_gone gone;
};

static err attach(struct cx *cx, struct db *db, void *arg)
{
	struct places *p = arg;
	return file_attach(cx, db, p->article, p->comment, 1, p->at, p->n);
}

static err purge(struct cx *cx, struct db *db, void *arg)
{
	struct places *p = arg;
	return file_purge(cx, db, p->article, p->comment, &p->gone);
}

static struct file_place place_of(const struct file_in *in, str alt)
{
	struct file_place p = { .file = in->file, .media = MEDIA_PICTURE, .alt = alt, .has_token = true };
	memcpy(p.token, in->token, FILE_TOKEN);
	return p;
}

static void assert_verified(struct stage *s, int faults)
{
	struct told told = { "" };
	assert_int_equal(file_verify(s->cx, s->db, media, true, stage_tell, &told), faults ? FAILED : OK);
	s->cx->fault = (struct fault){ 0 };
}

static void bytes_are_kept_once_and_read_back(void **state)
{
	struct stage *s = *state;
	struct blob_hash a, b;
	char read_back[16];
	int64_t size;
	int fd = file_of(s, S("harbour")), got;
	assert_int_equal(blob_put(s->cx, media, fd, 7, &a), OK);
	assert_int_equal(blob_put(s->cx, media, fd, 7, &b), OK);
	assert_memory_equal(a.bytes, b.bytes, BLOB_HASH);
	assert_int_equal(blob_open(s->cx, media, &a, 2, 3, &got, &size), OK);
	assert_int_equal(size, 7);
	assert_int_equal(pread(got, read_back, 3, 2), 3);
	assert_memory_equal(read_back, "rbo", 3);
	close(got);
	assert_int_equal(blob_put(s->cx, media, fd, 8, &b), FAILED); /* it holds less */
	close(fd);
	assert_int_equal(blob_set_aside(s->cx, media, &a), OK);
	assert_int_equal(blob_open(s->cx, media, &a, 0, 7, &got, &size), NOTFOUND);
	assert_int_equal(blob_put_back(s->cx, media, &a), OK);
	assert_true(is_there(s, &a));
	assert_int_equal(file_sweep_blob(s->cx, s->db, media, &a), OK);
	assert_false(is_there(s, &a));
	s->cx->fault = (struct fault){ 0 };
}

static void received_attached_and_purged(void **state)
{
	struct stage *s = *state;
	id one = stage_publish(s, S("First with a picture"), S("")).out, two = stage_publish(s, S("Second with the same"), S("")).out;
	struct file_in *a = receive(s, S("picture bytes"), S("small")), *b = receive(s, S("picture bytes"), S("small, otherwise encoded"));
	assert_int_equal(a->file, b->file);
	struct sql_upload_get *u;
	assert_int_equal(file_received(s->cx, s->db, a->token, &u), OK);
	assert_non_null(u);
	assert_int_equal(u->removed, MEDIA_PLACE);
	struct file_place first = place_of(a, S("A gull")), second = place_of(b, S("The same gull"));
	struct places in_one = { one, 0, &first, 1, { 0 } }, in_two = { two, 0, &second, 1, { 0 } };
	assert_int_equal(db_transaction(s->cx, s->db, attach, &in_one), OK);
	assert_int_equal(db_transaction(s->cx, s->db, attach, &in_one), CONFLICT); /* its token is spent */
	assert_int_equal(db_transaction(s->cx, s->db, attach, &in_two), OK);
	struct sql_row_attached *rows;
	size_t n;
	assert_int_equal(sql_attachment_of(s->cx, s->db, one, INT64_MIN, 0, 200, 1000, &rows, &n), OK);
	assert_int_equal(n, 1);
	assert_true(str_eq(rows[0].alt, S("A gull")) && str_eq(rows[0].sizes, S("png 320x240")));
	assert_int_equal(db_transaction(s->cx, s->db, purge, &in_one), OK);
	assert_int_equal(in_one.gone.n, 0); /* it stands elsewhere */
	assert_int_equal(db_transaction(s->cx, s->db, purge, &in_two), OK);
	assert_int_equal(in_two.gone.n, 3);
	assert_int_equal(file_sweep_blobs(s->cx, s->db, media, &in_two.gone), OK);
	for (int i = 0; i < 3; i++) assert_false(is_there(s, &a->sha[i]));
	drop_result(a);
	drop_result(b);
	assert_verified(s, 0);
}

static void a_sweep_between_put_and_row_is_made_good(void **state)
{
	struct stage *s = *state;
	struct file_in *in = receive(s, S("swept away"), S("small too"));
	assert_int_equal(blob_set_aside(s->cx, media, &in->sha[0]), OK); /* somebody took it for an orphan before the row was there, */
	assert_int_equal(blob_drop(s->cx, media, &in->sha[0]), OK);
	assert_verified(s, 1);
	assert_int_equal(file_look(s->cx, s->db, media, in), OK); /* and who put it looks again */
	assert_verified(s, 0);
	assert_int_equal(file_sweep_blob(s->cx, s->db, media, &in->sha[0]), OK); /* from now on the row holds it */
	assert_true(is_there(s, &in->sha[0]));
	drop_result(in);
}

static void what_nobody_posts_expires(void **state)
{
	struct stage *s = *state;
	struct file_in *in = receive(s, S("never posted"), S("not either"));
	struct file_expire x;
	assert_int_equal(db_transaction(s->cx, s->db, file_expire, &x), OK);
	assert_int_equal(x.gone.n, 0);
	struct blob_hash sha[3];
	memcpy(sha, in->sha, sizeof sha);
	site_raw(s->site, "UPDATE upload SET expires = 1");
	assert_int_equal(db_transaction(s->cx, s->db, file_expire, &x), OK);
	assert_true(x.gone.n >= 3 && !x.more);
	assert_int_equal(file_sweep_blobs(s->cx, s->db, media, &x.gone), OK);
	for (int i = 0; i < 3; i++) assert_false(is_there(s, &sha[i]));
	drop_result(in);
	assert_verified(s, 0);
}

static void an_orphan_goes_when_it_is_old(void **state)
{
	struct stage *s = *state;
	struct blob_hash h;
	int fd = file_of(s, S("no row names this"));
	assert_int_equal(blob_put(s->cx, media, fd, 17, &h), OK);
	close(fd);
	assert_int_equal(file_sweep(s->cx, s->db, media), OK);
	assert_true(is_there(s, &h)); /* its row may be on its way */
	str hex = str_hex(s->cx, h.bytes, BLOB_HASH);
	const char *path = str_c(s->cx, str_fmt(s->cx, "%s/media/%.2s/" STR_FMT, s->site->dir, hex.p, STR_ARG(str_sub(hex, 2, 64))));
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	assert_verified(s, 1);
	assert_int_equal(file_sweep(s->cx, s->db, media), OK);
	assert_false(is_there(s, &h));
	s->cx->fault = (struct fault){ 0 };
	assert_verified(s, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_kept_once_and_read_back),
		cmocka_unit_test(received_attached_and_purged),
		cmocka_unit_test(a_sweep_between_put_and_row_is_made_good),
		cmocka_unit_test(what_nobody_posts_expires),
		cmocka_unit_test(an_orphan_goes_when_it_is_old),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
