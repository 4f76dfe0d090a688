/* What the web layer remembers of its visitors, on a clock of its own: limits, session cookies, failed logins, anti-spam numbers. */
#include <pthread.h>
#include <sched.h>
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
#include "web/known.h"
#include "web/lane.h"
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

static enum login_as try_at(struct logins *l, str name, const uint64_t *peer, int64_t at, int64_t *wait)
{
	const struct login_from from = { .name = name, .peer = peer };
	return logins_try(l, &from, at, wait);
}

static void whoever_guesses_waits_longer_and_longer(void **state)
{
	struct logins *l = logins_new(*state);
	uint64_t peer = 7, other = 8;
	int64_t t = now.at, last = 0, wait;
	for (int i = 0; i <= LOGINS_FREE; i++) assert_int_equal(try_at(l, S("ed"), &peer, t, &wait), LOGIN_ANY);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(try_at(l, S("ed"), &peer, t, &wait), LOGIN_WAIT);
		assert_true(wait > last || wait == LOGINS_MOST);
		assert_true(wait <= LOGINS_MOST);
		last = wait;
		t += wait;
		assert_int_equal(try_at(l, S("ed"), &peer, t, &wait), LOGIN_ANY);
	}
	assert_int_equal(try_at(l, S("ed"), &other, t, &wait), LOGIN_ANY);
	assert_int_equal(try_at(l, S("nobody"), &peer, t, &wait), LOGIN_ANY);
	assert_int_equal(try_at(l, S("ed"), &peer, t + 2 * HOUR, &wait), LOGIN_ANY);
	logins_free(l);
}

/* However many fail from however many places: no wait for whoever comes anew, but a number; and none for a browser that the account knows. */
static void nobody_locks_somebody_else_out(void **state)
{
	struct logins *l = logins_new(*state);
	int64_t t = now.at, wait;
	assert_false(logins_asking(l, t));
	for (uint64_t peer = 1; peer <= LOGINS_FREE_ALL; peer++) assert_int_equal(try_at(l, S("ed"), peer % 2 ? &peer : NULL, t, &wait), LOGIN_ANY);
	for (uint64_t peer = 1000; peer < 2000; peer++) assert_int_equal(try_at(l, S("ed"), peer % 2 ? &peer : NULL, t, &wait), LOGIN_NUMBER);
	assert_true(logins_asking(l, t));
	uint64_t own = 5000;
	struct login_from from = { .name = S("ed"), .peer = &own };
	assert_int_equal(logins_look(l, &from, t, &wait), LOGIN_NUMBER);
	from.proven = true;
	assert_int_equal(logins_try(l, &from, t, &wait), LOGIN_PROVEN);
	logins_good(l, &from, LOGIN_PROVEN);
	from = (struct login_from){ .name = S("ed"), .mark = S("a mark") };
	for (int i = 0; i < 50; i++) {
		assert_int_equal(logins_try(l, &from, t, &wait), LOGIN_KNOWN);
		logins_good(l, &from, LOGIN_KNOWN);
	}
	assert_int_equal(try_at(l, S("ed"), NULL, t, &wait), LOGIN_NUMBER); /* its owner's success ends no storm */
	assert_int_equal(try_at(l, S("ada"), NULL, t, &wait), LOGIN_ANY);
	assert_int_equal(try_at(l, S("ed"), NULL, t + 2 * HOUR, &wait), LOGIN_ANY);
	assert_false(logins_asking(l, t + 2 * HOUR));
	logins_free(l);
}

static void a_stolen_mark_is_worth_a_few_guesses(void **state)
{
	struct logins *l = logins_new(*state);
	const struct login_from from = { .name = S("ed"), .mark = S("a mark") }, elsewhere = { .name = S("ed"), .mark = S("another mark") };
	int64_t wait;
	for (int i = 0; i <= LOGINS_FREE; i++) assert_int_equal(logins_try(l, &from, now.at, &wait), LOGIN_KNOWN);
	assert_int_equal(logins_try(l, &from, now.at, &wait), LOGIN_ANY);
	assert_true(wait > 0 && wait <= SECOND);
	assert_int_equal(logins_try(l, &from, now.at + SECOND, &wait), LOGIN_KNOWN);
	assert_int_equal(logins_try(l, &from, now.at + 2 * SECOND, &wait), LOGIN_ANY);
	assert_int_equal(logins_try(l, &elsewhere, now.at, &wait), LOGIN_KNOWN);
	logins_free(l);
}

/* Whoever has numbers read by a machine still guesses slowly. */
static void a_name_takes_so_many_proven_tries_an_hour(void **state)
{
	struct logins *l = logins_new(*state);
	const struct login_from from = { .name = S("ed"), .proven = true };
	int64_t wait;
	int taken = 0;
	for (int i = 0; i < 2 * LOGINS_PROVEN; i++) taken += logins_try(l, &from, now.at, &wait) == LOGIN_PROVEN;
	assert_int_equal(taken, LOGINS_FREE_ALL + LOGINS_PROVEN);
	assert_true(wait > 0 && wait <= HOUR / LOGINS_PROVEN + SECOND);
	logins_free(l);
}

static void a_clock_that_is_put_back_locks_nobody_out(void **state)
{
	struct logins *l = logins_new(*state);
	uint64_t peer = 7;
	int64_t wait;
	for (int i = 0; i < 50; i++) (void)try_at(l, S("ed"), &peer, now.at + 365 * DAY + i * MINUTE, &wait);
	assert_int_equal(try_at(l, S("ed"), &peer, now.at, &wait), LOGIN_ANY);
	logins_free(l);
}

static void a_mark_is_of_one_account_and_one_password(void **state)
{
	struct cx *cx = *state;
	str cookie = known_cookie(cx, S(""), S("stored one"), false), one = known_find(cx, cookie, S("stored one"));
	assert_int_equal(one.n, KNOWN_MARK);
	assert_true(known_any(cookie));
	assert_int_equal(known_find(cx, cookie, S("stored two")).n, 0);
	assert_true(str_eq(known_cookie(cx, cookie, S("stored one"), false), cookie)); /* known before, and no other mark */
	cookie = known_cookie(cx, cookie, S("stored two"), false);
	assert_true(str_eq(known_find(cx, cookie, S("stored one")), one));
	assert_int_equal(known_find(cx, cookie, S("stored two")).n, KNOWN_MARK);
	assert_true(str_eq(known_cookie(cx, cookie, S("stored two"), true), one));
	assert_int_equal(known_cookie(cx, one, S("stored one"), true).n, 0);
	for (int i = 0; i < 9; i++) cookie = known_cookie(cx, cookie, str_fmt(cx, "stored %d", i), false);
	assert_int_equal(cookie.n, KNOWN_MOST * KNOWN_MARK + KNOWN_MOST - 1);
	assert_int_equal(known_find(cx, cookie, S("stored 8")).n, KNOWN_MARK);
	assert_int_equal(known_find(cx, cookie, S("stored one")).n, 0);
}

static void marks_cannot_be_made_up(void **state)
{
	struct cx *cx = *state;
	str cookie = known_cookie(cx, S(""), S("stored"), false);
	char text[KNOWN_MARK];
	for (size_t i = 0; i < KNOWN_MARK; i++) {
		memcpy(text, cookie.p, KNOWN_MARK);
		text[i] = text[i] == '0' ? '1' : '0';
		assert_int_equal(known_find(cx, (str){ text, KNOWN_MARK }, S("stored")).n, 0);
		assert_int_equal(known_find(cx, str_sub(cookie, 0, i), S("stored")).n, 0);
	}
	static const str odd[] = { S_INIT(""), S_INIT("."), S_INIT("...."), S_INIT("x"), S_INIT("0.0.0.0.0.0.0") };
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		assert_false(known_any(odd[i]));
		assert_int_equal(known_find(cx, odd[i], S("stored")).n, 0);
		assert_int_equal(known_cookie(cx, odd[i], S("stored"), false).n, KNOWN_MARK);
		assert_int_equal(known_cookie(cx, odd[i], S("stored"), true).n, 0);
	}
}

/* Who came in, in their order. */
struct comer {
	struct lane *lane;
	enum lane_rank rank;
	const char *name;
	pthread_t thread;
	bool in;
};
static pthread_mutex_t order_lock = PTHREAD_MUTEX_INITIALIZER;
static char order[64];

static void *come(void *arg)
{
	struct comer *c = arg;
	c->in = lane_enter(c->lane, c->rank, str_of(c->name), 60);
	if (!c->in) return NULL;
	pthread_mutex_lock(&order_lock);
	order[strlen(order)] = *c->name;
	pthread_mutex_unlock(&order_lock);
	lane_leave(c->lane, c->rank, str_of(c->name));
	return NULL;
}

static void wait_until(struct lane *l, int waiting)
{
	while (lane_waiting(l) != waiting) sched_yield();
}

static void known_browsers_come_first_then_those_with_a_number(void **state)
{
	struct lane *l = lane_new(16);
	struct comer comers[] = { { l, LANE_ANY, "a", 0, false }, { l, LANE_PROVEN, "p", 0, false }, { l, LANE_KNOWN, "k", 0, false } };
	(void)state;
	memset(order, 0, sizeof order);
	assert_true(lane_enter(l, LANE_KNOWN, S("x"), 60));
	assert_true(lane_enter(l, LANE_PROVEN, S("y"), 60));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&comers[i].thread, NULL, come, &comers[i]), 0);
		wait_until(l, i + 1);
	}
	lane_leave(l, LANE_KNOWN, S("x"));
	for (int i = 0; i < 3; i++) pthread_join(comers[i].thread, NULL);
	lane_leave(l, LANE_PROVEN, S("y"));
	assert_string_equal(order, "kpa");
	lane_free(l);
}

/* Somebody who logs in twice at once gets in twice; who comes after that is a storm. */
static void one_name_may_wait_for_itself(void **state)
{
	struct lane *l = lane_new(16);
	struct comer second = { l, LANE_ANY, "ed", 0, false };
	(void)state;
	memset(order, 0, sizeof order);
	assert_true(lane_enter(l, LANE_ANY, S("ed"), 60));
	assert_int_equal(pthread_create(&second.thread, NULL, come, &second), 0);
	wait_until(l, 1);
	assert_false(lane_enter(l, LANE_ANY, S("ed"), 60));
	lane_leave(l, LANE_ANY, S("ed"));
	pthread_join(second.thread, NULL);
	assert_true(second.in);
	lane_free(l);
}

/* However many names are tried without a proof, there is room for one with a number and one that is known. */
static void many_names_leave_room_for_those_with_a_proof(void **state)
{
	(void)state;
	for (int workers = 4; workers <= 64; workers += 4) {
		struct lane *l = lane_new(workers);
		struct comer comers[40];
		static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t" };
		int came = 0, all = workers > 6 ? workers / 2 : 3, most = (all * 5 + 7) / 8;
		assert_true(lane_enter(l, LANE_ANY, S("first"), 60));
		for (; came < most - 1; came++) {
			comers[came] = (struct comer){ l, LANE_ANY, names[came], 0, false };
			assert_int_equal(pthread_create(&comers[came].thread, NULL, come, &comers[came]), 0);
			wait_until(l, came + 1);
		}
		assert_false(lane_enter(l, LANE_ANY, S("one more"), 60)); /* turned away at once */
		struct comer proven = { l, LANE_PROVEN, "y", 0, false };
		assert_int_equal(pthread_create(&proven.thread, NULL, come, &proven), 0); /* waits, or is in: it is not turned away */
		if (workers < 8) wait_until(l, came + 1);
		memset(order, 0, sizeof order);
		lane_leave(l, LANE_ANY, S("first"));
		for (int i = 0; i < came; i++) pthread_join(comers[i].thread, NULL);
		pthread_join(proven.thread, NULL);
		assert_true(proven.in);
		lane_free(l);
	}
}

static void a_storm_takes_no_more_than_its_share(void **state)
{
	struct lane *l = lane_new(16);
	(void)state;
	assert_true(lane_enter(l, LANE_ANY, S("zzz"), 0));
	for (int i = 0; i < 100; i++) assert_false(lane_enter(l, LANE_ANY, S("zzz"), 0)); /* one at a time of one name */
	assert_false(lane_enter(l, LANE_ANY, S("ada"), 0));                               /* the other place is for those with a proof */
	assert_true(lane_enter(l, LANE_PROVEN, S("zzz"), 0));
	assert_false(lane_enter(l, LANE_KNOWN, S("ada"), 0));
	lane_leave(l, LANE_ANY, S("zzz"));
	assert_true(lane_enter(l, LANE_ANY, S("ada"), 0));
	lane_leave(l, LANE_ANY, S("ada"));
	lane_leave(l, LANE_PROVEN, S("zzz"));
	lane_free(l);
	l = lane_new(1); /* with one worker nobody waits */
	assert_true(lane_enter(l, LANE_ANY, S("a"), 60));
	assert_false(lane_enter(l, LANE_KNOWN, S("b"), 60));
	lane_leave(l, LANE_ANY, S("a"));
	lane_free(l);
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

/* Whoever finds a number's cookie on a machine, or on its way, learns nothing of when its form was open. */
static void a_token_tells_nobody_when_it_was_made(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	str first = picture(cx, c, S("48317"));
	uint64_t seconds = (uint64_t)(cx_now(cx) / SECOND);
	int same = 0, near = 0;
	for (int i = 0; i < 64; i++) { /* all within a second */
		uint64_t read = 0;
		str token = picture(cx, c, S("48317"));
		same += str_eq(str_sub(first, 0, 8), str_sub(token, 0, 8));
		for (size_t k = 0; k + 8 <= token.n; k++, read = 0) {
			for (size_t d = 0; d < 8; d++) read = read << 4 | (uint64_t)(token.p[k + d] <= '9' ? token.p[k + d] - '0' : token.p[k + d] - 'a' + 10);
			near += read + 60 > seconds && read < seconds + 60;
		}
	}
	assert_true(same == 0 && near <= 1); /* chance alone meets one of 4,600 places within two minutes of 136 years about once in 8,000 runs */
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

/* Two hundred guesses a second for five minutes, in the middle of which somebody writes. */
static void a_storm_of_guesses_leaves_time_to_write(void **state)
{
	struct cx *cx = *state;
	struct challenges *c = challenges_new(cx);
	bool wrong;
	str mine = picture(cx, c, S("48317"));
	for (int second = 0; second < 300; second++) {
		struct cx *theirs = cx_new();
		theirs->clock = cx->clock;
		now.at += SECOND;
		for (int i = 0; i < 200; i++) assert_int_equal(answer(theirs, c, picture(theirs, c, S("11111")), S("22222"), &wrong), INVALID);
		cx_end(theirs);
	}
	assert_int_equal(answer(cx, c, mine, S("48317"), &wrong), OK);
	challenges_free(c);
}

/* Somebody takes a million tokens, which is free, and spends those few hundred whose nonces might share a place in memory. */
static void chosen_guesses_do_not_either(void **state)
{
	enum { PLACES = 4096, EACH = 257 };
	struct cx *cx = *state, *theirs = cx_new();
	struct challenges *c = challenges_new(cx);
	str mine = picture(cx, c, S("48317")), png, token, held[EACH];
	bool wrong;
	int n = 0;
	theirs->clock = cx->clock;
	now.at += MINUTE;
	for (int i = 0; i < 2 * PLACES * EACH && n < EACH; i++) {
		unsigned char nonce[8];
		assert_int_equal(challenge_picture(theirs, c, &png, &token), OK);
		assert_true(str_unhex(str_sub(token, 8, 16), nonce, sizeof nonce));
		if (((size_t)nonce[6] << 8 | nonce[7]) % PLACES == 1) held[n++] = str_copy(cx, token);
		if (i % 1000 == 0) cx_reset(theirs);
	}
	assert_int_equal(n, EACH);
	for (int i = 0; i < EACH; i++) assert_int_equal(answer(cx, c, held[i], S("1"), &wrong), INVALID);
	assert_int_equal(answer(cx, c, mine, S("48317"), &wrong), OK);
	challenges_free(c);
	cx_end(theirs);
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
		cmocka_unit_test(nobody_locks_somebody_else_out),
		cmocka_unit_test(a_stolen_mark_is_worth_a_few_guesses),
		cmocka_unit_test(a_name_takes_so_many_proven_tries_an_hour),
		cmocka_unit_test(a_clock_that_is_put_back_locks_nobody_out),
		cmocka_unit_test(a_mark_is_of_one_account_and_one_password),
		cmocka_unit_test(marks_cannot_be_made_up),
		cmocka_unit_test(known_browsers_come_first_then_those_with_a_number),
		cmocka_unit_test(one_name_may_wait_for_itself),
		cmocka_unit_test(many_names_leave_room_for_those_with_a_proof),
		cmocka_unit_test(a_storm_takes_no_more_than_its_share),
		cmocka_unit_test(numbers_in_words),
		cmocka_unit_test(a_number_is_good_for_one_answer),
		cmocka_unit_test(what_is_no_guess_spends_nothing),
		cmocka_unit_test(a_token_tells_nobody_when_it_was_made),
		cmocka_unit_test(several_forms_may_be_open),
		cmocka_unit_test(tokens_expire_and_cannot_be_made),
		cmocka_unit_test(guesses_do_not_expire_other_people_s_numbers),
		cmocka_unit_test(a_storm_of_guesses_leaves_time_to_write),
		cmocka_unit_test(chosen_guesses_do_not_either),
		cmocka_unit_test(style_sheets_that_ask_elsewhere),
		cmocka_unit_test(what_is_sealed_is_read_by_us_alone_and_for_a_while),
		cmocka_unit_test(words_tell_no_number_that_begins_with_zero),
	};
	return cmocka_run_group_tests_name("web", tests, set_up, tear_down);
}
