/* template: Mustache (the public specification's interpolation, sections, inverted, comments, partials and delimiters suites, but
 * without unescaped variables, which are refused) compiled at start against view structs (bind.h). A name that the bound
 * struct, or one of the enclosing sections' structs, does not have is an error with file and line; so is a section that is not closed,
 * a partial that is not there, a URL field outside an attribute's quotes, a STR field as the start of href, src, action, formaction, poster or style, or
 * any field inside <script> or <style>.
 *
 * Partials ({{> name}}) are compiled in place, in the context where they stand. Rendering cannot fail but by LIMIT_PAGE. */
#ifndef VIEW_TEMPLATE_H
#define VIEW_TEMPLATE_H

#include "base/buf.h"
#include "view/bind.h"

struct template_set;
struct template;

/* Reads templates on demand: from site_dir (the site's own theme folder; may be NULL, need not exist) first, then from the built-in ones. Lives as long as
 * the process; so do the templates compiled from it. */
CHECKED err template_set_open(struct cx *cx, const char *site_dir, struct template_set **out);
void template_set_close(struct template_set *set);

/* Gives the set a template from memory, found before all others; text is copied. For tests. */
void template_set_add(struct template_set *set, str name, str text);

/* Compiles "article" (article.html) against its struct. INVALID with "theme/article.html:12: ..." as sentence. */
CHECKED err template_compile(struct cx *cx, struct template_set *set, const char *name, const struct view_type *type,
    const struct template **out);

/* From a text: for tests and the specification's suites. */
CHECKED err template_compile_text(struct cx *cx, struct template_set *set, const char *name, str text,
    const struct view_type *type, const struct template **out);

/* Renders with data, which must point to a struct of the type the template was compiled for. */
CHECKED err template_render(struct cx *cx, const struct template *t, const void *data, struct buf *out);

#endif
