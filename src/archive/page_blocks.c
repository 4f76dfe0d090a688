/* What stands around every article of a site: its name, the bar of links to the network, and the boxes of the side columns. An
 * extraction shows a box as a heading alone between blank lines, then its lines. */
#include "archive/page_lines.h"

#include "archive/words.h"
#include "base/vec.h"
#include "base/banned.h"

#define BLOCKS_MAX 200 /* boxes; no site has that many */
#define ITEM_MAX 200        /* bytes of a line in one */


static bool one_of(str s, const str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_ascii_ci(s, words[i])) return true;
	return false;
}

/* Lines of the account box and the search form, which say nothing about the site. */
static bool is_control(str s)
{
	static const str whole[] = {
		S_INIT("Log in"), S_INIT("Login"), S_INIT("Search"), S_INIT("Username"), S_INIT("Password"), S_INIT("Create account"), S_INIT("Create account Log in"),
		S_INIT("Create account  Log in"), S_INIT("Account Login"), S_INIT("Advanced search"), S_INIT("Go"),
	};
	return one_of(s, whole, sizeof whole / sizeof *whole);
}

/* "Printed from NAME : URL", or "NAME : URL" alone. */
static bool read_site_name(str s, struct archived_page *out)
{
	static const str lead = S_INIT("Printed from ");
	bool printed = words_start(s, lead);
	if (printed) s = words_trim(str_sub(s, lead.n, s.n));
	ptrdiff_t colon = str_find(s, S(" :"), 0);
	str name = words_trim(colon < 0 ? s : str_sub(s, 0, (size_t)colon));
	str address = colon < 0 ? S("") : words_trim(str_sub(s, (size_t)colon + 2, s.n));
	if (!printed && !lines_is_address(address)) return false;
	if (name.n > ITEM_MAX || name.n == 0) return false;
	out->site_name = name;
	if (lines_is_address(address)) out->site_url = address;
	return true;
}

/* How many bytes at the start of s are a link's text that network bars are known to have; 0 when none is. */
static size_t known_link(str s)
{
	static const str known[] = {
		S_INIT("US Indymedia"), S_INIT("UK Indymedia"), S_INIT("Global Indymedia"), S_INIT("Publish"), S_INIT("About us"), S_INIT("About"), S_INIT("Home"),
		S_INIT("Newswire"), S_INIT("Features"), S_INIT("Calendar"), S_INIT("Contact us"), S_INIT("Contact"), S_INIT("Get involved"), S_INIT("Links"),
		S_INIT("Archive"), S_INIT("Gallery"), S_INIT("Radio"), S_INIT("Help"), S_INIT("Search"), S_INIT("Support us"), S_INIT("Donate"),
		S_INIT("Publica"), S_INIT("Qui som"), S_INIT("Contacte"),
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (words_start(s, known[i]) && (s.n == known[i].n || s.p[known[i].n] == ' ')) return known[i].n;
	return 0;
}

/* Parts a bar's line into links: at double spaces, tabs and "|" where it has them, else before and after known words. */
static struct archived_link *split_bar(struct cx *cx, str s, size_t *n)
{
	VEC(struct archived_link) v = { 0 };
	size_t start = 0, i = 0;
	bool parted = str_contains(s, S("  ")) || str_find_char(s, '\t', 0) >= 0 || str_find_char(s, '|', 0) >= 0;
	while (i <= s.n) {
		size_t skip = 0, known = 0;
		if (i == s.n) skip = 1;
		else if (parted) skip = s.p[i] == '\t' || s.p[i] == '|' || str_starts(str_sub(s, i, 2), S("  "));
		else if (i == start || s.p[i - 1] == ' ') known = known_link(str_sub(s, i, s.n));
		if (!skip && !known) {
			i++;
			continue;
		}
		str item = words_trim(str_sub(s, start, i - start));
		if (item.n) vec_push(cx, &v, (struct archived_link){ .text = item });
		if (known) vec_push(cx, &v, (struct archived_link){ .text = str_sub(s, i, known) });
		start = i += known ? known : 1;
	}
	*n = v.n;
	return v.at;
}

static bool is_bar(str s)
{
	return s.n <= ITEM_MAX * 2 && (words_have(s, S("Indymedia")) || words_have(s, S("Publish")) || words_have(s, S("Publica")));
}

/* "WMBR 88.1 FM": a frequency and its band at the end, or first of all a call sign and "FM". */
static bool is_station(str s)
{
	if (s.n < 5 || s.n > ITEM_MAX || !(words_have(s, S(" FM")) || words_have(s, S(" AM")))) return false;
	if (!str_eq_ascii_ci(str_sub(s, s.n - 3, 3), S(" FM")) && !str_eq_ascii_ci(str_sub(s, s.n - 3, 3), S(" AM"))) return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ':') return false; /* "SUN 6:00 AM" is a time */
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9') return true;
	return false;
}

static int day_of_week(str word)
{
	static const char *const names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
	static const char *const whole[] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" };
	if (word.n && word.p[word.n - 1] == '.') word.n--;
	if (word.n > 3 && (word.p[word.n - 1] == 's' || word.p[word.n - 1] == 'S') && !words_start(word, S("tues"))) word.n--;
	for (int d = 0; d < 7; d++)
		if (words_start(word, str_of(names[d])) && words_start(str_of(whole[d]), str_sub(word, 0, 4))) return d;
	return -1;
}

/* "8:00 pm", "11 am", "20:00", "noon", "midnight": minutes of the day, or -1. */
static int time_of_day(str s)
{
	if (words_start(s, S("noon"))) return 12 * 60;
	if (words_start(s, S("midnight"))) return 0;
	size_t i = 0;
	int h = 0, m = 0;
	while (i < s.n && i < 2 && s.p[i] >= '0' && s.p[i] <= '9') h = h * 10 + (s.p[i++] - '0');
	if (i == 0) return -1;
	bool colon = i < s.n && s.p[i] == ':';
	if (colon) {
		if (i + 2 >= s.n || s.p[i + 1] < '0' || s.p[i + 1] > '5' || s.p[i + 2] < '0' || s.p[i + 2] > '9') return -1;
		m = (s.p[i + 1] - '0') * 10 + (s.p[i + 2] - '0');
		i += 3;
	}
	str half = words_trim(str_sub(s, i, s.n));
	bool pm = words_start(half, S("pm")) || words_start(half, S("p.m")), am = words_start(half, S("am")) || words_start(half, S("a.m"));
	if (!pm && !am) return colon && h < 24 && half.n == 0 ? h * 60 + m : -1;
	return h >= 1 && h <= 12 ? (h % 12 + (pm ? 12 : 0)) * 60 + m : -1;
}

static str next_word(str *s)
{
	*s = words_trim(*s);
	size_t n = 0;
	while (n < s->n && !(s->p[n] == ' ' || s->p[n] == ',' || s->p[n] == '-' || s->p[n] == '/')) n++;
	str w = str_sub(*s, 0, n);
	*s = str_sub(*s, n, s->n);
	return w;
}

static unsigned day_range(int from, int to)
{
	unsigned days = 0;
	for (int d = from;; d = (d + 1) % 7) {
		days |= 1u << d;
		if (d == to) return days;
	}
}

/* "WEDS at 8:00 pm", "FRI (alt) at 5:30 pm", "SUN 11:00 am", "MON-FRI at 6 pm", "TUES & THURS at 7 pm", "Daily at 9 am". */
static bool read_slot(str s, struct archived_show *show)
{
	str line = s;
	unsigned days = 0;
	int last = -1;
	bool range = false, alternate = false;
	if (s.n > 80) return false;
	while ((s = words_trim(s)).n) {
		if (s.p[0] == '-' || s.p[0] == ',' || s.p[0] == '&' || s.p[0] == '/') {
			range = s.p[0] == '-';
			s = str_sub(s, 1, s.n);
			continue;
		}
		str rest = s, w = next_word(&rest);
		int d = day_of_week(w);
		if (d >= 0) days |= range && last >= 0 ? day_range(last, d) : 1u << d;
		else if (str_eq_ascii_ci(w, S("daily"))) days = 0x7F;
		else if (words_start(w, S("weekday"))) days = 0x3E;
		else if (str_eq_ascii_ci(w, S("(alt)")) || str_eq_ascii_ci(w, S("alt"))) alternate = true;
		else if (!str_eq_ascii_ci(w, S("at")) && !str_eq_ascii_ci(w, S("and")) && !str_eq_ascii_ci(w, S("every"))) break;
		if (d >= 0) last = d;
		range = false;
		s = rest;
	}
	int minute = time_of_day(s);
	if (!days || minute < 0) return false;
	*show = (struct archived_show){ .name = show->name, .when = line, .days = days, .alternate = alternate, .minute = minute };
	return true;
}

static bool is_slot(str s)
{
	struct archived_show any = { 0 };
	return read_slot(s, &any);
}

static void read_shows(struct cx *cx, const struct lines *l, size_t from, size_t to, struct archived_station *st)
{
	VEC(struct archived_show) v = { 0 };
	for (size_t i = from; i < to; i++) {
		if (l->at[i].n == 0) continue;
		struct archived_show show = { .name = l->at[i], .minute = -1 };
		if (is_slot(l->at[i])) { /* a second time of the show before */
			show.name = v.n ? v.at[v.n - 1].name : S("");
			(void)read_slot(l->at[i], &show);
		} else {
			size_t next = lines_next(l, i + 1, to);
			if (next < to && read_slot(l->at[next], &show)) i = next;
		}
		vec_push(cx, &v, show);
	}
	st->shows = v.at;
	st->shows_n = v.n;
}

static void read_radio(struct cx *cx, const struct lines *l, size_t from, size_t to, struct archived_block *b)
{
	VEC(struct archived_station) v = { 0 };
	b->kind = ARCHIVED_RADIO;
	for (size_t i = from; i < to;) {
		size_t end = i + 1;
		while (end < to && !is_station(l->at[end])) end++;
		struct archived_station st = { .name = is_station(l->at[i]) ? l->at[i] : S("") };
		read_shows(cx, l, st.name.n ? i + 1 : i, end, &st);
		if (st.name.n || st.shows_n) vec_push(cx, &v, st);
		i = end;
	}
	b->stations = v.at;
	b->stations_n = v.n;
}

static void read_items(struct cx *cx, const struct lines *l, size_t from, size_t to, struct archived_block *b)
{
	VEC(struct archived_link) v = { 0 };
	for (size_t i = from; i < to; i++)
		if (l->at[i].n) vec_push(cx, &v, (struct archived_link){ .text = l->at[i], .url = lines_is_address(l->at[i]) ? l->at[i] : S("") });
	b->links = v.at;
	b->links_n = v.n;
}

static enum archived_block_kind kind_of(str title)
{
	static const str lists[] = {
		S_INIT("News"), S_INIT("Links"), S_INIT("Sites"), S_INIT("Media Centers"), S_INIT("Indymedia"), S_INIT("Cities"), S_INIT("Projects"), S_INIT("Groups"),
		S_INIT("Allies"), S_INIT("Friends"), S_INIT("Blogs"), S_INIT("Press"),
	};
	if (words_have(title, S("Radio"))) return ARCHIVED_RADIO;
	if (words_have(title, S("Events"))) return ARCHIVED_TEXT;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (words_have(title, lists[i])) return ARCHIVED_LINKS;
	return ARCHIVED_PROMOTION;
}

static size_t group_end(const struct lines *l, size_t i, size_t end)
{
	while (i < end && l->at[i].n) i++;
	return i;
}

/* Does a group of lines at i begin a box of its own? It does when it is one line long and another group follows, which a station's is not. */
static bool is_heading(const struct lines *l, size_t i, size_t end)
{
	return group_end(l, i, end) == i + 1 && lines_next(l, i + 1, end) < end && !is_station(l->at[i]) && l->at[i].n <= ITEM_MAX;
}

static size_t read_block(struct cx *cx, const struct lines *l, size_t i, size_t end, struct archived_block *b)
{
	bool heading = is_heading(l, i, end);
	size_t from = heading ? lines_next(l, i + 1, end) : i, to = group_end(l, from, end);
	*b = (struct archived_block){ .title = heading ? l->at[i] : S("") };
	b->kind = kind_of(b->title);
	bool radio = b->kind == ARCHIVED_RADIO || is_station(l->at[from]);
	for (size_t next; (next = lines_next(l, to, end)) < end && !is_heading(l, next, end);) {
		if (radio != is_station(l->at[next])) break;
		to = group_end(l, next, end);
	}
	if (radio) read_radio(cx, l, from, to, b);
	else read_items(cx, l, from, to, b);
	return to;
}

void page_read_furniture(struct cx *cx, const struct lines *l, size_t end, struct archived_page *out)
{
	VEC(struct archived_block) v = { 0 };
	size_t i = lines_next(l, 0, end);
	if (i < end && is_bar(l->at[i]) && !read_site_name(l->at[i], out)) {
		out->network = split_bar(cx, l->at[i], &out->network_n);
		i++;
	}
	for (size_t k = i, stop = i + 20; k < end && k < stop && (k == i || !out->site_name.n); k++)
		if (read_site_name(l->at[k], out)) i = k + 1;
	for (size_t k = i; k < end; k++)
		if (is_control(l->at[k])) end = k;
	while ((i = lines_next(l, i, end)) < end && v.n < BLOCKS_MAX) {
		struct archived_block b;
		i = read_block(cx, l, i, end, &b);
		if (b.links_n || b.stations_n) vec_push(cx, &v, b);
	}
	out->blocks = v.at;
	out->blocks_n = v.n;
}
