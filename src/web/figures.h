/* figures: rows of files made into what a page shows of them. No query is made here. */
#ifndef WEB_FIGURES_H
#define WEB_FIGURES_H

#include "store/file.h"
#include "view/views.h"
#include "web/page.h"

/* A file as it is to be shown, from whichever row. */
struct shown_file {
	str sha;
	enum media_kind kind;
	int64_t bytes, width, height, duration, pages;
	str sizes, alt, caption, name;
	int64_t number;
	str proof; /* "t=…" or "k=…": why whoever gets the page may see a file that is not shown to all; or empty */
};
#define SHOWN_FILE(row) { .sha = (row)->sha, .kind = (enum media_kind)(row)->kind, .bytes = (row)->bytes, .width = (row)->width, .height = (row)->height, \
	.duration = (row)->duration, .pages = (row)->pages, .sizes = (row)->sizes }
struct shown_file figures_of_row(const struct sql_row_attached *row);

void figures_fill(struct page *p, const struct shown_file *f, struct view_figure *out);

/* The figure narrowed to its size of about this width, for galleries and small places. */
void figures_narrow(struct page *p, const struct shown_file *f, int64_t width, struct view_figure *v);

/* The smallest there is, for forms; empty when it has no picture. */
url figures_thumb(struct page *p, const struct shown_file *f);

str figures_address(struct page *p, const struct shown_file *f); /* of the file itself */
str figures_bytes(struct cx *cx, int64_t bytes);                 /* "1.2 MB" */

/* Puts n files into an article: where its text says so, the others behind it. */
void figures_into_article(struct page *p, const struct shown_file *files, size_t n, struct view_article_body *v);

/* Deals rows of an article and its comments (sql_attachment_of) out among them. */
void figures_deal(struct page *p, const struct sql_row_attached *rows, size_t n, struct view_article_body *article, struct view_comment *comments,
    size_t comments_n);

/* Sets the pictures of features (sql_feature_pictures). */
void figures_of_features(struct page *p, const struct sql_row_attached *rows, size_t n, struct view_row *features, size_t features_n);

#endif
