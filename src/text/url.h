/* url: the only maker of the url type. A url is fit for an href or src: absolute http, https or mailto, or a path on
 * this site ("/..."); no control characters, no credentials, no javascript:, data: or the like (RFC 3986; the scheme is
 * found as WHATWG URL finds it, so that what a browser would run is seen here too). */
#ifndef TEXT_URL_H
#define TEXT_URL_H

#include "base/cx.h"

/* Checks s as typed by a person (trimmed; "www.example.org/x" gets https:// before it); at most LIMIT_URL bytes. INVALID with a sentence. */
CHECKED err url_check(struct cx *cx, str s, url *out);

/* A path on this site, built by us: formatted like printf, starts with '/'. */
url url_path(struct cx *cx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Made absolute under base (scheme and authority, as in [site] url); an absolute u stays as it is. */
url url_absolute(struct cx *cx, url u, str base);

/* The host part of an absolute url, or empty: for "example.org" beside a link. */
str url_host(url u);

#endif
