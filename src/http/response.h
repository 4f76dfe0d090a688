/* response: what a handler builds. The server adds Date, Content-Length, Connection, compression by Accept-Encoding, ETag comparison (304),
 * ranges for files, and drops the body for HEAD. Handlers do not write header lines: web/respond.c alone does. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/cx.h"
#include "http/cache.h"

struct response_header {
	const char *name;
	str value; /* must not hold CR, LF or NUL: MUST */
};

struct response {
	int status;             /* 0 until a handler answered */
	str body;               /* in the arena; or a file: */
	int fd;                 /* -1: none; else sent from offset 0 to file_size, ranges honoured; closed afterwards */
	int64_t file_size;
	str content_type;
	str etag;               /* strong, without quotes; empty: none (the server makes one for cacheable bodies) */
	struct response_header headers[24];
	size_t headers_n;
	bool cacheable;         /* may be kept in the page cache (GET, 200, nothing per visitor in it) */
	bool compress;          /* worth gzip and br */
	struct cache_deps deps; /* what the body depends on: filled before the data was read */
	bool close;             /* close the connection after it */
};

void response_header(struct response *r, const char *name, str value);
/* Declares that the body depends on this generation; called before the data is read. aside: it is shown beside the page's own matter, and may be late. */
void response_depends(struct response *r, struct cache *cache, uint64_t key, bool aside);

#endif
