/* comment_receipt: the private link of a comment, offered to whoever has just written it, on the article's page beside the comment. The answer to the form leads
 * to that page as ever; a sealed cookie for this article's addresses goes along for ten minutes, and the page of whoever brings it is made for them alone. The
 * pages that all others get are the same as before, from the cache. Without cookies there is no link. */
#ifndef WEB_COMMENT_RECEIPT_H
#define WEB_COMMENT_RECEIPT_H

#include "store/comment.h"
#include "view/views.h"
#include "web/page.h"

#define COMMENT_RECEIPT_COOKIE "receipt"
#define COMMENT_RECEIPT_LIFE (10 * MINUTE)

/* With the answer that tells of a new comment, once it is made: as a cookie, and in words for programs, which follow no redirect unless told. */
void comment_receipt_give(struct page *p, id article, const struct comment_post *posted);

/* Does the request bring one for this article that is good? For the listener's thread. */
bool comment_receipt_is_brought(struct app *app, struct cx *cx, const struct request *req, id article);

/* Puts it beside its comment, where that is among these. */
void comment_receipt_show(struct page *p, id article, struct view_comment *comments, size_t n);

#endif
