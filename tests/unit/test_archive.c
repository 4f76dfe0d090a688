/* Saved pages: golden files (tests/golden/page), the page that the project was started from, and the small readers beneath. */
#define OWNS_MEMORY
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>

#include <cmocka.h>

#include "archive/day.h"
#include "archive/demo.h"
#include "archive/encoding.h"
#include "archive/page.h"
#include "archive/words.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "base/banned.h"

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

/* A file below the source tree (or at an absolute path); p == NULL when it is not there. */
static str slurp(struct cx *cx, const char *path)
{
	if (path[0] != '/') path = str_c(cx, str_fmt(cx, "%s/%s", SOURCE_ROOT, path));
	FILE *f = fopen(path, "rb");
	if (!f) return (str){ 0 };
	char *p = arena_bytes(cx->arena, 1 << 20);
	size_t n = fread(p, 1, 1 << 20, f);
	fclose(f);
	return (str){ p, n };
}

static void field(struct buf *b, const char *name, str value)
{
	if (value.n) buf_fmt(b, "%s: " STR_FMT "\n", name, STR_ARG(value));
}

static void text(struct buf *b, const char *name, str value)
{
	if (!value.n) return;
	buf_fmt(b, "%s:\n", name);
	for (str rest = value; rest.n;) {
		str line = str_cut(rest, '\n', &rest);
		buf_fmt(b, "\t" STR_FMT "\n", STR_ARG(line));
	}
}

static void day(struct buf *b, const char *name, int64_t t)
{
	if (t) buf_fmt(b, "%s: day %lld%s\n", name, (long long)(t / DAY), t % DAY == 12 * HOUR ? "" : " NOT NOON");
}

static void byline(struct buf *b, const struct archived_byline *by)
{
	field(b, "author", by->author);
	field(b, "email", by->email);
	field(b, "phone", by->phone);
	field(b, "address", by->address);
	if (by->unverified) buf_lit(b, "unverified\n");
}

static void block(struct buf *b, const struct archived_block *k)
{
	static const char *const kinds[] = { "promotion", "links", "radio", "text" };
	buf_fmt(b, "block %s: " STR_FMT "\n", kinds[k->kind], STR_ARG(k->title));
	for (size_t i = 0; i < k->links_n; i++) buf_fmt(b, "\t" STR_FMT "\n", STR_ARG(k->links[i].text));
	for (size_t i = 0; i < k->stations_n; i++) {
		buf_fmt(b, "\tstation " STR_FMT "\n", STR_ARG(k->stations[i].name));
		for (size_t j = 0; j < k->stations[i].shows_n; j++) {
			const struct archived_show *s = &k->stations[i].shows[j];
			buf_fmt(b, "\t\t" STR_FMT " | " STR_FMT " | days %02x%s | %d\n", STR_ARG(s->name), STR_ARG(s->when), s->days,
			    s->alternate ? " alternate" : "", s->minute);
		}
	}
}

static void article(struct buf *b, const struct archived_page *p)
{
	if (p->feature) buf_lit(b, "feature\n");
	if (p->hidden) buf_fmt(b, "hidden: " STR_FMT "\n", STR_ARG(p->hidden_code));
	buf_fmt(b, "type: " STR_FMT " (" STR_FMT ")%s\n", STR_ARG(p->type_name), STR_ARG(p->type_slug), p->local ? " local" : "");
	for (size_t i = 0; i < p->topics.n; i++) field(b, "topic", p->topics.at[i]);
	field(b, "title", p->title);
	if (p->language.n) buf_fmt(b, "language: " STR_FMT " (" STR_FMT ")\n", STR_ARG(p->language), STR_ARG(p->language_mark));
	byline(b, &p->by);
	day(b, "date", p->day);
	day(b, "modified", p->modified_day);
	text(b, "summary", p->summary);
	text(b, "body", p->body);
	field(b, "source", p->source_name);
	day(b, "source date", p->source_day);
	for (size_t i = 0; i < p->see_also.n; i++) field(b, "see also", p->see_also.at[i]);
	if (p->licence_sentence.n) buf_fmt(b, "licence: " STR_FMT " (" STR_FMT ")\n", STR_ARG(p->licence_sentence), STR_ARG(p->licence_slug));
}

static str dump(struct cx *cx, str bytes)
{
	struct archived_page p;
	struct buf b = buf_new(cx, 4 * MIB);
	err e = page_parse(cx, bytes, &p);
	if (e != OK) return str_fmt(cx, "%s: " STR_FMT "\n", err_name(e), STR_ARG(cx->fault.sentence));
	if (p.encoding == ENCODING_WINDOWS_1252) buf_lit(&b, "encoding: windows-1252\n");
	field(&b, "site", p.site_name);
	field(&b, "site address", p.site_url);
	for (size_t i = 0; i < p.network_n; i++) field(&b, "network", p.network[i].text);
	for (size_t i = 0; i < p.blocks_n; i++) block(&b, &p.blocks[i]);
	article(&b, &p);
	for (size_t i = 0; i < p.comments_n; i++) {
		buf_fmt(&b, "comment: " STR_FMT "\n", STR_ARG(p.comments[i].title));
		day(&b, "date", p.comments[i].day);
		byline(&b, &p.comments[i].by);
		text(&b, "body", p.comments[i].body);
	}
	return buf_view(&b);
}

static bool golden(struct cx *cx, const char *name)
{
	char *page = str_c(cx, str_fmt(cx, "tests/golden/page/%s", name));
	char *expected = str_c(cx, str_fmt(cx, "tests/golden/page/%.*s.expected", (int)strlen(name) - 4, name));
	str got = dump(cx, slurp(cx, page)), want = slurp(cx, expected);
	if (getenv("GOLDEN_WRITE")) {
		FILE *f = fopen(str_c(cx, str_fmt(cx, "%s/%s", SOURCE_ROOT, expected)), "wb");
		assert_non_null(f);
		fwrite(got.p, 1, got.n, f);
		fclose(f);
		return true;
	}
	if (str_eq(got, want)) return true;
	print_error("%s: got\n" STR_FMT "\nwanted\n" STR_FMT "\n", name, STR_ARG(got), STR_ARG(want));
	return false;
}

static void saved_pages_read_as_expected(void **state)
{
	struct cx *cx = *state;
	DIR *dir = opendir(SOURCE_ROOT "/tests/golden/page");
	int count = 0, wrong = 0;
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (!str_ends(str_of(e->d_name), S(".txt"))) continue;
		cx_reset(cx);
		wrong += !golden(cx, e->d_name);
		count++;
	}
	closedir(dir);
	assert_int_equal(wrong, 0);
	assert_true(count >= 10);
}

/* BROADSIDE_SOURCE_PAGE names the page; else it is looked for beside the source tree. */
static void the_page_it_all_began_with(void **state)
{
	struct cx *cx = *state;
	const char *path = getenv("BROADSIDE_SOURCE_PAGE");
	str bytes = slurp(cx, path ? path : "../shared/source/boston-imc-page.txt");
	struct archived_page p;
	if (!bytes.p) {
		print_message("skipped: the source page is not on this machine\n");
		skip();
	}
	assert_int_equal(page_parse(cx, bytes, &p), OK);
	assert_true(str_eq(p.site_name, S("Boston IMC")));
	assert_int_equal(p.network_n, 4);
	assert_true(str_eq(p.network[0].text, S("US Indymedia")) && str_eq(p.network[3].text, S("About us")));
	assert_int_equal(p.blocks_n, 3);
	assert_int_equal(p.blocks[0].kind, ARCHIVED_PROMOTION);
	assert_int_equal(p.blocks[0].links_n, 2);
	assert_int_equal(p.blocks[1].kind, ARCHIVED_LINKS);
	assert_true(str_eq(p.blocks[1].title, S("Other Local News")));
	assert_int_equal(p.blocks[1].links_n, 5);
	assert_int_equal(p.blocks[2].kind, ARCHIVED_RADIO);
	assert_int_equal(p.blocks[2].stations_n, 3);
	const struct archived_station *first = &p.blocks[2].stations[0];
	assert_true(str_eq(first->name, S("WMBR 88.1 FM")));
	assert_int_equal(first->shows_n, 2);
	assert_true(first->shows[1].alternate && first->shows[1].days == 1u << 5 && first->shows[1].minute == 17 * 60 + 30);
	assert_true(first->shows[0].days == 1u << 3 && first->shows[0].minute == 20 * 60);
	assert_true(str_eq(p.type_slug, S("commentary")) && !p.local && !p.feature && !p.hidden);
	assert_int_equal(p.topics.n, 1);
	assert_true(str_eq(p.topics.at[0], S("International")));
	assert_true(str_starts(p.title, S("Tajikistan: ")) && str_ends(p.title, S(" Setback")));
	assert_int_equal(p.day, 12559 * DAY + 12 * HOUR); /* 21 May 2004 */
	assert_true(str_starts(p.summary, S("US Strategists")) && str_ends(p.summary, S("beyond.")));
	assert_true(str_starts(p.body, S("Stratfor Intelligence Brief, 05/19/2004\n\nRussia will withdraw")));
	assert_true(str_ends(p.body, S("a \"quasi-CIA\".")));
	assert_int_equal(p.body.n, str_find(bytes, S("See also:"), 0) - str_find(bytes, S("Stratfor Intell"), 0) - 1);
	assert_true(str_eq(p.source_name, S("Stratfor Intelligence Brief")));
	assert_int_equal(p.source_day, 12557 * DAY + 12 * HOUR);
	assert_int_equal(p.see_also.n, 0);
	assert_true(str_eq(p.licence_slug, S("public-domain")));
	assert_int_equal(p.comments_n, 0);
	assert_int_equal(p.by.author.n, 0);
}

static void days_are_read_in_the_forms_of_archives(void **state)
{
	(void)state;
	int64_t t;
	static const char *const same[] = {
		"21 May 2004", "21 may 2004", " 21 May. 2004 ", "May 21, 2004", "05/21/2004", "21/05/2004", "2004-05-21", "21 mai 2004", "21 mag 2004", "21 Mayo 2004",
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		assert_true(day_parse(str_of(same[i]), &t));
		assert_int_equal(t, 12559 * DAY + 12 * HOUR);
	}
	assert_true(day_parse(S("29 feb 2000"), &t) && t == 11016 * DAY + 12 * HOUR);
	assert_true(day_parse(S("01 Jan 1970"), &t) && t == 12 * HOUR);
	assert_true(day_parse(S("31 des 2100"), &t) && t == 47846 * DAY + 12 * HOUR);
	static const char *const wrong[] = {
		"", "21", "21 May", "21 May 04", "32 May 2004", "29 Feb 1900", "29 Feb 2001", "30 abr 2005 x", "0 May 2004", "21 Mayhem-1 2004", "13/13/2004",
		"2004-13-01", "21 Xyz 2004", "1 January 99999", "May the 21st 2004", "//", "--", "1/1/", "\xC3\xA9",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (day_parse(str_of(wrong[i]), &t)) fail_msg("read as a day: %s", wrong[i]);
}

static void encodings_are_told_apart(void **state)
{
	struct cx *cx = *state;
	enum archive_encoding e;
	assert_true(str_eq(encoding_to_text(cx, S("\xEF\xBB\xBF" "caf\xC3\xA9\r\nx\ry\0z\x07"), &e), S("caf\xC3\xA9\nx\nyz")) && e == ENCODING_UTF8);
	assert_true(str_eq(encoding_to_text(cx, S("\x93" "caf\xE9\x94 \x80 \x81"), &e), S("\xE2\x80\x9C" "caf\xC3\xA9\xE2\x80\x9D \xE2\x82\xAC ")));
	assert_int_equal(e, ENCODING_WINDOWS_1252);
	char all[256];
	for (int i = 0; i < 256; i++) all[i] = (char)i;
	str t = encoding_to_text(cx, (str){ all, 256 }, &e);
	assert_true(utf8_valid(t));
	assert_int_equal(utf8_count(t), 2 + 1 + (0x7F - 0x20) + 27 + 96); /* tab and LF, CR as LF, ASCII, specials, Latin 1 */
}

static void licences_go_by_their_sentence(void **state)
{
	(void)state;
	static const char *const table[][2] = {
		{ "This work is in the public domain", "public-domain" }, { "This work is in the public domain.", "public-domain" },
		{ "This work is licensed under a Creative Commons Attribution-NonCommercial-ShareAlike 2.0 License", "cc-by-nc-sa" },
		{ "This work is licensed under CC BY 4.0", "cc-by" }, { "CC-BY-SA", "cc-by-sa" }, { "CC BY-NC-ND", "cc-by-nc-nd" }, { "CC0 1.0", "cc0" },
		{ "This work is free for non-commercial use", "non-commercial" }, { "Copyleft: copy and pass on", "copyleft" },
		{ "Copyright by the author. All rights reserved.", "all-rights-reserved" }, { "GNU Free Documentation License", "gfdl" }, { "nothing", "" }, { "", "" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(words_licence_slug(str_of(table[i][0])).p, table[i][1]);
}

static void large_pages_take_linear_time_and_bounded_memory(void **state)
{
	struct cx *cx = *state;
	static const char *const units[] = {
		"News :: x\n", "See also:\n", "See also:\n\n\nhttp://a.example/\n", "Add a quick comment\n", "Re: x\n12 May 2004\n", "\n", "This work is in the public domain\n", " :: ",
		"12 May 2004\n", "WXYZ 99.9 FM\n\n", "a\n\nb\nc\n\n", "\xC2\xA0", "Publish ", "SUN at 1:00 pm\n", "Hidden with code \"", "\xE9",
	};
	static const char *const heads[] = { "", "News :: Town\nTitle\n12 May 2004\n" };
	for (size_t u = 0; u < sizeof units / sizeof *units * 2; u++) {
		struct archived_page p;
		cx_reset(cx);
		struct buf b = buf_new(cx, MIB / 2);
		buf_str(&b, str_of(heads[u & 1]));
		while (b.n + 100 < (size_t)(MIB / 2)) buf_str(&b, str_of(units[u / 2]));
		err e = page_parse(cx, buf_view(&b), &p);
		assert_true(e == OK || e == INVALID || e == LIMIT);
	}
	cx_reset(cx);
	struct archived_page p;
	str huge = { arena_bytes(cx->arena, ARCHIVED_PAGE_MAX + 1), ARCHIVED_PAGE_MAX + 1 };
	memset((char *)(uintptr_t)huge.p, 'a', huge.n);
	assert_int_equal(page_parse(cx, huge, &p), LIMIT);
}

static const int64_t now = 20000 * DAY + 15 * HOUR;

static void demo_times_are_before_now(void **state)
{
	struct cx *cx = *state;
	int64_t t;
	assert_int_equal(demo_when(cx, S("3 14:20"), now, &t), OK);
	assert_int_equal(t, 19997 * DAY + 14 * HOUR + 20 * MINUTE);
	assert_int_equal(demo_when(cx, S("0 23:59"), now, &t), OK);
	assert_int_equal(t, now - MINUTE);
	static const char *const wrong[] = { "", "3", "3 14", "3 25:00", "-1 10:00", "3 10:60", "a 10:00", "3  10:00" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_int_equal(demo_when(cx, str_of(wrong[i]), now, &t), INVALID);
}

static void demo_files_are_parts_with_fields(void **state)
{
	struct cx *cx = *state;
	struct demo_parts p;
	assert_int_equal(demo_parse(cx, S("Title: A: b\nTopics:\n\nbody\n\n%%% not a part? yes\nX: 1\nX: 2\n\n\n%%%x\ny\n\n"), &p), OK);
	assert_int_equal(p.n, 2);
	assert_true(str_eq(demo_field(&p.at[0], S("title")), S("A: b")) && str_eq(p.at[0].body, S("body")));
	assert_true(str_eq(p.at[1].word, S("not a part? yes")) && str_eq(p.at[1].body, S("%%%x\ny")));
	size_t i = 0;
	str v;
	assert_true(demo_field_next(&p.at[1], S("X"), &i, &v) && str_eq(v, S("1")));
	assert_true(demo_field_next(&p.at[1], S("X"), &i, &v) && str_eq(v, S("2")));
	assert_false(demo_field_next(&p.at[1], S("X"), &i, &v));
	struct demo_article a;
	static const char *const wrong[] = {
		"", "no colon\n\nbody", "Title: x\nType: news\nDays-ago: 1 10:00\n\n", "Title: x\nDays-ago: 1 10:00\n\nbody", "Title: x\nType: news\n\nbody",
		"Title: x\nType: news\nDays-ago: 1 10:00\nColour: red\n\nbody", "Title: x\nType: news\nDays-ago: 1 10:00\n\nbody\n%%% comment\nAuthor: y\n\nbody",
		"Title: x\nType: news\nDays-ago: 1 10:00\n\nbody\n%%% note\nDays-ago: 1 10:00\n\nbody", "Title: \xFF\n",
		"Title: x\nType: news\nDays-ago: 1 10:00\nTopics: a,b,c,d,e,f,g,h,i\n\nbody",
	};
	for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) assert_int_equal(demo_article(cx, str_of(wrong[k]), now, &a), INVALID);
}

static bool is_one_of(str s, const char *words)
{
	for (str rest = str_of(words); rest.n;)
		if (str_eq(str_cut(rest, ' ', &rest), s)) return true;
	return false;
}

static bool is_in_the_binary(str name)
{
	const struct demo_file *f = demo_files;
	while (f->name && !str_eq(str_of(f->name), name)) f++;
	return f->name != NULL;
}

static void check_article(struct cx *cx, const struct demo_article *a)
{
	assert_true(is_one_of(a->type, "news commentary announcement review interview"));
	assert_true(is_one_of(a->format, "plain markdown html"));
	assert_true(!a->region.n || is_one_of(a->region, "old-weir tannery northbank saltmeadow kiln-hill upriver"));
	assert_true(!a->licence.n || is_one_of(a->licence, "cc-by cc-by-sa cc-by-nc cc-by-nc-sa public-domain cc0 all-rights-reserved"));
	assert_true(!a->hidden.n || (is_one_of(a->hidden, "spam double-post hate personal-data false off-topic unlawful author other") && a->note.n));
	assert_true(!a->picture.n || (a->picture_alt.n && is_in_the_binary(str_fmt(cx, "pictures/" STR_FMT, STR_ARG(a->picture)))));
	assert_true(a->title.n <= LIMIT_TITLE && a->summary.n <= LIMIT_SUMMARY && a->author.n <= LIMIT_NAME);
	for (size_t i = 0; i < a->topics_n; i++)
		assert_true(is_one_of(a->topics[i], "housing labour environment education health transport migration civil-rights culture media international food river"));
	for (size_t i = 0; i < a->comments_n; i++) {
		const struct demo_comment *c = &a->comments[i];
		assert_true(c->posted >= a->posted && c->author.n <= LIMIT_NAME);
		assert_true(!c->hidden.n || (is_one_of(c->hidden, "spam hate personal-data") && c->note.n));
	}
}

static void the_demo_content_is_readable_and_plentiful(void **state)
{
	struct cx *cx = *state;
	size_t articles = 0, comments = 0, features = 0, hidden = 0, foreign = 0;
	for (const struct demo_file *f = demo_files; f->name; f++) {
		if (!str_starts(str_of(f->name), S("articles/"))) continue;
		struct demo_article a;
		cx_reset(cx);
		err got = demo_article(cx, (str){ (const char *)f->bytes, f->n }, now, &a);
		if (got != OK) fail_msg("%s: " STR_FMT, f->name, STR_ARG(cx->fault.sentence));
		check_article(cx, &a);
		articles++;
		comments += a.comments_n;
		features += a.feature;
		hidden += a.hidden.n > 0;
		foreign += !str_eq(a.language, S("en"));
	}
	print_message("%zu articles (%zu features, %zu hidden, %zu in other languages), %zu comments\n", articles, features, hidden, foreign, comments);
	assert_true(articles >= 36 && comments >= 120 && features >= 8 && hidden >= 3 && foreign >= 5);
}

/* A text that is in the folder but not in demo/meson.build would be missed by nobody. */
static void every_demo_file_is_in_the_binary(void **state)
{
	struct cx *cx = *state;
	DIR *dir = opendir(SOURCE_ROOT "/demo/articles");
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (!str_ends(str_of(e->d_name), S(".txt"))) continue;
		str name = str_fmt(cx, "articles/%s", e->d_name);
		if (!is_in_the_binary(name)) fail_msg("%s is not in demo/meson.build", e->d_name);
	}
	closedir(dir);
}

static void the_demo_blocks_and_lists_are_readable(void **state)
{
	struct cx *cx = *state;
	struct demo_parts p;
	struct demo_link link;
	str slug, name, value;
	size_t i = 0, topics = 0;
	assert_int_equal(demo_parse(cx, slurp(cx, "demo/blocks.txt"), &p), OK);
	for (size_t k = 1; k < p.n; k++) {
		assert_true(str_eq(p.at[k].word, S("block")));
		assert_true(is_one_of(demo_field(&p.at[k], S("Kind")), "text links promotion latest-comments"));
		assert_true(is_one_of(demo_field(&p.at[k], S("Place")), "bar left right footer"));
		assert_true(demo_field(&p.at[k], S("Title")).n > 0);
		str body = str_eq(demo_field(&p.at[k], S("Kind")), S("links")) ? p.at[k].body : S("");
		for (; body.n;) assert_true(!demo_link_next(&body, &link) || link.text.n);
	}
	assert_true(p.n > 6);
	assert_int_equal(demo_parse(cx, slurp(cx, "demo/site.txt"), &p), OK);
	while (demo_field_next(&p.at[0], S("Topic"), &i, &value)) topics += demo_pair(value, &slug, &name);
	assert_true(topics >= 10);
	str lines = S("# H\n\nA | /b | c\nD\n");
	assert_true(demo_link_next(&lines, &link) && link.heading && str_eq(link.text, S("H")));
	assert_true(demo_link_next(&lines, &link) && str_eq(link.url, S("/b")) && str_eq(link.detail, S("c")));
	assert_true(demo_link_next(&lines, &link) && str_eq(link.text, S("D")) && !link.url.n);
	assert_false(demo_link_next(&lines, &link));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(saved_pages_read_as_expected, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_page_it_all_began_with, set_up, tear_down),
		cmocka_unit_test_setup_teardown(days_are_read_in_the_forms_of_archives, set_up, tear_down),
		cmocka_unit_test_setup_teardown(encodings_are_told_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(licences_go_by_their_sentence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(demo_times_are_before_now, set_up, tear_down),
		cmocka_unit_test_setup_teardown(demo_files_are_parts_with_fields, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_demo_content_is_readable_and_plentiful, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_demo_file_is_in_the_binary, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_demo_blocks_and_lists_are_readable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(large_pages_take_linear_time_and_bounded_memory, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}
