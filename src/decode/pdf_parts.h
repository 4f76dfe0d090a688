/* pdf_parts: a document that is being built anew out of one that came. Shared by the pdf_*.c files.
 *
 * Nothing of the old document is written: each dictionary is made new, key by key, by the rules of its shape (pdf_shapes.c); what no rule names is not
 * even looked at. Handles are qpdf's, released when the document is closed unless something says otherwise. A function that copies answers the new
 * object's handle, or 0 where there is nothing to be kept. What cannot go on says so by pdf_stop and answers 0; whoever loops looks at p->end. */
#ifndef DECODE_PDF_PARTS_H
#define DECODE_PDF_PARTS_H

#include <qpdf/qpdf-c.h>

#include "decode/job.h"

enum shape {
	SHAPE_NONE,
	SHAPE_CATALOG, SHAPE_PAGE, SHAPE_GROUP, SHAPE_XOBJECT, SHAPE_IMAGE, SHAPE_FORM, SHAPE_PATTERN, SHAPE_TILING, SHAPE_SHADED, SHAPE_SHADING, SHAPE_STATE,
	SHAPE_SOFT_MASK, SHAPE_FUNCTION, SHAPE_LAB, SHAPE_BYTES, SHAPE_FONT, SHAPE_SIMPLE_FONT, SHAPE_TYPE3, SHAPE_TYPE0, SHAPE_CID_FONT, SHAPE_DESCRIPTOR,
	SHAPE_TYPE1_FILE, SHAPE_TRUETYPE_FILE, SHAPE_TYPE3_FILE, SHAPE_CMAP, SHAPE_ENCODING, SHAPE_SYSTEM, SHAPE_ANNOTATION, SHAPE_BORDER, SHAPE_ACTION,
	SHAPE_OUTLINE, SHAPE_LABELS, SHAPE_LABEL, SHAPE_LAYERS, SHAPE_LAYER_SET, SHAPE_LAYER, SHAPE_LAYER_USE, SHAPE_LAYER_VIEW, SHAPE_LAYER_AUTO, SHAPE_MEMBERSHIP,
	SHAPE_MARKED, SHAPE_TREE, SHAPE_ELEMENT, SHAPE_PARENTS, SHAPE_ATTRIBUTES, SHAPE_PROPERTIES,
	SHAPES,
};

/* Names that contents use stand in dictionaries of these categories. */
enum category { IN_FONT, IN_XOBJECT, IN_PATTERN, IN_SHADING, IN_STATE, IN_COLOUR, IN_PROPERTIES, CATEGORIES };

struct pdf;
struct rule;

typedef qpdf_oh copy_fn(struct pdf *p, qpdf_oh v, const struct rule *r);

struct rule {
	const char *key;
	copy_fn *copy;
	enum shape shape;
	const char *names; /* of copy_name: those that may stand, with a space behind each */
};

struct shape_rules {
	const struct rule *rules;
	size_t n;
	const char *type;                                   /* /Type is written, if any */
	void (*finish)(struct pdf *p, qpdf_oh from, qpdf_oh to); /* what rules cannot say; from is the dictionary that came, to what was made */
	err (*stream)(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to); /* of a stream: its bytes; to is the stream that is made */
	bool plain_too;                                     /* what may be a stream may be a dictionary alone */
};

const struct shape_rules *pdf_rules(enum shape s);

struct name {
	char *bytes;                 /* as it came, without slash */
	size_t n;
	int64_t used[CATEGORIES];    /* the owner that used it last */
	int number;
	struct name *next;
};

struct task {
	qpdf_oh from, to;
	enum shape shape;
	qpdf_oh resources; /* of what it is drawn by, for what has none; 0 */
};

struct place {
	str name;
	qpdf_oh value;
};

#define NAME_BUCKETS 4096

struct pdf {
	struct job *job;
	qpdf_data q;
	err end;                     /* OK until pdf_stop */
	struct copied {
		int64_t key;
		qpdf_oh to;
	} *copied;                   /* an open table: what was made of (object, shape) */
	size_t copied_n, copied_room;
	struct task *todo;
	size_t todo_n, todo_room;
	int64_t made;                /* values and dictionaries, all */
	int depth;
	struct name *names[NAME_BUCKETS];
	int names_n;
	int64_t owner, owners;       /* whose contents are read: a number for each; 0 none */
	qpdf_oh resources;           /* that came with whoever is copied */
	qpdf_oh *pages;              /* new ones */
	int pages_n;
	struct place *places;        /* named ones, sorted */
	size_t places_n, places_room;
	bool places_read;
	qpdf_oh roles;               /* of the structure: names of its own; 0 none */
	int layers_n, spots_n, faces_n;
	qpdf_oh scratch;             /* a stream that nothing leads to, so that it is not written; 0 until it is needed */
	int64_t inlined;             /* bytes of pictures within contents */
};

#define REMOVED(p, bit) ((p)->job->result.removed |= (uint32_t)(bit))

qpdf_oh pdf_stop(struct pdf *p, enum media_refusal why); /* 0 */

void *pdf_memory(void *old, size_t n); /* realloc that does not fail */

/* pdf_copy.c: the engine, and values without parts */
qpdf_oh pdf_copy_as(struct pdf *p, qpdf_oh v, enum shape shape);
void pdf_copy_keys(struct pdf *p, qpdf_oh from, qpdf_oh to, const struct shape_rules *rules);
void pdf_register(struct pdf *p, qpdf_oh from, enum shape shape, qpdf_oh to);
qpdf_oh pdf_find(struct pdf *p, qpdf_oh from, enum shape shape); /* 0: not made; a handle of its own */
void pdf_work(struct pdf *p);
bool pdf_count(struct pdf *p); /* one more value is made; false when there are too many */
void pdf_put(struct pdf *p, qpdf_oh dict, const char *key, qpdf_oh value); /* and releases it; nothing for 0 */
void pdf_put_name(struct pdf *p, qpdf_oh dict, const char *key, const char *name);
void pdf_put_int(struct pdf *p, qpdf_oh dict, const char *key, int64_t value);
void pdf_append(struct pdf *p, qpdf_oh array, qpdf_oh value);
const char *pdf_name_at(struct pdf *p, qpdf_oh dict, const char *key); /* in the arena; "" where none is */
int64_t pdf_int_at(struct pdf *p, qpdf_oh dict, const char *key, int64_t otherwise);
bool pdf_is_listed(const char *name, const char *names);
copy_fn copy_int, copy_number, copy_numbers, copy_bool, copy_name, copy_words, copy_shape, copy_each, copy_mixed, copy_language;
/* Shared by those that copy arrays: calls one for each item, keeps what it answers; true for `gaps` writes null for the rest. */
qpdf_oh pdf_copy_items(struct pdf *p, qpdf_oh array, copy_fn *one, const struct rule *r, bool gaps);

/* pdf_streams.c: bytes in and out */
enum within { BYTES, JPEG, JPEG_2000, FAX, JBIG2, UNREADABLE };
struct coded {
	unsigned char *bytes; /* the caller's to free */
	size_t n;
	enum within within;   /* what is left to be undone */
	qpdf_oh setting;      /* of that last filter; 0 */
};
CHECKED err pdf_take(struct pdf *p, qpdf_oh stream, qpdf_oh dict, struct coded *out);
CHECKED err pdf_take_coded(struct pdf *p, str bytes, qpdf_oh filter, qpdf_oh parms, struct coded *out);
void pdf_give(struct pdf *p, qpdf_oh stream, str bytes, const char *filter, qpdf_oh setting);
err pdf_stream_bytes(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);
err pdf_stream_mesh(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);
err pdf_stream_function(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);
err pdf_stream_cmap(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);

/* pdf_pictures.c */
err pdf_stream_picture(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);
str pdf_bare_jpeg(struct pdf *p, str jpeg); /* in the arena; empty when it cannot be followed */
qpdf_oh pdf_fax_setting(struct pdf *p, qpdf_oh setting);

/* pdf_colour.c */
copy_fn copy_colour, copy_function, copy_transfer, copy_mask;
int pdf_colour_parts(struct pdf *p, qpdf_oh colour); /* samples a pixel of a colour that was copied; 0 when it is none for pictures */

/* pdf_content.c: rewrites the words that draw; the owner's names are noted. *out is the caller's to free. */
struct out {
	char *p;
	size_t n, room;
	bool full;
};
void out_str(struct out *o, str s);
void out_fmt(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
err pdf_rewrite(struct pdf *p, str content, qpdf_oh resources, struct out *out);
int pdf_rename(struct pdf *p, str name, enum category in); /* its number: n17 is what it is called now; 0 for none */
err pdf_stream_content(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);
qpdf_oh pdf_copy_resources(struct pdf *p, qpdf_oh resources); /* what the owner used of them */
qpdf_oh pdf_resources_of(struct pdf *p, qpdf_oh from);        /* its own, or those it is drawn by */
const char *const *pdf_categories(void);

/* pdf_inline.c: a picture within the words, behind BI; writes it, or nothing, to out and moves on. */
struct lexer;
err pdf_inline(struct pdf *p, struct lexer *l, qpdf_oh resources, struct out *out);

/* pdf_fonts.c */
copy_fn copy_encoding, copy_descendants, copy_glyph_map;
enum shape pdf_font_shape(struct pdf *p, qpdf_oh font);
void pdf_finish_font(struct pdf *p, qpdf_oh from, qpdf_oh to);
void pdf_finish_type0(struct pdf *p, qpdf_oh from, qpdf_oh to);
void pdf_finish_type3(struct pdf *p, qpdf_oh from, qpdf_oh to);
void pdf_finish_descriptor(struct pdf *p, qpdf_oh from, qpdf_oh to);
void pdf_finish_system(struct pdf *p, qpdf_oh from, qpdf_oh to);
err pdf_stream_type1(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);
err pdf_stream_truetype(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);
err pdf_stream_type3_file(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to);

/* pdf_places.c: what leads from one place to another, and what is told beside the page */
copy_fn copy_page, copy_place, copy_uri, copy_action, copy_annotations, copy_label_tree;
void pdf_finish_annotation(struct pdf *p, qpdf_oh from, qpdf_oh to);

/* pdf_layers.c: optional content and the structure */
copy_fn copy_order, copy_condition, copy_children, copy_parent_values, copy_attributes;
void pdf_finish_layer(struct pdf *p, qpdf_oh from, qpdf_oh to);
void pdf_finish_element(struct pdf *p, qpdf_oh from, qpdf_oh to);
void pdf_finish_layer_set(struct pdf *p, qpdf_oh from, qpdf_oh to);
copy_fn copy_properties;

/* pdf_told.c: what a key that is not kept is told as */
void pdf_tell_key(struct pdf *p, const char *key, qpdf_oh value);

#endif
