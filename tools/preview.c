/* preview: renders a template with the data of a JSON file, for designing a theme without a server. A tool of development.
 *
 *     preview [-t THEME_DIR] [-v VIEW] TEMPLATE DATA.json
 *
 * An object fills the view's fields by their names; a key the view does not have is an error, a field the data does not have stays empty.
 * "include": ["site.json"] takes what is missing from other files of the same folder, the later ones first. */
#define OWNS_MEMORY
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "view/template.h"
#include "view/theme.h"
#include "base/banned.h"

static CHECKED err fill(struct cx *cx, const struct view_type *type, json_t *object, char *into);

static CHECKED err fill_list(struct cx *cx, const struct view_field *f, json_t *value, char *at)
{
	size_t n = json_array_size(value);
	char *elements = cx_alloc_array(cx, n, f->type->size);
	for (size_t i = 0; i < n; i++) TRY(fill(cx, f->type, json_array_get(value, i), elements + i * f->type->size));
	memcpy(at, &elements, sizeof elements);
	memcpy(at + sizeof elements, &n, sizeof n);
	return OK;
}

static CHECKED err fill_field(struct cx *cx, const struct view_field *f, json_t *value, char *at)
{
	bool fits = json_is_null(value);
	switch (f->kind) {
	case VIEW_STR:
	case VIEW_HTML:
	case VIEW_URL:
		if (json_is_string(value)) *(str *)(void *)at = (str){ json_string_value(value), json_string_length(value) }, fits = true;
		break;
	case VIEW_INT:
		if (json_is_integer(value)) *(int64_t *)(void *)at = json_integer_value(value), fits = true;
		break;
	case VIEW_BOOL:
		if (json_is_boolean(value)) *(bool *)at = json_is_true(value), fits = true;
		break;
	case VIEW_SUB:
		if (json_is_object(value)) {
			char *sub = cx_alloc(cx, f->type->size);
			memcpy(at, &sub, sizeof sub);
			return fill(cx, f->type, value, sub);
		}
		break;
	case VIEW_LIST:
		if (json_is_array(value)) return fill_list(cx, f, value, at);
		break;
	}
	return fits ? OK : cx_fail(cx, INVALID, f->name, "is of another kind in the data");
}

static CHECKED err fill(struct cx *cx, const struct view_type *type, json_t *object, char *into)
{
	if (!json_is_object(object)) return cx_fail(cx, INVALID, NULL, "the data for view %s is not an object", type->name);
	const char *key;
	json_t *value;
	json_object_foreach(object, key, value) {
		const struct view_field *f = NULL;
		for (size_t i = 0; i < type->fields_n; i++) {
			if (strcmp(type->fields[i].name, key) == 0) f = &type->fields[i];
		}
		if (!f) return cx_fail(cx, INVALID, key, "is not a field of view %s", type->name);
		TRY(fill_field(cx, f, value, into + f->offset));
	}
	return OK;
}

static CHECKED err preview(struct cx *cx, const char *theme, const struct view_type *type, const char *name, json_t *data)
{
	struct template_set *set;
	const struct template *t;
	TRY(template_set_open(cx, theme, &set));
	TRY(template_compile(cx, set, name, type, &t));
	char *view = cx_alloc(cx, type->size);
	TRY(fill(cx, type, data, view));
	struct buf out = buf_new(cx, LIMIT_PAGE);
	TRY(template_render(cx, t, view, &out));
	fwrite(out.p, 1, out.n, stdout);
	template_set_close(set);
	return OK;
}

/* Takes what data lacks from the files it includes. They are read relative to path. */
static CHECKED err include(struct cx *cx, json_t *data, str path)
{
	json_t *names = json_object_get(data, "include"), *other;
	size_t folder = path.n;
	while (folder > 0 && path.p[folder - 1] != '/') folder--;
	for (size_t i = json_array_size(names); i-- > 0;) {
		str name = str_of(json_string_value(json_array_get(names, i)));
		json_error_t wrong;
		other = json_load_file(str_c(cx, str_join(cx, str_sub(path, 0, folder), name)), JSON_REJECT_DUPLICATES, &wrong);
		if (!other) return cx_fail(cx, INVALID, NULL, STR_FMT ":%d: %s", STR_ARG(name), wrong.line, wrong.text);
		json_object_update_missing(data, other);
		json_decref(other);
	}
	json_object_del(data, "include");
	return OK;
}

int main(int argc, char **argv)
{
	const char *theme = NULL, *view = NULL;
	for (int c; (c = getopt(argc, argv, "t:v:")) != -1;) {
		if (c == 't') theme = optarg;
		else if (c == 'v') view = optarg;
		else return 2;
	}
	if (argc - optind != 2) return fprintf(stderr, "usage: preview [-t THEME_DIR] [-v VIEW] TEMPLATE DATA.json\n"), 2;
	const char *name = argv[optind], *path = argv[optind + 1];
	const struct view_type *type = view_type_find(str_of(view ? view : name));
	if (!type) return fprintf(stderr, "%s: there is no view of this name (src/view/views.h)\n", view ? view : name), 1;
	json_error_t wrong;
	json_t *data = json_load_file(path, JSON_REJECT_DUPLICATES, &wrong);
	if (!data) return fprintf(stderr, "%s:%d: %s\n", path, wrong.line, wrong.text), 1;
	struct cx *cx = cx_new();
	err e = include(cx, data, str_of(path));
	if (e == OK) e = preview(cx, theme, type, name, data);
	if (e != OK) {
		str line = cx_fault_line(cx);
		fprintf(stderr, STR_FMT "\n", STR_ARG(line));
	}
	cx_end(cx);
	json_decref(data);
	return err_exit_code(e);
}
