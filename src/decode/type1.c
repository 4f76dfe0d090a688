/* Type 1 typefaces: one half in clear words, the other the same words behind a cipher that everybody knows (Adobe Type 1 Font Format, 7). */
#include "decode/typeface.h"

#include <string.h>

#include "base/arena.h"
#include "decode/lexer.h"
#include "base/banned.h"

#define END_ZEROS 512

static void blank(char *text, size_t from, size_t to)
{
	for (; from < to; from++)
		if (!lexer_is_space(text[from])) text[from] = ' ';
}

/* Words and names of which the clear part is made; others are somebody's own. */
static bool is_known(str word)
{
	static const char known[] = " dict dup begin end def readonly noaccess executeonly put for index exch array StandardEncoding true false currentdict currentfile eexec FontDirectory known "
	                            "pop store get ifelse if eq .notdef /FontInfo /version /Notice /Copyright /FullName /FamilyName /Weight /ItalicAngle /isFixedPitch /UnderlinePosition "
	                            "/UnderlineThickness /FontName /PaintType /FontType /FontMatrix /Encoding /FontBBox /StrokeWidth /Metrics /Private /CharStrings /.notdef ";
	for (size_t i = 0; i + word.n + 1 < sizeof known; i++)
		if (known[i] == ' ' && known[i + 1 + word.n] == ' ' && memcmp(known + i + 1, word.p, word.n) == 0) return true;
	return false;
}

/* The clear part: no comments, no words in strings, no names but known ones and, in the encoding, letters'. */
static void clean_clear(char *text, size_t n)
{
	struct lexer l = { .text = { text, n } };
	bool encoding = false, named = false;
	size_t gap = 0;
	str word;
	for (enum lexeme what; what = lexer_next(&l, &word), true; gap = l.at) {
		size_t at = what == LEX_END ? n : (size_t)(word.p - text);
		blank(text, gap, at);
		if (what == LEX_END) return;
		if (what == LEX_STRING) blank(text, at + 1, l.at - 1);
		if (what == LEX_ODD || what == LEX_HEX) blank(text, at, l.at);
		if (what == LEX_NAME && named) memset(text + at + 1, 'F', word.n - 1);
		else if (what == LEX_NAME && !encoding && !is_known(word)) memset(text + at + 1, 'x', word.n - 1);
		else if (what == LEX_WORD && !is_known(word)) blank(text, at, l.at);
		named = str_eq(word, S("/FontName"));
		if (str_eq(word, S("/Encoding"))) encoding = true;
		else if (str_eq(word, S("def")) || str_eq(word, S("readonly"))) encoding = false;
	}
}

/* The coded part: comments and strings; letters and routines are so many bytes behind a number and RD. */
static void clean_private(char *text, size_t n)
{
	struct lexer l = { .text = { text, n } };
	size_t gap = 0;
	int64_t number = -1;
	str word, name = S(""), reads = S("RD"); /* the routine that reads bytes: it is defined as {string currentfile ...} */
	for (enum lexeme what; what = lexer_next(&l, &word), true; gap = l.at) {
		size_t at = what == LEX_END ? n : (size_t)(word.p - text);
		blank(text, gap, at);
		if (what == LEX_END) return;
		if (what == LEX_STRING) blank(text, at + 1, l.at - 1);
		if (what == LEX_ODD || what == LEX_HEX) blank(text, at, l.at);
		if (what == LEX_NAME) name = str_sub(word, 1, word.n);
		if (str_eq(word, S("string")) && name.n && number < 0) reads = name;
		if (what == LEX_WORD && number >= 0 && str_eq(word, reads) && (uint64_t)number < n - l.at) l.at += 1 + (size_t)number;
		if (str_eq(word, S("closefile"))) {
			blank(text, l.at, n);
			return;
		}
		if (what != LEX_NUMBER || !str_to_int(word, 0, (int64_t)n, &number)) number = -1;
	}
}

static void decipher(char *text, size_t n)
{
	unsigned r = 55665;
	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)text[i];
		text[i] = (char)(c ^ r >> 8);
		r = ((c + r) * 52845 + 22719) & 0xffff;
	}
}

static void encipher(char *text, size_t n)
{
	unsigned r = 55665;
	for (size_t i = 0; i < n; i++) {
		unsigned c = ((unsigned char)text[i] ^ r >> 8) & 0xff;
		text[i] = (char)c;
		r = ((c + r) * 52845 + 22719) & 0xffff;
	}
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

/* Into bytes, when it stands there in hexadecimal digits. */
static size_t undo_digits(char *text, size_t n)
{
	size_t to = 0;
	int high = -1;
	for (size_t i = 0; i < 4 && i < n; i++)
		if (digit(text[i]) < 0) return n;
	for (size_t i = 0; i < n; i++) {
		int d = digit(text[i]);
		if (d < 0) continue;
		if (high >= 0) text[to++] = (char)(high << 4 | d);
		high = high >= 0 ? -1 : d;
	}
	return to;
}

/* The zeros and the word that end it: how many bytes before them are the coded part. */
static size_t before_zeros(str file, size_t from)
{
	size_t at = file.n;
	ptrdiff_t mark = -1;
	for (ptrdiff_t next = str_find(file, S("cleartomark"), from); next >= 0; next = str_find(file, S("cleartomark"), (size_t)next + 1)) mark = next;
	if (mark < 0) return at;
	at = (size_t)mark;
	size_t zeros = 0;
	while (at > from && zeros < END_ZEROS && (file.p[at - 1] == '0' || lexer_is_space(file.p[at - 1]))) zeros += file.p[--at] == '0';
	return zeros == END_ZEROS && at > from && strchr("\r\n", file.p[at - 1]) && file.p[at - 1] ? at - 1 : at;
}

/* Behind the word that says that the coded part begins; 0 when there is none. */
static size_t behind_clear(str file, size_t at)
{
	struct lexer l = { .text = file, .at = at };
	str word;
	for (enum lexeme what; (what = lexer_next(&l, &word)) != LEX_END;)
		if (what == LEX_WORD && str_eq(word, S("eexec"))) return l.at;
	return 0;
}

str typeface_type1(struct cx *cx, str file, size_t parts[3])
{
	static const str first = S_INIT("%!PS-AdobeFont-1.0\n"); /* by which readers know what it is */
	size_t line = 0;
	while (line < file.n && file.p[line] != '\n' && file.p[line] != '\r') line++;
	size_t from = str_starts(file, S("%!")) ? behind_clear(file, line) : 0;
	if (from == 0) return S("");
	size_t end = before_zeros(file, from);
	if (line + 1 < from && file.p[line] == '\r' && file.p[line + 1] == '\n') line++;
	size_t clear = first.n + from - line - 1;
	char *out = arena_bytes(cx->arena, file.n + first.n + END_ZEROS + 64);
	memcpy(out, first.p, first.n);
	memcpy(out + first.n, file.p + line + 1, from - line - 1);
	clean_clear(out + first.n, clear - first.n);
	size_t most = from + 2;
	while (from < end && from < most && strchr("\r\n\t ", file.p[from]) && file.p[from]) from++;
	if (end - from < 8) return S("");
	out[clear++] = '\n';
	memcpy(out + clear, file.p + from, end - from);
	size_t coded = undo_digits(out + clear, end - from);
	decipher(out + clear, coded);
	memset(out + clear, ' ', 4);
	clean_private(out + clear + 4, coded - 4);
	encipher(out + clear, coded);
	size_t at = clear + coded;
	for (int i = 0; i < END_ZEROS / 64; i++) {
		out[at++] = '\n';
		memset(out + at, '0', 64);
		at += 64;
	}
	memcpy(out + at, "\ncleartomark\n", 13);
	parts[0] = clear;
	parts[1] = coded;
	parts[2] = at + 13 - clear - coded;
	return (str){ out, at + 13 };
}
