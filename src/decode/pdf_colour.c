/* A profile tells whose display it was made for, when, and in as many words as its maker liked; what it says of colours is given up for the device's own
 * (which readers show as sRGB), as for the pictures that are sent by themselves. Names of inks are told by number. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

#define INKS_MOST 32

static qpdf_oh device(struct pdf *p, int64_t parts)
{
	return qpdf_oh_new_name(p->q, parts == 1 ? "/DeviceGray" : parts == 4 ? "/DeviceCMYK" : "/DeviceRGB");
}

/* ISO 32000-1 8.6.5.5: N says how many parts a colour has; a profile of Lab colours is told by what is to be used instead of it. */
static qpdf_oh of_profile(struct pdf *p, qpdf_oh stream)
{
	if (!qpdf_oh_is_stream(p->q, stream)) return 0;
	qpdf_oh dict = qpdf_oh_get_dict(p->q, stream), other = qpdf_oh_get_key(p->q, dict, "/Alternate");
	qpdf_oh first = qpdf_oh_is_array(p->q, other) && qpdf_oh_get_array_n_items(p->q, other) == 2 ? qpdf_oh_get_array_item(p->q, other, 0) : qpdf_oh_new_null(p->q);
	bool lab = qpdf_oh_is_name_and_equals(p->q, first, "/Lab");
	int64_t parts = pdf_int_at(p, dict, "/N", 3);
	REMOVED(p, MEDIA_OTHER);
	qpdf_oh made = lab && parts == 3 ? copy_colour(p, other, NULL) : device(p, parts);
	qpdf_oh_release(p->q, first);
	qpdf_oh_release(p->q, other);
	qpdf_oh_release(p->q, dict);
	return made;
}

/* The table of an indexed space, cut to what it needs. */
static qpdf_oh table_of(struct pdf *p, qpdf_oh v, size_t need)
{
	if (qpdf_oh_is_string(p->q, v)) {
		size_t n;
		const char *bytes = qpdf_oh_get_binary_string_value(p->q, v, &n);
		str copy = str_copy(p->job->cx, (str){ bytes, n < need ? n : need });
		return qpdf_oh_new_binary_string(p->q, copy.p, copy.n);
	}
	if (!qpdf_oh_is_stream(p->q, v)) return 0;
	qpdf_oh dict = qpdf_oh_get_dict(p->q, v);
	struct coded c;
	err e = pdf_take(p, v, dict, &c);
	qpdf_oh_release(p->q, dict);
	if (c.setting) qpdf_oh_release(p->q, c.setting);
	qpdf_oh made = e == OK && c.within == BYTES ? qpdf_oh_new_binary_string(p->q, (const char *)c.bytes, c.n < need ? c.n : need) : 0;
	free(c.bytes);
	return made;
}

static qpdf_oh of_index(struct pdf *p, qpdf_oh array)
{
	qpdf_oh base = qpdf_oh_get_array_item(p->q, array, 1), high = qpdf_oh_get_array_item(p->q, array, 2), table = qpdf_oh_get_array_item(p->q, array, 3);
	long long top = -1;
	(void)qpdf_oh_get_value_as_longlong(p->q, high, &top);
	qpdf_oh colour = copy_colour(p, base, NULL), made = 0, bytes = 0;
	int parts = colour ? pdf_colour_parts(p, colour) : 0;
	if (parts > 0 && top >= 0 && top < 256) bytes = table_of(p, table, (size_t)parts * (size_t)(top + 1));
	if (bytes) {
		made = qpdf_oh_new_array(p->q);
		pdf_append(p, made, qpdf_oh_new_name(p->q, "/Indexed"));
		pdf_append(p, made, colour);
		pdf_append(p, made, qpdf_oh_new_integer(p->q, top));
		pdf_append(p, made, bytes);
	} else if (colour) qpdf_oh_release(p->q, colour);
	qpdf_oh_release(p->q, base);
	qpdf_oh_release(p->q, high);
	qpdf_oh_release(p->q, table);
	return made;
}

static qpdf_oh copy_ink(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	if (!qpdf_oh_is_name(p->q, v)) return 0;
	const char *name = str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, v)));
	if (pdf_is_listed(name + 1, "All None Cyan Magenta Yellow Black Red Green Blue ")) return qpdf_oh_new_name(p->q, name);
	int number = pdf_rename(p, str_of(name + 1), CATEGORIES);
	return number ? qpdf_oh_new_name(p->q, str_c(p->job->cx, str_fmt(p->job->cx, "/Ink%d", number))) : 0;
}

static qpdf_oh of_inks(struct pdf *p, qpdf_oh array, bool one)
{
	qpdf_oh inks = qpdf_oh_get_array_item(p->q, array, 1), other = qpdf_oh_get_array_item(p->q, array, 2), function = qpdf_oh_get_array_item(p->q, array, 3);
	qpdf_oh names = one ? copy_ink(p, inks, NULL) : pdf_copy_items(p, inks, copy_ink, NULL, false);
	qpdf_oh colour = copy_colour(p, other, NULL), tint = copy_function(p, function, NULL), made = 0;
	bool good = names && colour && tint && (one || qpdf_oh_get_array_n_items(p->q, names) <= INKS_MOST);
	if (good) {
		made = qpdf_oh_new_array(p->q);
		pdf_append(p, made, qpdf_oh_new_name(p->q, one ? "/Separation" : "/DeviceN"));
		pdf_append(p, made, names);
		pdf_append(p, made, colour);
		pdf_append(p, made, tint);
	}
	qpdf_oh_release(p->q, inks);
	qpdf_oh_release(p->q, other);
	qpdf_oh_release(p->q, function);
	return made;
}

static qpdf_oh of_pair(struct pdf *p, const char *name, qpdf_oh second)
{
	qpdf_oh made = qpdf_oh_new_array(p->q);
	pdf_append(p, made, qpdf_oh_new_name(p->q, name));
	pdf_append(p, made, second);
	return made;
}

static qpdf_oh of_array(struct pdf *p, qpdf_oh v)
{
	int n = qpdf_oh_get_array_n_items(p->q, v);
	qpdf_oh first = n > 0 ? qpdf_oh_get_array_item(p->q, v, 0) : qpdf_oh_new_null(p->q), second = n > 1 ? qpdf_oh_get_array_item(p->q, v, 1) : qpdf_oh_new_null(p->q), made = 0;
	const char *kind = qpdf_oh_is_name(p->q, first) ? str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, first))) : "";
	if (n == 1) made = copy_colour(p, first, NULL);
	else if (strcmp(kind, "/ICCBased") == 0) made = of_profile(p, second);
	else if (strcmp(kind, "/CalGray") == 0) made = device(p, 1);
	else if (strcmp(kind, "/CalRGB") == 0) made = device(p, 3);
	else if (strcmp(kind, "/Lab") == 0) made = of_pair(p, "/Lab", pdf_copy_as(p, second, SHAPE_LAB));
	else if (strcmp(kind, "/Pattern") == 0) made = of_pair(p, "/Pattern", copy_colour(p, second, NULL));
	else if (n >= 4 && (strcmp(kind, "/Indexed") == 0 || strcmp(kind, "/I") == 0)) made = of_index(p, v);
	else if (n >= 4 && strcmp(kind, "/Separation") == 0) made = of_inks(p, v, true);
	else if (n >= 4 && strcmp(kind, "/DeviceN") == 0) made = of_inks(p, v, false);
	qpdf_oh_release(p->q, first);
	qpdf_oh_release(p->q, second);
	return made;
}

/* 8.6. The short names are those of pictures within contents (8.9.7). */
qpdf_oh copy_colour(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	static const struct {
		const char *name, *becomes;
	} devices[] = { { "/DeviceGray", "/DeviceGray" }, { "/DeviceRGB", "/DeviceRGB" }, { "/DeviceCMYK", "/DeviceCMYK" }, { "/Pattern", "/Pattern" }, { "/G", "/DeviceGray" },
		{ "/RGB", "/DeviceRGB" }, { "/CMYK", "/DeviceCMYK" }, { "/CalGray", "/DeviceGray" }, { "/CalRGB", "/DeviceRGB" } };
	(void)r;
	if (!pdf_count(p)) return 0;
	if (qpdf_oh_is_name(p->q, v)) {
		const char *name = qpdf_oh_get_name(p->q, v);
		for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
			if (strcmp(name, devices[i].name) == 0) return qpdf_oh_new_name(p->q, devices[i].becomes);
		return 0;
	}
	if (!qpdf_oh_is_array(p->q, v)) return 0;
	if (p->depth >= 20) return pdf_stop(p, MEDIA_REFUSED_DAMAGED);
	p->depth++;
	qpdf_oh made = of_array(p, v);
	p->depth--;
	return made;
}

int pdf_colour_parts(struct pdf *p, qpdf_oh colour)
{
	bool array = qpdf_oh_is_array(p->q, colour);
	qpdf_oh first = array ? qpdf_oh_get_array_item(p->q, colour, 0) : qpdf_oh_new_object(p->q, colour);
	const char *name = qpdf_oh_is_name(p->q, first) ? str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, first))) : "";
	int parts = pdf_is_listed(name + (*name == '/'), "DeviceGray Indexed Separation ") ? 1 : pdf_is_listed(name + (*name == '/'), "DeviceRGB Lab ") ? 3 : 0;
	if (strcmp(name, "/DeviceCMYK") == 0) parts = 4;
	if (strcmp(name, "/DeviceN") == 0) {
		qpdf_oh inks = qpdf_oh_get_array_item(p->q, colour, 1);
		parts = qpdf_oh_get_array_n_items(p->q, inks);
		qpdf_oh_release(p->q, inks);
	}
	qpdf_oh_release(p->q, first);
	return parts;
}

/* One, or several of which each gives a part. */
qpdf_oh copy_function(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (qpdf_oh_is_array(p->q, v)) return pdf_copy_items(p, v, copy_function, r, false);
	return pdf_copy_as(p, v, SHAPE_FUNCTION);
}

qpdf_oh copy_transfer(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	return qpdf_oh_is_name_and_equals(p->q, v, "/Identity") ? qpdf_oh_new_name(p->q, "/Identity") : copy_function(p, v, r);
}

/* 8.9.6: a picture, or the colours that are let through. */
qpdf_oh copy_mask(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	return qpdf_oh_is_array(p->q, v) ? copy_numbers(p, v, r) : pdf_copy_as(p, v, SHAPE_IMAGE);
}
