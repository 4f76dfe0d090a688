/* The price of a page is paid once, when it is rendered: hashing, both codings and the header blocks. Serving it is picking a pointer. */
#define OWNS_MEMORY
#include "http/page.h"

#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "base/must.h"
#include "http/encode.h"
#include "http/reply.h"
#include "base/banned.h"

#define PAGE_OVERHEAD 4096 /* what header blocks and bookkeeping weigh, about */
#define GZIP_LEVEL 6
#define BR_QUALITY 5

static struct MHD_Response *full_response(str body)
{
	char *copy = malloc(body.n ? body.n : 1);
	MUST(copy != NULL);
	if (body.n) memcpy(copy, body.p, body.n);
	struct MHD_Response *m = MHD_create_response_from_buffer(body.n, copy, MHD_RESPMEM_MUST_FREE);
	MUST(m != NULL);
	return m;
}

static void add_variant(struct page *p, const struct response *res, enum coding c, str body)
{
	str etag = str_of(p->etag[c]);
	p->full[c] = full_response(body);
	reply_headers(p->full[c], res, c, etag, false);
	p->unchanged[c] = reply_bodiless(body.n);
	reply_headers(p->unchanged[c], res, c, etag, true);
	p->bytes += body.n;
}

struct page *page_new(struct cx *cx, const struct response *res)
{
	struct page *p = calloc(1, sizeof *p);
	MUST(p != NULL);
	p->references = 1;
	p->bytes = sizeof *p + PAGE_OVERHEAD;
	p->deps = res->deps;
	str base = reply_etag_base(cx, res);
	for (int c = 0; c < CODINGS; c++) {
		str etag = reply_etag(cx, base, (enum coding)c);
		MUST(etag.n < sizeof p->etag[c]);
		memcpy(p->etag[c], etag.p, etag.n);
	}
	add_variant(p, res, CODING_IDENTITY, res->body);
	str coded;
	if (res->compress && encode_gzip(cx, res->body, GZIP_LEVEL, &coded)) add_variant(p, res, CODING_GZIP, coded);
	if (res->compress && encode_br(cx, res->body, BR_QUALITY, &coded)) add_variant(p, res, CODING_BR, coded);
	return p;
}

void page_hold(struct page *p) { atomic_fetch_add(&p->references, 1); }

void page_drop(struct page *p)
{
	if (!p || atomic_fetch_sub(&p->references, 1) != 1) return;
	for (int c = 0; c < CODINGS; c++) {
		if (p->full[c]) MHD_destroy_response(p->full[c]);
		if (p->unchanged[c]) MHD_destroy_response(p->unchanged[c]);
	}
	free(p->key);
	free(p);
}

struct MHD_Response *page_pick(const struct page *p, const struct request *req, unsigned *status)
{
	bool have[CODINGS];
	for (int c = 0; c < CODINGS; c++) have[c] = p->full[c] != NULL;
	enum coding c = negotiate_coding(request_header(req, S("accept-encoding")), have);
	*status = reply_precondition(req, str_of(p->etag[c]), 200);
	if (*status == 412) return NULL;
	return *status == 304 ? p->unchanged[c] : p->full[c];
}
