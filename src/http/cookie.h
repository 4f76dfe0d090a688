/* cookie: RFC 6265. */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "base/cx.h"
#include "http/request.h"

/* Parses a Cookie field; at most LIMIT_COOKIES, malformed pairs are dropped. */
void cookie_parse(struct cx *cx, str header, struct params *out);

/* A Set-Cookie value: Path=/, HttpOnly, SameSite=Lax, Secure when secure; max_age in seconds, 0 deletes, -1 is a session cookie. */
str cookie_make(struct cx *cx, str name, str value, int64_t max_age, bool secure, str path);

#endif
