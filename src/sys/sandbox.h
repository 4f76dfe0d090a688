/* sandbox: what a role may do, enforced by the kernel: seccomp-bpf (libseccomp) and Landlock, no_new_privs, no core dumps. Entered once, after a
 * role has opened what it needs and before it reads a byte from a stranger. Fails closed: FAILED with a sentence means the
 * role must not go on, unless the operator wrote [sandbox] mode = off.
 *
 *   web     accept, talk to clients, read and write the site folder; no connect (but to the database), no exec, no listen
 *   work    read and write the site folder, connect out; no listen, no exec
 *   decode  read its input, write its output, bounded memory and CPU seconds; no open, no socket, no fork, no exec
 *   read    the same, and not even a file or a thread
 *
 * Of root's powers, where the operator runs all as root, web and work keep those over files, decode and read none.
 *
 * What a role may is an allow-list; any other call fails with ENOSYS, as if this kernel did not have it, and those that only an intruder makes
 * (exec, fork, ptrace, a socket where none is due, for decode and read any open, ...) end the process with SIGSYS. Builds with sanitizers allow reading /proc beside it, and
 * answer EPERM instead of killing, so that a report can still be written. */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include "base/cx.h"
#include "sys/role.h"

struct sandbox_paths {
	const char *const *read_only; /* NULL-ended lists of directories (or files); NULL: none. One that is not there is FAILED */
	const char *const *read_write;
	/* Only for web: where its database is. A TCP port needs a kernel whose Landlock knows ports (Linux 6.7): FAILED on others. */
	bool local_sockets;           /* it may connect to Unix sockets */
	const uint16_t *ports;        /* and to these TCP ports */
	size_t ports_n;
	int64_t memory;               /* RLIMIT_AS, bytes; 0: no limit. Not applied in builds with sanitizers */
	int64_t cpu_seconds;          /* RLIMIT_CPU; 0: no limit */
};

/* What every role needs of the system (time zones, and for work certificates and name lookup) is readable without being listed.
 * To be called before a second thread is started: FAILED when there is one. */
CHECKED err sandbox_enter(struct cx *cx, enum role role, const struct sandbox_paths *paths);

/* The first half, for a role whose libraries read files and start threads while they get ready: files, limits, no_new_privs. sandbox_enter with
 * paths == NULL is then the second. */
CHECKED err sandbox_enter_files(struct cx *cx, enum role role, const struct sandbox_paths *paths);

/* What this process holds (site.conf with its passwords, what people send) reaches no core file, and nobody else's debugger or /proc. sandbox_enter does it
 * too; this is for a process that is not in the sandbox, or not yet. The limit is inherited, the rest ends at the next exec. */
CHECKED err sandbox_forbid_cores(struct cx *cx);

/* Whether this kernel has what sandbox_enter needs: for `broadside version` and the admin page. */
bool sandbox_available(struct cx *cx, str *why_not);

#endif
