/* Bytes come out of their filters and go in without one (qpdf compresses what it writes), so that nothing hides behind what a filter reads no further
 * than. Coded pictures alone stay coded, and are looked into by their own formats' rules. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/cmap.h"
#include "base/banned.h"

#define FILTERS_MOST 8
#define TEXT_MOST    (8 * MIB) /* of a function or a map */

/* An array with the first n of what of is or holds; what is missing is null. */
static qpdf_oh first_of(struct pdf *p, qpdf_oh of, int n)
{
	qpdf_oh out = qpdf_oh_new_array(p->q);
	int there = qpdf_oh_is_array(p->q, of) ? qpdf_oh_get_array_n_items(p->q, of) : 0;
	for (int i = 0; i < n; i++) pdf_append(p, out, i < there ? qpdf_oh_get_array_item(p->q, of, i) : qpdf_oh_new_null(p->q));
	return out;
}

/* The nth, when it is the last. */
static qpdf_oh last_of(struct pdf *p, qpdf_oh of, int n)
{
	if (!qpdf_oh_is_array(p->q, of)) return n == 1 ? qpdf_oh_new_object(p->q, of) : qpdf_oh_new_null(p->q);
	return n > 0 && qpdf_oh_get_array_n_items(p->q, of) >= n ? qpdf_oh_get_array_item(p->q, of, n - 1) : qpdf_oh_new_null(p->q);
}

static enum within what_is_within(struct pdf *p, qpdf_oh last)
{
	static const struct {
		const char *name;
		enum within what;
	} filters[] = { { "/DCTDecode", JPEG }, { "/DCT", JPEG }, { "/JPXDecode", JPEG_2000 }, { "/CCITTFaxDecode", FAX }, { "/CCF", FAX }, { "/JBIG2Decode", JBIG2 } };
	const char *name = qpdf_oh_is_name(p->q, last) ? qpdf_oh_get_name(p->q, last) : "";
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (strcmp(name, filters[i].name) == 0) return filters[i].what;
	return BYTES;
}

static bool undo(struct pdf *p, qpdf_oh stream, struct coded *out)
{
	QPDF_BOOL done = QPDF_FALSE;
	return !(qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_specialized, &done, &out->bytes, &out->n) & QPDF_ERRORS) && done;
}

/* What is left in the stream are the filters before the last. */
static bool undo_but_last(struct pdf *p, qpdf_oh stream, qpdf_oh filter, qpdf_oh parms, int before, struct coded *out)
{
	if (qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_none, NULL, &out->bytes, &out->n) & QPDF_ERRORS) return false;
	if (before == 0) return true;
	qpdf_oh filters = first_of(p, filter, before), settings = first_of(p, parms, before);
	qpdf_oh_replace_stream_data(p->q, stream, out->bytes, out->n, filters, settings);
	qpdf_oh_release(p->q, filters);
	qpdf_oh_release(p->q, settings);
	free(out->bytes);
	out->bytes = NULL;
	return undo(p, stream, out);
}

static err take(struct pdf *p, qpdf_oh stream, qpdf_oh filter, qpdf_oh parms, struct coded *out)
{
	int n = qpdf_oh_is_array(p->q, filter) ? qpdf_oh_get_array_n_items(p->q, filter) : 1;
	qpdf_oh last = last_of(p, filter, n);
	*out = (struct coded){ .within = n > FILTERS_MOST ? UNREADABLE : what_is_within(p, last) };
	qpdf_oh_release(p->q, last);
	bool good = out->within != UNREADABLE && (out->within == BYTES ? undo(p, stream, out) : undo_but_last(p, stream, filter, parms, n - 1, out));
	if (good && out->within != BYTES) out->setting = last_of(p, parms, n);
	if (!good) out->within = UNREADABLE;
	return OK;
}

err pdf_take(struct pdf *p, qpdf_oh stream, qpdf_oh dict, struct coded *out)
{
	qpdf_oh filter = qpdf_oh_get_key(p->q, dict, "/Filter"), parms = qpdf_oh_get_key(p->q, dict, "/DecodeParms");
	err e = take(p, stream, filter, parms, out);
	qpdf_oh_release(p->q, filter);
	qpdf_oh_release(p->q, parms);
	return e;
}

err pdf_take_coded(struct pdf *p, str bytes, qpdf_oh filter, qpdf_oh parms, struct coded *out)
{
	if (!p->scratch) p->scratch = qpdf_oh_new_stream(p->q);
	qpdf_oh_replace_stream_data(p->q, p->scratch, (const unsigned char *)bytes.p, bytes.n, filter, parms);
	return take(p, p->scratch, filter, parms, out);
}

void pdf_give(struct pdf *p, qpdf_oh stream, str bytes, const char *filter, qpdf_oh setting)
{
	qpdf_oh name = filter ? qpdf_oh_new_name(p->q, filter) : qpdf_oh_new_null(p->q), none = qpdf_oh_new_null(p->q);
	qpdf_oh_replace_stream_data(p->q, stream, (const unsigned char *)(bytes.n ? bytes.p : ""), bytes.n, name, setting ? setting : none);
	qpdf_oh_release(p->q, name);
	qpdf_oh_release(p->q, none);
}

static void drop_rest(struct pdf *p, struct coded *c)
{
	free(c->bytes);
	if (c->setting) qpdf_oh_release(p->q, c->setting);
}

/* What is not to be a picture, as plain bytes of at most `most`. */
static err take_plain(struct pdf *p, qpdf_oh stream, qpdf_oh from, int64_t most, struct coded *out)
{
	TRY(pdf_take(p, stream, from, out));
	if (out->within == BYTES && (int64_t)out->n <= most) return OK;
	err e = job_refuse(p->job, out->within == BYTES ? MEDIA_REFUSED_MEMORY : MEDIA_REFUSED_DAMAGED);
	drop_rest(p, out);
	return e;
}

err pdf_stream_bytes(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	TRY(take_plain(p, stream, from, 64 * MIB, &c));
	pdf_give(p, to, (str){ (const char *)c.bytes, c.n }, NULL, 0);
	free(c.bytes);
	return OK;
}

err pdf_stream_mesh(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	if (pdf_int_at(p, from, "/ShadingType", 0) >= 4) return pdf_stream_bytes(p, stream, from, to);
	pdf_give(p, to, S(""), NULL, 0);
	return OK;
}

static int64_t product(struct pdf *p, qpdf_oh from, const char *key, int64_t most)
{
	qpdf_oh array = qpdf_oh_get_key(p->q, from, key);
	int n = qpdf_oh_is_array(p->q, array) ? qpdf_oh_get_array_n_items(p->q, array) : 0;
	int64_t all = 1;
	for (int i = 0; i < n && all <= most; i++) {
		qpdf_oh one = qpdf_oh_get_array_item(p->q, array, i);
		long long size = 0;
		if (qpdf_oh_get_value_as_longlong(p->q, one, &size) && size > 0 && size <= most) all *= size;
		qpdf_oh_release(p->q, one);
	}
	qpdf_oh_release(p->q, array);
	return all;
}

static int count_at(struct pdf *p, qpdf_oh from, const char *key)
{
	qpdf_oh array = qpdf_oh_get_key(p->q, from, key);
	int n = qpdf_oh_is_array(p->q, array) ? qpdf_oh_get_array_n_items(p->q, array) : 0;
	qpdf_oh_release(p->q, array);
	return n;
}

/* 7.10.2: as many samples as it says, and no byte behind them. */
static str samples_of(struct pdf *p, qpdf_oh from, str bytes)
{
	int64_t most = 1 << 30, bits = pdf_int_at(p, from, "/BitsPerSample", 8), n = product(p, from, "/Size", most);
	int64_t all = bits > 0 && bits <= 32 ? (n * (count_at(p, from, "/Range") / 2) * bits + 7) / 8 : 0;
	return str_sub(bytes, 0, all < (int64_t)bytes.n ? (size_t)all : bytes.n);
}

err pdf_stream_function(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	int64_t type = pdf_int_at(p, from, "/FunctionType", -1);
	TRY(take_plain(p, stream, from, TEXT_MOST, &c));
	str bytes = { (const char *)c.bytes, c.n };
	bytes = type == 0 ? samples_of(p, from, bytes) : type == 4 ? cmap_function(p->job->cx, bytes) : S("");
	pdf_give(p, to, bytes, NULL, 0);
	free(c.bytes);
	return OK;
}

err pdf_stream_cmap(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	TRY(take_plain(p, stream, from, TEXT_MOST, &c));
	pdf_give(p, to, cmap_rewrite(p->job->cx, (str){ (const char *)c.bytes, c.n }), NULL, 0);
	free(c.bytes);
	return OK;
}
