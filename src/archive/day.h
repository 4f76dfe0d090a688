/* day: dates as old pages print them. They know the day and no more; a day is microseconds since 1970 at noon UTC, as
 * text/date has it for PRECISION_DAY. */
#ifndef ARCHIVE_DAY_H
#define ARCHIVE_DAY_H

#include "base/str.h"

/* The whole of s is one date: "21 May 2004", "09 abr 2005", "May 21, 2004", "05/19/2004" (month first, as the archives write it; day
 * first where the month would be past 12), "2004-05-21". Month names of seven languages, three letters or whole. Years
 * 1970 to 2100. False on anything else, days that no calendar has included. */
bool day_parse(str s, int64_t *out);

/* A date at the start of s: the same forms, followed by the end, a space, or "|". *rest is what follows, trimmed. */
bool day_parse_start(str s, int64_t *out, str *rest);

#endif
