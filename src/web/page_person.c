/* Logging in and out, and one's own account. */
#include <inttypes.h>

#include "base/limits.h"
#include "store/person.h"
#include "text/slug.h"
#include "text/url.h"
#include "web/entry.h"
#include "web/fields.h"
#include "web/guard.h"
#include "web/known.h"
#include "web/lane.h"
#include "web/logins.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "web/sessions.h"
#include "base/banned.h"

#define PATIENCE 10 /* seconds that a try waits for its turn at most */

/* Only a path of this site may be gone on to. */
static str next_of(str typed)
{
	bool path = typed.n > 1 && typed.n < 200 && typed.p[0] == '/' && typed.p[1] != '/' && typed.p[1] != '\\';
	for (size_t i = 0; path && i < typed.n; i++) path = (unsigned char)typed.p[i] > ' ' && (unsigned char)typed.p[i] < 0x7F && typed.p[i] != '\\';
	return path ? typed : S("");
}

/* A browser that no account can know is asked for a number where many are tried, so that its first try has it. */
static bool asks_number(struct page *p)
{
	return !known_any(request_cookie(p->req, S(KNOWN_COOKIE))) && logins_asking(p->app->logins, cx_now(p->cx));
}

static struct view_challenge *challenge(struct page *p, str error)
{
	struct view_challenge *c = cx_new_of(p->cx, struct view_challenge);
	if (p->app->conf.challenge == CHALLENGE_NUMBER) c->challenge_image = url_path(p->cx, "/login/challenge.png");
	c->challenge_text_url = url_path(p->cx, "/login/challenge");
	c->answer_error = error;
	return c;
}

/* error: what is wrong, about the number where the fault says so. */
static err show_login(struct page *p, int status, str user, str error, str next)
{
	bool number = str_eq(p->cx->fault.field, S("answer"));
	struct view_login v = { .token = entry_token(p), .user = user, .error = number ? S("") : error, .next = next };
	v.foreign = str_eq(request_field(p->req, S("foreign")), S("1"));
	if (number || asks_number(p)) v.challenge = challenge(p, number ? error : S(""));
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Log in"));
	return respond_page(p, status, PAGE_LOGIN, &v);
}

err page_login_form(struct page *p) { return show_login(p, 200, S(""), S(""), next_of(request_query(p->req, S("next")))); }

/* One try at a password. */
struct attempt {
	struct person_asked asked;
	struct login_from from;
	enum login_as as;
};

static err refuse(struct page *p, enum login_as as, int64_t wait)
{
	if (as == LOGIN_NUMBER) {
		logins_ask(p->app->logins, cx_now(p->cx));
		return cx_fail(p->cx, INVALID, "answer", "Many passwords are being tried just now. Please type this number as well, and your password once more.");
	}
	p->retry_after = wait / SECOND + 1;
	return cx_fail(p->cx, LIMIT, NULL, "Too many passwords were wrong for this name. Please wait %" PRId64 " s, then try again.", p->retry_after);
}

/* As what the try is taken, before anything is spent on it; what is costly comes after. */
static err judge(struct page *p, struct attempt *a)
{
	int64_t wait;
	a->as = logins_look(p->app->logins, &a->from, cx_now(p->cx), &wait);
	if (a->as == LOGIN_KNOWN) return OK;
	TRY(guard_count(p));
	if (request_field(p->req, S("answer")).n) {
		TRY(fields_prove(p));
		a->from.proven = true;
		a->as = logins_look(p->app->logins, &a->from, cx_now(p->cx), &wait);
	}
	return a->as == LOGIN_NUMBER || a->as == LOGIN_WAIT ? refuse(p, a->as, wait) : OK;
}

static enum lane_rank rank_of(enum login_as as) { return as == LOGIN_KNOWN ? LANE_KNOWN : as == LOGIN_PROVEN ? LANE_PROVEN : LANE_ANY; }

static err crowded(struct page *p) { return cx_fail(p->cx, BUSY, NULL, "Too many passwords are being looked at just now. Please send it again in a moment."); }

/* Looks at the password in its turn: DENIED with one sentence for all that is wrong. */
static err try_password(struct page *p, struct attempt *a, str password, struct who *who)
{
	int64_t wait;
	enum lane_rank rank = rank_of(a->as);
	if (!lane_enter(p->app->passwords, rank, a->from.name, PATIENCE)) return rank == LANE_ANY ? refuse(p, LOGIN_NUMBER, 0) : crowded(p);
	a->as = logins_try(p->app->logins, &a->from, cx_now(p->cx), &wait); /* others may have failed while it waited */
	err e = a->as == LOGIN_NUMBER || a->as == LOGIN_WAIT ? refuse(p, a->as, wait) : person_log_in(p->cx, &a->asked, password, who);
	lane_leave(p->app->passwords, rank, a->from.name);
	if (e == OK) logins_good(p->app->logins, &a->from, a->as);
	return e;
}

static int status_of(err e) { return e == LIMIT ? 429 : e == BUSY ? 503 : 422; }

/* The browser is known from now on, unless its visitor does not want that. */
static void remember(struct page *p, const struct attempt *a)
{
	str had = request_cookie(p->req, S(KNOWN_COOKIE));
	str now = known_cookie(p->cx, had, a->asked.password, str_eq(request_field(p->req, S("foreign")), S("1")));
	if (had.n || now.n) respond_cookie(p, S(KNOWN_COOKIE), now, now.n ? KNOWN_LIFE / SECOND : 0, S(KNOWN_PATH));
}

static err log_in(struct page *p, str name, struct attempt *a, struct who *who)
{
	TRY(person_ask(p->cx, p->db, name, &a->asked));
	a->from = (struct login_from){ .name = text_fold(p->cx, name), .peer = p->req->shared ? NULL : &p->req->peer,
		.mark = known_find(p->cx, request_cookie(p->req, S(KNOWN_COOKIE)), a->asked.password) };
	TRY(judge(p, a));
	return try_password(p, a, request_field(p->req, S("password")), who);
}

err page_login(struct page *p)
{
	str user = request_field(p->req, S("user")), next = next_of(request_field(p->req, S("next")));
	struct attempt a = { 0 };
	struct who who;
	if (!user.p) user = S("");
	if (!entry_proven(p))
		return show_login(p, 403, user, S("Nobody was logged in: this came from another page, or without this page’s cookie. Please type the password here."), next);
	err e = log_in(p, str_sub(user, 0, LIMIT_NAME), &a, &who);
	if (e == DENIED || e == INVALID || e == LIMIT || e == BUSY) return show_login(p, status_of(e), user, p->cx->fault.sentence, next);
	TRY(e);
	struct session_make made = { .person = who.person };
	TRY(page_write(p, session_make, &made));
	sessions_remember(p->app->sessions, made.key, SESSION_SOMEBODYS);
	respond_session(p, str_hex(p->cx, made.key, SESSION_KEY), SESSION_LIFE / SECOND);
	remember(p, &a);
	if (!next.n) next = who_may(&who, CAP_EDIT) ? S("/editor") : S("/account");
	return respond_see_other(p, (url){ next });
}

err page_logout(struct page *p)
{
	TRY(page_write(p, session_end, p->session));
	respond_session(p, S(""), 0);
	return respond_see_other(p, url_path(p->cx, "/"));
}

err page_signup(struct page *p)
{
	struct view_signup v = { 0 };
	v.site = present_site(p);
	v.page = present_head(p, S("Create an account"), S("Accounts are for editors; whoever publishes needs none."), (url){ 0 });
	v.page->noindex = true;
	return respond_page(p, 200, PAGE_SIGNUP, &v);
}

static err show_account(struct page *p, int status, struct view_account *v)
{
	v->name = p->who.name;
	v->role = who_role_name(p->who.role);
	v->site = present_site(p);
	v->page = present_head_unlisted(p, S("Your account"));
	return respond_page(p, status, PAGE_ACCOUNT, v);
}

err page_account(struct page *p)
{
	struct view_account v = { 0 };
	return show_account(p, 200, &v);
}

/* Whoever is logged in is known by the session, which has a count of its own: a stolen one is worth a few guesses. */
static err try_own(struct page *p, struct attempt *a)
{
	int64_t wait;
	struct who who;
	TRY(person_ask(p->cx, p->db, p->who.name, &a->asked));
	a->from = (struct login_from){ .name = text_fold(p->cx, p->who.name), .mark = str_hex(p->cx, p->session, SESSION_KEY) };
	a->as = logins_look(p->app->logins, &a->from, cx_now(p->cx), &wait);
	if (a->as != LOGIN_KNOWN) return refuse(p, LOGIN_WAIT, wait);
	return try_password(p, a, request_field(p->req, S("old_password")), &who);
}

static err hash_new(struct page *p, const struct attempt *a, str *out)
{
	if (!lane_enter(p->app->passwords, LANE_KNOWN, a->from.name, PATIENCE)) return crowded(p);
	err e = person_hash_password(p->cx, request_field(p->req, S("new_password")), out);
	lane_leave(p->app->passwords, LANE_KNOWN, a->from.name);
	return e;
}

err page_account_post(struct page *p)
{
	struct view_account v = { 0 };
	struct attempt own = { 0 };
	struct person_alter a = { .name = p->who.name, .what = PERSON_PASSWORD };
	err e = try_own(p, &own);
	if (e == DENIED) v.old_password_error = S("That is not your password.");
	else if (e == LIMIT || e == BUSY) v.old_password_error = p->cx->fault.sentence;
	else TRY(e);
	if (e != OK) return show_account(p, status_of(e), &v);
	e = hash_new(p, &own, &a.password_hash);
	if (e == INVALID) v.new_password_error = str_fmt(p->cx, "The new password " STR_FMT ".", STR_ARG(p->cx->fault.sentence));
	if (e == INVALID) return show_account(p, 422, &v);
	TRY(e);
	TRY(page_write(p, person_alter, &a));
	respond_session(p, S(""), 0); /* all sessions are over: whoever changed it logs in with the new one */
	return respond_see_other(p, url_path(p->cx, "/login"));
}
