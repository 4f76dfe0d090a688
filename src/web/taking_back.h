/* taking_back: what the private pages of articles and of comments have in common: taking back what was written, in either of two ways, and writing to the
 * editors. */
#ifndef WEB_TAKING_BACK_H
#define WEB_TAKING_BACK_H

#include "store/article.h"
#include "web/fields.h"

/* What a private link opens. */
struct own_work {
	bool comment;
	id number, article; /* article: itself, or the one that the comment stands under */
};

url own_work_url(struct page *p); /* of the private page */

/* What of the page is not the work itself, with what was typed and what is wrong with it; f may be NULL. */
CHECKED err taking_back_show(struct page *p, const struct own_work *o, const struct fields *f, struct view_taking_back **out);
CHECKED err correspondence_show(struct page *p, const struct own_work *o, const struct fields *f, struct view_correspondence **out);

/* Does what the form asks for, and answers; where it was refused *answered is false and f has status and fault, for the page to be shown again. */
CHECKED err taking_back_withdraw(struct fields *f, const struct own_work *o, bool *answered);
CHECKED err taking_back_erase(struct fields *f, const struct own_work *o, bool *answered);
CHECKED err correspondence_send(struct fields *f, const struct own_work *o, bool *answered);

/* 303 to the private page, which then says so (own_work_said). more: behind its address, or empty. */
CHECKED err own_work_done(struct page *p, const struct own_work *o, const char *what, str more);
str own_work_said(struct page *p, bool comment);

/* The answer to whoever comes back by a link that opens nothing any more since what it opened was just erased; NOTFOUND to all others. */
CHECKED err own_work_missing(struct page *p);

#endif
