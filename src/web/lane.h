/* lane: where passwords are looked at. Looking at one costs tens of milliseconds of a processor and 64 MiB, on purpose, so only one or two are looked at at
 * once and some more wait; a storm of log-ins, of whatever names, takes no more of the machine than that, and most of its workers stay with readers.
 *
 * Who comes first: a browser that the account knows before one whose visitor typed a right anti-spam number, and that before any other. Of the others two at a
 * time may be here for each name, one inside and one waiting, so that a storm on one name leaves the rest their turn. Within a kind, whoever waits comes before who arrives.
 * Thread-safe. */
#ifndef WEB_LANE_H
#define WEB_LANE_H

#include "base/str.h"

enum lane_rank { LANE_ANY, LANE_PROVEN, LANE_KNOWN, LANE_RANKS };

struct lane;

struct lane *lane_new(int workers);
void lane_free(struct lane *l);

/* name: folded. False: as many wait already as may, or its turn did not come within so many seconds. True: lane_leave, with the same, must follow. */
bool lane_enter(struct lane *l, enum lane_rank rank, str name, int seconds);
void lane_leave(struct lane *l, enum lane_rank rank, str name);

int lane_waiting(struct lane *l); /* how many wait */

#endif
