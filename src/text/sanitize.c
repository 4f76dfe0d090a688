/* Two ideas make this safe. What goes out is written anew from a tree, by an allow-list, with every special character
 * escaped and no element whose text a browser would read raw. And the result is read and written again until it no longer
 * changes, so that what a browser's parser makes of it is what we saw: markup that means one thing here and another
 * there ("mutation XSS") doesn't survive that. Idempotence follows from the same loop. */
#include "text/sanitize.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "text/esc.h"
#include "text/excerpt.h"
#include "text/chars.h"
#include "text/lang.h"
#include "text/links.h"
#include "text/tree.h"
#include "text/url.h"
#include "text/values.h"
#include "base/banned.h"

#define MOST_PASSES 6  /* nearly all is settled by the second */
#define MOST_IDS 1000  /* in one text; each is compared with those before */

/* An element that is being written. */
struct frame {
	const GumboNode *node;
	unsigned next; /* child */
	str close;     /* the end tag's name; empty when only the contents are written */
	bool heading;
	bool framed; /* a table with a frame around it */
};

struct heading {
	size_t at; /* offset of the level's digit */
	int level;
};

struct writer {
	struct cx *cx;
	const struct sanitize_options *options;
	struct buf b;
	VEC(struct frame) stack;
	VEC(struct heading) headings;
	VEC(str) ids;
	size_t depth; /* of the elements that are open in the output */
	size_t links; /* how many of them are links */
	size_t code;  /* or code */
	size_t skip;  /* bytes of the next text that stand already, in a link before it */
	size_t tables;
	size_t pre;   /* where a <pre> start tag ended, or 0 */
};

static void write_attribute(struct writer *w, const char *name, str value)
{
	buf_char(&w->b, ' ');
	buf_str(&w->b, str_of(name));
	buf_lit(&w->b, "=\"");
	esc_html_kept(&w->b, value);
	buf_char(&w->b, '"');
}

/* A url attribute: the checked form, or nothing. What it may complain of is the author's business, not the reader's. */
static bool checked(struct writer *w, str value, url *out)
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
	} else if (checked(w, href, &address)) {
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
	if (e->may & MAY_CITE && checked(w, tree_attribute(g, "cite"), &address)) write_attribute(w, "cite", address.s);
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

/* Writes the start tag; false, and nothing written, when the element would say nothing without attributes. */
static bool write_start(struct writer *w, const struct element *e, const GumboElement *g)
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

/* A link in place of what would have been loaded; inside a link, which can't hold another, only its text. */
static void write_stand_in(struct writer *w, str address, str text)
{
	url u;
	bool links = checked(w, address, &u) && !str_starts(u.s, S("mailto:"));
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

static void write_image(struct writer *w, const GumboElement *g)
{
	url u;
	str src = tree_attribute(g, "src"), alt = tree_attribute(g, "alt"), title = tree_attribute(g, "title");
	if (!checked(w, src, &u) || str_starts(u.s, S("mailto:")) || (w->options->drop_images && !values_is_own_picture(u.s))) {
		write_stand_in(w, src, alt);
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

static bool is_code(str name) { return str_eq(name, S("code")) || str_eq(name, S("pre")) || str_eq(name, S("kbd")) || str_eq(name, S("samp")); }

static void push(struct writer *w, const GumboNode *node, str close, bool heading)
{
	vec_push(w->cx, &w->stack, (struct frame){ .node = node, .close = close, .heading = heading });
	if (close.n) w->depth++;
	if (str_eq(close, S("a"))) w->links++;
	w->code += is_code(close);
	if (str_eq(close, S("table"))) w->tables++;
}

/* A frame that was written before is taken off and put on anew. */
static bool is_frame(const struct element *e, const GumboElement *g)
{
	return str_eq(str_of(e->as), S("div")) && str_eq(tree_attribute(g, "class"), S("scroll"));
}

/* The address that is both what a link shows and where it leads; empty for any other link. */
static str shown_address(struct writer *w, const GumboElement *g)
{
	const GumboVector *children = &g->children;
	const GumboNode *only = children->length == 1 ? children->data[0] : NULL;
	url leads, says;
	if (!only || only->type != GUMBO_NODE_TEXT || !checked(w, tree_attribute(g, "href"), &leads)) return S("");
	str text = chars_kept(w->cx, str_of(only->v.text.text));
	/* Markdown makes http of what begins with www. */
	bool same = checked(w, text, &says) && (str_eq(says.s, leads.s) || (str_starts(text, S("www.")) && str_eq(str_sub(says.s, 8, says.s.n), str_sub(leads.s, 7, leads.s.n))));
	return same ? text : S("");
}

/* A link that Markdown made of an address in the text: it takes signs of other scripts for a part of it, and leaves out a last "_". next: what stands behind it. */
static bool write_found_link(struct writer *w, const GumboElement *g, const GumboNode *next)
{
	struct link l;
	if (!w->options->find_links || w->links > 0) return false;
	str address = shown_address(w, g), behind = next && next->type == GUMBO_NODE_TEXT ? str_of(next->v.text.text) : S("");
	size_t marks = 0;
	if (address.n == 0 || !links_next(address, 0, &l) || l.start > 0 || l.mail) return false;
	while (marks < behind.n && behind.p[marks] == '_') marks++;
	bool cut = l.n < address.n, known = cut && ((unsigned char)address.p[l.n] & 0x80 || address.p[l.n] == ']' || address.p[l.n] == '}');
	if (cut && !known) return false; /* no sign that Markdown overlooks: a person has said where it ends */
	str whole = l.n == address.n ? str_join(w->cx, address, str_sub(behind, 0, marks)) : str_sub(address, 0, l.n);
	if (!links_write_one(w->cx, &w->b, whole, false)) return false;
	if (whole.n > address.n) w->skip = marks;
	links_write(w->cx, &w->b, str_sub(address, whole.n, address.n));
	return true;
}

/* Opens an element that is kept, if it is one to keep after all. */
static bool keep_element(struct writer *w, const GumboNode *node, const struct element *e)
{
	const GumboElement *g = &node->v.element;
	bool table = str_eq(str_of(e->as), S("table")) && w->tables == 0;
	if (w->depth + table >= LIMIT_HTML_DEPTH || is_frame(e, g)) return false;
	if (table) buf_lit(&w->b, VALUES_FRAME);
	size_t start = w->b.n;
	if (!write_start(w, e, g)) return false;
	if (e->may & IS_HEADING) vec_push(w->cx, &w->headings, (struct heading){ start + 2, e->name[1] - '0' });
	push(w, node, str_of(e->as), e->may & IS_HEADING);
	w->stack.at[w->stack.n - 1].framed = table;
	w->depth += table;
	return true;
}

/* next: its sibling, or NULL. */
static void open_element(struct writer *w, const GumboNode *node, const GumboNode *next)
{
	const GumboElement *g = &node->v.element;
	if (node->type == GUMBO_NODE_TEMPLATE || g->tag_namespace != GUMBO_NAMESPACE_HTML) return;
	const struct element *e = element_find(tree_name(w->cx, g));
	str src = tree_attribute(g, "src").n ? tree_attribute(g, "src") : tree_attribute(g, "data");
	size_t start = w->b.n;
	switch (e->fate) {
	case FATE_DROP: return;
	case FATE_IMAGE: write_image(w, g); return;
	case FATE_FRAME: write_stand_in(w, src, S("")); return;
	case FATE_VOID: (void)write_start(w, e, g); return;
	case FATE_MEDIA:
		write_stand_in(w, src, S(""));
		if (w->b.n > start) buf_char(&w->b, ' ');
		break;
	case FATE_UNWRAP: break;
	case FATE_KEEP:
		if (e->may & MAY_HREF && write_found_link(w, g, next)) return;
		if (keep_element(w, node, e)) return;
		break;
	}
	push(w, node, S(""), false);
}

static void close_element(struct writer *w, const struct frame *f)
{
	if (f->close.n == 0) return;
	w->depth--;
	if (str_eq(f->close, S("a"))) w->links--;
	w->code -= is_code(f->close);
	buf_lit(&w->b, "</");
	if (f->heading) vec_push(w->cx, &w->headings, (struct heading){ w->b.n + 1, f->close.p[1] - '0' });
	buf_str(&w->b, f->close);
	buf_char(&w->b, '>');
	if (str_eq(f->close, S("table"))) w->tables--;
	if (!f->framed) return;
	w->depth--;
	buf_lit(&w->b, "</div>");
}

static void write_text_node(struct writer *w, const GumboNode *node)
{
	str text = str_of(node->v.text.text);
	text = str_sub(text, w->skip, text.n);
	w->skip = 0;
	if (w->pre && w->pre == w->b.n && text.n && text.p[0] == '\n') buf_char(&w->b, '\n');
	if (w->options->find_links && w->links == 0 && w->code == 0) links_write(w->cx, &w->b, chars_kept(w->cx, text));
	else esc_html_kept(&w->b, text);
}

/* Every level moves by the same step, so that the highest becomes 1 + heading_shift: done again, nothing moves. */
static void shift_headings(struct writer *w)
{
	int highest = 6, first = 1 + w->options->heading_shift;
	for (size_t i = 0; i < w->headings.n; i++)
		if (w->headings.at[i].level < highest) highest = w->headings.at[i].level;
	for (size_t i = 0; i < w->headings.n; i++) {
		struct heading h = w->headings.at[i];
		int level = highest < first ? h.level + first - highest : h.level;
		w->b.p[h.at] = (char)('0' + (level > 6 ? 6 : level));
	}
}

static void write_tree(struct writer *w, const GumboNode *root)
{
	push(w, root, S(""), false);
	w->stack.at[0].next = TREE_FIRST;
	while (w->stack.n && !w->b.full) {
		struct frame *f = &w->stack.at[w->stack.n - 1];
		const GumboVector *children = &f->node->v.element.children;
		if (f->next == children->length) {
			close_element(w, f);
			w->stack.n--;
			continue;
		}
		const GumboNode *child = children->data[f->next++];
		if (child->type == GUMBO_NODE_ELEMENT || child->type == GUMBO_NODE_TEMPLATE)
			open_element(w, child, f->next < children->length ? children->data[f->next] : NULL);
		else if (child->type != GUMBO_NODE_COMMENT && child->type != GUMBO_NODE_DOCUMENT)
			write_text_node(w, child);
	}
	if (!w->b.full) shift_headings(w);
}

/* Reads and writes once. */
static err pass(struct cx *cx, str source, const struct sanitize_options *o, str *out)
{
	struct tree *tree;
	struct writer w = { .cx = cx, .options = o, .b = buf_new(cx, LIMIT_HTML) };
	TRY(tree_parse(cx, source, &tree));
	write_tree(&w, tree_root(tree));
	tree_free(tree);
	return buf_done(cx, &w.b, out);
}

/* What is left when the structure will not settle: its text, in paragraphs. */
static err text_only(struct cx *cx, str source, str *out)
{
	struct buf b = buf_new(cx, LIMIT_HTML);
	str rest = excerpt_text(cx, (html){ source });
	while (rest.n) {
		buf_lit(&b, "<p>");
		esc_html(&b, str_cut(rest, '\n', &rest));
		buf_lit(&b, "</p>\n");
	}
	return buf_done(cx, &b, out);
}

err sanitize_html(struct cx *cx, str source, const struct sanitize_options *o, html *out)
{
	str now = source, next;
	MUST(o->heading_shift >= 0 && o->heading_shift <= 5);
	for (int i = 0; i < MOST_PASSES; i++) {
		struct arena_mark mark = arena_mark(cx->arena);
		TRY(pass(cx, now, o, &next));
		if (str_eq(now, next)) {
			if (i) arena_rewind(cx->arena, mark); /* the copy that proved it */
			*out = (html){ i ? now : next };
			return OK;
		}
		now = next;
	}
	TRY(text_only(cx, now, &now));
	*out = (html){ now };
	return OK;
}
