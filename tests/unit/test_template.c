/* Templates: what Mustache promises, what is refused and with which words, and that each page of the theme compiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cx.h"
#include "base/limits.h"
#include "view/template.h"
#include "view/theme.h"

#define VIEW_WORD(STR, HTML, URL, INT, BOOL, SUB, LIST) STR(word)
VIEW(word, VIEW_WORD)
VIEW_TABLE(word, VIEW_WORD)

#define VIEW_DEEPEST(STR, HTML, URL, INT, BOOL, SUB, LIST) STR(colour) INT(weight) BOOL(ripe)
VIEW(deepest, VIEW_DEEPEST)
VIEW_TABLE(deepest, VIEW_DEEPEST)

#define VIEW_FRUIT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(name) SUB(core, deepest) SUB(hollow, deepest) LIST(seeds, deepest) LIST(words, word)
VIEW(fruit, VIEW_FRUIT)
VIEW_TABLE(fruit, VIEW_FRUIT)

#define VIEW_MARKET(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(name) STR(hostile) STR(nothing) HTML(markup) URL(address) URL(no_address) INT(count) INT(zero) INT(least) \
	BOOL(yes) BOOL(no) SUB(fruit, fruit) SUB(core, deepest) SUB(none, fruit) LIST(fruits, fruit) LIST(words, word) LIST(empty, fruit)
VIEW(market, VIEW_MARKET)
VIEW_TABLE(market, VIEW_MARKET)

static struct view_deepest seeds[] = { { S_INIT("black"), 1, true }, { S_INIT("white"), 2, false } };
static struct view_deepest pear_core = { S_INIT("cream"), 12, true }, market_core = { S_INIT("stone"), 7, false };
static struct view_word words[] = { { S_INIT("round") }, { S_INIT("<green>") }, { S_INIT("old") } };
static struct view_fruit fruits[] = {
	{ .name = S_INIT("apple"), .seeds = seeds, .seeds_n = 2, .words = words, .words_n = 2 },
	{ .name = S_INIT("plum") },
	{ .name = S_INIT("pear"), .core = &pear_core, .words = words, .words_n = 3 },
};
static struct view_market market = {
	.name = S_INIT("Harbour"), .hostile = S_INIT("<script>\"'&"), .markup = { S_INIT("<em>fresh</em>") }, .address = { S_INIT("/a?b=1&c=\"") },
	.count = 3, .least = INT64_MIN, .yes = true, .fruit = &fruits[2], .core = &market_core, .fruits = fruits, .fruits_n = 3, .words = words, .words_n = 3,
};

static const struct {
	const char *name, *text;
} partials[] = {
	{ "plain", "in here" },
	{ "named", "({{name}})" },
	{ "two-lines", "<i>\n<b>\n" },
	{ "no-newline", "1\n2" },
	{ "nested", "{\n  {{>two-lines}}\n}\n" },
	{ "alone", "{{#yes}}\nshown {{name}}\n{{/yes}}\n" },
	{ "delimited", "{{=[ ]=}}[name]/{{name}}" },
	{ "loop-a", "a{{>loop-b}}" },
	{ "loop-b", "b{{>loop-a}}" },
	{ "unclosed", "\n{{#yes}}\n" },
	{ "closes", "{{/yes}}" },
	{ "misspelt", "one\n\n{{nmae}}" },
	{ "attributes", " class=\"x {{name}}\" id=\"y\"" },
};

struct setting {
	struct cx *cx;
	struct template_set *set;
};

static int set_up(void **state)
{
	static struct setting s;
	s.cx = cx_new();
	if (template_set_open(s.cx, NULL, &s.set) != OK) return -1;
	for (size_t i = 0; i < sizeof partials / sizeof *partials; i++) {
		template_set_add(s.set, str_of(partials[i].name), str_of(partials[i].text));
	}
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	struct setting *s = *state;
	template_set_close(s->set);
	cx_end(s->cx);
	return 0;
}

static str render(struct setting *s, const char *text)
{
	const struct template *t;
	if (template_compile_text(s->cx, s->set, "t", str_of(text), &view_type_market, &t) != OK) return cx_fault_line(s->cx);
	struct buf out = buf_new(s->cx, LIMIT_PAGE);
	assert_int_equal(template_render(s->cx, t, &market, &out), OK);
	return buf_view(&out);
}

struct pair {
	const char *text, *want;
};

static void expect(void **state, const struct pair *pairs, size_t n)
{
	size_t wrong = 0;
	for (size_t i = 0; i < n; i++) {
		str got = render(*state, pairs[i].text);
		if (str_eq(got, str_of(pairs[i].want))) continue;
		fprintf(stderr, "%s\n  gave " STR_FMT "\n  not  %s\n", pairs[i].text, STR_ARG(got), pairs[i].want);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}
#define EXPECT(state, ...) \
	expect(state, (const struct pair[]){ __VA_ARGS__ }, sizeof((const struct pair[]){ __VA_ARGS__ }) / sizeof(struct pair))

static void fields_are_shown_by_their_type(void **state)
{
	EXPECT(state, { "", "" }, { "no tag, { or } or }} alone", "no tag, { or } or }} alone" },
	    { "At {{name}}.", "At Harbour." }, { "At {{ name\t}}.", "At Harbour." },
	    { "{{hostile}}", "&lt;script&gt;&quot;&#39;&amp;" }, { "<p title='{{hostile}}'>", "<p title='&lt;script&gt;&quot;&#39;&amp;'>" },
	    { "{{markup}}", "<em>fresh</em>" }, { "[{{nothing}}]", "[]" },
	    { "<a href=\"{{address}}\">", "<a href=\"/a?b=1&amp;c=&quot;\">" },
	    { "{{count}} {{zero}} {{least}}", "3 0 -9223372036854775808" }, { "{{fruits_n}} and {{empty_n}}", "3 and 0" },
	    { "  {{name}}\n", "  Harbour\n" }, { "{{fruit.name}} {{fruit.core.colour}}", "pear cream" },
	    { "[{{fruit.hollow.colour}}{{none.core.weight}}]", "[]" });
}

static void each_special_byte_is_escaped_at_each_offset(void **state)
{
	struct setting *s = *state;
	static const struct pair special[] = { { "&", "&amp;" }, { "<", "&lt;" }, { ">", "&gt;" }, { "\"", "&quot;" }, { "'", "&#39;" } };
	const str around = S("abc\xc3\xa6%!=;?()#@\x7f gh 12");
	for (size_t i = 0; i < 5; i++) {
		for (size_t at = 0; at <= around.n; at++) {
			str before = str_sub(around, 0, at), behind = str_sub(around, at, around.n);
			struct view_market m = { .name = str_fmt(s->cx, STR_FMT "%s" STR_FMT, STR_ARG(before), special[i].text, STR_ARG(behind)) };
			const struct template *t;
			assert_int_equal(template_compile_text(s->cx, s->set, "t", S("{{name}}"), &view_type_market, &t), OK);
			struct buf out = buf_new(s->cx, LIMIT_PAGE);
			assert_int_equal(template_render(s->cx, t, &m, &out), OK);
			assert_true(str_eq(buf_view(&out), str_fmt(s->cx, STR_FMT "%s" STR_FMT, STR_ARG(before), special[i].want, STR_ARG(behind))));
		}
	}
}

static void sections_open_by_what_is_there(void **state)
{
	EXPECT(state, { "{{#yes}}a{{/yes}}{{#no}}b{{/no}}", "a" }, { "{{#name}}a{{/name}}{{#nothing}}b{{/nothing}}", "a" },
	    { "{{#address}}a{{/address}}{{#no_address}}b{{/no_address}}", "a" }, { "{{#markup}}a{{/markup}}", "a" },
	    { "{{#count}}a{{/count}}{{#zero}}b{{/zero}}{{#least}}c{{/least}}", "ac" }, { "{{#fruits_n}}a{{/fruits_n}}", "a" },
	    { "{{#fruit}}a{{/fruit}}{{#none}}b{{/none}}", "a" }, { "{{#empty}}b{{/empty}}", "" },
	    { "{{#fruits}}{{name}},{{/fruits}}", "apple,plum,pear," }, { "{{#fruit.core.ripe}}a{{/fruit.core.ripe}}", "a" },
	    { "{{#fruit.hollow.ripe}}b{{/fruit.hollow.ripe}}{{#none.core}}c{{/none.core}}{{#none.seeds}}d{{/none.seeds}}", "" },
	    { "|{{# yes }}={{/ yes }}|", "|=|" }, { "a{{#yes}}b{{#yes}}c{{/yes}}d{{/yes}}e", "abcde" }, { "a{{#no}}b{{#yes}}c{{/yes}}d{{/no}}e", "ae" },
	    { "{{#fruit.words}}{{word}};{{/fruit.words}}", "round;&lt;green&gt;;old;" }, { "{{#yes}}{{/yes}}", "" });
}

static void names_are_looked_for_from_the_inside_out(void **state)
{
	EXPECT(state, { "{{#fruit}}{{name}} at {{count}}{{/fruit}}", "pear at 3" },
	    { "{{#fruits}}{{#core}}{{name}} {{colour}}.{{/core}}{{/fruits}}", "pear cream." },
	    { "{{#fruits}}{{#seeds}}{{name}} {{colour}} {{count}}.{{/seeds}}{{/fruits}}", "apple black 3.apple white 3." },
	    { "{{core.weight}} {{#fruit}}{{core.weight}}{{/fruit}}", "7 12" },
	    { "{{#fruits}}{{core.weight}}{{/fruits}}", "12" },
	    { "{{#fruits}}{{#words}}{{word}}{{/words}}|{{/fruits}}", "round&lt;green&gt;||round&lt;green&gt;old|" },
	    { "{{#fruit}}{{#yes}}{{name}}{{/yes}}{{/fruit}}{{name}}", "pearHarbour" });
}

static void a_dot_is_the_value_itself(void **state)
{
	EXPECT(state, { "{{#words}}({{.}}){{/words}}", "(round)(&lt;green&gt;)(old)" }, { "{{#name}}<b>{{.}}</b>{{/name}}", "<b>Harbour</b>" },
	    { "{{#count}}{{.}}{{/count}}", "3" }, { "{{#words}}{{#.}}{{.}} {{/.}}{{/words}}", "round &lt;green&gt; old " },
	    { "{{#name}}{{#yes}}{{.}}{{/yes}}{{/name}}", "Harbour" }, { "{{#address}}<a href=\"{{.}}\">{{/address}}", "<a href=\"/a?b=1&amp;c=&quot;\">" });
}

static void inverted_sections_open_by_what_is_not(void **state)
{
	EXPECT(state, { "{{^no}}a{{/no}}{{^yes}}b{{/yes}}", "a" }, { "{{^nothing}}a{{/nothing}}{{^name}}b{{/name}}", "a" },
	    { "{{^zero}}a{{/zero}}{{^count}}b{{/count}}", "a" }, { "{{^none}}a{{/none}}{{^fruit}}b{{/fruit}}", "a" },
	    { "{{^empty}}a{{/empty}}{{^fruits}}b{{/fruits}}", "a" }, { "{{^none.core.ripe}}a{{/none.core.ripe}}{{^fruit.core.ripe}}b{{/fruit.core.ripe}}", "a" },
	    { "{{^ no }}={{/ no }}", "=" }, { "{{#fruits}}{{^words}}{{name}}{{/words}}{{/fruits}}", "plum" },
	    { "{{^no}}\n- one\n{{/no}}\n- two\n", "- one\n- two\n" }, { "{{^none.seeds}}a{{/none.seeds}}", "a" });
}

static void comments_leave_nothing(void **state)
{
	EXPECT(state, { "a{{! hm }}b", "ab" }, { "a {{!\n over\n lines\n}} b", "a  b" }, { "a\n{{! alone }}\nb\n", "a\nb\n" },
	    { "a\n  {{!\n  alone\n  }}  \nb\n", "a\nb\n" }, { "{{! first }}\r\nb", "b" }, { "a\n  {{! last }}", "a\n" },
	    { "{{!name}}{{! #name }}{{!}}", "" });
}

static void tags_alone_on_a_line_take_it_with_them(void **state)
{
	EXPECT(state, { "a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n" }, { "a\n \t{{#yes}} \nb\n  {{/yes}}\nc", "a\nb\nc" },
	    { "a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc", "a\r\nb\r\nc" }, { "  {{#yes}}\nb{{/yes}}\nc", "b\nc" }, { "a{{#yes}}\nb\n  {{/yes}}", "a\nb\n" },
	    { " {{#yes}}x{{/yes}}\n {{#yes}}y{{/yes}}\n", " x\n y\n" }, { "{{#yes}} {{/yes}}\n", " \n" }, { " | {{#yes}}\t|\t{{/yes}} | \n", " | \t|\t | \n" },
	    { "{{#fruits}}\n* {{name}}\n{{/fruits}}\n", "* apple\n* plum\n* pear\n" }, { "{{! a }}{{! b }}\nc", "\nc" },
	    { "{{#fruits}}\n{{#seeds}}\n- {{colour}}\n{{/seeds}}\n{{/fruits}}\n", "- black\n- white\n" });
}

static void partials_stand_in_their_place(void **state)
{
	EXPECT(state, { "[{{>plain}}]", "[in here]" }, { "[{{> plain }}]", "[in here]" }, { "{{#fruits}}{{>named}}{{/fruits}}", "(apple)(plum)(pear)" },
	    { "  {{name}}  {{> no-newline}}\n", "  Harbour  1\n2\n" }, { "a\n  {{>two-lines}}\nb\n", "a\n  <i>\n  <b>\nb\n" },
	    { " {{>nested}}\n", " {\n   <i>\n   <b>\n }\n" }, { "a\n\t{{>no-newline}}\nb", "a\n\t1\n\t2b" }, { "  {{>alone}}\n", "  shown Harbour\n" },
	    { "{{>delimited}} {{name}}", "Harbour/{{name}} Harbour" }, { "{{=| |=}}|>named|", "(Harbour)" }, { "<p{{>attributes}}>", "<p class=\"x Harbour\" id=\"y\">" });
}

static void delimiters_change(void **state)
{
	EXPECT(state, { "{{=<% %>=}}<%name%> {{name}}", "Harbour {{name}}" }, { "{{=[ ]=}}[name][={{ }}=]{{name}}", "HarbourHarbour" },
	    { "{{=| |=}}\n|#yes|\n|name|\n|/yes|\n", "Harbour\n" }, { "a {{=@ @=}} b", "a  b" }, { "a\n  {{= @   @ =}}\nb @name@", "a\nb Harbour" },
	    { "{{=<< >>=}}<<#fruits>><<name>> <</fruits>>", "apple plum pear " });
}

static void faults_name_file_and_line(void **state)
{
	EXPECT(state, { "{{titel}}", "t.html:1: there is no \"titel\" (view market)" },
	    { "\n\n{{nmae}}", "t.html:3: there is no \"nmae\"; did you mean \"name\"? (view market)" },
	    { "{{#fruit}}\n{{#seeds}}\n{{color}}{{/seeds}}{{/fruit}}", "t.html:3: there is no \"color\"; did you mean \"colour\"? (view deepest)" },
	    { "{{fruit.nam}}", "t.html:1: there is no \"nam\" in \"fruit.nam\"; did you mean \"name\"? (view fruit)" },
	    { "{{name.x}}", "t.html:1: \"name\" in \"name.x\" is not a struct, so nothing may follow it behind a dot" },
	    { "{{fruits.name}}", "t.html:1: \"fruits\" in \"fruits.name\" is not a struct, so nothing may follow it behind a dot" },
	    { "{{fruit.}}", "t.html:1: there is no \"\" in \"fruit.\" (view fruit)" },
	    { "a\n{{#yes}}\n", "t.html:2: the section \"yes\" is not closed" },
	    { "{{#yes}}\n{{/no}}", "t.html:2: {{/no}} stands where the section \"yes\" of line 1 should be closed" },
	    { "{{/yes}}", "t.html:1: {{/yes}} closes a section that is not open" }, { "\n{{name", "t.html:2: this tag has no closing }}" },
	    { "{{}}", "t.html:1: this tag has no name in it" }, { "{{# }}", "t.html:1: this tag has no name in it" },
	    { "{{a b}}", "t.html:1: this tag's name has a space in it; is the tag closed?" },
	    { "{{{name}}}", "t.html:1: text is always escaped: {{{...}}} and {{&...}} are not known here; only fields of kind HTML stand as they are" },
	    { "{{& name}}", "t.html:1: text is always escaped: {{{...}}} and {{&...}} are not known here; only fields of kind HTML stand as they are" },
	    { "{{=a}}", "t.html:1: a change of delimiters must end in =" }, { "{{=<%=}}", "t.html:1: a change of delimiters needs two of them, without = or spaces in them" },
	    { "{{yes}}", "t.html:1: \"yes\" is yes or no: it can only open a section" },
	    { "{{fruit}}", "t.html:1: \"fruit\" is a struct: open it as a section, or name a field of it behind a dot" },
	    { "{{fruits}}", "t.html:1: \"fruits\" is a list: open it as a section" },
	    { "{{.}}", "t.html:1: \".\" is only known in the section of a text or number, or of a struct of one field (view market)" });
}

static void faults_in_partials_name_the_partial(void **state)
{
	EXPECT(state, { "\n\n{{>missing}}", "t.html:3: there is no template \"missing\" to put here" },
	    { "{{>../secret}}", "t.html:1: a partial's name is made of letters, digits, - and _" },
	    { "{{>loop-a}}", "loop-b.html:1: the partial \"loop-a\" would contain itself" }, { "{{>unclosed}}", "unclosed.html:2: the section \"yes\" is not closed" },
	    { "{{#yes}}{{>closes}}", "closes.html:1: {{/yes}} closes a section that is not open" },
	    { "\n  {{>misspelt}}", "misspelt.html:3: there is no \"nmae\"; did you mean \"name\"? (view market)" });
}

/* Each compiles, or is refused with a sentence that holds these words. */
static void check_places(void **state, const struct pair *pairs, size_t n)
{
	struct setting *s = *state;
	size_t wrong = 0;
	for (size_t i = 0; i < n; i++) {
		const struct template *t;
		err e = template_compile_text(s->cx, s->set, "t", str_of(pairs[i].text), &view_type_market, &t);
		str sentence = e ? cx_fault_line(s->cx) : S("");
		if (pairs[i].want ? e == INVALID && str_contains(sentence, str_of(pairs[i].want)) : e == OK) continue;
		fprintf(stderr, "%s\n  gave \"" STR_FMT "\"\n  not  %s\n", pairs[i].text, STR_ARG(sentence), pairs[i].want ? pairs[i].want : "(right)");
		wrong++;
	}
	assert_int_equal(wrong, 0);
}
#define PLACES(state, ...) \
	check_places(state, (const struct pair[]){ __VA_ARGS__ }, sizeof((const struct pair[]){ __VA_ARGS__ }) / sizeof(struct pair))

static void fields_stand_only_where_their_escaping_holds(void **state)
{
	PLACES(state, { "<{{name}}>", "tag's name" }, { "<h{{count}}>", "tag's name" }, { "</{{name}}>", "tag's name" }, { "<p {{name}}>", "attribute's name" },
	    { "<p {{name}}=\"x\">", "attribute's name" }, { "<p id{{count}}=\"x\">", "attribute's name" }, { "<p id={{name}}>", "needs quotes" },
	    { "<p id= {{name}}>", "needs quotes" }, { "<p id=x{{name}}>", "needs quotes" }, { "<p id=\"a\"{{name}}>", "attribute's name" },
	    { "<script>{{name}}</script>", "script" }, { "<SCRIPT src=\"/x\">{{count}}", "script" }, { "<style>{{name}}</style>", "style" },
	    { "<iframe>{{name}}</iframe>", "iframe" }, { "<script></script >{{name}}", NULL }, { "<script></scriptx>{{name}}", "script" },
	    { "<script>var a = '</'+'script>{{name}}'</script>", "end tag" },
	    { "<script>if (a < b) c()</script>", "end tag" }, { "<svg><title><p {{name}}></title>", "end tag" }, { "<textarea><{{name}}</textarea>", "end tag" },
	    { "<noscript>", "may not be used" }, { "<svg><![CDATA[ >", "may not be used" }, { "<p title=\"a < b\">", "write < as" },
	    { "<?x > y", NULL }, { "<?x version=\"{{count}}\"?>", "declaration" }, { "<script><!-- </script>", "end tag" }, { "<!-- {{name}} -->", "comment" },
	    { "<!-- > -- -> {{name}} -->", "comment" }, { "<!-- a --><b>{{name}}</b>", NULL }, { "<!--> {{name}} -->", "ends in -->" }, { "<!--->x", "ends in -->" },
	    { "<!-- a --!> -->", "ends in -->" }, { "<!----><p>{{name}}", NULL }, { "<!doctype html><p>{{name}}</p>", NULL }, { "<!doctype {{name}}>", "declaration" },
	    { "<title>{{name}}</title>", NULL }, { "<textarea>{{name}}</textarea>{{markup}}", NULL }, { "<title>{{markup}}</title>", "title" },
	    { "<textarea>&lt;p id={{name}}></textarea>", NULL }, { "<p title=\"{{markup}}\">", "may not stand in an attribute" }, { "{{address}}", "attribute's quotes" },
	    { "<p>{{address}}</p>", "attribute's quotes" }, { "<title>{{address}}</title>", "attribute's quotes" }, { "1 < 2 {{name}} << {{name}}", NULL },
	    { "a <{{#yes}}b{{/yes}}>", "another place" }, { "<p id=\"a\"b=\"c\">", "space must stand" }, { "<p id=\"a\" \"b\">", "stray quote" }, { "<p id=>", "no value" },
	    { "<p", "ends inside a tag" }, { "<p id=\"", "ends inside an attribute" }, { "<!-- x", "ends inside a comment" }, { "<script>", "ends inside an element" },
	    { "</>", "tag's name" });
}

static void addresses_begin_with_an_address(void **state)
{
	PLACES(state, { "<a href=\"{{address}}\">", NULL }, { "<a href='{{address}}#top'>", NULL }, { "<a href=\"{{name}}\">", "may not begin an address" },
	    { "<A HREF=\" \n{{name}}\">", "may not begin an address" }, { "<a href=\"java{{name}}\">", "may not begin an address" },
	    { "<a href=\"javascript:{{name}}\">", "may not begin an address" }, { "<a href=\"&#106;avascript:{{name}}\">", "may not begin an address" },
	    { "<a href=\"/topic/{{name}}\">", NULL }, { "<a href=\"#c{{count}}\">", NULL }, { "<a href=\"?q={{name}}\">", NULL },
	    { "<a href=\"mailto:{{name}}\">", NULL }, { "<a href=\"https://{{name}}/\">", NULL }, { "<a href=\"{{count}}\">", NULL },
	    { "<a href=\"{{address}}{{name}}\">", "may not begin" }, { "<a href=\"{{address}}#{{name}}\">", NULL }, { "<a href=\"{{address}}:{{name}}\">", "may not begin" },
	    { "<img src=\"{{name}}\">", "may not begin" }, { "<form action=\"{{name}}\">", "may not begin" }, { "<button formaction=\"{{name}}\">", "may not begin" },
	    { "<video poster=\"{{name}}\">", "may not begin" }, { "<object data=\"{{name}}\">", "may not begin" }, { "<svg><a xlink:href=\"{{name}}\">", "may not begin" },
	    { "<img srcset=\"{{address}} 2x, {{address}} {{count}}w\">", NULL }, { "<img srcset=\"/a/{{name}} 2x\">", "list of addresses" },
	    { "<p style=\"{{name}}\">", "no field may stand in style" }, { "<p style=\"width: {{count}}px\">", "no field may stand in style" },
	    { "<p onclick=\"{{name}}\">", "on..." }, { "<p ONCLICK='f({{count}})'>", "on..." }, { "<p onclick=\"{{address}}\">", "on..." },
	    { "<iframe srcdoc=\"{{name}}\">", "srcdoc" }, { "<p data-x=\"{{address}}\">", NULL }, { "<a {{#yes}}href{{/yes}}=\"{{name}}\">", "must follow a section" },
	    { "<a href{{#yes}} {{/yes}}=\"{{name}}\">", "must follow a section" }, { "<a href {{#yes}} {{/yes}}=\"{{name}}\">", "stray" }, { "<a href=\"{{#yes}}/{{/yes}}{{name}}\">", "may not begin" },
	    { "<a href=\"{{#yes}}/{{name}}{{/yes}}{{^yes}}{{address}}{{/yes}}\">", NULL }, { "<a href=\"{{#no}}x{{/no}}{{#yes}}{{name}}{{/yes}}\">", "may not begin" },
	    { "<a href{{#yes}}lang{{/yes}}=\"{{name}}\">", "must follow a section" });
}

static void sections_end_where_they_began(void **state)
{
	PLACES(state, { "<input{{#yes}} checked{{/yes}}>", NULL }, { "<input {{#yes}}checked{{/yes}} name=\"a\">", NULL }, { "<input {{#yes}}checked {{/yes}}name=\"a\">", NULL },
	    { "<input {{#yes}}checked {{/yes}}=\"a\">", "stray" }, { "<a x{{#fruits}}href=\"{{name}}\"{{/fruits}}>", "another place" },
	    { "<p{{#name}} class=\"{{.}}\"{{/name}}>", NULL }, { "<p class=\"a{{#yes}} b{{/yes}}\">", NULL }, { "<p{{#yes}} class=\"a{{/yes}}\">", "another place" },
	    { "{{#yes}}<a href=\"{{address}}\">{{/yes}}x{{#yes}}</a>{{/yes}}", NULL }, { "{{#yes}}<p {{/yes}}>", "another place" }, { "{{#yes}}<script>{{/yes}}", "another place" },
	    { "<h{{#yes}}1{{/yes}}>", "another place" }, { "{{#yes}}<!--{{/yes}}-->", "another place" }, { "<title>{{#yes}}a{{/yes}}</title>", NULL },
	    { "<title>{{#yes}}<{{/yes}}/title>", "another place" }, { "<p {{#fruits}}a=\"{{name}}\" {{/fruits}}>", NULL }, { "<p{{#fruits}} a=\"{{name}}\"{{/fruits}}>", NULL },
	    { "<p {{#fruits}}f=\"{{name}}\" hre{{/fruits}}>", "another place" }, { "<p {{#fruits}} checked{{/fruits}}>", "another place" },
	    { "<p id=\"{{#yes}}a\" class=\"b{{/yes}}\">", "another place" }, { "<a href=\"/x{{#yes}}?y={{name}}{{/yes}}\">", NULL });
}

static void a_site_s_own_file_wins(void **state)
{
	struct setting *s = *state;
	char dir[] = "/tmp/broadside-test-XXXXXX";
	assert_non_null(mkdtemp(dir));
	str own = str_fmt(s->cx, "%s/message.html", dir), bad = str_fmt(s->cx, "%s/row.html", dir);
	FILE *f = fopen(str_c(s->cx, own), "w");
	fputs("<p>{{heading}} ours</p>\n", f);
	fclose(f);
	f = fopen(str_c(s->cx, bad), "w");
	fputs("\n{{heading}}\n", f);
	fclose(f);
	struct template_set *set;
	const struct template *t;
	assert_int_equal(template_set_open(s->cx, dir, &set), OK);
	const struct view_type *type = view_type_find(S("message"));
	assert_int_equal(template_compile(s->cx, set, "message", type, &t), OK);
	assert_int_equal(template_compile(s->cx, set, "login", view_type_find(S("login")), &t), OK);
	assert_int_equal(template_compile(s->cx, set, "row", view_type_find(S("row")), &t), INVALID);
	str where = str_fmt(s->cx, "%s/row.html:2: there is no \"heading\"", dir);
	assert_true(str_starts(cx_fault_line(s->cx), where));
	assert_int_equal(template_compile(s->cx, set, "absent", type, &t), NOTFOUND);
	template_set_close(set);
	unlink(str_c(s->cx, own));
	unlink(str_c(s->cx, bad));
	rmdir(dir);
}

static void what_is_too_large_is_refused(void **state)
{
	struct setting *s = *state;
	const struct template *t;
	struct buf deep = buf_new(s->cx, LIMIT_TEMPLATE);
	for (int i = 0; i <= LIMIT_TEMPLATE_DEPTH; i++) buf_lit(&deep, "{{#yes}}");
	assert_int_equal(template_compile_text(s->cx, s->set, "t", buf_view(&deep), &view_type_market, &t), INVALID);
	assert_true(str_contains(cx_fault_line(s->cx), S("sections stand in each other")));
	/* Each partial holds the next twice: thirty of them would be a thousand million. */
	for (int i = 0; i < 30; i++) {
		str name = str_fmt(s->cx, "d%d", i), text = str_fmt(s->cx, "{{>d%d}}{{>d%d}}", i + 1, i + 1);
		template_set_add(s->set, name, text);
	}
	template_set_add(s->set, S("d30"), S("x"));
	assert_int_equal(template_compile_text(s->cx, s->set, "t", S("{{>d0}}"), &view_type_market, &t), INVALID);
	assert_true(str_contains(cx_fault_line(s->cx), S("with all partials in place")));
	char *long_text = cx_alloc(s->cx, LIMIT_TEMPLATE + 1);
	memset(long_text, 'x', LIMIT_TEMPLATE + 1);
	assert_int_equal(template_compile_text(s->cx, s->set, "t", (str){ long_text, LIMIT_TEMPLATE + 1 }, &view_type_market, &t), INVALID);
	assert_int_equal(template_compile_text(s->cx, s->set, "t", (str){ long_text, LIMIT_TEMPLATE }, &view_type_market, &t), OK);
	struct buf small = buf_new(s->cx, 1000);
	assert_int_equal(template_render(s->cx, t, &market, &small), LIMIT);
}

/* A page of the theme is a template of its own view's name whose view has the site in it. */
static void every_page_of_the_theme_compiles(void **state)
{
	struct setting *s = *state;
	size_t pages = 0;
	for (const struct theme_entry *e = theme_entries; e->name; e++) {
		str name = str_of(e->name);
		if (!str_ends(name, S(".html"))) continue;
		name = str_sub(name, 0, name.n - 5);
		const struct view_type *type = view_type_find(name);
		if (!type || type->fields_n == 0 || strcmp(type->fields[0].name, "site") != 0) continue;
		const struct template *t;
		if (template_compile(s->cx, s->set, str_c(s->cx, name), type, &t) != OK) {
			str line = cx_fault_line(s->cx);
			fail_msg(STR_FMT, STR_ARG(line));
		}
		struct buf out = buf_new(s->cx, LIMIT_PAGE);
		assert_int_equal(template_render(s->cx, t, cx_alloc(s->cx, type->size), &out), OK);
		assert_true(out.n > 0);
		pages++;
	}
	assert_true(pages >= 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(fields_are_shown_by_their_type),
		TEST(each_special_byte_is_escaped_at_each_offset),
		TEST(sections_open_by_what_is_there),
		TEST(names_are_looked_for_from_the_inside_out),
		TEST(a_dot_is_the_value_itself),
		TEST(inverted_sections_open_by_what_is_not),
		TEST(comments_leave_nothing),
		TEST(tags_alone_on_a_line_take_it_with_them),
		TEST(partials_stand_in_their_place),
		TEST(delimiters_change),
		TEST(faults_name_file_and_line),
		TEST(faults_in_partials_name_the_partial),
		TEST(fields_stand_only_where_their_escaping_holds),
		TEST(addresses_begin_with_an_address),
		TEST(sections_end_where_they_began),
		TEST(a_site_s_own_file_wins),
		TEST(what_is_too_large_is_refused),
		TEST(every_page_of_the_theme_compiles),
	};
	return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
