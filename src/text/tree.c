/* gumbo has no limits: each tag may walk the whole stack of open elements, each attribute all those before it, and
 * one unclosed <b> is opened anew in every paragraph. The bounds are kept in its allocator, which sees every node
 * before it is made: nodes come out of slabs of ours, so that the depth of the one made before can be read off its
 * parent. Should a later gumbo allocate nodes otherwise, the limit on depth goes unseen, and a test notices. */
#include "text/tree.h"

#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "text/budget.h"
#include "base/banned.h"

#define MOST_DEPTH 1000     /* what old pages with never-closed <font> reach, and little enough to walk for every tag */
#define MOST_ATTRIBUTES 500 /* between two nodes, and on <html> and <body> */
#define FIRST_SLAB 64
#define SLABS 24 /* each twice the size of the one before: more than any budget buys */

/* Read as a whole page and not as a fragment: gumbo's way with fragments fails assertions six times as often (of tag
 * soups of a thousand tags, one in fifty against one in three hundred). The <br>, which nobody is shown (TREE_FIRST),
 * keeps a later <frameset> from replacing the body. */
#define BEFORE "<!DOCTYPE html><body><br>"

struct slot {
	size_t depth; /* 0: not known yet */
	GumboNode node;
};

struct slab {
	struct slot *slots;
	size_t n, cap;
};

struct tree {
	struct budget budget;
	GumboOptions options;
	GumboOutput *output;
	struct slab slabs[SLABS];
	size_t slab;
	struct slot *latest;
	size_t attributes;
};

/* The slot that holds n, or NULL. n need not be an address of ours: a block of text as large as a node lies in a slab
 * too, and then its bytes pose as a parent. */
static struct slot *slot_of(struct tree *t, const GumboNode *n)
{
	uintptr_t at = (uintptr_t)n - offsetof(struct slot, node);
	for (size_t i = t->slab + 1; i-- > 0;) {
		struct slab *s = &t->slabs[i];
		uintptr_t first = (uintptr_t)s->slots;
		if (at < first || at >= (uintptr_t)(s->slots + s->n)) continue;
		return (at - first) % sizeof *s->slots == 0 ? s->slots + (at - first) / sizeof *s->slots : NULL;
	}
	return NULL;
}

/* How many ancestors s has, as far as they are linked by now. */
static size_t depth_of(struct tree *t, struct slot *s)
{
	size_t steps = 0;
	struct slot *at = s;
	while (at && at->depth == 0 && steps <= MOST_DEPTH) {
		at = at->node.parent ? slot_of(t, at->node.parent) : NULL;
		steps++;
	}
	if (!at) return steps; /* part of a branch that is being moved */
	return s->depth = steps + at->depth;
}

static struct slot *slot_new(struct tree *t)
{
	struct slab *s = &t->slabs[t->slab];
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : FIRST_SLAB;
		if (s->cap) s = &t->slabs[++t->slab];
		MUST(t->slab < SLABS);
		s->slots = budget_take(&t->budget, cap * sizeof *s->slots);
		s->cap = cap;
	}
	return &s->slots[s->n++];
}

static const GumboNode *child_of(const GumboNode *n, GumboTag tag)
{
	const GumboVector *children = n->type == GUMBO_NODE_DOCUMENT ? &n->v.document.children : &n->v.element.children;
	for (unsigned i = 0; i < children->length && i < 3; i++) { /* BEFORE makes these the first; comments may follow them without end */
		const GumboNode *child = children->data[i];
		if (child->type == GUMBO_NODE_ELEMENT && child->v.element.tag == tag) return child;
	}
	return NULL;
}

/* <html> and <body> gather the attributes of every later <html> and <body>. */
static bool root_is_crowded(const struct tree *t)
{
	const GumboNode *root = child_of(&t->slabs[0].slots[0].node, GUMBO_TAG_HTML), *body = root ? child_of(root, GUMBO_TAG_BODY) : NULL;
	return (root && root->v.element.attributes.length > MOST_ATTRIBUTES) || (body && body->v.element.attributes.length > MOST_ATTRIBUTES);
}

static void *allocate(void *userdata, size_t n)
{
	struct tree *t = userdata;
	if (n == sizeof(GumboAttribute) && ++t->attributes > MOST_ATTRIBUTES) budget_spent(&t->budget);
	if (n != sizeof(GumboNode)) return budget_take(&t->budget, n);
	if (t->latest && (depth_of(t, t->latest) > MOST_DEPTH || root_is_crowded(t))) budget_spent(&t->budget);
	t->attributes = 0;
	bool first = t->latest == NULL;
	t->latest = slot_new(t);
	if (first) t->latest->depth = 1; /* the document: all depths count from it */
	return &t->latest->node;
}

static void deallocate(void *userdata, void *p) { (void)userdata, (void)p; }

err tree_parse(struct cx *cx, str source, struct tree **out)
{
	struct tree *t = cx_new_of(cx, struct tree);
	t->options = kGumboDefaultOptions;
	t->options.allocator = allocate;
	t->options.deallocator = deallocate;
	t->options.userdata = t;
	t->options.max_errors = 0;
	/* The newline after the text is not part of it: gumbo looks one byte past the end behind a reference that has no semicolon. */
	source = str_join(cx, S(BEFORE), str_join(cx, source, S("\n")));
	source.n--;
	budget_open(&t->budget, budget_for(source.n));
	if (setjmp(t->budget.out) != 0) {
		budget_close(&t->budget);
		return cx_fail(cx, LIMIT, NULL, "is nested too deeply");
	}
	t->output = gumbo_parse_with_options(&t->options, source.p, source.n);
	*out = t;
	return OK;
}

void tree_free(struct tree *t) { budget_close(&t->budget); }

const GumboNode *tree_root(const struct tree *t)
{
	const GumboNode *body = child_of(t->output->root, GUMBO_TAG_BODY);
	MUST(body != NULL); /* BEFORE opens it, and nothing behind it can take it away */
	return body;
}

str tree_name(struct cx *cx, const GumboElement *e)
{
	if (e->tag != GUMBO_TAG_UNKNOWN) return str_of(gumbo_normalized_tagname(e->tag));
	GumboStringPiece piece = e->original_tag;
	gumbo_tag_from_original_text(&piece);
	return piece.data ? str_lower_ascii(cx, (str){ piece.data, piece.length }) : S("");
}

str tree_attribute(const GumboElement *e, const char *name)
{
	const GumboAttribute *a = gumbo_get_attribute(&e->attributes, name);
	return a && a->attr_namespace == GUMBO_ATTR_NAMESPACE_NONE ? str_of(a->value) : (str){ 0 };
}
