/* A typeface is a program that somebody made and another program cut down, and both sign it. */
#include "decode/typeface.h"

#include <string.h>

#include "base/arena.h"
#include "base/banned.h"

#define TABLES_MOST 64

static unsigned byte(str s, size_t i) { return i < s.n ? (unsigned char)s.p[i] : 0; }
static size_t big(str s, size_t i, int bytes)
{
	size_t v = 0;
	for (int k = 0; k < bytes; k++) v = v << 8 | byte(s, i + (size_t)k);
	return v;
}

static void put_big(char *to, size_t value, int bytes)
{
	for (int k = 0; k < bytes; k++) to[k] = (char)(value >> 8 * (bytes - 1 - k));
}

/* sfnt: ISO/IEC 14496-22 */

struct table {
	str tag, bytes;
};

static bool is_needed(str tag)
{
	static const char needed[] = "cmapcvt fpgmglyfheadhheahmtxlocamaxpprepvheavmtxVORGCFF post";
	for (size_t i = 0; i + 4 < sizeof needed; i += 4)
		if (str_eq(tag, (str){ needed + i, 4 })) return true;
	return false;
}

static bool is_there(const struct table *tables, size_t n, str tag)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(tables[i].tag, tag)) return true;
	return false;
}

static size_t find_tables(str file, struct table *out)
{
	size_t n = big(file, 4, 2), kept = 0;
	for (size_t i = 0; i < n && kept < TABLES_MOST; i++) {
		size_t row = 12 + 16 * i, at = big(file, row + 8, 4), length = big(file, row + 12, 4);
		str tag = str_sub(file, row, 4);
		if (row + 16 > file.n || at > file.n || length > file.n - at || !is_needed(tag) || is_there(out, kept, tag)) continue;
		out[kept++] = (struct table){ tag, str_sub(file, at, length) };
	}
	return kept;
}

static size_t sum_of(const char *p, size_t n)
{
	size_t sum = 0;
	for (size_t i = 0; i < n; i += 4) sum += big((str){ p, n }, i, 4);
	return sum & 0xffffffff;
}

/* In the copy: no dates, no revision; letters' names where there are any. */
static str clean_table(struct cx *cx, const struct table *t)
{
	if (str_eq(t->tag, S("CFF "))) return typeface_cff(cx, t->bytes);
	if (str_eq(t->tag, S("post")) && big(t->bytes, 0, 4) != 0x20000) return str_sub(t->bytes, 0, 32);
	if (!str_eq(t->tag, S("head"))) return t->bytes;
	if (t->bytes.n < 54) return S("");
	char *head = arena_bytes(cx->arena, 54);
	memcpy(head, t->bytes.p, 54);
	memset(head + 4, 0, 8);   /* revision, sum of the whole */
	memset(head + 20, 0, 16); /* made, changed */
	return (str){ head, 54 };
}

static void put_head(char *out, str version, size_t n)
{
	size_t power = 1, log = 0;
	for (; power * 2 <= n; power *= 2) log++;
	memcpy(out, version.p, 4);
	put_big(out + 4, n, 2);
	put_big(out + 6, 16 * power, 2);
	put_big(out + 8, log, 2);
	put_big(out + 10, 16 * (n - power), 2);
}

str typeface_sfnt(struct cx *cx, str file)
{
	struct table tables[TABLES_MOST];
	bool letters = false;
	size_t found = file.n > 12 ? find_tables(file, tables) : 0, n = 0, room = 12;
	for (size_t i = 0; i < found; i++) {
		struct table t = { tables[i].tag, clean_table(cx, &tables[i]) };
		if (!t.bytes.n) continue;
		letters = letters || str_eq(t.tag, S("glyf")) || str_eq(t.tag, S("CFF "));
		room += 16 + t.bytes.n + 3;
		tables[n++] = t;
	}
	if (!letters) return S("");
	size_t at = 12 + 16 * n;
	char *out = arena_bytes(cx->arena, room);
	put_head(out, file, n);
	for (size_t i = 0; i < n; i++) {
		char *row = out + 12 + 16 * i;
		size_t length = tables[i].bytes.n, padded = (length + 3) & ~(size_t)3;
		memset(out + at, 0, padded);
		if (length) memcpy(out + at, tables[i].bytes.p, length);
		memcpy(row, tables[i].tag.p, 4);
		put_big(row + 4, sum_of(out + at, padded), 4);
		put_big(row + 8, at, 4);
		put_big(row + 12, length, 4);
		at += padded;
	}
	for (size_t i = 0; i < n; i++)
		if (str_eq(tables[i].tag, S("head"))) put_big(out + big((str){ out, at }, 12 + 16 * i + 8, 4) + 8, 0xb1b0afba - sum_of(out, at), 4);
	return (str){ out, at };
}

/* CFF */

struct index {
	size_t n, offsets, data, end; /* data: one before the first byte, as offsets count from 1 */
	int size;
};

static bool index_at(str s, size_t at, struct index *out)
{
	*out = (struct index){ .n = big(s, at, 2) };
	if (at + 2 > s.n) return false;
	out->end = at + 2;
	if (out->n == 0) return true;
	out->size = (int)byte(s, at + 2);
	out->offsets = at + 3;
	if (out->size < 1 || out->size > 4) return false;
	out->data = out->offsets + (out->n + 1) * (size_t)out->size - 1;
	if (out->data >= s.n) return false;
	out->end = out->data + big(s, out->offsets + out->n * (size_t)out->size, out->size);
	return out->end <= s.n;
}

static str item_of(str s, const struct index *x, size_t i)
{
	size_t from = big(s, x->offsets + i * (size_t)x->size, x->size), to = big(s, x->offsets + (i + 1) * (size_t)x->size, x->size);
	return i < x->n && from >= 1 && to >= from && x->data + to <= x->end ? str_sub(s, x->data + from, to - from) : S("");
}

/* The last operand of an operator (two bytes: 12 << 8 | second) and the one n before it; -1 where there is none. */
static long long operand_of(str dict, unsigned wanted, size_t before)
{
	long long stack[48] = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < dict.n;) {
		unsigned b = byte(dict, i++);
		if (b <= 21) {
			unsigned op = b == 12 ? 12U << 8 | byte(dict, i++) : b;
			if (op == wanted) return n > before ? stack[n - 1 - before] : -1;
			n = 0;
			continue;
		}
		long long v = 0;
		if (b == 28) v = (int16_t)big(dict, i, 2), i += 2;
		else if (b == 29) v = (int32_t)big(dict, i, 4), i += 4;
		else if (b == 30) while (i < dict.n && (byte(dict, i) & 15) != 15 && byte(dict, i) >> 4 != 15) i++;
		else if (b < 247) v = (long long)b - 139;
		else if (b < 251) v = ((long long)b - 247) * 256 + byte(dict, i++) + 108;
		else v = -((long long)b - 251) * 256 - byte(dict, i++) - 108;
		if (b == 30) i++;
		if (n < 48) stack[n++] = v;
	}
	return -1;
}

#define STANDARD_STRINGS 391

static void mark(unsigned char *keep, size_t n, size_t sid)
{
	if (sid >= STANDARD_STRINGS && sid - STANDARD_STRINGS < n) keep[sid - STANDARD_STRINGS] = 1;
}

/* Letters' names, 13 */
static void mark_charset(str s, size_t at, size_t glyphs, unsigned char *keep, size_t n)
{
	unsigned format = byte(s, at++);
	for (size_t done = 1; done < glyphs && at < s.n;) {
		size_t first = big(s, at, 2), more = format == 0 ? 0 : big(s, at + 2, format == 1 ? 1 : 2);
		at += format == 0 ? 2 : format == 1 ? 3 : 4;
		for (size_t i = 0; i <= more && done < glyphs; i++, done++) mark(keep, n, first + i);
	}
}

static void blank(char *out, str file, str part, char with)
{
	if (part.n) memset(out + (part.p - file.p), with, part.n);
}

static bool is_known_order(str s)
{
	static const char known[] = " Adobe Identity UCS Japan1 GB1 CNS1 Korea1 KR ";
	return s.n < 9 && str_contains(str_of(known), s) && !str_contains(s, S(" "));
}

str typeface_cff(struct cx *cx, str file)
{
	struct index names, tops, strings, glyphs;
	if (byte(file, 0) != 1 || !index_at(file, byte(file, 2), &names) || !index_at(file, names.end, &tops) || !index_at(file, tops.end, &strings)) return S("");
	str top = item_of(file, &tops, 0);
	long long letters = operand_of(top, 17, 0), charset = operand_of(top, 15, 0), registry = operand_of(top, 12 << 8 | 30, 2), order = operand_of(top, 12 << 8 | 30, 1);
	if (tops.n != 1 || letters <= 0 || !index_at(file, (size_t)letters, &glyphs)) return S("");
	unsigned char *keep = (unsigned char *)cx_alloc(cx, strings.n + 1);
	if (registry < 0 && charset > 2) mark_charset(file, (size_t)charset, glyphs.n, keep, strings.n);
	for (size_t i = 0; i < strings.n; i++) {
		bool said = (long long)i + STANDARD_STRINGS == registry || (long long)i + STANDARD_STRINGS == order;
		if (said && is_known_order(item_of(file, &strings, i))) keep[i] = 1;
	}
	char *out = arena_bytes(cx->arena, file.n);
	memcpy(out, file.p, file.n);
	for (size_t i = 0; i < names.n; i++) blank(out, file, item_of(file, &names, i), 'F');
	for (size_t i = 0; i < strings.n; i++)
		if (!keep[i]) blank(out, file, item_of(file, &strings, i), 'x');
	return (str){ out, file.n };
}
