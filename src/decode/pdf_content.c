/* What draws a page is written anew, word by word: each operator with the operands that it takes, and no other. Names of fonts, pictures and the like are
 * numbered, since a program may have made them of anything, a file's name for one. What is drawn stays byte for byte as it was. */
#define OWNS_MEMORY /* text of any length, made and given away */
#include "decode/pdf_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/vec.h"
#include "decode/lexer.h"
#include "base/banned.h"

#define CONTENT_MOST  (128 * MIB)
#define OPERANDS_MOST 40
#define NAME_MOST     127 /* bytes of a name, ISO 32000-1 table C.1 */
#define NAMES_MOST    200000

/* out */

static bool out_room(struct out *o, size_t n)
{
	if (o->full || n > (size_t)CONTENT_MOST - o->n) o->full = true;
	if (o->full) return false;
	if (o->n + n > o->room) {
		o->room = o->n + n + o->room / 2 + 4096;
		o->p = pdf_memory(o->p, o->room);
	}
	return true;
}

void out_str(struct out *o, str s)
{
	if (!s.n || !out_room(o, s.n)) return;
	memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

void out_fmt(struct out *o, const char *fmt, ...)
{
	char text[256];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (n > 0 && (size_t)n < sizeof text) out_str(o, (str){ text, (size_t)n });
	else o->full = true;
}

/* names */

int pdf_rename(struct pdf *p, str name, enum category in)
{
	if (!name.n || name.n > NAME_MOST) return 0;
	struct name **at = &p->names[str_hash(name) % NAME_BUCKETS];
	while (*at && !((*at)->n == name.n && memcmp((*at)->bytes, name.p, name.n) == 0)) at = &(*at)->next;
	if (!*at) {
		if (p->names_n >= NAMES_MOST) return (int)pdf_stop(p, MEDIA_REFUSED_MEMORY);
		struct name *n = pdf_memory(NULL, sizeof *n + name.n);
		*n = (struct name){ .bytes = (char *)(n + 1), .n = name.n, .number = ++p->names_n };
		memcpy(n->bytes, name.p, name.n);
		*at = n;
	}
	if (in < CATEGORIES) (*at)->used[in] = p->owner;
	return (*at)->number;
}

static int used_as(const struct pdf *p, str name, enum category in)
{
	const struct name *n = p->names[str_hash(name) % NAME_BUCKETS];
	while (n && !(n->n == name.n && memcmp(n->bytes, name.p, name.n) == 0)) n = n->next;
	return n && p->owner && n->used[in] == p->owner ? n->number : 0;
}

/* words */

struct operand {
	enum lexeme what;      /* LEX_ARRAY and LEX_DICT: all of it */
	str text;
	size_t from;           /* of an array or dictionary: behind its sign in the content */
};

struct content {
	struct pdf *pdf;
	struct lexer lexer;
	qpdf_oh resources;
	struct out *out;
	struct operand operands[OPERANDS_MOST];
	size_t n;
	bool unseen;           /* words that are drawn by no ink */
};

/* Annex A. n number, s text, a array of numbers, t array of texts and numbers, r intent; F X G P H C: a name of a font, XObject, state, pattern, shading, colour space. */
static const struct operator {
	const char *name, *takes;
} operators[] = {
	{ "w", "n" }, { "J", "n" }, { "j", "n" }, { "M", "n" }, { "d", "an" }, { "ri", "r" }, { "i", "n" }, { "gs", "G" }, { "q", "" }, { "Q", "" }, { "cm", "nnnnnn" }, { "m", "nn" },
	{ "l", "nn" }, { "c", "nnnnnn" }, { "v", "nnnn" }, { "y", "nnnn" }, { "h", "" }, { "re", "nnnn" }, { "S", "" }, { "s", "" }, { "f", "" }, { "F", "" }, { "f*", "" }, { "B", "" },
	{ "B*", "" }, { "b", "" }, { "b*", "" }, { "n", "" }, { "W", "" }, { "W*", "" }, { "BT", "" }, { "ET", "" }, { "Tc", "n" }, { "Tw", "n" }, { "Tz", "n" }, { "TL", "n" },
	{ "Tf", "Fn" }, { "Tr", "n" }, { "Ts", "n" }, { "Td", "nn" }, { "TD", "nn" }, { "Tm", "nnnnnn" }, { "T*", "" }, { "Tj", "s" }, { "TJ", "t" }, { "'", "s" }, { "\"", "nns" },
	{ "d0", "nn" }, { "d1", "nnnnnn" }, { "CS", "C" }, { "cs", "C" }, { "SC", "*" }, { "SCN", "*P" }, { "sc", "*" }, { "scn", "*P" }, { "G", "n" }, { "g", "n" }, { "RG", "nnn" },
	{ "rg", "nnn" }, { "K", "nnnn" }, { "k", "nnnn" }, { "sh", "H" }, { "Do", "X" }, { "EMC", "" },
};

/* 14.8.4: what a piece of a page can be. */
#define TAGS "Artifact Span P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Figure Formula Form Link Note Reference BibEntry Code Quote BlockQuote Caption TOC " \
	"TOCI Index Document Part Art Sect Div NonStruct Private Ruby RB RT RP Warichu WT WP Annot OC "

static enum category category_of(char takes)
{
	static const char letters[] = "FXPHGC";
	return (enum category)(strchr(letters, takes) - letters);
}

static const char *plain_name(struct pdf *p, str text)
{
	char name[NAME_MOST];
	size_t n = lexer_name(text, name, sizeof name);
	return str_c(p->job->cx, (str){ name, n });
}

static void put_name(struct content *c, str text, enum category in)
{
	char name[NAME_MOST];
	size_t n = lexer_name(text, name, sizeof name);
	bool device = in == IN_COLOUR && pdf_is_listed(plain_name(c->pdf, text), "DeviceGray DeviceRGB DeviceCMYK Pattern ");
	int number = device ? 0 : pdf_rename(c->pdf, (str){ name, n }, in);
	if (device) out_fmt(c->out, "/" STR_FMT " ", (int)n, name);
	else out_fmt(c->out, "/n%d ", number);
}

static void put_array(struct content *c, const struct operand *o, bool texts)
{
	struct lexer l = { .text = c->lexer.text, .at = o->from };
	str word;
	out_str(c->out, S("["));
	for (enum lexeme what; (what = lexer_next(&l, &word)) != LEX_ARRAY_END && what != LEX_END;) {
		bool kept = what == LEX_NUMBER || (texts && (what == LEX_STRING || what == LEX_HEX));
		if (kept) out_str(c->out, word);
		if (kept) out_str(c->out, S(" "));
	}
	out_str(c->out, S("] "));
}

static bool fits(struct content *c, const struct operand *o, char takes)
{
	switch (takes) {
	case 'n': return o->what == LEX_NUMBER;
	case 's': return o->what == LEX_STRING || o->what == LEX_HEX;
	case 'a':
	case 't': return o->what == LEX_ARRAY;
	case 'r': return o->what == LEX_NAME && pdf_is_listed(plain_name(c->pdf, o->text), "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual ");
	default: return o->what == LEX_NAME;
	}
}

static void put_operand(struct content *c, const struct operand *o, char takes)
{
	if (takes == 'a' || takes == 't') put_array(c, o, takes == 't');
	else if (takes == 'n' || takes == 's' || takes == 'r') {
		out_str(c->out, o->text);
		out_str(c->out, S(" "));
	} else put_name(c, o->text, category_of(takes));
}

/* Colours: numbers, as many as there are, and perhaps a pattern. */
static void put_colour(struct content *c, const struct operator *op)
{
	bool pattern = op->takes[1] == 'P' && c->n && c->operands[c->n - 1].what == LEX_NAME;
	size_t from = c->n - pattern;
	while (from > 0 && c->operands[from - 1].what == LEX_NUMBER) from--;
	if (from == c->n) return;
	for (size_t i = from; i < c->n - pattern; i++) put_operand(c, &c->operands[i], 'n');
	if (pattern) put_operand(c, &c->operands[c->n - 1], 'P');
	out_fmt(c->out, "%s\n", op->name);
}

static void put_operator(struct content *c, const struct operator *op)
{
	if (op->takes[0] == '*') {
		put_colour(c, op);
		return;
	}
	size_t n = strlen(op->takes);
	if (c->n < n) return;
	const struct operand *first = &c->operands[c->n - n];
	for (size_t i = 0; i < n; i++)
		if (!fits(c, &first[i], op->takes[i])) return;
	if (strcmp(op->name, "Tr") == 0) c->unseen = str_eq(first->text, S("3"));
	if (c->unseen && (op->name[0] == 'T' || op->name[0] == '\'' || op->name[0] == '"') && strchr("jJ", op->name[op->name[0] == 'T'])) REMOVED(c->pdf, MEDIA_UNSURE_UNSEEN);
	for (size_t i = 0; i < n; i++) put_operand(c, &first[i], op->takes[i]);
	out_fmt(c->out, "%s\n", op->name);
}

/* marks, 14.6 */

static void put_tag(struct content *c, str text)
{
	const char *name = plain_name(c->pdf, text);
	out_fmt(c->out, "/%s ", pdf_is_listed(name, TAGS) ? name : "Span");
}

/* Of a list of properties: the piece's number in the structure, and what is read aloud instead of it. */
static void put_properties(struct content *c, const struct operand *o)
{
	struct lexer l = { .text = c->lexer.text, .at = o->from };
	str word, key = S("");
	int depth = 0;
	out_str(c->out, S("<<"));
	for (enum lexeme what; (what = lexer_next(&l, &word)) != LEX_END && !(what == LEX_DICT_END && depth == 0); key = word) {
		depth += what == LEX_DICT || what == LEX_ARRAY;
		depth -= what == LEX_DICT_END || what == LEX_ARRAY_END;
		if (depth) continue;
		bool number = what == LEX_NUMBER && str_eq(key, S("/MCID"));
		bool words = (what == LEX_STRING || what == LEX_HEX) && (str_eq(key, S("/ActualText")) || str_eq(key, S("/Alt")) || str_eq(key, S("/E")));
		if (!number && !words) continue;
		out_str(c->out, key);
		out_str(c->out, S(" "));
		out_str(c->out, word);
	}
	out_str(c->out, S(">> "));
}

static void put_mark(struct content *c, bool properties)
{
	const struct operand *o = c->n >= 2 ? &c->operands[c->n - 2] : NULL;
	if (!properties || !o || o->what != LEX_NAME) { /* that it ends is said further on: it has to begin */
		if (c->n && c->operands[c->n - 1].what == LEX_NAME) put_tag(c, c->operands[c->n - 1].text);
		else out_str(c->out, S("/Span "));
		out_str(c->out, S("BMC\n"));
		return;
	}
	put_tag(c, o->text);
	if (o[1].what == LEX_DICT) put_properties(c, &o[1]);
	else if (o[1].what == LEX_NAME) put_name(c, o[1].text, IN_PROPERTIES);
	else out_str(c->out, S("<<>> "));
	out_str(c->out, S("BDC\n"));
}

static err do_word(struct content *c, str word)
{
	if (str_eq(word, S("BI"))) return pdf_inline(c->pdf, &c->lexer, c->resources, c->out);
	if (str_eq(word, S("BMC")) || str_eq(word, S("BDC"))) put_mark(c, str_eq(word, S("BDC")));
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (str_eq(word, str_of(operators[i].name))) put_operator(c, &operators[i]);
	return OK;
}

/* An array or a dictionary is passed over, and read again by who wants it. */
static void pass_over(struct content *c)
{
	str word;
	int depth = 1;
	for (enum lexeme next; depth && (next = lexer_next(&c->lexer, &word)) != LEX_END;) {
		depth += next == LEX_ARRAY || next == LEX_DICT;
		depth -= next == LEX_ARRAY_END || next == LEX_DICT_END;
	}
}

static void push_operand(struct content *c, enum lexeme what, str text)
{
	if (c->n == OPERANDS_MOST) memmove(c->operands, c->operands + 1, --c->n * sizeof *c->operands);
	c->operands[c->n++] = (struct operand){ what, text, c->lexer.at };
	if (what == LEX_ARRAY || what == LEX_DICT) pass_over(c);
}

err pdf_rewrite(struct pdf *p, str content, qpdf_oh resources, struct out *out)
{
	struct content c = { .pdf = p, .lexer = { .text = content }, .resources = resources, .out = out };
	struct arena_mark mark = arena_mark(p->job->cx->arena);
	str word;
	for (enum lexeme what; p->end == OK && !out->full && (what = lexer_next(&c.lexer, &word)) != LEX_END;) {
		if (what != LEX_WORD) {
			push_operand(&c, what, word);
			continue;
		}
		TRY(do_word(&c, word));
		c.n = 0;
		arena_rewind(p->job->cx->arena, mark);
	}
	if (c.lexer.comments) REMOVED(p, MEDIA_COMMENT);
	if (out->full) return job_refuse(p->job, MEDIA_REFUSED_MEMORY);
	return p->end;
}

/* whose words they are */

const char *const *pdf_categories(void)
{
	static const char *const keys[CATEGORIES] = { [IN_FONT] = "/Font", [IN_XOBJECT] = "/XObject", [IN_PATTERN] = "/Pattern", [IN_SHADING] = "/Shading", [IN_STATE] = "/ExtGState",
		[IN_COLOUR] = "/ColorSpace", [IN_PROPERTIES] = "/Properties" };
	return keys;
}

static qpdf_oh copy_resource(struct pdf *p, enum category in, qpdf_oh v)
{
	static const enum shape shapes[CATEGORIES] = { [IN_FONT] = SHAPE_FONT, [IN_XOBJECT] = SHAPE_XOBJECT, [IN_PATTERN] = SHAPE_PATTERN, [IN_SHADING] = SHAPE_SHADING,
		[IN_STATE] = SHAPE_STATE };
	if (in == IN_COLOUR) return copy_colour(p, v, NULL);
	return in == IN_PROPERTIES ? copy_properties(p, v, NULL) : pdf_copy_as(p, v, shapes[in]);
}

struct used {
	enum category in;
	const char *key;
	int number;
};

struct used_list {
	VEC(struct used) of;
};

static void find_used(struct pdf *p, qpdf_oh resources, struct used_list *list)
{
	for (enum category in = 0; in < CATEGORIES; in++) {
		qpdf_oh of = qpdf_oh_get_key_if_dict(p->q, resources, pdf_categories()[in]);
		if (qpdf_oh_is_dictionary(p->q, of)) {
			qpdf_oh_begin_dict_key_iter(p->q, of);
			while (qpdf_oh_dict_more_keys(p->q)) {
				const char *key = qpdf_oh_dict_next_key(p->q);
				int number = used_as(p, str_of(key + 1), in);
				if (number) vec_push(p->job->cx, &list->of, ((struct used){ in, str_c(p->job->cx, str_of(key)), number }));
			}
		}
		qpdf_oh_release(p->q, of);
	}
}

static void copy_used(struct pdf *p, qpdf_oh resources, const struct used *u, qpdf_oh *to)
{
	qpdf_oh of = qpdf_oh_get_key_if_dict(p->q, resources, pdf_categories()[u->in]), value = qpdf_oh_get_key(p->q, of, u->key), made = copy_resource(p, u->in, value);
	if (made && !*to) *to = qpdf_oh_new_dictionary(p->q);
	if (made) pdf_put(p, *to, str_c(p->job->cx, str_fmt(p->job->cx, "/n%d", u->number)), made);
	qpdf_oh_release(p->q, value);
	qpdf_oh_release(p->q, of);
}

/* All that was used is found before any of it is copied: copying may read contents of another owner, which use the same names. */
qpdf_oh pdf_copy_resources(struct pdf *p, qpdf_oh resources)
{
	qpdf_oh to = qpdf_oh_new_dictionary(p->q), made[CATEGORIES] = { 0 }, before = p->resources;
	struct used_list list = { 0 };
	find_used(p, resources, &list);
	p->resources = resources;
	for (size_t i = 0; i < list.of.n && pdf_count(p); i++) copy_used(p, resources, &list.of.at[i], &made[list.of.at[i].in]);
	for (enum category in = 0; in < CATEGORIES; in++) pdf_put(p, to, pdf_categories()[in], made[in]);
	p->resources = before;
	return to;
}

qpdf_oh pdf_resources_of(struct pdf *p, qpdf_oh from)
{
	qpdf_oh own = qpdf_oh_get_key_if_dict(p->q, from, "/Resources");
	if (qpdf_oh_is_dictionary(p->q, own)) return own;
	qpdf_oh_release(p->q, own);
	return p->resources ? qpdf_oh_new_object(p->q, p->resources) : qpdf_oh_new_dictionary(p->q);
}

err pdf_stream_content(struct pdf *p, qpdf_oh stream, qpdf_oh from, qpdf_oh to)
{
	struct coded c;
	struct out out = { 0 };
	TRY(pdf_take(p, stream, from, &c));
	if (c.within != BYTES) {
		free(c.bytes);
		return job_refuse(p->job, MEDIA_REFUSED_DAMAGED); /* what it draws would be missing */
	}
	qpdf_oh resources = pdf_resources_of(p, from), dict = qpdf_oh_get_dict(p->q, to);
	p->owner = ++p->owners;
	err e = pdf_rewrite(p, (str){ (const char *)c.bytes, c.n }, resources, &out);
	free(c.bytes);
	if (e == OK) pdf_give(p, to, (str){ out.p, out.n }, NULL, 0);
	if (e == OK) pdf_put(p, dict, "/Resources", pdf_copy_resources(p, resources));
	free(out.p);
	qpdf_oh_release(p->q, dict);
	return e;
}
