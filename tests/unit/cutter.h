/* cutter: stands between a client and PostgreSQL and cuts connections at exact places, as a broken network or a dying server would. It is
 * reached by a Unix socket in a folder of its own and knows the framing of protocol 3.0 and what a COMMIT looks like, no more. */
#ifndef CUTTER_H
#define CUTTER_H

#include <stdbool.h>

enum cut {
	CUT_NOTHING,
	CUT_BEFORE, /* the COMMIT does not reach the server */
	CUT_DURING, /* it does, and nobody waits for the answer */
	CUT_AFTER,  /* the server has answered, and the client does not hear of it */
	CUT_HOLD,   /* the client is cut off; the server still thinks it is there, and gets the COMMIT by cutter_release or the end by cutter_drop */
	CUT_CHANCE, /* one of the first four */
	CUT_MESSAGE, /* whatever the client sends next */
};

struct cutter;

/* folder: where its socket is to be made; server: the folder of the server's. Both as long-lived as the cutter. */
struct cutter *cutter_start(const char *folder, const char *server);
void cutter_stop(struct cutter *c); /* cuts all that is left */

/* The next `times` COMMITs fare so; those after them pass. With CUT_MESSAGE, the client's message after `times` others, of any connection. */
void cutter_plan(struct cutter *c, enum cut what, int times);

/* How many were cut since the last plan. */
int cutter_cuts(struct cutter *c);

void cutter_release(struct cutter *c);
void cutter_drop(struct cutter *c);

#endif
