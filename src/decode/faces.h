/* faces: poppler opens the typeface that a page asks for when it meets it, by fopen or open; a locked process may open nothing. So the machine's typefaces are
 * opened before, and this program's own fopen and open, which take the place of the C library's for all libraries, give them out by name. Once locked, any
 * other name is not there. */
#ifndef DECODE_FACES_H
#define DECODE_FACES_H

#include "base/cx.h"

/* Opens what is in the folders of typefaces, up to FACES_MOST files. From here on nothing else is opened. */
#define FACES_MOST 600
void faces_open(struct cx *cx);

#endif
