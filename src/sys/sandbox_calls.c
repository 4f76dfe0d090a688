/* seccomp-bpf: for each role the system calls that it makes, with their arguments where those matter. What is not listed fails with ENOSYS rather
 * than EPERM, because libraries know how to live with an older kernel. A table, so that what a role may can be read in one place. */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <netinet/in.h>
#include <unistd.h>

#include "sys/sandbox_parts.h"
#include "base/banned.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* newer C libraries name their mappings */
#endif

enum { W = 1 << ROLE_WEB, K = 1 << ROLE_WORK, D = 1 << ROLE_DECODE, R = 1 << ROLE_READ, ALL = W | K | D, EVERY = ALL | R };

struct call {
	unsigned roles;
	int number;
	unsigned tests;
	struct scmp_arg_cmp test[2];
};

#define CALL(roles, name) { roles, SCMP_SYS(name), 0, { { 0 } } }
#define IS(arg, value) { arg, SCMP_CMP_EQ, (scmp_datum_t)(value), 0 }
#define BITS(arg, mask, value) { arg, SCMP_CMP_MASKED_EQ, (scmp_datum_t)(mask), (scmp_datum_t)(value) }
#define WHERE(roles, name, ...) { roles, SCMP_SYS(name), 1, { __VA_ARGS__ } }
#define WHERE_BOTH(roles, name, ...) { roles, SCMP_SYS(name), 2, { __VA_ARGS__ } }

static const struct call allowed[] = {
	/* on descriptors it has */
	CALL(EVERY, read), CALL(ALL, readv), CALL(ALL, pread64), CALL(ALL, preadv), CALL(EVERY, write), CALL(ALL, writev), CALL(ALL, pwrite64),
	CALL(ALL, pwritev), CALL(ALL, lseek), CALL(EVERY, close), CALL(EVERY, fstat), CALL(EVERY, poll), CALL(EVERY, ppoll), CALL(ALL, select),
	CALL(ALL, pselect6), CALL(EVERY, sendmsg), CALL(EVERY, recvmsg), CALL(EVERY, sendto), CALL(EVERY, recvfrom), CALL(ALL, eventfd2), CALL(ALL, pipe2),
	CALL(ALL, fadvise64),
	WHERE(ALL, fcntl, IS(1, F_GETFD)), WHERE(ALL, fcntl, IS(1, F_SETFD)), WHERE(ALL, fcntl, IS(1, F_GETFL)),
	WHERE(ALL, fcntl, IS(1, F_SETFL)), WHERE(ALL, fcntl, IS(1, F_DUPFD_CLOEXEC)),
	WHERE(W | K, fcntl, IS(1, F_SETLK)), WHERE(W | K, fcntl, IS(1, F_SETLKW)), WHERE(W | K, fcntl, IS(1, F_GETLK)),
	WHERE(W | K, fcntl, IS(1, F_OFD_SETLK)), WHERE(W | K, fcntl, IS(1, F_OFD_GETLK)), WHERE(W | K, fcntl, IS(1, F_SETLEASE)),

	/* memory: nothing new may be executed */
	WHERE(EVERY, mmap, BITS(2, PROT_EXEC, 0)), WHERE(EVERY, mprotect, BITS(2, PROT_EXEC, 0)), CALL(EVERY, munmap), CALL(EVERY, mremap),
	CALL(EVERY, madvise), CALL(EVERY, brk), CALL(ALL, mlock), CALL(ALL, munlock), CALL(ALL, membarrier),

	/* threads, not processes; signals to itself only (see also add_self) */
	WHERE(ALL, clone, BITS(0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM)),
	CALL(EVERY, futex), CALL(EVERY, set_robust_list), CALL(EVERY, rseq), CALL(EVERY, sched_yield),
	CALL(ALL, sched_getaffinity), CALL(ALL, getcpu), CALL(EVERY, exit), CALL(EVERY, exit_group), CALL(EVERY, rt_sigaction),
	CALL(EVERY, rt_sigprocmask), CALL(EVERY, rt_sigreturn), CALL(ALL, rt_sigtimedwait), CALL(EVERY, sigaltstack), CALL(ALL, signalfd4),
	CALL(EVERY, restart_syscall), WHERE(ALL, prctl, IS(0, PR_SET_NAME)), WHERE(ALL, prctl, IS(0, PR_SET_VMA)),

	/* time, chance, and who it is */
	CALL(EVERY, clock_gettime), CALL(ALL, clock_getres), CALL(ALL, clock_nanosleep), CALL(ALL, nanosleep), CALL(EVERY, gettimeofday),
	CALL(EVERY, time), CALL(EVERY, getrandom), CALL(EVERY, getpid), CALL(EVERY, gettid), CALL(ALL, getppid), CALL(ALL, getuid), CALL(ALL, geteuid),
	CALL(ALL, getgid), CALL(ALL, getegid), CALL(ALL, uname), CALL(ALL, sysinfo), CALL(EVERY, getrusage), CALL(EVERY, getrlimit),
	WHERE_BOTH(EVERY, prlimit64, IS(0, 0), IS(2, 0)),
	WHERE_BOTH(W, setpriority, IS(0, PRIO_PROCESS), IS(1, 0)), /* a thread of its own gives way to others */
	WHERE_BOTH(W, getpriority, IS(0, PRIO_PROCESS), IS(1, 0)), WHERE(W, sched_setattr, IS(0, 0)), /* it can ask for short turns, not for more */
	/* its own, which it can only lower: it has no capabilities (sandbox.c) */
	WHERE_BOTH(D, prlimit64, IS(0, 0), IS(1, RLIMIT_CPU)), WHERE_BOTH(D, prlimit64, IS(0, 0), IS(1, RLIMIT_DATA)),

	CALL(R, setitimer), /* the time that a text may take */

	/* files: which ones is Landlock's to say */
	CALL(W | K, open), CALL(W | K, openat), CALL(W | K, stat), CALL(W | K, lstat), CALL(W | K, newfstatat), CALL(W | K, statx),
	WHERE(D, newfstatat, BITS(3, AT_EMPTY_PATH, AT_EMPTY_PATH)),
	CALL(W | K, access), CALL(W | K, faccessat), CALL(W | K, faccessat2), CALL(W | K, readlink), CALL(W | K, readlinkat),
	CALL(W | K, getdents64), CALL(W | K, getcwd), CALL(W | K, statfs), CALL(W | K, fstatfs), CALL(W | K, mkdir), CALL(W | K, mkdirat),
	CALL(W | K, rmdir), CALL(W | K, unlink), CALL(W | K, unlinkat), CALL(W | K, rename), CALL(W | K, renameat), CALL(W | K, renameat2),
	CALL(W | K, link), CALL(W | K, linkat), CALL(W | K, ftruncate), CALL(W | K, fallocate), CALL(W | K, fsync), CALL(W | K, fdatasync),
	CALL(W | K, sync_file_range), CALL(W | K, fchmod), CALL(W | K, fchown), CALL(W | K, flock), CALL(W | K, umask),
	CALL(W | K, copy_file_range), CALL(W | K, sendfile), WHERE(W | K, utimensat, IS(1, 0)), /* of what it has open */

	/* sockets it was given (web) or made (work) */
	CALL(W | K, epoll_create1), CALL(W | K, epoll_ctl), CALL(W | K, epoll_wait), CALL(W | K, epoll_pwait), CALL(W | K, getsockname),
	CALL(W | K, getpeername), CALL(W | K, getsockopt), CALL(W | K, shutdown),
	WHERE(W | K, setsockopt, IS(1, SOL_SOCKET)), WHERE(W | K, setsockopt, IS(1, IPPROTO_TCP)),
	WHERE(K, setsockopt, IS(1, IPPROTO_IP)), WHERE(K, setsockopt, IS(1, IPPROTO_IPV6)),
	WHERE(W | K, ioctl, IS(1, FIONBIO)), WHERE(W | K, ioctl, IS(1, FIONREAD)),
	CALL(W, accept), CALL(W, accept4),
	CALL(K, connect), CALL(K, sendmmsg), CALL(K, recvmmsg), WHERE(W | K, socketpair, IS(0, AF_UNIX)), /* one end goes to the parent: a decode child's */
	WHERE_BOTH(K, socket, IS(0, AF_INET), BITS(1, 0xF, SOCK_STREAM)), WHERE_BOTH(K, socket, IS(0, AF_INET), BITS(1, 0xF, SOCK_DGRAM)),
	WHERE_BOTH(K, socket, IS(0, AF_INET6), BITS(1, 0xF, SOCK_STREAM)), WHERE_BOTH(K, socket, IS(0, AF_INET6), BITS(1, 0xF, SOCK_DGRAM)),
	WHERE_BOTH(K, socket, IS(0, AF_UNIX), BITS(1, 0xF, SOCK_STREAM)), WHERE_BOTH(K, socket, IS(0, AF_UNIX), BITS(1, 0xF, SOCK_DGRAM)),
};

/* A decode or read child opens nothing once it is locked; a sanitizer's report must. */
#if SANDBOX_SANITIZED
#define OPENING
#else
#define OPENING CALL(D | R, open), CALL(D | R, openat), CALL(D | R, openat2), CALL(D | R, creat),
#endif

/* What only an intruder does. */
static const struct call deadly[] = {
	CALL(EVERY, execve), CALL(EVERY, execveat), CALL(EVERY, fork), WHERE(EVERY, clone, BITS(0, CLONE_THREAD, 0)),
	CALL(EVERY, ptrace), CALL(EVERY, process_vm_readv), CALL(EVERY, process_vm_writev), CALL(EVERY, pidfd_getfd), CALL(EVERY, kill), CALL(EVERY, tkill),
	CALL(EVERY, rt_sigqueueinfo), CALL(EVERY, pidfd_send_signal), CALL(EVERY, mount), CALL(EVERY, umount2), CALL(EVERY, pivot_root), CALL(EVERY, chroot),
	CALL(EVERY, setns), CALL(EVERY, unshare), CALL(EVERY, bpf), CALL(EVERY, perf_event_open), CALL(EVERY, userfaultfd), CALL(EVERY, init_module),
	CALL(EVERY, finit_module), CALL(EVERY, kexec_load), CALL(EVERY, open_by_handle_at), CALL(EVERY, keyctl), CALL(EVERY, add_key),
	CALL(EVERY, listen), CALL(D | R, socketpair), CALL(W | D | R, bind),
	CALL(K | D | R, accept), CALL(K | D | R, accept4),
	OPENING
#ifdef SYS_vfork
	{ EVERY, SYS_vfork, 0, { { 0 } } }, /* the bare name is banned */
#endif
};

/* Likewise, in a role that connects nowhere. */
static const struct call alone[] = { CALL(W | D | R, socket), CALL(W | D | R, connect) };

/* For web beside a database server: which one is Landlock's to say for TCP, and the folders' permissions' for Unix sockets. */
static const struct call local[] = { CALL(W, connect), WHERE_BOTH(W, socket, IS(0, AF_UNIX), BITS(1, 0xF, SOCK_STREAM)) };
static const struct call remote[] = { CALL(W, connect), WHERE_BOTH(W, socket, IS(0, AF_INET), BITS(1, 0xF, SOCK_STREAM)),
	WHERE_BOTH(W, socket, IS(0, AF_INET6), BITS(1, 0xF, SOCK_STREAM)) };

/* What a sanitizer's report needs beside it: to read /proc. */
static const struct call reporting[] = {
	WHERE(D | R, open, BITS(1, O_ACCMODE | O_CREAT, O_RDONLY)), WHERE(D | R, openat, BITS(2, O_ACCMODE | O_CREAT, O_RDONLY)), CALL(D | R, readlink),
	CALL(D | R, readlinkat), CALL(D | R, getdents64), CALL(D | R, stat), CALL(D | R, getcwd),
};

static int add(scmp_filter_ctx filter, uint32_t action, enum role role, const struct call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct call *c = &calls[i];
		if (!(c->roles & (1U << role))) continue;
		int bad = seccomp_rule_add_array(filter, action, c->number, c->tests, c->test);
		if (bad) return bad;
	}
	return 0;
}

/* abort() and assertions raise their signal with tgkill, which may reach this process alone. */
static int add_self(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
}

#define ADD(filter, action, role, calls) add(filter, action, role, calls, sizeof(calls) / sizeof *(calls))

static int add_connecting(scmp_filter_ctx filter, uint32_t end, enum role role, const struct sandbox_paths *paths)
{
	bool unix_too = paths && paths->local_sockets, tcp = paths && paths->ports_n;
	int bad = unix_too ? ADD(filter, SCMP_ACT_ALLOW, role, local) : 0;
	if (!bad && tcp) bad = ADD(filter, SCMP_ACT_ALLOW, role, remote);
	return bad || unix_too || tcp ? bad : ADD(filter, end, role, alone);
}

static int fill(scmp_filter_ctx filter, enum role role, const struct sandbox_paths *paths)
{
	uint32_t end = SANDBOX_SANITIZED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS;
	int bad = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!bad) bad = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!bad) bad = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list: fewer steps a call */
	if (!bad) bad = ADD(filter, SCMP_ACT_ALLOW, role, allowed);
	if (!bad) bad = ADD(filter, end, role, deadly);
	if (!bad) bad = add_connecting(filter, end, role, paths);
	if (!bad && SANDBOX_SANITIZED) bad = ADD(filter, SCMP_ACT_ALLOW, role, reporting);
	if (!bad) bad = add_self(filter);
	return bad ? bad : seccomp_load(filter);
}

bool sandbox_calls_available(struct cx *cx, str *why_not)
{
	(void)cx;
	uint32_t action = SECCOMP_RET_KILL_PROCESS;
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) return true;
	*why_not = S("this kernel has no seccomp filters (Linux 4.14 or later with CONFIG_SECCOMP_FILTER is needed)");
	return false;
}

err sandbox_lock_calls(struct cx *cx, enum role role, const struct sandbox_paths *paths)
{
	str why;
	if (!sandbox_calls_available(cx, &why))
		return cx_fail(cx, FAILED, NULL, "the sandbox cannot be entered: " STR_FMT, STR_ARG(why));
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int bad = filter ? fill(filter, role, paths) : -ENOMEM;
	seccomp_release(filter);
	if (bad) return cx_fail(cx, FAILED, NULL, "the sandbox cannot be entered: seccomp refuses (%s)", strerror(-bad));
	return OK;
}
