/* negotiate: what a request asks for and what it has already: content codings (RFC 9110 12.5.3), entity tags (13.1), ranges (14). Pure. */
#ifndef HTTP_NEGOTIATE_H
#define HTTP_NEGOTIATE_H

#include "base/str.h"

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BR };
#define CODINGS 3

/* The client's best among those there are (have[CODING_IDENTITY] is taken as true); identity when nothing is acceptable. br wins over gzip at equal weight. */
enum coding negotiate_coding(str accept_encoding, const bool have[CODINGS]);

/* Whether a field of If-None-Match or If-Match holds etag (given with its quotes), by the strong or the weak comparison; "*" holds every one. */
bool etag_listed(str field, str etag, bool strong);

enum range { RANGE_WHOLE, RANGE_PART, RANGE_UNSATISFIABLE };
/* A Range field against size bytes. Whatever is malformed, of another unit or more than one range is the whole. */
enum range range_parse(str field, int64_t size, int64_t *first, int64_t *last);

#endif
