/* A small ring under a lock. */
#define OWNS_MEMORY
#include "web/receipts.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/banned.h"

#define WAITING 2048
#define LIFE (15 * MINUTE)

struct receipts {
	pthread_mutex_t lock;
	size_t next;
	struct {
		int64_t until; /* 0: empty */
		char token[RECEIPT_TOKEN], key[ARTICLE_KEY], slug[4 * LIMIT_SLUG];
		size_t slug_n;
		id article;
		bool held;
		char cleaned[200];
	} at[WAITING];
};

struct receipts *receipts_new(void)
{
	struct receipts *r = calloc(1, sizeof *r);
	MUST(r != NULL && pthread_mutex_init(&r->lock, NULL) == 0);
	return r;
}

void receipts_free(struct receipts *r)
{
	if (!r) return;
	pthread_mutex_destroy(&r->lock);
	sodium_memzero(r->at, sizeof r->at);
	free(r);
}

void receipts_put(struct cx *cx, struct receipts *r, const struct receipt *what, char token[RECEIPT_TOKEN])
{
	rnd_bytes(cx->rnd, token, RECEIPT_TOKEN);
	str slug = str_sub(what->slug, 0, sizeof r->at[0].slug);
	pthread_mutex_lock(&r->lock);
	size_t i = r->next++ % WAITING;
	r->at[i].until = cx_now(cx) + LIFE;
	r->at[i].article = what->article;
	r->at[i].held = what->held;
	memcpy(r->at[i].cleaned, what->cleaned, sizeof what->cleaned);
	r->at[i].slug_n = slug.n;
	memcpy(r->at[i].slug, slug.p, slug.n);
	memcpy(r->at[i].token, token, RECEIPT_TOKEN);
	memcpy(r->at[i].key, what->key, ARTICLE_KEY);
	pthread_mutex_unlock(&r->lock);
}

err receipts_take(struct cx *cx, struct receipts *r, const char token[RECEIPT_TOKEN], struct receipt *out)
{
	bool found = false;
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < WAITING && !found; i++) {
		if (r->at[i].until < cx_now(cx) || sodium_memcmp(r->at[i].token, token, RECEIPT_TOKEN) != 0) continue;
		found = true;
		out->article = r->at[i].article;
		out->held = r->at[i].held;
		memcpy(out->cleaned, r->at[i].cleaned, sizeof out->cleaned);
		out->slug = str_copy(cx, (str){ r->at[i].slug, r->at[i].slug_n });
		memcpy(out->key, r->at[i].key, ARTICLE_KEY);
		sodium_memzero(&r->at[i], sizeof r->at[i]);
	}
	pthread_mutex_unlock(&r->lock);
	if (found) return OK;
	return cx_fail(cx, NOTFOUND, NULL, "This receipt was shown already, or is too old: it holds a private link, so it is shown only once.");
}
