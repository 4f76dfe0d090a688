/* The route table, and the matching of addresses against it. */
#include "web/routes.h"

#include <stdio.h>

#include "base/limits.h"
#include "text/slug.h"
#include "web/pages.h"
#include "base/banned.h"

#define FREE COUNTS_NOTHING
#define GET METHOD_GET
#define POST METHOD_POST
#define FORM (1 * MIB)
#define SMALL (16 * KIB)

const struct route routes[] = {
	{ GET, "/", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_front },
	{ GET, "/newswire", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_newswire },
	{ GET, "/features", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_features },
	{ GET, "/local", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_local },
	{ GET, "/type/{slug}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_type },
	{ GET, "/topic/{slug}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_topic },
	{ GET, "/region/{slug}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_region },
	{ GET, "/author/{slug}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_author },
	{ GET, "/archive/{year}/{month}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_month },
	{ GET, "/article/{id}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_article },
	{ GET, "/article/{id}/print", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_print },
	{ GET, "/article/{id}/email", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_email },
	{ GET, "/article/{id}/comment", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_comment_form },
	{ POST, "/article/{id}/comment", CAP_PUBLISH, false, CLIENT_COMMENT, FORM, ROUTE_PRIVATE, page_comment_post, true },
	{ GET, "/article/{id}/comment/challenge.png", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_image },
	{ GET, "/article/{id}/comment/challenge", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_text },
	{ GET, "/article/{id}/comments/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_feed_comments_on },
	{ GET, "/article/{id}/{slug}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_article },
	{ GET, "/comment/{id}", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_comment },
	{ GET, "/publish", CAP_PUBLISH, false, FREE, 0, ROUTE_CACHED, page_publish_form },
	{ POST, "/publish", CAP_PUBLISH, false, CLIENT_POST, 2 * FORM, ROUTE_PRIVATE, page_publish, true },
	{ GET, "/publish/challenge.png", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_image },
	{ GET, "/publish/challenge", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_text },
	{ GET, "/receipt/{key}", CAP_PUBLISH, false, FREE, 0, ROUTE_PRIVATE, page_receipt },
	{ GET, "/edit/{key}", CAP_PUBLISH, false, FREE, 0, ROUTE_PRIVATE, page_edit_form },
	{ POST, "/edit/{key}", CAP_PUBLISH, false, CLIENT_COMMENT, 2 * FORM, ROUTE_PRIVATE, page_edit, true },
	{ GET, "/challenge.png", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_image },
	{ GET, "/challenge", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_text },
	{ GET, "/media/{key}/{name}", CAP_READ, false, FREE, 0, ROUTE_FILE, page_media },
	{ GET, "/gallery", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_gallery },
	{ GET, "/audio/feed.rss", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_podcast },
	{ GET, "/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_site_feed },
	{ GET, "/newswire/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_newswire },
	{ GET, "/features/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_features },
	{ GET, "/local/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_local },
	{ GET, "/type/{slug}/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_type },
	{ GET, "/topic/{slug}/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_topic },
	{ GET, "/region/{slug}/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_region },
	{ GET, "/author/{slug}/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_author },
	{ GET, "/comments/{feed}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_feed_comments },
	{ GET, "/page/{slug}", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_static },
	{ GET, "/network", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_network },
	{ GET, "/search", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_search },
	{ GET, "/log", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_log },
	{ GET, "/log.json", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_log_json },
	{ GET, "/hidden", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_hidden },
	{ GET, "/login", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_login_form },
	{ POST, "/login", CAP_READ, false, CLIENT_LOGIN, SMALL, ROUTE_PRIVATE, page_login, .proves_itself = true },
	{ GET, "/login/challenge.png", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_image },
	{ GET, "/login/challenge", CAP_READ, false, FREE, 0, ROUTE_PRIVATE, page_challenge_text },
	{ POST, "/logout", CAP_ACCOUNT, true, FREE, SMALL, ROUTE_PRIVATE, page_logout },
	{ GET, "/signup", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_signup },
	{ GET, "/account", CAP_ACCOUNT, false, FREE, 0, ROUTE_PRIVATE, page_account },
	{ POST, "/account", CAP_ACCOUNT, true, FREE, SMALL, ROUTE_PRIVATE, page_account_post },
	{ GET, "/editor", CAP_EDIT, false, FREE, 0, ROUTE_PRIVATE, page_desk },
	{ GET, "/editor/queue", CAP_EDIT, false, FREE, 0, ROUTE_PRIVATE, page_desk },
	{ GET, "/editor/article/{id}", CAP_EDIT, false, FREE, 0, ROUTE_PRIVATE, page_desk_article },
	{ POST, "/editor/article/{id}", CAP_EDIT, true, FREE, SMALL, ROUTE_PRIVATE, page_desk_article_post },
	{ GET, "/editor/article/{id}/edit", CAP_EDIT, false, FREE, 0, ROUTE_PRIVATE, page_desk_edit_form },
	{ POST, "/editor/article/{id}/edit", CAP_EDIT, true, FREE, 2 * FORM, ROUTE_PRIVATE, page_desk_edit, true },
	{ GET, "/editor/comment/{id}", CAP_EDIT, false, FREE, 0, ROUTE_PRIVATE, page_desk_comment },
	{ POST, "/editor/comment/{id}", CAP_EDIT, true, FREE, SMALL, ROUTE_PRIVATE, page_desk_comment_post },
	{ GET, "/style.css", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_style },
	{ GET, "/form.js", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_script },
	{ GET, "/icon.svg", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_icon },
	{ GET, "/logo", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_logo },
	{ GET, "/cover.png", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_cover },
	{ GET, "/favicon.ico", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_icon },
	{ GET, "/robots.txt", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_robots },
	{ GET, "/opensearch.xml", CAP_READ, false, FREE, 0, ROUTE_CACHED, page_opensearch },
	{ GET, "/healthz", CAP_READ, false, FREE, 0, ROUTE_BARE, page_healthz },
	{ GET, "/readyz", CAP_READ, false, FREE, 0, ROUTE_BARE, page_readyz },
	{ GET, "/metrics", CAP_OPERATE, false, FREE, 0, ROUTE_BARE, page_metrics },
};
const size_t routes_n = sizeof routes / sizeof *routes;

static bool take_hex(struct page *p, str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
	p->key = s;
	return s.n > 0 && s.n <= 128;
}

static bool take_feed(struct page *p, str s)
{
	static const str names[] = { [FEED_RSS] = S_INIT("feed.rss"), [FEED_ATOM] = S_INIT("feed.atom"), [FEED_JSON] = S_INIT("feed.json") };
	for (size_t i = FEED_RSS; i <= FEED_JSON; i++)
		if (str_eq(s, names[i])) return p->feed = (enum feed_form)i, true;
	return false;
}

/* Does a segment of the address fit one of the pattern? Braced ones are taken into the page. */
static bool segment(struct page *p, str pattern, str s)
{
	int64_t v;
	if (pattern.n == 0 || pattern.p[0] != '{') return str_eq(pattern, s);
	if (str_eq(pattern, S("{id}"))) return str_to_int(s, 1, INT64_MAX, &p->number) && s.p[0] != '0';
	if (str_eq(pattern, S("{slug}"))) return p->slug = s, s.n > 0 && s.n <= 4 * LIMIT_SLUG;
	if (str_eq(pattern, S("{name}"))) return p->name = s, s.n > 0 && s.n <= 255;
	if (str_eq(pattern, S("{key}"))) return take_hex(p, s);
	if (str_eq(pattern, S("{feed}"))) return take_feed(p, s);
	if (str_eq(pattern, S("{year}"))) return s.n == 4 && str_to_int(s, 1900, 9999, &v) && (p->year = (int)v, true);
	return s.n <= 2 && str_to_int(s, 1, 12, &v) && (p->month = (int)v, true);
}

static bool matches(struct page *p, str pattern, str path)
{
	while (pattern.n || path.n) {
		if (!pattern.n || !path.n) return false;
		str want = str_cut(str_sub(pattern, 1, pattern.n), '/', &pattern);
		str have = str_cut(str_sub(path, 1, path.n), '/', &path);
		/* str_cut takes the separator: what is left has none, so it is put back by looking one byte back. */
		if (pattern.n) pattern = (str){ pattern.p - 1, pattern.n + 1 };
		if (path.n) path = (str){ path.p - 1, path.n + 1 };
		if (!segment(p, want, have)) return false;
	}
	return true;
}

const struct route *route_find(enum method m, str path, struct page *p, bool *other_methods, char allow[64])
{
	const struct route *found = NULL;
	bool get = false, post = false;
	*other_methods = false;
	*allow = 0;
	if (!str_starts(path, S("/")) || (str_ends(path, S("/")) && path.n > 1)) return NULL;
	for (size_t i = 0; i < routes_n; i++) {
		if (!matches(p, str_of(routes[i].path), path)) continue;
		get = get || routes[i].method == METHOD_GET;
		post = post || routes[i].method == METHOD_POST;
		if (!found && (routes[i].method == m || (m == METHOD_HEAD && routes[i].method == METHOD_GET))) {
			found = &routes[i];
			break;
		}
	}
	if (found) {
		matches(p, str_of(found->path), path); /* what it takes from the address, not what a later row would */
		return found;
	}
	*other_methods = get || post;
	snprintf(allow, 64, "%s%s%s", get ? "GET, HEAD" : "", get && post ? ", " : "", post ? "POST" : "");
	return NULL;
}

unsigned route_label(const struct route *r) { return (unsigned)(r - routes) + 1; }

void routes_describe(struct buf *out)
{
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];
		str capability = who_capability_name(r->capability);
		buf_fmt(out, "%-4s %-28s " STR_FMT " token=%s body=%lld%s%s\n", r->method == METHOD_POST ? "POST" : "GET", r->path,
		    STR_ARG(capability), r->token ? "yes" : "no", (long long)r->body, r->files ? " files" : "",
		    r->proves_itself ? " proves-itself" : "");
	}
}
