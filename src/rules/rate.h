/* rate: how often somebody may do something: a leaky bucket as a pure function over a small state, which the caller keeps in memory under a
 * hash that means nothing once its key is wiped. */
#ifndef RULES_RATE_H
#define RULES_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate {
	int64_t full_until; /* when the bucket will be empty again, microseconds */
};

/* May one more happen now, at most per_hour an hour with bursts of as many? Says yes and counts it, or no. */
bool rate_allows(struct rate *r, int64_t now, int per_hour);

#endif
