/* program: what a template is compiled to: a flat row of steps over the bound structs, walked by the renderer. Private to view. */
#ifndef VIEW_PROGRAM_H
#define VIEW_PROGRAM_H

#include "base/limits.h"
#include "view/template.h"

enum step_kind {
	STEP_END,
	STEP_TEXT,        /* nothing but its text */
	STEP_STR,         /* a str, escaped; a url is one */
	STEP_HTML,
	STEP_INT,
	STEP_IF_WORD,     /* goes to `to` unless a 64-bit word (a length, a number, a pointer, a count) is not 0 */
	STEP_UNLESS_WORD, /* goes there if it is */
	STEP_IF_BOOL,
	STEP_UNLESS_BOOL,
	STEP_SUB,         /* enters a struct as level `into`, or goes to `to` */
	STEP_LIST,        /* enters the first of a list, or goes to `to` */
	STEP_NEXT,        /* enters the next and goes back to `to`, or ends the loop */
};

/* Each step first writes its text, then does what its kind says with the bytes at `offset` of the struct in hand at `level`, reached, for dotted
 * names, through the pointers at the offsets of `path`; a NULL on that way is an empty value. */
struct step {
	const char *text;
	uint32_t text_n;
	uint32_t offset;
	uint32_t to;
	uint32_t size; /* STEP_NEXT: of an element */
	const uint32_t *path;
	uint8_t kind, level, into, path_n;
};

struct template {
	const char *name;
	const struct view_type *type;
	const struct step *steps;
	size_t steps_n;
};

/* Sections within sections within a template and its partials; the page's own struct is one more. */
#define PROGRAM_LEVELS (LIMIT_TEMPLATE_DEPTH + 1)

/* Finds the text of a template or partial. NOTFOUND when there is none; where is its name for sentences. */
CHECKED err template_source(struct cx *cx, struct template_set *set, str name, str *where, str *text);

/* The program lives in lasting's arena; all else, and the fault, in cx's. */
CHECKED err template_build(struct cx *cx, struct cx *lasting, struct template_set *set, str where, str text,
    const struct view_type *type, struct template *out);

#endif
