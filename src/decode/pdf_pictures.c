/* A JPEG stands in a document as its camera wrote it, Exif and all; so may a JPEG 2000. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/traces.h"
#include "base/banned.h"

#define PICTURE_MOST (64 * MIB)
#define FILTERS_MOST 8

static bool is_one_of(const char *name, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(name, names[i]) == 0) return true;
	return false;
}

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

err pdf_clean_stream(struct pdf *p, qpdf_oh stream, qpdf_oh dict)
{
	static const char *const jpeg[] = { "/DCTDecode", "/DCT", NULL };
	qpdf_oh filter = qpdf_oh_get_key(p->q, dict, "/Filter"), parms = qpdf_oh_get_key(p->q, dict, "/DecodeParms");
	int n = qpdf_oh_is_array(p->q, filter) ? qpdf_oh_get_array_n_items(p->q, filter) : 1;
	qpdf_oh last = last_of(p, filter, n);
	const char *name = qpdf_oh_is_name(p->q, last) ? str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, last))) : "";
	bool is_jpeg = is_one_of(name, jpeg);
	err e = OK;
	if (n > FILTERS_MOST) e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	else if (is_jpeg || strcmp(name, "/JPXDecode") == 0) e = clean_bytes(p, stream, filter, parms, n - 1, is_jpeg);
	qpdf_oh_release(p->q, last);
	qpdf_oh_release(p->q, filter);
	qpdf_oh_release(p->q, parms);
	return e;
}
