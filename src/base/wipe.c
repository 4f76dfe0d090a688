/* The stack below the caller. Near by it is overwritten; further down, where a deep recursion may have been once, its pages are given back to the
 * system, so that a stack does not grow to its full size by being cleaned. */
#include "base/wipe.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/must.h"
#include "base/banned.h"

#define NEAR 16384
#define MAIN_DEPTH (8L << 20)

static __attribute__((noinline, no_sanitize("address"))) void wipe_near(void) /* a sanitizer would leave room of its own around it */
{
	char waste[NEAR];
	explicit_bzero(waste, sizeof waste);
}

/* Where the stack may have come to. The main thread's limits stand in /proc alone, which a sandbox hides; but nothing else ever lies within 128 MiB below
 * it, by the kernel's own layout, and what is not there cannot be given back. */
void wipe_begin(struct wipe *w)
{
	pthread_attr_t attributes;
	void *lowest;
	size_t size;
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	*w = (struct wipe){ .lowest = (here & ~(uintptr_t)(MAIN_DEPTH - 1)) - MAIN_DEPTH };
	if (getpid() == gettid()) return;
	MUST(pthread_getattr_np(pthread_self(), &attributes) == 0);
	MUST(pthread_attr_getstack(&attributes, &lowest, &size) == 0);
	pthread_attr_destroy(&attributes);
	w->lowest = here - (uintptr_t)lowest < size ? (uintptr_t)lowest : UINTPTR_MAX; /* else it is a stack that a sanitizer made */
}

/* What lies a page and more below this function's own frame, which madvise() needs. */
static __attribute__((noinline)) void wipe_far(uintptr_t from)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), here = (uintptr_t)__builtin_frame_address(0);
	uintptr_t to = (here & ~(page - 1)) - page;
	if (from < to) (void)madvise((void *)from, to - from, MADV_DONTNEED); /* ENOMEM says that not all of it was there */
}

void wipe_stack(struct wipe *w)
{
	wipe_far(w->lowest);
	wipe_near();
	w->since = 0;
}
