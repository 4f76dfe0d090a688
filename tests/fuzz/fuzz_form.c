/* Forms, fed whole and fed in pieces: the result must be the same whatever the split. Input: one byte that picks the split, the
 * Content-Type's line, the body. */
#define OWNS_MEMORY
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "http/form.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILE_MOST (40 * KIB) /* more than is kept in memory */

/* step 0: all at once. */
static err read_form(struct cx *cx, str type, str body, size_t step, struct form *out)
{
	struct form_limits limits = { .body = 64 * KIB, .files = 3, .file = FILE_MOST, .keep_on = body.n % 2 == 1, .spool_dir = "/dev/shm" };
	struct form_reader *r;
	TRY(form_reader_new(cx, type, &limits, &r));
	for (size_t at = 0; at < body.n;) {
		size_t n = step && step < body.n - at ? step : body.n - at;
		char *piece = malloc(n); /* of its own, so that reading past it is seen */
		MUST(piece != NULL);
		memcpy(piece, body.p + at, n);
		err e = form_reader_feed(r, piece, n);
		free(piece);
		if (e != OK) return e;
		at += n;
	}
	return form_reader_end(r, out);
}

static void check_text(str s)
{
	MUST(utf8_valid(s));
	MUST(s.n == 0 || (memchr(s.p, 0, s.n) == NULL && memchr(s.p, '\r', s.n) == NULL));
}

static void check_same(struct cx *cx, const struct form *a, const struct form *b)
{
	MUST(a->fields.n == b->fields.n && a->files_n == b->files_n && str_eq(a->broken, b->broken));
	MUST(a->fields.n <= LIMIT_FORM_FIELDS && a->files_n <= 3);
	for (size_t i = 0; i < a->fields.n; i++) {
		MUST(str_eq(a->fields.at[i].name, b->fields.at[i].name) && str_eq(a->fields.at[i].value, b->fields.at[i].value));
		MUST(a->fields.at[i].name.n <= LIMIT_FIELD_NAME);
		check_text(a->fields.at[i].value);
	}
	for (size_t i = 0; i < a->files_n; i++) {
		const struct upload *u = &a->files[i], *v = &b->files[i];
		char x[FILE_MOST], y[FILE_MOST];
		MUST(str_eq(u->field, v->field) && str_eq(u->filename, v->filename) && u->size == v->size);
		MUST(utf8_valid(u->filename) && u->filename.n <= 255);
		MUST(u->fault == v->fault && u->place == v->place);
		if (u->fault != UPLOAD_WHOLE) continue;
		int f, g;
		MUST(form_file(cx, "/dev/shm", u, &f) == OK && form_file(cx, "/dev/shm", v, &g) == OK);
		MUST(read(f, x, sizeof x) == u->size && read(g, y, sizeof y) == v->size);
		MUST(memcmp(x, y, (size_t)u->size) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) return 0;
	str body, type = str_cut((str){ (const char *)data + 1, size - 1 }, '\n', &body);
	struct cx *a = cx_new(), *b = cx_new();
	struct form whole, pieces;
	err e = read_form(a, type, body, 0, &whole);
	err f = read_form(b, type, body, (size_t)data[0] % 32 + 1, &pieces);
	MUST(body.n > 64 * KIB ? e != OK && f != OK : e == f);
	if (e == OK) check_same(a, &whole, &pieces);
	cx_end(a);
	cx_end(b);
	return 0;
}
