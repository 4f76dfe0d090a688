/* A message that two parsers read differently is how requests are smuggled past a proxy, so this one is as strict as the
 * grammar allows: what is not clearly right is refused. */
#include "http/wire.h"

#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "base/banned.h"

static bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

int wire_hex(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

bool wire_is_token(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!is_alpha(c) && !is_digit(c) && (c == 0 || strchr("!#$%&'*+-.^_`|~", c) == NULL)) return false;
	}
	return s.n > 0;
}

bool wire_is_field_value(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F) return false;
	}
	return true;
}

static bool is_port(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i])) return false;
	return s.n <= 5;
}

/* IP-literal between its brackets: hexadecimal digits, colons and dots are all an address is made of here; a zone is not sent on the wire. */
static bool is_ip_literal(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (wire_hex(s.p[i]) < 0 && s.p[i] != ':' && s.p[i] != '.') return false;
	return s.n >= 2 && str_find_char(s, ':', 0) >= 0;
}

static bool is_reg_name(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			if (i + 2 >= s.n || wire_hex(s.p[i + 1]) < 0 || wire_hex(s.p[i + 2]) < 0) return false;
			i += 2;
		} else if (!is_alpha(c) && !is_digit(c) && (c == 0 || strchr("-._~!$&'()*+,;=", c) == NULL)) {
			return false;
		}
	}
	return s.n > 0;
}

bool wire_is_host(str s)
{
	if (s.n > 300) return false;
	if (s.n && s.p[0] == '[') {
		ptrdiff_t end = str_find_char(s, ']', 0);
		if (end < 0 || !is_ip_literal(str_sub(s, 1, (size_t)end - 1))) return false;
		str tail = str_sub(s, (size_t)end + 1, s.n);
		return tail.n == 0 || (tail.p[0] == ':' && is_port(str_sub(tail, 1, tail.n)));
	}
	str port, name = str_cut(s, ':', &port);
	return is_reg_name(name) && is_port(port);
}

str wire_trim(str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) s.p++, s.n--;
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) s.n--;
	return s;
}

bool wire_lists(str field, str token)
{
	while (field.n)
		if (str_eq_ascii_ci(wire_trim(str_cut(field, ',', &field)), token)) return true;
	return false;
}

enum wire_method wire_method(str name, enum method *out)
{
	static const struct {
		str name;
		enum method method;
	} known[] = {
		{ S_INIT("GET"), METHOD_GET },
		{ S_INIT("HEAD"), METHOD_HEAD },
		{ S_INIT("POST"), METHOD_POST },
		{ S_INIT("OPTIONS"), METHOD_OPTIONS },
		{ S_INIT("PUT"), METHOD_OTHER },
		{ S_INIT("DELETE"), METHOD_OTHER },
		{ S_INIT("PATCH"), METHOD_OTHER },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!str_eq(name, known[i].name)) continue;
		*out = known[i].method;
		return WIRE_KNOWN;
	}
	return WIRE_UNKNOWN;
}

/* Percent-decodes; false on broken escapes, controls or what is not UTF-8. */
static bool decode_path(struct cx *cx, str raw, str *out)
{
	char *p = arena_bytes(cx->arena, raw.n);
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '%') {
			if (i + 2 >= raw.n) return false;
			int high = wire_hex(raw.p[i + 1]), low = wire_hex(raw.p[i + 2]);
			if (high < 0 || low < 0) return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if ((unsigned char)c < 0x20 || c == 0x7F) return false;
		p[n++] = c;
	}
	*out = (str){ p, n };
	return utf8_valid(*out);
}

static bool has_dot_segment(str path)
{
	str rest = path;
	while (rest.n) {
		str segment = str_cut(rest, '/', &rest);
		if (str_eq(segment, S(".")) || str_eq(segment, S(".."))) return true;
	}
	return false;
}

/* Only printable US-ASCII may stand in a target, and no fragment. */
static bool is_target_text(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= 0x20 || c >= 0x7F || c == '#') return false;
	}
	return s.n > 0;
}

err wire_target(struct cx *cx, str sent, struct wire_target *out)
{
	*out = (struct wire_target){ 0 };
	if (!is_target_text(sent)) return cx_fail(cx, INVALID, NULL, "The address is malformed.");
	if (str_eq(sent, S("*"))) {
		out->asterisk = true;
		out->target = sent;
		return OK;
	}
	str at = sent;
	if (sent.p[0] != '/') {
		ptrdiff_t colon = str_find(sent, S("://"), 0);
		str scheme = colon > 0 ? str_sub(sent, 0, (size_t)colon) : (str){ 0 };
		if (!str_eq_ascii_ci(scheme, S("http")) && !str_eq_ascii_ci(scheme, S("https")))
			return cx_fail(cx, INVALID, NULL, "The address is malformed.");
		str after = str_sub(sent, (size_t)colon + 3, sent.n);
		size_t end = 0;
		while (end < after.n && after.p[end] != '/' && after.p[end] != '?') end++;
		out->authority = str_sub(after, 0, end);
		if (!wire_is_host(out->authority)) return cx_fail(cx, INVALID, NULL, "The address is malformed.");
		at = str_sub(after, end, after.n);
		if (at.n == 0 || at.p[0] == '?') at = str_join(cx, S("/"), at);
	}
	out->target = at;
	str raw_path = str_cut(at, '?', &out->raw_query);
	if (!decode_path(cx, raw_path, &out->path) || has_dot_segment(out->path))
		return cx_fail(cx, INVALID, NULL, "The address is malformed.");
	return OK;
}
