/* Overwrites what is freed, by whomever: our own code, SQLite, libpq, the HTTP library, compressors, the C library itself. They keep copies of what
 * people sent in places that nobody could name one by one, and all come here in the end. glibc's own M_PERTURB would be one line, but what goes to a
 * thread's cache of small blocks it leaves as it was (2.36), and it writes on every malloc as well.
 *
 * The program's symbols come before those of the libraries that it is linked with, so these two are everybody's; the C library calls them itself
 * ("Replacing malloc" in its manual). Blocks large enough to be a mapping of their own go back to the system at once, which clears what it hands
 * out: touching them would only cost. */
#define OWNS_MEMORY
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"
#include "base/banned.h"

#if !WIPE_FREED
typedef int freed_is_left_to_the_sanitizer;
#else

#define MAPPED 2 /* in the size before a block: glibc's way to tell, the same since 1997 */

extern void __libc_free(void *p);
extern void *__libc_realloc(void *p, size_t n);

static bool is_mapped(const void *p) { return ((const size_t *)p)[-1] & MAPPED; }

__attribute__((visibility("default"))) void free(void *p)
{
	if (!p) return;
	if (!is_mapped(p)) wipe_bytes(p, malloc_usable_size(p));
	__libc_free(p);
}

/* Never grown where it stands: whether it would be moved is not known before, and afterwards is too late. */
__attribute__((visibility("default"))) void *realloc(void *p, size_t n)
{
	if (!p) return malloc(n);
	if (n == 0) return free(p), NULL;
	if (is_mapped(p)) return __libc_realloc(p, n); /* its pages move, or what is cut off goes back */
	size_t have = malloc_usable_size(p);
	if (n <= have && n >= have / 2) return p;
	void *moved = malloc(n);
	if (!moved) return NULL;
	memcpy(moved, p, n < have ? n : have);
	free(p);
	return moved;
}

#endif
