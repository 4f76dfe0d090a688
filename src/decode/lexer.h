/* lexer: the words of which page contents, character maps, calculator functions and typefaces in clear text are made (ISO 32000-1 7.2, 7.3;
 * PostScript's are the same but for radix numbers). White space and comments stand between words and are never part of one. Pure: looks at no byte
 * outside its text, and comes to an end of it whatever it holds. */
#ifndef DECODE_LEXER_H
#define DECODE_LEXER_H

#include "base/str.h"

enum lexeme {
	LEX_END,
	LEX_NUMBER, LEX_NAME, LEX_STRING, LEX_HEX,       /* with their signs: /a (b) <c> */
	LEX_ARRAY, LEX_ARRAY_END, LEX_DICT, LEX_DICT_END,
	LEX_BRACE, LEX_BRACE_END,
	LEX_WORD,                                         /* an operator, or true, false, null */
	LEX_ODD,                                          /* what is none of these: a stray bracket, a string that does not end */
};

struct lexer {
	str text;
	size_t at;
	bool comments; /* one with a word in it was passed over */
};

/* The next word and, in *out, its bytes. */
enum lexeme lexer_next(struct lexer *l, str *out);

/* A name without its slash, with #xx undone, into at most n bytes; the number of bytes, or 0 when it is longer or empty. */
size_t lexer_name(str name, char *out, size_t n);

bool lexer_is_space(char c);

#endif
