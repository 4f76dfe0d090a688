/* rate: how often somebody may do something: pure functions over a small state, which the caller keeps in memory under a hash that means
 * nothing once its key is wiped. Times are microseconds. */
#ifndef RULES_RATE_H
#define RULES_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* A leaky bucket. */
struct rate {
	int64_t full_until; /* when the bucket will be empty again */
};

/* How long until one more may happen, at most per_hour an hour with bursts of as many: 0 is now. Counts nothing. */
int64_t rate_wait(const struct rate *r, int64_t now, int64_t per_hour);

/* May one more happen now? Says yes and counts it, or no. */
bool rate_allows(struct rate *r, int64_t now, int64_t per_hour);

/* How long to wait after so many failures in a row: nothing for the first ones, then a second, twice as long each time, never more than most. */
int64_t rate_delay(unsigned failures, unsigned nothing_for, int64_t most);

#endif
