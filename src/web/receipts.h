/* receipts: what a publisher is shown once after posting: the article and the private key. Held in memory for a quarter of an hour, never
 * written anywhere, gone when shown. */
#ifndef WEB_RECEIPTS_H
#define WEB_RECEIPTS_H

#include "store/article.h"

#define RECEIPT_TOKEN 16

struct receipts;
struct receipt {
	id article;
	str slug;
	bool held, coming;
	char cleaned[200]; /* what was taken out of its files, a sentence; ended by NUL */
	char key[ARTICLE_KEY];
};

struct receipts *receipts_new(void);
void receipts_free(struct receipts *r);

/* Keeps it; gives the token of its address. When too many wait, the oldest goes. */
void receipts_put(struct cx *cx, struct receipts *r, const struct receipt *what, char token[RECEIPT_TOKEN]);

/* Takes it out. NOTFOUND when it was shown, or has expired. */
CHECKED err receipts_take(struct cx *cx, struct receipts *r, const char token[RECEIPT_TOKEN], struct receipt *out);

#endif
