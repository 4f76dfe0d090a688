/* theme: the files of theme/ (templates, style sheet, icons), which the build puts into the binary, and the views by name. */
#ifndef VIEW_THEME_H
#define VIEW_THEME_H

#include "view/bind.h"

/* The built-in file of this name ("article.html", "style.css"); false when there is none. The bytes live as long as the process. */
bool theme_file(str name, str *bytes);

/* All of them, ended by a NULL name; made by tools/embed. */
struct theme_entry {
	const char *name;
	const unsigned char *bytes;
	size_t n;
};
extern const struct theme_entry theme_entries[];

/* The view of this name ("article"), or NULL. */
const struct view_type *view_type_find(str name);

#endif
