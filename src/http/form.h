/* form: streaming parsers of application/x-www-form-urlencoded (WHATWG URL 5) and multipart/form-data (RFC 7578). Fed in pieces of any
 * size; memory is bounded by the limits whatever is sent. Pure but for the spool files they write; fuzzed. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "base/cx.h"
#include "http/request.h"

struct form_limits {
	int64_t body;
	int files;
	int64_t file;
	int64_t keep_free; /* bytes of the spool's disk that no file may take */
	bool keep_on; /* a file that is too large, or that the disk does not take, is marked as such and the rest of the form read on */
	const char *spool_dir;
};

struct form_reader;

/* By the Content-Type field's value; INVALID when it is neither kind or its boundary is broken. */
CHECKED err form_reader_new(struct cx *cx, str content_type, const struct form_limits *limits, struct form_reader **out);
/* INVALID: malformed; LIMIT: past a limit; FAILED: the spool's disk. After an error the reader takes no more. */
CHECKED err form_reader_feed(struct form_reader *r, const char *bytes, size_t n);
/* The whole form; INVALID when it ended too early. Uploads' descriptors are closed by the cx. */
CHECKED err form_reader_end(struct form_reader *r, struct form *out);

/* Whether taking n bytes more may wait for the disk. */
bool form_reader_may_block(const struct form_reader *r, size_t n);

/* How many files of the spool it holds open. */
size_t form_reader_descriptors(const struct form_reader *r);

/* A file of the spool with an upload's bytes, at offset 0; the cx closes it. FAILED: the disk does not take it. */
CHECKED err form_file(struct cx *cx, const char *spool_dir, const struct upload *u, int *fd);

/* A query string, parsed by the same rules. INVALID past LIMIT_QUERY_PARAMS, on broken escapes, NUL or bad UTF-8. */
CHECKED err form_parse_query(struct cx *cx, str query, struct params *out);

#endif
