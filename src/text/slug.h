/* slug: words for addresses, and folding for comparison. */
#ifndef TEXT_SLUG_H
#define TEXT_SLUG_H

#include "base/cx.h"

/* "Übergrößen für alle!" -> "ubergrossen-fur-alle": NFKD, marks dropped where a Latin letter remains, lower case,
 * runs of anything but letters and digits become one '-'. Letters of other scripts stay. At most LIMIT_SLUG bytes at a
 * word's end; never empty ("untitled"). */
str slug_make(struct cx *cx, str text);

/* Is it shaped like the slug of a type, topic, region or page: [a-z0-9] and inner '-', 1 to 40 bytes. */
bool slug_valid(str s);

/* NFC, control characters (but line feed and tab) and bidi overrides removed, all line ends there are to LF: how every text field is stored. */
str text_normalise(struct cx *cx, str s);

/* Is there anything in s to be seen: not white space, not joiners, fillers and other signs without a shape alone. */
bool text_visible(str s);

/* For comparison and uniqueness: NFKC, case folded, white space folded. */
str text_fold(struct cx *cx, str s);

#endif
