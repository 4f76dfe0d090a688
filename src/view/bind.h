/* bind: the structs that templates are bound to. A view is declared once, as a list of typed fields, and the list makes
 * both the C struct and the table by which a template's names are checked at start:
 *
 *     #define VIEW_LINK(STR, HTML, URL, INT, BOOL, SUB, LIST) \
 *             STR(text) URL(href) BOOL(current)
 *     VIEW(link, VIEW_LINK)
 *
 * gives `struct view_link { str text; url href; bool current; }` and `extern const struct view_type view_type_link`.
 * SUB(name, type) is `struct view_TYPE *name` (NULL is false); LIST(name, type) is `struct view_TYPE *name; size_t name_n`.
 *
 * The type of a field decides its escaping: STR is escaped, INT is digits, URL is escaped and may stand in href and src,
 * HTML stands as it is, BOOL only opens sections. A LIST(x, t) is known to templates by x_n as well, an INT.
 *
 * VIEW_TABLE, with the same arguments, makes the table of one view; views.c makes those of all views of views.h by including it once more
 * with VIEW standing for VIEW_TABLE. */
#ifndef VIEW_BIND_H
#define VIEW_BIND_H

#include <stddef.h>

#include "base/str.h"

enum view_kind { VIEW_STR, VIEW_HTML, VIEW_URL, VIEW_INT, VIEW_BOOL, VIEW_SUB, VIEW_LIST };

struct view_type;

struct view_field {
	const char *name;
	enum view_kind kind;
	size_t offset;                /* VIEW_LIST: of the pointer; name_n stands right behind it */
	const struct view_type *type; /* VIEW_SUB, VIEW_LIST */
};

struct view_type {
	const char *name;
	size_t size;
	const struct view_field *fields;
	size_t fields_n;
};

#define VIEW_C_STR(name) str name;
#define VIEW_C_HTML(name) html name;
#define VIEW_C_URL(name) url name;
#define VIEW_C_INT(name) int64_t name;
#define VIEW_C_BOOL(name) bool name;
#define VIEW_C_SUB(name, type) struct view_##type *name;
#define VIEW_C_LIST(name, type) struct view_##type *name; size_t name##_n;

#define VIEW(name, FIELDS) \
	struct view_##name { \
		FIELDS(VIEW_C_STR, VIEW_C_HTML, VIEW_C_URL, VIEW_C_INT, VIEW_C_BOOL, VIEW_C_SUB, VIEW_C_LIST) \
	}; \
	extern const struct view_type view_type_##name;

/* A field's row begins with the struct it belongs to, which only VIEW_TABLE knows, and ends with its name, which only the list of fields knows;
 * hence no offsetof. */
#define VIEW_T_IN(view) { .offset = (size_t)&((const struct view_##view *)0)->
#define VIEW_T_STR(field) field, .name = #field, .kind = VIEW_STR },
#define VIEW_T_HTML(field) field, .name = #field, .kind = VIEW_HTML },
#define VIEW_T_URL(field) field, .name = #field, .kind = VIEW_URL },
#define VIEW_T_INT(field) field, .name = #field, .kind = VIEW_INT },
#define VIEW_T_BOOL(field) field, .name = #field, .kind = VIEW_BOOL },
#define VIEW_T_SUB(field, of) field, .name = #field, .kind = VIEW_SUB, .type = &view_type_##of },
#define VIEW_T_LIST(field, of) field, .name = #field, .kind = VIEW_LIST, .type = &view_type_##of },

#define VIEW_TABLE(view, FIELDS) \
	static const struct view_field view_fields_##view[] = { \
		FIELDS(VIEW_T_IN(view) VIEW_T_STR, VIEW_T_IN(view) VIEW_T_HTML, VIEW_T_IN(view) VIEW_T_URL, \
		    VIEW_T_IN(view) VIEW_T_INT, VIEW_T_IN(view) VIEW_T_BOOL, VIEW_T_IN(view) VIEW_T_SUB, \
		    VIEW_T_IN(view) VIEW_T_LIST) \
	}; \
	const struct view_type view_type_##view = { \
		#view, sizeof(struct view_##view), view_fields_##view, sizeof view_fields_##view / sizeof *view_fields_##view \
	};

#endif
