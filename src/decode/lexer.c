/* One reader of words for everything in a document that is text to a machine, so that no two of our readers see different words in the same bytes. */
#include "decode/lexer.h"

#include <string.h>

#include "base/banned.h"

#define NUMBER_MOST 40

bool lexer_is_space(char c) { return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '; }

static bool is_delimiter(char c) { return c && strchr("()<>[]{}/%", c) != NULL; }

static bool is_regular(char c) { return !lexer_is_space(c) && !is_delimiter(c); }

static void skip_space(struct lexer *l)
{
	while (l->at < l->text.n) {
		char c = l->text.p[l->at];
		if (c != '%' && !lexer_is_space(c)) return;
		l->at++;
		if (c != '%') continue;
		size_t from = l->at;
		while (l->at < l->text.n && l->text.p[l->at] != '\n' && l->text.p[l->at] != '\r') l->at++;
		if (str_trim(str_sub(l->text, from, l->at - from)).n) l->comments = true;
	}
}

static enum lexeme take(struct lexer *l, size_t n, enum lexeme what, str *out)
{
	*out = str_sub(l->text, l->at, n);
	l->at += n;
	return what;
}

static enum lexeme take_string(struct lexer *l, str *out)
{
	int depth = 0;
	for (size_t i = l->at; i < l->text.n; i++) {
		char c = l->text.p[i];
		if (c == '\\') i++;
		else if (c == '(') depth++;
		else if (c == ')' && --depth == 0) return take(l, i + 1 - l->at, LEX_STRING, out);
	}
	return take(l, l->text.n - l->at, LEX_ODD, out);
}

static bool is_hex(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

static enum lexeme take_hex(struct lexer *l, str *out)
{
	bool good = true;
	for (size_t i = l->at + 1; i < l->text.n; i++) {
		char c = l->text.p[i];
		if (c == '>') return take(l, i + 1 - l->at, good ? LEX_HEX : LEX_ODD, out);
		good = good && (is_hex(c) || lexer_is_space(c));
	}
	return take(l, l->text.n - l->at, LEX_ODD, out);
}

static bool is_number(str s)
{
	bool digit = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!strchr("0123456789+-.", s.p[i]) || !s.p[i]) return false;
		digit = digit || (s.p[i] >= '0' && s.p[i] <= '9');
	}
	return s.n <= NUMBER_MOST && digit;
}

static enum lexeme take_word(struct lexer *l, str *out)
{
	size_t n = 0;
	while (l->at + n < l->text.n && is_regular(l->text.p[l->at + n])) n++;
	(void)take(l, n, LEX_WORD, out);
	return is_number(*out) ? LEX_NUMBER : LEX_WORD;
}

enum lexeme lexer_next(struct lexer *l, str *out)
{
	skip_space(l);
	*out = S("");
	if (l->at >= l->text.n) return LEX_END;
	bool two = l->at + 1 < l->text.n && l->text.p[l->at + 1] == l->text.p[l->at];
	size_t n = 1;
	switch (l->text.p[l->at]) {
	case '(': return take_string(l, out);
	case '<': return two ? take(l, 2, LEX_DICT, out) : take_hex(l, out);
	case '>': return two ? take(l, 2, LEX_DICT_END, out) : take(l, 1, LEX_ODD, out);
	case '[': return take(l, 1, LEX_ARRAY, out);
	case ']': return take(l, 1, LEX_ARRAY_END, out);
	case '{': return take(l, 1, LEX_BRACE, out);
	case '}': return take(l, 1, LEX_BRACE_END, out);
	case ')': return take(l, 1, LEX_ODD, out);
	case '/':
		while (l->at + n < l->text.n && is_regular(l->text.p[l->at + n])) n++;
		return take(l, n, LEX_NAME, out);
	default: return take_word(l, out);
	}
}

static int nibble(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

size_t lexer_name(str name, char *out, size_t n)
{
	size_t to = 0;
	for (size_t i = 1; i < name.n; i++) {
		char c = name.p[i];
		if (c == '#' && i + 2 < name.n && is_hex(name.p[i + 1]) && is_hex(name.p[i + 2])) {
			c = (char)(nibble(name.p[i + 1]) << 4 | nibble(name.p[i + 2]));
			i += 2;
		}
		if (to == n || c == 0) return 0;
		out[to++] = c;
	}
	return to;
}
