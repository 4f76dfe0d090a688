/* The one object that is handed everywhere. */
#define OWNS_MEMORY
#include "base/cx.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/must.h"
#include "base/banned.h"

struct cx_deferred {
	void (*fn)(void *);
	void *arg;
	struct cx_deferred *before;
};

struct owned {
	struct cx cx;
	struct rnd rnd;
	struct rnd ids; /* request ids are no secret, and drawn for every request: without a system call */
};

struct cx *cx_new(void)
{
	struct owned *o = calloc(1, sizeof *o);
	MUST(o != NULL);
	o->cx.arena = arena_new();
	o->cx.clock = &clock_system;
	o->cx.rnd = &o->rnd;
	rnd_bytes(&o->rnd, &o->ids.seed, sizeof o->ids.seed);
	o->ids.seed |= 1;
	rnd_bytes(&o->ids, &o->cx.rid, sizeof o->cx.rid);
	return &o->cx;
}

static void run_deferred(struct cx *cx)
{
	while (cx->deferred) {
		struct cx_deferred *d = cx->deferred;
		cx->deferred = d->before;
		d->fn(d->arg);
	}
}

void cx_end(struct cx *cx)
{
	if (!cx) return;
	run_deferred(cx);
	arena_free(cx->arena);
	free(cx); /* first member of struct owned */
}

void cx_reset(struct cx *cx)
{
	run_deferred(cx);
	arena_reset(cx->arena);
	cx->fault = (struct fault){ 0 };
	rnd_bytes(&((struct owned *)cx)->ids, &cx->rid, sizeof cx->rid);
}

void *cx_alloc(struct cx *cx, size_t n) { return arena_alloc(cx->arena, n); }

void *cx_alloc_array(struct cx *cx, size_t n, size_t size)
{
	size_t total;
	MUST(!__builtin_mul_overflow(n, size, &total));
	return arena_alloc(cx->arena, total);
}

err cx_fail(struct cx *cx, err kind, const char *field, const char *fmt, ...)
{
	MUST(kind != OK);
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	MUST(n >= 0);
	size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
	cx->fault = (struct fault){ kind, str_of(field), str_copy(cx, (str){ text, len }) };
	return kind;
}

str cx_fault_line(struct cx *cx)
{
	const struct fault *f = &cx->fault;
	if (f->field.n == 0) return f->sentence;
	return str_fmt(cx, STR_FMT ": " STR_FMT, STR_ARG(f->field), STR_ARG(f->sentence));
}

void cx_defer(struct cx *cx, void (*fn)(void *), void *arg)
{
	struct cx_deferred *d = cx_new_of(cx, struct cx_deferred);
	*d = (struct cx_deferred){ fn, arg, cx->deferred };
	cx->deferred = d;
}
