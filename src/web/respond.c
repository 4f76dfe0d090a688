/* Headers, templates, redirects, errors: what a handler's answer becomes. */
#include "web/respond.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "http/cookie.h"
#include "http/origin.h"
#include "text/esc.h"
#include "text/url.h"
#include "web/comment_form.h"
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

/* Whoever has the address of such a page may do what it is for, so no link on it tells the address, not even to another page of ours. Its forms come
 * with Origin "null". */
static str referrer(str path) { return str_starts(path, S("/edit/")) || str_starts(path, S("/receipt/")) ? S("no-referrer") : S("same-origin"); }

static void headers(struct response *res, str policy, str path)
{
	response_header(res, "Content-Security-Policy", policy);
	response_header(res, "X-Content-Type-Options", S("nosniff"));
	response_header(res, "Referrer-Policy", referrer(path));
	response_header(res, "Permissions-Policy", S("camera=(), geolocation=(), microphone=(), interest-cohort=()"));
	response_header(res, "Cross-Origin-Opener-Policy", S("same-origin"));
	response_header(res, "Cross-Origin-Resource-Policy", S("same-origin"));
}

void respond_headers(struct response *res) { headers(res, S(POLICY), S("")); }

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
	headers(p->res, p->script ? S(POLICY "; script-src 'self'; connect-src 'self'") : S(POLICY), p->req->path);
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
	headers(p->res, S("default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"), p->req->path);
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

void respond_cookie(struct page *p, str name, str value, int64_t seconds, str path)
{
	bool secure = p->req->secure || p->app->secure;
	response_header(p->res, "Set-Cookie", cookie_make(p->cx, name, value, seconds, secure, path));
	p->res->cacheable = false;
}

void respond_session(struct page *p, str value, int64_t seconds)
{
	respond_cookie(p, S(SESSION_COOKIE), value, seconds, S("/"));
	p->clear_session = false;
}

/* Passwords, tokens, answers and traps are typed or drawn anew. */
static bool is_kept(str name)
{
	static const str never[] = {
		S_INIT("password"), S_INIT("old_password"), S_INIT("new_password"), S_INIT("code"), S_INIT("token"), S_INIT("answer"), S_INIT("website"),
	};
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		if (str_eq(name, never[i])) return false;
	return name.n > 0;
}

/* What a form says to us and not to people. */
static bool is_inner(str name)
{
	return str_eq(name, S("seen")) || str_eq(name, S("stamp")) || str_eq(name, S("received")) || str_eq(name, S("with_files")) || str_eq(name, S(GUARD_NAMELESS));
}

/* "email_public" is "Email public" to people. */
static str label_of(struct cx *cx, str name)
{
	char *label = str_c(cx, name);
	if (*label >= 'a' && *label <= 'z') *label += 'A' - 'a';
	for (char *c = label; *c; c++)
		if (*c == '_') *c = ' ';
	return str_of(label);
}

static void keep_one(struct page *p, struct view_message *v, str name, str value, bool unsure)
{
	bool shown = value.n > 100 || str_find_char(value, '\n', 0) >= 0, read = unsure && value.n && !is_inner(name);
	v->kept[v->kept_n] = (struct view_kept){ .number = (int64_t)v->kept_n, .name = name, .label = label_of(p->cx, name), .value = value,
		.shown = shown, .line = read && !shown };
	v->kept_n++;
}

/* What was sent, whatever it was refused for, as a form that sends it again: what is long stands in it to be read and copied. Where another site may have
 * written it, or filled in a form of the desk, all of it does. A public form is then sent as a stranger's; of what only a session can do, whoever is
 * logged in says first that it is their own. */
static void keep(struct page *p, struct view_message *v)
{
	const struct form *sent = &p->req->form;
	bool session_form = p->route && p->route->token;
	if (p->req->method != METHOD_POST) return;
	v->doubted = origin_said(p->req, p->app->conf.url) == ORIGIN_ELSEWHERE;
	v->named = session_form && p->has_session && v->status == 403;
	v->nameless = v->doubted && !session_form;
	v->kept = cx_array_of(p->cx, struct view_kept, sent->fields.n);
	for (size_t i = 0; i < sent->fields.n; i++) {
		str name = sent->fields.at[i].name, value = sent->fields.at[i].value;
		if (sent->files_n && str_eq(name, S("action"))) v->action = value; /* on its button, beside another */
		else if (is_kept(name)) keep_one(p, v, name, value, v->doubted || v->named);
	}
	if (sent->files_n) v->lost = present_count(p->cx, (int64_t)sent->files_n, "file", "files");
	v->again = url_path(p->cx, STR_FMT, STR_ARG(p->req->path));
	if (!v->nameless) v->token = p->has_session ? session_token(p->cx, p->session) : request_field(p->req, S("token"));
	if (param_has(&sent->fields, S("answer"))) v->challenge = comment_form_challenge(p, v->again, S(""));
}

err respond_notice(struct page *p, str heading, str sentence, struct view_link to)
{
	struct view_message v = { .heading = heading, .sentence = sentence, .links = &to, .links_n = 1 };
	v.site = present_site(p);
	v.page = present_head_unlisted(p, heading);
	return respond_page(p, 200, PAGE_MESSAGE, &v);
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
	struct view_message v = { .status = status, .sentence = said.n ? said : sentence(status) };
	*p->res = (struct response){ .fd = -1 };
	keep(p, &v);
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
