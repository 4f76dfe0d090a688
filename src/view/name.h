/* name: what a name in a template stands for, by the sections around it. Private to view. */
#ifndef VIEW_NAME_H
#define VIEW_NAME_H

#include "base/cx.h"
#include "view/program.h"

/* A value in the structs in hand, as a step reaches it. */
struct name_place {
	enum view_kind kind;
	uint8_t level;
	uint32_t offset;
	const struct view_type *type; /* VIEW_SUB, VIEW_LIST */
	uint8_t path_n;
	uint32_t path[LIMIT_TEMPLATE_DEPTH];
};

/* One section around: of a struct, or of a single value, which is then "." in it. */
struct name_scope {
	const struct view_type *type; /* NULL: a single value */
	uint8_t level;
	struct name_place value;
};

struct name_scopes {
	size_t n;
	struct name_scope at[PROGRAM_LEVELS];
};

/* Innermost scope first; the parts behind a dot only in the struct that the part before it names. INVALID, with a sentence that
 * names the nearest name there is, when there is none. */
CHECKED err name_find(struct cx *cx, const struct name_scopes *scopes, str name, struct name_place *out);

#endif
