/* present: rows of the store made into the structs of the views. */
#ifndef WEB_PRESENT_H
#define WEB_PRESENT_H

#include "rules/visible.h"
#include "sql.h"
#include "text/date.h"
#include "view/views.h"
#include "web/page.h"

/* What every page has. title and description may be empty. columns: false for pages that are work. */
struct view_site *present_site(struct page *p);
struct view_page_head *present_head(struct page *p, str title, str description, url canonical);
struct view_page_head *present_head_unlisted(struct page *p, str title); /* a page that search engines leave out */

/* Links through a list: NULL when both are empty. first: to its beginning, for whoever is not there. */
struct view_pager *present_pager(struct page *p, url first, url older);
CHECKED err present_columns(struct page *p, struct view_columns **out);

/* A list's rows. by_day: each day has a heading, and its rows say the time alone where it is known. */
struct view_row *present_rows(struct page *p, const struct sql_row_listed *rows, size_t n, bool by_day);
str present_summary(struct page *p, const struct sql_row_listed *r); /* or the text's first words */
struct view_row *present_article_row(struct page *p, const struct sql_row_article *a);

/* An article as its page shows it. absolute: its whole address. */
struct view_article_body *present_article(struct page *p, const struct sql_row_article *a);
/* How many of the first n comments fit on one page; at least one. */
size_t present_fit(const struct sql_row_comment *rows, size_t n);
struct view_comment *present_comments(struct page *p, const struct sql_row_comment *rows, size_t n);
struct view_hiding *present_hiding(struct page *p, enum status status, id reason, str note, int64_t when);

/* A comment's title, or its beginning in at most max characters. */
str present_comment_title(struct page *p, const struct sql_row_commented *c, size_t max);
url present_article_url(struct cx *cx, id number, str slug);
str present_count(struct cx *cx, int64_t n, const char *one, const char *many);

/* Choices of a form, one selected by slug. */
struct view_option *present_terms(struct page *p, enum term_kind kind, const str *selected, size_t selected_n, size_t *n);

/* Rows of the log. desk: editors see the titles of what readers cannot read. */
struct view_log_entry *present_log(struct page *p, const struct sql_row_logged *rows, size_t n, bool desk);
/* STATUS_SHOWN, or the status for which a row's title is not told to readers. */
enum status present_log_withheld(const struct sql_row_logged *r);
/* "Article 12, withdrawn by its author": in place of the title of what readers cannot read. */
str present_unshown(struct cx *cx, const char *kind, id number, enum status status);

/* A sentence to go before the one that something waits for an editor; empty where all does. */
str present_why_held(bool all_is);

/* Keyset cursors, as they stand in ?before=. */
str present_cursor(struct cx *cx, int64_t at, id number);
CHECKED err present_read_cursor(struct page *p, int64_t *at, id *number); /* first page: the largest values; INVALID */

#endif
