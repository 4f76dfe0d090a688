/* Fonts as a document tells of them. One that it brings along needs no name; of one that it does not bring, the reader's machine has to find one that looks
 * alike, for which a few names are known and the others become the one of these that is nearest. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "decode/cmap.h"
#include "decode/typeface.h"
#include "base/banned.h"

#define FILE_MOST   (32 * MIB)
#define FLAG_FIXED  1
#define FLAG_SERIF  2
#define FLAG_ITALIC 64

enum shape pdf_font_shape(struct pdf *p, qpdf_oh font)
{
	static const struct {
		const char *kind;
		enum shape shape;
	} kinds[] = { { "/Type1", SHAPE_SIMPLE_FONT }, { "/MMType1", SHAPE_SIMPLE_FONT }, { "/TrueType", SHAPE_SIMPLE_FONT }, { "/Type3", SHAPE_TYPE3 }, { "/Type0", SHAPE_TYPE0 },
		{ "/CIDFontType0", SHAPE_CID_FONT }, { "/CIDFontType2", SHAPE_CID_FONT } };
	const char *kind = pdf_name_at(p, font, "/Subtype");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kind, kinds[i].kind) == 0) return kinds[i].shape;
	return SHAPE_NONE;
}

/* names */

static bool brings_file(struct pdf *p, qpdf_oh font)
{
	qpdf_oh d = qpdf_oh_get_key_if_dict(p->q, font, "/FontDescriptor");
	bool brings = qpdf_oh_is_dictionary(p->q, d) && (qpdf_oh_has_key(p->q, d, "/FontFile") || qpdf_oh_has_key(p->q, d, "/FontFile2") || qpdf_oh_has_key(p->q, d, "/FontFile3"));
	qpdf_oh_release(p->q, d);
	return brings;
}

static bool has_part(str name, str part)
{
	for (size_t i = 0; i + part.n <= name.n; i++)
		if (str_eq_ascii_ci(str_sub(name, i, part.n), part)) return true;
	return false;
}

/* One that every reader has or has something like: a family, and how it is cut. */
static const char *known_name(struct pdf *p, const char *name, int64_t flags)
{
	static const char *const families[] = { "Helvetica", "Arial", "Times", "TimesNewRoman", "Courier", "CourierNew", "Symbol", "ZapfDingbats", "Verdana", "Georgia", "Tahoma", "Calibri",
		"Cambria", "TrebuchetMS", "Garamond", "DejaVuSans", "DejaVuSerif", "DejaVuSansMono", "LiberationSans", "LiberationSerif", "LiberationMono", "MS-Gothic", "MS-Mincho", "SimSun",
		"SimHei", "MingLiU", "Batang", "Gulim", "KozMinPro-Regular", "KozGoPro-Medium", "HeiseiMin-W3", "HeiseiKakuGo-W5", "STSong-Light", "MSung-Light", "HYSMyeongJo-Medium",
		"HYGoThic-Medium" };
	static const char *const cuts[] = { "", "-Bold", "-Italic", "-Oblique", "-BoldItalic", "-BoldOblique", "-Roman", ",Bold", ",Italic", ",BoldItalic", "MT", "PSMT", "-BoldMT",
		"-ItalicMT", "-BoldItalicMT", "PS-BoldMT", "PS-ItalicMT", "PS-BoldItalicMT" };
	str whole = str_of(name);
	bool bold = has_part(whole, S("bold")), slanted = has_part(whole, S("italic")) || has_part(whole, S("oblique")) || (flags & FLAG_ITALIC);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		if (!str_starts(whole, str_of(families[i]))) continue;
		str rest = str_sub(whole, strlen(families[i]), whole.n);
		for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++)
			if (str_eq(rest, str_of(cuts[k]))) return str_c(p->job->cx, whole);
	}
	if (flags & FLAG_FIXED) return bold ? slanted ? "Courier-BoldOblique" : "Courier-Bold" : slanted ? "Courier-Oblique" : "Courier";
	if (flags & FLAG_SERIF) return bold ? slanted ? "Times-BoldItalic" : "Times-Bold" : slanted ? "Times-Italic" : "Times-Roman";
	return bold ? slanted ? "Helvetica-BoldOblique" : "Helvetica-Bold" : slanted ? "Helvetica-Oblique" : "Helvetica";
}

static const char *base_name(struct pdf *p, qpdf_oh font)
{
	if (brings_file(p, font)) return "Typeface";
	const char *name = pdf_name_at(p, font, "/BaseFont");
	qpdf_oh d = qpdf_oh_get_key_if_dict(p->q, font, "/FontDescriptor");
	int64_t flags = qpdf_oh_is_dictionary(p->q, d) ? pdf_int_at(p, d, "/Flags", 0) : 0;
	qpdf_oh_release(p->q, d);
	const char *plus = strlen(name) > 8 && name[7] == '+' ? name + 8 : name + (*name == '/');
	return known_name(p, plus, flags);
}

static void put_base(struct pdf *p, qpdf_oh to, const char *key, const char *name)
{
	pdf_put_name(p, to, key, str_c(p->job->cx, str_fmt(p->job->cx, "/%s", name)));
}

void pdf_finish_font(struct pdf *p, qpdf_oh from, qpdf_oh to) { put_base(p, to, "/BaseFont", base_name(p, from)); }

void pdf_finish_type0(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	qpdf_oh list = qpdf_oh_get_key_if_dict(p->q, from, "/DescendantFonts");
	qpdf_oh one = qpdf_oh_is_array(p->q, list) && qpdf_oh_get_array_n_items(p->q, list) > 0 ? qpdf_oh_get_array_item(p->q, list, 0) : qpdf_oh_new_null(p->q);
	put_base(p, to, "/BaseFont", base_name(p, one));
	qpdf_oh_release(p->q, one);
	qpdf_oh_release(p->q, list);
}

void pdf_finish_descriptor(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	bool brings = qpdf_oh_has_key(p->q, from, "/FontFile") || qpdf_oh_has_key(p->q, from, "/FontFile2") || qpdf_oh_has_key(p->q, from, "/FontFile3");
	const char *name = pdf_name_at(p, from, "/FontName"), *plus = strlen(name) > 8 && name[7] == '+' ? name + 8 : name + (*name == '/');
	put_base(p, to, "/FontName", brings ? "Typeface" : known_name(p, plus, pdf_int_at(p, from, "/Flags", 0)));
}

/* 9.7.3: whose characters are numbered. */
void pdf_finish_system(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	static const char *const orders[] = { "Identity", "Japan1", "GB1", "CNS1", "Korea1", "KR", "UCS" };
	const char *order = orders[0];
	qpdf_oh said = qpdf_oh_get_key(p->q, from, "/Ordering");
	str s = qpdf_oh_is_string(p->q, said) ? str_of(qpdf_oh_get_string_value(p->q, said)) : S("");
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		if (str_eq(s, str_of(orders[i]))) order = orders[i];
	qpdf_oh_release(p->q, said);
	pdf_put(p, to, "/Registry", qpdf_oh_new_string(p->q, "Adobe"));
	pdf_put(p, to, "/Ordering", qpdf_oh_new_string(p->q, order));
}

/* encodings */

/* Letters' names: short, of letters, digits and a few signs, as Adobe's list makes them. */
static qpdf_oh copy_letter(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (qpdf_oh_is_integer(p->q, v)) return copy_int(p, v, r);
	if (!qpdf_oh_is_name(p->q, v)) return 0;
	str name = str_copy(p->job->cx, str_of(qpdf_oh_get_name(p->q, v)));
	bool fine = name.n <= 40;
	for (size_t i = 1; i < name.n; i++) fine = fine && ((name.p[i] >= '0' && name.p[i] <= '9') || ((name.p[i] | 32) >= 'a' && (name.p[i] | 32) <= 'z') || strchr("._-", name.p[i]));
	return qpdf_oh_new_name(p->q, fine ? str_c(p->job->cx, name) : "/.notdef");
}

/* A name, a dictionary, its differences, or a map. */
qpdf_oh copy_encoding(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (qpdf_oh_is_array(p->q, v)) return pdf_copy_items(p, v, copy_letter, r, false);
	if (qpdf_oh_is_stream(p->q, v)) return pdf_copy_as(p, v, SHAPE_CMAP);
	if (!qpdf_oh_is_name(p->q, v)) return pdf_copy_as(p, v, SHAPE_ENCODING);
	const char *name = str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, v)));
	bool known = cmap_is_known(str_of(name + 1)) || pdf_is_listed(name + 1, "MacRomanEncoding MacExpertEncoding WinAnsiEncoding StandardEncoding PDFDocEncoding ");
	return known ? qpdf_oh_new_name(p->q, name) : 0;
}

static qpdf_oh copy_descendant(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	return qpdf_oh_is_dictionary(p->q, v) && pdf_font_shape(p, v) == SHAPE_CID_FONT ? pdf_copy_as(p, v, SHAPE_CID_FONT) : 0;
}

qpdf_oh copy_descendants(struct pdf *p, qpdf_oh v, const struct rule *r) { return pdf_copy_items(p, v, copy_descendant, r, false); }

qpdf_oh copy_glyph_map(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	return qpdf_oh_is_stream(p->q, v) ? pdf_copy_as(p, v, SHAPE_BYTES) : qpdf_oh_is_name_and_equals(p->q, v, "/Identity") ? qpdf_oh_new_name(p->q, "/Identity") : 0;
}

/* letters that are drawn like a page, 9.6.5 */

static err copy_letters(struct pdf *p, qpdf_oh letters, const char *key, qpdf_oh resources, qpdf_oh to)
{
	qpdf_oh stream = qpdf_oh_get_key(p->q, letters, key);
	struct out out = { 0 };
	err e = OK;
	if (qpdf_oh_is_stream(p->q, stream)) {
		struct coded c;
		qpdf_oh dict = qpdf_oh_get_dict(p->q, stream), made = qpdf_oh_new_stream(p->q);
		e = pdf_take(p, stream, dict, &c);
		if (e == OK && c.within != BYTES) e = job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
		if (e == OK) e = pdf_rewrite(p, (str){ (const char *)c.bytes, c.n }, resources, &out);
		pdf_give(p, made, (str){ out.p, out.n }, NULL, 0);
		qpdf_oh name = qpdf_oh_new_name(p->q, key), kept = copy_letter(p, name, NULL);
		pdf_put(p, to, str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, kept))), made);
		qpdf_oh_release(p->q, kept);
		qpdf_oh_release(p->q, name);
		qpdf_oh_release(p->q, dict);
		free(c.bytes);
		free(out.p);
	}
	qpdf_oh_release(p->q, stream);
	return e;
}

void pdf_finish_type3(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	int64_t before = p->owner;
	qpdf_oh letters = qpdf_oh_get_key(p->q, from, "/CharProcs"), resources = pdf_resources_of(p, from), made = qpdf_oh_new_dictionary(p->q);
	VEC(const char *) keys = { 0 };
	p->owner = ++p->owners;
	if (qpdf_oh_is_dictionary(p->q, letters)) {
		qpdf_oh_begin_dict_key_iter(p->q, letters);
		while (qpdf_oh_dict_more_keys(p->q)) vec_push(p->job->cx, &keys, str_c(p->job->cx, str_of(qpdf_oh_dict_next_key(p->q))));
	}
	for (size_t i = 0; i < keys.n && pdf_count(p); i++) {
		err e = copy_letters(p, letters, keys.at[i], resources, made);
		if (e != OK && p->end == OK) p->end = e;
	}
	pdf_put(p, to, "/CharProcs", made);
	if (p->end == OK) pdf_put(p, to, "/Resources", pdf_copy_resources(p, resources));
	p->owner = before;
	qpdf_oh_release(p->q, letters);
}

/* typefaces that come along */

static err take_file(struct pdf *p, qpdf_oh stream, qpdf_oh from, struct coded *c)
{
	TRY(pdf_take(p, stream, from, c));
	REMOVED(p, MEDIA_UNSURE_TYPEFACE);
	if (c->setting) qpdf_oh_release(p->q, c->setting);
	if (c->within == BYTES && (int64_t)c->n <= FILE_MOST) return OK;
	free(c->bytes);
	return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
}

static void give_file(struct pdf *p, qpdf_oh to, struct coded *c, str clean, const size_t *parts)
{
	static const char *const keys[] = { "/Length1", "/Length2", "/Length3" };
	qpdf_oh dict = qpdf_oh_get_dict(p->q, to);
	if (!str_eq(clean, (str){ (const char *)c->bytes, c->n })) REMOVED(p, MEDIA_OTHER);
	pdf_give(p, to, clean, NULL, 0);
	for (int i = 0; parts && i < 3; i++) pdf_put_int(p, dict, keys[i], (int64_t)parts[i]);
	qpdf_oh_release(p->q, dict);
	free(c->bytes);
}

err pdf_stream_type1(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	size_t parts[3] = { 0 };
	TRY(take_file(p, stream, from, &c));
	str file = { (const char *)c.bytes, c.n }, clean = typeface_type1(p->job->cx, file, parts);
	give_file(p, to, &c, clean, parts);
	return OK;
}

err pdf_stream_truetype(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	TRY(take_file(p, stream, from, &c));
	str clean = typeface_sfnt(p->job->cx, (str){ (const char *)c.bytes, c.n });
	const size_t length[3] = { clean.n, 0, 0 };
	give_file(p, to, &c, clean, length);
	return OK;
}

err pdf_stream_type3_file(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	TRY(take_file(p, stream, from, &c));
	str file = { (const char *)c.bytes, c.n };
	bool sfnt = str_starts(file, S("OTTO")) || str_starts(file, S("true")) || str_starts(file, S("\0\1\0\0"));
	give_file(p, to, &c, sfnt ? typeface_sfnt(p->job->cx, file) : typeface_cff(p->job->cx, file), NULL);
	return OK;
}
