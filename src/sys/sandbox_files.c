/* Landlock by its bare system calls: Debian 12's libc does not wrap them and its headers know only the first of its versions, so the
 * numbers of Linux's include/uapi/linux/landlock.h that we use stand here. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/sandbox_parts.h"
#include "base/banned.h"

/* Version 2 (Linux 5.19) is the first under which files can be moved between two folders of the site. */
#define ABI_NEEDED 2
#define ABI_OF_PORTS 4 /* Linux 6.7 */

#define CREATE_RULESET_VERSION 1U
#define RULE_PATH_BENEATH      1
#define RULE_NET_PORT          2

#define FS_READ_FILE   (1ULL << 2)
#define FS_READ_DIR    (1ULL << 3)
#define FS_WRITE_FILE  (1ULL << 1)
#define FS_REMOVE_DIR  (1ULL << 4)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_DIR    (1ULL << 7)
#define FS_MAKE_REG    (1ULL << 8)
#define FS_REFER       (1ULL << 13)
#define FS_TRUNCATE    (1ULL << 14) /* from version 3 */
#define NET_BIND_TCP    (1ULL << 0) /* from version 4 */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ALL       3ULL        /* from version 6: abstract sockets and signals stay among ourselves */

#define READS_FILE  FS_READ_FILE
#define READS_DIR   (FS_READ_FILE | FS_READ_DIR)
#define WRITES_FILE (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE)
#define WRITES_DIR \
	(READS_DIR | WRITES_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG | FS_REFER)

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_attr {
	uint64_t allowed;
	int32_t folder;
} __attribute__((packed));

struct port_attr {
	uint64_t allowed, port;
};

static uint64_t fs_handled(long abi)
{
	int bits = abi >= 5 ? 16 : abi >= 3 ? 15 : 14;
	return (1ULL << bits) - 1;
}

static long abi_version(void) { return syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION); }

bool sandbox_files_available(struct cx *cx, str *why_not)
{
	long abi = abi_version();
	if (abi >= ABI_NEEDED) return true;
	if (abi >= 0)
		*why_not = str_fmt(cx, "this kernel's Landlock is version %ld, and version %d (Linux 5.19) is needed", abi, ABI_NEEDED);
	else if (errno == EOPNOTSUPP)
		*why_not = S("this kernel has Landlock but it is not switched on (add landlock to lsm= on the kernel's command line)");
	else
		*why_not = S("this kernel has no Landlock (Linux 5.19 or later with CONFIG_SECURITY_LANDLOCK is needed)");
	return false;
}

/* Allows what is beneath path. A path that need not be there may be missing. */
static err allow(struct cx *cx, int rules, uint64_t handled, const char *path, bool write, bool needed)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		if (!needed && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) return OK;
		return cx_fail(cx, FAILED, NULL, "%s: the sandbox cannot allow it (%s)", path, strerror(errno));
	}
	struct stat st;
	bool folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	uint64_t may = folder ? (write ? WRITES_DIR : READS_DIR) : (write ? WRITES_FILE : READS_FILE);
	struct path_attr attr = { may & handled, fd };
	long done = syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &attr, 0);
	int why = errno;
	close(fd);
	if (done != 0) return cx_fail(cx, FAILED, NULL, "%s: the sandbox cannot allow it (%s)", path, strerror(why));
	return OK;
}

static err allow_all(struct cx *cx, int rules, uint64_t handled, const char *const *paths, bool write, bool needed)
{
	for (size_t i = 0; paths && paths[i]; i++) TRY(allow(cx, rules, handled, paths[i], write, needed));
	return OK;
}

static err allow_system(struct cx *cx, int rules, uint64_t handled, enum role role)
{
	static const char *const everywhere[] = { "/usr/share/zoneinfo", "/etc/localtime", "/dev/urandom", NULL };
	static const char *const scratch[] = { "/dev/null", NULL };
	/* Name lookup and certificates. Where a resolver replaces resolv.conf, the folder it really lives in is what must be readable. */
	static const char *const peers[] = { "/etc/resolv.conf", "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/etc/hosts",
		"/etc/host.conf", "/etc/nsswitch.conf", "/etc/services", "/etc/gai.conf", "/etc/ssl", "/usr/lib/ssl", "/etc/ca-certificates",
		"/usr/share/ca-certificates", "/usr/local/share/ca-certificates", NULL };
	static const char *const reports[] = { "/proc", NULL };
	if (SANDBOX_SANITIZED) TRY(allow_all(cx, rules, handled, reports, false, false));
	if (role == ROLE_DECODE || role == ROLE_READ) return OK;
	TRY(allow_all(cx, rules, handled, everywhere, false, false));
	TRY(allow_all(cx, rules, handled, scratch, true, false));
	if (role == ROLE_WORK) TRY(allow_all(cx, rules, handled, peers, false, false));
	return OK;
}

static err allow_ports(struct cx *cx, int rules, const struct sandbox_paths *paths)
{
	for (size_t i = 0; i < paths->ports_n; i++) {
		struct port_attr attr = { NET_CONNECT_TCP, paths->ports[i] };
		if (syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &attr, 0) != 0)
			return cx_fail(cx, FAILED, NULL, "port %d: the sandbox cannot allow it (%s)", paths->ports[i], strerror(errno));
	}
	return OK;
}

static err fill(struct cx *cx, int rules, uint64_t handled, enum role role, const struct sandbox_paths *paths)
{
	if (role == ROLE_WEB) TRY(allow_ports(cx, rules, paths));
	TRY(allow_system(cx, rules, handled, role));
	TRY(allow_all(cx, rules, handled, paths->read_only, false, true));
	TRY(allow_all(cx, rules, handled, paths->read_write, true, true));
	if (syscall(SYS_landlock_restrict_self, rules, 0) == 0) return OK;
	return cx_fail(cx, FAILED, NULL, "the sandbox cannot be entered: Landlock refuses (%s)", strerror(errno));
}

err sandbox_lock_files(struct cx *cx, enum role role, const struct sandbox_paths *paths)
{
	str why;
	if (!sandbox_files_available(cx, &why))
		return cx_fail(cx, FAILED, NULL, "the sandbox cannot be entered: " STR_FMT, STR_ARG(why));
	long abi = abi_version();
	if (role == ROLE_WEB && paths->ports_n && abi < ABI_OF_PORTS)
		return cx_fail(cx, FAILED, NULL, "this kernel's Landlock is version %ld and cannot hold the server to the database's port, which version %d (Linux 6.7) can:"
		    " reach the database by a Unix socket, its own or a connection pooler's on this machine", abi, ABI_OF_PORTS);
	struct ruleset_attr attr = { .fs = fs_handled(abi) };
	if (abi >= 4) attr.net = role == ROLE_WORK ? NET_BIND_TCP : NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= 6) attr.scoped = SCOPE_ALL;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (rules < 0)
		return cx_fail(cx, FAILED, NULL, "the sandbox cannot be entered: Landlock refuses (%s)", strerror(errno));
	err e = fill(cx, rules, attr.fs, role, paths);
	close(rules);
	return e;
}
