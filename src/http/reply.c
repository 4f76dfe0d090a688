/* Everything between a handler's answer and the wire that is HTTP rather than application. */
#define OWNS_MEMORY /* MHD_RESPMEM_* only */
#include "http/reply.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>
#include <sodium.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/must.h"
#include "http/encode.h"
#include "base/banned.h"

#define FAST_GZIP 1
#define HEADERS_MAX (16 * KIB)

static void add(struct MHD_Response *m, const char *name, str value)
{
	char text[HEADERS_MAX];
	MUST(value.n < sizeof text);
	if (value.n) memcpy(text, value.p, value.n);
	text[value.n] = 0;
	if (value.n) MUST(MHD_add_response_header(m, name, text) == MHD_YES);
}

/* What a 304 repeats: RFC 9110 15.4.5, and a cookie, which is no part of the representation. */
static bool stays_in_304(const char *name)
{
	static const str kept[] = { S_INIT("cache-control"), S_INIT("content-location"), S_INIT("expires"), S_INIT("vary"),
		S_INIT("set-cookie") };
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		if (str_eq_ascii_ci(str_of(name), kept[i])) return true;
	return false;
}

void reply_headers(struct MHD_Response *m, const struct response *res, enum coding c, str etag, bool unchanged)
{
	static const char *const name_of[CODINGS] = { NULL, "gzip", "br" };
	if (!unchanged) {
		add(m, "Content-Type", res->content_type);
		add(m, "Content-Encoding", str_of(name_of[c]));
	}
	add(m, "ETag", etag);
	if (res->compress) add(m, "Vary", S("Accept-Encoding"));
	for (size_t i = 0; i < res->headers_n; i++)
		if (!unchanged || stays_in_304(res->headers[i].name)) add(m, res->headers[i].name, res->headers[i].value);
	if (res->close) add(m, "Connection", S("close"));
}

static ssize_t nothing(void *arg, uint64_t at, char *p, size_t max)
{
	(void)arg, (void)at, (void)p, (void)max;
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

struct MHD_Response *reply_bodiless(uint64_t content_length)
{
	struct MHD_Response *m = MHD_create_response_from_callback(content_length, 1, nothing, NULL, NULL);
	MUST(m != NULL);
	return m;
}

str reply_etag_base(struct cx *cx, const struct response *res)
{
	if (res->etag.n) {
		for (size_t i = 0; i < res->etag.n; i++) /* etagc of RFC 9110 8.8.3, US-ASCII only */
			MUST(res->etag.p[i] > 0x20 && res->etag.p[i] < 0x7F && res->etag.p[i] != '"');
		if (res->etag.n <= 32) return res->etag;
	}
	unsigned char digest[16];
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, sizeof digest);
	crypto_generichash_update(&h, (const unsigned char *)res->content_type.p, res->content_type.n);
	crypto_generichash_update(&h, (const unsigned char *)"", 1);
	str of = res->etag.n ? res->etag : res->body;
	crypto_generichash_update(&h, (const unsigned char *)of.p, of.n);
	crypto_generichash_final(&h, digest, sizeof digest);
	return str_hex(cx, digest, sizeof digest);
}

str reply_etag(struct cx *cx, str base, enum coding c)
{
	static const char *const suffix[CODINGS] = { "", "-gz", "-br" };
	return str_fmt(cx, "\"" STR_FMT "%s\"", STR_ARG(base), suffix[c]);
}

unsigned reply_precondition(const struct request *req, str etag, unsigned status)
{
	if (status != 200 || (req->method != METHOD_GET && req->method != METHOD_HEAD)) return status;
	str match = request_header(req, S("if-match")), none = request_header(req, S("if-none-match"));
	if (match.n && !etag_listed(match, etag, true)) return 412;
	if (none.n && etag.n && etag_listed(none, etag, false)) return 304;
	return status;
}

/* A copy, so that what the body was made in need not wait until a slow client has read it. */
static struct MHD_Response *plain(str body)
{
	return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)(body.n ? body.p : ""), MHD_RESPMEM_MUST_COPY);
}

/* An If-Range that is not exactly the current tag asks for the whole (a date never is: files here have no other validator). */
static bool range_applies(const struct request *req, str etag)
{
	if (req->method != METHOD_GET || !param_has(&req->headers, S("range"))) return false;
	str condition = request_header(req, S("if-range"));
	return condition.n == 0 || (etag.n && str_eq(condition, etag));
}

static struct MHD_Response *make_file(struct cx *cx, const struct request *req, struct response *res, str etag, unsigned *status)
{
	int64_t first = 0, last = res->file_size - 1;
	struct MHD_Response *m;
	enum range range = *status == 200 && range_applies(req, etag)
	    ? range_parse(request_header(req, S("range")), res->file_size, &first, &last)
	    : RANGE_WHOLE;
	if (range == RANGE_UNSATISFIABLE) {
		*status = 416;
		m = plain(S(""));
		MUST(m != NULL);
		add(m, "Content-Range", str_fmt(cx, "bytes */%lld", (long long)res->file_size));
		close(res->fd);
		res->content_type = (str){ 0 };
	} else {
		m = MHD_create_response_from_fd_at_offset64((uint64_t)(last - first + 1), res->fd, (uint64_t)first);
		MUST(m != NULL);
		if (range == RANGE_PART) {
			*status = 206;
			add(m, "Content-Range", str_fmt(cx, "bytes %lld-%lld/%lld", (long long)first, (long long)last,
			                            (long long)res->file_size));
		}
	}
	res->fd = -1;
	if (*status == 200 || *status == 206) add(m, "Accept-Ranges", S("bytes"));
	reply_headers(m, res, CODING_IDENTITY, etag, false);
	return m;
}

static struct MHD_Response *make_failed_precondition(struct response *res)
{
	struct MHD_Response *m = plain(S(""));
	MUST(m != NULL);
	res->content_type = (str){ 0 };
	res->compress = false;
	reply_headers(m, res, CODING_IDENTITY, (str){ 0 }, true);
	return m;
}

struct MHD_Response *reply_make(struct cx *cx, const struct request *req, struct response *res, unsigned *status)
{
	MUST(res->status >= 200 && res->status <= 599);
	*status = (unsigned)res->status;
	bool file = res->fd >= 0;
	enum coding coding = CODING_IDENTITY;
	str body = res->body, coded;
	if (!file && res->compress) {
		bool have[CODINGS] = { true, true, false };
		if (negotiate_coding(request_header(req, S("accept-encoding")), have) == CODING_GZIP &&
		    encode_gzip(cx, body, FAST_GZIP, &coded)) {
			coding = CODING_GZIP;
			body = coded;
		}
	}
	bool tagged = *status == 200 && (res->etag.n || res->cacheable);
	str base = tagged ? reply_etag_base(cx, res) : (str){ 0 };
	if (tagged && coding != CODING_IDENTITY) base = str_join(cx, base, S("-1")); /* not the bytes that page.c would make */
	str etag = tagged ? reply_etag(cx, base, coding) : (str){ 0 };
	*status = reply_precondition(req, etag, *status);
	if (*status == 304 || *status == 412) {
		int64_t length = file ? res->file_size : (int64_t)body.n;
		if (file) close(res->fd);
		res->fd = -1;
		if (*status == 412) return make_failed_precondition(res);
		struct MHD_Response *m = reply_bodiless((uint64_t)length);
		reply_headers(m, res, coding, etag, true);
		return m;
	}
	if (file) return make_file(cx, req, res, etag, status);
	struct MHD_Response *m = plain(body);
	MUST(m != NULL);
	reply_headers(m, res, coding, etag, false);
	return m;
}

static str http_date(struct cx *cx)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = (time_t)(clock_now(&clock_system) / SECOND);
	struct tm t;
	gmtime_r(&now, &t);
	return str_fmt(cx, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT", days + 3 * t.tm_wday, t.tm_mday, months + 3 * t.tm_mon,
	    t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

str reply_raw(struct cx *cx, const struct response *res, bool head)
{
	struct buf b = buf_new(cx, HEADERS_MAX + res->body.n);
	buf_fmt(&b, "HTTP/1.1 %d %s\r\n", res->status, MHD_get_reason_phrase_for((unsigned)res->status));
	buf_fmt(&b, "Date: " STR_FMT "\r\nConnection: close\r\nContent-Length: %zu\r\n", STR_ARG(http_date(cx)), res->body.n);
	if (res->content_type.n) buf_fmt(&b, "Content-Type: " STR_FMT "\r\n", STR_ARG(res->content_type));
	for (size_t i = 0; i < res->headers_n; i++)
		buf_fmt(&b, "%s: " STR_FMT "\r\n", res->headers[i].name, STR_ARG(res->headers[i].value));
	buf_lit(&b, "\r\n");
	if (!head) buf_str(&b, res->body);
	MUST(!b.full);
	return buf_view(&b);
}
