/* What an element may say of itself: its attributes, by the allow-list, each in the one form that text/vet knows. */
#include "text/sanitize_parts.h"

#include "base/limits.h"
#include "text/esc.h"
#include "text/lang.h"
#include "text/url.h"
#include "text/values.h"
#include "base/banned.h"

#define MOST_IDS 1000 /* in one text; each is compared with those before */

static void write_attribute(struct writer *w, const char *name, str value)
{
	buf_char(&w->b, ' ');
	buf_str(&w->b, str_of(name));
	buf_lit(&w->b, "=\"");
	esc_html_kept(&w->b, value);
	buf_char(&w->b, '"');
}

bool element_url(struct writer *w, str value, url *out)
{
	struct fault before = w->cx->fault;
	bool good = value.p && url_check(w->cx, value, out) == OK;
	w->cx->fault = before;
	return good;
}

/* An id, or a reference to one, as it is written: prefixed, once. Empty when it can't be one. */
static str prefixed(struct writer *w, str name)
{
	str prefix = w->options->id_prefix;
	if (name.n == 0 || name.n > prefix.n + VALUES_ID_BYTES) return S("");
	if (!str_starts(name, prefix)) name = str_join(w->cx, prefix, name);
	return values_is_id(name, prefix) ? name : S("");
}

static void write_id(struct writer *w, str name)
{
	name = prefixed(w, name);
	if (name.n == 0 || w->ids.n == MOST_IDS) return;
	for (size_t i = 0; i < w->ids.n; i++)
		if (str_eq(name, w->ids.at[i])) return; /* the first bearer keeps it */
	vec_push(w->cx, &w->ids, name);
	write_attribute(w, "id", name);
}

/* A list of references, as aria-describedby holds one. */
static void write_references(struct writer *w, const char *name, str list)
{
	struct buf b = buf_new(w->cx, list.n * (w->options->id_prefix.n + 2));
	if (list.n > 10 * VALUES_ID_BYTES) return;
	while (list.n) {
		str one = prefixed(w, str_cut(list, ' ', &list));
		if (one.n && b.n) buf_char(&b, ' ');
		buf_str(&b, one);
	}
	if (b.n) write_attribute(w, name, buf_view(&b));
}

static void write_class(struct writer *w, const struct element *e, const GumboElement *g)
{
	str class = tree_attribute(g, "class"), align = tree_attribute(g, "align");
	bool cell = e->may & MAY_SPAN_CELLS;
	if (cell && align.n) class = str_lower_ascii(w->cx, str_join(w->cx, S("align-"), align));
	if (!values_is_class(e, class)) return;
	str label = tree_attribute(g, "aria-label");
	write_attribute(w, "class", class);
	if (!cell && e->may & MAY_HREF && label.n && label.n < VALUES_LABEL_BYTES) write_attribute(w, "aria-label", label);
}

static void write_global(struct writer *w, const struct element *e, const GumboElement *g)
{
	str name = tree_attribute(g, "id"), lang = tree_attribute(g, "lang"), title = tree_attribute(g, "title");
	str dir = str_lower_ascii(w->cx, tree_attribute(g, "dir"));
	if (name.n == 0 && e->may & MAY_HREF) name = tree_attribute(g, "name");
	write_id(w, name);
	write_class(w, e, g);
	if (lang.n && lang_valid(lang)) write_attribute(w, "lang", lang);
	if (values_is_direction(dir)) write_attribute(w, "dir", dir);
	if (title.n && title.n <= LIMIT_NOTE) write_attribute(w, "title", title);
	write_references(w, "aria-describedby", tree_attribute(g, "aria-describedby"));
	write_references(w, "aria-labelledby", tree_attribute(g, "aria-labelledby"));
}

static void write_link_address(struct writer *w, str href)
{
	url address;
	str trimmed = str_trim(href);
	if (str_starts(trimmed, S("#"))) {
		str target = prefixed(w, str_sub(trimmed, 1, trimmed.n));
		if (target.n) write_attribute(w, "href", str_join(w->cx, S("#"), target));
	} else if (element_url(w, href, &address)) {
		write_attribute(w, "href", address.s);
		buf_lit(&w->b, " rel=\"" VALUES_LINK_REL "\"");
	}
}

static void write_number(struct writer *w, const GumboElement *g, const char *name, int64_t min, int64_t max)
{
	int64_t v;
	str value = tree_attribute(g, name);
	if (!value.p || !str_to_int(str_trim(value), min, max, &v)) return;
	buf_fmt(&w->b, " %s=\"%lld\"", name, (long long)v);
}

/* What only some elements may have. */
static void write_special(struct writer *w, const struct element *e, const GumboElement *g)
{
	str when = tree_attribute(g, "datetime"), scope = str_lower_ascii(w->cx, tree_attribute(g, "scope"));
	url address;
	if (e->may & MAY_HREF && tree_attribute(g, "href").p) write_link_address(w, tree_attribute(g, "href"));
	if (e->may & MAY_CITE && element_url(w, tree_attribute(g, "cite"), &address)) write_attribute(w, "cite", address.s);
	if (e->may & MAY_DATETIME && values_is_datetime(when)) write_attribute(w, "datetime", when);
	if (e->may & MAY_SPAN_CELLS) {
		write_number(w, g, "colspan", 2, VALUES_CELLS);
		write_number(w, g, "rowspan", 2, VALUES_CELLS);
	}
	if (e->may & MAY_SCOPE && values_is_scope(scope)) write_attribute(w, "scope", scope);
	if (e->may & MAY_COUNT) {
		write_number(w, g, "start", -VALUES_NUMBER, VALUES_NUMBER);
		if (tree_attribute(g, "reversed").p) buf_lit(&w->b, " reversed");
		if (values_is_numbering(tree_attribute(g, "type"))) write_attribute(w, "type", tree_attribute(g, "type"));
	}
	if (e->may & MAY_VALUE) write_number(w, g, "value", -VALUES_NUMBER, VALUES_NUMBER);
	if (e->may & MAY_OPEN && tree_attribute(g, "open").p) buf_lit(&w->b, " open");
}

bool element_start(struct writer *w, const struct element *e, const GumboElement *g)
{
	size_t start = w->b.n;
	buf_char(&w->b, '<');
	buf_str(&w->b, str_of(e->as));
	size_t bare = w->b.n;
	write_global(w, e, g);
	write_special(w, e, g);
	bool empty = w->b.n == bare || (e->may & NEEDS_DIR && !tree_attribute(g, "dir").n);
	if (empty && e->may & (NEEDS_ANY | NEEDS_DIR)) {
		buf_cut(&w->b, start);
		return false;
	}
	buf_char(&w->b, '>');
	if (e->may & KEEPS_LINE_ENDS) w->pre = w->b.n;
	return true;
}

/* What stands for something that has no text of its own: the last part of its path, or its host. */
static str name_of(url u)
{
	size_t end = 0, start;
	ptrdiff_t authority = str_find(u.s, S("://"), 0);
	while (end < u.s.n && u.s.p[end] != '?' && u.s.p[end] != '#') end++;
	for (start = end; start > 0 && u.s.p[start - 1] != '/'; start--)
		;
	if (authority >= 0 && start <= (size_t)authority + 3) return url_host(u);
	return start < end ? str_sub(u.s, start, end - start) : u.s;
}

void element_stand_in(struct writer *w, str address, str text)
{
	url u;
	bool links = element_url(w, address, &u) && !str_starts(u.s, S("mailto:"));
	text = str_trim(text);
	if (text.n == 0 && links) text = name_of(u);
	if (text.n == 0) return;
	if (str_ends(buf_view(&w->b), S("</a>"))) buf_char(&w->b, ' ');
	if (links && w->links == 0) {
		buf_lit(&w->b, "<a");
		write_link_address(w, u.s);
		buf_char(&w->b, '>');
		esc_html_kept(&w->b, text);
		buf_lit(&w->b, "</a>");
	} else {
		esc_html_kept(&w->b, text);
	}
}

void element_image(struct writer *w, const GumboElement *g)
{
	url u;
	str src = tree_attribute(g, "src"), alt = tree_attribute(g, "alt"), title = tree_attribute(g, "title");
	if (!element_url(w, src, &u) || str_starts(u.s, S("mailto:")) || (w->options->drop_images && !values_is_own_picture(u.s))) {
		element_stand_in(w, src, alt);
		return;
	}
	buf_lit(&w->b, "<img");
	write_attribute(w, "src", u.s);
	write_attribute(w, "alt", str_sub(alt, 0, alt.n <= LIMIT_NOTE ? alt.n : 0));
	if (title.n && title.n <= LIMIT_NOTE) write_attribute(w, "title", title);
	write_number(w, g, "width", 1, VALUES_PIXELS);
	write_number(w, g, "height", 1, VALUES_PIXELS);
	buf_lit(&w->b, " loading=\"lazy\">");
}
