/* Linked into the server, this counts what the listeners' threads ask of the allocator and of mutexes, and whether it was this program or a library that
 * asked. A thread becomes a listener's when it first runs libmicrohttpd. Counts go to the file DIR/counts, where there is one, for the test to read. */
#include <dlfcn.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern char __executable_start, etext;
extern void *__libc_malloc(size_t n), *__libc_calloc(size_t n, size_t size), *__libc_realloc(void *p, size_t n);

enum { OUR_MEMORY, OUR_LOCKS, THEIR_MEMORY, THEIR_LOCKS, OUR_LAST, FIGURES };

static atomic_uint_least64_t *counts;
static _Thread_local int listening;
static enum MHD_Result (*real_run)(struct MHD_Daemon *);
static int (*real_lock)(pthread_mutex_t *), (*real_signal)(pthread_cond_t *), (*real_broadcast)(pthread_cond_t *), (*real_read_lock)(pthread_rwlock_t *), (*real_write_lock)(pthread_rwlock_t *);

static void resolve(void)
{
	*(void **)&real_run = dlsym(RTLD_NEXT, "MHD_run");
	*(void **)&real_lock = dlsym(RTLD_NEXT, "pthread_mutex_lock");
	*(void **)&real_signal = dlsym(RTLD_NEXT, "pthread_cond_signal");
	*(void **)&real_broadcast = dlsym(RTLD_NEXT, "pthread_cond_broadcast");
	*(void **)&real_read_lock = dlsym(RTLD_NEXT, "pthread_rwlock_rdlock");
	*(void **)&real_write_lock = dlsym(RTLD_NEXT, "pthread_rwlock_wrlock");
}

__attribute__((constructor)) static void begin(int argc, char **argv)
{
	char path[4096];
	resolve();
	if (argc < 4 || strcmp(argv[1], "role") != 0 || strcmp(argv[2], "standby") != 0) return;
	snprintf(path, sizeof path, "%s/counts", argv[3]);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) return;
	void *p = mmap(NULL, FIGURES * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED) counts = p;
}

static void note(const void *from, int ours, int theirs)
{
	if (!listening || !counts) return;
	bool own = (const char *)from >= &__executable_start && (const char *)from < &etext;
	atomic_fetch_add(&counts[own ? ours : theirs], 1);
	if (own) atomic_store(&counts[OUR_LAST], (uint64_t)((const char *)from - &__executable_start));
}
#define NOTE_MEMORY() note(__builtin_return_address(0), OUR_MEMORY, THEIR_MEMORY)
#define NOTE_LOCK() note(__builtin_return_address(0), OUR_LOCKS, THEIR_LOCKS)

enum MHD_Result MHD_run(struct MHD_Daemon *d)
{
	listening = 1;
	return real_run(d);
}

void *malloc(size_t n) { return NOTE_MEMORY(), __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return NOTE_MEMORY(), __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return NOTE_MEMORY(), __libc_realloc(p, n); }

int pthread_mutex_lock(pthread_mutex_t *m)
{
	if (!real_lock) resolve();
	return NOTE_LOCK(), real_lock(m);
}
/* To signal can be to wait: for those who were woken before and have not left yet. */
int pthread_cond_signal(pthread_cond_t *c)
{
	if (!real_signal) resolve();
	return NOTE_LOCK(), real_signal(c);
}
int pthread_cond_broadcast(pthread_cond_t *c)
{
	if (!real_broadcast) resolve();
	return NOTE_LOCK(), real_broadcast(c);
}
int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
	if (!real_read_lock) resolve();
	return NOTE_LOCK(), real_read_lock(l);
}
int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
	if (!real_write_lock) resolve();
	return NOTE_LOCK(), real_write_lock(l);
}
