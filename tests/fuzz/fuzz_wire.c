/* The grammar of a request's head, piece by piece. Input: a byte that says which piece, then the piece. */
#include <string.h>

#include "base/must.h"
#include "base/utf8.h"
#include "http/negotiate.h"
#include "http/wire.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_shown(char c) { return (unsigned char)c > 0x20 && (unsigned char)c < 0x7F; }

static void target(struct cx *cx, str s)
{
	struct wire_target t, again;
	if (wire_target(cx, s, &t) != OK) {
		MUST(cx->fault.sentence.n > 0);
		return;
	}
	for (size_t i = 0; i < s.n; i++) MUST(is_shown(s.p[i]));
	if (t.asterisk) {
		MUST(s.n == 1 && t.path.n == 0);
		return;
	}
	MUST(t.path.n > 0 && t.path.p[0] == '/' && t.target.p[0] == '/' && utf8_valid(t.path) && t.path.n <= s.n + 1);
	for (size_t i = 0; i < t.path.n; i++) MUST((unsigned char)t.path.p[i] >= 0x20 && t.path.p[i] != 0x7F);
	MUST(!str_contains(t.path, S("/../")) && !str_contains(t.path, S("/./")) && !str_ends(t.path, S("/..")) && !str_ends(t.path, S("/.")));
	MUST(t.authority.n == 0 || wire_is_host(t.authority));
	MUST(wire_target(cx, t.target, &again) == OK && str_eq(again.path, t.path) && str_eq(again.raw_query, t.raw_query));
}

static void host(struct cx *cx, str s)
{
	if (!wire_is_host(s)) return;
	MUST(s.n > 0 && s.n <= 300);
	for (size_t i = 0; i < s.n; i++) MUST(is_shown(s.p[i]) && strchr("/?#@\\\"<> ", s.p[i]) == NULL);
	struct wire_target t;
	MUST(wire_target(cx, str_join(cx, str_join(cx, S("http://"), s), S("/a?b")), &t) == OK);
	MUST(str_eq(t.authority, s) && str_eq(t.path, S("/a")) && str_eq(t.raw_query, S("b")));
}

static void fields(str s)
{
	str trimmed = wire_trim(s);
	MUST(trimmed.n == 0 || (trimmed.p >= s.p && trimmed.p + trimmed.n <= s.p + s.n));
	MUST(str_eq(wire_trim(trimmed), trimmed));
	if (wire_is_token(s)) MUST(wire_is_field_value(s) && trimmed.n == s.n && wire_lists(s, s));
	enum method m;
	if (wire_method(s, &m) == WIRE_KNOWN) MUST(wire_is_token(s) && s.n <= 7);
	static const bool all[CODINGS] = { true, true, true };
	MUST((unsigned)negotiate_coding(s, all) < CODINGS);
	(void)etag_listed(s, S("\"a\""), true);
	MUST(!etag_listed(s, S("\"a\""), true) || etag_listed(s, S("\"a\""), false));
}

static void range(str s)
{
	static const int64_t sizes[] = { 0, 1, 100, INT64_MAX };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		int64_t first = -1, last = -1;
		if (range_parse(s, sizes[i], &first, &last) == RANGE_PART) MUST(first >= 0 && first <= last && last < sizes[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1) return 0;
	struct cx *cx = cx_new();
	str s = str_copy(cx, (str){ (const char *)data + 1, size - 1 });
	switch (data[0] % 4) {
	case 0: target(cx, s); break;
	case 1: host(cx, s); break;
	case 2: fields(s); break;
	default: range(s); break;
	}
	cx_end(cx);
	return 0;
}
