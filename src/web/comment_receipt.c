/* Sealed: the article, the comment, the link. */
#include "web/comment_receipt.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "http/cookie.h"
#include "http/response.h"
#include "text/url.h"
#include "web/seal.h"
#include "base/banned.h"

struct receipt_of_comment {
	id article, comment;
	char link[COMMENT_LINK];
};

static const str purpose = S_INIT("comment");

static bool brought(struct app *app, struct cx *cx, const struct request *req, id article, struct receipt_of_comment *out)
{
	str cookie = request_cookie(req, S(COMMENT_RECEIPT_COOKIE));
	return cookie.n > 0 && seal_open(cx, app->seal, purpose, cookie, out, sizeof *out) && out->article == article;
}

static url edit_url(struct page *p, const char link[COMMENT_LINK])
{
	return url_path(p->cx, "/edit/" STR_FMT, STR_ARG(str_hex(p->cx, link, COMMENT_LINK)));
}

void comment_receipt_give(struct page *p, id article, const struct comment_post *posted)
{
	struct receipt_of_comment r = { .article = article, .comment = posted->out };
	_Static_assert(sizeof r <= SEAL_MOST, "it fits");
	memcpy(r.link, posted->link, COMMENT_LINK);
	str sealed = seal_close(p->cx, p->app->seal, purpose, &r, sizeof r, COMMENT_RECEIPT_LIFE);
	sodium_memzero(&r, sizeof r);
	str link = url_absolute(p->cx, edit_url(p, posted->link), p->app->conf.url).s;
	p->res->body = str_fmt(p->cx, STR_FMT "Your private link to the comment: " STR_FMT "\n", STR_ARG(p->res->body), STR_ARG(link));
	str path = str_fmt(p->cx, "/article/%" PRId64, article);
	bool secure = p->req->secure || p->app->secure;
	response_header(p->res, "Set-Cookie", cookie_make(p->cx, S(COMMENT_RECEIPT_COOKIE), sealed, COMMENT_RECEIPT_LIFE / SECOND, secure, path));
}

bool comment_receipt_is_brought(struct app *app, struct cx *cx, const struct request *req, id article)
{
	struct receipt_of_comment r;
	bool good = brought(app, cx, req, article, &r);
	sodium_memzero(&r, sizeof r);
	return good;
}

void comment_receipt_show(struct page *p, id article, struct view_comment *comments, size_t n)
{
	struct receipt_of_comment r;
	if (!brought(p->app, p->cx, p->req, article, &r)) return;
	p->personal = true;
	for (size_t i = 0; i < n; i++) {
		if (comments[i].id != r.comment || comments[i].gone.n) continue;
		comments[i].edit_url = edit_url(p, r.link);
		comments[i].edit_text = url_absolute(p->cx, comments[i].edit_url, p->app->conf.url).s;
	}
	sodium_memzero(&r, sizeof r);
}
