/* origin: what a browser says of the page that a form was sent from. Fetch Metadata's Sec-Fetch-Site comes first, since no page can bend it; then Origin (RFC 6454),
 * against Host (RFC 9110) and against the address that the site itself is known by. Browsers leave either unsaid for good reasons: over http away from loopback
 * none says Sec-Fetch-Site, a page that asks for no referrer makes Origin "null", old browsers, text browsers and privacy tools send neither. So
 * what is unsaid is a value of its own: it refuses nothing, and proves nothing. Pure. */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include "http/request.h"

enum origin_said {
	ORIGIN_UNSAID,    /* nothing, or nothing that names a host; or our host by another port, which a proxy that drops ports from Host makes of our own */
	ORIGIN_HERE,      /* a page of this site, or the person at the browser */
	ORIGIN_ELSEWHERE, /* another host's page. A sibling under the same domain is another host: other hands may hold it */
};

/* site_url: scheme and authority of the site, as its settings tell it; for proxies that put their own name into Host. */
enum origin_said origin_said(const struct request *req, str site_url);

/* Could it be a browser that another site's page made send this without its person's doing? One that runs scripts calls itself Mozilla/…, or says an Origin, if
 * only "null"; one that runs none sends a form when its person presses a button, and names the page that had it as Referer. */
bool origin_may_be_driven(const struct request *req);

#endif
