/* A leaky bucket with one number of state (the "generic cell rate algorithm" of ATM traffic management), and a delay that doubles. */
#include "rules/rate.h"

#include "base/clock.h"
#include "base/banned.h"

/* What lies more than an hour ahead was counted by a clock that has been put back since. */
static int64_t full_ahead(const struct rate *r, int64_t now)
{
	return r->full_until > now && r->full_until - now <= HOUR ? r->full_until - now : 0;
}

int64_t rate_wait(const struct rate *r, int64_t now, int64_t per_hour)
{
	if (per_hour <= 0) return HOUR;
	int64_t ahead = full_ahead(r, now), room = HOUR - HOUR / per_hour;
	return ahead > room ? ahead - room : 0;
}

bool rate_allows(struct rate *r, int64_t now, int64_t per_hour)
{
	if (rate_wait(r, now, per_hour) > 0) return false;
	r->full_until = now + full_ahead(r, now) + HOUR / per_hour;
	return true;
}

int64_t rate_delay(unsigned failures, unsigned nothing_for, int64_t most)
{
	if (failures <= nothing_for) return 0;
	unsigned doublings = failures - nothing_for - 1;
	int64_t delay = doublings < 40 ? SECOND << doublings : most;
	return delay < most ? delay : most;
}
