/* page: one complete response in the page cache: its variants (identity, gzip, br, and 304 of each) built once as libmicrohttpd responses
 * that any number of connections share. Immutable, counted by references, good on any thread. */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include <stdatomic.h>

#include "http/cache.h"
#include "http/negotiate.h"
#include "http/request.h"
#include "http/response.h"

struct MHD_Response;

struct page {
	atomic_uint references;
	size_t bytes; /* what it weighs in the cache */
	struct cache_deps deps;
	struct MHD_Response *full[CODINGS]; /* NULL where a coding is not worth it */
	struct MHD_Response *unchanged[CODINGS];
	char etag[CODINGS][48]; /* with its quotes */

	/* cache.c's own */
	char *key;
	size_t key_n;
	uint64_t hash;
	bool old;         /* found to be no longer true; under the cache's lock */
	atomic_bool gone; /* from the cache: whoever else has it at hand lets it go */
	atomic_bool used; /* by those who have it at hand, since the cache last looked for what to drop */
	struct page *next;           /* in its bucket */
	struct page *newer, *older;  /* by last use */
};

/* What compresses and hashes is done here, on a worker's thread. The caller owns one reference. */
struct page *page_new(struct cx *cx, const struct response *res);
void page_hold(struct page *p);
void page_drop(struct page *p);

/* The variant for this request (not yet referenced for it: the caller holds the page until it is queued) and its status, 200, 304 or 412 (NULL then). */
struct MHD_Response *page_pick(const struct page *p, const struct request *req, unsigned *status);

#endif
