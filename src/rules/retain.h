/* retain: for how long what an author takes back is kept, and when its author may have it erased at once. Authors of threats would like to have them
 * erased before anybody has looked into them, so what somebody else is looking into stays until they are done. Pure: whoever asks brings what is known;
 * what a site has no place for yet (reports, proposals) is false. */
#ifndef RULES_RETAIN_H
#define RULES_RETAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/visible.h"

#define RETAIN_DAYS_MOST 3650 /* ten years, the most that a site may say */

struct retain_case {
	enum status status;
	enum status before; /* where its author has withdrawn it: the status it had until then */
	bool letter;        /* somebody else than its author wrote the last letter about it, and waits for an answer */
	bool report;        /* a reader has reported it, and nobody has decided upon that */
	bool proposal;      /* editors are to agree upon it, and have not */
};

/* What keeps an author from erasing it now. */
enum retain_bar { RETAIN_FREE, RETAIN_GONE, RETAIN_WAITING, RETAIN_HIDDEN, RETAIN_LETTER, RETAIN_REPORT, RETAIN_PROPOSAL };
enum retain_bar retain_bar(const struct retain_case *c);

/* When what was withdrawn at a time (microseconds) is to be erased, after so many days. */
int64_t retain_until(int64_t withdrawn, int64_t days);

/* Is it to be erased by itself? What is reported or proposed upon waits until that is decided, however old it is; that editors had hidden it before, or
 * wrote a letter, they had their days for. */
bool retain_is_over(const struct retain_case *c, int64_t withdrawn, int64_t days, int64_t now);

#endif
