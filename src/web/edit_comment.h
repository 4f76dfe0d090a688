/* edit_comment: the private page of a comment, for page_edit.c, which finds what a private link opens. */
#ifndef WEB_EDIT_COMMENT_H
#define WEB_EDIT_COMMENT_H

#include "sql.h"
#include "web/page.h"

CHECKED err edit_comment_show(struct page *p, const struct sql_comment_by_key *c);
CHECKED err edit_comment(struct page *p, const struct sql_comment_by_key *c); /* what was sent from it */

#endif
