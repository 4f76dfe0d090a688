/* parse: a template's text as a row of tokens, by the rules of Mustache: tags, comments, changed delimiters, and lines on
 * which a tag stands alone, which leave nothing behind. Names are not looked up here and sections are not matched. */
#ifndef VIEW_PARSE_H
#define VIEW_PARSE_H

#include "base/cx.h"

enum token_kind { TOKEN_TEXT, TOKEN_FIELD, TOKEN_SECTION, TOKEN_INVERTED, TOKEN_CLOSE, TOKEN_PARTIAL };

struct token {
	enum token_kind kind;
	str text;   /* the text, or the name */
	str indent; /* TOKEN_PARTIAL alone on its line: what stands before it */
	size_t line;
};

struct tokens {
	struct token *at;
	size_t n, cap;
};

/* where is the file's name for sentences ("theme/article.html"). Tokens view text. INVALID with "where:line: ...". */
CHECKED err template_parse(struct cx *cx, str where, str text, struct tokens *out);

/* text with indent before each of its lines. */
CHECKED err template_indent(struct cx *cx, str text, str indent, str *out);

#endif
