/* Where templates come from: a site's own folder before what the build put in, so that a site changes one page and keeps the rest. */
#include "view/template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "view/program.h"
#include "view/theme.h"
#include "base/banned.h"

struct given {
	str name, text;
};

struct template_set {
	struct cx *lasting; /* owns the set and all templates */
	const char *site_dir;
	VEC(struct given) given;
};

err template_set_open(struct cx *cx, const char *site_dir, struct template_set **out)
{
	(void)cx;
	struct cx *lasting = cx_new();
	struct template_set *set = cx_new_of(lasting, struct template_set);
	set->lasting = lasting;
	set->site_dir = site_dir ? str_c(lasting, str_of(site_dir)) : NULL;
	*out = set;
	return OK;
}

void template_set_close(struct template_set *set)
{
	if (set) cx_end(set->lasting);
}

void template_set_add(struct template_set *set, str name, str text)
{
	vec_push(set->lasting, &set->given, (struct given){ str_copy(set->lasting, name), str_copy(set->lasting, text) });
}

/* NOTFOUND only when there is no such file. */
static CHECKED err read_site_file(struct cx *cx, const char *path, str *text)
{
	FILE *f = fopen(path, "rbe");
	if (!f && (errno == ENOENT || errno == ENOTDIR)) return cx_fail(cx, NOTFOUND, NULL, "%s is not there", path);
	if (!f) return cx_fail(cx, FAILED, NULL, "%s: %s", path, strerror(errno));
	char *bytes = cx_alloc(cx, LIMIT_TEMPLATE + 1);
	size_t n = fread(bytes, 1, LIMIT_TEMPLATE + 1, f);
	int failed = ferror(f);
	fclose(f);
	if (failed) return cx_fail(cx, FAILED, NULL, "%s cannot be read", path);
	*text = (str){ bytes, n };
	return OK;
}

err template_source(struct cx *cx, struct template_set *set, str name, str *where, str *text)
{
	for (size_t i = 0; i < set->given.n; i++) {
		if (!str_eq(set->given.at[i].name, name)) continue;
		*where = str_fmt(cx, STR_FMT ".html", STR_ARG(name));
		*text = set->given.at[i].text;
		return OK;
	}
	str file = str_fmt(cx, STR_FMT ".html", STR_ARG(name));
	if (set->site_dir) {
		*where = str_fmt(cx, "%s/" STR_FMT, set->site_dir, STR_ARG(file));
		err e = read_site_file(cx, str_c(cx, *where), text);
		if (e != NOTFOUND) return e;
	}
	*where = str_fmt(cx, "theme/" STR_FMT, STR_ARG(file));
	if (theme_file(file, text)) return OK;
	return cx_fail(cx, NOTFOUND, NULL, "there is no template " STR_FMT, STR_ARG(*where));
}

static CHECKED err build(struct cx *cx, struct template_set *set, const char *name, str where, str text, const struct view_type *type,
    const struct template **out)
{
	struct template *t = cx_new_of(set->lasting, struct template);
	t->name = str_c(set->lasting, str_of(name));
	TRY(template_build(cx, set->lasting, set, where, text, type, t));
	*out = t;
	return OK;
}

err template_compile(struct cx *cx, struct template_set *set, const char *name, const struct view_type *type,
    const struct template **out)
{
	str where, text;
	TRY(template_source(cx, set, str_of(name), &where, &text));
	return build(cx, set, name, where, text, type, out);
}

err template_compile_text(struct cx *cx, struct template_set *set, const char *name, str text, const struct view_type *type,
    const struct template **out)
{
	return build(cx, set, name, str_fmt(cx, "%s.html", name), text, type, out);
}
