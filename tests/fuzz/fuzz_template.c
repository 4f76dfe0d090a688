/* A template as input, bound to a fixed view full of hostile text. What compiles must render to a page in which a real HTML parser finds that text only where
 * it is harmless: never as an element or an attribute's name, in a script, in a handler, or as an address. */
#include <gumbo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "base/must.h"
#include "view/template.h"
#include "base/banned.h"

#define VIEW_LEAF(STR, HTML, URL, INT, BOOL, SUB, LIST) STR(word)
VIEW(leaf, VIEW_LEAF)
VIEW_TABLE(leaf, VIEW_LEAF)

#define VIEW_BRANCH(STR, HTML, URL, INT, BOOL, SUB, LIST) STR(s) URL(u) BOOL(b) LIST(leaves, leaf)
VIEW(branch, VIEW_BRANCH)
VIEW_TABLE(branch, VIEW_BRANCH)

#define VIEW_TREE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(s) STR(t) HTML(h) URL(u) INT(i) BOOL(b) BOOL(c) SUB(sub, branch) SUB(gone, branch) LIST(l, branch) LIST(none, branch) LIST(leaves, leaf)
VIEW(tree, VIEW_TREE)
VIEW_TABLE(tree, VIEW_TREE)

#define HOSTILE S_INIT("javascript:zqx('\"<zqx zqx=1>&--></title></textarea></script>` onzqx=2")

static struct view_leaf leaves[] = { { HOSTILE }, { S_INIT("") }, { HOSTILE } };
static struct view_branch branches[] = {
	{ .s = HOSTILE, .u = { S_INIT("/zqu?a=\"&b=2") }, .leaves = leaves, .leaves_n = 3 }, { .b = true }, { .s = HOSTILE },
};
static const struct view_tree full = {
	.s = HOSTILE, .t = HOSTILE, .h = { S_INIT("<em>qzh</em>") }, .u = { S_INIT("/zqu?a=\"&b=2") }, .i = 42, .b = true, .sub = &branches[0],
	.l = branches, .l_n = 3, .leaves = leaves, .leaves_n = 3,
};
static const struct view_tree sparse = { .s = HOSTILE, .c = true, .sub = &branches[1], .l = branches, .l_n = 1 };

static void check_attribute(const GumboAttribute *a)
{
	static const char *const addresses[] = { "href", "src", "action", "formaction", "poster", "data", "cite", "xlink:href" };
	MUST(!strstr(a->name, "zqx") && !strstr(a->name, "zqu") && !strstr(a->name, "qzh"));
	MUST(!strstr(a->value, "<em>qzh"));
	bool code = strncmp(a->name, "on", 2) == 0 || strcmp(a->name, "style") == 0 || strcmp(a->name, "srcdoc") == 0;
	MUST(!(code && (strstr(a->value, "zqx") || strstr(a->value, "zqu"))));
	const char *value = a->value;
	while (*value && (unsigned char)*value <= ' ') value++;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		MUST(strcmp(a->name, addresses[i]) != 0 || strncmp(value, "javascript:zqx", 14) != 0);
	}
}

static void check_node(const GumboNode *node, bool in_code, int depth)
{
	if (depth > 500) return;
	if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) {
		const GumboElement *e = &node->v.element;
		str tag = { e->original_tag.data, e->original_tag.length };
		str cut = str_sub(tag, 0, 4);
		MUST(!str_contains(cut, S("zqx")));
		for (unsigned i = 0; i < e->attributes.length; i++) check_attribute(e->attributes.data[i]);
		bool code = e->tag == GUMBO_TAG_SCRIPT || e->tag == GUMBO_TAG_STYLE;
		for (unsigned i = 0; i < e->children.length; i++) check_node(e->children.data[i], code, depth + 1);
	} else if (node->type != GUMBO_NODE_DOCUMENT) {
		MUST(!(in_code && (strstr(node->v.text.text, "zqx") || strstr(node->v.text.text, "zqu") || strstr(node->v.text.text, "qzh"))));
		MUST(!strstr(node->v.text.text, "zqu"));
	}
}

static void check(struct cx *cx, const struct template *t, const struct view_tree *data)
{
	struct buf out = buf_new(cx, LIMIT_PAGE);
	if (template_render(cx, t, data, &out) != OK || out.n == 0) return;
	str page = buf_view(&out);
	MUST(!str_contains(page, S("<zqx")) && !str_contains(page, S("zqx('")));
	GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, page.p, page.n);
	check_node(tree->root, false, 0);
	gumbo_destroy_output(&kGumboDefaultOptions, tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	/* What the template itself says is its author's own doing, and NUL is something a C parser and we would read differently. */
	if (size > 4096 || str_contains(text, S("zq")) || str_contains(text, S("qz")) || memchr(data, 0, size)) return 0;
	static struct cx *cx;
	if (!cx) cx = cx_new();
	cx_reset(cx);
	struct template_set *set;
	const struct template *t;
	MUST(template_set_open(cx, NULL, &set) == OK);
	template_set_add(set, S("p"), S("<p>{{s}}\n{{#b}}\n x\n{{/b}}\n</p>\n"));
	template_set_add(set, S("a"), S(" title=\"{{s}}\""));
	if (template_compile_text(cx, set, "t", text, &view_type_tree, &t) == OK) {
		check(cx, t, &full);
		check(cx, t, &sparse);
	}
	template_set_close(set);
	return 0;
}
