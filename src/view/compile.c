/* From tokens to steps: sections are matched, names are settled, and the place in the markup is followed, so that rendering has
 * nothing left to decide. */
#include "view/program.h"

#include <string.h>

#include "base/arena.h"
#include "base/must.h"
#include "base/vec.h"
#include "view/markup.h"
#include "view/name.h"
#include "view/parse.h"
#include "base/banned.h"

struct section {
	str name;
	size_t line;
	size_t step;          /* the step that opened it */
	struct markup opened; /* where in the markup */
	bool scoped, repeats;
	uint8_t into;         /* repeats: the level of the element */
	uint32_t size;
};

struct compiler {
	struct cx *cx, *lasting;
	struct template_set *set;
	VEC(struct step) steps;
	struct buf text;    /* all literals; a step's text is an offset here until the end */
	size_t text_at;     /* from here on it belongs to the next step */
	size_t whole;       /* bytes compiled so far, partials each time they stand somewhere */
	struct markup markup;
	struct name_scopes scopes;
	struct section sections[LIMIT_TEMPLATE_DEPTH];
	size_t sections_n;
	str partials[LIMIT_TEMPLATE_DEPTH]; /* those we are in */
	size_t partials_n;
};

/* A file being compiled. */
struct source {
	str where;
	size_t line;
	size_t sections_from; /* sections opened before it are none of its business */
};

static CHECKED err compile_source(struct compiler *c, str where, str text);

/* Puts file and line before the sentence, which is what the fault already holds when fmt is NULL. */
static CHECKED err refuse(struct compiler *c, const struct source *s, str sentence)
{
	return cx_fail(c->cx, INVALID, NULL, STR_FMT ":%zu: " STR_FMT, STR_ARG(s->where), s->line, STR_ARG(sentence));
}
#define REFUSE(c, s, ...) refuse(c, s, str_fmt((c)->cx, __VA_ARGS__))

static struct step *emit(struct compiler *c, enum step_kind kind, const struct name_place *place)
{
	struct step step = { .kind = (uint8_t)kind, .text_n = (uint32_t)(c->text.n - c->text_at) };
	c->text_at = c->text.n;
	if (place) {
		step.level = place->level;
		step.offset = place->offset;
		step.path_n = place->path_n;
		if (place->path_n) {
			uint32_t *path = cx_array_of(c->lasting, uint32_t, place->path_n);
			memcpy(path, place->path, place->path_n * sizeof *path);
			step.path = path;
		}
	}
	vec_push(c->cx, &c->steps, step);
	return &c->steps.at[c->steps.n - 1];
}

/* The number of the next step, as a place to go to: text before it must not run into the step. */
static uint32_t label(struct compiler *c)
{
	if (c->text.n > c->text_at) emit(c, STEP_TEXT, NULL);
	return (uint32_t)c->steps.n;
}

static CHECKED err put_text(struct compiler *c, struct source *s, const struct token *t)
{
	size_t at;
	const char *wrong = markup_text(&c->markup, t->text, &at);
	if (wrong) {
		for (size_t i = 0; i < at; i++) s->line += t->text.p[i] == '\n';
		return REFUSE(c, s, "%s", wrong);
	}
	buf_str(&c->text, t->text);
	return OK;
}

static CHECKED err find(struct compiler *c, const struct source *s, const struct token *t, struct name_place *place)
{
	err e = name_find(c->cx, &c->scopes, t->text, place);
	return e == OK ? OK : refuse(c, s, c->cx->fault.sentence);
}

static CHECKED err put_field(struct compiler *c, const struct source *s, const struct token *t)
{
	struct name_place place;
	TRY(find(c, s, t, &place));
	static const enum step_kind kinds[] = { [VIEW_STR] = STEP_STR, [VIEW_URL] = STEP_STR, [VIEW_HTML] = STEP_HTML, [VIEW_INT] = STEP_INT };
	switch (place.kind) {
	case VIEW_BOOL: return REFUSE(c, s, "\"" STR_FMT "\" is yes or no: it can only open a section", STR_ARG(t->text));
	case VIEW_SUB: return REFUSE(c, s, "\"" STR_FMT "\" is a struct: open it as a section, or name a field of it behind a dot", STR_ARG(t->text));
	case VIEW_LIST: return REFUSE(c, s, "\"" STR_FMT "\" is a list: open it as a section", STR_ARG(t->text));
	default: break;
	}
	const char *wrong = markup_field(&c->markup, place.kind);
	if (wrong) return REFUSE(c, s, "\"" STR_FMT "\": %s", STR_ARG(t->text), wrong);
	emit(c, kinds[place.kind], &place);
	return OK;
}

static void push_scope(struct compiler *c, const struct view_type *type, const struct name_place *value)
{
	uint8_t level = 0;
	for (size_t i = 0; i < c->scopes.n; i++) {
		if (c->scopes.at[i].type) level = (uint8_t)(c->scopes.at[i].level + 1);
	}
	c->scopes.at[c->scopes.n++] = (struct name_scope){ .type = type, .level = level, .value = value ? *value : (struct name_place){ 0 } };
}

/* A condition on place: which word of it says yes. */
static void emit_condition(struct compiler *c, struct name_place place, bool inverted)
{
	if (place.kind == VIEW_BOOL) {
		emit(c, inverted ? STEP_UNLESS_BOOL : STEP_IF_BOOL, &place);
		return;
	}
	if (place.kind == VIEW_STR || place.kind == VIEW_HTML || place.kind == VIEW_URL) place.offset += offsetof(str, n);
	if (place.kind == VIEW_LIST) place.offset += sizeof(void *);
	emit(c, inverted ? STEP_UNLESS_WORD : STEP_IF_WORD, &place);
}

static CHECKED err open_section(struct compiler *c, const struct source *s, const struct token *t)
{
	struct name_place place;
	TRY(find(c, s, t, &place));
	if (c->sections_n == LIMIT_TEMPLATE_DEPTH) return REFUSE(c, s, "more than %d sections stand in each other", LIMIT_TEMPLATE_DEPTH);
	struct section *section = &c->sections[c->sections_n++];
	*section = (struct section){ .name = t->text, .line = s->line, .opened = c->markup };
	if (t->kind == TOKEN_INVERTED) {
		emit_condition(c, place, true);
	} else if (place.kind == VIEW_SUB || place.kind == VIEW_LIST) {
		push_scope(c, place.type, NULL);
		section->scoped = true;
		section->repeats = place.kind == VIEW_LIST;
		section->into = c->scopes.at[c->scopes.n - 1].level;
		section->size = (uint32_t)place.type->size;
		emit(c, section->repeats ? STEP_LIST : STEP_SUB, &place)->into = section->into;
	} else {
		emit_condition(c, place, false);
		section->scoped = place.kind != VIEW_BOOL;
		if (section->scoped) push_scope(c, NULL, &place);
	}
	section->step = c->steps.n - 1;
	return OK;
}

static CHECKED err close_section(struct compiler *c, const struct source *s, const struct token *t)
{
	if (c->sections_n == s->sections_from) return REFUSE(c, s, "{{/" STR_FMT "}} closes a section that is not open", STR_ARG(t->text));
	struct section *section = &c->sections[c->sections_n - 1];
	if (!str_eq(section->name, t->text)) {
		return REFUSE(c, s, "{{/" STR_FMT "}} stands where the section \"" STR_FMT "\" of line %zu should be closed", STR_ARG(t->text),
		    STR_ARG(section->name), section->line);
	}
	struct markup end = c->markup;
	c->markup = section->opened;
	if (!markup_join(&c->markup, &end, section->repeats)) {
		return REFUSE(c, s, "the section \"" STR_FMT "\" of line %zu ends in another place of the markup than it begins in", STR_ARG(section->name),
		    section->line);
	}
	if (section->repeats) {
		struct step *next = emit(c, STEP_NEXT, NULL);
		next->into = section->into;
		next->size = section->size;
		next->to = (uint32_t)section->step + 1;
	}
	uint32_t behind = label(c);
	c->steps.at[section->step].to = behind;
	if (section->scoped) c->scopes.n--;
	c->sections_n--;
	return OK;
}

static bool name_is_plain(str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char ch = name.p[i];
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_';
		if (!plain) return false;
	}
	return name.n > 0 && name.n <= 64;
}

static CHECKED err put_partial(struct compiler *c, const struct source *s, const struct token *t)
{
	if (!name_is_plain(t->text)) return REFUSE(c, s, "a partial's name is made of letters, digits, - and _");
	for (size_t i = 0; i < c->partials_n; i++) {
		if (str_eq(c->partials[i], t->text)) return REFUSE(c, s, "the partial \"" STR_FMT "\" would contain itself", STR_ARG(t->text));
	}
	if (c->partials_n == LIMIT_TEMPLATE_DEPTH) return REFUSE(c, s, "more than %d partials stand in each other", LIMIT_TEMPLATE_DEPTH);
	str where, text;
	err e = template_source(c->cx, c->set, t->text, &where, &text);
	if (e == NOTFOUND) return REFUSE(c, s, "there is no template \"" STR_FMT "\" to put here", STR_ARG(t->text));
	TRY(e);
	if (t->indent.n > 0 && template_indent(c->cx, text, t->indent, &text) != OK) return REFUSE(c, s, "indented, this partial is too long");
	c->partials[c->partials_n++] = t->text;
	TRY(compile_source(c, where, text));
	c->partials_n--;
	return OK;
}

static CHECKED err put_token(struct compiler *c, struct source *s, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_TEXT: return put_text(c, s, t);
	case TOKEN_FIELD: return put_field(c, s, t);
	case TOKEN_SECTION:
	case TOKEN_INVERTED: return open_section(c, s, t);
	case TOKEN_CLOSE: return close_section(c, s, t);
	case TOKEN_PARTIAL: return put_partial(c, s, t);
	}
	MUST(!"a token that is not known");
	return FAILED;
}

static CHECKED err compile_source(struct compiler *c, str where, str text)
{
	struct source s = { .where = where, .line = 1, .sections_from = c->sections_n };
	if (text.n > LIMIT_TEMPLATE) return REFUSE(c, &s, "a template may not be longer than %ld bytes", LIMIT_TEMPLATE);
	c->whole += text.n;
	if (c->whole > LIMIT_TEMPLATE_WHOLE) return REFUSE(c, &s, "with all partials in place this is longer than %ld bytes", LIMIT_TEMPLATE_WHOLE);
	struct tokens tokens;
	TRY(template_parse(c->cx, where, text, &tokens));
	for (size_t i = 0; i < tokens.n; i++) {
		s.line = tokens.at[i].line;
		TRY(put_token(c, &s, &tokens.at[i]));
	}
	if (c->sections_n > s.sections_from) {
		const struct section *section = &c->sections[c->sections_n - 1];
		s.line = section->line;
		return REFUSE(c, &s, "the section \"" STR_FMT "\" is not closed", STR_ARG(section->name));
	}
	return OK;
}

/* Moves text and steps to where they stay. */
static CHECKED err finish(struct compiler *c, struct template *out)
{
	emit(c, STEP_END, NULL);
	str text;
	TRY(buf_done(c->cx, &c->text, &text));
	char *kept = arena_bytes(c->lasting->arena, text.n);
	if (text.n) memcpy(kept, text.p, text.n);
	struct step *steps = cx_array_of(c->lasting, struct step, c->steps.n);
	memcpy(steps, c->steps.at, c->steps.n * sizeof *steps);
	for (size_t i = 0; i < c->steps.n; i++) {
		steps[i].text = kept;
		kept += steps[i].text_n;
	}
	out->steps = steps;
	out->steps_n = c->steps.n;
	return OK;
}

err template_build(struct cx *cx, struct cx *lasting, struct template_set *set, str where, str text, const struct view_type *type,
    struct template *out)
{
	struct compiler *c = cx_new_of(cx, struct compiler);
	c->cx = cx;
	c->lasting = lasting;
	c->set = set;
	c->text = buf_new(cx, LIMIT_TEMPLATE_WHOLE);
	push_scope(c, type, NULL);
	TRY(compile_source(c, where, text));
	const char *unfinished = markup_unfinished(&c->markup);
	if (unfinished) return cx_fail(cx, INVALID, NULL, STR_FMT ": the template ends %s", STR_ARG(where), unfinished);
	out->type = type;
	return finish(c, out);
}
