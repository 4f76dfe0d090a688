/* Every role, locked as it is in service, tries a list of acts; the table at the end says which must work, which must be refused and which
 * must end the process. Each try is a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cx.h"
#include "sys/msg.h"
#include "sys/sandbox.h"
#include "sys/sandbox_parts.h"
#include "sys/spool.h"

/* What is made before the lock, so that only the act itself can fail. */
static struct {
	char site[64], outside[64]; /* two folders */
	int listener;               /* with a connection waiting */
	int port, other_port;       /* the listener's, and another's */
	int other_listener;
	int local_listener;         /* a Unix socket "socket" in outside */
	int free_socket;            /* TCP, neither bound nor connected */
	int bound_socket;           /* TCP, bound, not listening */
	int inside_file, messages[2];
	pid_t parent;
} given;

static const char *in(const char *folder, const char *name)
{
	static char path[2][160];
	static int turn;
	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd >= 0) close(fd);
	return fd >= 0;
}

/* acts: true when it was let through */

static bool reads_passwd(struct cx *cx) { return (void)cx, opens("/etc/passwd", O_RDONLY); }
static bool reads_outside(struct cx *cx) { return (void)cx, opens(in(given.outside, "secret"), O_RDONLY); }
static bool writes_outside(struct cx *cx) { return (void)cx, opens(in(given.outside, "new"), O_WRONLY | O_CREAT); }
static bool truncates_outside(struct cx *cx) { return (void)cx, truncate(in(given.outside, "secret"), 0) == 0; }
static bool lists_outside(struct cx *cx) { return (void)cx, opens(given.outside, O_RDONLY | O_DIRECTORY); }
static bool links_from_outside(struct cx *cx)
{
	return (void)cx, link(in(given.outside, "secret"), in(given.site, "mine")) == 0;
}
static bool moves_outside(struct cx *cx) { return (void)cx, rename(in(given.site, "file"), in(given.outside, "taken")) == 0; }
static bool climbs_out(struct cx *cx)
{
	char path[200];
	snprintf(path, sizeof path, "%s/../../etc/passwd", given.site);
	return (void)cx, opens(path, O_RDONLY);
}
static bool reads_proc(struct cx *cx)
{
	return (void)cx, opens("/sys/kernel/notes", O_RDONLY) || (!SANDBOX_SANITIZED && opens("/proc/1/environ", O_RDONLY));
}
static bool opens_inside(struct cx *cx)
{
	return (void)cx, opens(in(given.site, "new"), O_RDWR | O_CREAT | O_EXCL) && unlink(in(given.site, "new")) == 0;
}
static bool moves_inside(struct cx *cx)
{
	(void)cx;
	return mkdir(in(given.site, "a"), 0700) == 0 && rename(in(given.site, "file"), in(given.site, "a/file")) == 0 &&
	    rename(in(given.site, "a/file"), in(given.site, "file")) == 0 && rmdir(in(given.site, "a")) == 0;
}
static bool makes_symlink(struct cx *cx) { return (void)cx, symlink("/etc/passwd", in(given.site, "link")) == 0; }
static bool makes_device(struct cx *cx) { return (void)cx, mknod(in(given.site, "dev"), S_IFCHR | 0600, 0x103) == 0; }
static bool makes_fifo(struct cx *cx) { return (void)cx, mkfifo(in(given.site, "fifo"), 0600) == 0; }
static bool chmods_by_path(struct cx *cx) { return (void)cx, chmod(in(given.outside, "secret"), 0777) == 0; }
static bool spools(struct cx *cx)
{
	int fd;
	return spool_open(cx, given.site, &fd) == OK && spool_write(cx, fd, S("x")) == OK && close(fd) == 0 &&
	    spool_write_file(cx, in(given.site, "whole"), S("y"), 0600) == OK;
}
static bool reads_zone(struct cx *cx) { return (void)cx, opens("/usr/share/zoneinfo/UTC", O_RDONLY) && opens("/dev/urandom", O_RDONLY); }

static bool writes_database(struct cx *cx)
{
	sqlite3 *db = NULL;
	(void)cx;
	bool ok = sqlite3_open(in(given.site, "site.db"), &db) == SQLITE_OK &&
	    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; CREATE TABLE IF NOT EXISTS t(a);"
	                     "BEGIN; INSERT INTO t VALUES(1),(2); COMMIT; PRAGMA wal_checkpoint(TRUNCATE); VACUUM",
	        NULL, NULL, NULL) == SQLITE_OK;
	return sqlite3_close(db) == SQLITE_OK && ok;
}

static bool executes(struct cx *cx) { return (void)cx, execl("/bin/true", "true", NULL) == 0; }
static bool executes_by_descriptor(struct cx *cx)
{
	char *none[] = { NULL };
	return (void)cx, syscall(SYS_execveat, given.inside_file, "", none, none, 0x1000) == 0;
}
static bool forks(struct cx *cx)
{
	pid_t pid = fork();
	if (pid == 0) _exit(0);
	return (void)cx, pid > 0;
}
static bool clones_a_process(struct cx *cx)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) _exit(0);
	return (void)cx, pid > 0;
}
static void *set_true(void *arg) { return *(bool *)arg = true, NULL; }
static bool starts_a_thread(struct cx *cx)
{
	pthread_t t[3];
	bool ran[3] = { false };
	(void)cx;
	for (int i = 0; i < 3; i++)
		if (pthread_create(&t[i], NULL, set_true, &ran[i]) != 0) return false;
	for (int i = 0; i < 3; i++) pthread_join(t[i], NULL);
	return ran[0] && ran[1] && ran[2];
}
static void *thread_opens(void *arg) { return *(bool *)arg = opens("/etc/passwd", O_RDONLY), NULL; }
static bool reads_passwd_in_a_thread(struct cx *cx)
{
	pthread_t t;
	bool read = false;
	(void)cx;
	return pthread_create(&t, NULL, thread_opens, &read) == 0 && pthread_join(t, NULL) == 0 && read;
}

static bool socket_of(int domain, int type)
{
	int fd = socket(domain, type | SOCK_CLOEXEC, 0);
	if (fd >= 0) close(fd);
	return fd >= 0;
}
static bool makes_inet_socket(struct cx *cx) { return (void)cx, socket_of(AF_INET, SOCK_STREAM); }
static bool makes_unix_socket(struct cx *cx) { return (void)cx, socket_of(AF_UNIX, SOCK_STREAM); }
static bool makes_raw_socket(struct cx *cx) { return (void)cx, socket_of(AF_INET, SOCK_RAW); }
static bool makes_netlink_socket(struct cx *cx) { return (void)cx, socket_of(AF_NETLINK, SOCK_RAW); }
static bool makes_packet_socket(struct cx *cx) { return (void)cx, socket_of(AF_PACKET, SOCK_DGRAM); }
static bool makes_datagram_socket(struct cx *cx) { return (void)cx, socket_of(AF_INET, SOCK_DGRAM); }
static bool connects_to(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	return connect(given.free_socket, (struct sockaddr *)&to, sizeof to) == 0;
}
static bool connects(struct cx *cx) { return (void)cx, connects_to(given.port); }
static bool connects_elsewhere(struct cx *cx) { return (void)cx, connects_to(given.other_port); }
static struct sockaddr_un local_address(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", given.outside);
	return at;
}
static bool connects_locally(struct cx *cx)
{
	struct sockaddr_un to = local_address();
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return (void)cx, fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}
static bool binds(struct cx *cx)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	return (void)cx, bind(given.free_socket, (struct sockaddr *)&to, sizeof to) == 0;
}
static bool listens(struct cx *cx) { return (void)cx, listen(given.bound_socket, 1) == 0; }
static bool accepts(struct cx *cx)
{
	int fd = accept4(given.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0) return false;
	return (void)cx, send(fd, "hello", 5, MSG_NOSIGNAL) == 5 && shutdown(fd, SHUT_RDWR) == 0 && close(fd) == 0;
}
static bool looks_up_a_name(struct cx *cx)
{
	struct addrinfo *list = NULL, hints = { .ai_socktype = SOCK_STREAM };
	(void)cx;
	/* A machine without /etc/hosts asks a name server, and hears that there is no such name: looked up all the same. */
	int e = getaddrinfo("localhost", "80", &hints, &list);
	if (e == 0) freeaddrinfo(list);
	return e == 0 || (e == EAI_NONAME && access("/etc/hosts", R_OK) != 0 && errno == ENOENT);
}
static bool speaks_to_its_parent(struct cx *cx)
{
	struct msg m;
	return msg_send(cx, given.messages[0], 3, S("report"), 2) == OK && msg_recv(cx, given.messages[1], 1000, &m) == OK &&
	    m.fd >= 0 && close(m.fd) == 0;
}

static bool traces(struct cx *cx) { return (void)cx, ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0; }
static bool attaches(struct cx *cx) { return (void)cx, ptrace(PTRACE_ATTACH, given.parent, NULL, NULL) == 0; }
static bool reads_other_memory(struct cx *cx)
{
	char here[8];
	struct iovec to = { here, 8 }, from = { &given, 8 };
	return (void)cx, process_vm_readv(given.parent, &to, 1, &from, 1, 0) > 0;
}
static bool signals_another(struct cx *cx) { return (void)cx, kill(given.parent, 0) == 0; }
static bool signals_another_thread(struct cx *cx) { return (void)cx, syscall(SYS_tgkill, given.parent, given.parent, 0) == 0; }
static bool schedules(pid_t who, unsigned policy, unsigned priority)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} turns = { .size = sizeof turns, .policy = policy, .priority = priority, .runtime = policy == SCHED_OTHER ? 100000 : 0 };
	return syscall(SYS_sched_setattr, who, &turns, 0) == 0;
}
static bool asks_for_short_turns(struct cx *cx) { return (void)cx, schedules(0, SCHED_OTHER, 0); }
static bool schedules_another(struct cx *cx) { return (void)cx, schedules(given.parent, SCHED_OTHER, 0); }
static bool goes_before_all(struct cx *cx) { return (void)cx, schedules(0, SCHED_FIFO, 1); }
static bool gives_way(struct cx *cx) { return (void)cx, setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 1) == 0; }
static bool takes_its_way_back(struct cx *cx) { return (void)cx, setpriority(PRIO_PROCESS, 0, -5) == 0; }
static volatile sig_atomic_t raised;
static void note(int signal_number) { raised = signal_number; }
static bool signals_itself(struct cx *cx)
{
	signal(SIGUSR1, note);
	return (void)cx, raise(SIGUSR1) == 0 && raised == SIGUSR1;
}

static bool maps(int prot)
{
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) return false;
	munmap(p, 4096);
	return true;
}
static bool maps_memory(struct cx *cx) { return (void)cx, maps(PROT_READ | PROT_WRITE); }
static bool maps_code(struct cx *cx) { return (void)cx, maps(PROT_READ | PROT_EXEC); }
static bool makes_code(struct cx *cx)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return (void)cx, mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}
static bool makes_memory_file(struct cx *cx) { return (void)cx, memfd_create("x", 0) >= 0; }
static bool fails_call(long number) { return syscall(number, 0, 0, 0, 0, 0, 0) >= 0 || errno != ENOSYS; }
static bool uses_io_uring(struct cx *cx) { return (void)cx, fails_call(425); }
static bool changes_user(struct cx *cx) { return (void)cx, setuid(getuid()) == 0; }
static bool unshares(struct cx *cx) { return (void)cx, unshare(CLONE_NEWUSER) == 0; }
static bool mounts(struct cx *cx) { return (void)cx, mount("none", given.site, "tmpfs", 0, NULL) == 0; }
static bool loads_bpf(struct cx *cx) { return (void)cx, syscall(SYS_bpf, 0, NULL, 0) >= 0; }
static bool counts_events(struct cx *cx) { return (void)cx, syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0) >= 0; }
static bool types_into_a_terminal(struct cx *cx)
{
	char c = 'x';
	return (void)cx, ioctl(given.messages[0], TIOCSTI, &c) == 0 || errno != ENOSYS;
}
static bool unblocks_a_socket(struct cx *cx) { return (void)cx, ioctl(given.messages[0], FIONBIO, &(int){ 0 }) == 0; }
static bool raises_a_limit(struct cx *cx)
{
	struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY };
	return (void)cx, setrlimit(RLIMIT_NOFILE, &r) == 0;
}
static bool dumps_no_core(struct cx *cx)
{
	struct rlimit r;
	return (void)cx, getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_cur == 0 && r.rlim_max == 0;
}
static bool tells_time_and_draws_lots(struct cx *cx)
{
	struct timespec wait = { 0, 1 };
	return clock_now(&clock_system) > 0 && clock_monotonic() > 0 && rnd_below(cx->rnd, 6) < 6 && nanosleep(&wait, NULL) == 0;
}
static bool uses_given_files(struct cx *cx)
{
	char back[8];
	struct stat st;
	return spool_write(cx, given.inside_file, S("result")) == OK && pread(given.inside_file, back, 6, 0) == 6 &&
	    fstat(given.inside_file, &st) == 0 && lseek(given.inside_file, 0, SEEK_SET) == 0;
}

/* one try */

enum { LET_THROUGH = 0, REFUSED = 10, NO_LOCK = 11 };

static struct sandbox_paths reach; /* of a web role beside a database server; all 0 where there is none */

static const struct sandbox_paths *paths_of(enum role role)
{
	static const char *site[2];
	static struct sandbox_paths files = { .read_write = site }, none;
	site[0] = given.site;
	files.local_sockets = reach.local_sockets;
	files.ports = reach.ports;
	files.ports_n = reach.ports_n;
	return role == ROLE_DECODE || role == ROLE_READ ? &none : &files;
}

static int try(struct cx *cx, enum role role, bool (*act)(struct cx *))
{
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (sandbox_enter(cx, role, paths_of(role)) != OK) {
			fprintf(stderr, STR_FMT "\n", STR_ARG(cx_fault_line(cx)));
			_exit(NO_LOCK);
		}
		_exit(act(cx) ? LET_THROUGH : REFUSED);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int listener(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

static void open_sockets(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_un local = local_address();
	given.listener = listener(&given.port);
	given.other_listener = listener(&given.other_port);
	given.local_listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(given.local_listener, (struct sockaddr *)&local, sizeof local), 0);
	assert_int_equal(listen(given.local_listener, 64), 0);
	given.free_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	given.bound_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	at.sin_port = 0;
	assert_int_equal(bind(given.bound_socket, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, given.messages), 0);
}

static int dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)given.port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static int set_up(void **state)
{
	struct cx *cx = *state = cx_new();
	snprintf(given.site, sizeof given.site, "/tmp/broadside-site-XXXXXX");
	snprintf(given.outside, sizeof given.outside, "/tmp/broadside-outside-XXXXXX");
	if (!mkdtemp(given.site) || !mkdtemp(given.outside)) return 1;
	if (spool_write_file(cx, in(given.outside, "secret"), S("secret"), 0644) != OK) return 1;
	if (spool_write_file(cx, in(given.site, "file"), S("file"), 0644) != OK) return 1;
	given.parent = getpid();
	given.inside_file = open(in(given.site, "given"), O_RDWR | O_CREAT | O_CLOEXEC, 0700);
	open_sockets();
	return given.inside_file < 0;
}

static int tear_down(void **state)
{
	static const char *const left[] = { "given", "file", "whole", "new", "site.db", "site.db-wal", "site.db-shm" };
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) unlink(in(given.site, left[i]));
	unlink(in(given.outside, "secret"));
	unlink(in(given.outside, "socket"));
	bool clean = rmdir(given.site) == 0 && rmdir(given.outside) == 0; /* nothing else was made, inside or outside */
	cx_end(*state);
	return !clean;
}

/* tests */

#define YES 'y'  /* works */
#define NO  'n'  /* is refused */
#define END '!'  /* ends the process (with a sanitizer: is refused) */

static const struct {
	const char *name;
	bool (*act)(struct cx *);
	char web, work, decode, read;
} acts[] = {
#define ACT(name, web, work, decode) { #name, name, web, work, decode, decode }
#define ACT_OF_EACH(name, web, work, decode, read) { #name, name, web, work, decode, read }
	ACT(reads_passwd, NO, NO, END),
	ACT_OF_EACH(reads_passwd_in_a_thread, NO, NO, END, NO),
	ACT(reads_outside, NO, NO, END),
	ACT(writes_outside, NO, NO, END),
	ACT(truncates_outside, NO, NO, NO),
	ACT(lists_outside, NO, NO, END),
	ACT(links_from_outside, NO, NO, NO),
	ACT(moves_outside, NO, NO, NO),
	ACT(climbs_out, NO, NO, END),
	ACT(chmods_by_path, NO, NO, NO),
	ACT(opens_inside, YES, YES, END),
	ACT(moves_inside, YES, YES, NO),
	ACT(makes_symlink, NO, NO, NO),
	ACT(makes_device, NO, NO, NO),
	ACT(makes_fifo, NO, NO, NO),
	ACT(spools, YES, YES, END),
	ACT(writes_database, YES, YES, NO),
	ACT_OF_EACH(uses_given_files, YES, YES, YES, NO),
	ACT(executes, END, END, END),
	ACT(executes_by_descriptor, END, END, END),
	ACT(forks, END, END, END),
	ACT(clones_a_process, END, END, END),
	ACT_OF_EACH(starts_a_thread, YES, YES, YES, NO),
	ACT(makes_inet_socket, END, YES, END),
	ACT(makes_unix_socket, END, YES, END),
	ACT(makes_raw_socket, END, NO, END),
	ACT(makes_netlink_socket, END, NO, END),
	ACT(makes_packet_socket, END, NO, END),
	ACT(connects, END, YES, END),
	ACT(binds, END, NO, END),
	ACT(listens, END, END, END),
	ACT(accepts, YES, END, END),
	ACT(speaks_to_its_parent, YES, YES, YES),
	ACT(traces, END, END, END),
	ACT(attaches, END, END, END),
	ACT(reads_other_memory, END, END, END),
	ACT(signals_another, END, END, END),
	ACT(signals_another_thread, NO, NO, NO),
	ACT(signals_itself, YES, YES, YES),
	ACT(asks_for_short_turns, YES, NO, NO),
	ACT(gives_way, YES, NO, NO),
	ACT(schedules_another, NO, NO, NO),
	ACT(goes_before_all, NO, NO, NO),
	ACT(takes_its_way_back, NO, NO, NO),
	ACT(maps_memory, YES, YES, YES),
	ACT(maps_code, NO, NO, NO),
	ACT(makes_code, NO, NO, NO),
	ACT(makes_memory_file, NO, NO, NO),
	ACT(uses_io_uring, NO, NO, NO),
	ACT(changes_user, NO, NO, NO),
	ACT(unshares, END, END, END),
	ACT(mounts, END, END, END),
	ACT(loads_bpf, END, END, END),
	ACT(counts_events, END, END, END),
	ACT(types_into_a_terminal, NO, NO, NO),
	ACT(unblocks_a_socket, YES, YES, NO),
	ACT(raises_a_limit, NO, NO, NO),
	ACT(dumps_no_core, YES, YES, YES),
	ACT_OF_EACH(tells_time_and_draws_lots, YES, YES, YES, NO),
	ACT(reads_proc, NO, NO, END),
	ACT(reads_zone, YES, YES, END),
	ACT(looks_up_a_name, END, YES, END),
};

static bool as_expected(int status, char expected)
{
	if (expected == YES) return WIFEXITED(status) && WEXITSTATUS(status) == LET_THROUGH;
	if (expected == END && !SANDBOX_SANITIZED) return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	return WIFEXITED(status) && WEXITSTATUS(status) == REFUSED;
}

static void tries_everything(struct cx *cx, enum role role)
{
	int wrong = 0;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		char expected = role == ROLE_WEB ? acts[i].web : role == ROLE_WORK ? acts[i].work : role == ROLE_DECODE ? acts[i].decode : acts[i].read;
		int caller = acts[i].act == accepts ? dial() : -1;
		int status = try(cx, role, acts[i].act);
		if (caller >= 0) close(caller);
		if (as_expected(status, expected)) continue;
		print_error("%s %s: expected '%c', ended with status %#x\n", role_name(role), acts[i].name, expected, status);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void web_may_what_it_must_and_no_more(void **state) { tries_everything(*state, ROLE_WEB); }
static void work_may_what_it_must_and_no_more(void **state) { tries_everything(*state, ROLE_WORK); }
static void decode_may_what_it_must_and_no_more(void **state) { tries_everything(*state, ROLE_DECODE); }
static void read_may_what_it_must_and_no_more(void **state) { tries_everything(*state, ROLE_READ); }

/* Beside a database server, web may reach it by its Unix socket or by its port, and nothing else. */
static const struct {
	const char *name;
	bool (*act)(struct cx *);
	char local, port;
} reaching[] = {
	{ "connects", connects, NO, YES },
	{ "connects_elsewhere", connects_elsewhere, NO, NO },
	{ "connects_locally", connects_locally, YES, NO },
	{ "makes_inet_socket", makes_inet_socket, NO, YES },
	{ "makes_unix_socket", makes_unix_socket, YES, NO },
	{ "makes_datagram_socket", makes_datagram_socket, NO, NO },
	{ "makes_raw_socket", makes_raw_socket, NO, NO },
	{ "makes_netlink_socket", makes_netlink_socket, NO, NO },
	{ "makes_packet_socket", makes_packet_socket, NO, NO },
	{ "looks_up_a_name", looks_up_a_name, NO, NO },
	{ "reads_outside", reads_outside, NO, NO },
	{ "writes_database", writes_database, YES, YES },
	{ "binds", binds, END, END },
	{ "listens", listens, END, END },
	{ "executes", executes, END, END },
	{ "forks", forks, END, END },
};

static void web_reaches_its_database_and_nothing_else(void **state)
{
	int wrong = 0;
	uint16_t port = (uint16_t)given.port;
	for (int by_port = 0; by_port < 2; by_port++) {
		if (by_port) reach = (struct sandbox_paths){ .ports = &port, .ports_n = 1 };
		else reach = (struct sandbox_paths){ .local_sockets = true };
		for (size_t i = 0; i < sizeof reaching / sizeof *reaching; i++) {
			char expected = by_port ? reaching[i].port : reaching[i].local;
			close(given.free_socket); /* the last try may have connected it */
			given.free_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
			int status = try(*state, ROLE_WEB, reaching[i].act);
			if (as_expected(status, expected)) continue;
			if (by_port && WIFEXITED(status) && WEXITSTATUS(status) == NO_LOCK) continue; /* this kernel knows no ports, and so the role does not start */
			print_error("web by %s %s: expected '%c', ended with status %#x\n", by_port ? "port" : "socket", reaching[i].name, expected, status);
			wrong++;
		}
	}
	reach = (struct sandbox_paths){ 0 };
	assert_int_equal(wrong, 0);
}

static void the_acts_work_without_a_lock(void **state)
{
	struct cx *cx = *state;
	if (geteuid() != 0) return; /* some need rights that the lock is not the one to take */
	assert_true(reads_passwd(cx) && reads_outside(cx) && lists_outside(cx) && climbs_out(cx) && maps_code(cx) && makes_inet_socket(cx));
	assert_true(connects_locally(cx) && makes_datagram_socket(cx));
	assert_true(signals_another(cx) && makes_netlink_socket(cx) && makes_memory_file(cx));
}

/* libmicrohttpd as the web role drives it: a given listener, its epoll descriptor polled, MHD_run. */
static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *target, const char *method, const char *version,
    const char *data, size_t *n, void **state)
{
	(void)target, (void)method, (void)version, (void)data, (void)n, (void)state;
	struct MHD_Response *r = MHD_create_response_from_fd(5, given.inside_file);
	enum MHD_Result done = MHD_queue_response(c, 200, r);
	MHD_destroy_response(r);
	*(bool *)cls = true;
	return done;
}

static bool serves(struct cx *cx)
{
	bool asked = false;
	if (spool_write(cx, given.inside_file, S("hello")) != OK) return false;
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, answer, &asked,
	    MHD_OPTION_LISTEN_SOCKET, given.listener, MHD_OPTION_CONNECTION_LIMIT, 100U, MHD_OPTION_CONNECTION_TIMEOUT, 5U, MHD_OPTION_END);
	if (!d) return false;
	struct pollfd p = { MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, POLLIN, 0 };
	for (int i = 0; i < 200 && MHD_get_daemon_info(d, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections + !asked > 0; i++)
		if (poll(&p, 1, 100) >= 0) MHD_run(d);
	MHD_stop_daemon(d);
	return asked;
}

static void web_serves_http(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
	int caller = dial();
	assert_int_equal(send(caller, request, sizeof request - 1, 0), (ssize_t)sizeof request - 1);
	assert_int_equal(try(*state, ROLE_WEB, serves), 0);
	char back[1000] = "";
	ssize_t n, at = 0;
	while ((n = recv(caller, back + at, sizeof back - 1 - (size_t)at, 0)) > 0) at += n;
	assert_non_null(strstr(back, "200 OK"));
	assert_non_null(strstr(back, "hello"));
	close(caller);
}

/* limits */

static bool spins(struct cx *cx)
{
	volatile bool on = cx != NULL;
	while (on) continue;
	return true;
}

static bool takes_memory(struct cx *cx) { return (void)cx, mmap(NULL, 1 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; }

static int try_limited(struct cx *cx, bool (*act)(struct cx *))
{
	struct sandbox_paths limits = { .memory = 512 << 20, .cpu_seconds = 1 };
	pid_t pid = fork();
	if (pid == 0) {
		if (sandbox_enter_files(cx, ROLE_DECODE, &limits) != OK || sandbox_enter(cx, ROLE_DECODE, NULL) != OK) _exit(NO_LOCK);
		_exit(act(cx) ? LET_THROUGH : REFUSED);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void decode_has_bounded_time_and_memory(void **state)
{
	int status = try_limited(*state, spins);
	assert_true(WIFSIGNALED(status));
	if (SANDBOX_SANITIZED) return;
	status = try_limited(*state, takes_memory);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == REFUSED);
}

/* failing closed */

static void *wait_for_ever(void *arg)
{
	char c;
	ssize_t ignored = read(*(int *)arg, &c, 1);
	return (void)ignored, NULL;
}

/* Entering must fail with a sentence that holds the word; expected: what sandbox_available says all the same. */
static void expect_no_entry(struct cx *cx, const struct sandbox_paths *paths, const char *word, int missing_call, bool expected,
    bool with_thread)
{
	fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		pthread_t t;
		if (with_thread) pthread_create(&t, NULL, wait_for_ever, &given.messages[0]);
		if (missing_call) {
			scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
			if (!f || seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), missing_call, 0) || seccomp_load(f)) _exit(2);
		}
		str why;
		bool available = sandbox_available(cx, &why);
		if (available != (why.n == 0) || available != expected) _exit(3);
		if (sandbox_enter(cx, ROLE_WEB, paths) != FAILED) _exit(5);
		_exit(str_contains(cx->fault.sentence, str_of(word)) ? 0 : 6);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_role_does_not_go_on_without_its_lock(void **state)
{
	struct cx *cx = *state;
	const char *missing[] = { "/tmp/broadside-is-not-here", NULL };
	struct sandbox_paths wrong = { .read_write = missing };
	expect_no_entry(cx, paths_of(ROLE_WEB), "Landlock", SCMP_SYS(landlock_create_ruleset), false, false);
	expect_no_entry(cx, paths_of(ROLE_WEB), "Landlock", SCMP_SYS(landlock_restrict_self), true, false);
	expect_no_entry(cx, paths_of(ROLE_WEB), "seccomp", SCMP_SYS(seccomp), false, false);
	expect_no_entry(cx, &wrong, "/tmp/broadside-is-not-here", 0, true, false);
	if (!SANDBOX_SANITIZED) expect_no_entry(cx, paths_of(ROLE_WEB), "second thread", 0, true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_acts_work_without_a_lock),
		cmocka_unit_test(web_may_what_it_must_and_no_more),
		cmocka_unit_test(work_may_what_it_must_and_no_more),
		cmocka_unit_test(read_may_what_it_must_and_no_more),
		cmocka_unit_test(decode_may_what_it_must_and_no_more),
		cmocka_unit_test(web_reaches_its_database_and_nothing_else),
		cmocka_unit_test(web_serves_http),
		cmocka_unit_test(decode_has_bounded_time_and_memory),
		cmocka_unit_test(a_role_does_not_go_on_without_its_lock),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
