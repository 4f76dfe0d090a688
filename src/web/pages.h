/* pages: the handlers that the route table names; each group lives in the page_*.c of its name. */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include "web/page.h"

/* page_list.c */
err page_front(struct page *p);
err page_site_feed(struct page *p);
err page_newswire(struct page *p);
err page_features(struct page *p);
err page_local(struct page *p);
err page_type(struct page *p);
err page_topic(struct page *p);
err page_region(struct page *p);
err page_author(struct page *p);
err page_month(struct page *p);
/* page_feed.c */
err page_feed_comments(struct page *p);
err page_feed_comments_on(struct page *p);
/* page_article.c */
err page_article(struct page *p);
err page_print(struct page *p);
err page_email(struct page *p);
/* page_comment.c */
err page_comment(struct page *p);
err page_comment_form(struct page *p);
err page_comment_post(struct page *p);
/* page_publish.c */
err page_publish_form(struct page *p);
err page_publish(struct page *p);
err page_receipt(struct page *p);
/* page_edit.c */
err page_edit_form(struct page *p);
err page_edit(struct page *p);
/* page_challenge.c */
err page_challenge_image(struct page *p);
err page_challenge_text(struct page *p);
/* page_log.c */
err page_log(struct page *p);
err page_log_json(struct page *p);
err page_hidden(struct page *p);
/* page_person.c */
err page_login_form(struct page *p);
err page_login(struct page *p);
err page_logout(struct page *p);
err page_signup(struct page *p);
err page_account(struct page *p);
err page_account_post(struct page *p);
/* page_desk.c */
err page_desk(struct page *p);
err page_desk_article(struct page *p);
err page_desk_article_post(struct page *p);
err page_desk_edit_form(struct page *p);
err page_desk_edit(struct page *p);
err page_desk_comment(struct page *p);
err page_desk_comment_post(struct page *p);
/* page_site.c */
err page_static(struct page *p);
err page_network(struct page *p);
err page_search(struct page *p);
err page_style(struct page *p);
err page_icon(struct page *p);
err page_cover(struct page *p);
err page_logo(struct page *p);
err page_robots(struct page *p);
err page_opensearch(struct page *p);
err page_script(struct page *p);
/* page_media.c */
err page_media(struct page *p);
/* page_gallery.c */
err page_gallery(struct page *p);
err page_podcast(struct page *p);
/* page_operate.c */
err page_healthz(struct page *p);
err page_readyz(struct page *p);
err page_metrics(struct page *p);

#endif
