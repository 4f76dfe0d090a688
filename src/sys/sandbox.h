/* sandbox: what a role may do, enforced by the kernel: seccomp-bpf (libseccomp) and Landlock, no_new_privs, no core dumps. Entered once, after a
 * role has opened what it needs and before it reads a byte from a stranger. Fails closed: FAILED with a sentence means the
 * role must not go on, unless the operator wrote [sandbox] mode = off.
 *
 *   web     accept, talk to clients, read and write the site folder; no connect (but to the database's socket), no exec, no listen
 *   work    read and write the site folder, connect out; no listen, no exec
 *   decode  read its input, write its output, bounded memory and CPU seconds; no open, no socket, no fork, no exec
 *
 * A forbidden call ends in EPERM-with-a-log or death by SIGSYS as the table in sandbox.c says per role. */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include "base/cx.h"
#include "sys/role.h"

struct sandbox_paths {
	const char *const *read_only; /* NULL-ended lists of directories */
	const char *const *read_write;
	int64_t memory;               /* RLIMIT_AS, bytes; 0: no limit */
	int64_t cpu_seconds;          /* RLIMIT_CPU; 0: no limit */
};

CHECKED err sandbox_enter(struct cx *cx, enum role role, const struct sandbox_paths *paths);

/* Whether this kernel has what sandbox_enter needs: for `broadside version` and the admin page. */
bool sandbox_available(struct cx *cx, str *why_not);

#endif
