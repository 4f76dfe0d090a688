/* Tokens are stateless, so that showing a page costs no write; only used ones are remembered. */
#define OWNS_MEMORY
#include "web/challenge.h"

#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/banned.h"

#define POOL 256
#define PNG_MAX 8192
#define USED 65536 /* answers taken within an hour; beyond, the oldest tokens expire early */
#define TOKEN_N (8 + 16 + 32)
#define TOKENS 4

struct picture {
	char number[16];
	size_t number_n, png_n;
	char png[PNG_MAX];
};

struct challenges {
	pthread_mutex_t lock;
	unsigned char key[crypto_generichash_KEYBYTES];
	struct picture *pool;
	size_t fresh, filled; /* pool[0..fresh) unseen; up to filled seen once, kept for when drawing cannot keep up */
	size_t again;
	struct {
		uint64_t nonce;
		int64_t issued;
	} *used;
	size_t used_next;
	int64_t not_before; /* tokens issued earlier are refused: their use can no longer be remembered */
};

struct challenges *challenges_new(struct cx *cx)
{
	struct challenges *c = calloc(1, sizeof *c);
	MUST(c != NULL);
	c->pool = calloc(POOL, sizeof *c->pool);
	c->used = calloc(USED, sizeof *c->used);
	MUST(c->pool && c->used && pthread_mutex_init(&c->lock, NULL) == 0);
	rnd_bytes(cx->rnd, c->key, sizeof c->key);
	return c;
}

void challenges_free(struct challenges *c)
{
	if (!c) return;
	pthread_mutex_destroy(&c->lock);
	free(c->pool);
	free(c->used);
	free(c);
}

size_t challenges_wanting(struct challenges *c)
{
	pthread_mutex_lock(&c->lock);
	size_t n = POOL - c->fresh;
	pthread_mutex_unlock(&c->lock);
	return n;
}

void challenges_put(struct challenges *c, str number, str png)
{
	if (number.n == 0 || number.n > sizeof c->pool->number || png.n == 0 || png.n > PNG_MAX) return;
	pthread_mutex_lock(&c->lock);
	if (c->fresh < POOL) {
		struct picture *p = &c->pool[c->fresh++];
		if (c->filled < c->fresh) c->filled = c->fresh;
		memcpy(p->number, number.p, p->number_n = number.n);
		memcpy(p->png, png.p, p->png_n = png.n);
	}
	pthread_mutex_unlock(&c->lock);
}

static str mac(struct cx *cx, const struct challenges *c, str head, str answer)
{
	unsigned char out[16];
	crypto_generichash_state h;
	crypto_generichash_init(&h, c->key, sizeof c->key, sizeof out);
	crypto_generichash_update(&h, (const unsigned char *)head.p, head.n);
	crypto_generichash_update(&h, (const unsigned char *)answer.p, answer.n);
	crypto_generichash_final(&h, out, sizeof out);
	return str_hex(cx, out, sizeof out);
}

static str make_token(struct cx *cx, const struct challenges *c, str answer)
{
	uint64_t nonce;
	rnd_bytes(cx->rnd, &nonce, sizeof nonce);
	str head = str_fmt(cx, "%08" PRIx64 "%016" PRIx64, (uint64_t)(cx_now(cx) / SECOND) & 0xFFFFFFFF, nonce);
	return str_join(cx, head, mac(cx, c, head, answer));
}

err challenge_picture(struct cx *cx, struct challenges *c, str *png, str *token)
{
	pthread_mutex_lock(&c->lock);
	struct picture *p = NULL;
	if (c->fresh) p = &c->pool[--c->fresh];
	else if (c->filled) p = &c->pool[c->again++ % c->filled];
	str number = { 0 };
	if (p) {
		number = str_copy(cx, (str){ p->number, p->number_n });
		*png = str_copy(cx, (str){ p->png, p->png_n });
	}
	pthread_mutex_unlock(&c->lock);
	if (!p) return cx_fail(cx, BUSY, NULL, "No number is drawn yet. Please use the sum in words instead.");
	*token = make_token(cx, c, number);
	return OK;
}

str challenge_sum(struct cx *cx, struct challenges *c, str *token)
{
	static const char *const words[] = { "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
		"twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty" };
	int a = 1 + (int)rnd_below(cx->rnd, 20), b = 1 + (int)rnd_below(cx->rnd, 20);
	*token = make_token(cx, c, str_fmt(cx, "%d", a + b));
	const char *x = words[a - 1], *y = words[b - 1];
	switch (rnd_below(cx->rnd, 4)) {
	case 0: return str_fmt(cx, "%s plus %s", x, y);
	case 1: return str_fmt(cx, "%s and %s more", x, y);
	case 2: return str_fmt(cx, "the sum of %s and %s", x, y);
	default: return str_fmt(cx, "%s added to %s", x, y);
	}
}

/* Once only: false when the nonce was used before. */
static bool take_nonce(struct challenges *c, uint64_t nonce, int64_t issued)
{
	bool fresh = true;
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < USED && fresh; i++) fresh = c->used[i].nonce != nonce;
	if (fresh) {
		size_t at = c->used_next++ % USED;
		if (c->used[at].issued > c->not_before) c->not_before = c->used[at].issued;
		c->used[at].nonce = nonce;
		c->used[at].issued = issued;
	}
	pthread_mutex_unlock(&c->lock);
	return fresh;
}

static bool fits(struct cx *cx, struct challenges *c, str token, str answer, int64_t *issued, uint64_t *nonce)
{
	uint64_t v[2] = { 0, 0 };
	if (token.n != TOKEN_N) return false;
	for (size_t i = 0; i < 24; i++) {
		char ch = token.p[i];
		int digit = ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
		if (digit < 0) return false;
		v[i >= 8] = v[i >= 8] << 4 | (uint64_t)digit;
	}
	str expected = mac(cx, c, str_sub(token, 0, 24), answer);
	*issued = (int64_t)v[0] * SECOND;
	*nonce = v[1];
	return sodium_memcmp(expected.p, token.p + 24, 32) == 0;
}

/* What a person typed, without the spaces and signs they put around it. */
static str digits(struct cx *cx, str typed)
{
	char out[16];
	size_t n = 0;
	for (size_t i = 0; i < typed.n && n < sizeof out; i++)
		if (typed.p[i] >= '0' && typed.p[i] <= '9') out[n++] = typed.p[i];
	return str_copy(cx, (str){ out, n });
}

err challenge_check(struct cx *cx, struct challenges *c, str tokens, str answer, bool take, int64_t *seconds)
{
	int64_t now = cx_now(cx), issued;
	uint64_t nonce;
	answer = digits(cx, answer);
	if (answer.n == 0) return cx_fail(cx, INVALID, "answer", "Please type the number.");
	for (int i = 0; i < TOKENS && tokens.n; i++) {
		str token = str_cut(tokens, '.', &tokens);
		if (!fits(cx, c, token, answer, &issued, &nonce)) continue;
		if (issued + CHALLENGE_LIFE < now || issued < c->not_before)
			return cx_fail(cx, INVALID, "answer", "That number is too old. Please type the new one.");
		if (take && !take_nonce(c, nonce, issued))
			return cx_fail(cx, INVALID, "answer", "That number was used already. Please type the new one.");
		*seconds = (now - issued) / SECOND;
		return OK;
	}
	return cx_fail(cx, INVALID, "answer", "That is not the number. Please type the new one.");
}

str challenge_cookie(struct cx *cx, str old, str token)
{
	str out = token;
	for (int i = 1; i < TOKENS && old.n; i++) {
		str t = str_cut(old, '.', &old);
		if (t.n != TOKEN_N) break;
		out = str_fmt(cx, STR_FMT "." STR_FMT, STR_ARG(out), STR_ARG(t));
	}
	return out;
}
