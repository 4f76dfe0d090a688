/* The anti-spam number's two addresses under each form's own: a picture, and a page with a number in words. Each sets its own cookie, so that the pages
 * around them stay the same for everybody; and since the cookie's path is the form's address, a browser sends it with that form and never tells by it
 * what else its reader reads. */
#include "text/url.h"
#include "web/challenge.h"
#include "web/pages.h"
#include "web/present.h"
#include "web/respond.h"
#include "base/banned.h"

/* The form that the number is for: what its address is under. An address under none is the publish form's, which is always there. */
static str form_of(struct page *p)
{
	size_t n = p->req->path.n;
	while (n > 0 && p->req->path.p[n - 1] != '/') n--;
	return n > 1 ? str_sub(p->req->path, 0, n - 1) : S("/publish");
}

static void set_cookie(struct page *p, const char *name, str token)
{
	str value = challenge_cookie(p->cx, request_cookie(p->req, str_of(name)), token);
	respond_cookie(p, str_of(name), value, CHALLENGE_LIFE / SECOND, form_of(p));
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
	struct view_number v = { .sentence = challenge_words(p->cx, p->app->challenges, &token), .another = url_path(p->cx, STR_FMT, STR_ARG(p->req->path)) };
	set_cookie(p, CHALLENGE_WORDS, token);
	v.site = present_site(p);
	v.page = present_head_unlisted(p, S("The anti-spam number in words"));
	return respond_page(p, 200, PAGE_NUMBER, &v);
}
