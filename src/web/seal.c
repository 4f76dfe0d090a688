/* The end of its life and its purpose are sealed with the bytes. */
#define OWNS_MEMORY
#include "web/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/banned.h"

#define PURPOSE 16
#define HEAD (8 + PURPOSE)
#define AROUND (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)

struct seal {
	unsigned char key[crypto_secretbox_KEYBYTES];
};

struct seal *seal_new(struct cx *cx)
{
	struct seal *s = calloc(1, sizeof *s);
	MUST(s != NULL);
	rnd_bytes(cx->rnd, s->key, sizeof s->key);
	return s;
}

void seal_free(struct seal *s)
{
	if (!s) return;
	sodium_memzero(s->key, sizeof s->key);
	free(s);
}

static void put_purpose(str purpose, unsigned char out[PURPOSE])
{
	MUST(purpose.n <= PURPOSE);
	memset(out, 0, PURPOSE);
	memcpy(out, purpose.p, purpose.n);
}

str seal_close(struct cx *cx, const struct seal *s, str purpose, const void *bytes, size_t n, int64_t life)
{
	unsigned char plain[HEAD + SEAL_MOST], box[AROUND + HEAD + SEAL_MOST];
	int64_t until = cx_now(cx) + life;
	MUST(n <= SEAL_MOST);
	memcpy(plain, &until, 8);
	put_purpose(purpose, plain + 8);
	memcpy(plain + HEAD, bytes, n);
	rnd_bytes(cx->rnd, box, crypto_secretbox_NONCEBYTES);
	MUST(crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, plain, HEAD + n, box, s->key) == 0);
	sodium_memzero(plain, sizeof plain);
	return str_hex(cx, box, AROUND + HEAD + n);
}

bool seal_open(struct cx *cx, const struct seal *s, str purpose, str sealed, void *bytes, size_t n)
{
	unsigned char plain[HEAD + SEAL_MOST], box[AROUND + HEAD + SEAL_MOST], meant[PURPOSE];
	int64_t until;
	MUST(n <= SEAL_MOST);
	if (!str_unhex(sealed, box, AROUND + HEAD + n)) return false;
	if (crypto_secretbox_open_easy(plain, box + crypto_secretbox_NONCEBYTES, crypto_secretbox_MACBYTES + HEAD + n, box, s->key) != 0) return false;
	put_purpose(purpose, meant);
	memcpy(&until, plain, 8);
	bool good = until >= cx_now(cx) && memcmp(meant, plain + 8, PURPOSE) == 0;
	if (good) memcpy(bytes, plain + HEAD, n);
	sodium_memzero(plain, sizeof plain);
	return good;
}
