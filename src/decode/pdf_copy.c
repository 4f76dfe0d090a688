/* A list of what goes can't be complete: programs write keys of their own, and a home folder stands under one that nobody has heard of. So nothing is
 * taken out here. A new document is made of what rules name, and objects that no rule leads to are never written. */
#define OWNS_MEMORY /* tables that live as long as the document, which is longer than any arena's mark */
#include "decode/pdf_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/banned.h"

#define VALUES_MOST 2000000
#define DEPTH_MOST  60
#define WORDS_MOST  (64 * KIB)

void *pdf_memory(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);
	if (!p) abort();
	return p;
}

qpdf_oh pdf_stop(struct pdf *p, enum media_refusal why)
{
	if (p->end == OK) p->end = job_refuse(p->job, why);
	return 0;
}

bool pdf_count(struct pdf *p)
{
	if (p->end != OK) return false;
	if (++p->made <= VALUES_MOST) return true;
	pdf_stop(p, MEDIA_REFUSED_MEMORY);
	return false;
}

void pdf_put(struct pdf *p, qpdf_oh dict, const char *key, qpdf_oh value)
{
	if (!value) return;
	qpdf_oh_replace_key(p->q, dict, key, value);
	qpdf_oh_release(p->q, value);
}

void pdf_put_name(struct pdf *p, qpdf_oh dict, const char *key, const char *name) { pdf_put(p, dict, key, qpdf_oh_new_name(p->q, name)); }
void pdf_put_int(struct pdf *p, qpdf_oh dict, const char *key, int64_t value) { pdf_put(p, dict, key, qpdf_oh_new_integer(p->q, value)); }

void pdf_append(struct pdf *p, qpdf_oh array, qpdf_oh value)
{
	if (!value) return;
	qpdf_oh_append_item(p->q, array, value);
	qpdf_oh_release(p->q, value);
}

const char *pdf_name_at(struct pdf *p, qpdf_oh dict, const char *key)
{
	qpdf_oh value = qpdf_oh_get_key_if_dict(p->q, dict, key);
	const char *name = qpdf_oh_is_name(p->q, value) ? str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, value))) : "";
	qpdf_oh_release(p->q, value);
	return name;
}

int64_t pdf_int_at(struct pdf *p, qpdf_oh dict, const char *key, int64_t otherwise)
{
	long long n = 0;
	qpdf_oh value = qpdf_oh_get_key_if_dict(p->q, dict, key);
	bool there = qpdf_oh_get_value_as_longlong(p->q, value, &n);
	qpdf_oh_release(p->q, value);
	return there ? n : otherwise;
}

bool pdf_is_listed(const char *name, const char *names)
{
	size_t n = strlen(name);
	if (n == 0 || strchr(name, ' ')) return false;
	for (const char *at = names; (at = strstr(at, name)); at += n)
		if ((at == names || at[-1] == ' ') && at[n] == ' ') return true;
	return false;
}

/* what was made of what */

static size_t slot_of(const struct pdf *p, int64_t key)
{
	size_t mask = p->copied_room - 1, i = ((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;
	while (p->copied[i].key && p->copied[i].key != key) i = (i + 1) & mask;
	return i;
}

static void grow_copied(struct pdf *p)
{
	struct copied *old = p->copied;
	size_t n = p->copied_room;
	p->copied_room = n ? 2 * n : 1024;
	p->copied = pdf_memory(NULL, p->copied_room * sizeof *p->copied);
	memset(p->copied, 0, p->copied_room * sizeof *p->copied);
	for (size_t i = 0; i < n; i++)
		if (old[i].key) p->copied[slot_of(p, old[i].key)] = old[i];
	free(old);
}

static int64_t key_of(struct pdf *p, qpdf_oh from, enum shape shape)
{
	int64_t number = qpdf_oh_is_indirect(p->q, from) ? qpdf_oh_get_object_id(p->q, from) : 0;
	return number > 0 ? number * SHAPES + shape : 0;
}

void pdf_register(struct pdf *p, qpdf_oh from, enum shape shape, qpdf_oh to)
{
	int64_t key = key_of(p, from, shape);
	if (!key) return;
	if (2 * p->copied_n >= p->copied_room) grow_copied(p);
	size_t i = slot_of(p, key);
	if (!p->copied[i].key) p->copied_n++;
	p->copied[i] = (struct copied){ key, to };
}

qpdf_oh pdf_find(struct pdf *p, qpdf_oh from, enum shape shape)
{
	int64_t key = key_of(p, from, shape);
	if (!key || !p->copied_n) return 0;
	size_t i = slot_of(p, key);
	return p->copied[i].key ? qpdf_oh_new_object(p->q, p->copied[i].to) : 0;
}

/* dictionaries and streams */

static const struct rule *rule_for(const struct shape_rules *rules, const char *key)
{
	for (size_t i = 0; i < rules->n; i++)
		if (strcmp(rules->rules[i].key, key) == 0) return &rules->rules[i];
	return NULL;
}

struct keys {
	const char *key;
	struct keys *next;
};

static struct keys *keys_of(struct pdf *p, qpdf_oh dict)
{
	struct keys *first = NULL;
	qpdf_oh_begin_dict_key_iter(p->q, dict);
	while (qpdf_oh_dict_more_keys(p->q)) {
		struct keys *k = cx_new_of(p->job->cx, struct keys);
		*k = (struct keys){ str_c(p->job->cx, str_of(qpdf_oh_dict_next_key(p->q))), first };
		first = k;
	}
	return first;
}

void pdf_copy_keys(struct pdf *p, qpdf_oh from, qpdf_oh to, const struct shape_rules *rules)
{
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	if (rules->type) pdf_put_name(p, to, "/Type", rules->type);
	for (struct keys *k = keys_of(p, from); k && p->end == OK; k = k->next) {
		const struct rule *rule = rule_for(rules, k->key);
		qpdf_oh value = qpdf_oh_get_key(p->q, from, k->key);
		if (!rule) pdf_tell_key(p, k->key, value);
		else if (pdf_count(p)) pdf_put(p, to, k->key, rule->copy(p, value, rule));
		qpdf_oh_release(p->q, value);
	}
	if (rules->finish && p->end == OK) rules->finish(p, from, to);
	arena_rewind(p->job->cx->arena, mark);
}

/* Which of several it is, by what it says of itself. */
static enum shape which(struct pdf *p, qpdf_oh dict, enum shape shape)
{
	const char *kind = pdf_name_at(p, dict, "/Subtype");
	switch (shape) {
	case SHAPE_XOBJECT: return strcmp(kind, "/Image") == 0 ? SHAPE_IMAGE : strcmp(kind, "/Form") == 0 ? SHAPE_FORM : SHAPE_NONE;
	case SHAPE_PATTERN: return pdf_int_at(p, dict, "/PatternType", 0) == 1 ? SHAPE_TILING : SHAPE_SHADED;
	case SHAPE_FONT: return pdf_font_shape(p, dict);
	case SHAPE_LAYER: return strcmp(pdf_name_at(p, dict, "/Type"), "/OCMD") == 0 ? SHAPE_MEMBERSHIP : SHAPE_LAYER;
	default: return shape;
	}
}

static void push(struct pdf *p, qpdf_oh from, qpdf_oh to, enum shape shape)
{
	if (p->todo_n == p->todo_room) {
		p->todo_room = p->todo_room ? 2 * p->todo_room : 256;
		p->todo = pdf_memory(p->todo, p->todo_room * sizeof *p->todo);
	}
	p->todo[p->todo_n++] = (struct task){ qpdf_oh_new_object(p->q, from), qpdf_oh_new_object(p->q, to), shape, p->resources };
}

static qpdf_oh copy_direct(struct pdf *p, qpdf_oh from, const struct shape_rules *rules)
{
	if (p->depth >= DEPTH_MOST) return pdf_stop(p, MEDIA_REFUSED_DAMAGED);
	qpdf_oh to = qpdf_oh_new_dictionary(p->q);
	p->depth++;
	pdf_copy_keys(p, from, to, rules);
	p->depth--;
	return to;
}

qpdf_oh pdf_copy_as(struct pdf *p, qpdf_oh v, enum shape shape)
{
	bool stream = qpdf_oh_is_stream(p->q, v);
	if ((!stream && !qpdf_oh_is_dictionary(p->q, v)) || !pdf_count(p)) return 0;
	qpdf_oh dict = stream ? qpdf_oh_get_dict(p->q, v) : qpdf_oh_new_object(p->q, v), to = 0;
	shape = which(p, dict, shape);
	const struct shape_rules *rules = pdf_rules(shape);
	bool fits = shape != SHAPE_NONE && (stream ? rules->stream != NULL : !rules->stream || rules->plain_too);
	if (fits && !(to = pdf_find(p, v, shape))) {
		if (!key_of(p, v, shape)) to = copy_direct(p, dict, rules);
		else {
			qpdf_oh body = stream ? 0 : qpdf_oh_new_dictionary(p->q);
			to = stream ? qpdf_oh_new_stream(p->q) : qpdf_make_indirect_object(p->q, body);
			if (body) qpdf_oh_release(p->q, body);
			pdf_register(p, v, shape, qpdf_oh_new_object(p->q, to));
			push(p, v, to, shape);
		}
	}
	qpdf_oh_release(p->q, dict);
	return to;
}

static void do_task(struct pdf *p, const struct task *t)
{
	const struct shape_rules *rules = pdf_rules(t->shape);
	bool stream = qpdf_oh_is_stream(p->q, t->from);
	qpdf_oh from = stream ? qpdf_oh_get_dict(p->q, t->from) : qpdf_oh_new_object(p->q, t->from);
	qpdf_oh to = stream ? qpdf_oh_get_dict(p->q, t->to) : qpdf_oh_new_object(p->q, t->to);
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	p->resources = t->resources;
	pdf_copy_keys(p, from, to, rules);
	if (stream && p->end == OK) {
		err e = rules->stream(p, t->from, from, t->to);
		if (e != OK && p->end == OK) p->end = e;
	}
	arena_rewind(p->job->cx->arena, mark);
	qpdf_oh_release(p->q, from);
	qpdf_oh_release(p->q, to);
}

void pdf_work(struct pdf *p)
{
	while (p->todo_n && p->end == OK) {
		struct task t = p->todo[--p->todo_n];
		do_task(p, &t);
		qpdf_oh_release(p->q, t.from);
		qpdf_oh_release(p->q, t.to);
	}
}

/* values: made anew, since one that is an object of its own would be written as it came */

qpdf_oh copy_int(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	long long n;
	(void)r;
	return qpdf_oh_get_value_as_longlong(p->q, v, &n) ? qpdf_oh_new_integer(p->q, n) : 0;
}

qpdf_oh copy_number(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (!qpdf_oh_is_real(p->q, v)) return copy_int(p, v, r);
	str text = str_of(qpdf_oh_get_real_value(p->q, v));
	return text.n <= 40 ? qpdf_oh_new_real_from_string(p->q, str_c(p->job->cx, text)) : qpdf_oh_new_real_from_double(p->q, qpdf_oh_get_numeric_value(p->q, v), 6);
}

qpdf_oh copy_bool(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	(void)r;
	return qpdf_oh_is_bool(p->q, v) ? qpdf_oh_new_bool(p->q, qpdf_oh_get_bool_value(p->q, v)) : 0;
}

qpdf_oh copy_name(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (!qpdf_oh_is_name(p->q, v)) return 0;
	const char *name = str_c(p->job->cx, str_of(qpdf_oh_get_name(p->q, v)));
	return pdf_is_listed(name + 1, r->names) ? qpdf_oh_new_name(p->q, name) : 0;
}

qpdf_oh copy_words(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	size_t n;
	(void)r;
	if (!qpdf_oh_is_string(p->q, v)) return 0;
	const char *bytes = qpdf_oh_get_binary_string_value(p->q, v, &n);
	str copy = n <= WORDS_MOST ? str_copy(p->job->cx, (str){ bytes, n }) : S("");
	return copy.n ? qpdf_oh_new_binary_string(p->q, copy.p, copy.n) : 0;
}

/* RFC 5646: letters, digits, hyphens. */
qpdf_oh copy_language(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	size_t n;
	(void)r;
	if (!qpdf_oh_is_string(p->q, v)) return 0;
	const char *tag = qpdf_oh_get_binary_string_value(p->q, v, &n);
	size_t first = 0;
	for (size_t i = 0; i < n; i++) {
		bool letter = (tag[i] | 32) >= 'a' && (tag[i] | 32) <= 'z';
		if (!letter && tag[i] != '-' && !(tag[i] >= '0' && tag[i] <= '9')) return 0;
		if (letter && first == i) first++;
	}
	/* A language, a script, a region: "zh-Hant-TW". What is longer says more than that. */
	return (first == 2 || first == 3) && n <= 12 && (n == first || tag[first] == '-') ? qpdf_oh_new_string(p->q, str_c(p->job->cx, (str){ tag, n })) : 0;
}

qpdf_oh copy_shape(struct pdf *p, qpdf_oh v, const struct rule *r) { return pdf_copy_as(p, v, r->shape); }

qpdf_oh pdf_copy_items(struct pdf *p, qpdf_oh array, copy_fn *one, const struct rule *r, bool gaps)
{
	if (!qpdf_oh_is_array(p->q, array)) return 0;
	if (p->depth >= DEPTH_MOST) return pdf_stop(p, MEDIA_REFUSED_DAMAGED);
	qpdf_oh to = qpdf_oh_new_array(p->q);
	int n = qpdf_oh_get_array_n_items(p->q, array);
	p->depth++;
	for (int i = 0; i < n && pdf_count(p); i++) {
		qpdf_oh item = qpdf_oh_get_array_item(p->q, array, i), made = one(p, item, r);
		if (!made && gaps) made = qpdf_oh_new_null(p->q);
		pdf_append(p, to, made);
		qpdf_oh_release(p->q, item);
	}
	p->depth--;
	return to;
}

qpdf_oh copy_numbers(struct pdf *p, qpdf_oh v, const struct rule *r) { return pdf_copy_items(p, v, copy_number, r, false); }

qpdf_oh copy_each(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	return qpdf_oh_is_array(p->q, v) ? pdf_copy_items(p, v, copy_shape, r, false) : copy_shape(p, v, r);
}

/* Numbers, truths, the names and the shape that the rule allows, and arrays of them. */
qpdf_oh copy_mixed(struct pdf *p, qpdf_oh v, const struct rule *r)
{
	if (qpdf_oh_is_array(p->q, v)) return pdf_copy_items(p, v, copy_mixed, r, false);
	if (qpdf_oh_is_number(p->q, v)) return copy_number(p, v, r);
	if (qpdf_oh_is_bool(p->q, v)) return copy_bool(p, v, r);
	if (r->names && qpdf_oh_is_name(p->q, v)) return copy_name(p, v, r);
	return r->shape != SHAPE_NONE ? copy_shape(p, v, r) : 0;
}
