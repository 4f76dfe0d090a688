/* wire: the grammar of RFC 9110, 9112 and 3986 that a received message must follow before anything else looks at it. Pure. */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include "base/cx.h"
#include "http/request.h"

bool wire_is_token(str s);       /* RFC 9110 5.6.2; not empty */
bool wire_is_field_value(str s); /* no control characters but tab: RFC 9110 5.5 */
bool wire_is_host(str s);        /* uri-host [ ":" port ], not empty: RFC 9110 7.2 */

/* OWS of RFC 9110 5.6.3 off both ends: blanks and tabs only. */
str wire_trim(str s);

/* Whether a comma-separated field names this token, compared without case. */
bool wire_lists(str field, str token);

enum wire_method { WIRE_UNKNOWN, WIRE_KNOWN };
/* Methods compare with case. WIRE_UNKNOWN is to be answered 501: TRACE and CONNECT are among them. */
enum wire_method wire_method(str name, enum method *out);

struct wire_target {
	str target;    /* origin-form: path and query as sent */
	str path;      /* decoded: starts with '/', UTF-8, no controls, no "." or ".." segments */
	str raw_query; /* as sent, without '?' */
	str authority; /* of an absolute-form target, else empty */
	bool asterisk; /* "*": path is empty then */
};

/* Takes a request target apart (origin-form, absolute-form of http and https, asterisk-form). INVALID on anything else. */
CHECKED err wire_target(struct cx *cx, str sent, struct wire_target *out);

/* A hexadecimal digit's value, or -1. */
int wire_hex(char c);

#endif
