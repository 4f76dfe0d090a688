/* pdf_parts: a document being cleaned, shared by pdf.c, which walks its objects, and pdf_pictures.c, which looks into its streams. */
#ifndef DECODE_PDF_PARTS_H
#define DECODE_PDF_PARTS_H

#include <qpdf/qpdf-c.h>

#include "decode/job.h"

struct item;

struct pdf {
	struct job *job;
	qpdf_data q;
	struct item *todo;
	size_t todo_n, todo_room;
	unsigned char *seen; /* a bit an object number */
	size_t seen_n;
	int64_t looked_at;
	qpdf_oh scratch;     /* a stream that nothing leads to, so that it is not written; 0 until it is needed */
};

/* Takes what cameras wrote out of a picture, and out of pictures that stand within what draws a page. Refused when it cannot be done. */
CHECKED err pdf_clean_stream(struct pdf *p, qpdf_oh stream, qpdf_oh dict);

#endif
