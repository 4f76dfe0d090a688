/* The header section, read as RFC 9112 has it. libmicrohttpd 0.9.75 parses leniently: it ends a field at a NUL, takes a bare LF or CR, skips
 * extra blanks in the request line, and joins obsolete folds (to the field's name, even). What it skips cannot be asked of it, but it parses in
 * place: each name and value it hands out lies where it was received. So the section was well formed exactly if its pieces
 * lie behind one another with nothing but the separators between them, and that is what is checked here: any other layout is refused,
 * whatever the cause. Its own strict mode is left off: it closes without an answer where we answer 400. */
#include "http/engine.h"

#include <string.h>

#include <microhttpd.h>

#include "base/limits.h"
#include "base/vec.h"
#include "http/cookie.h"
#include "http/wire.h"
#include "base/banned.h"

#define FIELDS_MAX 128

struct reading {
	struct cx *cx;
	const char *next; /* where the next field must begin */
	bool broken, too_many;
	VEC(struct param) fields;
};

static enum MHD_Result on_field(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
    size_t value_n)
{
	(void)kind;
	struct reading *r = arg;
	const char *end = name + name_n; /* the colon stood here */
	const char *at = value;
	while (at > end + 1 && (at[-1] == ' ' || at[-1] == '\t')) at--;
	str n = { name, name_n }, v = wire_trim((str){ value, value_n });
	if (name != r->next || at != end + 1 || !wire_is_token(n) || !wire_is_field_value(v)) r->broken = true;
	if (r->fields.n == FIELDS_MAX) r->too_many = true;
	if (r->broken || r->too_many) return MHD_NO;
	r->next = value + value_n + 2;
	vec_push(r->cx, &r->fields, ((struct param){ str_lower_ascii(r->cx, n), str_copy(r->cx, v) }));
	return MHD_YES;
}

static size_t count(const struct params *p, str name)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++) n += str_eq(p->at[i].name, name);
	return n;
}

/* The request line and the fields lie in one piece from the method to the empty line. */
static int read_fields(struct exchange *x, struct MHD_Connection *m, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *size = MHD_get_connection_info(m, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	const char *target = method + strlen(method) + 1;
	if (!size || x->target != target || version != target + x->target_n + 1) return 400;
	if (size->header_size > LIMIT_HEADERS) return 431;
	struct reading r = { .cx = x->cx, .next = version + strlen("HTTP/1.1") + 2 };
	MHD_get_connection_values_n(m, MHD_HEADER_KIND, on_field, &r);
	if (r.too_many) return 431;
	if (r.broken || r.next + 2 != method + size->header_size) return 400;
	x->req.headers = (struct params){ r.fields.at, r.fields.n };
	return 0;
}

/* How the body is framed: RFC 9112 6. Whatever two readers could take differently is refused. */
static int read_framing(struct exchange *x)
{
	const struct params *h = &x->req.headers;
	size_t lengths = count(h, S("content-length")), codings = count(h, S("transfer-encoding"));
	if (lengths > 1 || codings > 1 || (lengths && codings) || (codings && x->http10)) return 400;
	if (codings) {
		str coding = request_header(&x->req, S("transfer-encoding"));
		/* libmicrohttpd reads chunks for this one word only. */
		if (!str_eq_ascii_ci(coding, S("chunked"))) return wire_lists(coding, S("chunked")) ? 400 : 501;
		x->chunked = true;
	}
	if (lengths) {
		x->has_length = true;
		if (!str_to_int(request_header(&x->req, S("content-length")), 0, INT64_MAX, &x->length)) return 400;
	}
	x->expects = !x->http10 && wire_lists(request_header(&x->req, S("expect")), S("100-continue"));
	return 0;
}

/* RFC 9112 3.2: exactly one good Host (HTTP/1.0 may have none). */
static int check_host(struct exchange *x)
{
	size_t hosts = count(&x->req.headers, S("host"));
	if (hosts > 1 || (hosts == 0 && !x->http10)) return 400;
	if (hosts && !wire_is_host(request_header(&x->req, S("host")))) return 400;
	if (x->target_n > LIMIT_TARGET) return 414;
	return 0;
}

static str last_element(str list)
{
	str last = { 0 };
	while (list.n) {
		str element = wire_trim(str_cut(list, ',', &list));
		if (element.n) last = element;
	}
	return last;
}

static str last_field(const struct params *p, str name)
{
	str value = { 0 };
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->at[i].name, name)) value = p->at[i].value;
	return value;
}

/* Only a proxy on this machine is believed, and only what it added itself: the last element. */
static void read_peer(struct exchange *x, struct MHD_Connection *m)
{
	struct http_server *s = x->listener->server;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(m, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;
	bool local = peer_is_local(address);
	str forwarded = last_element(last_field(&x->req.headers, S("x-forwarded-for")));
	bool told = s->config.behind_proxy && local && forwarded.n;
	x->req.peer = told ? peers_hash_text(s->peers, forwarded) : peers_hash(s->peers, address);
	x->req.shared = local && !told;
	x->req.secure = s->config.behind_proxy && local &&
	    str_eq_ascii_ci(last_element(last_field(&x->req.headers, S("x-forwarded-proto"))), S("https"));
	x->req.operators = x->listener->operators;
}

/* The address fields must not be seen by anybody further in. */
static void hide_addresses(struct params *p)
{
	static const str hidden[] = { S_INIT("x-forwarded-for"), S_INIT("forwarded"), S_INIT("x-real-ip"), S_INIT("client-ip"),
		S_INIT("x-client-ip"), S_INIT("true-client-ip"), S_INIT("cf-connecting-ip") };
	size_t kept = 0;
	for (size_t i = 0; i < p->n; i++) {
		bool drop = false;
		for (size_t j = 0; j < sizeof hidden / sizeof *hidden; j++) drop |= str_eq(p->at[i].name, hidden[j]);
		if (!drop) p->at[kept++] = p->at[i];
	}
	p->n = kept;
}

/* Cookies may come in several fields; they are one list. */
static void read_cookies(struct exchange *x)
{
	str all = { 0 };
	for (size_t i = 0; i < x->req.headers.n; i++) {
		const struct param *p = &x->req.headers.at[i];
		if (!str_eq(p->name, S("cookie"))) continue;
		all = all.n ? str_fmt(x->cx, STR_FMT "; " STR_FMT, STR_ARG(all), STR_ARG(p->value)) : p->value;
	}
	if (all.n) cookie_parse(x->cx, all, &x->req.cookies);
}

int head_read(struct exchange *x, struct MHD_Connection *m, const char *method, const char *version)
{
	int status;
	x->http10 = str_eq(str_of(version), S("HTTP/1.0"));
	if ((status = read_fields(x, m, method, version)) != 0) return status;
	if ((status = read_framing(x)) != 0) return status;
	if ((status = check_host(x)) != 0) return status;
	if (wire_method(str_of(method), &x->req.method) == WIRE_UNKNOWN) return 501;
	struct wire_target t;
	if (wire_target(x->cx, (str){ x->target_copy, x->target_n }, &t) != OK) return 400;
	if (t.asterisk && x->req.method != METHOD_OPTIONS) return 400;
	x->req.path = t.path;
	x->req.target = t.target;
	x->raw_query = t.raw_query;
	x->asterisk = t.asterisk;
	if (t.raw_query.n && form_parse_query(x->cx, t.raw_query, &x->req.query) != OK) return 400;
	read_peer(x, m);
	hide_addresses(&x->req.headers);
	read_cookies(x);
	return 0;
}
