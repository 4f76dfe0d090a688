/* metric: figures that a running process keeps about itself: counters that only grow, histograms with fixed bounds, and their text for whoever
 * asks (Prometheus' text format 0.0.4).
 *
 * A counter that one thread alone writes costs a load and a store (metric_add); one that several write says so (metric_add_shared). Any thread
 * reads any of them, at any time, without a lock: what it sees is a moment old. A set that one thread writes begins at a METRIC_ALIGN, so that two
 * threads never write the same cache line.
 *
 * No name and no label ever holds what a person sent: labels are words of this program (a route's pattern, never an address). */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdatomic.h>

#include "base/buf.h"

#define METRIC_ALIGN 64
#define METRIC_BOUNDS 14

typedef atomic_uint_least64_t metric;

static inline void metric_add(metric *m, uint64_t n)
{
	atomic_store_explicit(m, atomic_load_explicit(m, memory_order_relaxed) + n, memory_order_relaxed);
}

static inline void metric_add_shared(metric *m, uint64_t n) { atomic_fetch_add_explicit(m, n, memory_order_relaxed); }
static inline uint64_t metric_read(const metric *m) { return atomic_load_explicit(m, memory_order_relaxed); }

/* A histogram's upper bounds, growing; what lies above the last counts as infinite. */
struct metric_scale {
	int64_t bound[METRIC_BOUNDS];
	double unit; /* what a figure is divided by when it is told: microseconds are told as seconds */
};
extern const struct metric_scale metric_times; /* microseconds, 50 µs to 10 s */
extern const struct metric_scale metric_sizes; /* 1 to 8192 */

struct metric_histogram {
	metric bucket[METRIC_BOUNDS + 1], sum;
};

size_t metric_bucket(const struct metric_scale *s, int64_t value);
void metric_observe(struct metric_histogram *h, const struct metric_scale *s, int64_t value);        /* by the one thread that writes it */
void metric_observe_shared(struct metric_histogram *h, const struct metric_scale *s, int64_t value); /* by any */

/* Several histograms of one scale, added up. */
struct metric_sum {
	uint64_t bucket[METRIC_BOUNDS + 1], sum;
};
void metric_gather(struct metric_sum *into, const struct metric_histogram *h);
uint64_t metric_count(const struct metric_sum *s);

/* The text. A family is told once, followed by its samples. labels: `route="/",class="2xx"`, or empty; values of labels go through metric_label. */
void metric_family(struct buf *b, const char *name, const char *type, const char *help);
void metric_sample(struct buf *b, const char *name, str labels, uint64_t value);
void metric_sample_real(struct buf *b, const char *name, str labels, double value);
void metric_sample_histogram(struct buf *b, const char *name, str labels, const struct metric_scale *s, const struct metric_sum *h);
void metric_label(struct buf *b, const char *name, str value); /* name="value", escaped; with a comma before it when b is not empty */

/* One line of such a text, read: false on a comment or an empty line. Views text. For what asks another process for its figures. */
struct metric_line {
	str name, labels;
	double value;
};
bool metric_line(str line, struct metric_line *out);
str metric_line_label(const struct metric_line *l, str name); /* as written, escapes and all; empty when it is not there */

#endif
