/* asked: the children that the parent starts when a role asks for them: decode for a file, read for texts. For
 * sys/parent alone.
 *
 * Each kind has so many places; who asks for more waits, and sees the socket close where too many wait or no child
 * can be started. A child lives until it ends, its time is over, its role says that it is done with (ROLE_MSG_DROP),
 * or the role that asked has ended. What strangers send makes children die, so how many did is told once a minute, at
 * its end, and no line tells of one. */
#ifndef SYS_ASKED_H
#define SYS_ASKED_H

#include "sys/msg.h"
#include "sys/parent.h"

struct asked;

/* In the cx's arena, from which nothing else of it is taken. read_most: how long a read child may live. */
struct asked *asked_new(struct cx *cx, const struct parent_config *config, int64_t decode_most);

/* A role's message, ROLE_MSG_DECODE, _READ or _DROP. owner: the asking role's process. INVALID, DENIED: none that a
 * role of ours sends; its descriptor is then the caller's. */
CHECKED err asked_hear(struct asked *a, struct msg *m, int owner, int64_t now);

void asked_owner_ended(struct asked *a, int owner, int64_t now);

/* Was it one of these that ended? */
bool asked_ended(struct asked *a, int pid, int status, int64_t now);

/* Does what is due, and gives the monotonic time of what comes next. */
int64_t asked_do(struct asked *a, int64_t now);

/* No child is started any more; those that are there are left to who asked for them. */
void asked_stop(struct asked *a);

bool asked_any(const struct asked *a);

#endif
