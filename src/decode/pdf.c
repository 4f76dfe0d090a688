/* A list of what goes rather than of what stays: a page is made of a hundred kinds of dictionaries, and one that is missing shows. So what goes is
 * taken by the name of the key that leads to it, wherever that stands; whatever only such a key led to is not written. */
#define OWNS_MEMORY /* qpdf gives away what malloc gave it */
#include "decode/pdf.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/pdf_parts.h"
#include "decode/traces.h"
#include "base/banned.h"

#define FILE_MOST    (256 * MIB)
#define OBJECTS_MOST 4000000 /* looked at, direct ones too */
#define XMP_MOST     (1 * MIB)

struct item {
	qpdf_oh object;
	bool names; /* a dictionary whose keys are names that the document chose */
};

/* what goes */

static const struct key {
	const char *name;
	uint32_t bit; /* 0: told by what is in it */
} gone[] = {
	{ "/Metadata", 0 }, { "/PieceInfo", MEDIA_OTHER }, { "/LastModified", MEDIA_DATE }, { "/JavaScript", MEDIA_SCRIPT }, { "/JS", MEDIA_SCRIPT },
	{ "/AA", MEDIA_SCRIPT }, { "/OpenAction", MEDIA_SCRIPT }, { "/EmbeddedFiles", MEDIA_ATTACHED }, { "/EF", MEDIA_ATTACHED },
	{ "/AF", MEDIA_ATTACHED }, { "/Collection", MEDIA_ATTACHED }, { "/Thumb", MEDIA_THUMBNAIL }, { "/XFA", MEDIA_OTHER }, { "/Perms", MEDIA_OTHER },
	{ "/DSS", MEDIA_AUTHOR }, { "/SpiderInfo", MEDIA_OTHER }, { "/Legal", MEDIA_OTHER }, { "/RichMediaContent", MEDIA_OTHER },
	{ "/RichMediaSettings", MEDIA_OTHER }, { "/SigFlags", MEDIA_OTHER }, { "/TU", MEDIA_OTHER }, { "/TM", MEDIA_OTHER },
	{ "/OPI", MEDIA_OTHER }, { "/CreatorInfo", MEDIA_SOFTWARE },
};

/* Of notes on a page (ISO 32000-1 12.5.2, 12.5.6.2): who made them, and when. */
static const struct key gone_of_notes[] = { { "/M", MEDIA_DATE }, { "/CreationDate", MEDIA_DATE }, { "/NM", MEDIA_OTHER }, { "/T", MEDIA_AUTHOR } };

static bool is_one_of(const char *name, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(name, names[i]) == 0) return true;
	return false;
}

static const char *name_at(struct pdf *p, qpdf_oh dict, const char *key)
{
	qpdf_oh value = qpdf_oh_get_key(p->q, dict, key);
	const char *name = qpdf_oh_is_name(p->q, value) ? str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, value))) : "";
	qpdf_oh_release(p->q, value);
	return name;
}

/* ISO 32000-1 12.6.4: what does more than to lead somewhere. */
static bool is_bad_action(struct pdf *p, qpdf_oh v)
{
	static const char *const fine[] = { "/GoTo", "/Named", NULL };
	static const char *const known[] = { "/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition",
		"/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Hide", "/Thread", "/Trans", "/SetOCGState", NULL };
	if (!qpdf_oh_is_dictionary(p->q, v)) return false;
	const char *what = name_at(p, v, "/S");
	if (strcmp(what, "/URI") == 0) {
		qpdf_oh to = qpdf_oh_get_key(p->q, v, "/URI");
		str uri = qpdf_oh_is_string(p->q, to) ? str_of(qpdf_oh_get_string_value(p->q, to)) : S("");
		bool web = str_eq_ascii_ci(str_sub(uri, 0, 7), S("http://")) || str_eq_ascii_ci(str_sub(uri, 0, 8), S("https://")) ||
		    str_eq_ascii_ci(str_sub(uri, 0, 7), S("mailto:"));
		qpdf_oh_release(p->q, to);
		return !web;
	}
	return !is_one_of(what, fine) && is_one_of(what, known) && strcmp(name_at(p, v, "/Type"), "/StructElem") != 0;
}

/* A field of a form that stands on no page, nor leads to one that does (ISO 32000-1 12.7.3): nobody sees what is in it. */
static bool is_unseen_field(struct pdf *p, qpdf_oh v)
{
	return qpdf_oh_is_dictionary(p->q, v) && qpdf_oh_has_key(p->q, v, "/FT") && !qpdf_oh_has_key(p->q, v, "/Rect") && !qpdf_oh_has_key(p->q, v, "/Kids");
}

/* Things on a page that are files or play them. */
static uint32_t bad_annotation(struct pdf *p, qpdf_oh v)
{
	if (is_unseen_field(p, v)) return MEDIA_OTHER;
	static const char *const kinds[] = { "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D", NULL };
	if (!qpdf_oh_is_dictionary(p->q, v) || !qpdf_oh_has_key(p->q, v, "/Rect")) return 0;
	const char *kind = name_at(p, v, "/Subtype");
	return strcmp(kind, "/FileAttachment") == 0 ? MEDIA_ATTACHED : is_one_of(kind, kinds) ? MEDIA_OTHER : 0;
}

static void tell_xmp(struct pdf *p, qpdf_oh stream)
{
	unsigned char *bytes = NULL;
	size_t n = 0;
	uint32_t found = MEDIA_OTHER;
	if (qpdf_oh_is_stream(p->q, stream) && !(qpdf_oh_get_stream_data(p->q, stream, qpdf_dl_generalized, NULL, &bytes, &n) & QPDF_ERRORS))
		found = traces_in_xmp((str){ (const char *)bytes, n > XMP_MOST ? XMP_MOST : n });
	free(bytes);
	p->job->result.removed |= found;
}

/* the walk */

static err push(struct pdf *p, qpdf_oh object, bool names)
{
	enum qpdf_object_type_e type = qpdf_oh_get_type_code(p->q, object);
	bool holds = type == ot_array || type == ot_dictionary || type == ot_stream;
	int number = holds ? qpdf_oh_get_object_id(p->q, object) : 0;
	if (number > 0) {
		size_t at = (size_t)number / 8;
		if (at >= p->seen_n) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
		unsigned bit = 1U << (number % 8);
		if (p->seen[at] & bit) holds = false;
		p->seen[at] |= (unsigned char)bit;
	}
	if (!holds) {
		qpdf_oh_release(p->q, object);
		return OK;
	}
	if (p->looked_at++ > OBJECTS_MOST) return job_refuse(p->job, MEDIA_REFUSED_PAGES);
	if (p->todo_n == p->todo_room) {
		p->todo_room = p->todo_room ? 2 * p->todo_room : 1024;
		struct item *more = realloc(p->todo, p->todo_room * sizeof *more);
		if (!more) abort();
		p->todo = more;
	}
	p->todo[p->todo_n++] = (struct item){ object, names };
	return OK;
}

static err look_at_array(struct pdf *p, qpdf_oh array)
{
	for (int i = qpdf_oh_get_array_n_items(p->q, array) - 1; i >= 0; i--) {
		qpdf_oh v = qpdf_oh_get_array_item(p->q, array, i);
		uint32_t bit = is_bad_action(p, v) ? MEDIA_SCRIPT : bad_annotation(p, v);
		p->job->result.removed |= bit;
		if (bit) qpdf_oh_erase_item(p->q, array, i);
		if (bit) qpdf_oh_release(p->q, v);
		else TRY(push(p, v, false));
	}
	return OK;
}

static bool removes(struct pdf *p, qpdf_oh dict, const char *key, qpdf_oh value, const struct key *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(key, list[i].name) != 0) continue;
		if (list[i].bit) p->job->result.removed |= list[i].bit;
		else tell_xmp(p, value);
		qpdf_oh_remove_key(p->q, dict, key);
		return true;
	}
	return false;
}

/* Dictionaries under these keys have keys that the document chose: a typeface may be called "JS". */
static bool has_own_names(const char *key)
{
	static const char *const keys[] = { "/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/CharProcs", "/Dests",
		"/N", "/D", "/R", "/RoleMap", "/ClassMap", "/Colorants", NULL };
	return is_one_of(key, keys);
}

static err look_at_value(struct pdf *p, qpdf_oh dict, const struct item *of, bool note, bool stream, const char *key)
{
	qpdf_oh v = qpdf_oh_get_key(p->q, dict, key);
	bool away = false;
	if (!of->names) away = removes(p, dict, key, v, gone, sizeof gone / sizeof *gone);
	if (!away && note) away = removes(p, dict, key, v, gone_of_notes, sizeof gone_of_notes / sizeof *gone_of_notes);
	if (!away && is_bad_action(p, v)) {
		p->job->result.removed |= MEDIA_SCRIPT;
		qpdf_oh_remove_key(p->q, dict, key);
		away = true;
	}
	if (!away && !of->names && strcmp(key, "/V") == 0 && qpdf_oh_is_dictionary(p->q, v) && qpdf_oh_has_key(p->q, v, "/ByteRange")) {
		p->job->result.removed |= MEDIA_AUTHOR; /* a signature, void since we touched the file */
		qpdf_oh_remove_key(p->q, dict, key);
		away = true;
	}
	if (!away && stream && (strcmp(key, "/F") == 0 || strcmp(key, "/FFilter") == 0 || strcmp(key, "/FDecodeParms") == 0)) {
		qpdf_oh_remove_key(p->q, dict, key); /* its bytes in another file */
		away = true;
	}
	if (!away) return push(p, v, has_own_names(key));
	qpdf_oh_release(p->q, v);
	return OK;
}

struct keys {
	const char *key;
	struct keys *next;
};

static err look_at_dictionary(struct pdf *p, qpdf_oh dict, const struct item *of, bool stream)
{
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	struct keys *first = NULL; /* all before any goes */
	bool note = !of->names && qpdf_oh_has_key(p->q, dict, "/Rect") && strcmp(name_at(p, dict, "/Subtype"), "/Widget") != 0 &&
	    strcmp(name_at(p, dict, "/Subtype"), "") != 0;
	qpdf_oh_begin_dict_key_iter(p->q, dict);
	while (qpdf_oh_dict_more_keys(p->q)) {
		struct keys *k = cx_new_of(p->job->cx, struct keys);
		*k = (struct keys){ str_c(p->job->cx, str_of(qpdf_oh_dict_next_key(p->q))), first };
		first = k;
	}
	for (; first; first = first->next) TRY(look_at_value(p, dict, of, note, stream, first->key));
	arena_rewind(p->job->cx->arena, mark);
	return OK;
}

static err walk(struct pdf *p)
{
	while (p->todo_n) {
		struct item it = p->todo[--p->todo_n];
		enum qpdf_object_type_e type = qpdf_oh_get_type_code(p->q, it.object);
		if (type == ot_array) TRY(look_at_array(p, it.object));
		if (type == ot_dictionary) TRY(look_at_dictionary(p, it.object, &it, false));
		if (type == ot_stream) {
			qpdf_oh dict = qpdf_oh_get_dict(p->q, it.object);
			it.names = false;
			TRY(look_at_dictionary(p, dict, &it, true));
			err e = pdf_clean_stream(p, it.object, dict);
			qpdf_oh_release(p->q, dict);
			TRY(e);
		}
		qpdf_oh_release(p->q, it.object);
	}
	return OK;
}

/* in and out */

static void tell_info(struct pdf *p, qpdf_oh trailer)
{
	qpdf_oh info = qpdf_oh_get_key(p->q, trailer, "/Info");
	if (qpdf_oh_is_dictionary(p->q, info)) {
		qpdf_oh_begin_dict_key_iter(p->q, info);
		while (qpdf_oh_dict_more_keys(p->q)) {
			str name = str_of(qpdf_oh_dict_next_key(p->q));
			p->job->result.removed |= str_eq(name, S("/Creator")) ? MEDIA_SOFTWARE : traces_of_name(name);
		}
	}
	qpdf_oh_release(p->q, info);
	qpdf_oh_remove_key(p->q, trailer, "/Info");
	qpdf_oh_remove_key(p->q, trailer, "/ID"); /* made anew of what is written */
	if (!qpdf_oh_has_key(p->q, trailer, "/Size")) { /* qpdf writes the true one over it, but adds none to a trailer that was mended */
		qpdf_oh size = qpdf_oh_new_integer(p->q, 1);
		qpdf_oh_replace_key(p->q, trailer, "/Size", size);
		qpdf_oh_release(p->q, size);
	}
}

static err read_document(struct pdf *p, str file)
{
	p->q = qpdf_init();
	qpdf_silence_errors(p->q);
	qpdf_set_suppress_warnings(p->q, QPDF_TRUE);
	QPDF_ERROR_CODE e = qpdf_read_memory(p->q, "document", file.p, file.n, NULL);
	if (e & QPDF_ERRORS)
		return job_refuse(p->job, qpdf_get_error_code(p->q, qpdf_get_error(p->q)) == qpdf_e_password ? MEDIA_REFUSED_ENCRYPTED : MEDIA_REFUSED_DAMAGED);
	if (qpdf_is_encrypted(p->q)) return job_refuse(p->job, MEDIA_REFUSED_ENCRYPTED);
	int pages = qpdf_get_num_pages(p->q);
	if (pages <= 0) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	if (pages > p->job->limits.pages) return job_refuse(p->job, MEDIA_REFUSED_PAGES);
	p->job->result.pages = pages;
	p->seen_n = file.n / 4 + 1024; /* numbers of objects that came, and of those that mending made */
	p->seen = cx_alloc(p->job->cx, p->seen_n);
	return OK;
}

static err write_document(struct pdf *p)
{
	struct media_output *to = job_begin(p->job, MEDIA_PDF, 0, 0);
	if (qpdf_init_write_memory(p->q) & QPDF_ERRORS) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	qpdf_set_deterministic_ID(p->q, QPDF_TRUE);
	qpdf_set_object_stream_mode(p->q, qpdf_o_generate);
	if (qpdf_write(p->q) & QPDF_ERRORS) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	if (!to || !job_write(p->job, to, 0, qpdf_get_buffer(p->q), qpdf_get_buffer_length(p->q))) return job_refuse(p->job, p->job->refusal);
	return OK;
}

static void close_document(void *arg)
{
	struct pdf *p = arg;
	if (p->q) qpdf_cleanup(&p->q);
	free(p->todo);
}

err pdf_clean(struct job *job)
{
	str file;
	struct pdf *p = cx_new_of(job->cx, struct pdf);
	p->job = job;
	TRY(job_map(job, FILE_MOST, &file));
	cx_defer(job->cx, close_document, p);
	TRY(read_document(p, file));
	qpdf_oh trailer = qpdf_get_trailer(p->q);
	tell_info(p, trailer);
	TRY(push(p, trailer, false));
	TRY(walk(p));
	job->result.found = job->result.kind = MEDIA_PDF;
	return write_document(p);
}
