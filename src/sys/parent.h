/* parent: keeps the roles of a site running. It hands each child its listeners, replaces what ends, starts decode and read children for those that
 * may ask, and on SIGTERM or SIGINT lets all finish.
 *
 * Somebody waits for a role with a standby (web): a second process of it stands ready from the moment the first is at work, and has done all that needs
 * no listener. When the first is ended by a signal, whatever sent it and however often, the standby has the listeners at once and the next is
 * started; between two starts lie 20 ms, so that whoever ends each at its first request cannot have the machine do nothing else. Who connects meanwhile
 * waits in the backlog of the listeners, which stay open here. A role without a standby is started at once when it had worked for a second.
 *
 * What fails by itself is not tried so often: a child that ends before it was ready (and a standby that ends before it was needed) is followed by the
 * next after 0.1 s, doubling to 10 s, from 0.1 s anew once one has lived a minute; likewise one that gives up with a status, or a role without a
 * standby, within a second of being ready. A standby that ends with status 0 when it gets its listeners says that what it has read of the site is
 * no longer so: one that reads it anew takes its place at once.
 *
 * It never reads a byte from the network; what a child says to it is a few bare messages (enum role_msg), and a child that says anything else is
 * killed. Children ignore SIGTERM, SIGINT and SIGHUP (a terminal or a service manager sends them to all): they finish when their socket closes. */
#ifndef SYS_PARENT_H
#define SYS_PARENT_H

#include "sys/role.h"

#define PARENT_DECODES 4 /* decode children at a time; who asks for more waits */
#define PARENT_READS 12  /* read children: those of a web process that ended are still on their way out when the next one asks for its own */
#define PARENT_WAITING 64 /* for a place; who comes then sees its socket close */

struct parent_role {
	enum role role;
	const char *program;     /* absolute */
	const char *const *args; /* NULL-ended, after the program's name */
	const int *listeners;    /* kept open here, so that none who connects is lost while a child is started again */
	size_t listeners_n;
	bool may_ask;            /* for decode and read children */
	bool standby;            /* one more is started ahead and waits in parent_take_listeners */
};

struct parent_config {
	const struct parent_role *roles;
	size_t roles_n;
	const char *decode_program, *read_program; /* NULL: nobody may ask for them */
	const char *const *decode_args, *const *read_args; /* NULL: none */
	/* Microseconds; 0: as above, 30 s of grace, 120 s for one decode child. */
	int64_t backoff_first, backoff_most, healthy, grace, decode_most;
	void (*ready)(void *arg); /* when all roles have said that they are at work; once */
	void *arg;
};

/* Runs until SIGTERM or SIGINT: OK when all children have ended. FAILED when a role ends before it has ever been ready (it has said why on standard
 * error): a site that cannot start is not started over and over. To be called by a process with one thread and no other children. */
CHECKED err parent_run(struct cx *cx, const struct parent_config *config);

/* The child's side, on ROLE_SOCKET (or another end of such a socket). Descriptors taken belong to the caller. A standby waits in the first for its turn;
 * NOTFOUND: it will not come, as the parent ends. Ready tells whoever is about to take the first request: what ends a child after that was not its start. */
CHECKED err parent_take_listeners(struct cx *cx, int socket, int *listeners, size_t most, size_t *n);
CHECKED err parent_tell_ready(struct cx *cx, int socket);
void parent_wait_end(struct cx *cx, int socket); /* returns when it is time to finish */

#endif
