/* Cookies as RFC 6265 4 has servers read and write them. A pair that is not of that grammar is left out, never guessed at. */
#include "http/cookie.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/vec.h"
#include "http/wire.h"
#include "base/banned.h"

/* cookie-octet of RFC 6265 4.1.1: US-ASCII without controls, white space, '"', ',', ';' and '\'. */
static bool is_value(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= 0x20 || c >= 0x7F || c == '"' || c == ',' || c == ';' || c == '\\') return false;
	}
	return true;
}

void cookie_parse(struct cx *cx, str header, struct params *out)
{
	VEC(struct param) pairs = { 0 };
	str rest = header;
	while (rest.n && pairs.n < LIMIT_COOKIES) {
		str value, pair = str_trim(str_cut(rest, ';', &rest));
		if (str_find_char(pair, '=', 0) < 0) continue;
		str name = str_cut(pair, '=', &value);
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') value = str_sub(value, 1, value.n - 2);
		if (!wire_is_token(name) || !is_value(value)) continue;
		vec_push(cx, &pairs, ((struct param){ str_copy(cx, name), str_copy(cx, value) }));
	}
	*out = (struct params){ pairs.at, pairs.n };
}

str cookie_make(struct cx *cx, str name, str value, int64_t max_age, bool secure, str path)
{
	MUST(wire_is_token(name) && is_value(value));
	MUST(path.n == 0 || (path.p[0] == '/' && is_value(path)));
	struct buf b = buf_new(cx, name.n + value.n + path.n + 128);
	buf_str(&b, name);
	buf_char(&b, '=');
	buf_str(&b, value);
	buf_lit(&b, "; Path=");
	buf_str(&b, path.n ? path : S("/"));
	if (max_age >= 0) {
		buf_lit(&b, "; Max-Age=");
		buf_int(&b, max_age);
	}
	buf_lit(&b, "; HttpOnly; SameSite=Lax");
	if (secure) buf_lit(&b, "; Secure");
	MUST(!b.full);
	return buf_view(&b);
}
