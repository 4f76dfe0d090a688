/* From any thread to those that take. */
#include "http/engine.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "base/must.h"
#include "base/banned.h"

void handover_init(struct handover *h, int posts_most)
{
	atomic_init(&h->given, NULL);
	atomic_init(&h->ending, false);
	h->first = NULL;
	h->posts_most = posts_most;
	h->posts_now = h->passed_over = 0;
	pthread_mutex_init(&h->mutex, NULL);
	sem_init(&h->filled, 0, 0);
}

void handover_destroy(struct handover *h)
{
	pthread_mutex_destroy(&h->mutex);
	sem_destroy(&h->filled);
}

void handover_give(struct handover *h, struct exchange *x)
{
	struct exchange *before = atomic_load_explicit(&h->given, memory_order_relaxed);
	do x->next = before;
	while (!atomic_compare_exchange_weak(&h->given, &before, x));
	MUST(sem_post(&h->filled) == 0);
}

void handover_end(struct handover *h)
{
	atomic_store(&h->ending, true);
	MUST(sem_post(&h->filled) == 0);
}

/* What was given meanwhile, the last one first, becomes what is to be taken, the first one first. */
static struct exchange *turned(struct exchange *x)
{
	struct exchange *first = NULL;
	for (struct exchange *next; x; x = next) {
		next = x->next;
		x->next = first;
		first = x;
	}
	return first;
}

/* For at most so many microseconds; false: nothing came. */
static bool came_within(struct handover *h, int64_t left)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += left / SECOND;
	until.tv_nsec += left % SECOND * 1000;
	if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
	int bad;
	while ((bad = sem_clockwait(&h->filled, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR) continue;
	MUST(bad == 0 || errno == ETIMEDOUT);
	return bad == 0;
}

/* The first that may be taken: those who post wait for each other, and never take all who could answer readers. */
static struct exchange *pick(struct handover *h)
{
	struct exchange **at = &h->first;
	while (*at) at = &(*at)->next;
	*at = turned(atomic_exchange(&h->given, NULL));
	for (at = &h->first; *at; at = &(*at)->next) {
		struct exchange *x = *at;
		bool post = h->posts_most < INT_MAX && x->req.method == METHOD_POST;
		if (post && h->posts_now >= h->posts_most) continue;
		h->posts_now += post;
		*at = x->next;
		return x;
	}
	return NULL;
}

struct exchange *handover_take(struct handover *h, struct wipe *touched, void (*forget)(void *), void *arg)
{
	bool came = false;
	while (touched->since && !came) {
		int64_t left = wipe_left(touched);
		if (left > 0 && (came = came_within(h, left))) break;
		forget(arg);
		wipe_stack(touched);
	}
	struct exchange *x = NULL;
	for (bool ended = false; !x && !ended; came = false) {
		while (!came && sem_wait(&h->filled) != 0) MUST(errno == EINTR);
		pthread_mutex_lock(&h->mutex);
		x = pick(h);
		ended = !x && !h->first && atomic_load(&h->ending);
		h->passed_over += !x && h->first; /* it is woken again when a POST is done */
		pthread_mutex_unlock(&h->mutex);
	}
	wipe_touched(touched);
	return x;
}

void handover_post_done(struct handover *h)
{
	pthread_mutex_lock(&h->mutex);
	int woken = h->passed_over;
	h->posts_now--;
	h->passed_over = 0;
	pthread_mutex_unlock(&h->mutex);
	for (; woken; woken--) MUST(sem_post(&h->filled) == 0);
}
