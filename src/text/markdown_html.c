/* CommonMark hands HTML through as it is, some of it up to an end that may never come (spec 4.6). */
#include "text/markdown_html.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "text/elements.h"
#include "base/banned.h"

#define MOST_READ_AGAIN 50 /* times that the rest of a text is read anew: each costs its length */
#define MOST_NAME 32
#define MOST_TAG 4096        /* bytes of a tag with all its attributes */

enum { COMMENTS = 4 };

struct settling {
	struct cx *cx;
	cmark_mem *memory;
	cmark_node *(*parse)(str source);
	int read_again;
};

/* HTML 13.2.5.8: all that is not one of these is the name's. */
static bool ends_name(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '/' || c == '>'; }

/* The element of the tag that s starts with; one without a name for a tag that is none of ours. NULL: it is no tag. */
static const struct element *element_of(struct cx *cx, str s, bool *ends)
{
	size_t from = 1, n = 0;
	*ends = s.n > 1 && s.p[1] == '/';
	from += *ends;
	while (from + n < s.n && !ends_name(s.p[from + n])) n++;
	if (n == 0 || !((s.p[from] | 0x20) >= 'a' && (s.p[from] | 0x20) <= 'z')) return NULL;
	return element_find(n <= MOST_NAME ? str_lower_ascii(cx, str_sub(s, from, n)) : S(""));
}

/* Length of the tag that s starts with; 0 where it does not end, or not soon. */
static size_t tag_length(str s)
{
	char quote = 0;
	for (size_t i = 1; i < s.n && i < MOST_TAG; i++) {
		char c = s.p[i];
		if (quote) quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'') quote = c;
		else if (c == '>') return i + 1;
	}
	return 0;
}

static bool names_what_it_loads(struct cx *cx, str tag)
{
	tag = str_lower_ascii(cx, tag);
	return str_contains(tag, S(" src")) || str_contains(tag, S(" data"));
}

/* Those between whose tags a browser reads no markup. */
static bool is_raw(const struct element *e) { return strcmp(e->name, "plaintext") == 0 || strcmp(e->name, "xmp") == 0; }

static bool is_meant(struct cx *cx, const struct element *e, bool ends, str tag)
{
	switch (e->fate) {
	case FATE_KEEP:
	case FATE_VOID: return !is_raw(e);
	case FATE_UNWRAP: return e->name[0] != 0;
	case FATE_IMAGE:
	case FATE_MEDIA:
	case FATE_FRAME: return ends || names_what_it_loads(cx, tag);
	case FATE_DROP: break;
	}
	return false;
}

/* The length of the comment or the like that s starts with, 0 when it has no end or is to be seen, -1 when s starts
 * with none. endless: the kinds of which no end was found in what s is the rest of; none is sought again. */
static ptrdiff_t comment_length(str s, bool endless[COMMENTS])
{
	static const struct {
		str start, end;
	} kinds[COMMENTS] = { { S_INIT("<!--"), S_INIT("-->") }, { S_INIT("<?"), S_INIT("?>") }, { S_INIT("<![CDATA["), S_INIT("") }, { S_INIT("<!"), S_INIT(">") } };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!str_starts(s, kinds[i].start)) continue;
		ptrdiff_t end = kinds[i].end.n && !endless[i] ? str_find(s, kinds[i].end, 2) : -1;
		endless[i] = end < 0;
		return end < 0 ? 0 : end + (ptrdiff_t)kinds[i].end.n;
	}
	return -1;
}

/* How much of s, which starts with '<', is markup that is meant; 0: none, it is text. *close: what has to follow it. */
static size_t meant_length(struct cx *cx, str s, bool endless[COMMENTS], str *close)
{
	bool ends;
	ptrdiff_t comment = comment_length(s, endless);
	*close = S("");
	if (comment >= 0) return (size_t)comment;
	const struct element *e = element_of(cx, s, &ends);
	if (!e) return 0;
	str tag = str_sub(s, 0, tag_length(s));
	if (tag.n == 0 || !is_meant(cx, e, ends, tag)) return 0;
	if (!ends && strcmp(e->name, "iframe") == 0) *close = S("</iframe>"); /* what stands between is read as no markup, and never shown */
	return tag.n;
}

static str rewritten(struct cx *cx, str literal)
{
	bool endless[COMMENTS] = { false };
	struct buf b = buf_new(cx, 8 * literal.n + 16);
	for (size_t i = 0; i < literal.n;) {
		str close = S("");
		size_t n = literal.p[i] == '<' ? meant_length(cx, str_sub(literal, i, literal.n), endless, &close) : 1;
		if (n == 0) buf_lit(&b, "&lt;");
		else buf_str(&b, str_sub(literal, i, n));
		buf_str(&b, close);
		i += n ? n : 1;
	}
	return buf_view(&b);
}

static void put_text(struct settling *t, cmark_node *before, str text)
{
	cmark_node *n = cmark_node_new_with_mem(CMARK_NODE_TEXT, t->memory);
	cmark_node_set_literal(n, str_c(t->cx, text));
	cmark_node_insert_before(before, n);
}

static void settle(struct settling *t, cmark_node *root);

static void settle_inline(struct settling *t, cmark_node *n, str literal)
{
	str close;
	bool endless[COMMENTS] = { false };
	if (meant_length(t->cx, literal, endless, &close) == 0) {
		put_text(t, n, literal);
		cmark_node_unlink(n);
	} else if (close.n) {
		cmark_node_set_literal(n, str_c(t->cx, str_join(t->cx, literal, close)));
	}
}

/* A block that begins with what is not meant was none: it is read again with that as text. */
static void settle_block(struct settling *t, cmark_node *n, str literal)
{
	str close, bare = literal;
	bool endless[COMMENTS] = { false };
	while (bare.n && bare.p[0] == ' ') bare = str_sub(bare, 1, bare.n);
	if (meant_length(t->cx, bare, endless, &close) > 0 || t->read_again == MOST_READ_AGAIN) {
		cmark_node_set_literal(n, str_c(t->cx, rewritten(t->cx, literal)));
		return;
	}
	t->read_again++;
	cmark_node *again = t->parse(str_join(t->cx, S("\\"), bare));
	settle(t, again);
	for (cmark_node *child; (child = cmark_node_first_child(again));) {
		cmark_node_unlink(child);
		cmark_node_insert_before(n, child);
	}
	cmark_node_unlink(n);
}

static void settle(struct settling *t, cmark_node *root)
{
	cmark_iter *all = cmark_iter_new(root);
	while (cmark_iter_next(all) != CMARK_EVENT_DONE) { /* a leaf may be taken out when it is entered */
		cmark_node *n = cmark_iter_get_node(all);
		cmark_node_type type = cmark_node_get_type(n);
		if (type == CMARK_NODE_HTML_INLINE) settle_inline(t, n, str_of(cmark_node_get_literal(n)));
		if (type == CMARK_NODE_HTML_BLOCK) settle_block(t, n, str_of(cmark_node_get_literal(n)));
	}
}

void markdown_html_settle(struct cx *cx, cmark_node *root, cmark_mem *memory, cmark_node *(*parse)(str source))
{
	struct settling t = { cx, memory, parse, 0 };
	settle(&t, root);
}
