/* The anti-spam number's two addresses: a picture, and a sum in words in a small frame of its own. Each sets its own cookie, so that the pages around
 * them stay the same for everybody. */
#include "http/cookie.h"
#include "text/esc.h"
#include "web/challenge.h"
#include "web/pages.h"
#include "web/respond.h"
#include "base/banned.h"

static void set_cookie(struct page *p, const char *name, str token)
{
	str value = challenge_cookie(p->cx, request_cookie(p->req, str_of(name)), token);
	response_header(p->res, "Set-Cookie", cookie_make(p->cx, str_of(name), value, CHALLENGE_LIFE / SECOND, p->req->secure, S("/")));
}

err page_challenge_image(struct page *p)
{
	str png, token;
	TRY(challenge_picture(p->cx, p->app->challenges, &png, &token));
	set_cookie(p, "number", token);
	return respond_bytes(p, S("image/png"), png);
}

err page_challenge_text(struct page *p)
{
	str token, sum = challenge_sum(p->cx, p->app->challenges, &token);
	struct buf b = buf_new(p->cx, 4096);
	set_cookie(p, "sum", token);
	buf_lit(&b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Anti-spam sum</title>"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">"
		    "<link rel=\"stylesheet\" href=\"");
	esc_html(&b, p->app->style_path);
	buf_lit(&b, "\"></head>\n<body class=\"frame\"><main><p>What is ");
	esc_html(&b, sum);
	buf_lit(&b, "? Type the answer in digits.</p></main></body></html>\n");
	return respond_bytes(p, S("text/html; charset=utf-8"), buf_view(&b));
}
