/* seal: a few bytes that a visitor's browser keeps for us for a while: they can be neither read nor changed there, and we keep nothing. XSalsa20-Poly1305
 * (libsodium's secretbox) under a key of this process, which is why what was sealed can be opened until the server is started anew, and not after that.
 * Thread-safe. */
#ifndef WEB_SEAL_H
#define WEB_SEAL_H

#include "base/cx.h"

#define SEAL_MOST 64 /* bytes at most */

struct seal;
struct seal *seal_new(struct cx *cx);
void seal_free(struct seal *s);

/* As hexadecimal, good for so long (microseconds). purpose: at most 16 letters that say what it is; only the same opens it again. */
str seal_close(struct cx *cx, const struct seal *s, str purpose, const void *bytes, size_t n, int64_t life);

/* False where it is none of ours, for another purpose, of another length, or too old. */
bool seal_open(struct cx *cx, const struct seal *s, str purpose, str sealed, void *bytes, size_t n);

#endif
