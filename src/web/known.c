/* A mark: 16 random bytes and 16 of their authenticator, in hexadecimal; in the cookie parted by dots. */
#include "web/known.h"

#include <sodium.h>

#include "base/banned.h"

#define HALF (KNOWN_MARK / 2)

static str authenticator(struct cx *cx, str head, str password)
{
	unsigned char key[crypto_generichash_KEYBYTES], out[HALF / 2];
	static const char what[] = "broadside known browser";
	crypto_generichash(key, sizeof key, (const unsigned char *)password.p, password.n, (const unsigned char *)what, sizeof what - 1);
	crypto_generichash(out, sizeof out, (const unsigned char *)head.p, head.n, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return str_hex(cx, out, sizeof out);
}

static bool is_of(struct cx *cx, str mark, str password)
{
	if (mark.n != KNOWN_MARK) return false;
	str want = authenticator(cx, str_sub(mark, 0, HALF), password);
	return sodium_memcmp(want.p, mark.p + HALF, HALF) == 0;
}

str known_find(struct cx *cx, str cookie, str password)
{
	for (int i = 0; i < KNOWN_MOST && cookie.n; i++) {
		str mark = str_cut(cookie, '.', &cookie);
		if (is_of(cx, mark, password)) return mark;
	}
	return S("");
}

static bool is_mark(str s)
{
	char bytes[KNOWN_MARK / 2];
	return s.n == KNOWN_MARK && str_unhex(s, bytes, sizeof bytes);
}

bool known_any(str cookie) { return is_mark(str_cut(cookie, '.', &cookie)); }

static str make(struct cx *cx, str password)
{
	unsigned char bytes[HALF / 2];
	rnd_bytes(cx->rnd, bytes, sizeof bytes);
	str head = str_hex(cx, bytes, sizeof bytes);
	return str_join(cx, head, authenticator(cx, head, password));
}

str known_cookie(struct cx *cx, str cookie, str password, bool forget)
{
	str own = known_find(cx, cookie, password), out = S("");
	if (!forget) out = own.n ? own : make(cx, password);
	for (int i = forget ? 0 : 1; i < KNOWN_MOST && cookie.n;) {
		str mark = str_cut(cookie, '.', &cookie);
		if (!is_mark(mark) || is_of(cx, mark, password)) continue;
		out = out.n ? str_fmt(cx, STR_FMT "." STR_FMT, STR_ARG(out), STR_ARG(mark)) : mark;
		i++;
	}
	return out;
}
