/* str: the string of this program: pointer and length, not ended by NUL, not owned.
 *
 * A str that has passed a door from outside (http/form, import, feeds) is valid UTF-8 without NUL. Comparisons are by
 * bytes. html and url are strs with a promise that only one module can make: html is made by text/sanitize (and
 * by the templates), url by text/url; the type is what decides how a template escapes them. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cx;

typedef struct str {
	const char *p;
	size_t n;
} str;

typedef struct html {
	str s;
} html;
typedef struct url {
	str s;
} url;
typedef int64_t id; /* a row's number; 0 is none */

#define S(literal) ((str){ "" literal, sizeof(literal) - 1 })
#define S_INIT(literal) { "" literal, sizeof(literal) - 1 } /* for static tables */
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

str str_of(const char *cstr); /* views a C string; NULL gives the empty str */
bool str_eq(str a, str b);
bool str_eq_ascii_ci(str a, str b); /* ASCII letters compare without case */
int str_cmp(str a, str b);          /* by bytes, like memcmp, shorter first */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_contains(str s, str part);
ptrdiff_t str_find(str s, str part, size_t from); /* offset or -1 */
ptrdiff_t str_find_char(str s, char c, size_t from);
str str_sub(str s, size_t from, size_t n); /* clipped to s */
str str_trim(str s);                       /* ASCII white space off both ends */

/* Cuts s at the first sep: returns what stands before and moves *rest behind it; when there is none, returns all and *rest is empty. */
str str_cut(str s, char sep, str *rest);

/* Whole of s as a decimal number in [min, max]; false on anything else (signs only where min < 0, no spaces). */
bool str_to_int(str s, int64_t min, int64_t max, int64_t *out);

/* These allocate in the cx's arena. */
str str_copy(struct cx *cx, str s);
char *str_c(struct cx *cx, str s); /* a NUL-ended copy; s must not contain NUL */
str str_fmt(struct cx *cx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
str str_lower_ascii(struct cx *cx, str s);
str str_join(struct cx *cx, str a, str b);

/* Lower-case hexadecimal. str_unhex is false unless hex is exactly 2 * n hexadecimal digits. */
str str_hex(struct cx *cx, const void *bytes, size_t n);
bool str_unhex(str hex, void *bytes, size_t n);

uint64_t str_hash(str s); /* FNV-1a; for tables whose keys strangers cannot choose, or whose collisions do no harm */

#endif
