/* role: a role is a process. The parent starts each by fork and exec of this same program (decode: of broadside-decode beside it, so
 * that no codec library is ever mapped into a process that talks to strangers) with one socket passed on as descriptor 3.
 *
 * Children end when that socket closes, and are killed when the process that started them dies, so none outlives its parent. Nothing but standard
 * output, standard error and the socket is inherited; what else a child needs (listeners) is sent to it (sys/parent.h). */
#ifndef SYS_ROLE_H
#define SYS_ROLE_H

#include "base/cx.h"

enum role { ROLE_PARENT, ROLE_WEB, ROLE_WORK, ROLE_DECODE };

const char *role_name(enum role r);

#define ROLE_SOCKET 3 /* a child's end of its socket pair */

struct role_child {
	enum role role;
	int pid;    /* 0: not our own child, only the socket is ours */
	int socket; /* the parent's end, SOCK_SEQPACKET, close-on-exec */
};

/* Starts program (an absolute path) as role, with args (NULL-ended, after the program's name) and an empty environment but for LANG and PATH
 * (and what sanitizer builds read). FAILED when it cannot be executed. To be called from the thread that stays longest: the child dies with it. */
CHECKED err role_start(struct cx *cx, const char *program, enum role role, const char *const *args, struct role_child *out);

/* The same on a socket that is already there: it becomes the child's descriptor 3, and is closed here. */
CHECKED err role_start_on(struct cx *cx, const char *program, enum role role, const char *const *args, int socket, int *pid);

/* Closes the socket and, when it is our own child, waits for its end, killing it after timeout_ms. Gives its wait status, 0 when it is not
 * ours. */
int role_end(struct role_child *c, int timeout_ms);

/* Where decode children come from. A sandboxed role may not start a process: it asks its parent; commands and tests start program themselves. */
struct role_decoder {
	int parent;          /* a socket on which parent_run listens (ROLE_SOCKET), or -1 */
	const char *program; /* where parent is -1: the absolute path of broadside-decode */
	const char *const *args; /* where parent is -1: its arguments, NULL-ended; NULL: none */
};
CHECKED err role_decode(struct cx *cx, const struct role_decoder *from, struct role_child *out);

/* What crosses a child's socket before and beside its own work. */
enum role_msg {
	ROLE_MSG_LISTENER = 1, /* parent to child: a listening descriptor; no body */
	ROLE_MSG_START,        /* parent to child: all listeners are there; no body */
	ROLE_MSG_READY,        /* child to parent: at work now; no body */
	ROLE_MSG_DECODE,       /* child to parent: start a decode child on the descriptor that comes along; no body */
	ROLE_MSG_FIRST_FREE = 100,
};

/* The absolute path of the running program, and of its sibling by name. */
CHECKED err role_program(struct cx *cx, const char *sibling, const char **out);

#endif
