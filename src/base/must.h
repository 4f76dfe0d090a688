/* must: assertions that stay on. MUST(x) is for what only a bug can make false; it logs file, line and the
 * current request id and aborts, and the parent starts the role again. It is never used on data from outside:
 * that fails with an err and a sentence. */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#define MUST(x) ((x) ? (void)0 : must_fail(#x, __FILE__, __LINE__))

_Noreturn void must_fail(const char *what, const char *file, int line);

/* The request id that a failing MUST prints; one per thread, set by whoever starts a request. */
void must_set_request(unsigned long long rid);

#endif
