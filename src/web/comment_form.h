/* comment_form: the two forms for a comment, empty or as they were filled. */
#ifndef WEB_COMMENT_FORM_H
#define WEB_COMMENT_FORM_H

#include "store/comment.h"
#include "web/fields.h"
#include "web/present.h"

/* Why no comment can be made, as a sentence; empty when one can. */
str comment_form_closed(struct page *p, bool locked);

struct view_comment_form *comment_form_empty(struct page *p, id article);
struct view_comment_form *comment_form_filled(struct fields *f, id article);

/* What was typed, checked, and made ready for the store; what is wrong with the text is a fault of the field body. */
struct comment_draft comment_form_read(struct fields *f, id article);
void comment_form_prepare(struct fields *f, const struct comment_draft *draft, struct comment_ready *ready);

/* The session's token, which makes what is posted its owner's; empty without one. */
str comment_form_token(struct page *p);

/* The anti-spam number of the form that is sent to action; NULL where none is asked for. error is about the field "answer". */
struct view_challenge *comment_form_challenge(struct page *p, url action, str error);

/* The three text formats, one selected. */
struct view_option *comment_form_formats(struct page *p, str selected, size_t *n);

#endif
