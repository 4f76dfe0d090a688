/* Tokens are stateless, so that showing a page costs no write; only spent ones are remembered. That a token is ours can be told without its answer:
 * else anybody could fill the memory of spent ones with tokens of his own making. */
#define OWNS_MEMORY
#include "web/challenge.h"

#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "rules/spam.h"
#include "web/spell.h"
#include "base/banned.h"

#define POOL 256
#define PNG_MAX 8192
/* What cannot be remembered any more makes all older tokens expire early. So many fill unevenly: three quarters are used before the first row is full, which is
 * 200 a second for an hour. Memory that was never used is none: 16 MiB at most. */
#define SPENT_ROWS 4096
#define SPENT_WAYS 256
#define HEAD_N (8 + 16)              /* seconds, nonce */
#define GENUINE_N 16                 /* the head's MAC */
#define TOKEN_N (HEAD_N + GENUINE_N + 32)
#define TOKENS 4

struct picture {
	char number[16];
	size_t number_n, png_n;
	char png[PNG_MAX];
};

struct spent {
	uint64_t nonce;
	int64_t issued;
};

struct challenges {
	pthread_mutex_t lock;
	unsigned char key[crypto_generichash_KEYBYTES];
	struct picture *pool;
	size_t fresh, filled; /* pool[0..fresh) unseen; up to filled seen once, kept for when drawing cannot keep up */
	size_t again;
	struct spent (*spent)[SPENT_WAYS];
	int64_t not_before; /* tokens issued earlier are refused: their use can no longer be remembered */
};

struct challenges *challenges_new(struct cx *cx)
{
	struct challenges *c = calloc(1, sizeof *c);
	MUST(c != NULL);
	c->pool = calloc(POOL, sizeof *c->pool);
	c->spent = calloc(SPENT_ROWS, sizeof *c->spent);
	MUST(c->pool && c->spent && pthread_mutex_init(&c->lock, NULL) == 0);
	rnd_bytes(cx->rnd, c->key, sizeof c->key);
	return c;
}

void challenges_free(struct challenges *c)
{
	if (!c) return;
	pthread_mutex_destroy(&c->lock);
	free(c->pool);
	free(c->spent);
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

static str mac(struct cx *cx, const struct challenges *c, str head, str answer, size_t hex)
{
	unsigned char out[16];
	crypto_generichash_state h;
	crypto_generichash_init(&h, c->key, sizeof c->key, sizeof out);
	crypto_generichash_update(&h, (const unsigned char *)head.p, head.n);
	crypto_generichash_update(&h, (const unsigned char *)answer.p, answer.n);
	crypto_generichash_final(&h, out, sizeof out);
	return str_hex(cx, out, hex / 2);
}

/* When a token was issued is nobody's to read, but ours: its seconds stand under a mask that only the key tells, another one for each nonce. */
static uint32_t mask_of(const struct challenges *c, uint64_t nonce)
{
	static const char what[] = "broadside number time";
	uint32_t mask;
	unsigned char out[16];
	crypto_generichash_state h;
	crypto_generichash_init(&h, c->key, sizeof c->key, sizeof out);
	crypto_generichash_update(&h, (const unsigned char *)what, sizeof what - 1);
	crypto_generichash_update(&h, (const unsigned char *)&nonce, sizeof nonce);
	crypto_generichash_final(&h, out, sizeof out);
	memcpy(&mask, out, sizeof mask);
	return mask;
}

static str make_token(struct cx *cx, const struct challenges *c, str answer)
{
	uint64_t nonce;
	rnd_bytes(cx->rnd, &nonce, sizeof nonce);
	str head = str_fmt(cx, "%08" PRIx64 "%016" PRIx64, (uint64_t)((uint32_t)(cx_now(cx) / SECOND) ^ mask_of(c, nonce)), nonce);
	return str_join(cx, str_join(cx, head, mac(cx, c, head, S(""), GENUINE_N)), mac(cx, c, head, answer, TOKEN_N - HEAD_N - GENUINE_N));
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
	if (!p) return cx_fail(cx, BUSY, NULL, "No number is drawn yet. Please use the number in words instead.");
	*token = make_token(cx, c, number);
	return OK;
}

str challenge_words(struct cx *cx, struct challenges *c, str *token)
{
	int n = 10000 + (int)rnd_below(cx->rnd, SPELL_MOST - 10000 + 1);
	str digits = str_fmt(cx, "%d", n);
	*token = make_token(cx, c, digits);
	str whole = spell_number(cx, n), each = spell_digits(cx, digits);
	switch (rnd_below(cx->rnd, 6)) {
	case 0: return str_fmt(cx, "Last year " STR_FMT " gulls were counted in the harbour.", STR_ARG(whole));
	case 1: return str_fmt(cx, "The library has " STR_FMT " books on its shelves.", STR_ARG(whole));
	case 2: return str_fmt(cx, "It is " STR_FMT " steps from here to the lighthouse.", STR_ARG(whole));
	case 3: return str_fmt(cx, "On the ferry ticket stands, digit by digit: " STR_FMT ".", STR_ARG(each));
	case 4: return str_fmt(cx, "The bicycle has a lock with these digits: " STR_FMT ".", STR_ARG(each));
	default: /* no part begins with a zero, so that it cannot be lost */
		if (n % 1000 < 100) return str_fmt(cx, "Somebody shouts across the market, digit after digit: " STR_FMT ".", STR_ARG(each));
		return str_fmt(cx, "The number plate begins with " STR_FMT " and goes on, right behind it, with " STR_FMT ".",
		    STR_ARG(spell_number(cx, n / 1000)), STR_ARG(spell_number(cx, n % 1000)));
	}
}

/* A token that a visitor brought back. */
struct brought {
	str text;
	uint64_t nonce;
	int64_t issued;
};

/* Is it one of ours? */
static bool read_token(struct cx *cx, const struct challenges *c, str text, struct brought *out)
{
	uint64_t v[2] = { 0, 0 };
	if (text.n != TOKEN_N) return false;
	str head = str_sub(text, 0, HEAD_N), genuine = mac(cx, c, head, S(""), GENUINE_N);
	if (sodium_memcmp(genuine.p, text.p + HEAD_N, GENUINE_N) != 0) return false;
	for (size_t i = 0; i < HEAD_N; i++) {
		char ch = text.p[i];
		v[i >= 8] = v[i >= 8] << 4 | (uint64_t)(ch <= '9' ? ch - '0' : ch - 'a' + 10);
	}
	*out = (struct brought){ text, v[1], (int64_t)((uint32_t)v[0] ^ mask_of(c, v[1])) * SECOND };
	return true;
}

static bool fits(struct cx *cx, const struct challenges *c, const struct brought *t, str answer)
{
	size_t n = TOKEN_N - HEAD_N - GENUINE_N;
	str expected = mac(cx, c, str_sub(t->text, 0, HEAD_N), answer, n);
	return sodium_memcmp(expected.p, t->text.p + HEAD_N + GENUINE_N, n) == 0;
}

/* By a hash that nobody can foresee: who collects tokens and spends those that share a row would push out what others remember. */
static struct spent *row_of(struct challenges *c, uint64_t nonce)
{
	uint64_t hash;
	unsigned char out[crypto_shorthash_BYTES];
	_Static_assert(sizeof out == sizeof hash && sizeof c->key >= crypto_shorthash_KEYBYTES, "a short hash is a number, and its key a part of ours");
	crypto_shorthash(out, (const unsigned char *)&nonce, sizeof nonce, c->key);
	memcpy(&hash, out, sizeof hash);
	return c->spent[hash % SPENT_ROWS];
}

/* false when it was spent before. */
static bool spend(struct challenges *c, const struct brought *t, int64_t now)
{
	bool fresh = true;
	pthread_mutex_lock(&c->lock);
	struct spent *row = row_of(c, t->nonce), *oldest = row;
	for (int i = 0; i < SPENT_WAYS; i++) {
		fresh = fresh && row[i].nonce != t->nonce;
		if (row[i].issued < oldest->issued) oldest = &row[i];
	}
	if (fresh) {
		if (oldest->issued + CHALLENGE_LIFE >= now && oldest->issued >= c->not_before) c->not_before = oldest->issued + SECOND;
		*oldest = (struct spent){ t->nonce, t->issued };
	}
	pthread_mutex_unlock(&c->lock);
	return fresh;
}

/* What a person typed, without the spaces and signs they put around it. */
static str digits_of(struct cx *cx, str typed)
{
	char out[16];
	size_t n = 0;
	for (size_t i = 0; i < typed.n && n < sizeof out; i++)
		if (typed.p[i] >= '0' && typed.p[i] <= '9') out[n++] = typed.p[i];
	return str_copy(cx, (str){ out, n });
}

static size_t read_tokens(struct cx *cx, const struct challenges *c, str tokens, struct brought *out)
{
	size_t n = 0;
	for (int i = 0; i < TOKENS && tokens.n; i++)
		if (read_token(cx, c, str_cut(tokens, '.', &tokens), &out[n])) n++;
	return n;
}

static err take(struct cx *cx, struct challenges *c, const struct brought *t, int64_t least_seconds)
{
	int64_t now = cx_now(cx);
	pthread_mutex_lock(&c->lock);
	bool old = t->issued + CHALLENGE_LIFE < now || t->issued < c->not_before;
	pthread_mutex_unlock(&c->lock);
	if (old) return cx_fail(cx, INVALID, "answer", "That number is too old. Please type the new one.");
	if (spam_form(S(""), (now - t->issued) / SECOND, least_seconds) == SPAM_TOO_FAST)
		return cx_fail(cx, INVALID, "answer", "That was quicker than anybody can type. Please send it again.");
	if (!spend(c, t, now)) return cx_fail(cx, INVALID, "answer", "That number was used already. Please type the new one.");
	return OK;
}

err challenge_answer(struct cx *cx, struct challenges *c, str picture_tokens, str word_tokens, str answer, int64_t least_seconds, bool *wrong)
{
	struct brought t[2 * TOKENS];
	*wrong = false;
	answer = digits_of(cx, answer);
	if (answer.n == 0) return cx_fail(cx, INVALID, "answer", "Please type the number.");
	size_t n = read_tokens(cx, c, picture_tokens, t);
	n += read_tokens(cx, c, word_tokens, t + n);
	for (size_t i = 0; i < n; i++)
		if (fits(cx, c, &t[i], answer)) return take(cx, c, &t[i], least_seconds);
	*wrong = true;
	if (n == 0) return cx_fail(cx, INVALID, "answer", "That number cannot be checked: it is too old, or its cookie was not kept. Please type the new one.");
	for (size_t i = 0; i < n; i++) (void)spend(c, &t[i], cx_now(cx));
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
