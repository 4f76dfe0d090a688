/* The order in which a role gives up what it does not need. Each step that fails stops the role: half a lock is none. */
#include "sys/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/must.h"
#include "sys/sandbox_parts.h"
#include "base/banned.h"

#if SANDBOX_SANITIZED
/* The leak check at exit stops all threads from a process of its own, which a locked role may not start. */
static bool locked;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return locked; }
#endif

static err limit(struct cx *cx, int which, const char *name, int64_t value)
{
	struct rlimit r = { (rlim_t)value, (rlim_t)value };
	if (setrlimit(which, &r) == 0) return OK;
	return cx_fail(cx, FAILED, NULL, "%s cannot be set to %lld (%s)", name, (long long)value, strerror(errno));
}

/* A limit of 0 alone would not do: the kernel hands the core to a program all the same where core_pattern names one. */
err sandbox_forbid_cores(struct cx *cx)
{
	if (!SANDBOX_SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) /* a leak check must read its own process */
		return cx_fail(cx, FAILED, NULL, "core dumps cannot be forbidden (%s)", strerror(errno));
	return limit(cx, RLIMIT_CORE, "RLIMIT_CORE", 0);
}

/* Where the operator runs everything as root, a site's files may be somebody else's: that much web and work may. (SQLite gives its files their owner.) */
#define FILES (1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH | 1U << CAP_FOWNER | 1U << CAP_CHOWN)

/* So that even there a role is nobody in particular: it cannot raise a limit again, or go before others. */
static err drop_capabilities(struct cx *cx, uint32_t kept)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3] = { { 0 } }, then[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	if (syscall(SYS_capget, &head, now) == 0) {
		then[0].effective = now[0].effective & kept;
		then[0].permitted = now[0].permitted & kept;
		if (syscall(SYS_capset, &head, then) == 0) return OK;
	}
	return cx_fail(cx, FAILED, NULL, "the sandbox cannot give up capabilities (%s)", strerror(errno));
}

err sandbox_enter_files(struct cx *cx, enum role role, const struct sandbox_paths *paths)
{
	MUST(role == ROLE_WEB || role == ROLE_WORK || role == ROLE_DECODE || role == ROLE_READ);
	/* Landlock binds the calling thread and what it starts: with a second thread there would be a way around. */
	if (!SANDBOX_SANITIZED && unshare(CLONE_THREAD) != 0)
		return cx_fail(cx, FAILED, NULL, "the sandbox must be entered before a second thread is started");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return cx_fail(cx, FAILED, NULL, "the sandbox cannot set no_new_privs (%s)", strerror(errno));
	TRY(sandbox_forbid_cores(cx));
	if (paths->cpu_seconds > 0) TRY(limit(cx, RLIMIT_CPU, "RLIMIT_CPU", paths->cpu_seconds));
	if (paths->memory > 0 && !SANDBOX_SANITIZED) TRY(limit(cx, RLIMIT_AS, "RLIMIT_AS", paths->memory));
	TRY(sandbox_lock_files(cx, role, paths));
	return drop_capabilities(cx, role == ROLE_WEB || role == ROLE_WORK ? FILES : 0);
}

err sandbox_enter(struct cx *cx, enum role role, const struct sandbox_paths *paths)
{
	if (paths) TRY(sandbox_enter_files(cx, role, paths));
	MUST(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	TRY(sandbox_lock_calls(cx, role, paths));
#if SANDBOX_SANITIZED
	locked = true;
#endif
	return OK;
}

bool sandbox_available(struct cx *cx, str *why_not)
{
	*why_not = S("");
	return sandbox_files_available(cx, why_not) && sandbox_calls_available(cx, why_not);
}
