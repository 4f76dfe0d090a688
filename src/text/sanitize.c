/* Two ideas make this safe. What goes out is written anew from a tree, by an allow-list, with every special character
 * escaped and no element whose text a browser would read raw. And the result is read and written again until it no
 * longer changes, so that what a browser's parser makes of it is what we saw: markup that means one thing here and
 * another there ("mutation XSS") doesn't survive that. Idempotence follows from the same loop. */
#include "text/sanitize.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/must.h"
#include "text/chars.h"
#include "text/esc.h"
#include "text/excerpt.h"
#include "text/links.h"
#include "text/sanitize_parts.h"
#include "text/style.h"
#include "text/values.h"
#include "base/banned.h"

#define MOST_PASSES 6  /* nearly all is settled by the second */

static bool one_of(str name, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(name, str_of(*list))) return true;
	return false;
}

/* What of the open elements is counted, or NULL. */
static size_t *counted(struct writer *w, str name)
{
	static const char *const code[] = { "code", "pre", "kbd", "samp", NULL }, *const bold[] = { "b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6", NULL };
	static const char *const italic[] = { "i", "em", NULL };
	if (str_eq(name, S("a"))) return &w->links;
	if (str_eq(name, S("table"))) return &w->tables;
	if (one_of(name, code)) return &w->code;
	return one_of(name, bold) ? &w->bold : one_of(name, italic) ? &w->italic : NULL;
}

/* start: where its start tag begins, which has been written. */
static void push(struct writer *w, const GumboNode *node, str close, size_t start)
{
	vec_push(w->cx, &w->stack, (struct frame){ .node = node, .close = close, .start = start, .content = w->b.n });
	size_t *count = counted(w, close);
	if (close.n) w->depth++;
	if (count) ++*count;
}

static void push_bare(struct writer *w, str name)
{
	size_t start = w->b.n;
	buf_fmt(&w->b, "<" STR_FMT ">", STR_ARG(name));
	push(w, NULL, name, start);
}

/* The innermost element that is open in the output; empty at the top. */
static str parent_of(const struct writer *w)
{
	for (size_t i = w->stack.n; i-- > 0;)
		if (w->stack.at[i].close.n) return w->stack.at[i].close;
	return S("");
}

static bool is_list(str name) { return str_eq(name, S("ul")) || str_eq(name, S("ol")); }

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

/* What stands in a list and is no item gets into one: a list into the item before it, which is how word processors
 * and mail programs write lists in lists; anything else into one of its own. */
static void enter_item(struct writer *w, bool list)
{
	size_t end = w->b.n;
	if (!is_list(parent_of(w)) || w->depth + 1 >= LIMIT_HTML_DEPTH) return;
	while (end > 0 && is_blank(w->b.p[end - 1])) end--;
	if (!list || !str_ends(str_sub(buf_view(&w->b), 0, end), S("</li>"))) {
		push_bare(w, S("li"));
		return;
	}
	buf_cut(&w->b, end - 5);
	push(w, NULL, S("li"), w->b.n); /* it has contents, so that its start does not matter */
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
	if (!only || only->type != GUMBO_NODE_TEXT || !element_url(w, tree_attribute(g, "href"), &leads)) return S("");
	str text = chars_kept(w->cx, str_of(only->v.text.text));
	/* Markdown makes http of what begins with www. */
	bool same = element_url(w, text, &says) && (str_eq(says.s, leads.s) || (str_starts(text, S("www.")) && str_eq(str_sub(says.s, 8, says.s.n), str_sub(leads.s, 7, leads.s.n))));
	return same ? text : S("");
}

/* A link that Markdown made of an address in the text: it takes signs of other scripts for a part of it, and leaves
 * out a last "_". next: what stands behind it. */
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
	bool table = str_eq(str_of(e->as), S("table")) && w->tables == 0, item = strcmp(e->as, "li") == 0;
	if (item && !is_list(parent_of(w))) e = element_find(S("div")); /* an item of nothing */
	if (w->depth + table >= LIMIT_HTML_DEPTH || is_frame(e, g)) return false;
	if (table) buf_lit(&w->b, VALUES_FRAME);
	size_t start = w->b.n;
	if (!element_start(w, e, g)) return false;
	if (e->may & IS_HEADING) vec_push(w->cx, &w->headings, (struct heading){ start + 2, e->name[1] - '0' });
	push(w, node, str_of(e->as), start);
	w->stack.at[w->stack.n - 1].framed = table;
	w->depth += table;
	return true;
}

/* Word processors write in styles what HTML has elements for. */
static void write_styled(struct writer *w, unsigned style)
{
	if (style & STYLE_BOLD && w->bold == 0) push_bare(w, S("strong"));
	if (style & STYLE_ITALIC && w->italic == 0) push_bare(w, S("em"));
	if (style & STYLE_STRUCK) push_bare(w, S("s"));
	if (style & STYLE_RAISED) push_bare(w, S("sup"));
	if (style & STYLE_LOWERED) push_bare(w, S("sub"));
}

/* Is it what it is called? Some mark a whole text as bold, and then say that it is not. */
static bool is_unsaid(const struct element *e, unsigned style)
{
	static const char *const bold[] = { "b", "strong", NULL }, *const italic[] = { "i", "em", NULL };
	return (style & STYLE_NOT_BOLD && one_of(str_of(e->as), bold)) || (style & STYLE_NOT_ITALIC && one_of(str_of(e->as), italic));
}

static void open_kept(struct writer *w, const GumboNode *node, const struct element *e, unsigned style)
{
	static const char *const styled[] = { "p", "span", "font", "a", "u", NULL };
	bool kept = e->fate == FATE_KEEP && !is_unsaid(e, style) && keep_element(w, node, e);
	size_t inner = w->stack.n;
	if (one_of(str_of(e->name), styled)) write_styled(w, style);
	if (kept && w->stack.n > inner) w->stack.at[inner - 1].node = NULL;
	if (!kept || w->stack.n > inner) push(w, node, S(""), w->b.n);
}

/* next: its sibling, or NULL. */
static void open_element(struct writer *w, const GumboNode *node, const GumboNode *next)
{
	const GumboElement *g = &node->v.element;
	if (node->type == GUMBO_NODE_TEMPLATE || g->tag_namespace != GUMBO_NAMESPACE_HTML) return;
	const struct element *e = element_find(tree_name(w->cx, g));
	str src = tree_attribute(g, "src").n ? tree_attribute(g, "src") : tree_attribute(g, "data");
	if (e->fate == FATE_DROP) return;
	if (strcmp(e->as, "div") == 0 && is_list(parent_of(w))) e = element_find(S("")); /* it holds items */
	if (e->fate != FATE_UNWRAP && strcmp(e->as, "li") != 0) enter_item(w, is_list(str_of(e->as)));
	size_t start = w->b.n;
	switch (e->fate) {
	case FATE_DROP: return;
	case FATE_IMAGE: element_image(w, g); return;
	case FATE_FRAME: element_stand_in(w, src, S("")); return;
	case FATE_VOID: (void)element_start(w, e, g); return;
	case FATE_MEDIA:
		element_stand_in(w, src, S(""));
		if (w->b.n > start) buf_char(&w->b, ' ');
		break;
	case FATE_KEEP:
		if (e->may & MAY_HREF && write_found_link(w, g, next)) return;
		break;
	case FATE_UNWRAP: break;
	}
	open_kept(w, node, e, style_read(tree_attribute(g, "style")));
}

/* Nothing in it that is seen: white space, hard spaces, line breaks. */
static bool is_empty(str s, bool breaks)
{
	while (s.n) {
		size_t n = chars_blank(s);
		if (n == 0 && breaks && str_starts(s, S("<br>"))) n = 4;
		if (n == 0) return false;
		s = str_sub(s, n, s.n);
	}
	return true;
}

/* Does what is written so far end in the middle of a line? Then a paragraph that goes leaves a break behind. */
static bool is_in_line(const struct writer *w)
{
	static const char *const lines[] = { "p", "div", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "blockquote", "pre", "section", "figure",
		"figcaption", "details", "summary", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", NULL };
	size_t end = w->b.n, from;
	while (end > 0 && is_blank(w->b.p[end - 1])) end--;
	if (end == 0 || w->b.p[end - 1] != '>') return end > 0;
	for (from = end - 1; w->b.p[from] != '<'; from--) continue;
	str rest, name = str_cut(str_sub(buf_view(&w->b), from + 1, end - from - 2), ' ', &rest);
	return !one_of(name.n && name.p[0] == '/' ? str_sub(name, 1, name.n) : name, lines);
}

/* Paragraphs and headings without words go, as do links and emphasis of nothing, but for the space in them. What can
 * be led to stays. */
static bool drop_empty(struct writer *w, const struct frame *f)
{
	static const char *const blocks[] = { "p", "h1", "h2", "h3", "h4", "h5", "h6", NULL };
	static const char *const within[] = { "a", "abbr", "b", "cite", "del", "dfn", "em", "i", "ins", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "var", NULL };
	bool block = one_of(f->close, blocks);
	str tag = str_sub(buf_view(&w->b), f->start, f->content - f->start), content = str_sub(buf_view(&w->b), f->content, w->b.n);
	if (!block && !one_of(f->close, within)) return false;
	if (f->content == f->start || str_contains(tag, S(" id=\"")) || !is_empty(content, block)) return false;
	content = block ? S("") : str_copy(w->cx, content);
	while (w->headings.n && w->headings.at[w->headings.n - 1].at >= f->start) w->headings.n--;
	buf_cut(&w->b, f->start);
	if (block && is_in_line(w)) content = S("<br>");
	buf_str(&w->b, content);
	w->pre = 0;
	return true;
}

static void close_element(struct writer *w, const struct frame *f)
{
	if (f->close.n == 0) return;
	size_t *count = counted(w, f->close);
	w->depth--;
	if (count) --*count;
	if (drop_empty(w, f)) return;
	buf_lit(&w->b, "</");
	if (f->close.p[0] == 'h' && f->close.n == 2 && f->close.p[1] != 'r') vec_push(w->cx, &w->headings, (struct heading){ w->b.n + 1, f->close.p[1] - '0' });
	buf_str(&w->b, f->close);
	buf_char(&w->b, '>');
	if (!f->framed) return;
	w->depth--;
	buf_lit(&w->b, "</div>");
}

static void write_text_node(struct writer *w, const GumboNode *node)
{
	str text = str_of(node->v.text.text);
	text = str_sub(text, w->skip, text.n);
	w->skip = 0;
	bool item = is_list(parent_of(w)) && !is_empty(text, false);
	if (item) buf_lit(&w->b, "<li>");
	if (w->pre && w->pre == w->b.n && text.n && text.p[0] == '\n') buf_char(&w->b, '\n');
	if (w->options->find_links && w->links == 0 && w->code == 0) links_write(w->cx, &w->b, chars_kept(w->cx, text));
	else esc_html_kept(&w->b, text);
	if (item) buf_lit(&w->b, "</li>");
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
	push(w, root, S(""), 0);
	w->stack.at[0].next = TREE_FIRST;
	while (w->stack.n && !w->b.full) {
		struct frame *f = &w->stack.at[w->stack.n - 1];
		const GumboVector *children = f->node ? &f->node->v.element.children : NULL;
		if (!children || f->next == children->length) {
			struct frame done = *f;
			w->stack.n--;
			close_element(w, &done);
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
