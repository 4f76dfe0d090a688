/* date: times for people and for machines. Times are microseconds UTC (base/clock.h). The zone is the process's, set once at start
 * by date_zone: one site has one time zone. */
#ifndef TEXT_DATE_H
#define TEXT_DATE_H

#include "base/cx.h"

enum precision { PRECISION_DAY = 0, PRECISION_MINUTE = 1 };

struct civil {
	int year, month, day, hour, minute, second; /* month 1-12, day 1-31 */
	int weekday;                                /* 0 Sunday */
	int offset_minutes;                         /* east of UTC */
};

/* Sets the zone from its tz database name ("Europe/Paris"). INVALID when the machine does not know it. Before threads start. */
CHECKED err date_zone(struct cx *cx, str name);

struct civil date_civil(int64_t t);     /* in the site's zone */
struct civil date_civil_utc(int64_t t);
int64_t date_from_civil_utc(int year, int month, int day, int hour, int minute, int second);
int64_t date_from_civil(int year, int month, int day, int hour, int minute, int second); /* in the site's zone */

/* Where only the day is known (PRECISION_DAY) the time stands for noon UTC of that day and is always shown in UTC,
 * so that no zone moves it to a neighbouring day. */
int64_t date_day(int year, int month, int day);

str date_human(struct cx *cx, int64_t t, enum precision p);    /* "21 May 2004" or "21 May 2004, 15:04" */
str date_short(struct cx *cx, int64_t t);                      /* "21 May 2004" */
str date_clock(struct cx *cx, int64_t t);                      /* "15:04" */
str date_iso(struct cx *cx, int64_t t, enum precision p);      /* "2004-05-21" or "2004-05-21T15:04+02:00", for datetime= (HTML, 4.10: "global date and time") */
str date_rfc3339(struct cx *cx, int64_t t);
str date_rfc5322(struct cx *cx, int64_t t);                    /* for RSS and mail */
str date_http(struct cx *cx, int64_t t);                       /* RFC 9110 5.6.7 */

/* Reads "2004-05-21" (form fields) as a day. */
bool date_parse_iso_day(str s, int64_t *out);
/* Reads "21 May 2004", "May 21, 2004", "05/21/2004" (US, as the archives print it), "2004-05-21" as a day; English month names, three letters or whole. */
bool date_parse_loose_day(str s, int64_t *out);

#endif
