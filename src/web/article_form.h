/* article_form: the form that makes an article, and corrects it: for a publisher, for an author with the private key, for an editor. */
#ifndef WEB_ARTICLE_FORM_H
#define WEB_ARTICLE_FORM_H

#include "store/article.h"
#include "web/fields.h"
#include "web/present.h"

/* Reads and checks all fields into a draft; faults are in f. */
struct article_draft article_form_read(struct fields *f);

/* Makes a good draft ready for the store; what is wrong with it is a fault of the field body. ready is filled when f is good afterwards. */
void article_form_prepare(struct fields *f, const struct article_draft *draft, struct article_ready *ready);

/* Empty; as it was filled; filled from what is stored. action is where it posts to. */
struct view_article_form *article_form_empty(struct page *p, url action);
struct view_article_form *article_form_filled(struct fields *f, url action);
struct view_article_form *article_form_stored(struct page *p, const struct sql_row_article *a, url action);

/* fields_refused, and OK also where somebody else changed the article first: the form's errors say so. article_form_again then is made from the
 * article as it stands now, so that sending it once more is meant. */
CHECKED err article_form_refused(struct fields *f, err e);
struct view_article_form *article_form_again(struct fields *f, url action, const struct sql_row_article *a);

/* What the draft will look like, exactly as it will be published. */
struct view_article_body *article_form_preview(struct page *p, const struct article_ready *ready);

#endif
