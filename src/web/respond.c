/* Headers, templates, redirects, errors: what a handler's answer becomes. */
#include "web/respond.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "http/cookie.h"
#include "text/esc.h"
#include "text/url.h"
#include "web/guard.h"
#include "web/present.h"
#include "web/routes.h"
#include "base/banned.h"

#define RETRY_BUSY 5   /* seconds */
#define RETRY_OFTEN 60

static const struct {
	const char *name;
	const struct view_type *type;
} pages[PAGE_TEMPLATES] = {
	[PAGE_FRONT] = { "front", &view_type_front },
	[PAGE_LIST] = { "list", &view_type_list },
	[PAGE_ARTICLE] = { "article", &view_type_article },
	[PAGE_COMMENT_FULL] = { "comment_full", &view_type_comment_full },
	[PAGE_PRINT] = { "print", &view_type_print },
	[PAGE_EMAIL] = { "email", &view_type_email },
	[PAGE_MESSAGE] = { "message", &view_type_message },
	[PAGE_STATIC] = { "static_page", &view_type_static_page },
	[PAGE_SEARCH] = { "search", &view_type_search },
	[PAGE_NETWORK] = { "network", &view_type_network },
	[PAGE_LOG] = { "log", &view_type_log },
	[PAGE_HIDDEN] = { "hidden", &view_type_hidden },
	[PAGE_PUBLISH] = { "publish", &view_type_publish },
	[PAGE_RECEIPT] = { "receipt", &view_type_receipt },
	[PAGE_EDIT] = { "edit", &view_type_edit },
	[PAGE_EDIT_COMMENT] = { "edit_comment", &view_type_edit_comment },
	[PAGE_LOGIN] = { "login", &view_type_login },
	[PAGE_SIGNUP] = { "signup", &view_type_signup },
	[PAGE_ACCOUNT] = { "account", &view_type_account },
	[PAGE_DESK] = { "desk", &view_type_desk },
	[PAGE_DESK_ARTICLE] = { "desk_article", &view_type_desk_article },
	[PAGE_DESK_COMMENT] = { "desk_comment", &view_type_desk_comment },
	[PAGE_DESK_EDIT] = { "desk_edit", &view_type_desk_edit },
	[PAGE_NUMBER] = { "number", &view_type_number },
	[PAGE_GALLERY] = { "gallery", &view_type_gallery },
};
static const struct template *compiled[PAGE_TEMPLATES]; /* written once, before any thread starts */

err respond_compile(struct cx *cx, struct template_set *set)
{
	for (int i = 0; i < PAGE_TEMPLATES; i++) TRY(template_compile(cx, set, pages[i].name, pages[i].type, &compiled[i]));
	return OK;
}

#define POLICY "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; frame-src 'self'; form-action 'self'; " \
	"base-uri 'none'; frame-ancestors 'self'"

static void headers(struct response *res, str policy)
{
	response_header(res, "Content-Security-Policy", policy);
	response_header(res, "X-Content-Type-Options", S("nosniff"));
	response_header(res, "Referrer-Policy", S("same-origin"));
	response_header(res, "Permissions-Policy", S("camera=(), geolocation=(), microphone=(), interest-cohort=()"));
	response_header(res, "Cross-Origin-Opener-Policy", S("same-origin"));
	response_header(res, "Cross-Origin-Resource-Policy", S("same-origin"));
}

void respond_headers(struct response *res) { headers(res, S(POLICY)); }

static void cache_control(struct page *p, enum route_cache cache)
{
	switch (cache) {
	case ROUTE_CACHED:
		p->res->cacheable = !p->has_session && !p->personal && p->res->status == 200;
		response_header(p->res, "Cache-Control", p->has_session || p->personal ? S("private, no-store") : S("no-cache"));
		response_header(p->res, "Vary", S("Cookie"));
		return;
	case ROUTE_BARE:
	case ROUTE_FILE:
	case ROUTE_PRIVATE: response_header(p->res, "Cache-Control", S("private, no-store")); return;
	case ROUTE_IMMUTABLE:
		response_header(p->res, "Cache-Control", S("public, max-age=31536000, immutable"));
		p->res->cacheable = true;
		p->clear_session = false; /* nothing that caches keep may say anything to one visitor */
		return;
	}
}

static void retry_after(struct page *p)
{
	int status = p->res->status;
	if (status != 429 && status != 503) return;
	int64_t seconds = p->retry_after ? p->retry_after : status == 503 ? RETRY_BUSY : RETRY_OFTEN;
	response_header(p->res, "Retry-After", str_fmt(p->cx, "%" PRId64, seconds));
}

static err respond(struct page *p, str content_type, str body, enum route_cache cache)
{
	if (!p->res->status) p->res->status = 200;
	p->res->content_type = content_type;
	p->res->body = body;
	p->res->compress = !str_starts(content_type, S("image/")) || str_starts(content_type, S("image/svg"));
	headers(p->res, p->script ? S(POLICY "; script-src 'self'; connect-src 'self'") : S(POLICY));
	retry_after(p);
	cache_control(p, cache);
	return OK;
}

err respond_bytes(struct page *p, str content_type, str body)
{
	return respond(p, content_type, body, p->route ? p->route->cache : ROUTE_PRIVATE);
}

err respond_immutable(struct page *p, str content_type, str body) { return respond(p, content_type, body, ROUTE_IMMUTABLE); }

err respond_file(struct page *p, str content_type, int fd, int64_t bytes, str etag, bool shown, str download)
{
	p->res->status = 200;
	p->res->fd = fd;
	p->res->file_size = bytes;
	p->res->content_type = content_type;
	p->res->etag = etag;
	headers(p->res, S("default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"));
	response_header(p->res, "Cache-Control", shown ? S("public, max-age=31536000, immutable") : S("private, no-store"));
	if (shown) p->clear_session = false;
	if (download.n) {
		struct buf b = buf_new(p->cx, KIB * 4);
		buf_lit(&b, "attachment; filename*=UTF-8''");
		esc_url(&b, download);
		response_header(p->res, "Content-Disposition", buf_view(&b));
	}
	return OK;
}

err respond_page(struct page *p, int status, enum page_template t, const void *view)
{
	struct buf b = buf_new(p->cx, LIMIT_PAGE);
	str body;
	TRY(template_render(p->cx, compiled[t], view, &b));
	TRY(buf_done(p->cx, &b, &body));
	p->res->status = status;
	return respond_bytes(p, S("text/html; charset=utf-8"), body);
}

static err redirect(struct page *p, int status, url to)
{
	MUST(to.s.n && to.s.p[0] == '/');
	p->res->status = status;
	response_header(p->res, "Location", to.s);
	return respond_bytes(p, S("text/plain; charset=utf-8"), S("See the address in Location.\n"));
}

err respond_see_other(struct page *p, url to) { return redirect(p, 303, to); }
err respond_moved(struct page *p, url to) { return redirect(p, 301, to); }

static str heading(int status)
{
	switch (status) {
	case 400: return S("That request cannot be read");
	case 403: return S("That is not allowed");
	case 404: return S("There is no such page");
	case 405: return S("That cannot be done here");
	case 408: return S("That took too long");
	case 409: return S("That was decided already");
	case 413: return S("That is too large");
	case 422: return S("Something is missing");
	case 429: return S("Too often");
	case 431: return S("That request is too long");
	case 501: return S("That is not something we do");
	case 503: return S("Not now");
	default: return S("Something went wrong");
	}
}

static str sentence(int status)
{
	switch (status) {
	case 400: return S("It is not written as HTTP wants it, so nothing was done.");
	case 404: return S("It may have moved, or the address has a slip in it. Try the search.");
	case 405: return S("This address does not take that kind of request.");
	case 408: return S("The request did not arrive in time. Nothing was kept; please send it again.");
	case 413: return S("More was sent than this page takes. Nothing was kept.");
	case 501: return S("Nothing was done.");
	case 503: return S("The server is busy. Please try again in a moment; nothing you typed is lost.");
	default: return S("It is our fault, not yours, and it has been noted. Please try again in a moment.");
	}
}

int respond_status(const struct page *p, err e)
{
	if (e == LIMIT && p->route && p->route->counts != COUNTS_NOTHING) return 429;
	return err_http_status(e);
}

void respond_session(struct page *p, str value, int64_t seconds)
{
	bool secure = p->req->secure || p->app->secure;
	response_header(p->res, "Set-Cookie", cookie_make(p->cx, S(SESSION_COOKIE), value, seconds, secure, S("/")));
	p->res->cacheable = false;
	p->clear_session = false;
}

/* Passwords, tokens, answers and traps are typed or drawn anew. */
static bool is_kept(str name)
{
	static const str never[] = { S_INIT("password"), S_INIT("old_password"), S_INIT("new_password"), S_INIT("token"), S_INIT("answer"), S_INIT("website") };
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (str_eq(name, never[i])) return false;
	return name.n > 0;
}

/* What was sent, as a form that sends it again: what is long stands in it to be read and copied. */
static void keep(struct page *p, struct view_message *v)
{
	const struct params *sent = &p->req->form.fields;
	if (p->req->method != METHOD_POST || guard_from_elsewhere(p->req)) return;
	v->kept = cx_array_of(p->cx, struct view_kept, sent->n);
	for (size_t i = 0; i < sent->n; i++) {
		str name = sent->at[i].name, value = sent->at[i].value;
		if (!is_kept(name)) continue;
		bool shown = value.n > 100 || str_find_char(value, '\n', 0) >= 0;
		v->kept[v->kept_n] = (struct view_kept){ (int64_t)v->kept_n, name, value, shown };
		v->kept_n++;
	}
	v->again = url_path(p->cx, STR_FMT, STR_ARG(p->req->path));
	v->token = p->has_session ? session_token(p->cx, p->session) : request_field(p->req, S("token"));
}

/* A page that cannot be made still says what happened. */
static void show(struct page *p, int status, struct view_message *v)
{
	v->status = status;
	v->heading = heading(status);
	v->search = status == 404;
	v->site = present_site(p);
	v->page = present_head_unlisted(p, v->heading);
	if (respond_page(p, status, PAGE_MESSAGE, v) == OK) return;
	p->res->status = status;
	p->res->content_type = S("text/plain; charset=utf-8");
	p->res->body = sentence(status);
}

void respond_error(struct page *p, err e)
{
	int status = respond_status(p, e);
	str said = e == FAILED ? S("") : cx_fault_line(p->cx);
	if (status >= 500) log_error(p->cx, "%s: " STR_FMT, err_name(e), STR_ARG(p->cx->fault.sentence));
	struct view_message v = { .sentence = said.n ? said : sentence(status) };
	*p->res = (struct response){ .fd = -1 };
	if (p->keep || status == 409 || status == 429 || status >= 500) keep(p, &v);
	p->route = NULL;
	show(p, status, &v);
}

void respond_refusal(struct app *app, struct cx *cx, const struct request *req, int status, const char *allow, struct response *res)
{
	static const struct request none = { .path = S_INIT("/") };
	struct worker bare = { .app = app };
	struct page p = { .cx = cx, .app = app, .worker = &bare, .req = req ? req : &none, .res = res, .retry_after = status == 503 ? 2 : 0 };
	struct view_message v = { .sentence = sentence(status) };
	*res = (struct response){ .fd = -1 };
	if (allow && *allow) response_header(res, "Allow", str_copy(cx, str_of(allow)));
	if (status == 503) keep(&p, &v);
	show(&p, status, &v);
}
