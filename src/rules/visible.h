/* visible: who sees what. The status of articles and comments, as it is stored. Pure. */
#ifndef RULES_VISIBLE_H
#define RULES_VISIBLE_H

#include <stdint.h>

#include "rules/who.h"

enum status {
	STATUS_SHOWN = 0,
	STATUS_HIDDEN = 1,    /* by an editor, with a reason: reachable under a banner, out of lists, feeds and indexing */
	STATUS_HELD = 2,      /* waits for an editor */
	STATUS_WITHDRAWN = 3, /* by its author */
	STATUS_PURGED = 4,    /* emptied: unlawful to keep */
	STATUS_REFUSED = 5,   /* hidden by an editor before it was ever shown: its reason can be read, its text cannot */
	STATUS_COMING = 6,    /* is shown by itself when its minute comes (store/appear.h); until then readers are not told that it is there */
};

/* May text and title be shown to anybody who asks for its address? Hidden things may (under their banner). */
bool visible_text(enum status s);

/* May it be shown to this reader? Editors read everything. */
bool visible_text_to(enum status s, const struct who *who);

/* With which status something new begins. held: the site wants an editor to see it first, which editors themselves need not wait for. */
enum status visible_first(bool held, const struct who *author);

/* May its author still correct it? */
bool visible_correctable(enum status s);

/* May it stand in lists, feeds, search and search engines? */
bool visible_listed(enum status s);

/* What a reader is told in place of a text that is not shown, or above one that is hidden. */
str visible_word(enum status s);

#endif
