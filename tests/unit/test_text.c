/* The pure text modules: escaping, addresses, plain text, excerpts, slugs, dates, languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "text/date.h"
#include "text/esc.h"
#include "text/excerpt.h"
#include "text/render.h"
#include "text/lang.h"
#include "text/place.h"
#include "text/plain.h"
#include "text/slug.h"
#include "text/url.h"
#include "base/banned.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int set_up(void **state) { return (*state = cx_new()) == NULL; }
static int tear_down(void **state) { return cx_end(*state), 0; }

/* Fails with both texts shown. */
#define assert_str(cx, got, wanted) assert_string_equal(str_c(cx, got), wanted)

static str repeat(struct cx *cx, const char *piece, size_t n)
{
	struct buf b = buf_new(cx, n * strlen(piece) + 1);
	for (size_t i = 0; i < n; i++) buf_str(&b, str_of(piece));
	return buf_view(&b);
}

static void html_is_escaped(void **state)
{
	assert_str(*state, esc_html_str(*state, S("<a b=\"c\" d='e'>&amp;")), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
	assert_str(*state, esc_html_str(*state, S("")), "");
	assert_int_equal(esc_html_str(*state, repeat(*state, "\"", 5000)).n, 30000);
}

static void url_components_are_escaped_and_back(void **state)
{
	struct cx *cx = *state;
	struct buf b = buf_new(cx, 1000);
	str back, all = (str){ cx_alloc(cx, 256), 256 };
	for (int i = 0; i < 256; i++) ((char *)all.p)[i] = (char)i;
	esc_url(&b, S("a b/c?d=é&~._-+"));
	assert_str(cx, buf_view(&b), "a%20b%2Fc%3Fd%3D%C3%A9%26~._-%2B");
	buf_cut(&b, 0);
	esc_url(&b, all);
	assert_true(esc_url_undo(cx, buf_view(&b), false, &back) && str_eq(back, all));
	assert_true(esc_url_undo(cx, S("a+b%2b%2B"), true, &back) && str_eq(back, S("a b++")));
	assert_true(esc_url_undo(cx, S("a+b"), false, &back) && str_eq(back, S("a+b")));
	static const char *const broken[] = { "%", "a%", "%4", "%4g", "%g4", "%%41", "%-1", "% 1" };
	for (size_t i = 0; i < COUNT(broken); i++) assert_false(esc_url_undo(cx, str_of(broken[i]), false, &back));
}

static void xml_holds_no_character_that_it_may_not(void **state)
{
	struct cx *cx = *state;
	struct buf b = buf_new(cx, 1000);
	esc_xml(&b, S("<é&\x01\t\n\r\xEF\xBF\xBE\xFF\xF0\x9F\x98\x80"));
	assert_str(cx, buf_view(&b), "&lt;é&amp;\xEF\xBF\xBD\t\n&#13;\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80");
}

static void good_addresses_pass_in_strict_form(void **state)
{
	struct cx *cx = *state;
	static const char *const cases[][2] = {
		{ "https://example.org/", "https://example.org/" },
		{ " HTTP://Example.ORG:8080/A?b=c#d ", "http://example.org:8080/A?b=c#d" },
		{ "www.example.org/x", "https://www.example.org/x" },
		{ "WWW.example.org:80", "https://www.example.org:80" },
		{ "//example.org/x", "https://example.org/x" },
		{ "/article/1", "/article/1" },
		{ "/", "/" },
		{ "/a b\\c", "/a%20b%5Cc" },
		{ "https://example.org/é\"<>'", "https://example.org/%C3%A9%22%3C%3E%27" },
		{ "https://example.org/100%", "https://example.org/100%25" },
		{ "https://example.org/%41%zz", "https://example.org/%41%25zz" },
		{ "ht\ntps://exa\tmple.org/", "https://example.org/" },
		{ "https://münchen.example/", "https://münchen.example/" },
		{ "http://[2001:db8::1]:8/x", "http://[2001:db8::1]:8/x" },
		{ "https://example.org:/", "https://example.org/" },
		{ "mailto:ann@example.org", "mailto:ann@example.org" },
		{ "mailto:ann@example.org?subject=a%20b", "mailto:ann@example.org?subject=a%20b" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		url u, again;
		assert_int_equal(url_check(cx, str_of(cases[i][0]), &u), OK);
		assert_str(cx, u.s, cases[i][1]);
		assert_int_equal(url_check(cx, u.s, &again), OK);
		assert_true(str_eq(u.s, again.s));
	}
}

static void bad_addresses_do_not_pass(void **state)
{
	struct cx *cx = *state;
	static const char *const cases[] = { "", " ", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
		" \x01javascript:alert(1)", "java\x01script:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
		"blob:https://example.org/x", "about:blank", "view-source:https://example.org", "ftp://example.org/", "http:example.org",
		"http:/example.org", "http://", "https:///x", "https://user@example.org/", "https://user:pw@example.org/",
		"https://example.org\\@evil.example/", "https://exa mple.org/", "https://example.org:99999/", "https://example.org:8x/",
		"https://a..b/", "https://.a/", "https://%65xample.org/", "/\\evil.example", "//", "///x", "x", "x/y", "../x", "?q",
		"#f", "example.org", "mailto:", "mailto:a", "mailto:@b", "mailto:a@", "mailto:a@b,c@d", "mailto:a@b?cc=c@d",
		"mailto:a@b?subject=x%0Abcc:y@z", "mailto:a@b%0A", "javascript://example.org/%0Aalert(1)", "https://[::1", "https://[x]/",
		"&#106;avascript:alert(1)", "\xC2\xA0javascript:alert(1)" };
	for (size_t i = 0; i < COUNT(cases); i++) {
		url u;
		if (url_check(cx, str_of(cases[i]), &u) != INVALID) fail_msg("%s passed", cases[i]);
		assert_true(cx->fault.sentence.n > 0);
	}
	url u;
	assert_int_equal(url_check(cx, str_join(cx, S("https://example.org/"), repeat(cx, "a", LIMIT_URL)), &u), INVALID);
	assert_int_equal(url_check(cx, str_join(cx, S("https://example.org/"), repeat(cx, "é", 500)), &u), INVALID);
}

static void addresses_are_made_absolute_and_taken_apart(void **state)
{
	struct cx *cx = *state;
	url path = url_path(cx, "/article/%d/%s", 7, "a-b");
	assert_str(cx, path.s, "/article/7/a-b");
	assert_str(cx, url_absolute(cx, path, S("https://example.org")).s, "https://example.org/article/7/a-b");
	assert_str(cx, url_absolute(cx, path, S("https://example.org:8/x/")).s, "https://example.org:8/article/7/a-b");
	assert_str(cx, url_absolute(cx, (url){ S("mailto:a@b") }, S("https://example.org")).s, "mailto:a@b");
	assert_str(cx, url_host((url){ S("https://example.org:8/x") }), "example.org");
	assert_str(cx, url_host((url){ S("http://[::1]:8/x") }), "[::1]");
	assert_str(cx, url_host((url){ S("https://example.org?q") }), "example.org");
	assert_str(cx, url_host((url){ S("/x://y") }), "");
	assert_str(cx, url_host((url){ S("mailto:a@b") }), "");
}

/* Each link says that it is a stranger's; the cases below leave that out. */
static str without_rel(struct cx *cx, str s)
{
	static const char rel[] = " rel=\"nofollow ugc noopener\"";
	struct buf b = buf_new(cx, s.n + 1);
	for (size_t i = 0; i < s.n;) {
		str rest = str_sub(s, i, s.n);
		if (str_starts(rest, S("<a href=\""))) assert_true(str_find(rest, str_of(rel), 0) < str_find_char(rest, '>', 0));
		if (str_starts(rest, str_of(rel))) i += sizeof rel - 1;
		else buf_char(&b, s.p[i++]);
	}
	return buf_view(&b);
}

static void plain_text_keeps_lines_and_finds_links(void **state)
{
	struct cx *cx = *state;
	static const char *const cases[][2] = {
		{ "", "" },
		{ " \n\n ", "" },
		{ "a\nb\r\nc\rd\n\n\n e ", "<p>a<br>\nb<br>\nc<br>\nd</p>\n<p>e</p>\n" },
		{ "<b>&\"", "<p>&lt;b&gt;&amp;&quot;</p>\n" },
		{ "see http://a.example/x.", "<p>see <a href=\"http://a.example/x\">http://a.example/x</a>.</p>\n" },
		{ "(www.a.example/b(c))", "<p>(<a href=\"https://www.a.example/b(c)\">www.a.example/b(c)</a>)</p>\n" },
		{ "<https://a.example?x=1&y=2>",
		  "<p>&lt;<a href=\"https://a.example?x=1&amp;y=2\">https://a.example?x=1&amp;y=2</a>&gt;</p>\n" },
		{ "xhttp://a.example http:// www. https://!", "<p>xhttp://a.example http:// www. https://!</p>\n" },
		{ "mail ann.b@example.org, now", "<p>mail <a href=\"mailto:ann.b@example.org\">ann.b@example.org</a>, now</p>\n" },
		{ "@b.example a@b a@ @ a@b..c", "<p>@b.example a@b a@ @ a@b..c</p>\n" },
		{ "http://a.example/x@y.z", "<p><a href=\"http://a.example/x@y.z\">http://a.example/x@y.z</a></p>\n" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		html out;
		assert_int_equal(plain_to_html(cx, str_of(cases[i][0]), &out), OK);
		assert_str(cx, without_rel(cx, out.s), cases[i][1]);
	}
}

static void excerpts_read_as_text(void **state)
{
	struct cx *cx = *state;
	static const char *const cases[][2] = {
		{ "<p>One  <b>two</b>\nthree</p><p>four</p>", "One two three\nfour" },
		{ "a<br>b<hr>c", "a\nb\nc" },
		{ "<ul>\n<li>a</li>\n<li>b &amp; c &lt;d&gt;</li>\n</ul>", "a\nb & c <d>" },
		{ "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc" },
		{ "x<sup class=\"footnote-ref\"><a href=\"#f\">1</a></sup> y", "x y" },
		{ "<a href=\"x?a=1&gt;2\">link</a>", "link" },
		{ "a &unknown; &", "a &unknown; &" },
		{ "<", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_str(cx, excerpt_text(cx, (html){ str_of(cases[i][0]) }), cases[i][1]);
}

static void clips_end_at_a_word(void **state)
{
	struct cx *cx = *state;
	assert_str(cx, excerpt_clip(cx, S("short"), 10), "short");
	assert_str(cx, excerpt_clip(cx, S("one two three"), 13), "one two three");
	assert_str(cx, excerpt_clip(cx, S("one two three"), 12), "one two…");
	assert_str(cx, excerpt_clip(cx, S("one, two three"), 6), "one…");
	assert_str(cx, excerpt_clip(cx, S("新闻新闻新闻"), 4), "新闻新…");
	assert_str(cx, excerpt_clip(cx, S("abcdefghij"), 5), "abcd…");
	assert_str(cx, excerpt_clip(cx, S("abc"), 0), "");
	str text = S("Ünïcode wörds ände e\xCC\x81" "e\xCC\x81" "e\xCC\x81 in hier");
	for (size_t max = 1; max < 40; max++) {
		str cut = excerpt_clip(cx, text, max);
		assert_true(utf8_valid(cut) && utf8_count(cut) <= max);
	}
}

static void slugs_are_made_of_words(void **state)
{
	struct cx *cx = *state;
	static const char *const cases[][2] = {
		{ "Übergrößen für alle!", "ubergrossen-fur-alle" },
		{ "  Hello,   World  ", "hello-world" },
		{ "", "untitled" },
		{ "!?…", "untitled" },
		{ "Smørrebrød & Łódź", "smorrebrod-lodz" },
		{ "Новости дня", "новости-дня" },
		{ "Йогурт", "йогурт" },
		{ "हिन्दी समाचार", "हिन्दी-समाचार" },
		{ "日本語 ニュース", "日本語-ニュース" },
		{ "ﬁne ① ²", "fine-1-2" },
		{ "İstanbul ıssız", "istanbul-issiz" },
		{ "a\xCC\x81\xCC\x81" "b", "ab" },
		{ "C:\\ / ..", "c" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) assert_str(cx, slug_make(cx, str_of(cases[i][0])), cases[i][1]);
	str long_slug = slug_make(cx, repeat(cx, "word ", 100));
	assert_true(long_slug.n <= LIMIT_SLUG && str_ends(long_slug, S("-word")));
	assert_int_equal(slug_make(cx, repeat(cx, "a", 500)).n, LIMIT_SLUG);
	assert_true(utf8_valid(slug_make(cx, repeat(cx, "新", 500))));
}

static void slug_shapes_are_told_apart(void **state)
{
	(void)state;
	assert_true(slug_valid(S("a")) && slug_valid(S("local-news-2")));
	static const char *const bad[] = { "", "-", "a-", "-a", "A", "a_b", "é", "a b", "12345678901234567890123456789012345678901" };
	for (size_t i = 0; i < COUNT(bad); i++) assert_false(slug_valid(str_of(bad[i])));
}

static void texts_are_normalised(void **state)
{
	struct cx *cx = *state;
	const char *const shapeless[] = { "", " \n\t", "\xE2\x80\x8B", "\xC2\xAD\xE2\x81\xA0", "\xE3\x85\xA4", "\xE2\xA0\x80\xC2\xA0", "\xEF\xB8\x8F" };
	for (size_t i = 0; i < COUNT(shapeless); i++) assert_false(text_visible(str_of(shapeless[i])));
	const char *const shaped[] = { "a", "\xE2\x80\x8B.", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x8C\xBE", "\xD8\xB9", "\xEF\xBF\xBD" };
	for (size_t i = 0; i < COUNT(shaped); i++) assert_true(text_visible(str_of(shaped[i])));
	assert_str(cx, text_normalise(cx, S("a\r\nb\rc\n\td\x01\x7F" "e\xE2\x80\xAE" "f")), "a\nb\nc\n\tdef");
	assert_str(cx, text_normalise(cx, S("a\vb\fc\xC2\x85" "d\xE2\x80\xA8" "e\xE2\x80\xA9" "f")), "a\nb\nc\nd\ne\n\nf");
	assert_str(cx, text_normalise(cx, S("e\xCC\x81")), "é");
	assert_str(cx, text_normalise(cx, S("\xE2\x81\xA6" "a\xE2\x81\xA9")), "\xE2\x81\xA6" "a\xE2\x81\xA9");
	assert_true(text_normalise(cx, repeat(cx, "\xCC\x81", 100)).n <= 60);
	assert_str(cx, text_fold(cx, S("  ＨＥＬＬＯ \t Straße\xC2\xA0x ")), "hello strasse x");
	assert_true(str_eq(text_fold(cx, S("É")), text_fold(cx, S("e\xCC\x81"))));
}

static void dates_are_written_for_people_and_machines(void **state)
{
	struct cx *cx = *state;
	assert_int_equal(date_zone(cx, S("America/New_York")), OK);
	int64_t t = date_from_civil_utc(2004, 5, 21, 19, 4, 5), day = date_day(2004, 5, 21);
	assert_int_equal(t, INT64_C(1085166245) * SECOND);
	assert_str(cx, date_human(cx, t, PRECISION_MINUTE), "21 May 2004, 15:04");
	assert_str(cx, date_human(cx, day, PRECISION_DAY), "21 May 2004");
	assert_str(cx, date_short(cx, date_from_civil_utc(2004, 5, 22, 3, 0, 0)), "21 May 2004");
	assert_str(cx, date_iso(cx, day, PRECISION_DAY), "2004-05-21");
	assert_str(cx, date_iso(cx, t, PRECISION_MINUTE), "2004-05-21T15:04-04:00");
	assert_str(cx, date_rfc5322(cx, t), "Fri, 21 May 2004 15:04:05 -0400");
	assert_str(cx, date_http(cx, t), "Fri, 21 May 2004 19:04:05 GMT");
	assert_int_equal(date_zone(cx, S("Asia/Kolkata")), OK);
	assert_str(cx, date_rfc3339(cx, t), "2004-05-22T00:34:05+05:30");
	assert_int_equal(date_zone(cx, S("Pacific/Kiritimati")), OK);
	assert_str(cx, date_human(cx, day, PRECISION_DAY), "21 May 2004");
	assert_int_equal(date_zone(cx, S("UTC")), OK);
	assert_str(cx, date_rfc3339(cx, t), "2004-05-21T19:04:05Z");
	assert_str(cx, date_http(cx, -SECOND), "Wed, 31 Dec 1969 23:59:59 GMT");
}

static void unknown_zones_are_refused(void **state)
{
	struct cx *cx = *state;
	static const char *const bad[] = { "", "Mars/Base", "../../etc/passwd", "/etc/localtime", "Europe", "Europe/../Europe/Paris",
		"EST5EDT4,M3.2.0", "a b", ".", "zone.tab", "Europe/Paris/", "tzdata.zi" };
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (date_zone(cx, str_of(bad[i])) != INVALID) fail_msg("%s was taken", bad[i]);
		assert_true(cx->fault.sentence.n > 0);
	}
}

static void civil_times_go_there_and_back(void **state)
{
	struct cx *cx = *state;
	static const char *const zones[] = { "UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe" };
	for (size_t z = 0; z < COUNT(zones); z++) {
		assert_int_equal(date_zone(cx, str_of(zones[z])), OK);
		for (int64_t t = date_day(1995, 1, 1); t < date_day(2012, 1, 1); t += 7 * DAY + 5 * HOUR + 7 * MINUTE + 3 * SECOND) {
			struct civil u = date_civil_utc(t), c = date_civil(t);
			assert_int_equal(date_from_civil_utc(u.year, u.month, u.day, u.hour, u.minute, u.second), t);
			int64_t back = date_from_civil(c.year, c.month, c.day, c.hour, c.minute, c.second);
			assert_true(back == t || (back < t && t - back <= HOUR)); /* an hour that comes twice reads as its first */
		}
	}
	assert_int_equal(date_zone(cx, S("Europe/Berlin")), OK);
	struct civil skipped = date_civil(date_from_civil(2004, 3, 28, 2, 30, 0)); /* no clock showed this */
	assert_true(skipped.hour == 3 && skipped.minute == 30);
	assert_int_equal(date_from_civil(2004, 10, 31, 2, 30, 0), date_from_civil_utc(2004, 10, 31, 0, 30, 0));
	assert_int_equal(date_zone(cx, S("UTC")), OK);
	assert_int_equal(date_civil_utc(date_day(2000, 2, 29)).weekday, 2);
	assert_int_equal(date_civil_utc(date_day(1900, 3, 1) - DAY).day, 28);
}

static void days_are_read(void **state)
{
	(void)state;
	static const char *const good[] = { "21 May 2004", "May 21, 2004", "May 21 2004", "05/21/2004", "5/21/2004", "2004-05-21",
		" 21  may  2004 ", "MAY 21, 2004", "21 may. 2004" };
	static const char *const bad[] = { "", "21", "May 2004", "32 May 2004", "31 April 2004", "29 Feb 2003", "21/05/2004", "2004-5-21",
		"2004-13-01", "2004-00-01", "05/21/04", "21 Mai 2004", "21 May 2004 x", "May 21, 20045", "0000-01-01", "-1 May 2004", "05//2004" };
	int64_t day, t;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (!date_parse_loose_day(str_of(good[i]), &day)) fail_msg("%s was not read", good[i]);
		assert_int_equal(day, date_day(2004, 5, 21));
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		if (date_parse_loose_day(str_of(bad[i]), &t)) fail_msg("%s was read", bad[i]);
	assert_true(date_parse_iso_day(S("2004-02-29"), &t) && t == date_day(2004, 2, 29));
	assert_false(date_parse_iso_day(S("21 May 2004"), &t));
	assert_false(date_parse_iso_day(S("2003-02-29"), &t));
}

static void languages_are_known(void **state)
{
	struct cx *cx = *state;
	static const char *const good[] = { "en", "de-DE", "zh-Hant-TW", "sr-Latn", "es-419", "sl-rozaj-biske", "de-1996", "haw" };
	static const char *const bad[] = { "", "e", "engl", "en-", "-en", "en--US", "en_US", "en-x-private", "12", "en-DE-USAA",
		"\"", "en-aaaaaaaaa", "abc-abcd-ab-abcde-abcdf-abcdg-abcdh-abcdi" };
	for (size_t i = 0; i < COUNT(good); i++) assert_true(lang_valid(str_of(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		if (lang_valid(str_of(bad[i]))) fail_msg("%s passed", bad[i]);
	assert_str(cx, lang_dir(S("ar")), "rtl");
	assert_str(cx, lang_dir(S("he-IL")), "rtl");
	assert_str(cx, lang_dir(S("az-Arab")), "rtl");
	assert_str(cx, lang_dir(S("ks-Deva")), "ltr");
	assert_str(cx, lang_dir(S("en")), "ltr");
	assert_str(cx, lang_name(S("de-AT")), "Deutsch");
	assert_str(cx, lang_name(S("tlh")), "tlh");
	size_t count = 0;
	for (const str *l = lang_offered(); l->n; l++, count++) {
		assert_true(lang_valid(*l));
		assert_false(str_eq(lang_name(*l), *l));
	}
	assert_true(count >= 40);
}

static void formats_have_names(void **state)
{
	(void)state;
	enum format f;
	for (int i = FORMAT_PLAIN; i <= FORMAT_HTML; i++)
		assert_true(format_parse(format_name((enum format)i), &f) && (int)f == i);
	assert_false(format_parse(S("HTML"), &f) || format_parse(S(""), &f));
}

static void files_have_their_places(void **state)
{
	struct cx *cx = *state;
	static const struct {
		str body;
		int first, second; /* 0: none */
	} cases[] = {
		{ S_INIT("a\n{{file 2}}\nb"), 2, 0 }, { S_INIT("{{file 1}}"), 1, 0 }, { S_INIT("{{file 1}}\n{{file 12}}"), 1, 12 },
		{ S_INIT("  {{file 3 }}  \nb"), 3, 0 }, { S_INIT("in {{file 2}} words"), 0, 0 }, { S_INIT("{{file 0}}"), 0, 0 }, { S_INIT("{{file 100}}"), 0, 0 },
		{ S_INIT("{{file}}\n\n{{file x}}\n\n{{file 4}"), 0, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (enum format f = FORMAT_PLAIN; f <= FORMAT_MARKDOWN; f++) {
			html h;
			size_t start = 0, end = 0;
			int number;
			assert_int_equal(render_html(cx, f, cases[i].body, S(""), &h), OK);
			bool found = place_next(h, 0, &start, &end, &number);
			assert_int_equal(found ? number : 0, cases[i].first);
			if (!found) continue;
			found = place_next(h, end, &start, &end, &number);
			assert_int_equal(found ? number : 0, cases[i].second);
		}
	}
	assert_true(str_eq(place_without(cx, S("Words {{file 1}} and {{file x}}")), S("Words  and {{file x}}")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(html_is_escaped),
		TEST(url_components_are_escaped_and_back),
		TEST(xml_holds_no_character_that_it_may_not),
		TEST(good_addresses_pass_in_strict_form),
		TEST(bad_addresses_do_not_pass),
		TEST(addresses_are_made_absolute_and_taken_apart),
		TEST(plain_text_keeps_lines_and_finds_links),
		TEST(excerpts_read_as_text),
		TEST(clips_end_at_a_word),
		TEST(slugs_are_made_of_words),
		TEST(slug_shapes_are_told_apart),
		TEST(texts_are_normalised),
		TEST(dates_are_written_for_people_and_machines),
		TEST(unknown_zones_are_refused),
		TEST(civil_times_go_there_and_back),
		TEST(days_are_read),
		TEST(languages_are_known),
		TEST(formats_have_names),
		TEST(files_have_their_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
