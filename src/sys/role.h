/* role: a role is a process. The parent starts each by fork and exec of this same program (decode: of broadside-decode beside it, so
 * that no codec library is ever mapped into a process that talks to strangers) with one socket passed on as descriptor 3.
 *
 * Children end when that socket closes, so none outlives its parent. */
#ifndef SYS_ROLE_H
#define SYS_ROLE_H

#include "base/cx.h"

enum role { ROLE_PARENT, ROLE_WEB, ROLE_WORK, ROLE_DECODE };

const char *role_name(enum role r);

#define ROLE_SOCKET 3 /* a child's end of its socket pair */

struct role_child {
	enum role role;
	int pid;
	int socket; /* the parent's end, SOCK_SEQPACKET, close-on-exec */
};

/* Starts program (an absolute path) as role, with args (NULL-ended, after the program's name) and an empty environment but for LANG and PATH. */
CHECKED err role_start(struct cx *cx, const char *program, enum role role, const char *const *args, struct role_child *out);

/* The absolute path of the running program, and of its sibling by name. */
CHECKED err role_program(struct cx *cx, const char *sibling, const char **out);

#endif
