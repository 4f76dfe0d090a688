/* The way of a document: read by qpdf, its pages gathered into one list, everything that the pages and the catalogue need built anew (pdf_copy.c), and what was
 * built written. */
#define OWNS_MEMORY /* tables that live as long as the document */
#include "decode/pdf.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/vec.h"
#include "decode/pdf_parts.h"
#include "decode/traces.h"
#include "base/banned.h"

#define FILE_MOST     (96 * MIB) /* the document that is built stands in memory too */
#define CONTENTS_MOST 4096       /* streams of one page */

/* pages */

/* All that draws a page, one after another: words may not go on from one stream to the next, but what stands between two of them may. */
static err gather(struct pdf *p, qpdf_oh contents, struct out *out)
{
	bool many = qpdf_oh_is_array(p->q, contents);
	int n = many ? qpdf_oh_get_array_n_items(p->q, contents) : 1;
	if (n > CONTENTS_MOST) return job_refuse(p->job, MEDIA_REFUSED_PAGES);
	for (int i = 0; i < n; i++) {
		qpdf_oh one = many ? qpdf_oh_get_array_item(p->q, contents, i) : qpdf_oh_new_object(p->q, contents);
		if (qpdf_oh_is_stream(p->q, one)) {
			struct coded c;
			qpdf_oh dict = qpdf_oh_get_dict(p->q, one);
			TRY(pdf_take(p, one, dict, &c));
			if (c.within == BYTES) out_str(out, (str){ (const char *)c.bytes, c.n });
			out_str(out, S("\n"));
			free(c.bytes);
			qpdf_oh_release(p->q, dict);
			if (c.within != BYTES) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
		}
		qpdf_oh_release(p->q, one);
	}
	return out->full ? job_refuse(p->job, MEDIA_REFUSED_MEMORY) : OK;
}

static err copy_contents(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	struct out came = { 0 }, made = { 0 };
	qpdf_oh contents = qpdf_oh_get_key(p->q, from, "/Contents"), resources = qpdf_oh_get_key(p->q, from, "/Resources");
	err e = gather(p, contents, &came);
	p->owner = ++p->owners;
	if (e == OK) e = pdf_rewrite(p, (str){ came.p ? came.p : "", came.n }, resources, &made);
	free(came.p);
	if (e == OK) {
		qpdf_oh stream = qpdf_oh_new_stream(p->q);
		pdf_give(p, stream, (str){ made.p, made.n }, NULL, 0);
		pdf_put(p, to, "/Contents", stream);
		pdf_put(p, to, "/Resources", pdf_copy_resources(p, resources));
		p->resources = resources;
	}
	free(made.p);
	qpdf_oh_release(p->q, contents);
	return e;
}

static double at(struct pdf *p, qpdf_oh box, int i)
{
	qpdf_oh item = qpdf_oh_get_array_item(p->q, box, i);
	double v = qpdf_oh_get_numeric_value(p->q, item);
	qpdf_oh_release(p->q, item);
	return v;
}

/* What lies outside is not shown, but it is there. */
static void tell_cut(struct pdf *p, qpdf_oh from)
{
	qpdf_oh whole = qpdf_oh_get_key(p->q, from, "/MediaBox"), cut = qpdf_oh_get_key(p->q, from, "/CropBox");
	bool boxes = qpdf_oh_is_array(p->q, whole) && qpdf_oh_is_array(p->q, cut) && qpdf_oh_get_array_n_items(p->q, whole) == 4 && qpdf_oh_get_array_n_items(p->q, cut) == 4;
	if (boxes && (at(p, cut, 0) > at(p, whole, 0) + 1 || at(p, cut, 1) > at(p, whole, 1) + 1 || at(p, cut, 2) < at(p, whole, 2) - 1 || at(p, cut, 3) < at(p, whole, 3) - 1))
		REMOVED(p, MEDIA_UNSURE_CUT);
	qpdf_oh_release(p->q, whole);
	qpdf_oh_release(p->q, cut);
}

/* Each page and what it needs, before the next: so names that contents use belong to one owner at a time. */
static err copy_pages(struct pdf *p, qpdf_oh pages)
{
	qpdf_oh kids = qpdf_oh_new_array(p->q);
	for (int i = 0; i < p->pages_n && p->end == OK; i++) {
		struct arena_mark mark = arena_mark(p->job->cx->arena);
		qpdf_oh from = qpdf_get_page_n(p->q, (size_t)i), to = p->pages[i];
		p->resources = 0;
		TRY(copy_contents(p, from, to));
		pdf_copy_keys(p, from, to, pdf_rules(SHAPE_PAGE));
		if (!qpdf_oh_has_key(p->q, to, "/MediaBox")) pdf_put(p, to, "/MediaBox", qpdf_oh_parse(p->q, "[0 0 612 792]"));
		pdf_put(p, to, "/Parent", qpdf_oh_new_object(p->q, pages));
		pdf_append(p, kids, qpdf_oh_new_object(p->q, to));
		tell_cut(p, from);
		pdf_work(p);
		qpdf_oh_release(p->q, from);
		arena_rewind(p->job->cx->arena, mark);
	}
	pdf_put_name(p, pages, "/Type", "/Pages");
	pdf_put(p, pages, "/Kids", kids);
	pdf_put_int(p, pages, "/Count", p->pages_n);
	return p->end;
}

static qpdf_oh new_dictionary(struct pdf *p)
{
	qpdf_oh direct = qpdf_oh_new_dictionary(p->q), made = qpdf_make_indirect_object(p->q, direct);
	qpdf_oh_release(p->q, direct);
	return made;
}

/* Pages that lead to each other, so all have to be there first. */
static void begin_pages(struct pdf *p)
{
	p->pages = pdf_memory(NULL, (size_t)p->pages_n * sizeof *p->pages);
	for (int i = 0; i < p->pages_n; i++) {
		qpdf_oh from = qpdf_get_page_n(p->q, (size_t)i);
		p->pages[i] = new_dictionary(p);
		pdf_register(p, from, SHAPE_PAGE, p->pages[i]);
		qpdf_oh_release(p->q, from);
	}
}

static qpdf_oh build(struct pdf *p)
{
	qpdf_oh root = qpdf_get_root(p->q), to = new_dictionary(p), pages = new_dictionary(p), tree = qpdf_oh_get_key(p->q, root, "/StructTreeRoot");
	p->roles = qpdf_oh_get_key_if_dict(p->q, tree, "/RoleMap");
	if (!qpdf_oh_is_dictionary(p->q, p->roles)) p->roles = 0;
	begin_pages(p);
	err e = copy_pages(p, pages);
	if (e != OK && p->end == OK) p->end = e;
	if (p->end == OK) {
		pdf_copy_keys(p, root, to, pdf_rules(SHAPE_CATALOG));
		pdf_work(p);
		pdf_put(p, to, "/Pages", pages);
	}
	qpdf_oh_release(p->q, tree);
	qpdf_oh_release(p->q, root);
	return to;
}

/* in and out */

static void tell_info(struct pdf *p, qpdf_oh trailer)
{
	qpdf_oh info = qpdf_oh_get_key(p->q, trailer, "/Info");
	if (qpdf_oh_is_dictionary(p->q, info)) {
		qpdf_oh_begin_dict_key_iter(p->q, info);
		while (qpdf_oh_dict_more_keys(p->q)) {
			str name = str_of(qpdf_oh_dict_next_key(p->q));
			REMOVED(p, str_eq(name, S("/Creator")) ? MEDIA_SOFTWARE : traces_of_name(name));
		}
	}
	qpdf_oh_release(p->q, info);
}

/* A trailer that leads to what was built, and to nothing else. */
static void put_trailer(struct pdf *p, qpdf_oh root)
{
	qpdf_oh trailer = qpdf_get_trailer(p->q);
	VEC(const char *) keys = { 0 };
	tell_info(p, trailer);
	qpdf_oh_begin_dict_key_iter(p->q, trailer);
	while (qpdf_oh_dict_more_keys(p->q)) vec_push(p->job->cx, &keys, str_c(p->job->cx, str_of(qpdf_oh_dict_next_key(p->q))));
	for (size_t i = 0; i < keys.n; i++) {
		if (!pdf_is_listed(keys.at[i], "/Info /ID /Size /Root /Prev /Encrypt /Type /W /Index /XRefStm /Length /Filter /DecodeParms ")) REMOVED(p, MEDIA_OTHER);
		if (strcmp(keys.at[i], "/Encrypt") != 0) qpdf_oh_remove_key(p->q, trailer, keys.at[i]);
	}
	pdf_put(p, trailer, "/Root", root);
	pdf_put_int(p, trailer, "/Size", 1); /* qpdf writes the true one over it, but adds none to a trailer that was mended */
	qpdf_oh_release(p->q, trailer);
}

static err read_document(struct pdf *p, str file)
{
	p->q = qpdf_init();
	qpdf_silence_errors(p->q);
	qpdf_set_suppress_warnings(p->q, QPDF_TRUE);
	QPDF_ERROR_CODE e = qpdf_read_memory(p->q, "document", file.p, file.n, NULL);
	if (e & QPDF_ERRORS) /* one that asks only those for a password who want to change it is read */
		return job_refuse(p->job, qpdf_get_error_code(p->q, qpdf_get_error(p->q)) == qpdf_e_password ? MEDIA_REFUSED_ENCRYPTED : MEDIA_REFUSED_DAMAGED);
	int pages = qpdf_get_num_pages(p->q);
	if (pages <= 0) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	if (pages > p->job->limits.pages) return job_refuse(p->job, MEDIA_REFUSED_PAGES);
	if (qpdf_push_inherited_attributes_to_page(p->q) & QPDF_ERRORS) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	p->job->result.pages = p->pages_n = pages;
	return OK;
}

static err write_document(struct pdf *p)
{
	struct media_output *to = job_begin(p->job, MEDIA_PDF, 0, 0);
	if (qpdf_init_write_memory(p->q) & QPDF_ERRORS) return job_refuse(p->job, MEDIA_REFUSED_DAMAGED);
	qpdf_set_preserve_encryption(p->q, QPDF_FALSE);
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
	for (size_t i = 0; i < NAME_BUCKETS; i++)
		for (struct name *n = p->names[i], *next; n; n = next) next = n->next, free(n);
	for (size_t i = 0; i < p->places_n; i++) free((void *)(uintptr_t)p->places[i].name.p);
	free(p->places);
	free(p->copied);
	free(p->pages);
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
	qpdf_oh root = build(p);
	if (p->end != OK) return p->end;
	put_trailer(p, root);
	job->result.found = job->result.kind = MEDIA_PDF;
	return write_document(p);
}
