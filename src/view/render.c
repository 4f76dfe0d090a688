/* The walk over a template's steps: the one part of this module that runs for each page. */
#include <string.h>

#include "base/cx.h"
#include "text/esc.h"
#include "view/program.h"
#include "base/banned.h"

/* Where a loop stands: the element in hand is in the walk's levels. */
struct walk {
	const char *level[PROGRAM_LEVELS];
	uint64_t left[PROGRAM_LEVELS]; /* elements of the loop on this level, the one in hand included */
};

/* NULL when a struct on the way is not there. */
static const char *reach(const struct walk *w, const struct step *s)
{
	const char *at = w->level[s->level];
	for (size_t i = 0; i < s->path_n; i++) {
		memcpy(&at, at + s->path[i], sizeof at);
		if (!at) return NULL;
	}
	return at + s->offset;
}

static uint64_t word(const char *at)
{
	uint64_t v = 0;
	if (at) memcpy(&v, at, sizeof v);
	return v;
}

_Static_assert(sizeof(void *) == 8 && sizeof(size_t) == 8, "steps test lengths, counts and pointers as 64-bit words");

static void put_int(struct buf *out, uint64_t bits)
{
	char digits[20];
	size_t at = sizeof digits;
	bool negative = bits >> 63;
	uint64_t v = negative ? 0 - bits : bits;
	do digits[--at] = (char)('0' + v % 10);
	while (v /= 10);
	if (negative) digits[--at] = '-';
	buf_str(out, (str){ digits + at, sizeof digits - at });
}

/* What a step that shows something does. */
static void show(struct buf *out, const struct step *s, const char *at)
{
	str text;
	if (!at) return;
	if (s->kind == STEP_INT) {
		put_int(out, word(at));
		return;
	}
	memcpy(&text, at, sizeof text);
	if (text.n == 0) return;
	if (s->kind == STEP_STR) esc_html(out, text);
	else buf_str(out, text);
}

static bool enter_next(struct walk *w, const struct step *s)
{
	if (--w->left[s->into] == 0) return false;
	w->level[s->into] += s->size;
	return true;
}

/* Enters a struct or a list's first element; false when there is none. */
static bool enter(struct walk *w, const struct step *s, const char *at)
{
	if (!at) return false;
	const char *first;
	memcpy(&first, at, sizeof first);
	w->level[s->into] = first;
	if (s->kind == STEP_SUB) return first != NULL;
	w->left[s->into] = word(at + sizeof first);
	return w->left[s->into] > 0;
}

err template_render(struct cx *cx, const struct template *t, const void *data, struct buf *out)
{
	struct walk w;
	w.level[0] = data;
	for (const struct step *s = t->steps;;) {
		buf_str(out, (str){ s->text, s->text_n });
		bool on = true;
		switch ((enum step_kind)s->kind) {
		case STEP_END:
			if (out->full) return cx_fail(cx, LIMIT, NULL, "a page is longer than %zu bytes", out->max);
			return OK;
		case STEP_TEXT: break;
		case STEP_STR:
		case STEP_HTML:
		case STEP_INT: show(out, s, reach(&w, s)); break;
		case STEP_IF_WORD: on = word(reach(&w, s)) != 0; break;
		case STEP_UNLESS_WORD: on = word(reach(&w, s)) == 0; break;
		case STEP_IF_BOOL:
		case STEP_UNLESS_BOOL: {
			const char *at = reach(&w, s);
			on = (at && *(const bool *)at) == (s->kind == STEP_IF_BOOL);
			break;
		}
		case STEP_SUB:
		case STEP_LIST: on = enter(&w, s, reach(&w, s)); break;
		case STEP_NEXT: on = !enter_next(&w, s); break;
		}
		s = on ? s + 1 : t->steps + s->to;
	}
}
