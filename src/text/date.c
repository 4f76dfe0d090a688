/* UTC is computed here (the proleptic Gregorian calendar); only the site's zone asks the C library, which knows its rules. */
#include "text/date.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "base/banned.h"

#define ZONES "/usr/share/zoneinfo/"

static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December" };
static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* Days from 1970-01-01 to the given day; counts years from March, so that the leap day is the last of its year. */
static int64_t days_from(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* The calendar's reading of seconds since 1970. */
static struct civil civil_of(int64_t seconds)
{
	int64_t days = floor_div(seconds, 86400), rest = seconds - days * 86400, z = days + 719468;
	int64_t era = floor_div(z, 146097), of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100), m = (5 * of_year + 2) / 153;
	int month = (int)(m < 10 ? m + 3 : m - 9);
	return (struct civil){
		.year = (int)(year + era * 400 + (month <= 2)),
		.month = month,
		.day = (int)(of_year - (153 * m + 2) / 5 + 1),
		.hour = (int)(rest / 3600),
		.minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60),
		.weekday = (int)(((days + 4) % 7 + 7) % 7),
	};
}

/* Seconds that the site's zone is east of UTC at that moment. */
static int64_t offset_at(int64_t seconds)
{
	struct tm tm;
	time_t t = (time_t)seconds;
	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

static bool zone_exists(const char *name)
{
	char path[128] = ZONES, magic[4];
	size_t n = strlen(name), at = sizeof ZONES - 1;
	struct stat st;
	if (n == 0 || n > sizeof path - at - 1 || name[0] == '/' || name[0] == '.' || strstr(name, "..")) return false;
	memcpy(path + at, name, n + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) return false;
	bool is_zone = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && read(fd, magic, 4) == 4 && memcmp(magic, "TZif", 4) == 0;
	close(fd);
	return is_zone;
}

err date_zone(struct cx *cx, str name)
{
	bool shaped = name.n > 0 && name.n < 64;
	for (size_t i = 0; shaped && i < name.n; i++) {
		char c = name.p[i];
		shaped = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("/_+-", c));
	}
	if (!shaped) return cx_fail(cx, INVALID, "timezone", "is not the name of a time zone, like Europe/Paris");
	const char *zone = str_c(cx, name);
	if (!str_eq(name, S("UTC")) && !zone_exists(zone))
		return cx_fail(cx, INVALID, "timezone", "is not known here: " STR_FMT " is not in " ZONES, STR_ARG(name));
	if (setenv("TZ", str_eq(name, S("UTC")) ? "UTC0" : str_c(cx, str_join(cx, S(":"), name)), 1) != 0)
		return cx_fail(cx, FAILED, "timezone", "could not be set");
	tzset();
	return OK;
}

struct civil date_civil(int64_t t)
{
	int64_t seconds = floor_div(t, SECOND), offset = offset_at(seconds);
	struct civil c = civil_of(seconds + offset);
	c.offset_minutes = (int)(offset / 60);
	return c;
}

struct civil date_civil_utc(int64_t t) { return civil_of(floor_div(t, SECOND)); }

int64_t date_from_civil_utc(int year, int month, int day, int hour, int minute, int second)
{
	MUST(month >= 1 && month <= 12 && year > -200000 && year < 200000);
	return ((days_from(year, month, day) * 24 + hour) * 60 + minute) * MINUTE + second * SECOND;
}

/* An hour that the clock skips reads as the one after it; of one that it repeats, the first is meant. */
int64_t date_from_civil(int year, int month, int day, int hour, int minute, int second)
{
	int64_t wall = date_from_civil_utc(year, month, day, hour, minute, second) / SECOND;
	int64_t before = offset_at(wall - 86400), after = offset_at(wall + 86400);
	if (offset_at(wall - before) == before || offset_at(wall - after) != after) return (wall - before) * SECOND;
	return (wall - after) * SECOND;
}

int64_t date_day(int year, int month, int day) { return date_from_civil_utc(year, month, day, 12, 0, 0); }

static str human_day(struct cx *cx, struct civil c)
{
	return str_fmt(cx, "%d %s %d", c.day, months[c.month - 1], c.year);
}

str date_human(struct cx *cx, int64_t t, enum precision p)
{
	if (p == PRECISION_DAY) return human_day(cx, date_civil_utc(t));
	struct civil c = date_civil(t);
	return str_fmt(cx, "%d %s %d, %02d:%02d", c.day, months[c.month - 1], c.year, c.hour, c.minute);
}

str date_short(struct cx *cx, int64_t t) { return human_day(cx, date_civil(t)); }

str date_clock(struct cx *cx, int64_t t)
{
	struct civil c = date_civil(t);
	return str_fmt(cx, "%02d:%02d", c.hour, c.minute);
}

static str offset_text(struct cx *cx, int minutes, const char *between)
{
	int size = minutes < 0 ? -minutes : minutes;
	return str_fmt(cx, "%c%02d%s%02d", minutes < 0 ? '-' : '+', size / 60, between, size % 60);
}

static str zone_of(struct cx *cx, struct civil c) { return c.offset_minutes == 0 ? S("Z") : offset_text(cx, c.offset_minutes, ":"); }

str date_iso(struct cx *cx, int64_t t, enum precision p)
{
	struct civil c = p == PRECISION_DAY ? date_civil_utc(t) : date_civil(t);
	if (p == PRECISION_DAY) return str_fmt(cx, "%04d-%02d-%02d", c.year, c.month, c.day);
	return str_fmt(cx, "%04d-%02d-%02dT%02d:%02d" STR_FMT, c.year, c.month, c.day, c.hour, c.minute, STR_ARG(zone_of(cx, c)));
}

str date_rfc3339(struct cx *cx, int64_t t)
{
	struct civil c = date_civil(t);
	return str_fmt(cx, "%04d-%02d-%02dT%02d:%02d:%02d" STR_FMT, c.year, c.month, c.day, c.hour, c.minute, c.second,
	               STR_ARG(zone_of(cx, c)));
}

str date_rfc5322(struct cx *cx, int64_t t)
{
	struct civil c = date_civil(t);
	return str_fmt(cx, "%s, %02d %.3s %04d %02d:%02d:%02d " STR_FMT, weekdays[c.weekday], c.day, months[c.month - 1],
	               c.year, c.hour, c.minute, c.second, STR_ARG(offset_text(cx, c.offset_minutes, "")));
}

str date_http(struct cx *cx, int64_t t)
{
	struct civil c = date_civil_utc(t);
	return str_fmt(cx, "%s, %02d %.3s %04d %02d:%02d:%02d GMT", weekdays[c.weekday], c.day, months[c.month - 1], c.year,
	               c.hour, c.minute, c.second);
}

/* A day that the calendar has. */
static bool day_valid(int64_t year, int64_t month, int64_t day)
{
	if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
	struct civil c = date_civil_utc(date_day((int)year, (int)month, (int)day));
	return c.month == month && c.day == day; /* 31 April reads back as 1 May */
}

static bool make_day(str year, int64_t month, str day, int64_t *out)
{
	int64_t y, d;
	if (year.n != 4 || day.n > 2 || !str_to_int(year, 1000, 9999, &y) || !str_to_int(day, 1, 31, &d)) return false;
	if (!day_valid(y, month, d)) return false;
	*out = date_day((int)y, (int)month, (int)d);
	return true;
}

bool date_parse_iso_day(str s, int64_t *out)
{
	int64_t month;
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !str_to_int(str_sub(s, 5, 2), 1, 12, &month)) return false;
	return make_day(str_sub(s, 0, 4), month, str_sub(s, 8, 2), out);
}

/* 1 to 12 for an English month, three letters (a full stop may follow) or whole; 0 for other words. */
static int month_named(str word)
{
	for (int m = 0; m < 12; m++) {
		str name = str_of(months[m]), abbreviation = str_sub(name, 0, 3);
		str bare = str_ends(word, S(".")) ? str_sub(word, 0, word.n - 1) : word;
		if (str_eq_ascii_ci(word, name) || str_eq_ascii_ci(bare, abbreviation)) return m + 1;
	}
	return 0;
}

/* The next word of *rest, white space around it gone. */
static str next_word(str *rest)
{
	str s = str_trim(*rest);
	size_t n = 0;
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != '\n' && s.p[n] != '\r') n++;
	*rest = str_sub(s, n, s.n);
	return str_sub(s, 0, n);
}

bool date_parse_loose_day(str s, int64_t *out)
{
	s = str_trim(s);
	if (s.n > 40) return false;
	if (date_parse_iso_day(s, out)) return true;
	if (str_find_char(s, '/', 0) >= 0) {
		int64_t month;
		str rest, first = str_cut(s, '/', &rest), day = str_cut(rest, '/', &rest);
		return first.n <= 2 && str_to_int(first, 1, 12, &month) && make_day(rest, month, day, out);
	}
	str a = next_word(&s), b = next_word(&s), year = str_trim(s);
	if (month_named(b)) return make_day(year, month_named(b), a, out);
	if (!month_named(a)) return false;
	if (str_ends(b, S(","))) b = str_sub(b, 0, b.n - 1);
	return make_day(year, month_named(a), b, out);
}
