/* Names are settled once, at start: a page never looks one up. */
#include "view/name.h"

#include "base/must.h"
#include "base/banned.h"

/* A row for name in type; a list's x_n is a row of its own. */
static bool field_of(const struct view_type *type, str name, struct view_field *out)
{
	bool count = str_ends(name, S("_n"));
	for (size_t i = 0; i < type->fields_n; i++) {
		const struct view_field *f = &type->fields[i];
		if (str_eq(name, str_of(f->name))) return *out = *f, true;
		if (count && f->kind == VIEW_LIST && str_eq(str_sub(name, 0, name.n - 2), str_of(f->name))) {
			*out = (struct view_field){ .kind = VIEW_INT, .offset = f->offset + sizeof(void *) };
			return true;
		}
	}
	return false;
}

/* Levenshtein's distance, for names short enough; else a number past all others. */
static size_t distance(str a, str b)
{
	enum { LONGEST = 40 };
	size_t row[LONGEST + 1];
	if (a.n > LONGEST || b.n > LONGEST) return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++) row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = diagonal + (a.p[i - 1] != b.p[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best) best = row[j] + 1;
			if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

static void nearest_in(const struct view_type *type, str name, str *nearest, size_t *least)
{
	for (size_t i = 0; i < type->fields_n; i++) {
		str candidate = str_of(type->fields[i].name);
		size_t d = distance(name, candidate);
		if (d < *least) *nearest = candidate, *least = d;
	}
}

/* scopes may be NULL (then only type counts). */
static CHECKED err unknown(struct cx *cx, const struct name_scopes *scopes, const struct view_type *type, str whole, str part)
{
	str nearest = S("");
	size_t least = part.n / 2 + 2; /* a suggestion that shares nothing with the name helps nobody */
	if (scopes) {
		for (size_t i = scopes->n; i-- > 0;) {
			if (scopes->at[i].type) nearest_in(scopes->at[i].type, part, &nearest, &least);
		}
	} else {
		nearest_in(type, part, &nearest, &least);
	}
	str in = str_eq(whole, part) ? S("") : str_fmt(cx, " in \"" STR_FMT "\"", STR_ARG(whole));
	if (nearest.n == 0) {
		return cx_fail(cx, INVALID, NULL, "there is no \"" STR_FMT "\"" STR_FMT " (view %s)", STR_ARG(part), STR_ARG(in), type->name);
	}
	return cx_fail(cx, INVALID, NULL, "there is no \"" STR_FMT "\"" STR_FMT "; did you mean \"" STR_FMT "\"? (view %s)",
	    STR_ARG(part), STR_ARG(in), STR_ARG(nearest), type->name);
}

static struct name_place place_of(const struct view_field *f, uint8_t level)
{
	return (struct name_place){ .kind = f->kind, .level = level, .offset = (uint32_t)f->offset, .type = f->type };
}

/* "." is the value of the innermost section of a single value, or the only field of a struct that has but one. */
static CHECKED err the_value_itself(struct cx *cx, const struct name_scopes *scopes, struct name_place *out)
{
	const struct name_scope *innermost = &scopes->at[scopes->n - 1];
	if (!innermost->type) return *out = innermost->value, OK;
	if (innermost->type->fields_n == 1) return *out = place_of(&innermost->type->fields[0], innermost->level), OK;
	return cx_fail(cx, INVALID, NULL, "\".\" is only known in the section of a text or number, or of a struct of one field (view %s)",
	    innermost->type->name);
}

err name_find(struct cx *cx, const struct name_scopes *scopes, str name, struct name_place *out)
{
	MUST(scopes->n > 0);
	if (str_eq(name, S("."))) return the_value_itself(cx, scopes, out);
	str rest, part = str_cut(name, '.', &rest);
	bool dotted = part.n < name.n;
	struct view_field field = { 0 };
	const struct name_scope *in = NULL;
	for (size_t i = scopes->n; i-- > 0 && !in;) {
		if (scopes->at[i].type && field_of(scopes->at[i].type, part, &field)) in = &scopes->at[i];
	}
	if (!in) {
		size_t i = scopes->n - 1;
		while (!scopes->at[i].type) i--;
		return unknown(cx, scopes, scopes->at[i].type, name, part);
	}
	*out = place_of(&field, in->level);
	while (dotted) {
		if (out->kind != VIEW_SUB) {
			return cx_fail(cx, INVALID, NULL, "\"" STR_FMT "\" in \"" STR_FMT "\" is not a struct, so nothing may follow it behind a dot",
			    STR_ARG(part), STR_ARG(name));
		}
		if (out->path_n == LIMIT_TEMPLATE_DEPTH) return cx_fail(cx, INVALID, NULL, "a name has too many parts");
		out->path[out->path_n++] = out->offset;
		size_t before = rest.n;
		part = str_cut(rest, '.', &rest);
		dotted = part.n < before;
		if (!field_of(out->type, part, &field)) return unknown(cx, NULL, out->type, name, part);
		out->kind = field.kind;
		out->offset = (uint32_t)field.offset;
		out->type = field.type;
	}
	return OK;
}
