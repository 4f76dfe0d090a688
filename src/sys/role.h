/* role: a role is a process. The parent starts each by fork and exec of this same program (decode and read: of broadside-decode and broadside-read beside
 * it, so that no codec and no parser of markup is ever mapped into a process that talks to strangers) with one socket passed on as descriptor 3.
 *
 * Children end when that socket closes, and are killed when the process that started them dies, so none outlives its parent. Nothing but standard
 * output, standard error and the socket is inherited; what else a child needs (listeners) is sent to it (sys/parent.h). */
#ifndef SYS_ROLE_H
#define SYS_ROLE_H

#include "base/cx.h"

enum role { ROLE_PARENT, ROLE_WEB, ROLE_WORK, ROLE_DECODE, ROLE_READ };

const char *role_name(enum role r);

#define ROLE_SOCKET 3 /* a child's end of its socket pair */

struct role_child {
	enum role role;
	int pid;    /* 0: not our own child, only the socket is ours */
	int64_t number; /* of one that was asked for, or 0 */
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

/* Where children that parse strangers' bytes come from. A sandboxed role may not start a process: it asks its parent; commands and tests start program
 * themselves. role: ROLE_DECODE or ROLE_READ. */
struct role_source {
	int parent;          /* a socket on which parent_run listens (ROLE_SOCKET), or -1 */
	const char *program; /* where parent is -1: the absolute path of the role's program */
	const char *const *args; /* where parent is -1: its arguments, NULL-ended; NULL: none */
};
CHECKED err role_ask(struct cx *cx, enum role role, const struct role_source *from, struct role_child *out);

/* Closes the socket of a child that was asked for, and has it ended at once, whatever it is doing. Nothing to do for one without a socket. */
void role_drop(struct cx *cx, const struct role_source *from, struct role_child *c);

/* For children: what libraries have to say of a stranger's bytes is in no form that a log should hold, so standard error is put away; log lines go where they went.
 * Builds with sanitizers keep it, for their reports. */
CHECKED err role_silence_libraries(struct cx *cx);

/* What crosses a child's socket before and beside its own work. */
enum role_msg {
	ROLE_MSG_LISTENER = 1, /* parent to child: a listening descriptor; no body */
	ROLE_MSG_START,        /* parent to child: all listeners are there; no body */
	ROLE_MSG_READY,        /* child to parent: at work now; no body */
	ROLE_MSG_DECODE,       /* child to parent: start a decode child on the descriptor that comes along; number: int, by which it is known */
	ROLE_MSG_READ,         /* the same for a read child */
	ROLE_MSG_DROP,         /* child to parent: end the child of that number, whatever it does; number: int */
	ROLE_MSG_FIRST_FREE = 100,
};

/* The absolute path of the running program, and of its sibling by name. */
CHECKED err role_program(struct cx *cx, const char *sibling, const char **out);

#endif
