/* Saved pages into the store: every field that a page has, once and only once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "archive/import_page.h"
#include "base/limits.h"
#include "fixture.h"
#include "sql.h"
#include "store/block.h"
#include "store/comment.h"
#include "store/log.h"
#include "store/term.h"
#include "sys/spool.h"
#include "text/date.h"
#include "base/banned.h"

struct stage {
	struct cx *cx;
	struct db *db;
	struct site *site;
};

static const struct role_source reads = { .parent = -1, .program = READ_PROGRAM };
static struct reader *markup;

static int set_up(void **state)
{
	static struct stage s;
	void *site;
	if (sodium_init() < 0 || site_set_up(&site) != 0) return 1;
	s = (struct stage){ .site = site };
	s.cx = s.site->cx;
	s.db = s.site->db;
	*state = &s;
	markup = reader_new(&reads, false, 1);
	return db_transaction(s.cx, s.db, terms_defaults, NULL) == OK ? 0 : 1;
}

static int tear_down(void **state)
{
	struct stage *s = *state;
	void *site = s->site;
	reader_free(markup);
	return site_tear_down(&site);
}

#define assert_str(is, due) assert_string_equal(str_c(s->cx, is), due)

static str golden(struct stage *s, const char *name)
{
	str bytes;
	assert_int_equal(spool_read_file(s->cx, str_c(s->cx, str_fmt(s->cx, SOURCE_ROOT "/tests/golden/page/%s.txt", name)), MIB, &bytes), OK);
	return bytes;
}

static struct import_page bring(struct stage *s, str bytes)
{
	struct import_page in = { .reader = markup, .bytes = bytes, .site_blocks = true, .language = S("eo") };
	err e = db_transaction(s->cx, s->db, import_page, &in);
	if (e != OK) fail_msg(STR_FMT, STR_ARG(s->cx->fault.sentence));
	return in;
}

static struct sql_row_article *get(struct stage *s, id number)
{
	struct sql_row_article *a;
	assert_int_equal(sql_article_by_id(s->cx, s->db, number, &a), OK);
	assert_non_null(a);
	return a;
}

/* "housing media": the slugs of an article's topics. */
static const char *topics_of(struct stage *s, const struct sql_row_article *a)
{
	struct terms terms;
	str all = S("");
	int64_t number;
	assert_int_equal(terms_load(s->cx, s->db, &terms), OK);
	for (str rest = a->topics; rest.n;) {
		assert_true(str_to_int(str_cut(rest, ' ', &rest), 1, INT64_MAX, &number));
		all = str_fmt(s->cx, STR_FMT "%s" STR_FMT, STR_ARG(all), all.n ? " " : "", STR_ARG(term_by_id(&terms, number)->slug));
	}
	return str_c(s->cx, all);
}

static const char *term_slug(struct stage *s, id number)
{
	struct terms terms;
	assert_int_equal(terms_load(s->cx, s->db, &terms), OK);
	const struct term *t = term_by_id(&terms, number);
	return t ? str_c(s->cx, t->slug) : "";
}

static const struct block *block_called(struct stage *s, const char *title, size_t *times)
{
	struct blocks *all = cx_new_of(s->cx, struct blocks);
	const struct block *found = NULL;
	*times = 0;
	assert_int_equal(blocks_load(s->cx, s->db, all), OK);
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->at[i].title, str_of(title))) found = &all->at[i], ++*times;
	return found;
}

static void every_field(void **state)
{
	struct stage *s = *state;
	struct import_page in = bring(s, golden(s, "comments"));
	assert_false(in.again);
	assert_int_equal(in.comments, 2);
	assert_str(in.title, "No Ferry In March");
	struct sql_row_article *a = get(s, in.article);
	assert_str(a->title, "No Ferry In March");
	assert_str(a->slug, "no-ferry-in-march");
	assert_string_equal(term_slug(s, a->type), "commentary");
	assert_string_equal(topics_of(s, a), "transport");
	assert_string_equal(term_slug(s, a->licence), "public-domain");
	assert_str(a->summary, "The ferry will stop for three weeks in March.");
	assert_str(a->body, "Quay Courier, 03/02/2005\n\nThe slip needs new timbers, the harbour office says.\n\nRiders asked for a bus instead.");
	assert_int_equal(a->format, FORMAT_PLAIN);
	assert_str(a->source, "Quay Courier");
	assert_int_equal(a->source_date, date_day(2005, 3, 2));
	assert_int_equal(a->posted, date_day(2005, 3, 2));
	assert_int_equal(a->precision, PRECISION_DAY);
	assert_str(a->related, "http://quay.example/ferry\nhttp://www.tides.example/a?b=1");
	assert_str(a->language, "eo"); /* the page does not say, so it is the site's */
	assert_int_equal(a->status, STATUS_SHOWN);
	assert_int_equal(a->featured, 0);
	assert_int_equal(a->local, 0);
	assert_int_equal(a->comments, 2);
	struct sql_row_comment *c;
	assert_int_equal(sql_comment_by_id(s->cx, s->db, 1, &c), OK);
	assert_non_null(c);
	assert_str(c->title, "Re: No Ferry In March");
	assert_int_equal(c->posted, date_day(2005, 3, 3));
	assert_int_equal(c->precision, PRECISION_DAY);
	assert_true(str_contains(c->body_html, S("About time. The old slip was rotten.")));
}

static void furniture_comes_once(void **state)
{
	struct stage *s = *state;
	size_t times;
	assert_int_equal(bring(s, golden(s, "comments")).blocks, 4);
	assert_int_equal(bring(s, golden(s, "comments")).blocks, 0);
	assert_int_equal(bring(s, golden(s, "boston-like")).blocks, 0); /* another page of the same site */
	const struct block *film = block_called(s, "Harbour Film Week", &times);
	assert_int_equal(times, 1);
	assert_int_equal(film->kind, BLOCK_PROMOTION);
	assert_int_equal(film->links_n, 1);
	assert_str(film->links[0].text, "Harbour Film Week");
	assert_true(str_contains(film->text.s, S("Programme and tickets")));
	const struct block *bar = block_called(s, "Network", &times);
	assert_int_equal(times, 1);
	assert_int_equal(bar->place, PLACE_BAR);
	assert_int_equal(bar->links_n, 2); /* Publish and About us stand there anyway */
	assert_str(bar->links[0].text, "US Indymedia");
	const struct block *radio = block_called(s, "Local Radio Shows", &times);
	assert_int_equal(times, 1);
	assert_int_equal(radio->place, PLACE_LEFT);
	assert_true(radio->links[0].heading);
	assert_str(radio->links[0].text, "WHBR 91.3 FM");
	assert_str(radio->links[1].text, "Tide Tables");
	assert_str(radio->links[1].detail, "WEDS at 8:00 pm");
	const struct block *news = block_called(s, "Other Local News", &times);
	assert_int_equal(times, 1);
	assert_int_equal(news->links_n, 2);
	assert_int_equal(news->links[0].url.n, 0);
	(void)block_called(s, "Harbour Film Week", &times);
	assert_int_equal(times, 1);
}

static void again_changes_nothing(void **state)
{
	struct stage *s = *state;
	struct import_page first = bring(s, golden(s, "comments")), second = bring(s, golden(s, "comments"));
	assert_false(first.again);
	assert_true(second.again);
	assert_int_equal(second.article, first.article);
	assert_int_equal(second.comments, 0);
	assert_int_equal(get(s, first.article)->comments, 2);
	struct sql_check_counts *count;
	assert_int_equal(sql_check_counts(s->cx, s->db, &count), OK);
	assert_int_equal(count->articles, 1);
	assert_int_equal(count->comments, 2);
}

static void what_was_hidden_stays_hidden(void **state)
{
	struct stage *s = *state;
	struct sql_row_article *a = get(s, bring(s, golden(s, "chicago-hidden")).article);
	assert_int_equal(a->status, STATUS_HIDDEN);
	assert_string_equal(term_slug(s, a->reason), "other");
	assert_true(str_contains(a->note, S("Other")));
	struct sql_log_last *last;
	assert_int_equal(sql_log_last(s->cx, s->db, &last), OK);
	assert_int_equal(last->id, 1);
	(void)bring(s, golden(s, "chicago-hidden"));
	assert_int_equal(sql_log_last(s->cx, s->db, &last), OK);
	assert_int_equal(last->id, 1);
}

static void features_stand_at_their_age(void **state)
{
	struct stage *s = *state;
	struct sql_row_article *a = get(s, bring(s, golden(s, "feature-body")).article);
	assert_int_equal(a->featured, a->posted);
	assert_str(date_iso(s->cx, a->modified, (enum precision)a->modified_precision), "2005-06-15"); /* the day, for the page knows no more */
	a = get(s, bring(s, golden(s, "feature")).article); /* nothing but a summary */
	assert_true(a->featured > 0 && a->body.n > 0);
}

static str page_with(struct stage *s, const char *type_line, str summary, const char *after)
{
	return str_fmt(s->cx, "Comment on this article | Email this article | Printer-friendly version\n%s\nEels\n02 Mar 2005\n" STR_FMT
	                      "\n\nThe eels are back.\n\nAll of them.\nSee also:\n\n%s\nAdd a quick comment\n",
	    type_line, STR_ARG(summary), after);
}

static void terms_keep_the_name_that_the_site_gave(void **state)
{
	struct stage *s = *state;
	struct term_put put = { .kind = TERM_TOPIC, .slug = S("eel-rights"), .name = S("Rights of eels") };
	assert_int_equal(db_transaction(s->cx, s->db, term_put, &put), OK);
	struct import_page in = bring(s, page_with(s, "News :: Eel rights : Housing : EEL RIGHTS!", S("Short."), "This work is in the public domain"));
	assert_string_equal(topics_of(s, get(s, in.article)), "eel-rights housing");
	struct terms terms;
	assert_int_equal(terms_load(s->cx, s->db, &terms), OK);
	assert_str(term_by_slug(&terms, TERM_TOPIC, S("eel-rights"))->name, "Rights of eels");
}

static void a_summary_past_its_limit_stands_in_the_text(void **state)
{
	struct stage *s = *state;
	char *words = cx_alloc(s->cx, 6001);
	for (size_t i = 0; i < 6000; i++) words[i] = i % 6 == 5 ? ' ' : 'e';
	struct import_page in = bring(s, page_with(s, "News :: Housing", str_trim((str){ words, 6000 }), ""));
	struct sql_row_article *a = get(s, in.article);
	assert_true(a->summary.n <= LIMIT_SUMMARY && str_ends(a->body, S("All of them.")));
	assert_true(a->body.n > 5900);
}

static void what_is_no_page_leaves_nothing(void **state)
{
	struct stage *s = *state;
	static const char *const names[] = { "not-a-page", "no-date", "no-title", "no-text", "empty", "home-page" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct import_page in = { .reader = markup, .bytes = golden(s, names[i]), .site_blocks = true, .language = S("en") };
		assert_int_equal(db_transaction(s->cx, s->db, import_page, &in), INVALID);
		assert_true(s->cx->fault.sentence.n > 10);
	}
	struct sql_check_counts *count;
	size_t times;
	assert_int_equal(sql_check_counts(s->cx, s->db, &count), OK);
	assert_int_equal(count->articles, 0);
	(void)block_called(s, "Network", &times);
	assert_int_equal(times, 0);
}

/* People's addresses, which such pages print, are not kept. */
static void nobodys_address_is_kept(void **state)
{
	struct stage *s = *state;
	struct sql_row_article *a = get(s, bring(s, golden(s, "uc-imc")).article);
	assert_str(a->author, "Ada Penn");
	assert_int_equal(a->person, 0);
	assert_int_equal(a->local, 1);
	assert_str(a->email, "");
	assert_int_equal(a->email_public, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_field, set_up, tear_down),
		cmocka_unit_test_setup_teardown(furniture_comes_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(again_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_hidden_stays_hidden, set_up, tear_down),
		cmocka_unit_test_setup_teardown(features_stand_at_their_age, set_up, tear_down),
		cmocka_unit_test_setup_teardown(terms_keep_the_name_that_the_site_gave, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_summary_past_its_limit_stands_in_the_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_page_leaves_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobodys_address_is_kept, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
