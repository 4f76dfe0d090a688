/* markup: where in HTML a template's next byte stands, so that the compiler can tell which fields are safe there. Follows the tokenizer of the
 * WHATWG HTML standard (13.2.5) for what templates should contain, and refuses markup whose reading would be doubtful. */
#ifndef VIEW_MARKUP_H
#define VIEW_MARKUP_H

#include "view/bind.h"

enum markup_place {
	MARKUP_TEXT,
	MARKUP_LT,           /* behind < */
	MARKUP_TAG_NAME,
	MARKUP_BEFORE_NAME,  /* in a tag, behind white space */
	MARKUP_NAME,         /* an attribute's */
	MARKUP_AFTER_NAME,   /* behind it and white space */
	MARKUP_BEFORE_VALUE, /* behind = */
	MARKUP_DOUBLE,       /* in "..." */
	MARKUP_SINGLE,       /* in '...' */
	MARKUP_UNQUOTED,
	MARKUP_AFTER_VALUE,
	MARKUP_EITHER,       /* in a tag, behind a section that may have been left out */
	MARKUP_BANG,         /* behind <! */
	MARKUP_DECLARATION,
	MARKUP_COMMENT,
	MARKUP_RAW,          /* in script, style and their like */
	MARKUP_PLAIN,        /* in title, textarea: text without tags */
};

enum markup_value { MARKUP_ORDINARY, MARKUP_ADDRESS, MARKUP_ADDRESSES, MARKUP_CODE };

struct markup {
	enum markup_place place;
	enum markup_value value; /* what the attribute at hand holds */
	bool end_tag;
	bool anchored; /* an address whose scheme is settled by the template's own text */
	bool spoiled;  /* an address whose scheme can no longer be told */
	uint8_t matched, dashes, tag_n, name_n, scheme_n;
	char tag[16], name[16], scheme[8]; /* lower case, cut to fit; the lengths are not cut, but stop at 255 */
};

/* Goes on over text. NULL, or what is wrong with it, *at being the offset where. */
const char *markup_text(struct markup *m, str text, size_t *at);

/* Puts a field of this kind here. NULL, or why it may not stand here. */
const char *markup_field(struct markup *m, enum view_kind kind);

/* Takes *m, where a section began, and end, where it ended, to where the template goes on, whether the section was shown or not (any number of
 * times, when repeats). False when these are different places of the markup. */
bool markup_join(struct markup *m, const struct markup *end, bool repeats);

/* Completes "the template ends ...", or NULL when it ends in text. */
const char *markup_unfinished(const struct markup *m);

#endif
