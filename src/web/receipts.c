/* A small ring under a lock. The private key in it is of use only together with the receipt's address, which the author alone has: nobody else reads it
 * out of this memory, even of a receipt that was never fetched. */
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
#define NAME 16

/* What a receipt is found by, and what is laid over its key. */
struct mask {
	char name[NAME], over[ARTICLE_KEY];
};

static void mask_of(const char token[RECEIPT_TOKEN], struct mask *m)
{
	_Static_assert(sizeof *m <= crypto_generichash_BYTES_MAX, "both are cut from one hash");
	crypto_generichash((unsigned char *)m, sizeof *m, (const unsigned char *)token, RECEIPT_TOKEN, NULL, 0);
}

static void lay_over(char to[ARTICLE_KEY], const char from[ARTICLE_KEY], const struct mask *m)
{
	for (size_t i = 0; i < ARTICLE_KEY; i++) to[i] = (char)(from[i] ^ m->over[i]);
}

struct receipts {
	pthread_mutex_t lock;
	size_t next;
	struct {
		int64_t until; /* 0: empty */
		char name[NAME], key[ARTICLE_KEY]; /* both made with the token */
		char slug[4 * LIMIT_SLUG];
		size_t slug_n;
		id article;
		bool held, coming;
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
	struct mask m;
	rnd_bytes(cx->rnd, token, RECEIPT_TOKEN);
	mask_of(token, &m);
	str slug = str_sub(what->slug, 0, sizeof r->at[0].slug);
	pthread_mutex_lock(&r->lock);
	size_t i = r->next++ % WAITING;
	r->at[i].until = cx_now(cx) + LIFE;
	r->at[i].article = what->article;
	r->at[i].held = what->held;
	r->at[i].coming = what->coming;
	memcpy(r->at[i].cleaned, what->cleaned, sizeof what->cleaned);
	r->at[i].slug_n = slug.n;
	memcpy(r->at[i].slug, slug.p, slug.n);
	memcpy(r->at[i].name, m.name, NAME);
	lay_over(r->at[i].key, what->key, &m);
	pthread_mutex_unlock(&r->lock);
}

err receipts_take(struct cx *cx, struct receipts *r, const char token[RECEIPT_TOKEN], struct receipt *out)
{
	bool found = false;
	struct mask m;
	mask_of(token, &m);
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < WAITING && !found; i++) {
		if (r->at[i].until < cx_now(cx) || sodium_memcmp(r->at[i].name, m.name, NAME) != 0) continue;
		found = true;
		out->article = r->at[i].article;
		out->held = r->at[i].held;
		out->coming = r->at[i].coming;
		memcpy(out->cleaned, r->at[i].cleaned, sizeof out->cleaned);
		out->slug = str_copy(cx, (str){ r->at[i].slug, r->at[i].slug_n });
		lay_over(out->key, r->at[i].key, &m);
		sodium_memzero(&r->at[i], sizeof r->at[i]);
	}
	pthread_mutex_unlock(&r->lock);
	if (found) return OK;
	return cx_fail(cx, NOTFOUND, NULL, "This receipt was shown already, or is too old: it holds a private link, so it is shown only once.");
}
