/* page_feed: lists of articles and of comments as feeds. A list's handler serves its feeds too, so that both show the same by the same rules; when p->feed says
 * so, it ends here. */
#ifndef WEB_PAGE_FEED_H
#define WEB_PAGE_FEED_H

#include "feed/feed.h"
#include "sql.h"
#include "view/views.h"
#include "web/page.h"

/* Answers with the first n rows of a list, LIMIT_PAGE_ROWS at most. title: of the list, empty for the whole site's. */
CHECKED err page_feed_list(struct page *p, str title, str about, const struct sql_row_listed *rows, size_t n);

/* What is the same in all feeds of this site; about may be empty. home: the path of the page it follows. */
struct feed page_feed_new(struct page *p, str title, str about, str home);
CHECKED err page_feed_answer(struct page *p, enum feed_form form, const struct feed *f);

str page_feed_whole(struct page *p, str path); /* made absolute */

/* The three feeds beside the page at path ("/" for the front page), for people to follow; and the one that programs find in its head, under this title. */
struct view_feed_link *page_feed_links(struct page *p, str path, size_t *n);
void page_feed_announce(struct page *p, struct view_page_head *h, str title, str path);

#endif
