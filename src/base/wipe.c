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

static __attribute__((noinline)) void wipe_near(void)
{
	char waste[NEAR];
	explicit_bzero(waste, sizeof waste);
}

/* What lies a page and more below this function's own frame, which madvise() needs. */
static __attribute__((noinline)) void wipe_far(void)
{
	pthread_attr_t attributes;
	void *lowest;
	size_t size;
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), here = (uintptr_t)__builtin_frame_address(0);
	MUST(pthread_getattr_np(pthread_self(), &attributes) == 0);
	MUST(pthread_attr_getstack(&attributes, &lowest, &size) == 0);
	pthread_attr_destroy(&attributes);
	uintptr_t from = (uintptr_t)lowest, to = (here & ~(page - 1)) - page;
	if (here < from || here > from + size || to <= from) return; /* a stack that a sanitizer made */
	(void)madvise(lowest, to - from, MADV_DONTNEED); /* where it is refused the rest is overwritten all the same */
}

void wipe_stack(void)
{
	wipe_far();
	wipe_near();
}
