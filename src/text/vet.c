/* Reads only what our own writer writes, and refuses at the first byte that it would not have written. */
#include "text/vet.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/chars.h"
#include "text/lang.h"
#include "text/nesting.h"
#include "text/url.h"
#include "text/values.h"
#include "base/banned.h"

#define MOST_OPEN (LIMIT_HTML_DEPTH + 1)
#define MOST_ATTRIBUTES 16

struct vetting {
	struct cx *cx;
	str s;
	size_t at;
	str prefix;
	const struct element *open[MOST_OPEN];
	size_t open_n;
};

struct attribute {
	str name, value; /* value as it is written; p is NULL when there is none */
};

static const struct {
	str written;
	char c;
} references[] = { { S_INIT("&amp;"), '&' }, { S_INIT("&lt;"), '<' }, { S_INIT("&gt;"), '>' }, { S_INIT("&quot;"), '"' }, { S_INIT("&#39;"), '\'' } };

static bool starts(const struct vetting *v, str word) { return str_starts(str_sub(v->s, v->at, v->s.n), word); }

static bool skip(struct vetting *v, str word)
{
	if (!starts(v, word)) return false;
	v->at += word.n;
	return true;
}

static size_t reference_length(str s)
{
	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (str_starts(s, references[i].written)) return references[i].written.n;
	return 0;
}

/* Moves behind escaped text, to a '<' or '"' or the end. False where it holds what esc_html_kept never writes. */
static bool skip_text(struct vetting *v)
{
	while (v->at < v->s.n) {
		char c = v->s.p[v->at];
		if (c == '<' || c == '"') return true;
		if (c == '>' || c == '\'') return false;
		if (c == '&') {
			size_t n = reference_length(str_sub(v->s, v->at, 6));
			if (n == 0) return false;
			v->at += n;
		} else if (c >= ' ' && c < 0x7F) {
			v->at++;
		} else if (!char_kept(utf8_next(v->s, &v->at))) {
			return false;
		}
	}
	return true;
}

static str unescaped(struct cx *cx, str s)
{
	struct buf b = buf_new(cx, s.n);
	for (size_t i = 0; i < s.n;) {
		size_t n = s.p[i] == '&' ? reference_length(str_sub(s, i, 6)) : 0;
		for (size_t k = 0; n && k < sizeof references / sizeof *references; k++)
			if (str_starts(str_sub(s, i, n), references[k].written)) buf_char(&b, references[k].c);
		if (n == 0) buf_char(&b, s.p[i]);
		i += n ? n : 1;
	}
	return buf_view(&b);
}

static str name_at(struct vetting *v)
{
	size_t from = v->at;
	while (v->at < v->s.n) {
		char c = v->s.p[v->at];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') break;
		v->at++;
	}
	return str_sub(v->s, from, v->at - from);
}

static bool is_number(str s, int64_t min, int64_t max)
{
	int64_t n;
	return str_to_int(s, min, max, &n);
}

/* An address that is already in the form which url_check gives it. */
static bool is_checked_url(struct vetting *v, str value)
{
	url u;
	struct fault before = v->cx->fault;
	bool same = url_check(v->cx, value, &u) == OK && str_eq(u.s, value);
	v->cx->fault = before;
	return same;
}

static bool are_ids(const struct vetting *v, str list)
{
	if (list.n == 0) return false;
	while (list.n)
		if (!values_is_id(str_cut(list, ' ', &list), v->prefix)) return false;
	return true;
}

static bool is_own_target(const struct vetting *v, str href) { return str_starts(href, S("#")) && values_is_id(str_sub(href, 1, href.n), v->prefix); }

static bool global_fits(struct vetting *v, const struct element *e, str name, str value)
{
	if (str_eq(name, S("id"))) return values_is_id(value, v->prefix);
	if (str_eq(name, S("class"))) return values_is_class(e, value);
	if (str_eq(name, S("lang"))) return lang_valid(value);
	if (str_eq(name, S("dir"))) return values_is_direction(value);
	if (str_eq(name, S("title"))) return value.n <= LIMIT_NOTE;
	return (str_eq(name, S("aria-describedby")) || str_eq(name, S("aria-labelledby"))) && are_ids(v, value);
}

static bool special_fits(struct vetting *v, const struct element *e, str name, str value)
{
	unsigned may = e->may;
	if (may & MAY_HREF && str_eq(name, S("href"))) return is_own_target(v, value) || is_checked_url(v, value);
	if (may & MAY_HREF && str_eq(name, S("rel"))) return str_eq(value, S(VALUES_LINK_REL));
	if (may & MAY_HREF && str_eq(name, S("aria-label"))) return value.n < VALUES_LABEL_BYTES;
	if (may & MAY_CITE && str_eq(name, S("cite"))) return is_checked_url(v, value);
	if (may & MAY_DATETIME && str_eq(name, S("datetime"))) return values_is_datetime(value);
	if (may & MAY_SPAN_CELLS && (str_eq(name, S("colspan")) || str_eq(name, S("rowspan")))) return is_number(value, 2, VALUES_CELLS);
	if (may & MAY_SCOPE && str_eq(name, S("scope"))) return values_is_scope(value);
	if (may & MAY_COUNT && str_eq(name, S("start"))) return is_number(value, -VALUES_NUMBER, VALUES_NUMBER);
	if (may & MAY_COUNT && str_eq(name, S("type"))) return values_is_numbering(value);
	return may & MAY_VALUE && str_eq(name, S("value")) && is_number(value, -VALUES_NUMBER, VALUES_NUMBER);
}

static bool image_fits(str name, str value)
{
	if (str_eq(name, S("src"))) return values_is_own_picture(value);
	if (str_eq(name, S("alt")) || str_eq(name, S("title"))) return value.n <= LIMIT_NOTE;
	if (str_eq(name, S("width")) || str_eq(name, S("height"))) return is_number(value, 1, VALUES_PIXELS);
	return str_eq(name, S("loading")) && str_eq(value, S("lazy"));
}

static bool attribute_fits(struct vetting *v, const struct element *e, const struct attribute *a)
{
	if (!a->value.p)
		return (e->may & MAY_OPEN && str_eq(a->name, S("open"))) || (e->may & MAY_COUNT && str_eq(a->name, S("reversed")));
	str value = unescaped(v->cx, a->value);
	if (e->fate == FATE_IMAGE) return image_fits(a->name, value);
	return global_fits(v, e, a->name, value) || special_fits(v, e, a->name, value);
}

/* name="value", or name; after the space before it. */
static bool take_attribute(struct vetting *v, struct attribute *a)
{
	*a = (struct attribute){ .name = name_at(v) };
	if (a->name.n == 0) return false;
	if (!skip(v, S("=\""))) return true;
	size_t from = v->at;
	if (!skip_text(v) || starts(v, S("<"))) return false;
	a->value = str_sub(v->s, from, v->at - from);
	if (!a->value.p) a->value.p = "";
	return skip(v, S("\""));
}

/* What the attributes of one element have to say together. */
struct said {
	str names[MOST_ATTRIBUTES];
	size_t n;
	bool away, rel, src, class, label, dir;
};

static bool is_said(struct said *said, const struct attribute *a)
{
	if (said->n == MOST_ATTRIBUTES) return false;
	for (size_t i = 0; i < said->n; i++)
		if (str_eq(said->names[i], a->name)) return false;
	said->names[said->n++] = a->name;
	if (str_eq(a->name, S("href"))) said->away = !str_starts(a->value, S("#"));
	if (str_eq(a->name, S("rel"))) said->rel = true;
	if (str_eq(a->name, S("src"))) said->src = true;
	if (str_eq(a->name, S("class"))) said->class = true;
	if (str_eq(a->name, S("aria-label"))) said->label = true;
	if (str_eq(a->name, S("dir"))) said->dir = true;
	return true;
}

/* A link that leads away says so to search engines, and where it leads cannot reach back; what says nothing without
 * attributes has some. */
static bool attributes_fit(struct vetting *v, const struct element *e)
{
	struct said said = { .n = 0 };
	while (skip(v, S(" "))) {
		struct attribute a;
		struct arena_mark mark = arena_mark(v->cx->arena);
		if (!take_attribute(v, &a) || !attribute_fits(v, e, &a) || !is_said(&said, &a)) return false;
		arena_rewind(v->cx->arena, mark);
	}
	if ((e->may & NEEDS_ANY && said.n == 0) || (e->may & NEEDS_DIR && !said.dir) || (said.label && !said.class)) return false;
	return said.away == said.rel && said.src == (e->fate == FATE_IMAGE) && skip(v, S(">"));
}

static bool open_tag(struct vetting *v)
{
	bool frame = skip(v, S(VALUES_FRAME));
	v->at += !frame;
	str name = frame ? S("div") : name_at(v);
	const struct element *e = element_find(name);
	bool written = e->fate == FATE_KEEP || e->fate == FATE_VOID || e->fate == FATE_IMAGE;
	if (!written || !str_eq(name, str_of(e->as)) || str_eq(name, S("h1")) || !nesting_may_begin(v->open, v->open_n, e)) return false;
	if (frame ? !starts(v, S("<table")) : !attributes_fit(v, e)) return false;
	if (e->fate != FATE_KEEP) return true;
	if (v->open_n == MOST_OPEN) return false;
	v->open[v->open_n++] = e;
	return true;
}

static bool close_tag(struct vetting *v)
{
	v->at += 2;
	if (v->open_n == 0) return false;
	const struct element *e = v->open[--v->open_n];
	return str_eq(name_at(v), str_of(e->as)) && skip(v, S(">"));
}

static bool is_blank(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\t') return false;
	return true;
}

static bool is_ours(struct vetting *v)
{
	if (!utf8_valid(v->s)) return false;
	while (v->at < v->s.n) {
		size_t from = v->at;
		if (!skip_text(v)) return false;
		if (!is_blank(str_sub(v->s, from, v->at - from)) && !nesting_may_hold_text(v->open, v->open_n)) return false;
		if (v->at == v->s.n) break;
		if (v->s.p[v->at] == '"') return false;
		if (!(starts(v, S("</")) ? close_tag(v) : open_tag(v))) return false;
	}
	return v->open_n == 0;
}

err vet_html(struct cx *cx, str source, str id_prefix, html *out)
{
	struct vetting v = { .cx = cx, .s = source, .prefix = id_prefix };
	if (source.n > LIMIT_HTML) return cx_fail(cx, INVALID, NULL, "html is longer than any that this program writes");
	if (!is_ours(&v)) return cx_fail(cx, INVALID, NULL, "html is not as this program writes it");
	*out = (html){ source };
	return OK;
}

html html_trusted(str stored) { return (html){ stored }; }
