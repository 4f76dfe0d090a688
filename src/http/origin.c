/* Where a form comes from, as far as its browser tells: kept apart from the guard, so that every browser's way of saying it can be tried without a server. */
#include "http/origin.h"

#include "base/banned.h"

/* A host and its port; no port where it is the scheme's own. */
struct authority {
	str name, port;
};

/* Port 80 of an Origin in https, or 443 of one in http, is nobody's: a Host that names them had them from a proxy. */
static struct authority authority_of(str s)
{
	struct authority a = { .port = S("") };
	ptrdiff_t end = str_find_char(s, '/', 0), close = str_starts(s, S("[")) ? str_find_char(s, ']', 0) : -1;
	if (end >= 0) s = str_sub(s, 0, (size_t)end);
	ptrdiff_t colon = str_find_char(s, ':', close > 0 ? (size_t)close : 0);
	a.name = colon < 0 ? s : str_sub(s, 0, (size_t)colon);
	if (colon >= 0) a.port = str_sub(s, (size_t)colon + 1, s.n);
	if (str_ends(a.name, S("."))) a.name.n--;
	if (str_eq(a.port, S("80")) || str_eq(a.port, S("443"))) a.port = S("");
	return a;
}

/* The part of an absolute address behind its scheme; empty where it names no host. */
static str after_scheme(str s)
{
	ptrdiff_t at = str_find(s, S("://"), 0);
	return at < 0 ? S("") : str_sub(s, (size_t)at + 3, s.n);
}

static bool same(struct authority a, struct authority b) { return str_eq_ascii_ci(a.name, b.name) && str_eq(a.port, b.port); }

static enum origin_said compare(const struct request *req, str address, str site_url)
{
	struct authority from = authority_of(after_scheme(address)), host = authority_of(request_header(req, S("host")));
	if (from.name.n == 0) return ORIGIN_UNSAID; /* "null"; a file's; something that a privacy tool put there */
	if (same(from, host) || same(from, authority_of(after_scheme(site_url)))) return ORIGIN_HERE;
	return str_eq_ascii_ci(from.name, host.name) ? ORIGIN_UNSAID : ORIGIN_ELSEWHERE;
}

enum origin_said origin_said(const struct request *req, str site_url)
{
	str site = request_header(req, S("sec-fetch-site"));
	if (str_eq(site, S("same-origin")) || str_eq(site, S("none"))) return ORIGIN_HERE;
	if (str_eq(site, S("cross-site")) || str_eq(site, S("same-site"))) return ORIGIN_ELSEWHERE;
	return compare(req, request_header(req, S("origin")), site_url);
}

bool origin_may_be_driven(const struct request *req)
{
	if (request_header(req, S("origin")).n || request_header(req, S("sec-fetch-site")).n) return true;
	if (str_starts(request_header(req, S("user-agent")), S("Mozilla/"))) return true;
	return compare(req, request_header(req, S("referer")), S("")) == ORIGIN_ELSEWHERE;
}
