/* pdf: documents by qpdf. The file is taken apart and written anew: pages, their contents, outlines and links to places in the document or to the
 * web stay; information about it (Info, XMP, private data of programs), dates and authors of notes, embedded files, scripts, actions but those links,
 * signatures, thumbnails, sound, films and what hangs about the file go. Pictures inside lose their Exif, also those that stand within what draws a page.
 * Protected documents are refused, and those with a stream that cannot be read, since it might hold such a picture. */
#ifndef DECODE_PDF_H
#define DECODE_PDF_H

#include "decode/job.h"

CHECKED err pdf_clean(struct job *job);

/* The still of a cleaned document: its first page. */
CHECKED err pdf_still(struct job *job);

/* Gets the typefaces ready that a page may ask for without bringing them, while files can still be opened. */
void pdf_prepare_still(struct cx *cx);

#endif
