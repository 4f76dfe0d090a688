/* The tables of all views: the lists of views.h are read three times, as structs, as tables, and as the list of all. */
#include "view/theme.h"
#include "view/views.h"

#undef VIEW
#undef VIEW_VIEWS_H
#define VIEW(view, FIELDS) VIEW_TABLE(view, FIELDS)
#include "view/views.h"

#undef VIEW
#undef VIEW_VIEWS_H
#define VIEW(view, FIELDS) &view_type_##view,
static const struct view_type *const types[] = {
#include "view/views.h"
};

#include "base/banned.h"

const struct view_type *view_type_find(str name)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (str_eq(name, str_of(types[i]->name))) return types[i];
	}
	return NULL;
}

bool theme_file(str name, str *bytes)
{
	for (const struct theme_entry *e = theme_entries; e->name; e++) {
		if (str_eq(name, str_of(e->name))) return *bytes = (str){ (const char *)e->bytes, e->n }, true;
	}
	return false;
}
