/* clock: where time comes from. Times are int64 microseconds since 1970-01-01 UTC, leap seconds not counted.
 * Tests stop or move a clock by owning one. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

struct clock {
	bool stopped;
	int64_t at; /* what a stopped clock shows */
};

extern const struct clock clock_system;

int64_t clock_now(const struct clock *c);

/* The beginning of the minute, or hour, in which t lies. What people did is stored by its minute and what editors did by its hour, so that nothing here can be
 * laid beside the records of a network. */
int64_t clock_minute(int64_t t);
int64_t clock_hour(int64_t t);

/* Monotonic microseconds, for durations only; not affected by a stopped clock. */
int64_t clock_monotonic(void);

#endif
