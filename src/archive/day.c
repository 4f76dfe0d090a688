/* text/date reads the dates of forms, in English; archives come in the months of their town. */
#include "archive/day.h"

#include <string.h>

#include "archive/words.h"
#include "text/date.h"
#include "base/banned.h"

/* By language, January to December: enough letters to tell them apart; a name matches when it starts so and goes on in letters. */
static const char *const months[][12] = {
	{ "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" }, /* English */
	{ "gen", "feb", "mar", "abr", "mai", "jun", "jul", "ago", "set", "oct", "nov", "des" }, /* Catalan */
	{ "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic" }, /* Spanish */
	{ "jan", "f\xC3\xA9v", "mar", "avr", "mai", "juin", "juil", "ao\xC3\xBB", "sep", "oct", "nov", "d\xC3\xA9" "c" }, /* French */
	{ "jan", "feb", "m\xC3\xA4r", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez" }, /* German */
	{ "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic" }, /* Italian */
	{ "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez" }, /* Portuguese */
};

static int month_of(str word)
{
	if (word.n && word.p[word.n - 1] == '.') word.n--;
	if (word.n < 3 || word.n > 12) return 0;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] > 0 && !words_ascii_letter(word.p[i])) return 0;
	for (size_t l = 0; l < sizeof months / sizeof months[0]; l++)
		for (int m = 0; m < 12; m++)
			if (words_start(word, str_of(months[l][m]))) return m + 1;
	return 0;
}

static bool leap(int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static bool make(int64_t y, int64_t m, int64_t d, int64_t *out)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (y < 1970 || y > 2100 || m < 1 || m > 12 || d < 1) return false;
	if (d > lengths[m - 1] + (m == 2 && leap(y))) return false;
	*out = date_day((int)y, (int)m, (int)d);
	return true;
}

static bool number(str s, int64_t max, int64_t *out) { return s.n <= 4 && str_to_int(s, 0, max, out); }

/* Three parts around a separator. */
static bool split3(str s, char sep, str part[3])
{
	str rest;
	part[0] = str_cut(s, sep, &rest);
	part[1] = str_cut(rest, sep, &part[2]);
	return part[0].n && part[1].n && part[2].n;
}

/* "05/19/2004", "2004-05-21": one word. */
static bool parse_digits(str s, int64_t *out)
{
	str part[3];
	int64_t a, b, c;
	if (split3(s, '/', part)) {
		if (!number(part[0], 31, &a) || !number(part[1], 31, &b) || !number(part[2], 9999, &c) || part[2].n != 4) return false;
		return a > 12 ? make(c, b, a, out) : make(c, a, b, out);
	}
	if (split3(s, '-', part) && part[0].n == 4)
		return number(part[0], 9999, &a) && number(part[1], 12, &b) && number(part[2], 31, &c) && make(a, b, c, out);
	return false;
}

/* The next word of *s, moving *s behind it. */
static str word(str *s)
{
	*s = words_trim(*s);
	size_t n = 0;
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t' && s->p[n] != '|') n++;
	str w = str_sub(*s, 0, n);
	*s = str_sub(*s, n, s->n);
	return w;
}

bool day_parse_start(str s, int64_t *out, str *rest)
{
	str left = str_sub(s, 0, 64), w[3]; /* no date is longer */
	w[0] = word(&left);
	if (parse_digits(w[0], out)) return *rest = words_trim(str_sub(s, (size_t)(left.p - s.p), s.n)), true;
	w[1] = word(&left);
	w[2] = word(&left);
	if (!w[2].n) return false;
	int64_t d, y;
	if (w[2].n != 4 || !number(w[2], 9999, &y)) return false;
	str day = w[0], name = w[1];
	if (month_of(w[0])) {
		day = w[1], name = w[0];
		if (day.n && day.p[day.n - 1] == ',') day.n--;
	}
	if (day.n > 2 || !number(day, 31, &d) || !month_of(name)) return false;
	if (!make(y, month_of(name), d, out)) return false;
	*rest = words_trim(str_sub(s, (size_t)(left.p - s.p), s.n));
	return true;
}

bool day_parse(str s, int64_t *out)
{
	str rest;
	return day_parse_start(words_trim(s), out, &rest) && rest.n == 0;
}
