/* Anti-spam tokens and cookies from strangers: whatever comes fits nothing, unless it holds the token that was given out and the number that
 * belongs to it; and no token is good twice. Input: the cookie, a line end, the answer. A '@' in the cookie stands for a good token of 4711. */
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "web/challenge.h"
#include "base/banned.h"

#define TOKEN 72

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str with_token(struct cx *cx, str s, str token)
{
	struct buf b = buf_new(cx, 1 << 20);
	for (size_t i = 0; i < s.n && i < 4000; i++) {
		if (s.p[i] == '@') buf_str(&b, token);
		else buf_char(&b, s.p[i]);
	}
	return buf_view(&b);
}

static bool is_4711(struct cx *cx, str typed)
{
	struct buf b = buf_new(cx, 1 << 20);
	for (size_t i = 0; i < typed.n; i++)
		if (typed.p[i] >= '0' && typed.p[i] <= '9') buf_char(&b, typed.p[i]);
	return str_eq(buf_view(&b), S("4711"));
}

static bool is_carried(str token)
{
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] == '.') return false;
	return token.n > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct challenges *all; /* one for all inputs, as in a server */
	struct cx *cx = cx_new();
	struct clock clock = { true, INT64_C(1085000000) * SECOND };
	str png, token, answer, cookie = str_cut((str){ (const char *)data, size }, '\n', &answer);
	cx->clock = &clock;
	if (!all) {
		all = challenges_new(cx);
		challenges_put(all, S("4711"), S("picture"));
	}
	MUST(challenge_picture(cx, all, &png, &token) == OK && token.n == TOKEN);
	str tokens = with_token(cx, cookie, token);
	bool wrong = false;
	err e = challenge_answer(cx, all, tokens, S(""), answer, 0, &wrong);
	MUST(e == OK || (e == INVALID && cx->fault.sentence.n > 0));
	if (e == OK) MUST(!wrong && str_contains(tokens, token) && is_4711(cx, answer));
	if (e == OK || (wrong && str_starts(tokens, token) && (tokens.n == TOKEN || tokens.p[TOKEN] == '.')))
		MUST(challenge_answer(cx, all, token, S(""), S("4711"), 0, &wrong) == INVALID); /* right or wrong, it was spent */
	str next = challenge_cookie(cx, tokens, token), rest = next;
	MUST(next.n <= 4 * TOKEN + 3 && str_starts(next, token));
	for (int i = 0; rest.n; i++) {
		str one = str_cut(rest, '.', &rest);
		MUST(i < 4 && one.n == TOKEN && is_carried(one));
	}
	cx_end(cx);
	return 0;
}
