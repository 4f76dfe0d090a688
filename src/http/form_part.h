/* form_part: what the two form parsers (form.c, multipart.c) share; nobody else includes it. */
#ifndef HTTP_FORM_PART_H
#define HTTP_FORM_PART_H

#include "base/buf.h"
#include "base/vec.h"
#include "http/form.h"

struct urlencoded {
	struct buf name, value;
	bool in_value, strict;
	char held[3]; /* a '%' and what follows it so far */
	size_t held_n;
};

#define MULTIPART_DELIMITER_MAX 80 /* CR LF "--" and a boundary of at most 70 (RFC 2046 5.1.1) */

struct multipart {
	enum { PART_PREAMBLE, PART_DELIMITED, PART_HEADERS, PART_FIELD, PART_FILE, PART_EPILOGUE } state;
	char delimiter[MULTIPART_DELIMITER_MAX];
	size_t delimiter_n, matched;
	bool at_start;         /* the first two of what matched were the line end before, not content */
	struct buf line;       /* what follows a delimiter on its line, or one header line */
	size_t header_bytes;   /* of this part */
	str name, filename;
	bool has_name, has_filename, file_open;
	struct buf value;
};

struct form_reader {
	struct cx *cx;
	struct form_limits limits;
	bool is_multipart;
	struct urlencoded urlencoded;
	struct multipart multipart;

	VEC(struct param) fields;
	VEC(struct upload) files;
	size_t descriptors;
	size_t places; /* parts for files so far */
	str broken;
	size_t text;  /* bytes of all names and values */
	int64_t seen; /* bytes of body */
	char *piece;  /* of the open file, not yet written */
	size_t piece_n;
	err failed;
};

CHECKED err multipart_start(struct form_reader *r, str parameters);
CHECKED err multipart_feed(struct form_reader *r, const char *p, size_t n);
CHECKED err multipart_end(struct form_reader *r);

CHECKED err form_check_name(struct cx *cx, str name);
/* Takes value's bytes over: the caller starts a new buf. */
CHECKED err form_add_field(struct form_reader *r, str name, struct buf *value);
CHECKED err form_count_text(struct form_reader *r, size_t n);
CHECKED err form_skip_file(struct form_reader *r); /* a place where none was chosen */
CHECKED err form_open_file(struct form_reader *r, str field, str filename);
CHECKED err form_write_file(struct form_reader *r, const char *p, size_t n);
CHECKED err form_close_file(struct form_reader *r);

#endif
