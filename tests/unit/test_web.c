/* What the web layer remembers of its visitors, on a clock of its own: limits, session cookies, failed logins, anti-spam numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "rules/rate.h"
#include "web/assets.h"
#include "web/challenge.h"
#include "web/clients.h"
#include "web/logins.h"
#include "web/seal.h"
#include "web/sessions.h"
#include "web/spell.h"
#include "base/banned.h"

static struct clock now = { .stopped = true, .at = 1700000000 * SECOND };

static int set_up(void **state)
{
	if (sodium_init() < 0) return 1;
	struct cx *cx = cx_new();
	cx->clock = &now;
	*state = cx;
	return 0;
}

static int tear_down(void **state)
{
	cx_end(*state);
	return 0;
}

static void a_bucket_tells_how_long_to_wait(void **state)
{
	struct rate r = { 0 };
	(void)state;
	for (int i = 0; i < 3; i++) assert_true(rate_allows(&r, now.at, 3));
	assert_false(rate_allows(&r, now.at, 3));
	int64_t wait = rate_wait(&r, now.at, 3);
	assert_true(wait > 0 && wait <= 20 * MINUTE);
	assert_int_equal(rate_wait(&r, now.at + wait, 3), 0);
	assert_true(rate_allows(&r, now.at + wait, 3));
	assert_true(rate_wait(&r, now.at, 0) > 0);
	r = (struct rate){ 0 };
	for (int i = 0; i < 1000; i++) assert_true(rate_allows(&r, now.at, INT64_C(1000000) * 1000));
}

static void a_delay_doubles_up_to_its_most(void **state)
{
	(void)state;
	assert_int_equal(rate_delay(0, 4, MINUTE), 0);
	assert_int_equal(rate_delay(4, 4, MINUTE), 0);
	assert_int_equal(rate_delay(5, 4, MINUTE), SECOND);
	assert_int_equal(rate_delay(7, 4, MINUTE), 4 * SECOND);
	assert_int_equal(rate_delay(11, 4, MINUTE), MINUTE);
	assert_int_equal(rate_delay(4000000000U, 4, MINUTE), MINUTE);
}

static void clients_are_counted_apart(void **state)
{
	struct clients *c = clients_new();
	(void)state;
	assert_int_equal(clients_wait(c, 7, CLIENT_POST, now.at, 1), 0);
	assert_true(clients_allow(c, 7, CLIENT_POST, now.at, 1));
	assert_false(clients_allow(c, 7, CLIENT_POST, now.at, 1));
	assert_true(clients_wait(c, 7, CLIENT_POST, now.at, 1) > 0);
	assert_true(clients_allow(c, 7, CLIENT_COMMENT, now.at, 1));
	assert_int_equal(clients_wait(c, 8, CLIENT_POST, now.at, 1), 0);
	clients_free(c);
}

static void only_what_could_be_a_session_is_one(void **state)
{
	char key[SESSION_KEY], text[2 * SESSION_KEY + 2];
	(void)state;
	memset(text, 'a', sizeof text);
	assert_true(sessions_parse((str){ text, 2 * SESSION_KEY }, key));
	assert_false(sessions_parse((str){ text, 2 * SESSION_KEY - 2 }, key));
	assert_false(sessions_parse((str){ text, 2 * SESSION_KEY + 2 }, key));
	text[5] = 'g';
	assert_false(sessions_parse((str){ text, 2 * SESSION_KEY }, key));
	assert_false(sessions_parse(S(""), key));
}

static void a_flood_of_made_up_cookies_forgets_no_real_one(void **state)
{
	struct cx *cx = *state;
	struct sessions *s = sessions_new(cx);
	char real[SESSION_KEY] = "real", made_up[SESSION_KEY];
	assert_int_equal(sessions_seen(s, real), SESSION_UNSEEN);
	sessions_remember(s, real, SESSION_SOMEBODYS);
	for (int i = 0; i < 100000; i++) {
		rnd_bytes(cx->rnd, made_up, sizeof made_up);
		sessions_remember(s, made_up, SESSION_NOBODYS);
		assert_int_equal(sessions_seen(s, made_up), SESSION_NOBODYS);
	}
	assert_int_equal(sessions_seen(s, real), SESSION_SOMEBODYS);
	sessions_remember(s, real, SESSION_NOBODYS); /* it ended */
	assert_int_equal(sessions_seen(s, real), SESSION_NOBODYS);
	sessions_free(s);
}

static void whoever_guesses_waits_longer_and_longer(void **state)
{
	struct logins *l = logins_new(*state);
	const uint64_t peer = 5, other = 6;
	int64_t t = now.at, last = 0;
	for (int i = 0; i <= LOGINS_FREE; i++) assert_int_equal(logins_try(l, S("ed"), &peer, t), 0);
	for (int i = 0; i < 12; i++) {
		int64_t wait = logins_try(l, S("ed"), &peer, t);
		assert_true(wait >= last && wait > 0 && wait <= LOGINS_MOST);
		last = wait;
		t += wait;
		assert_int_equal(logins_try(l, S("ed"), &peer, t), 0);
	}
	assert_int_equal(last, LOGINS_MOST < 2048 * SECOND ? LOGINS_MOST : 2048 * SECOND);
	assert_int_equal(logins_try(l, S("ed"), &other, t), 0);
	assert_int_equal(logins_try(l, S("nobody"), &peer, t), 0);
	assert_int_equal(logins_try(l, S("ed"), &peer, t + 2 * HOUR), 0);
	logins_free(l);
}

static void nobody_is_locked_out_for_long(void **state)
{
	struct logins *l = logins_new(*state);
	int64_t t = now.at, wait;
	for (uint64_t peer = 0; peer < 500; peer++) {
		while ((wait = logins_try(l, S("ed"), peer % 2 ? &peer : NULL, t)) > 0) {
			assert_true(wait <= LOGINS_MOST_ALL);
			t += wait;
		}
	}
	uint64_t own = 1000;
	t += LOGINS_MOST_ALL;
	assert_int_equal(logins_try(l, S("ed"), &own, t), 0);
	logins_good(l, S("ed"), &own);
	assert_int_equal(logins_try(l, S("ed"), &own, t), 0);
	logins_free(l);
}

static void a_clock_that_is_put_back_locks_nobody_out(void **state)
{
	struct logins *l = logins_new(*state);
	const uint64_t peer = 5;
	for (int i = 0; i < 50; i++) (void)logins_try(l, S("ed"), &peer, now.at + 365 * DAY + i * MINUTE);
	assert_int_equal(logins_try(l, S("ed"), &peer, now.at), 0);
	logins_free(l);
}

static void numbers_in_words(void **state)
{
	static const struct {
		int n;
		const char *words;
	} all[] = { { 0, "zero" }, { 13, "thirteen" }, { 42, "forty-two" }, { 100, "one hundred" }, { 207, "two hundred and seven" },
		{ 1000, "one thousand" }, { 10001, "ten thousand and one" }, { 48317, "forty-eight thousand three hundred and seventeen" },
		{ 60090, "sixty thousand and ninety" }, { 300100, "three hundred thousand one hundred" },
		{ 999999, "nine hundred and ninety-nine thousand nine hundred and ninety-nine" } };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) assert_string_equal(str_c(*state, spell_number(*state, all[i].n)), all[i].words);
	assert_string_equal(str_c(*state, spell_digits(*state, S("4080"))), "four, zero, eight, zero");
}

/* Pictures of a known number, as many as are wanted. */
static str picture(struct cx *cx, struct challenges *c, str number)
{
	str png, token;
	challenges_put(c, number, S("a picture"));
	assert_int_equal(challenge_picture(cx, c, &png, &token), OK);
	return token;
}

static err answer(struct cx *cx, struct challenges *c, str tokens, str typed, bool *wrong)
{
	return challenge_answer(cx, c, tokens, S(""), typed, 2, wrong);
}

static void a_number_is_good_for_one_answer(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	bool wrong;
	str token = picture(cx, c, S("48317"));
	now.at += 5 * SECOND;
	assert_int_equal(answer(cx, c, token, S(" 48 317 "), &wrong), OK);
	assert_int_equal(answer(cx, c, token, S("48317"), &wrong), INVALID);
	assert_false(wrong);
	token = picture(cx, c, S("48317"));
	now.at += 5 * SECOND;
	assert_int_equal(answer(cx, c, token, S("48318"), &wrong), INVALID);
	assert_true(wrong);
	assert_int_equal(answer(cx, c, token, S("48317"), &wrong), INVALID); /* the guess spent it */
	challenges_free(c);
}

static void what_is_no_guess_spends_nothing(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	bool wrong;
	str token = picture(cx, c, S("48317"));
	assert_int_equal(answer(cx, c, token, S(""), &wrong), INVALID);
	assert_int_equal(answer(cx, c, token, S("none"), &wrong), INVALID);
	assert_int_equal(answer(cx, c, token, S("48317"), &wrong), INVALID); /* quicker than least_seconds */
	assert_false(wrong);
	now.at += 3 * SECOND;
	assert_int_equal(answer(cx, c, token, S("48317"), &wrong), OK);
	challenges_free(c);
}

static void several_forms_may_be_open(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	bool wrong;
	str first = picture(cx, c, S("11111")), second = picture(cx, c, S("22222"));
	str both = challenge_cookie(cx, first, second);
	now.at += 5 * SECOND;
	assert_int_equal(answer(cx, c, both, S("11111"), &wrong), OK);
	assert_int_equal(answer(cx, c, both, S("22222"), &wrong), OK);
	for (int i = 0; i < 9; i++) both = challenge_cookie(cx, both, picture(cx, c, S("33333")));
	assert_int_equal(both.n, 4 * first.n + 3);
	challenges_free(c);
}

static void tokens_expire_and_cannot_be_made(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx), *others = challenges_new(cx);
	bool wrong;
	str token = picture(cx, c, S("48317"));
	now.at += CHALLENGE_LIFE + 2 * SECOND;
	assert_int_equal(answer(cx, c, token, S("48317"), &wrong), INVALID);
	assert_int_equal(answer(cx, c, picture(cx, others, S("48317")), S("48317"), &wrong), INVALID);
	assert_true(wrong);
	char odd[300];
	memset(odd, 'z', sizeof odd);
	for (size_t n = 0; n < sizeof odd; n++) assert_int_equal(answer(cx, c, (str){ odd, n }, S("1"), &wrong), INVALID);
	challenges_free(c);
	challenges_free(others);
}

static void guesses_do_not_expire_other_people_s_numbers(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	bool wrong;
	str mine = picture(cx, c, S("48317"));
	for (int i = 0; i < 5000; i++) {
		str token = picture(cx, c, S("11111"));
		assert_int_equal(answer(cx, c, token, S("22222"), &wrong), INVALID);
	}
	now.at += 5 * SECOND;
	assert_int_equal(answer(cx, c, mine, S("48317"), &wrong), OK);
	challenges_free(c);
}

/* Somebody takes thousands of tokens, which is free, and spends those few whose nonces might share a place in memory. */
static void chosen_guesses_do_not_either(void **state)
{
	enum { PLACES = 8192, EACH = 9, TAKEN = 40000 };
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	str (*held)[EACH] = cx_alloc(cx, PLACES * sizeof *held), token, mine = picture(cx, c, S("48317"));
	size_t n[PLACES] = { 0 }, crowded = PLACES;
	bool wrong;
	now.at += MINUTE;
	for (int i = 0; i < TAKEN && crowded == PLACES; i++) {
		unsigned char nonce[8];
		(void)challenge_words(cx, c, &token);
		assert_true(str_unhex(str_sub(token, 8, 16), nonce, sizeof nonce));
		size_t at = ((size_t)nonce[6] << 8 | nonce[7]) % PLACES;
		held[at][n[at]++] = token;
		if (n[at] == EACH) crowded = at;
	}
	assert_true(crowded < PLACES);
	for (int i = 0; i < EACH; i++) assert_int_equal(answer(cx, c, held[crowded][i], S("1"), &wrong), INVALID);
	assert_int_equal(answer(cx, c, mine, S("48317"), &wrong), OK);
	challenges_free(c);
}

static void words_tell_no_number_that_begins_with_zero(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	for (int i = 0; i < 3000; i++) {
		str token, sentence = challenge_words(cx, c, &token);
		assert_true(sentence.n > 20 && str_ends(sentence, S(".")));
		for (size_t k = 0; k < sentence.n; k++) assert_false(sentence.p[k] >= '0' && sentence.p[k] <= '9');
	}
	challenges_free(c);
}

static void style_sheets_that_ask_elsewhere(void **state)
{
	static const str bad[] = { S_INIT("@import 'x.css';"), S_INIT("a{background:url(https://example.org/x)}"), S_INIT("a{background:url( \"//example.org/x\")}"),
		S_INIT("a{background:url(/x)} b{background:url('http://example.org/')}"), S_INIT("a{background:url(\\\\example.org/x)}"),
		S_INIT("a{background:image-set('https://example.org/' 1x)}"), S_INIT("@font-face{src:url(blob:x)}") };
	static const str good[] = { S_INIT("a{color:red}"), S_INIT("a{background:url(/logo)}"), S_INIT("a{background:url(\"data:image/png;base64,AAAA\")}"),
		S_INIT("/* see https://example.org/ */"), S_INIT("a{background:url(x.png?a:b)}"), S_INIT("url(") };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_true(assets_asks_elsewhere(bad[i]));
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_false(assets_asks_elsewhere(good[i]));
}

static void what_is_sealed_is_read_by_us_alone_and_for_a_while(void **state)
{
	struct cx *cx = *state;
	struct seal *s = seal_new(cx), *after_a_start = seal_new(cx);
	static const char secret[24] = "twenty-four secret bytes";
	char out[24];
	str first = seal_close(cx, s, S("comment"), secret, sizeof secret, 10 * MINUTE), second = seal_close(cx, s, S("comment"), secret, sizeof secret, 10 * MINUTE);
	assert_true(seal_open(cx, s, S("comment"), first, out, sizeof out));
	assert_memory_equal(out, secret, sizeof out);
	assert_false(str_eq(first, second)); /* nobody sees that both hold the same */
	assert_false(str_contains(first, str_hex(cx, secret, 4)));
	assert_false(seal_open(cx, s, S("other"), first, out, sizeof out));
	assert_false(seal_open(cx, s, S("comment"), first, out, sizeof out - 1));
	assert_false(seal_open(cx, after_a_start, S("comment"), first, out, sizeof out));
	for (size_t i = 0; i < first.n; i++) {
		str other = str_copy(cx, first);
		((char *)(uintptr_t)other.p)[i] = other.p[i] == '0' ? '1' : '0';
		assert_false(seal_open(cx, s, S("comment"), other, out, sizeof out));
	}
	static const str none[] = { S_INIT(""), S_INIT("0"), S_INIT("zz"), S_INIT("00000000000000000000000000000000") };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(seal_open(cx, s, S("comment"), none[i], out, sizeof out));
	now.at += 10 * MINUTE;
	assert_true(seal_open(cx, s, S("comment"), first, out, sizeof out));
	now.at += 1;
	assert_false(seal_open(cx, s, S("comment"), first, out, sizeof out));
	seal_free(s);
	seal_free(after_a_start);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_tells_how_long_to_wait),
		cmocka_unit_test(a_delay_doubles_up_to_its_most),
		cmocka_unit_test(clients_are_counted_apart),
		cmocka_unit_test(only_what_could_be_a_session_is_one),
		cmocka_unit_test(a_flood_of_made_up_cookies_forgets_no_real_one),
		cmocka_unit_test(whoever_guesses_waits_longer_and_longer),
		cmocka_unit_test(nobody_is_locked_out_for_long),
		cmocka_unit_test(a_clock_that_is_put_back_locks_nobody_out),
		cmocka_unit_test(numbers_in_words),
		cmocka_unit_test(a_number_is_good_for_one_answer),
		cmocka_unit_test(what_is_no_guess_spends_nothing),
		cmocka_unit_test(several_forms_may_be_open),
		cmocka_unit_test(tokens_expire_and_cannot_be_made),
		cmocka_unit_test(guesses_do_not_expire_other_people_s_numbers),
		cmocka_unit_test(chosen_guesses_do_not_either),
		cmocka_unit_test(style_sheets_that_ask_elsewhere),
		cmocka_unit_test(what_is_sealed_is_read_by_us_alone_and_for_a_while),
		cmocka_unit_test(words_tell_no_number_that_begins_with_zero),
	};
	return cmocka_run_group_tests_name("web", tests, set_up, tear_down);
}
