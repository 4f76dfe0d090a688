/* Small parsers of small fields; each ignores what it cannot read, as HTTP asks, and never fails a request. */
#include "http/negotiate.h"

#include "http/wire.h"
#include "base/banned.h"

/* A qvalue in thousandths: "0", "0.5", "1.000"; -1 when it is none. */
static int qvalue(str s)
{
	if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1')) return -1;
	int q = s.p[0] == '1' ? 1000 : 0, unit = 100;
	if (s.n == 1) return q;
	if (s.p[1] != '.') return -1;
	for (size_t i = 2; i < s.n; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9') return -1;
		q += (s.p[i] - '0') * unit;
	}
	return q <= 1000 ? q : -1;
}

/* One element's weight; 1 when it has none, 0 when its weight cannot be read. */
static int weight(str parameters)
{
	while (parameters.n) {
		str value, p = wire_trim(str_cut(parameters, ';', &parameters));
		str name = wire_trim(str_cut(p, '=', &value));
		if (!str_eq_ascii_ci(name, S("q"))) continue;
		int q = qvalue(wire_trim(value));
		return q < 0 ? 0 : q;
	}
	return 1000;
}

enum coding negotiate_coding(str accept_encoding, const bool have[CODINGS])
{
	int q[CODINGS] = { -1, -1, -1 }, rest = -1; /* -1: not named */
	while (accept_encoding.n) {
		str parameters, element = str_cut(accept_encoding, ',', &accept_encoding);
		str name = wire_trim(str_cut(element, ';', &parameters));
		int w = weight(parameters);
		if (str_eq_ascii_ci(name, S("br"))) q[CODING_BR] = w;
		else if (str_eq_ascii_ci(name, S("gzip")) || str_eq_ascii_ci(name, S("x-gzip"))) q[CODING_GZIP] = w;
		else if (str_eq_ascii_ci(name, S("identity"))) q[CODING_IDENTITY] = w;
		else if (str_eq(name, S("*"))) rest = w;
	}
	for (int c = CODING_GZIP; c < CODINGS; c++)
		if (q[c] < 0) q[c] = rest < 0 ? 0 : rest;
	/* Identity needs no naming to be acceptable, but what is named is liked better. */
	enum coding best = CODING_IDENTITY;
	int best_q = q[CODING_IDENTITY] < 0 ? 0 : q[CODING_IDENTITY];
	for (int c = CODING_GZIP; c < CODINGS; c++) {
		if (!have[c] || q[c] == 0 || q[c] < best_q) continue;
		best = (enum coding)c;
		best_q = q[c];
	}
	return best;
}

/* Takes one entity-tag off the front of a list; false at its end or when what stands there is none. */
static bool next_etag(str *list, str *tag, bool *weak)
{
	str s = *list;
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == ',')) s.p++, s.n--;
	*weak = s.n >= 2 && s.p[0] == 'W' && s.p[1] == '/';
	if (*weak) s = str_sub(s, 2, s.n);
	if (s.n < 2 || s.p[0] != '"') return false;
	ptrdiff_t end = str_find_char(s, '"', 1);
	if (end < 0) return false;
	*tag = str_sub(s, 0, (size_t)end + 1);
	*list = str_sub(s, (size_t)end + 1, s.n);
	return true;
}

bool etag_listed(str field, str etag, bool strong)
{
	if (str_eq(wire_trim(field), S("*"))) return true;
	str tag;
	bool weak;
	while (next_etag(&field, &tag, &weak))
		if (str_eq(tag, etag) && !(strong && weak)) return true;
	return false;
}

enum range range_parse(str field, int64_t size, int64_t *first, int64_t *last)
{
	str set, unit = str_cut(wire_trim(field), '=', &set);
	if (!str_eq_ascii_ci(unit, S("bytes")) || str_find_char(set, ',', 0) >= 0) return RANGE_WHOLE;
	str to, from = str_cut(wire_trim(set), '-', &to);
	if (str_find_char(set, '-', 0) < 0) return RANGE_WHOLE;
	int64_t a, b;
	if (from.n == 0) { /* the last so many */
		if (!str_to_int(to, 0, INT64_MAX, &a)) return RANGE_WHOLE;
		if (a == 0 || size == 0) return RANGE_UNSATISFIABLE;
		*first = a < size ? size - a : 0;
		*last = size - 1;
		return RANGE_PART;
	}
	if (!str_to_int(from, 0, INT64_MAX, &a)) return RANGE_WHOLE;
	b = size - 1;
	if (to.n && !str_to_int(to, 0, INT64_MAX, &b)) return RANGE_WHOLE;
	if (to.n && b < a) return RANGE_WHOLE; /* not a valid range at all: RFC 9110 14.1.1 */
	if (a >= size) return RANGE_UNSATISFIABLE;
	*first = a;
	*last = b < size ? b : size - 1;
	return RANGE_PART;
}
