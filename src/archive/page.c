/* The article, its byline, end landmarks and comments; page_blocks.c reads what stands around them. What looks like a landmark but
 * stands where it cannot be one is the author's text and stays in the body: losing a reader's words is worse than keeping
 * a line of furniture. */
#include "archive/page.h"

#include "archive/day.h"
#include "archive/page_lines.h"
#include "archive/words.h"
#include "base/arena.h"
#include "base/vec.h"
#include "base/banned.h"

#define HEAD_LINES 12     /* lines between the type line and the date: title, rating, byline */
#define FORM_LINES 6      /* lines between "Add a quick comment" and the next sign of the form */
#define TYPE_NAME_MAX 60
#define LICENCE_MAX 400
#define CREDIT_MAX 200

struct span {
	size_t from, to; /* lines [from, to) */
};

/* Where the parts of a page stand. */
struct layout {
	size_t tool_bar, type, date, text, tail; /* line numbers; tool_bar is l.n when there is none */
	struct span before_form, after_form;     /* where comments may be */
};

static str slice(const struct lines *l, size_t from, size_t to)
{
	while (from < to && l->at[from].n == 0) from++;
	while (to > from && l->at[to - 1].n == 0) to--;
	if (from == to) return S("");
	const char *start = l->raw[from].p;
	return (str){ start, (size_t)(l->raw[to - 1].p + l->raw[to - 1].n - start) };
}

static err split_lines(struct cx *cx, str text, struct lines *l)
{
	size_t n = 1;
	for (size_t i = 0; i < text.n; i++) n += text.p[i] == '\n';
	if (n > ARCHIVED_LINES_MAX) return cx_fail(cx, LIMIT, NULL, "The page has more than %d lines.", ARCHIVED_LINES_MAX);
	*l = (struct lines){ .text = text, .raw = cx_array_of(cx, str, n), .at = cx_array_of(cx, str, n), .n = n };
	for (size_t i = 0; i < n; i++) {
		l->raw[i] = str_cut(text, '\n', &text);
		l->at[i] = words_trim(l->raw[i]);
	}
	return OK;
}

bool lines_is_address(str s)
{
	if (!words_start(s, S("http://")) && !words_start(s, S("https://")) && !words_start(s, S("ftp://")) && !words_start(s, S("www.")))
		return false;
	return str_find_char(s, ' ', 0) < 0 && str_find_char(s, '\t', 0) < 0;
}

bool lines_is_tool_bar(str s)
{
	static const str words[] = {
		S_INIT("Comment on this article"), S_INIT("Comment on this feature"), S_INIT("Comenta l'article"), S_INIT("Comenta l\xE2\x80\x99" "article"),
		S_INIT("Comenta aquest"), S_INIT("Email this article"), S_INIT("Email this feature"), S_INIT("Printer-friendly version"),
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words_start(s, words[i])) return true;
	return false;
}

static bool is_word(str s, const str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (words_start(s, words[i])) return true;
	return false;
}
#define IS_WORD(s, words) is_word(s, words, sizeof(words) / sizeof *(words))

static bool is_footer(str s) { return words_start(s, S("This site made manifest by dadaIMC")); }

/* What ends the comments: the footer, or a side column that the extraction put last. */
static bool ends_comments(str s)
{
	return is_footer(s) || str_eq_ascii_ci(s, S("Account Login")) || str_eq_ascii_ci(s, S("Media Centers"));
}

static bool is_see_also(str s)
{
	static const str words[] = { S_INIT("See also:"), S_INIT("Vegeu tamb\xC3\xA9:"), S_INIT("Mireu tamb\xC3\xA9:"), S_INIT("Ver tambi\xC3\xA9n:") };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_ascii_ci(s, words[i])) return true;
	return false;
}

/* A licence as the site prints it, which may stand without "See also:" before it. */
static bool is_site_licence(str s)
{
	static const str words[] = { S_INIT("This work is "), S_INIT("Aquest treball "), S_INIT("Aquesta obra "), S_INIT("Esta obra ") };
	return s.n <= LICENCE_MAX && IS_WORD(s, words) && words_licence_slug(s).n;
}

/* What counts as a licence right after the list of addresses, where no author's text can be. */
static bool is_licence(str s)
{
	static const str words[] = { S_INIT("Copyright"), S_INIT("Copyleft"), S_INIT("\xC2\xA9"), S_INIT("(c)"), S_INIT("Licen"), S_INIT("All rights") };
	return is_site_licence(s) || (s.n <= LICENCE_MAX && IS_WORD(s, words) && words_licence_slug(s).n);
}

static bool is_form_start(str s)
{
	return str_eq_ascii_ci(s, S("Add a quick comment")) || str_eq_ascii_ci(s, S("Afegeix un comentari r\xC3\xA0pid"));
}

static bool is_form_line(str s)
{
	static const str words[] = {
		S_INIT("Your name"), S_INIT("Your email"), S_INIT("Text Format"), S_INIT("Anti-spam"), S_INIT("Enter the following number"),
		S_INIT("To add more detailed comments"), S_INIT("El teu nom"), S_INIT("El vostre nom"), S_INIT("Format del text"),
	};
	return IS_WORD(s, words);
}

/* The comment form starts here: its first words, and another part of it or the page's end soon after. */
static bool form_at(const struct lines *l, size_t i)
{
	if (!is_form_start(l->at[i])) return false;
	size_t seen = 0, j = i + 1;
	for (; j < l->n && seen < FORM_LINES; j++) {
		if (is_form_line(l->at[j])) return true;
		seen += l->at[j].n > 0;
	}
	return j == l->n;
}

static size_t form_end(const struct lines *l, size_t i)
{
	size_t end = i + 1, seen = 0;
	for (size_t j = i + 1; j < l->n && seen < FORM_LINES; j++) {
		if (l->at[j].n == 0) continue;
		seen++;
		if (!is_form_line(l->at[j])) continue;
		end = j + 1;
		seen = 0;
		if (words_start(l->at[j], S("To add more detailed comments"))) break;
	}
	return end;
}

/* Lines that may stand between a title and its date. */
static bool is_detail(str s)
{
	static const str words[] = {
		S_INIT("by "), S_INIT("per "), S_INIT("Email:"), S_INIT("Phone:"), S_INIT("Address:"), S_INIT("(unverified"), S_INIT("(verified"),
		S_INIT("Current rating:"), S_INIT("Rating:"), S_INIT("Hidden with code"),
	};
	return IS_WORD(s, words);
}

static bool is_modified(str s, int64_t *day)
{
	static const str words[] = { S_INIT("Modified:"), S_INIT("Modificat:"), S_INIT("Modificado:") };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words_start(s, words[i])) return day_parse(str_sub(s, words[i].n, s.n), day);
	return false;
}

/* "21 May 2004", perhaps with "Modified: 07 Oct 2002" on the same line. */
static bool is_date(str s, int64_t *day, int64_t *modified)
{
	str rest;
	*modified = 0;
	if (s.n > 80 || !day_parse_start(s, day, &rest)) return false;
	if (str_starts(rest, S("|"))) rest = words_trim(str_sub(rest, 1, rest.n));
	return rest.n == 0 || is_modified(rest, modified);
}

/* The date line that makes line i a type line, or 0. */
static size_t date_after(const struct lines *l, size_t i)
{
	int64_t day, modified;
	size_t seen = 0;
	for (size_t j = i + 1; j < l->n && seen < HEAD_LINES; j++) {
		if (l->at[j].n == 0) continue;
		if (seen > 0 && is_date(l->at[j], &day, &modified)) return j;
		if (l->at[j].n > LIMIT_TITLE * 2) return 0;
		seen++;
	}
	return 0;
}

/* Offset of the "::" that parts type and topics, or -1. */
static ptrdiff_t type_mark(str s)
{
	ptrdiff_t at = str_find(str_sub(s, 0, TYPE_NAME_MAX + 4), S("::"), 0);
	if (at <= 0) return -1;
	size_t after = (size_t)at + 2;
	bool spaced = s.p[at - 1] == ' ' && (after == s.n || s.p[after] == ' ');
	return spaced && words_trim(str_sub(s, 0, (size_t)at)).n ? at : -1;
}

static err find_head(struct cx *cx, const struct lines *l, struct layout *at)
{
	at->tool_bar = l->n;
	for (size_t i = 0; i < l->n && at->tool_bar == l->n; i++)
		if (lines_is_tool_bar(l->at[i])) at->tool_bar = i;
	bool any_type = false, any_date = false;
	int64_t day, modified;
	for (int from_top = at->tool_bar == l->n; from_top < 2; from_top++) {
		for (size_t i = from_top ? 0 : at->tool_bar; i < l->n; i++) {
			if (type_mark(l->at[i]) < 0) continue;
			any_type = true;
			at->type = i;
			at->date = date_after(l, i);
			if (at->date) return OK;
			size_t next = lines_next(l, i + 1, l->n);
			any_date = any_date || (next < l->n && is_date(l->at[next], &day, &modified));
		}
	}
	if (any_date) return cx_fail(cx, INVALID, NULL, "No title stands between the type line and the date, so this is not an article page.");
	if (any_type) return cx_fail(cx, INVALID, NULL, "No date line such as \"21 May 2004\" follows the type line, so this is not an article page.");
	return cx_fail(cx, INVALID, NULL, "There is no type line such as \"News :: Topic\", so this is not an article page.");
}

/* A comment starts here: a title, perhaps a byline, a date. */
static size_t comment_date(const struct lines *l, size_t i, size_t end)
{
	int64_t day, modified;
	if (i >= end || l->at[i].n == 0 || l->at[i].n > LIMIT_TITLE * 2) return 0;
	bool title = !is_date(l->at[i], &day, &modified);
	if (!title) return lines_blank(l, i - 1) ? i : 0;
	size_t j = i + 1;
	while (j < end && j < i + 6 && is_detail(l->at[j])) j++;
	return j < end && is_date(l->at[j], &day, &modified) ? j : 0;
}

/* What may follow the last line of an article. */
static bool tail_after(const struct lines *l, size_t i)
{
	i = lines_next(l, i, l->n);
	return i == l->n || is_footer(l->at[i]) || form_at(l, i) || comment_date(l, i, l->n);
}

/* Reads "See also:" and its addresses at line i, and the licence after them; false when it is the author's own. */
static bool read_see_also(struct cx *cx, const struct lines *l, size_t i, struct archived_page *out, size_t *end)
{
	size_t j = lines_next(l, i + 1, l->n), n = 0;
	while (j < l->n && lines_is_address(l->at[j])) n++, j = lines_next(l, j + 1, l->n);
	bool licence = j < l->n && is_licence(l->at[j]);
	if (!licence && !tail_after(l, j)) return false;
	out->see_also.at = cx_array_of(cx, str, n);
	for (size_t k = i + 1; k < j; k++)
		if (l->at[k].n) out->see_also.at[out->see_also.n++] = l->at[k];
	if (licence) out->licence_sentence = l->at[j++];
	*end = j;
	return true;
}

/* Finds where the article ends and what its end says. */
static void find_tail(struct cx *cx, const struct lines *l, struct layout *at, struct archived_page *out)
{
	size_t i, end = l->n;
	for (i = at->text; i < l->n; i++) {
		end = i;
		if (is_see_also(l->at[i]) && read_see_also(cx, l, i, out, &end)) break;
		if (is_site_licence(l->at[i]) && tail_after(l, i + 1)) {
			out->licence_sentence = l->at[i];
			end = i + 1;
			break;
		}
		if (form_at(l, i) || is_footer(l->at[i])) break;
		end = l->n;
	}
	at->tail = i;
	if (out->licence_sentence.n) out->licence_slug = words_licence_slug(out->licence_sentence);
	size_t form = end;
	while (form < l->n && !ends_comments(l->at[form]) && !form_at(l, form)) form++;
	at->before_form = (struct span){ end, form };
	if (form == l->n || !form_at(l, form)) return;
	size_t from = form_end(l, form), to = from;
	while (to < l->n && !ends_comments(l->at[to])) to++;
	at->after_form = (struct span){ from, to };
}

/* Cuts *s at word, returning what stood before it; *s becomes what follows, or empty when the word is not there. */
static bool cut_word(str s, str word, str *before, str *after)
{
	ptrdiff_t at = str_find(s, word, 0);
	if (at < 0) return false;
	*before = words_trim(str_sub(s, 0, (size_t)at));
	*after = words_trim(str_sub(s, (size_t)at + word.n, s.n));
	return true;
}

/* "user (nospam) host" as user@host; anything else as it stands. */
static str mend_email(struct cx *cx, str s)
{
	str user, host;
	if (!cut_word(s, S("(nospam)"), &user, &host) && !cut_word(s, S("(at)"), &user, &host)) return s;
	return user.n && host.n ? str_fmt(cx, STR_FMT "@" STR_FMT, STR_ARG(user), STR_ARG(host)) : s;
}

/* Takes one line of a byline apart, from its end. */
static void read_byline(struct cx *cx, str s, struct archived_byline *by)
{
	str before, value;
	static const str by_words[] = { S_INIT("by "), S_INIT("per ") };
	if (s.n > CREDIT_MAX * 4) return;
	if (cut_word(s, S("Address:"), &before, &value)) by->address = value, s = before;
	if (cut_word(s, S("Phone:"), &before, &value)) by->phone = value, s = before;
	if (cut_word(s, S("(unverified"), &before, &value)) by->unverified = true, s = before;
	if (cut_word(s, S("(verified"), &before, &value)) s = before;
	if (cut_word(s, S("Email:"), &before, &value)) by->email = mend_email(cx, value), s = before;
	for (size_t i = 0; i < sizeof by_words / sizeof *by_words; i++)
		if (words_start(s, by_words[i])) {
			by->author = words_trim(str_sub(s, by_words[i].n, s.n));
			return;
		}
}

static void read_hidden(str s, struct archived_page *out)
{
	if (!words_start(s, S("Hidden with code"))) return;
	out->hidden = true;
	str code = words_trim(str_sub(s, sizeof "Hidden with code" - 1, s.n));
	if (code.n >= 2 && code.p[0] == '"' && code.p[code.n - 1] == '"') code = str_sub(code, 1, code.n - 2);
	out->hidden_code = code;
}

static void read_topics(struct cx *cx, str s, struct archived_strs *topics)
{
	VEC(str) v = { 0 };
	while (s.n) {
		ptrdiff_t at = str_find(s, S(" : "), 0);
		str topic = words_trim(at < 0 ? s : str_sub(s, 0, (size_t)at));
		s = at < 0 ? S("") : str_sub(s, (size_t)at + 3, s.n);
		if (topic.n && !str_eq_ascii_ci(topic, S("[none]"))) vec_push(cx, &v, topic);
	}
	*topics = (struct archived_strs){ v.at, v.n };
}

static void read_type(struct cx *cx, str line, struct archived_page *out)
{
	size_t at = (size_t)type_mark(line);
	str name = words_trim(str_sub(line, 0, at));
	if (words_start(name, S("LOCAL ")) && str_starts(name, S("LOCAL "))) {
		out->local = true;
		name = words_trim(str_sub(name, 6, name.n));
	}
	out->type_name = name;
	out->type_slug = words_type_slug(name);
	str topics = words_trim(str_sub(line, at + 2, line.n));
	read_topics(cx, topics, &out->topics);
}

/* Parts "(english)" from a title's end when it names a language. */
static void read_language_mark(struct archived_page *out)
{
	str t = out->title;
	if (t.n < 3 || t.p[t.n - 1] != ')') return;
	size_t open = t.n - 1;
	while (open > 0 && t.n - open < 40 && t.p[open] != '(') open--;
	if (t.p[open] != '(' || open == 0) return;
	str mark = str_sub(t, open + 1, t.n - open - 2);
	out->language = words_language(mark);
	if (out->language.n == 0) return;
	out->language_mark = mark;
	out->title = words_trim(str_sub(t, 0, open));
}

/* The lines between type line and date: title, rating, byline. A title may have been wrapped. */
static void read_head(struct cx *cx, const struct lines *l, const struct layout *at, struct archived_page *out)
{
	bool details = false;
	for (size_t i = at->type + 1; i < at->date; i++) {
		str s = l->at[i];
		if (s.n == 0) continue;
		if (out->title.n && is_detail(s)) {
			details = true;
			read_byline(cx, s, &out->by);
			read_hidden(s, out);
		} else if (out->title.n == 0) {
			out->title = s;
		} else if (!details) {
			out->title = str_fmt(cx, STR_FMT " " STR_FMT, STR_ARG(out->title), STR_ARG(s));
		}
	}
	read_language_mark(out);
}

/* "NAME, 05/19/2004", whole, as the first line of a text. */
static void read_credit(str line, struct archived_page *out)
{
	static const str leads[] = { S_INIT("Source:"), S_INIT("From:"), S_INIT("Originally published in "), S_INIT("Reprinted from "), S_INIT("Font:") };
	if (line.n > CREDIT_MAX) return;
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
		if (words_start(line, leads[i])) {
			line = words_trim(str_sub(line, leads[i].n, line.n));
			break;
		}
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] != ',') continue;
		str name = words_trim(str_sub(line, 0, i));
		if (name.n && name.n <= LIMIT_NAME && day_parse(str_sub(line, i + 1, line.n), &out->source_day)) {
			out->source_name = name;
			return;
		}
	}
}

static void read_text(const struct lines *l, const struct layout *at, struct archived_page *out)
{
	size_t first = lines_next(l, at->text, at->tail);
	size_t second = lines_next(l, first + 1, at->tail);
	bool whole = first < at->tail && l->at[first].n <= LIMIT_SUMMARY && (second < at->tail || out->feature);
	if (whole) out->summary = l->at[first];
	out->body = slice(l, whole ? first + 1 : first, at->tail);
	str rest, first_line = str_cut(out->body, '\n', &rest);
	read_credit(words_trim(first_line), out);
}

static size_t count_comments(const struct lines *l, struct span s)
{
	size_t n = 0;
	for (size_t i = s.from; i < s.to; i++) {
		size_t date = comment_date(l, i, s.to);
		if (date) n++, i = date;
	}
	return n;
}

static void read_comments(struct cx *cx, const struct lines *l, struct span s, struct archived_page *out)
{
	struct archived_comment *c = NULL;
	size_t body = s.from;
	for (size_t i = s.from; i < s.to; i++) {
		size_t date = comment_date(l, i, s.to);
		if (!date) continue;
		if (c) c->body = slice(l, body, i);
		int64_t modified;
		c = &out->comments[out->comments_n++];
		(void)is_date(l->at[date], &c->day, &modified);
		if (date > i) c->title = l->at[i];
		for (size_t k = i + 1; k < date; k++) read_byline(cx, l->at[k], &c->by);
		body = date + 1;
		i = date;
	}
	if (c) c->body = slice(l, body, s.to);
}

err page_parse(struct cx *cx, str bytes, struct archived_page *out)
{
	*out = (struct archived_page){ 0 };
	if (bytes.n > ARCHIVED_PAGE_MAX) return cx_fail(cx, LIMIT, NULL, "The page is larger than %ld MiB.", ARCHIVED_PAGE_MAX / MIB);
	struct lines l;
	struct layout at = { 0 };
	str text = encoding_to_text(cx, bytes, &out->encoding);
	if (words_trim(text).n == 0) return cx_fail(cx, INVALID, NULL, "The page is empty.");
	TRY(split_lines(cx, text, &l));
	TRY(find_head(cx, &l, &at));
	size_t furniture = at.tool_bar < at.type ? at.tool_bar : at.type;
	for (size_t i = furniture; i < at.type; i++) {
		read_hidden(l.at[i], out);
		if (words_have(str_sub(l.at[i], 0, CREDIT_MAX), S("on this feature"))) out->feature = true;
	}
	page_read_furniture(cx, &l, furniture, out);
	read_type(cx, l.at[at.type], out);
	read_head(cx, &l, &at, out);
	(void)is_date(l.at[at.date], &out->day, &out->modified_day);
	at.text = at.date + 1;
	size_t next = lines_next(&l, at.text, l.n);
	if (next < l.n && is_modified(l.at[next], &out->modified_day)) at.text = next + 1;
	find_tail(cx, &l, &at, out);
	read_text(&l, &at, out);
	out->comments = cx_array_of(cx, struct archived_comment, count_comments(&l, at.before_form) + count_comments(&l, at.after_form));
	read_comments(cx, &l, at.before_form, out);
	read_comments(cx, &l, at.after_form, out);
	return OK;
}
