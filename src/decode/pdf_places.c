/* Where links, outlines and labels lead. Places are said by page and position; names that a document gave them are looked up and not kept, since programs
 * make them of headings, files and folders. */
#define OWNS_MEMORY /* a list that lives as long as the document */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/vec.h"
#include "base/banned.h"

#define TREE_DEPTH  32
#define PLACES_MOST 200000
#define URI_MOST    2000
#define FLAG_HIDDEN 2
#define FLAG_PRINT  4
#define FLAG_NOVIEW 32

qpdf_oh copy_page(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	return pdf_find(p, v, SHAPE_PAGE);
}

/* named places: 12.3.2.3, 7.9.6 */

static void add_place(struct pdf *p, str name, qpdf_oh value)
{
	if (p->places_n == PLACES_MOST) return;
	if (p->places_n == p->places_room) {
		p->places_room = p->places_room ? 2 * p->places_room : 64;
		p->places = pdf_memory(p->places, p->places_room * sizeof *p->places);
	}
	char *copy = pdf_memory(NULL, name.n);
	memcpy(copy, name.p, name.n);
	p->places[p->places_n++] = (struct place){ { copy, name.n }, qpdf_oh_new_object(p->q, value) };
}

static str string_of(struct pdf *p, qpdf_oh v)
{
	size_t n = 0;
	if (!qpdf_oh_is_string(p->q, v)) return S("");
	const char *bytes = qpdf_oh_get_binary_string_value(p->q, v, &n);
	return str_copy(p->job->cx, (str){ bytes, n });
}

static void add_pairs(struct pdf *p, qpdf_oh names)
{
	int n = qpdf_oh_is_array(p->q, names) ? qpdf_oh_get_array_n_items(p->q, names) : 0;
	for (int i = 0; i + 1 < n && pdf_count(p); i += 2) {
		qpdf_oh name = qpdf_oh_get_array_item(p->q, names, i), value = qpdf_oh_get_array_item(p->q, names, i + 1);
		str s = string_of(p, name);
		if (s.n) add_place(p, s, value);
		qpdf_oh_release(p->q, name);
		qpdf_oh_release(p->q, value);
	}
}

static void add_tree(struct pdf *p, qpdf_oh node, int depth)
{
	qpdf_oh names = qpdf_oh_get_key_if_dict(p->q, node, "/Names"), kids = qpdf_oh_get_key_if_dict(p->q, node, "/Kids");
	add_pairs(p, names);
	int n = depth > 0 && qpdf_oh_is_array(p->q, kids) ? qpdf_oh_get_array_n_items(p->q, kids) : 0;
	for (int i = 0; i < n && p->places_n < PLACES_MOST && pdf_count(p); i++) {
		qpdf_oh kid = qpdf_oh_get_array_item(p->q, kids, i);
		add_tree(p, kid, depth - 1);
		qpdf_oh_release(p->q, kid);
	}
	qpdf_oh_release(p->q, names);
	qpdf_oh_release(p->q, kids);
}

static void add_dictionary(struct pdf *p, qpdf_oh dests)
{
	VEC(const char *) keys = { 0 };
	if (!qpdf_oh_is_dictionary(p->q, dests)) return;
	qpdf_oh_begin_dict_key_iter(p->q, dests);
	while (qpdf_oh_dict_more_keys(p->q)) vec_push(p->job->cx, &keys, str_c(p->job->cx, str_of(qpdf_oh_dict_next_key(p->q))));
	for (size_t i = 0; i < keys.n && pdf_count(p); i++) {
		qpdf_oh value = qpdf_oh_get_key(p->q, dests, keys.at[i]);
		add_place(p, str_of(keys.at[i] + 1), value);
		qpdf_oh_release(p->q, value);
	}
}

static int by_name(const void *a, const void *b) { return str_cmp(((const struct place *)a)->name, ((const struct place *)b)->name); }

static const struct place *find_place(struct pdf *p, str name)
{
	if (!p->places_read) {
		struct arena_mark mark = arena_mark(p->job->cx->arena);
		qpdf_oh root = qpdf_get_root(p->q), dests = qpdf_oh_get_key_if_dict(p->q, root, "/Dests"), names = qpdf_oh_get_key_if_dict(p->q, root, "/Names");
		qpdf_oh tree = qpdf_oh_get_key_if_dict(p->q, names, "/Dests");
		p->places_read = true;
		add_dictionary(p, dests);
		if (qpdf_oh_is_dictionary(p->q, tree)) add_tree(p, tree, TREE_DEPTH);
		if (p->places_n) qsort(p->places, p->places_n, sizeof *p->places, by_name);
		const qpdf_oh all[] = { tree, names, dests, root };
		for (size_t i = 0; i < 4; i++) qpdf_oh_release(p->q, all[i]);
		arena_rewind(p->job->cx->arena, mark);
	}
	struct place key = { name, 0 };
	return p->places_n ? bsearch(&key, p->places, p->places_n, sizeof key, by_name) : NULL;
}

/* 12.3.2.2: a page, and how it is shown. */
static qpdf_oh copy_explicit(struct pdf *p, qpdf_oh v)
{
	static const struct rule ways = { .names = "XYZ Fit FitH FitV FitR FitB FitBH FitBV " };
	int n = qpdf_oh_get_array_n_items(p->q, v);
	if (n < 1) return 0;
	qpdf_oh first = qpdf_oh_get_array_item(p->q, v, 0), page = pdf_find(p, first, SHAPE_PAGE);
	long long number;
	if (!page && qpdf_oh_get_value_as_longlong(p->q, first, &number) && number >= 0 && number < p->pages_n) page = qpdf_oh_new_object(p->q, p->pages[number]);
	qpdf_oh_release(p->q, first);
	if (!page) return 0;
	qpdf_oh to = qpdf_oh_new_array(p->q);
	pdf_append(p, to, page);
	for (int i = 1; i < n && i < 6; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(p->q, v, i), made = i == 1 ? copy_name(p, item, &ways) : copy_number(p, item, NULL);
		pdf_append(p, to, made ? made : i == 1 ? qpdf_oh_new_name(p->q, "/Fit") : qpdf_oh_new_null(p->q));
		qpdf_oh_release(p->q, item);
	}
	return to;
}

static qpdf_oh copy_found(struct pdf *p, qpdf_oh v)
{
	if (qpdf_oh_is_array(p->q, v)) return copy_explicit(p, v);
	qpdf_oh inner = qpdf_oh_get_key_if_dict(p->q, v, "/D"), made = qpdf_oh_is_array(p->q, inner) ? copy_explicit(p, inner) : 0;
	qpdf_oh_release(p->q, inner);
	return made;
}

qpdf_oh copy_place(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	str name = qpdf_oh_is_name(p->q, v) ? str_copy(p->job->cx, str_of(qpdf_oh_get_name(p->q, v) + 1)) : string_of(p, v);
	if (!name.n) return copy_found(p, v);
	const struct place *place = find_place(p, name);
	return place ? copy_found(p, place->value) : 0;
}

/* RFC 3986: on the web, or a mail. */
qpdf_oh copy_uri(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	str uri = string_of(p, v);
	bool fine = uri.n && uri.n <= URI_MOST;
	for (size_t i = 0; i < uri.n; i++) fine = fine && uri.p[i] > ' ' && uri.p[i] < 0x7f;
	fine = fine && (str_eq_ascii_ci(str_sub(uri, 0, 7), S("http://")) || str_eq_ascii_ci(str_sub(uri, 0, 8), S("https://")) || str_eq_ascii_ci(str_sub(uri, 0, 7), S("mailto:")));
	if (!fine) REMOVED(p, MEDIA_SCRIPT);
	return fine ? qpdf_oh_new_string(p->q, str_c(p->job->cx, uri)) : 0;
}

/* 12.6: what leads to a place in the document or on the web; one that leads nowhere any more is none. */
qpdf_oh copy_action(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	const char *kind = pdf_name_at(p, v, "/S");
	bool web = strcmp(kind, "/URI") == 0, place = strcmp(kind, "/GoTo") == 0;
	if (!web && !place && strcmp(kind, "/Named") != 0) {
		if (qpdf_oh_is_dictionary(p->q, v)) REMOVED(p, MEDIA_SCRIPT);
		return 0;
	}
	if (!web && !place) return pdf_copy_as(p, v, SHAPE_ACTION);
	qpdf_oh to = qpdf_oh_get_key(p->q, v, web ? "/URI" : "/D"), leads = web ? copy_uri(p, to, r) : copy_place(p, to, r);
	qpdf_oh_release(p->q, to);
	if (!leads) return 0;
	qpdf_oh_release(p->q, leads);
	return pdf_copy_as(p, v, SHAPE_ACTION);
}

/* what stands on a page, 12.5 */

/* What it looks like now: of several looks the one that its state names. 0: none. */
static qpdf_oh look_of(struct pdf *p, qpdf_oh from)
{
	qpdf_oh looks = qpdf_oh_get_key_if_dict(p->q, from, "/AP"), look = qpdf_oh_get_key_if_dict(p->q, looks, "/N");
	if (qpdf_oh_is_dictionary(p->q, look) && !qpdf_oh_is_stream(p->q, look)) {
		const char *state = pdf_name_at(p, from, "/AS");
		qpdf_oh one = *state ? qpdf_oh_get_key(p->q, look, state) : qpdf_oh_new_null(p->q);
		qpdf_oh_release(p->q, look);
		look = one;
	}
	qpdf_oh made = qpdf_oh_is_stream(p->q, look) ? pdf_copy_as(p, look, SHAPE_FORM) : 0;
	qpdf_oh_release(p->q, look);
	qpdf_oh_release(p->q, looks);
	return made;
}

/* Who made a note, and what it says beside what it shows. */
static void tell_note(struct pdf *p, qpdf_oh v)
{
	static const struct {
		const char *key;
		uint32_t bit;
	} told[] = { { "/T", MEDIA_AUTHOR }, { "/Contents", MEDIA_COMMENT }, { "/M", MEDIA_DATE }, { "/CreationDate", MEDIA_DATE } };
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (qpdf_oh_is_dictionary(p->q, v) && qpdf_oh_has_key(p->q, v, told[i].key)) REMOVED(p, told[i].bit);
}

/* A field of a form becomes what it shows: a stamp. */
void pdf_finish_annotation(struct pdf *p, qpdf_oh from, qpdf_oh to)
{
	const char *kind = pdf_name_at(p, from, "/Subtype");
	qpdf_oh look = look_of(p, from);
	tell_note(p, from);
	if (look) {
		qpdf_oh looks = qpdf_oh_new_dictionary(p->q);
		pdf_put(p, looks, "/N", look);
		pdf_put(p, to, "/AP", looks);
	}
	pdf_put_int(p, to, "/F", pdf_int_at(p, from, "/F", 0) & FLAG_PRINT);
	if (strcmp(kind, "/Widget") == 0) pdf_put_name(p, to, "/Subtype", "/Stamp");
	if (strcmp(kind, "/Link") == 0) return;
	static const char *const of_links[] = { "/A", "/Dest", "/H" };
	for (size_t i = 0; i < 3; i++) qpdf_oh_remove_key(p->q, to, of_links[i]);
}

static bool is_seen(struct pdf *p, qpdf_oh v)
{
	if (!qpdf_oh_is_dictionary(p->q, v) || !qpdf_oh_has_key(p->q, v, "/Rect") || (pdf_int_at(p, v, "/F", 0) & (FLAG_HIDDEN | FLAG_NOVIEW))) return false;
	const char *kind = pdf_name_at(p, v, "/Subtype");
	if (strcmp(kind, "/Widget") == 0) return qpdf_oh_has_key(p->q, v, "/AP");
	return *kind && pdf_is_listed(kind + 1, "Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp Caret Ink Watermark Redact ");
}

static void tell_unseen(struct pdf *p, qpdf_oh v)
{
	const char *kind = pdf_name_at(p, v, "/Subtype");
	tell_note(p, v);
	REMOVED(p, strcmp(kind, "/FileAttachment") == 0 ? MEDIA_ATTACHED : strcmp(kind, "/Text") == 0 || strcmp(kind, "/Popup") == 0 ? MEDIA_COMMENT : MEDIA_OTHER);
}

static qpdf_oh copy_annotation(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	if (is_seen(p, v)) return pdf_copy_as(p, v, SHAPE_ANNOTATION);
	tell_unseen(p, v);
	return 0;
}

qpdf_oh copy_annotations(struct pdf *p, qpdf_oh v, const struct rule *r) { return pdf_copy_items(p, v, copy_annotation, r, false); }

/* labels of pages, 12.4.2: one list of what may come as a tree */

static void add_labels(struct pdf *p, qpdf_oh node, qpdf_oh list, int depth)
{
	qpdf_oh pairs = qpdf_oh_get_key_if_dict(p->q, node, "/Nums"), kids = qpdf_oh_get_key_if_dict(p->q, node, "/Kids");
	int n = qpdf_oh_is_array(p->q, pairs) ? qpdf_oh_get_array_n_items(p->q, pairs) : 0;
	for (int i = 0; i + 1 < n && pdf_count(p); i += 2) {
		qpdf_oh number = qpdf_oh_get_array_item(p->q, pairs, i), label = qpdf_oh_get_array_item(p->q, pairs, i + 1), made = pdf_copy_as(p, label, SHAPE_LABEL), key = copy_int(p, number, NULL);
		if (made && key) pdf_append(p, list, key);
		if (made && key) pdf_append(p, list, made);
		qpdf_oh_release(p->q, number);
		qpdf_oh_release(p->q, label);
	}
	n = depth > 0 && qpdf_oh_is_array(p->q, kids) ? qpdf_oh_get_array_n_items(p->q, kids) : 0;
	for (int i = 0; i < n && pdf_count(p); i++) {
		qpdf_oh kid = qpdf_oh_get_array_item(p->q, kids, i);
		add_labels(p, kid, list, depth - 1);
		qpdf_oh_release(p->q, kid);
	}
	qpdf_oh_release(p->q, pairs);
	qpdf_oh_release(p->q, kids);
}

qpdf_oh copy_label_tree(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	if (!qpdf_oh_is_dictionary(p->q, v)) return 0;
	qpdf_oh to = qpdf_oh_new_dictionary(p->q), list = qpdf_oh_new_array(p->q);
	add_labels(p, v, list, TREE_DEPTH);
	pdf_put(p, to, "/Nums", list);
	return to;
}
