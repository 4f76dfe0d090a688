/* reply: turns what a handler left in a response into what libmicrohttpd sends: preconditions (RFC 9110 13), content coding, ranges of files. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/negotiate.h"
#include "http/request.h"
#include "http/response.h"

struct MHD_Response;

/* Consumes res->fd. The response points into the cx's arena, so the cx must outlive it. */
struct MHD_Response *reply_make(struct cx *cx, const struct request *req, struct response *res, unsigned *status);

/* A whole HTTP/1.1 message that says res and closes the connection, for when libmicrohttpd cannot be asked to send one. */
str reply_raw(struct cx *cx, const struct response *res, bool head);

/* For page.c: */
void reply_headers(struct MHD_Response *m, const struct response *res, enum coding c, str etag, bool unchanged);
struct MHD_Response *reply_bodiless(uint64_t content_length); /* says this length, sends nothing: for 304 only */
str reply_etag_base(struct cx *cx, const struct response *res);
str reply_etag(struct cx *cx, str base, enum coding c); /* each coding is a representation with a tag of its own */
unsigned reply_precondition(const struct request *req, str etag, unsigned status); /* status, 304 or 412 */

#endif
