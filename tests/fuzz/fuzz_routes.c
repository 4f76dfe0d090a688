/* Addresses against the route table. Input: a byte for the method, then the target as it stands on the wire. */
#include <string.h>

#include "base/must.h"
#include "base/utf8.h"
#include "http/wire.h"
#include "web/routes.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_found(const struct route *r, enum method m, const struct page *p)
{
	MUST(r >= routes && r < routes + routes_n);
	MUST(r->method == m || (m == METHOD_HEAD && r->method == METHOD_GET));
	if (strstr(r->path, "{id}")) MUST(p->number >= 1);
	if (strstr(r->path, "{slug}")) MUST(p->slug.n > 0 && utf8_valid(p->slug) && memchr(p->slug.p, '/', p->slug.n) == NULL);
	if (strstr(r->path, "{name}")) MUST(p->name.n > 0 && p->name.n <= 255);
	if (strstr(r->path, "{feed}")) MUST(p->feed != FEED_NONE);
	if (strstr(r->path, "{key}")) MUST(p->key.n > 0 && p->key.n <= 128);
	if (strstr(r->path, "{year}")) MUST(p->year >= 1900 && p->year <= 9999 && p->month >= 1 && p->month <= 12);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1) return 0;
	struct cx *cx = cx_new();
	struct wire_target t;
	struct page p = { .cx = cx };
	enum method m = (enum method)(data[0] % (METHOD_OTHER + 1));
	char allow[64];
	bool other;
	err e = wire_target(cx, (str){ (const char *)data + 1, size - 1 }, &t);
	MUST(e == OK || e == INVALID);
	if (e == OK && !t.asterisk) {
		const struct route *r = route_find(m, t.path, &p, &other, allow);
		MUST(!(r && other) && strlen(allow) < sizeof allow);
		MUST(r || other == (allow[0] != 0));
		if (r) check_found(r, m, &p);
		if (other && strstr(allow, "POST")) MUST(route_find(METHOD_POST, t.path, &p, &other, allow) != NULL);
		else if (other) MUST(route_find(METHOD_HEAD, t.path, &p, &other, allow) != NULL);
	}
	cx_end(cx);
	return 0;
}
