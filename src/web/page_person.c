/* Logging in and out, and one's own account. */
#include <inttypes.h>

#include "base/limits.h"
#include "store/person.h"
#include "text/slug.h"
#include "text/url.h"
#include "web/entry.h"
#include "web/guard.h"
#include "web/logins.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "web/sessions.h"
#include "base/banned.h"

/* Only a path of this site may be gone on to. */
static str next_of(str typed)
{
	bool path = typed.n > 1 && typed.n < 200 && typed.p[0] == '/' && typed.p[1] != '/' && typed.p[1] != '\\';
	for (size_t i = 0; path && i < typed.n; i++) path = (unsigned char)typed.p[i] > ' ' && (unsigned char)typed.p[i] < 0x7F && typed.p[i] != '\\';
	return path ? typed : S("");
}

static err show_login(struct page *p, int status, str user, str error, str next)
{
	struct view_login v = { .token = entry_token(p), .user = user, .error = error, .next = next };
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("Log in"));
	return respond_page(p, status, PAGE_LOGIN, &v);
}

err page_login_form(struct page *p) { return show_login(p, 200, S(""), S(""), next_of(request_query(p->req, S("next")))); }

/* Looks at a password, unless too many were wrong: DENIED with one sentence for all that is wrong, LIMIT with the time to wait, which does not tell
 * whether there is such an account. */
static err try_password(struct page *p, str name, str password, struct who *who)
{
	TRY(guard_count(p));
	str fold = text_fold(p->cx, name);
	const uint64_t *peer = p->req->shared ? NULL : &p->req->peer;
	int64_t wait = logins_try(p->app->logins, fold, peer, cx_now(p->cx));
	if (wait) {
		p->retry_after = wait / SECOND + 1;
		return cx_fail(p->cx, LIMIT, NULL, "Too many passwords were wrong for this name. Please wait %" PRId64 " s, then try again.", p->retry_after);
	}
	TRY(person_log_in(p->cx, p->db, name, password, who));
	logins_good(p->app->logins, fold, peer);
	return OK;
}

err page_login(struct page *p)
{
	str user = request_field(p->req, S("user")), next = next_of(request_field(p->req, S("next")));
	struct who who;
	if (!user.p) user = S("");
	if (!entry_proven(p))
		return show_login(p, 403, user, S("Nobody was logged in: this came from another page, or without this page’s cookie. Please type the password here."), next);
	err e = try_password(p, str_sub(user, 0, LIMIT_NAME), request_field(p->req, S("password")), &who);
	if (e == DENIED || e == LIMIT) return show_login(p, e == LIMIT ? 429 : 422, user, p->cx->fault.sentence, next);
	TRY(e);
	struct session_make made = { .person = who.person };
	TRY(page_write(p, session_make, &made));
	sessions_remember(p->app->sessions, made.key, SESSION_SOMEBODYS);
	respond_session(p, str_hex(p->cx, made.key, SESSION_KEY), SESSION_LIFE / SECOND);
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

err page_account_post(struct page *p)
{
	struct view_account v = { 0 };
	struct who who;
	struct person_alter a = { .name = p->who.name, .what = PERSON_PASSWORD };
	err e = try_password(p, p->who.name, request_field(p->req, S("old_password")), &who);
	if (e == DENIED) v.old_password_error = S("That is not your password.");
	else if (e == LIMIT) v.old_password_error = p->cx->fault.sentence;
	else TRY(e);
	if (e != OK) return show_account(p, e == LIMIT ? 429 : 422, &v);
	e = person_hash_password(p->cx, request_field(p->req, S("new_password")), &a.password_hash);
	if (e == INVALID) v.new_password_error = str_fmt(p->cx, "The new password " STR_FMT ".", STR_ARG(p->cx->fault.sentence));
	if (e == INVALID) return show_account(p, 422, &v);
	TRY(e);
	TRY(page_write(p, person_alter, &a));
	respond_session(p, S(""), 0); /* all sessions are over: whoever changed it logs in with the new one */
	return respond_see_other(p, url_path(p->cx, "/login"));
}
