/* The door through which forms come in. The kind is read off the Content-Type, the bytes go to one of two state machines (multipart.c
 * has the other), and whatever they cut out arrives here as fields and files, where the limits are kept and text is checked. */
#include "http/form_part.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "http/wire.h"
#include "sys/spool.h"
#include "base/banned.h"

#define TEXT_MAX (2 * MIB) /* all fields of one form together; LIMIT_BODY as sent by a urlencoded form fits */
#define SPOOL_PIECE (32 * KIB)

/* Line ends become \n. */
static str with_plain_line_ends(char *p, size_t n)
{
	size_t to = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\r') {
			p[to++] = '\n';
			if (i + 1 < n && p[i + 1] == '\n') i++;
		} else {
			p[to++] = p[i];
		}
	}
	return (str){ p, to };
}

static bool is_text(str s) { return (s.n == 0 || memchr(s.p, 0, s.n) == NULL) && utf8_valid(s); }

err form_check_name(struct cx *cx, str name)
{
	if (name.n > LIMIT_FIELD_NAME) return cx_fail(cx, LIMIT, NULL, "The form has a field whose name is too long.");
	if (!is_text(name)) return cx_fail(cx, INVALID, NULL, "The form has a field whose name is not text.");
	return OK;
}

err form_add_field(struct form_reader *r, str name, struct buf *value)
{
	if (r->fields.n == LIMIT_FORM_FIELDS) return cx_fail(r->cx, LIMIT, NULL, "The form has too many fields.");
	TRY(form_check_name(r->cx, name));
	str raw = buf_view(value), text = { "", 0 };
	if (!is_text(raw)) {
		if (r->broken.n == 0) r->broken = str_copy(r->cx, name);
	} else if (raw.n) {
		text = with_plain_line_ends(value->p, value->n);
	}
	vec_push(r->cx, &r->fields, ((struct param){ str_copy(r->cx, name), text }));
	return OK;
}

err form_count_text(struct form_reader *r, size_t n)
{
	r->text += n;
	if (r->text > TEXT_MAX) return cx_fail(r->cx, LIMIT, NULL, "The form holds too much text.");
	return OK;
}

/* Uploads. One is open at a time; its bytes are gathered so that small pieces do not each cost a write. */

static void close_fd(void *arg) { close((int)(intptr_t)arg); }

/* They cost little each, but a body that may hold files has room for millions. */
err form_skip_file(struct form_reader *r)
{
	if (r->places == LIMIT_FORM_FIELDS) return cx_fail(r->cx, LIMIT, NULL, "The form has too many fields.");
	r->places++;
	return OK;
}

err form_open_file(struct form_reader *r, str field, str filename)
{
	TRY(form_check_name(r->cx, field));
	if (r->files.n == LIMIT_FORM_FILES || (int64_t)r->files.n >= r->limits.files)
		return cx_fail(r->cx, LIMIT, NULL, "The form has too many files.");
	if (!is_text(filename)) filename = (str){ "", 0 };
	vec_push(r->cx, &r->files, ((struct upload){
	    .field = str_copy(r->cx, field),
	    .filename = str_copy(r->cx, utf8_clip(filename, 255)),
	    .fd = -1,
	    .place = r->places++,
	}));
	return OK;
}

/* Its room is given back at once: what is left of it may be long. */
static void give_up(struct upload *u, enum upload_fault why)
{
	u->fault = why;
	if (u->fd >= 0 && ftruncate(u->fd, 0) != 0) u->fault = why; /* then it is given back when the form is */
}

static err open_spool(struct cx *cx, const char *dir, int *fd)
{
	TRY(spool_open(cx, dir, fd));
	cx_defer(cx, close_fd, (void *)(intptr_t)*fd);
	return OK;
}

static err flush(struct form_reader *r)
{
	struct upload *u = &r->files.at[r->files.n - 1];
	if (u->fault == UPLOAD_WHOLE && u->fd < 0) {
		TRY(open_spool(r->cx, r->limits.spool_dir, &u->fd));
		r->descriptors++;
	}
	/* Asked each time: many may come at once, slowly, and what is on its way takes as much of the disk as what stays. */
	if (r->limits.keep_on && u->fault == UPLOAD_WHOLE && !spool_has_room(u->fd, r->limits.keep_free)) give_up(u, UPLOAD_NO_ROOM);
	for (size_t at = 0; at < r->piece_n && u->fault == UPLOAD_WHOLE;) {
		ssize_t n = write(u->fd, r->piece + at, r->piece_n - at);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0 && r->limits.keep_on) give_up(u, UPLOAD_NO_ROOM);
		else if (n <= 0) return cx_fail(r->cx, FAILED, NULL, "The file could not be stored: %s.", strerror(errno));
		else at += (size_t)n;
	}
	r->piece_n = 0;
	return OK;
}

err form_write_file(struct form_reader *r, const char *p, size_t n)
{
	struct upload *u = &r->files.at[r->files.n - 1];
	u->size += (int64_t)n;
	if (u->size > r->limits.file && !r->limits.keep_on) return cx_fail(r->cx, LIMIT, NULL, "A file is too large.");
	if (u->size > r->limits.file && u->fault == UPLOAD_WHOLE) give_up(u, UPLOAD_TOO_LARGE);
	if (u->fault != UPLOAD_WHOLE) return OK;
	if (!r->piece) r->piece = arena_bytes(r->cx->arena, SPOOL_PIECE);
	while (n) {
		size_t part = SPOOL_PIECE - r->piece_n < n ? SPOOL_PIECE - r->piece_n : n;
		memcpy(r->piece + r->piece_n, p, part);
		r->piece_n += part;
		p += part;
		n -= part;
		if (r->piece_n == SPOOL_PIECE) TRY(flush(r));
	}
	return OK;
}

err form_close_file(struct form_reader *r)
{
	struct upload *u = &r->files.at[r->files.n - 1];
	if (u->fd < 0) {
		if (u->fault == UPLOAD_WHOLE) u->bytes = str_copy(r->cx, (str){ r->piece_n ? r->piece : "", r->piece_n });
		r->piece_n = 0;
		return OK;
	}
	TRY(flush(r));
	if (lseek(u->fd, 0, SEEK_SET) != 0)
		return cx_fail(r->cx, FAILED, NULL, "The file could not be stored: %s.", strerror(errno));
	return OK;
}

bool form_reader_may_block(const struct form_reader *r, size_t n) { return r->descriptors || r->piece_n + n >= (size_t)SPOOL_PIECE; }

size_t form_reader_descriptors(const struct form_reader *r) { return r->descriptors; }

err form_file(struct cx *cx, const char *spool_dir, const struct upload *u, int *fd)
{
	MUST(u->fault == UPLOAD_WHOLE);
	if (u->fd >= 0) return *fd = u->fd, OK;
	TRY(open_spool(cx, spool_dir, fd));
	TRY(spool_write(cx, *fd, u->bytes));
	if (lseek(*fd, 0, SEEK_SET) != 0) return cx_fail(cx, FAILED, NULL, "The file could not be stored: %s.", strerror(errno));
	return OK;
}

/* application/x-www-form-urlencoded. Percent signs that start no escape stand for themselves in a form, as browsers' rule has it;
 * in a query string they are an error, because no form of ours makes them. */

static err urlencoded_end_pair(struct form_reader *r, struct urlencoded *u)
{
	bool empty = !u->in_value && u->name.n == 0;
	if (!empty) {
		str name = buf_view(&u->name);
		TRY(form_add_field(r, name, &u->value));
	}
	u->name.n = 0;
	u->value = buf_new(r->cx, TEXT_MAX);
	u->in_value = false;
	return OK;
}

static err urlencoded_put(struct form_reader *r, struct urlencoded *u, char c)
{
	TRY(form_count_text(r, 1));
	buf_char(u->in_value ? &u->value : &u->name, c);
	if (u->name.full) return cx_fail(r->cx, LIMIT, NULL, "The form has a field whose name is too long.");
	return OK;
}

/* What was held back because it could have been an escape, and is none. */
static err urlencoded_literal(struct form_reader *r, struct urlencoded *u)
{
	size_t held = u->held_n;
	u->held_n = 0;
	if (held && u->strict) return cx_fail(r->cx, INVALID, NULL, "The address has a broken percent escape.");
	for (size_t i = 0; i < held; i++) TRY(urlencoded_put(r, u, u->held[i]));
	return OK;
}

static err urlencoded_byte(struct form_reader *r, struct urlencoded *u, char c)
{
	if (u->held_n) {
		if (wire_hex(c) >= 0) {
			u->held[u->held_n++] = c;
			if (u->held_n < 3) return OK;
			u->held_n = 0;
			return urlencoded_put(r, u, (char)(wire_hex(u->held[1]) << 4 | wire_hex(u->held[2])));
		}
		TRY(urlencoded_literal(r, u));
	}
	switch (c) {
	case '%': u->held[u->held_n++] = c; return OK;
	case '&': return urlencoded_end_pair(r, u);
	case '+': return urlencoded_put(r, u, ' ');
	case '=':
		if (u->in_value) break;
		u->in_value = true;
		return OK;
	default: break;
	}
	return urlencoded_put(r, u, c);
}

static err urlencoded_feed(struct form_reader *r, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) TRY(urlencoded_byte(r, &r->urlencoded, p[i]));
	return OK;
}

static err urlencoded_end(struct form_reader *r)
{
	TRY(urlencoded_literal(r, &r->urlencoded));
	return urlencoded_end_pair(r, &r->urlencoded);
}

static void urlencoded_start(struct form_reader *r, bool strict)
{
	r->urlencoded = (struct urlencoded){
		.name = buf_new(r->cx, LIMIT_FIELD_NAME), .value = buf_new(r->cx, TEXT_MAX), .strict = strict
	};
}

err form_reader_new(struct cx *cx, str content_type, const struct form_limits *limits, struct form_reader **out)
{
	struct form_reader *r = cx_new_of(cx, struct form_reader);
	r->cx = cx;
	r->limits = *limits;
	str parameters, type = wire_trim(str_cut(content_type, ';', &parameters));
	if (str_eq_ascii_ci(type, S("application/x-www-form-urlencoded"))) {
		urlencoded_start(r, false);
	} else if (str_eq_ascii_ci(type, S("multipart/form-data"))) {
		TRY(multipart_start(r, parameters));
	} else {
		return cx_fail(cx, INVALID, NULL, "This is not a form.");
	}
	*out = r;
	return OK;
}

err form_reader_feed(struct form_reader *r, const char *bytes, size_t n)
{
	MUST(r->failed == OK);
	err e = OK;
	if ((int64_t)n > r->limits.body - r->seen) e = cx_fail(r->cx, LIMIT, NULL, "The form is too large.");
	r->seen += (int64_t)n;
	if (e == OK) e = r->is_multipart ? multipart_feed(r, bytes, n) : urlencoded_feed(r, bytes, n);
	return r->failed = e;
}

err form_reader_end(struct form_reader *r, struct form *out)
{
	MUST(r->failed == OK);
	TRY(r->is_multipart ? multipart_end(r) : urlencoded_end(r));
	*out = (struct form){
		.fields = { r->fields.at, r->fields.n },
		.files = r->files.at,
		.files_n = r->files.n,
		.broken = r->broken,
	};
	return OK;
}

err form_parse_query(struct cx *cx, str query, struct params *out)
{
	struct form_reader r = { .cx = cx };
	urlencoded_start(&r, true);
	if (urlencoded_feed(&r, query.p, query.n) != OK || urlencoded_end(&r) != OK || r.broken.n || r.broken.p)
		return cx_fail(cx, INVALID, NULL, "The address has a malformed query.");
	if (r.fields.n > LIMIT_QUERY_PARAMS) return cx_fail(cx, INVALID, NULL, "The address has too many parameters.");
	*out = (struct params){ r.fields.at, r.fields.n };
	return OK;
}
