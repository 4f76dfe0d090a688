/* Pictures inside a document: plain ones are cut to their measure, coded ones rebuilt by the rules of their formats. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/bare.h"
#include "decode/traces.h"
#include "base/banned.h"

#define PICTURE_MOST (64 * MIB)

str pdf_bare_jpeg(struct pdf *p, str jpeg) { return jpeg.n > PICTURE_MOST ? S("") : bare_jpeg(p->job->cx, jpeg); }

/* ISO 32000-1 table 11 */
qpdf_oh pdf_fax_setting(struct pdf *p, qpdf_oh setting)
{
	static const char *const numbers[] = { "/K", "/Columns", "/Rows", "/DamagedRowsBeforeError" }, *const truths[] = { "/EndOfLine", "/EncodedByteAlign", "/EndOfBlock", "/BlackIs1" };
	if (!setting || !qpdf_oh_is_dictionary(p->q, setting)) return 0;
	qpdf_oh to = qpdf_oh_new_dictionary(p->q);
	for (size_t i = 0; i < 4; i++) {
		qpdf_oh number = qpdf_oh_get_key(p->q, setting, numbers[i]), truth = qpdf_oh_get_key(p->q, setting, truths[i]);
		pdf_put(p, to, numbers[i], copy_int(p, number, NULL));
		pdf_put(p, to, truths[i], copy_bool(p, truth, NULL));
		qpdf_oh_release(p->q, number);
		qpdf_oh_release(p->q, truth);
	}
	return to;
}

static err give_jpeg(struct pdf *p, qpdf_oh to, const struct coded *c)
{
	str file = { (const char *)c->bytes, c->n }, clean = pdf_bare_jpeg(p, file);
	if (!clean.n) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	if (!str_eq(clean, file)) REMOVED(p, MEDIA_OTHER | traces_in_jpeg(file));
	int64_t transform = c->setting ? pdf_int_at(p, c->setting, "/ColorTransform", -1) : -1;
	qpdf_oh setting = transform >= 0 ? qpdf_oh_parse(p->q, transform ? "<< /ColorTransform 1 >>" : "<< /ColorTransform 0 >>") : 0;
	pdf_give(p, to, clean, "/DCTDecode", setting);
	if (setting) qpdf_oh_release(p->q, setting);
	return OK;
}

static err give_jpeg_2000(struct pdf *p, qpdf_oh to, const struct coded *c)
{
	bool profile = false;
	str file = { (const char *)c->bytes, c->n }, clean = c->n > PICTURE_MOST ? S("") : bare_jpeg_2000(p->job->cx, file, &profile);
	if (!clean.n) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	if (!str_eq(clean, file)) REMOVED(p, MEDIA_OTHER);
	pdf_give(p, to, clean, "/JPXDecode", 0);
	return OK;
}

/* The segments that several pictures share stand in a stream of their own. */
static qpdf_oh shared_segments(struct pdf *p, qpdf_oh setting)
{
	struct coded c;
	qpdf_oh from = setting ? qpdf_oh_get_key_if_dict(p->q, setting, "/JBIG2Globals") : 0, to = 0;
	if (from && qpdf_oh_is_stream(p->q, from) && !(to = pdf_find(p, from, SHAPE_BYTES))) {
		qpdf_oh dict = qpdf_oh_get_dict(p->q, from);
		if (pdf_take(p, from, dict, &c) == OK && c.within == BYTES) {
			str clean = c.n > PICTURE_MOST ? S("") : bare_jbig2(p->job->cx, (str){ (const char *)c.bytes, c.n });
			to = qpdf_oh_new_stream(p->q);
			pdf_give(p, to, clean, NULL, 0);
			pdf_register(p, from, SHAPE_BYTES, qpdf_oh_new_object(p->q, to));
		}
		free(c.bytes);
		qpdf_oh_release(p->q, dict);
	}
	if (from) qpdf_oh_release(p->q, from);
	return to;
}

static err give_jbig2(struct pdf *p, qpdf_oh to, const struct coded *c)
{
	str file = { (const char *)c->bytes, c->n }, clean = c->n > PICTURE_MOST ? S("") : bare_jbig2(p->job->cx, file);
	if (!clean.n) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	if (clean.n < file.n) REMOVED(p, MEDIA_OTHER);
	qpdf_oh shared = shared_segments(p, c->setting), setting = 0;
	if (shared) {
		setting = qpdf_oh_new_dictionary(p->q);
		pdf_put(p, setting, "/JBIG2Globals", shared);
	}
	pdf_give(p, to, clean, "/JBIG2Decode", setting);
	if (setting) qpdf_oh_release(p->q, setting);
	return OK;
}

/* Rows of whole bytes, and nothing behind the last. */
static err give_samples(struct pdf *p, qpdf_oh from, qpdf_oh to, const struct coded *c)
{
	qpdf_oh dict = qpdf_oh_get_dict(p->q, to), colour = qpdf_oh_get_key(p->q, dict, "/ColorSpace"), mask = qpdf_oh_get_key(p->q, dict, "/ImageMask");
	bool stencil = qpdf_oh_is_bool(p->q, mask) && qpdf_oh_get_bool_value(p->q, mask);
	int64_t width = pdf_int_at(p, from, "/Width", 0), height = pdf_int_at(p, from, "/Height", 0), bits = stencil ? 1 : pdf_int_at(p, from, "/BitsPerComponent", 8);
	int64_t parts = stencil ? 1 : pdf_colour_parts(p, colour);
	bool good = width > 0 && height > 0 && width < 1 << 20 && height < 1 << 20 && bits > 0 && bits <= 16 && parts > 0;
	int64_t need = good ? (width * parts * bits + 7) / 8 * height : 0;
	if (need < (int64_t)c->n) REMOVED(p, c->n - (size_t)need > 2 ? MEDIA_OTHER : 0); /* a line's end may stand there */
	pdf_give(p, to, str_sub((str){ (const char *)c->bytes, c->n }, 0, need < (int64_t)c->n ? (size_t)need : c->n), NULL, 0);
	qpdf_oh_release(p->q, mask);
	qpdf_oh_release(p->q, colour);
	qpdf_oh_release(p->q, dict);
	return OK;
}

static err give_fax(struct pdf *p, qpdf_oh to, const struct coded *c)
{
	qpdf_oh setting = pdf_fax_setting(p, c->setting);
	REMOVED(p, MEDIA_UNSURE_CODED); /* nobody but its decoder sees where it ends */
	pdf_give(p, to, (str){ (const char *)c->bytes, c->n }, "/CCITTFaxDecode", setting);
	if (setting) qpdf_oh_release(p->q, setting);
	return OK;
}

err pdf_stream_picture(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	err e;
	TRY(pdf_take(p, stream, from, &c));
	switch (c.within) {
	case BYTES: e = give_samples(p, from, to, &c); break;
	case JPEG: e = give_jpeg(p, to, &c); break;
	case JPEG_2000: e = give_jpeg_2000(p, to, &c); break;
	case FAX: e = give_fax(p, to, &c); break;
	case JBIG2: e = give_jbig2(p, to, &c); break;
	default: e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED); break;
	}
	free(c.bytes);
	if (c.setting) qpdf_oh_release(p->q, c.setting);
	return e;
}
