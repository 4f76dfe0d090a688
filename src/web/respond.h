/* respond: the one place where responses get their headers. */
#ifndef WEB_RESPOND_H
#define WEB_RESPOND_H

#include "view/views.h"
#include "web/page.h"

/* Every template that a handler renders: compiled at start, so a broken one stops the start. */
enum page_template {
	PAGE_FRONT, PAGE_LIST, PAGE_ARTICLE, PAGE_COMMENT_FULL, PAGE_PRINT, PAGE_EMAIL, PAGE_MESSAGE, PAGE_STATIC, PAGE_SEARCH, PAGE_NETWORK,
	PAGE_LOG, PAGE_HIDDEN, PAGE_PUBLISH, PAGE_RECEIPT, PAGE_EDIT, PAGE_EDIT_COMMENT, PAGE_LOGIN, PAGE_SIGNUP, PAGE_ACCOUNT, PAGE_DESK, PAGE_DESK_ARTICLE,
	PAGE_DESK_COMMENT, PAGE_DESK_EDIT, PAGE_NUMBER, PAGE_GALLERY, PAGE_TEMPLATES
};
CHECKED err respond_compile(struct cx *cx, struct template_set *set);

/* 200 (or status) with the template rendered. */
CHECKED err respond_page(struct page *p, int status, enum page_template t, const void *view);

/* 303 to a path on this site; 301 to a permanent one. */
CHECKED err respond_see_other(struct page *p, url to);
CHECKED err respond_moved(struct page *p, url to);

/* Where what was sent was taken, and there is nothing to lead to: a page that says so, with one link on. */
CHECKED err respond_notice(struct page *p, str heading, str sentence, struct view_link to);

/* Bytes of another kind. */
CHECKED err respond_bytes(struct page *p, str content_type, str body);

/* The same for bytes whose address changes with them: kept by browsers for a year. */
CHECKED err respond_immutable(struct page *p, str content_type, str body);

/* A file of the media store, with ranges: the descriptor is closed with the response. shown: to everybody, so that it may be kept for a year. download: the name under which
 * a browser offers to save it, or empty for what it shows itself. */
CHECKED err respond_file(struct page *p, str content_type, int fd, int64_t bytes, str etag, bool shown, str download);

/* Sets a cookie for some of the site, for so many seconds, or until the browser ends where they are -1; over TLS alone where the site is. */
void respond_cookie(struct page *p, str name, str value, int64_t seconds, str path);

/* Sets the session's cookie, for so many seconds; an empty value and 0 take it away. */
void respond_session(struct page *p, str value, int64_t seconds);

/* The status that goes with an err here. 429 and 503 get their Retry-After wherever they are answered. */
int respond_status(const struct page *p, err e);

/* What a failed handler becomes: a page that says what and why, and gives back what was typed into a form, to be sent again. Never fails. */
void respond_error(struct page *p, err e);

/* For the server's own refusals, without a database: never fails. req: what is known of the request; NULL when nothing is. */
void respond_refusal(struct app *app, struct cx *cx, const struct request *req, int status, const char *allow, struct response *res);

/* The fields that every answer carries: Content-Security-Policy and the like. */
void respond_headers(struct response *res);

#endif
