/* Log-in has no session yet whose token could hold it, so it has a cookie of its own. */
#include "web/entry.h"

#include <sodium.h>

#include "http/cookie.h"
#include "http/origin.h"
#include "web/respond.h"
#include "base/banned.h"

#define COOKIE "entry"
#define KEY 16 /* bytes */

static str token_of(struct cx *cx, const char key[KEY])
{
	unsigned char token[KEY];
	static const char what[] = "broadside log-in form";
	crypto_generichash(token, sizeof token, (const unsigned char *)what, sizeof what - 1, (const unsigned char *)key, KEY);
	return str_hex(cx, token, sizeof token);
}

static bool key_of(const struct page *p, char key[KEY]) { return str_unhex(request_cookie(p->req, S(COOKIE)), key, KEY); }

str entry_token(struct page *p)
{
	char key[KEY];
	if (!key_of(p, key)) rnd_bytes(p->cx->rnd, key, KEY);
	respond_cookie(p, S(COOKIE), str_hex(p->cx, key, KEY), -1, S("/login"));
	return token_of(p->cx, key);
}

bool entry_proven(struct page *p)
{
	char key[KEY];
	switch (origin_said(p->req, p->app->conf.url)) {
	case ORIGIN_HERE: return true;
	case ORIGIN_ELSEWHERE: return false;
	case ORIGIN_UNSAID: break;
	}
	if (!key_of(p, key)) return !origin_may_be_driven(p->req);
	str want = token_of(p->cx, key), have = request_field(p->req, S("token"));
	return (have.n == want.n && sodium_memcmp(have.p, want.p, want.n) == 0) || !origin_may_be_driven(p->req);
}
