/* Who may, with what proof, how often. */
#include "web/guard.h"

#include <sodium.h>

#include "base/must.h"
#include "http/origin.h"
#include "web/sessions.h"
#include "base/banned.h"

#define LOGINS_PER_HOUR 30
#define GUESSES_PER_HOUR 30
#define STRANGE_SESSIONS_PER_HOUR 30

static int64_t per_hour(const struct app *app, const struct request *req, enum client_act act)
{
	const struct conf *c = &app->conf;
	const int64_t each[CLIENT_ACTS] = { [CLIENT_POST] = c->limit_posts_per_hour, [CLIENT_COMMENT] = c->limit_comments_per_hour,
		[CLIENT_FILE] = c->limit_files_per_hour, [CLIENT_LOGIN] = LOGINS_PER_HOUR, [CLIENT_GUESS] = GUESSES_PER_HOUR, [CLIENT_SESSION] = STRANGE_SESSIONS_PER_HOUR };
	return each[act] * (req->shared ? c->shared_factor : 1);
}

static int64_t wait_of(struct app *app, const struct request *req, enum client_act act, int64_t now)
{
	return clients_wait(app->clients, req->peer, act, now, per_hour(app, req, act));
}

static void count(struct page *p, enum client_act act)
{
	(void)clients_allow(p->app->clients, p->req->peer, act, cx_now(p->cx), per_hour(p->app, p->req, act));
}

bool guard_may_be_session(struct app *app, const struct request *req, bool cached, int64_t now, char key[SESSION_KEY])
{
	if (!sessions_parse(request_cookie(req, S(SESSION_COOKIE)), key)) return false;
	switch (sessions_seen(app->sessions, key)) {
	case SESSION_NOBODYS: return false;
	case SESSION_SOMEBODYS: return true;
	case SESSION_UNSEEN: break;
	}
	return !cached || wait_of(app, req, CLIENT_SESSION, now) == 0;
}

static err find_session(struct page *p)
{
	bool cached = p->route->cache != ROUTE_PRIVATE && p->route->cache != ROUTE_FILE;
	if (!guard_may_be_session(p->app, p->req, cached, cx_now(p->cx), p->session)) {
		/* On a page that is kept for everybody nothing may be said to one. */
		p->clear_session = !cached && request_cookie(p->req, S(SESSION_COOKIE)).n > 0;
		return OK;
	}
	TRY(session_who(p->cx, p->db, p->session, &p->who));
	p->has_session = p->who.person != 0;
	p->clear_session = !p->has_session;
	sessions_remember(p->app->sessions, p->session, p->has_session ? SESSION_SOMEBODYS : SESSION_NOBODYS);
	if (!p->has_session) count(p, CLIENT_SESSION);
	return OK;
}

static bool token_fits(struct page *p)
{
	if (!p->has_session) return false;
	str want = session_token(p->cx, p->session), have = request_field(p->req, S("token"));
	return have.n == want.n && sodium_memcmp(have.p, want.p, want.n) == 0;
}

/* Who sent it is nobody's to say, so nobody's name stands under it. */
static void forget_session(struct page *p)
{
	p->has_session = false;
	p->who = (struct who){ 0 };
}

err guard_may(struct page *p, enum capability cap)
{
	if (who_may(&p->who, cap)) return OK;
	return cx_fail(p->cx, DENIED, NULL, p->has_session ? "Your account may not do this." : "Please log in first.");
}

bool guard_shows(const struct request *req, const struct route *r)
{
	if (r->capability == CAP_OPERATE) return req->operators;
	return r->cache == ROUTE_BARE || !req->operators;
}

/* What may be asked of a form that somebody sent. */
static err admit_form(struct page *p)
{
	enum origin_said said = origin_said(p->req, p->app->conf.url);
	bool fits = token_fits(p);
	if (said == ORIGIN_ELSEWHERE && !p->route->proves_itself)
		return cx_fail(p->cx, DENIED, NULL, "Your browser says that another site sent this form, so nothing was done with it.");
	TRY(guard_may(p, p->route->capability));
	if (p->route->token && !fits)
		return cx_fail(p->cx, DENIED, NULL, "This form is too old, or was not sent from your own session. Please look at it again and send it once more.");
	bool vouched = fits || (said == ORIGIN_HERE && request_field(p->req, S(GUARD_NAMELESS)).n == 0);
	if (!p->route->proves_itself && !vouched) forget_session(p);
	return OK;
}

err guard_admit(struct page *p)
{
	if (p->route->cache == ROUTE_BARE) return OK; /* looks at nobody, so it asks no database who this is */
	TRY(find_session(p));
	return p->route->method == METHOD_POST ? admit_form(p) : guard_may(p, p->route->capability);
}

static err look(struct page *p, enum client_act act, const char *sentence)
{
	int64_t wait = wait_of(p->app, p->req, act, cx_now(p->cx));
	if (wait == 0) return OK;
	p->retry_after = wait / SECOND + 1;
	return cx_fail(p->cx, LIMIT, NULL, "%s", sentence);
}

err guard_look(struct page *p)
{
	MUST(p->route->counts < CLIENT_ACTS);
	if (p->req->shared) return OK;
	return look(p, p->route->counts, "That is more than we take in an hour from one place. Please wait a little.");
}

err guard_count(struct page *p)
{
	TRY(guard_look(p));
	if (!p->req->shared) count(p, p->route->counts);
	return OK;
}

bool guard_is_crowded(struct page *p)
{
	return p->crowded || (p->req->shared && p->route->counts < CLIENT_ACTS && wait_of(p->app, p->req, p->route->counts, cx_now(p->cx)) > 0);
}

void guard_count_written(struct page *p)
{
	if (p->req->shared && !who_may(&p->who, CAP_EDIT)) count(p, p->route->counts);
}

err guard_count_link(struct page *p)
{
	uint64_t link;
	int64_t now = cx_now(p->cx), most = p->app->conf.limit_comments_per_hour;
	if (!p->req->shared) return guard_count(p);
	crypto_generichash((unsigned char *)&link, sizeof link, (const unsigned char *)p->key.p, p->key.n, NULL, 0);
	if (clients_allow(p->app->clients, link, CLIENT_COMMENT, now, most)) return OK;
	p->retry_after = clients_wait(p->app->clients, link, CLIENT_COMMENT, now, most) / SECOND + 1;
	return cx_fail(p->cx, LIMIT, NULL, "That is more than we take in an hour with one private link. Please wait a little.");
}

err guard_count_file(struct page *p)
{
	TRY(look(p, CLIENT_FILE, p->req->shared && p->app->conf.challenge == CHALLENGE_NUMBER ? "is one more than we take just now without the anti-spam number: please choose it again, and type the number before you send it"
	                                 : "is one more than we take in an hour from one place: please wait a little"));
	count(p, CLIENT_FILE);
	return OK;
}

err guard_look_guess(struct page *p)
{
	return p->req->shared ? OK : look(p, CLIENT_GUESS, "Too many wrong numbers came from your side. Please wait a little.");
}

void guard_count_guess(struct page *p)
{
	if (!p->req->shared) count(p, CLIENT_GUESS);
}
