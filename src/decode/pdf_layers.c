/* Layers, and the structure that is read aloud. Layers are named by number: their names are a draughtsman's, or a file's. What has a name of its own in the structure
 * becomes what the document says it is like, or nothing in particular. */
#include "decode/pdf_parts.h"

#include <string.h>

#include "base/banned.h"

#define KINDS "Document DocumentFragment Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H Title H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot " \
	"Span Quote Note FENote Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form Aside Em Strong Sub Artifact "
#define ROLES_DEEP 8

void pdf_finish_layer(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	(void)from;
	pdf_put(p, to, "/Name", qpdf_oh_new_string(p->q, str_c(p->job->cx, str_fmt(p->job->cx, "Layer %d", ++p->layers_n))));
}

static int items_at(struct pdf *p, qpdf_oh dict, const char *key)
{
	qpdf_oh list = qpdf_oh_get_key(p->q, dict, key);
	int n = qpdf_oh_is_array(p->q, list) ? qpdf_oh_get_array_n_items(p->q, list) : 0;
	qpdf_oh_release(p->q, list);
	return n;
}

/* What is off can be turned on by whoever reads it. */
void pdf_finish_layer_set(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	if (items_at(p, to, "/OFF") > 0 || strcmp(pdf_name_at(p, from, "/BaseState"), "/OFF") == 0) REMOVED(p, MEDIA_UNSURE_LAYERS);
}

/* Layers and lists of layers; the words above them are left out. */
qpdf_oh copy_order(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	return qpdf_oh_is_array(p->q, v) ? pdf_copy_items(p, v, copy_order, r, false) : pdf_copy_as(p, v, SHAPE_LAYER);
}

/* 8.11.2.2: And, Or, Not of layers and of the same again. */
qpdf_oh copy_condition(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	static const struct rule words = { .names = "And Or Not " };
	if (qpdf_oh_is_array(p->q, v)) return pdf_copy_items(p, v, copy_condition, r, false);
	return qpdf_oh_is_name(p->q, v) ? copy_name(p, v, &words) : pdf_copy_as(p, v, SHAPE_LAYER);
}

/* of a piece of contents: a layer, or what is said about it */
qpdf_oh copy_properties(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	const char *type = pdf_name_at(p, v, "/Type");
	return pdf_copy_as(p, v, strcmp(type, "/OCG") == 0 || strcmp(type, "/OCMD") == 0 ? SHAPE_LAYER : SHAPE_PROPERTIES);
}

/* structure, 14.7 */

static const char *role_of(struct pdf *p, const char *name)
{
	for (int i = 0; i < ROLES_DEEP && *name; i++) {
		if (pdf_is_listed(name + 1, KINDS)) return name;
		name = p->roles ? pdf_name_at(p, p->roles, name) : "";
	}
	return "/NonStruct";
}

/* A piece of contents on a page, or an element. */
static bool is_piece(struct pdf *p, qpdf_oh from) { return strcmp(pdf_name_at(p, from, "/Type"), "/MCR") == 0; }

void pdf_finish_element(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	pdf_put_name(p, to, "/Type", is_piece(p, from) ? "/MCR" : "/StructElem");
	if (!is_piece(p, from)) pdf_put_name(p, to, "/S", role_of(p, pdf_name_at(p, from, "/S")));
	qpdf_oh parent = qpdf_oh_get_key(p->q, from, "/P"), root = qpdf_oh_is_dictionary(p->q, parent) ? pdf_find(p, parent, SHAPE_TREE) : 0;
	pdf_put(p, to, "/P", root);
	qpdf_oh_release(p->q, parent);
}

static qpdf_oh copy_child(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (!qpdf_oh_is_dictionary(p->q, v)) return copy_int(p, v, r);
	return strcmp(pdf_name_at(p, v, "/Type"), "/OBJR") == 0 ? 0 : pdf_copy_as(p, v, SHAPE_ELEMENT);
}

qpdf_oh copy_children(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	return qpdf_oh_is_array(p->q, v) ? pdf_copy_items(p, v, copy_child, r, false) : copy_child(p, v, r);
}

/* Numbers, and what stands under them: an element, or a list with gaps in which each has its place. */
static qpdf_oh copy_parent(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (qpdf_oh_is_array(p->q, v)) return pdf_copy_items(p, v, copy_child, r, true);
	return copy_child(p, v, r);
}

qpdf_oh copy_parent_values(struct pdf *p, qpdf_oh v, const struct rule *r) { return pdf_copy_items(p, v, copy_parent, r, true); }

/* What it says of tables and lists; numbers between them count editions. */
qpdf_oh copy_attributes(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (qpdf_oh_is_array(p->q, v)) return pdf_copy_items(p, v, copy_attributes, r, false);
	return qpdf_oh_is_dictionary(p->q, v) && pdf_is_listed(pdf_name_at(p, v, "/O") + (*pdf_name_at(p, v, "/O") == '/'), "Table List Layout ") ? pdf_copy_as(p, v, SHAPE_ATTRIBUTES) : 0;
}
