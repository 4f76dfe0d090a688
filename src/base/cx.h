/* cx: what one request, job or command works with: its arena, the clock, randomness, the current fault and the
 * request id. First argument of everything that allocates or can fail. Belongs to one thread at a time. */
#ifndef BASE_CX_H
#define BASE_CX_H

#include "base/clock.h"
#include "base/err.h"
#include "base/rnd.h"
#include "base/str.h"

struct arena;

struct fault {
	err kind;
	str field;    /* the form field it is about, or empty */
	str sentence; /* completes the field's name ("is empty"), or stands alone when there is no field */
};

struct cx_deferred;

struct cx {
	struct arena *arena;
	const struct clock *clock;
	struct rnd *rnd;
	struct fault fault;
	uint64_t rid; /* random per request; says nothing about who asked */
	struct cx_deferred *deferred;
};

/* A cx with an arena of its own on the system's clock and randomness. cx_end runs what was deferred and frees it. */
struct cx *cx_new(void);
void cx_end(struct cx *cx);

/* Ready for the next request: runs what was deferred, empties the arena, clears the fault, draws a new request id. */
void cx_reset(struct cx *cx);

/* n zeroed bytes in the arena. */
void *cx_alloc(struct cx *cx, size_t n);
#define cx_new_of(cx, T) ((T *)cx_alloc(cx, sizeof(T)))
#define cx_array_of(cx, T, n) ((T *)cx_alloc_array(cx, n, sizeof(T)))
void *cx_alloc_array(struct cx *cx, size_t n, size_t size); /* n * size must not overflow */

/* Sets the fault and returns kind: `return cx_fail(cx, INVALID, "title", "is empty");`. field may be NULL.
 * The sentence is for the person it will be shown to: no addresses, no paths of strangers, no SQL. */
CHECKED err cx_fail(struct cx *cx, err kind, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The fault as one line: "title: is empty". */
str cx_fault_line(struct cx *cx);

/* Runs fn(arg) at cx_reset or cx_end, last deferred first: for descriptors and library objects. */
void cx_defer(struct cx *cx, void (*fn)(void *), void *arg);

static inline int64_t cx_now(const struct cx *cx) { return clock_now(cx->clock); }

/* What is stored of an act's time: of a reader's, author's or the machine's the first, of an editor's the second. */
static inline int64_t cx_minute(const struct cx *cx) { return clock_minute(cx_now(cx)); }
static inline int64_t cx_hour(const struct cx *cx) { return clock_hour(cx_now(cx)); }

#endif
