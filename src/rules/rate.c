/* A leaky bucket with one number of state (the "generic cell rate algorithm" of ATM traffic management). */
#include "rules/rate.h"

#include "base/clock.h"
#include "base/banned.h"

bool rate_allows(struct rate *r, int64_t now, int per_hour)
{
	if (per_hour <= 0) return false;
	int64_t each = HOUR / per_hour;
	int64_t start = r->full_until > now ? r->full_until : now;
	if (start - now > HOUR - each) return false;
	r->full_until = start + each;
	return true;
}
