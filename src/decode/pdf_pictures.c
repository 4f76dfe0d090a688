/* A JPEG stands in a document as its camera wrote it, Exif and all; so may a JPEG 2000. Most are streams; some stand within the words that draw a page,
 * and are put back there in hexadecimal digits, so that no reader has to guess where they end. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/vec.h"
#include "decode/inlined.h"
#include "decode/traces.h"
#include "base/banned.h"

#define PICTURE_MOST (64 * MIB)
#define INLINED_MOST (16 * MIB) /* of all pictures within one content; in memory as they are and in digits */
#define FILTERS_MOST 8
#define KEYS_MOST    4096       /* bytes between BI and ID: a dozen short keys */
#define ENDS_MOST    64         /* looked at for one picture: bytes that look like EI are one among millions */

/* What comes out of a stream once all its filters but the last are undone. */
enum within { BYTES, JPEG, JPEG_2000, PIXELS };

/* An array with the first n of what of is or holds; what is missing is null. */
static qpdf_oh first_of(struct pdf *p, qpdf_oh of, int n)
{
	qpdf_oh out = qpdf_oh_new_array(p->q);
	int there = qpdf_oh_is_array(p->q, of) ? qpdf_oh_get_array_n_items(p->q, of) : 0;
	for (int i = 0; i < n; i++) {
		qpdf_oh one = i < there ? qpdf_oh_get_array_item(p->q, of, i) : qpdf_oh_new_null(p->q);
		qpdf_oh_append_item(p->q, out, one);
		qpdf_oh_release(p->q, one);
	}
	return out;
}

/* The nth, when it is the last. */
static qpdf_oh last_of(struct pdf *p, qpdf_oh of, int n)
{
	if (!qpdf_oh_is_array(p->q, of)) return n == 1 ? qpdf_oh_new_object(p->q, of) : qpdf_oh_new_null(p->q);
	return n > 0 && qpdf_oh_get_array_n_items(p->q, of) == n ? qpdf_oh_get_array_item(p->q, of, n - 1) : qpdf_oh_new_null(p->q);
}

static int count_filters(struct pdf *p, qpdf_oh filter) { return qpdf_oh_is_array(p->q, filter) ? qpdf_oh_get_array_n_items(p->q, filter) : 1; }

static enum within what_is_within(struct pdf *p, qpdf_oh filter)
{
	static const struct {
		const char *name;
		enum within what;
	} filters[] = { { "/DCTDecode", JPEG }, { "/DCT", JPEG }, { "/JPXDecode", JPEG_2000 }, { "/CCITTFaxDecode", PIXELS }, { "/CCF", PIXELS },
		{ "/JBIG2Decode", PIXELS } };
	enum within what = BYTES;
	qpdf_oh last = last_of(p, filter, count_filters(p, filter));
	const char *name = qpdf_oh_is_name(p->q, last) ? qpdf_oh_get_name(p->q, last) : "";
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (strcmp(name, filters[i].name) == 0) what = filters[i].what;
	qpdf_oh_release(p->q, last);
	return what;
}

/* The bytes of a stream as they are, or out of the first n of its filters, which stay undone in the stream. */
static bool take_bytes(struct pdf *p, qpdf_oh stream, qpdf_oh filter, qpdf_oh parms, int n, unsigned char **bytes, size_t *size)
{
	if (qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_none, NULL, bytes, size) & QPDF_ERRORS) return false;
	if (n == 0 || *size > PICTURE_MOST) return true;
	qpdf_oh filters = first_of(p, filter, n), settings = first_of(p, parms, n);
	qpdf_oh_replace_stream_data(p->q, stream, *bytes, *size, filters, settings);
	qpdf_oh_release(p->q, filters);
	qpdf_oh_release(p->q, settings);
	free(*bytes);
	*bytes = NULL;
	QPDF_BOOL done = QPDF_FALSE;
	return !(qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_specialized, &done, bytes, size) & QPDF_ERRORS) && done;
}

/* The picture's own filter comes behind `before` others. */
static err clean_bytes(struct pdf *p, qpdf_oh stream, qpdf_oh filter, qpdf_oh parms, int before, bool jpeg)
{
	unsigned char *bytes = NULL;
	size_t n = 0;
	uint32_t found = 0;
	qpdf_oh last = last_of(p, filter, before + 1), setting = last_of(p, parms, before + 1);
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	err e = OK;
	if (!take_bytes(p, stream, filter, parms, before, &bytes, &n)) e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	else if (n > PICTURE_MOST) e = job_refuse(p->job, MEDIA_REFUSED_BYTES);
	if (e == OK) {
		str file = { (const char *)bytes, n };
		str clean = jpeg ? traces_jpeg_without(p->job->cx, file) : traces_jp2_without(p->job->cx, file, &found);
		if (jpeg && clean.n < n) found = MEDIA_OTHER | traces_in_jpeg(file);
		if (clean.n == 0) e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
		else if (clean.n < n || before) qpdf_oh_replace_stream_data(p->q, stream, (const unsigned char *)clean.p, clean.n, last, setting);
	}
	p->job->result.removed |= found;
	arena_rewind(p->job->cx->arena, mark);
	free(bytes);
	qpdf_oh_release(p->q, last);
	qpdf_oh_release(p->q, setting);
	return e;
}

/* Pictures within a content. */

struct change {
	size_t from, to;
	str keys, digits;
};

struct content {
	struct pdf *pdf;
	str bytes;
	VEC(struct change) changes;
	size_t taken; /* bytes of pictures and their keys */
};

struct coding {
	qpdf_oh keys, filter, parms;
	int before; /* filters that come before the JPEG's own */
};

static qpdf_oh parse_keys(struct pdf *p, str keys)
{
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	struct buf b = buf_new(p->job->cx, KEYS_MOST + 8);
	buf_lit(&b, "<<");
	for (size_t i = 0; i < keys.n; i++) buf_char(&b, keys.p[i] ? keys.p[i] : ' '); /* NUL is white space too */
	buf_lit(&b, "\n>>\0");
	qpdf_oh parsed = qpdf_oh_parse(p->q, buf_view(&b).p);
	arena_rewind(p->job->cx->arena, mark);
	return parsed;
}

/* The JPEG out of all filters before its own, for the caller to free; empty unless it is whole. */
static str take_jpeg(struct pdf *p, str coded, const struct coding *by)
{
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	unsigned char *bytes = NULL;
	size_t n = 0;
	qpdf_oh none = qpdf_oh_new_null(p->q);
	if (!p->scratch) p->scratch = qpdf_oh_new_stream(p->q);
	qpdf_oh_replace_stream_data(p->q, p->scratch, (const unsigned char *)coded.p, coded.n, none, none);
	qpdf_oh_release(p->q, none);
	bool taken = take_bytes(p, p->scratch, by->filter, by->parms, by->before, &bytes, &n) && n <= INLINED_MOST;
	bool whole = taken && str_ends(traces_jpeg_without(p->job->cx, (str){ (const char *)bytes, n }), S("\xff\xd9"));
	arena_rewind(p->job->cx->arena, mark);
	if (whole) return (str){ (const char *)bytes, n };
	free(bytes);
	return S("");
}

/* The keys of a picture whose bytes became digits. */
static str keys_for_digits(struct pdf *p, const struct coding *by)
{
	static const char *const gone[] = { "/F", "/Filter", "/DP", "/DecodeParms", "/L", "/Length", NULL };
	for (size_t i = 0; gone[i]; i++) qpdf_oh_remove_key(p->q, by->keys, gone[i]);
	qpdf_oh filters = qpdf_oh_parse(p->q, "[/AHx /DCT]"), parms = qpdf_oh_parse(p->q, "[null]");
	qpdf_oh setting = last_of(p, by->parms, by->before + 1);
	qpdf_oh_append_item(p->q, parms, setting);
	qpdf_oh_replace_key(p->q, by->keys, "/F", filters);
	if (qpdf_oh_is_dictionary(p->q, setting)) qpdf_oh_replace_key(p->q, by->keys, "/DP", parms);
	qpdf_oh_release(p->q, setting);
	qpdf_oh_release(p->q, parms);
	qpdf_oh_release(p->q, filters);
	str text = str_of(qpdf_oh_unparse(p->q, by->keys));
	return str_copy(p->job->cx, str_sub(text, 2, text.n - 4)); /* without << and >> */
}

/* *end: where to go on. */
static err clean_jpeg(struct content *c, const struct inlined *at, const struct coding *by, size_t *end)
{
	struct pdf *p = c->pdf;
	str jpeg = S("");
	size_t stop = at->data;
	for (int i = 0; i < ENDS_MOST && jpeg.n == 0; i++) {
		stop = inlined_end(c->bytes, i ? stop + 2 : stop);
		if (stop == c->bytes.n) break;
		jpeg = take_jpeg(p, str_sub(c->bytes, at->data, stop - at->data), by);
	}
	c->taken += jpeg.n + at->keys.n;
	if (jpeg.n == 0) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	str bare = str_trim(jpeg); /* white space stands before EI */
	str clean = c->taken > INLINED_MOST ? S("") : traces_jpeg_without(p->job->cx, bare);
	if (clean.n && clean.n < bare.n) {
		p->job->result.removed |= MEDIA_OTHER | traces_in_jpeg(bare);
		vec_push(p->job->cx, &c->changes, ((struct change){ at->from, stop, keys_for_digits(p, by), str_hex(p->job->cx, clean.p, clean.n) }));
	}
	free((void *)(uintptr_t)jpeg.p);
	*end = stop;
	return clean.n ? OK : job_refuse(p->job, MEDIA_REFUSED_BYTES);
}

static err clean_inlined(struct content *c, const struct inlined *at, size_t *end)
{
	struct pdf *p = c->pdf;
	if (at->keys.n > KEYS_MOST || !(str_contains(at->keys, S("DCT")) || str_contains(at->keys, S("JPX")))) return OK;
	struct coding by = { .keys = parse_keys(p, at->keys) };
	if (!qpdf_oh_is_dictionary(p->q, by.keys)) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	by.filter = qpdf_oh_get_key(p->q, by.keys, qpdf_oh_has_key(p->q, by.keys, "/F") ? "/F" : "/Filter");
	by.parms = qpdf_oh_get_key(p->q, by.keys, qpdf_oh_has_key(p->q, by.keys, "/DP") ? "/DP" : "/DecodeParms");
	by.before = count_filters(p, by.filter) - 1;
	enum within what = what_is_within(p, by.filter);
	err e = OK;
	if (by.before >= FILTERS_MOST || what == JPEG_2000) e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED); /* JPEG 2000 may not stand here */
	else if (what == JPEG) e = clean_jpeg(c, at, &by, end);
	qpdf_oh_release(p->q, by.parms);
	qpdf_oh_release(p->q, by.filter);
	qpdf_oh_release(p->q, by.keys);
	return e;
}

static char *put(char *to, str s)
{
	if (s.n) memcpy(to, s.p, s.n);
	return to + s.n;
}

static void write_changes(struct content *c, qpdf_oh stream)
{
	struct pdf *p = c->pdf;
	size_t most = c->bytes.n, at = 0;
	for (size_t i = 0; i < c->changes.n; i++) most += c->changes.at[i].keys.n + c->changes.at[i].digits.n + 8;
	char *out = malloc(most), *to = out;
	if (!out) abort();
	for (size_t i = 0; i < c->changes.n; i++) {
		const struct change *one = &c->changes.at[i];
		to = put(to, str_sub(c->bytes, at, one->from - at));
		to = put(put(to, one->keys), S("\nID "));
		to = put(put(to, one->digits), S(">\n"));
		at = one->to;
	}
	to = put(to, str_sub(c->bytes, at, c->bytes.n - at));
	qpdf_oh none = qpdf_oh_new_null(p->q);
	qpdf_oh_replace_stream_data(p->q, stream, (const unsigned char *)out, (size_t)(to - out), none, none);
	qpdf_oh_release(p->q, none);
	free(out);
}

/* Any stream but a picture: which of them draw is not told by what they say of themselves. */
static err clean_content(struct pdf *p, qpdf_oh stream)
{
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	struct content c = { .pdf = p };
	struct inlined one;
	unsigned char *bytes = NULL;
	QPDF_BOOL done = QPDF_FALSE;
	err e = OK;
	if ((qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_specialized, &done, &bytes, &c.bytes.n) & QPDF_ERRORS) || !done)
		e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED); /* nobody can say what is in it */
	c.bytes.p = (const char *)bytes;
	for (size_t at = 0; e == OK && inlined_next(c.bytes, &at, &one);) e = clean_inlined(&c, &one, &at);
	if (e == OK && c.changes.n) write_changes(&c, stream);
	arena_rewind(p->job->cx->arena, mark);
	free(bytes);
	return e;
}

err pdf_clean_stream(struct pdf *p, qpdf_oh stream, qpdf_oh dict)
{
	qpdf_oh filter = qpdf_oh_get_key(p->q, dict, "/Filter"), parms = qpdf_oh_get_key(p->q, dict, "/DecodeParms");
	int n = count_filters(p, filter);
	enum within what = what_is_within(p, filter);
	bool picture = qpdf_oh_is_dictionary_of_type(p->q, dict, "", "/Image");
	err e = OK;
	if (n > FILTERS_MOST) e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	else if (what == JPEG || what == JPEG_2000) e = clean_bytes(p, stream, filter, parms, n - 1, what == JPEG);
	else if (what == BYTES && !picture) e = clean_content(p, stream);
	qpdf_oh_release(p->q, filter);
	qpdf_oh_release(p->q, parms);
	return e;
}
