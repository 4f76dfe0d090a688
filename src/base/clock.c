/* The system's clock, or one that a test holds still. */
#include "base/clock.h"

#include <time.h>

#include "base/must.h"
#include "base/banned.h"

const struct clock clock_system = { 0 };

static int64_t read_clock(clockid_t which)
{
	struct timespec ts;
	MUST(clock_gettime(which, &ts) == 0);
	return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec / 1000;
}

int64_t clock_now(const struct clock *c) { return c->stopped ? c->at : read_clock(CLOCK_REALTIME); }

static int64_t floor_to(int64_t t, int64_t unit)
{
	int64_t rest = t % unit;
	return t - (rest < 0 ? rest + unit : rest);
}

int64_t clock_minute(int64_t t) { return floor_to(t, MINUTE); }
int64_t clock_hour(int64_t t) { return floor_to(t, HOUR); }
int64_t clock_monotonic(void) { return read_clock(CLOCK_MONOTONIC); }
