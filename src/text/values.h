/* values: what the attributes of the html that this program writes can hold. Shared by sanitize, which writes it, and
 * vet, which checks what says that it was written so. For use inside text/ only. Pure. */
#ifndef TEXT_VALUES_H
#define TEXT_VALUES_H

#include "text/elements.h"

#define VALUES_LINK_REL "nofollow ugc noopener"
/* A wide table scrolls inside a frame of its own, which keyboards can reach; the table keeps being one. A group, for
 * a page may have several, and landmarks of one name would be noise. */
#define VALUES_FRAME "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Table\">"

#define VALUES_ID_BYTES 100    /* of an id without its prefix */
#define VALUES_LABEL_BYTES 100 /* less than this: of an aria-label */
#define VALUES_CELLS 100       /* colspan, rowspan */
#define VALUES_NUMBER 999999   /* start, value */
#define VALUES_PIXELS 10000    /* width, height */

/* Letters, digits and the given marks only, from 1 to max bytes. */
bool values_made_of(str s, const char *marks, size_t max);

bool values_is_direction(str s);
bool values_is_scope(str s);
bool values_is_numbering(str s);
bool values_is_datetime(str s);
/* The few classes that carry meaning: cmark-gfm's footnotes, and a table cell's alignment, which HTML has no other
 * word for. */
bool values_is_class(const struct element *e, str s);

/* prefix, and an id behind it. */
bool values_is_id(str s, str prefix);

/* The address of a picture of this site: one that does nothing but show it. */
bool values_is_own_picture(str address);

#endif
