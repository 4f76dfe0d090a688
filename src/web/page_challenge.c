/* The anti-spam number's two addresses: a picture, and a page with a number in words. Each sets its own cookie, so that the pages around them stay the
 * same for everybody. */
#include "http/cookie.h"
#include "text/url.h"
#include "web/challenge.h"
#include "web/pages.h"
#include "web/present.h"
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
	set_cookie(p, CHALLENGE_PICTURE, token);
	return respond_bytes(p, S("image/png"), png);
}

err page_challenge_text(struct page *p)
{
	str token;
	struct view_number v = { .sentence = challenge_words(p->cx, p->app->challenges, &token), .another = url_path(p->cx, "/challenge") };
	set_cookie(p, CHALLENGE_WORDS, token);
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("The anti-spam number in words"));
	return respond_page(p, 200, PAGE_NUMBER, &v);
}
