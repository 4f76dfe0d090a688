/* Both are programs in PostScript's words, of which readers understand a handful. What they do not understand is where words of other kinds hide. */
#include "decode/cmap.h"

#include "base/buf.h"
#include "decode/lexer.h"
#include "base/banned.h"

#define MAP_MOST (16U << 20)
#define CODE_MOST 514 /* bytes of one code or text, in digits */

static const struct section {
	str begin, end;
	size_t arity;
} sections[] = {
	{ S_INIT("begincodespacerange"), S_INIT("endcodespacerange"), 2 }, { S_INIT("beginbfchar"), S_INIT("endbfchar"), 2 }, { S_INIT("beginbfrange"), S_INIT("endbfrange"), 3 },
	{ S_INIT("begincidchar"), S_INIT("endcidchar"), 2 }, { S_INIT("begincidrange"), S_INIT("endcidrange"), 3 }, { S_INIT("beginnotdefchar"), S_INIT("endnotdefchar"), 2 },
	{ S_INIT("beginnotdefrange"), S_INIT("endnotdefrange"), 3 },
};

bool cmap_is_known(str name)
{
	static const char *const known[] = { "Identity-H", "Identity-V", "GB-EUC-H", "GB-EUC-V", "GBpc-EUC-H", "GBpc-EUC-V", "GBK-EUC-H", "GBK-EUC-V", "GBKp-EUC-H", "GBKp-EUC-V", "GBK2K-H",
		"GBK2K-V", "UniGB-UCS2-H", "UniGB-UCS2-V", "UniGB-UTF16-H", "UniGB-UTF16-V", "B5pc-H", "B5pc-V", "HKscs-B5-H", "HKscs-B5-V", "ETen-B5-H", "ETen-B5-V", "ETenms-B5-H",
		"ETenms-B5-V", "CNS-EUC-H", "CNS-EUC-V", "UniCNS-UCS2-H", "UniCNS-UCS2-V", "UniCNS-UTF16-H", "UniCNS-UTF16-V", "83pv-RKSJ-H", "90ms-RKSJ-H", "90ms-RKSJ-V", "90msp-RKSJ-H",
		"90msp-RKSJ-V", "90pv-RKSJ-H", "Add-RKSJ-H", "Add-RKSJ-V", "EUC-H", "EUC-V", "Ext-RKSJ-H", "Ext-RKSJ-V", "H", "V", "UniJIS-UCS2-H", "UniJIS-UCS2-V", "UniJIS-UCS2-HW-H",
		"UniJIS-UCS2-HW-V", "UniJIS-UTF16-H", "UniJIS-UTF16-V", "KSC-EUC-H", "KSC-EUC-V", "KSCms-UHC-H", "KSCms-UHC-V", "KSCms-UHC-HW-H", "KSCms-UHC-HW-V", "KSCpc-EUC-H",
		"UniKS-UCS2-H", "UniKS-UCS2-V", "UniKS-UTF16-H", "UniKS-UTF16-V" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq(name, str_of(known[i]))) return true;
	return false;
}

static void put_code(struct buf *b, str hex)
{
	if (hex.n > CODE_MOST) {
		buf_lit(b, "<FFFD>");
		return;
	}
	for (size_t i = 0; i < hex.n; i++)
		if (!lexer_is_space(hex.p[i])) buf_char(b, hex.p[i]);
}

/* One code, number, or list of codes of the section; false at its end. */
static bool put_item(struct lexer *l, struct buf *b)
{
	str word;
	switch (lexer_next(l, &word)) {
	case LEX_HEX: put_code(b, word); return true;
	case LEX_NUMBER: buf_str(b, word); return true;
	case LEX_NAME: buf_lit(b, "<FFFD>"); return true; /* a character by its name */
	case LEX_ARRAY: break;
	default: return false;
	}
	buf_char(b, '[');
	for (enum lexeme what; (what = lexer_next(l, &word)) != LEX_ARRAY_END;) {
		if (what != LEX_HEX && what != LEX_NAME) return false;
		if (what == LEX_HEX) put_code(b, word);
		else buf_lit(b, "<FFFD>");
	}
	buf_char(b, ']');
	return true;
}

static void put_section(struct cx *cx, struct lexer *l, const struct section *s, struct buf *out)
{
	struct buf items = buf_new(cx, MAP_MOST);
	size_t n = 0, whole = 0;
	for (size_t before; before = items.n, put_item(l, &items); n++) {
		if (items.n == before) break; /* it is full */
		buf_char(&items, n % s->arity == s->arity - 1 ? '\n' : ' ');
		if (n % s->arity == s->arity - 1) whole = items.n;
	}
	if (n / s->arity == 0) return;
	buf_fmt(out, "%zu " STR_FMT "\n", n / s->arity, STR_ARG(s->begin));
	buf_str(out, str_sub(buf_view(&items), 0, whole));
	buf_fmt(out, STR_FMT "\n", STR_ARG(s->end));
}

static void put_word(struct cx *cx, struct lexer *l, str word, str before, struct buf *out)
{
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (str_eq(word, sections[i].begin)) put_section(cx, l, &sections[i], out);
	if (str_eq(word, S("usecmap")) && before.n && cmap_is_known(str_sub(before, 1, before.n))) buf_fmt(out, STR_FMT " usecmap\n", STR_ARG(before));
}

str cmap_rewrite(struct cx *cx, str map)
{
	struct lexer l = { .text = map };
	struct buf out = buf_new(cx, MAP_MOST);
	str word, before = S("");
	buf_lit(&out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
	              "/CMapName /Map def\n/CMapType 2 def\n");
	for (enum lexeme what; (what = lexer_next(&l, &word)) != LEX_END; before = word) {
		if (what == LEX_WORD) put_word(cx, &l, word, before, &out);
		if (what == LEX_NUMBER && str_eq(before, S("/WMode")) && str_eq(word, S("1"))) buf_lit(&out, "/WMode 1 def\n");
	}
	buf_lit(&out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
	return buf_view(&out);
}

str cmap_function(struct cx *cx, str program)
{
	static const char words[] = " abs add atan ceiling cos cvi cvr div exp floor idiv ln log mod mul neg round sin sqrt sub truncate and bitshift eq false ge gt le lt ne not or true xor "
	                            "if ifelse copy dup exch index pop roll ";
	struct lexer l = { .text = program };
	struct buf out = buf_new(cx, 1U << 20);
	int depth = 0;
	str word;
	for (enum lexeme what; (what = lexer_next(&l, &word)) != LEX_END && (depth || !out.n);) {
		bool known = what == LEX_WORD && word.n < 12 && str_contains(str_of(words), str_fmt(cx, " " STR_FMT " ", STR_ARG(word)));
		if (what == LEX_BRACE) depth++;
		else if (what == LEX_BRACE_END) depth--;
		else if (what != LEX_NUMBER && !known) return S("");
		if (!depth && what != LEX_BRACE_END) return S("");
		buf_str(&out, word);
		buf_char(&out, ' ');
	}
	return depth || out.full ? S("") : buf_view(&out);
}
