/* Who may, with what proof, how often. */
#define OWNS_MEMORY
#include "web/guard.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/must.h"
#include "rules/rate.h"
#include "base/banned.h"

#define SLOTS 32768 /* clients remembered at once; a newer one takes the place of an older */

struct limits_table {
	pthread_mutex_t lock;
	struct {
		uint64_t peer;
		struct rate rate[ROUTE_RATES];
	} slot[SLOTS];
};

struct limits_table *limits_new(void)
{
	struct limits_table *t = calloc(1, sizeof *t);
	MUST(t != NULL && pthread_mutex_init(&t->lock, NULL) == 0);
	return t;
}

void limits_free(struct limits_table *t)
{
	if (!t) return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

bool limits_allow(struct limits_table *t, uint64_t peer, enum route_rate kind, int64_t now, int per_hour)
{
	MUST((int)kind >= 0 && (int)kind < ROUTE_RATES);
	size_t at = peer % SLOTS;
	pthread_mutex_lock(&t->lock);
	if (t->slot[at].peer != peer) {
		t->slot[at].peer = peer;
		for (int i = 0; i < ROUTE_RATES; i++) t->slot[at].rate[i] = (struct rate){ 0 };
	}
	bool yes = rate_allows(&t->slot[at].rate[kind], now, per_hour);
	pthread_mutex_unlock(&t->lock);
	return yes;
}

static err find_session(struct page *p)
{
	str cookie = request_cookie(p->req, S(SESSION_COOKIE));
	if (!str_unhex(cookie, p->session, SESSION_KEY)) return OK;
	TRY(session_who(p->cx, p->db, p->session, &p->who));
	p->has_session = p->who.person != 0;
	return OK;
}

/* A form that another site made a browser send (Fetch Metadata; Origin for older browsers). */
static bool from_elsewhere(const struct page *p)
{
	str site = request_header(p->req, S("sec-fetch-site"));
	if (site.n) return str_eq(site, S("cross-site")) || str_eq(site, S("same-site"));
	str origin = request_header(p->req, S("origin")), host = request_header(p->req, S("host")), rest;
	if (origin.n == 0) return false; /* no browser: "null", a frame that hides where it comes from, is elsewhere */
	ptrdiff_t at = str_find(origin, S("://"), 0);
	rest = at < 0 ? origin : str_sub(origin, (size_t)at + 3, origin.n);
	return !str_eq_ascii_ci(rest, host);
}

static bool token_fits(struct page *p)
{
	str want = session_token(p->cx, p->session), have = request_field(p->req, S("token"));
	return p->has_session && have.n == want.n && sodium_memcmp(have.p, want.p, want.n) == 0;
}

err guard_admit(struct page *p)
{
	if (p->route->capability == CAP_OPERATE) /* to anybody else there is no such page */
		return p->req->loopback ? OK : cx_fail(p->cx, NOTFOUND, NULL, "This address answers programs on its own machine only.");
	if (p->route->cache == ROUTE_BARE) return OK; /* looks at nobody, so it asks no database who this is */
	TRY(find_session(p));
	bool post = p->route->method == METHOD_POST;
	if (!who_may(&p->who, p->route->capability))
		return cx_fail(p->cx, DENIED, NULL, p->has_session ? "Your account may not do this." : "Please log in first.");
	if (post && from_elsewhere(p)) return cx_fail(p->cx, DENIED, NULL, "This form was sent from another site.");
	if (p->route->token && !token_fits(p))
		return cx_fail(p->cx, DENIED, NULL, "This form is too old, or was not sent from your own session. Please go back, reload the page and try again.");
	return OK;
}

err guard_count(struct page *p)
{
	static const char *const sentence = "That is more than we take in an hour from one place. Please wait a little; nothing you typed is lost.";
	const struct conf *c = &p->app->conf;
	int per_hour = 60;
	switch (p->route->rate) {
	case RATE_NONE: return OK;
	case RATE_POST: per_hour = (int)c->limit_posts_per_hour; break;
	case RATE_COMMENT: per_hour = (int)c->limit_comments_per_hour; break;
	case RATE_LOGIN: per_hour = 30; break;
	case RATE_GUESS:
	case ROUTE_RATES: MUST(!"a route's rate"); break;
	}
	if (!limits_allow(p->app->limits, p->req->peer, p->route->rate, cx_now(p->cx), per_hour))
		return cx_fail(p->cx, LIMIT, NULL, "%s", sentence);
	return OK;
}
