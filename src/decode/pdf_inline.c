/* A picture may stand within the words that draw a page (ISO 32000-1 8.9.7). Where it ends is said by nothing but what comes out of it, so it is taken
 * out, cut to its measure, and put back in hexadecimal digits: no reader has to guess then. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/inlined.h"
#include "decode/lexer.h"
#include "decode/traces.h"
#include "base/banned.h"

#define INLINED_MOST (16 * MIB) /* of all pictures within one document's contents; in memory as they are and in digits */
#define KEYS_MOST    8192       /* bytes between BI and ID */
#define ENDS_MOST    64         /* looked at for one picture: bytes that look like EI are one among millions */
#define SIDE_MOST    65535

struct picture {
	struct pdf *pdf;
	qpdf_oh keys, filter, parms;
	int64_t width, height, bits;
	bool mask;
	qpdf_oh colour;           /* copied; 0 none */
	int named;                /* its colour is this one of the resources */
	int64_t need;             /* bytes without filters; 0 unknown */
	str data;                 /* from behind ID to the content's end */
	size_t end;               /* of its bytes in data */
	struct coded coded;
};

static qpdf_oh at(struct pdf *p, qpdf_oh keys, const char *brief, const char *full)
{
	return qpdf_oh_get_key(p->q, keys, qpdf_oh_has_key(p->q, keys, brief) ? brief : full);
}

static int64_t int_of(struct pdf *p, qpdf_oh keys, const char *brief, const char *full, int64_t otherwise)
{
	return pdf_int_at(p, keys, qpdf_oh_has_key(p->q, keys, brief) ? brief : full, otherwise);
}

/* Up to ID and the one white space behind it. */
static bool take_keys(struct picture *x, struct lexer *l)
{
	struct arena_mark mark = arena_mark(x->pdf->job->cx->arena);
	size_t from = l->at, to = from;
	str word;
	for (enum lexeme what; to = l->at, (what = lexer_next(l, &word)) != LEX_WORD || !str_eq(word, S("ID"));)
		if (what == LEX_END || l->at - from > KEYS_MOST) return false;
	if (str_eq(str_sub(l->text, l->at, 2), S("\r\n"))) l->at++;
	if (l->at < l->text.n) l->at++;
	char *text = arena_bytes(x->pdf->job->cx->arena, to - from + 8);
	memcpy(text, "<<", 2);
	for (size_t i = from; i < to; i++) text[2 + i - from] = l->text.p[i] ? l->text.p[i] : ' '; /* NUL is white space too */
	memcpy(text + 2 + to - from, "\n>>", 4);
	x->keys = qpdf_oh_parse(x->pdf->q, text);
	arena_rewind(x->pdf->job->cx->arena, mark);
	x->data = str_sub(l->text, l->at, l->text.n);
	return qpdf_oh_is_dictionary(x->pdf->q, x->keys);
}

/* A colour by its own name or array, or one of the resources'. */
static void take_colour(struct picture *x, qpdf_oh resources)
{
	struct pdf *p = x->pdf;
	qpdf_oh v = at(p, x->keys, "/CS", "/ColorSpace");
	x->colour = copy_colour(p, v, NULL);
	if (x->colour && qpdf_oh_is_array(p->q, x->colour) && !str_starts(str_of(qpdf_oh_unparse(p->q, x->colour)), S("[ /Indexed /"))) {
		qpdf_oh_release(p->q, x->colour); /* it may not stand here, nor could what it leads to */
		x->colour = 0;
	}
	if (!x->colour && qpdf_oh_is_name(p->q, v)) {
		const char *name = str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, v)));
		qpdf_oh colours = qpdf_oh_get_key_if_dict(p->q, resources, "/ColorSpace"), one = qpdf_oh_get_key_if_dict(p->q, colours, name);
		x->colour = copy_colour(p, one, NULL);
		x->named = x->colour ? pdf_rename(p, str_of(name + 1), IN_COLOUR) : 0;
		qpdf_oh_release(p->q, one);
		qpdf_oh_release(p->q, colours);
	}
	qpdf_oh_release(p->q, v);
}

static bool measure(struct picture *x, qpdf_oh resources)
{
	struct pdf *p = x->pdf;
	qpdf_oh mask = at(p, x->keys, "/IM", "/ImageMask");
	x->mask = qpdf_oh_is_bool(p->q, mask) && qpdf_oh_get_bool_value(p->q, mask);
	qpdf_oh_release(p->q, mask);
	x->width = int_of(p, x->keys, "/W", "/Width", 0);
	x->height = int_of(p, x->keys, "/H", "/Height", 0);
	x->bits = x->mask ? 1 : int_of(p, x->keys, "/BPC", "/BitsPerComponent", 8);
	if (!x->mask) take_colour(x, resources);
	x->filter = at(p, x->keys, "/F", "/Filter");
	x->parms = at(p, x->keys, "/DP", "/DecodeParms");
	int64_t parts = x->mask ? 1 : x->colour ? pdf_colour_parts(p, x->colour) : 0;
	bool good = x->width > 0 && x->width <= SIDE_MOST && x->height > 0 && x->height <= SIDE_MOST && x->bits > 0 && x->bits <= 16;
	if (good) x->need = (x->width * parts * x->bits + 7) / 8 * x->height;
	return good;
}

static void let_go(struct picture *x)
{
	struct pdf *p = x->pdf;
	const qpdf_oh all[] = { x->keys, x->filter, x->parms, x->colour, x->coded.setting };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i]) qpdf_oh_release(p->q, all[i]);
	free(x->coded.bytes);
}

static bool is_whole(struct picture *x)
{
	switch (x->coded.within) {
	case BYTES: return x->need > 0 && (int64_t)x->coded.n >= x->need;
	case JPEG: return str_ends(pdf_bare_jpeg(x->pdf, (str){ (const char *)x->coded.bytes, x->coded.n }), S("\xff\xd9"));
	case FAX: return true;
	default: return false; /* other kinds may not stand here */
	}
}

/* Where what looks like the end is one. */
static bool find_end(struct picture *x)
{
	struct pdf *p = x->pdf;
	if (!qpdf_oh_is_name(p->q, x->filter) && !(qpdf_oh_is_array(p->q, x->filter) && qpdf_oh_get_array_n_items(p->q, x->filter) > 0)) {
		x->end = (size_t)x->need;
		return x->need > 0 && x->need <= (int64_t)x->data.n;
	}
	size_t stop = 0;
	for (int i = 0; i < ENDS_MOST; i++) {
		stop = inlined_end(x->data, i ? stop + 2 : stop);
		if (stop == x->data.n) return false;
		if (pdf_take_coded(p, str_sub(x->data, 0, stop), x->filter, x->parms, &x->coded) == OK && is_whole(x)) {
			x->end = stop;
			return true;
		}
		free(x->coded.bytes);
		if (x->coded.setting) qpdf_oh_release(p->q, x->coded.setting);
		x->coded = (struct coded){ 0 };
	}
	return false;
}

static void put_value(struct picture *x, struct out *out, const char *key, qpdf_oh value)
{
	if (!value) return;
	out_fmt(out, "%s ", key);
	out_str(out, str_of(qpdf_oh_unparse(x->pdf->q, value)));
	out_str(out, S(" "));
	qpdf_oh_release(x->pdf->q, value);
}

static void put_keys(struct picture *x, struct out *out)
{
	struct pdf *p = x->pdf;
	out_fmt(out, "BI /W %lld /H %lld ", (long long)x->width, (long long)x->height);
	if (x->mask) out_str(out, S("/IM true "));
	else out_fmt(out, "/BPC %lld ", (long long)x->bits);
	if (x->named) out_fmt(out, "/CS /n%d ", x->named);
	else if (x->colour) put_value(x, out, "/CS", qpdf_oh_new_object(p->q, x->colour));
	qpdf_oh decode = at(p, x->keys, "/D", "/Decode"), smooth = at(p, x->keys, "/I", "/Interpolate");
	put_value(x, out, "/D", copy_numbers(p, decode, NULL));
	put_value(x, out, "/I", copy_bool(p, smooth, NULL));
	qpdf_oh_release(p->q, decode);
	qpdf_oh_release(p->q, smooth);
}

static void put_digits(struct picture *x, struct out *out, str bytes)
{
	struct arena_mark mark = arena_mark(x->pdf->job->cx->arena);
	out_str(out, S("ID "));
	for (size_t i = 0; i < bytes.n; i += 65536) {
		str part = str_sub(bytes, i, 65536);
		out_str(out, str_hex(x->pdf->job->cx, part.p, part.n));
		arena_rewind(x->pdf->job->cx->arena, mark);
	}
	out_str(out, S(">\nEI\n"));
}

static void put_picture(struct picture *x, struct out *out)
{
	struct pdf *p = x->pdf;
	str bytes = x->coded.bytes ? (str){ (const char *)x->coded.bytes, x->coded.n } : str_sub(x->data, 0, x->end);
	qpdf_oh setting = 0;
	put_keys(x, out);
	if (x->coded.within == FAX) {
		out_str(out, S("/F [/AHx /CCF] "));
		setting = pdf_fax_setting(p, x->coded.setting);
		REMOVED(p, MEDIA_UNSURE_CODED);
	} else if (x->coded.within == JPEG) {
		str bare = pdf_bare_jpeg(p, bytes);
		if (bare.n < str_trim(bytes).n) REMOVED(p, MEDIA_OTHER | traces_in_jpeg(bytes));
		bytes = bare;
		out_str(out, S("/F [/AHx /DCT] "));
		int64_t transform = x->coded.setting ? pdf_int_at(p, x->coded.setting, "/ColorTransform", -1) : -1;
		if (transform >= 0) setting = qpdf_oh_parse(p->q, transform ? "<< /ColorTransform 1 >>" : "<< /ColorTransform 0 >>");
	} else {
		bytes = str_sub(bytes, 0, (size_t)x->need);
		out_str(out, S("/F /AHx "));
	}
	if (setting) {
		out_str(out, S("/DP [null "));
		out_str(out, str_of(qpdf_oh_unparse(p->q, setting)));
		out_str(out, S("] "));
		qpdf_oh_release(p->q, setting);
	}
	put_digits(x, out, bytes);
}

err pdf_inline(struct pdf *p, struct lexer *l, qpdf_oh resources, struct out *out)
{
	struct picture x = { .pdf = p };
	err e = OK;
	if (!take_keys(&x, l) || !measure(&x, resources) || !find_end(&x)) e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	p->inlined += (int64_t)x.end + (int64_t)x.coded.n;
	if (e == OK && p->inlined > INLINED_MOST) e = job_refuse(p->job, MEDIA_REFUSED_MEMORY);
	if (e == OK) {
		put_picture(&x, out);
		l->at += x.end;
		str word;
		struct lexer ahead = *l;
		if (lexer_next(&ahead, &word) == LEX_WORD && str_eq(word, S("EI"))) l->at = ahead.at;
	}
	let_go(&x);
	return e;
}
