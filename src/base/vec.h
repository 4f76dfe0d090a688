/* vec: a growing array of any type in the cx's arena.
 *
 *     VEC(struct link) links = { 0 };
 *     vec_push(cx, &links, ((struct link){ ... }));
 *
 * Elements may move when it grows: hold indices, not addresses, while pushing. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <string.h>

#include "base/arena.h"
#include "base/cx.h"

#define VEC(T) \
	struct { \
		T *at; \
		size_t n, cap; \
	}

#define vec_push(cx, v, ...) \
	do { \
		if ((v)->n == (v)->cap) { \
			size_t vec_cap_ = (v)->cap ? (v)->cap * 2 : 8; \
			void *vec_new_ = arena_alloc((cx)->arena, vec_cap_ * sizeof *(v)->at); \
			if ((v)->n) memcpy(vec_new_, (v)->at, (v)->n * sizeof *(v)->at); \
			(v)->at = vec_new_; \
			(v)->cap = vec_cap_; \
		} \
		(v)->at[(v)->n++] = (__VA_ARGS__); \
	} while (0)

#endif
