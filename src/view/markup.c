/* Escaping is by a field's type; whether that escaping is the right one hangs on where the field stands. Templates are few and read at
 * start, so all of this is checked there, and pages are written without a second look. */
#include "view/markup.h"

#include <string.h>

#include "base/must.h"
#include "base/banned.h"

static const str address_names[] = {
	S_INIT("href"), S_INIT("src"), S_INIT("action"), S_INIT("formaction"), S_INIT("poster"), S_INIT("data"), S_INIT("cite"),
	S_INIT("ping"), S_INIT("background"), S_INIT("longdesc"), S_INIT("manifest"), S_INIT("xlink:href"), S_INIT("itemid"),
	S_INIT("codebase"), S_INIT("classid"), S_INIT("usemap"), S_INIT("profile"), S_INIT("icon"),
};
static const str addresses_names[] = { S_INIT("srcset"), S_INIT("imagesrcset"), S_INIT("archive") };
static const str code_names[] = { S_INIT("style"), S_INIT("srcdoc"), S_INIT("http-equiv") };
static const str raw_tags[] = {
	S_INIT("script"), S_INIT("style"), S_INIT("iframe"),
};
/* Read as text by some browsers, or in some places, and as tags by others. */
static const str doubtful_tags[] = {
	S_INIT("noscript"), S_INIT("plaintext"), S_INIT("xmp"), S_INIT("noembed"), S_INIT("noframes"), S_INIT("frameset"), S_INIT("listing"),
};
static const str plain_tags[] = { S_INIT("title"), S_INIT("textarea") };
static const str known_schemes[] = { S_INIT("http"), S_INIT("https"), S_INIT("mailto"), S_INIT("tel") };

/* Part of it comes from a field, or is left out at times: no : may follow. */
#define UNKNOWN_SCHEME UINT8_MAX

#define ONE_OF(table, s) one_of(table, sizeof table / sizeof *table, s)

static bool one_of(const str *table, size_t n, str s)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(table[i], s)) return true;
	}
	return false;
}

static bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static bool letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

/* A name that does not fit is none of those that matter, and is given as empty. */
static str held(const char *p, uint8_t n, size_t size) { return (str){ p, n <= size ? n : 0 }; }
#define HELD(m, which) held((m)->which, (m)->which##_n, sizeof (m)->which)

static void hold(char *p, uint8_t *n, size_t size, char c)
{
	if (*n < size) p[*n] = lower(c);
	if (*n < UINT8_MAX) ++*n;
}
#define HOLD(m, which, c) hold((m)->which, &(m)->which##_n, sizeof (m)->which, c)

static void enter(struct markup *m, enum markup_place place)
{
	m->place = place;
	m->matched = m->dashes = 0;
	if (place == MARKUP_TEXT) *m = (struct markup){ .place = place };
	if (place == MARKUP_NAME) m->name_n = 0;
}

static void enter_value(struct markup *m, enum markup_place place)
{
	str name = HELD(m, name);
	bool handler = m->name_n >= 2 && memcmp(m->name, "on", 2) == 0;
	if (handler || ONE_OF(code_names, name)) m->value = MARKUP_CODE;
	else if (ONE_OF(address_names, name)) m->value = MARKUP_ADDRESS;
	else if (ONE_OF(addresses_names, name)) m->value = MARKUP_ADDRESSES;
	else m->value = MARKUP_ORDINARY;
	m->anchored = m->spoiled = false;
	m->scheme_n = 0;
	enter(m, place);
}

static const char *close_tag(struct markup *m)
{
	str tag = HELD(m, tag);
	if (ONE_OF(doubtful_tags, tag)) return "noscript, frameset, xmp, listing, plaintext, noembed and noframes may not be used";
	if (!m->end_tag && ONE_OF(raw_tags, tag)) enter(m, MARKUP_RAW);
	else if (!m->end_tag && ONE_OF(plain_tags, tag)) enter(m, MARKUP_PLAIN);
	else enter(m, MARKUP_TEXT);
	return NULL;
}

/* A literal byte of an address before its scheme is settled. */
static void address_byte(struct markup *m, char c)
{
	if (m->anchored || m->spoiled) return;
	if (c == '/' || c == '?' || c == '#') {
		m->anchored = true;
	} else if (c == ':') {
		m->anchored = ONE_OF(known_schemes, HELD(m, scheme));
		m->spoiled = !m->anchored;
	} else if (c == '&' || (space(c) && m->scheme_n > 0)) {
		m->spoiled = true;
	} else if (!space(c)) {
		HOLD(m, scheme, c);
	}
}

static const char *in_tag(struct markup *m, char c)
{
	bool name = m->place == MARKUP_NAME || m->place == MARKUP_AFTER_NAME;
	if (c == '>') return close_tag(m);
	if (space(c) || c == '/') return enter(m, name && c != '/' ? MARKUP_AFTER_NAME : MARKUP_BEFORE_NAME), NULL;
	if (m->place == MARKUP_TAG_NAME) return HOLD(m, tag, c), NULL;
	if (m->place == MARKUP_EITHER) return "a space, / or > must follow a section that ends inside a tag";
	if (m->place == MARKUP_AFTER_VALUE) return "a space must stand between two attributes";
	if (c == '=' && name) return enter(m, MARKUP_BEFORE_VALUE), NULL;
	if (c == '"' || c == '\'' || c == '<' || c == '=' || c == '`') return "there is a stray quote, =, ` or < inside a tag";
	if (m->place != MARKUP_NAME) enter(m, MARKUP_NAME);
	HOLD(m, name, c);
	return NULL;
}

static const char *before_value(struct markup *m, char c)
{
	if (space(c)) return NULL;
	if (c == '"') return enter_value(m, MARKUP_DOUBLE), NULL;
	if (c == '\'') return enter_value(m, MARKUP_SINGLE), NULL;
	if (c == '>') return "an attribute has no value behind its =";
	enter_value(m, MARKUP_UNQUOTED);
	return NULL;
}

static const char *in_value(struct markup *m, char c)
{
	if (c == '<') return "inside an attribute, write < as &lt;";
	if (m->place == MARKUP_UNQUOTED) {
		if (c == '>') return close_tag(m);
		if (c == '"' || c == '\'' || c == '=' || c == '`') return "there is a stray quote, = or ` inside a value without quotes";
		if (space(c)) enter(m, MARKUP_BEFORE_NAME);
		return NULL;
	}
	if (c == (m->place == MARKUP_DOUBLE ? '"' : '\'')) enter(m, MARKUP_AFTER_VALUE);
	else if (m->value == MARKUP_ADDRESS) address_byte(m, c);
	return NULL;
}

static const char *behind_lt(struct markup *m, char c)
{
	if (c == '/' && !m->end_tag) return m->end_tag = true, NULL;
	if (letter(c)) {
		enter(m, MARKUP_TAG_NAME);
		m->tag_n = 0;
		HOLD(m, tag, c);
	} else if (m->end_tag) {
		return "</ must be followed by a tag's name";
	} else if (c == '!' || c == '?') {
		enter(m, c == '!' ? MARKUP_BANG : MARKUP_DECLARATION);
	} else {
		enter(m, c == '<' ? MARKUP_LT : MARKUP_TEXT);
	}
	return NULL;
}

/* Only --> ends it here. Browsers take a few broken forms for an end as well. */
static const char *in_comment(struct markup *m, char c)
{
	enum { AFTER_DASHES = 2, AFTER_BANG = 3 };
	if (c == '>') {
		if (m->dashes == AFTER_DASHES) return enter(m, MARKUP_TEXT), NULL;
		if (m->dashes == AFTER_BANG || m->matched == m->dashes) return "a comment of HTML ends in -->, and nowhere else";
	}
	if (m->matched < UINT8_MAX) m->matched++;
	if (c == '-') m->dashes = (uint8_t)(m->dashes >= AFTER_DASHES ? AFTER_DASHES : m->dashes + 1);
	else m->dashes = c == '!' && m->dashes == AFTER_DASHES ? AFTER_BANG : 0;
	return NULL;
}

/* In script, title and their like: only the end tag of the same name ends it. Inside svg, and in other odd places, browsers do read tags here; so no other
 * tag may stand here at all. */
static const char *in_element(struct markup *m, char c)
{
	str tag = HELD(m, tag);
	if (m->matched == 2 + tag.n && (space(c) || c == '/' || c == '>')) {
		m->end_tag = true;
		enter(m, MARKUP_BEFORE_NAME);
		return c == '>' ? close_tag(m) : NULL;
	}
	if (m->matched == 0) return m->matched = c == '<', NULL;
	bool fits = m->matched == 1 ? c == '/' : m->matched < 2 + tag.n && lower(c) == tag.p[m->matched - 2];
	if (!fits) return "inside script, style, iframe, title and textarea, < may only begin their end tag";
	m->matched++;
	return NULL;
}

static const char *one_byte(struct markup *m, char c)
{
	switch (m->place) {
	case MARKUP_TEXT:
		if (c == '<') enter(m, MARKUP_LT);
		return NULL;
	case MARKUP_LT: return behind_lt(m, c);
	case MARKUP_TAG_NAME:
	case MARKUP_BEFORE_NAME:
	case MARKUP_NAME:
	case MARKUP_AFTER_NAME:
	case MARKUP_AFTER_VALUE:
	case MARKUP_EITHER: return in_tag(m, c);
	case MARKUP_BEFORE_VALUE: return before_value(m, c);
	case MARKUP_DOUBLE:
	case MARKUP_SINGLE:
	case MARKUP_UNQUOTED: return in_value(m, c);
	case MARKUP_BANG:
		if (c == '[') return "<![CDATA[ may not be used";
		if (c == '-' && ++m->dashes == 2) enter(m, MARKUP_COMMENT);
		else if (c == '>') enter(m, MARKUP_TEXT);
		else if (c != '-') enter(m, MARKUP_DECLARATION);
		return NULL;
	case MARKUP_DECLARATION:
		if (c == '>') enter(m, MARKUP_TEXT);
		return NULL;
	case MARKUP_COMMENT: return in_comment(m, c);
	case MARKUP_RAW:
	case MARKUP_PLAIN: return in_element(m, c);
	}
	MUST(!"a place that is not known");
	return NULL;
}

const char *markup_text(struct markup *m, str text, size_t *at)
{
	for (*at = 0; *at < text.n; ++*at) {
		const char *wrong = one_byte(m, text.p[*at]);
		if (wrong) return wrong;
	}
	return NULL;
}

static const char *field_in_value(struct markup *m, enum view_kind kind)
{
	if (kind == VIEW_HTML) return "a field of markup may not stand in an attribute";
	switch (m->value) {
	case MARKUP_CODE: return "no field may stand in style, srcdoc, http-equiv or an on... attribute";
	case MARKUP_ADDRESSES:
		if (kind == VIEW_STR) return "only a field of kind URL may stand in a list of addresses";
		break;
	case MARKUP_ADDRESS:
		if (kind == VIEW_STR && !m->anchored) {
			return "a text may not begin an address: use a field of kind URL, or put at least a / or ? before it";
		}
		if (!m->anchored) m->scheme_n = UNKNOWN_SCHEME;
		break;
	case MARKUP_ORDINARY: break;
	}
	return NULL;
}

const char *markup_field(struct markup *m, enum view_kind kind)
{
	switch (m->place) {
	case MARKUP_TEXT:
	case MARKUP_PLAIN:
		if (kind == VIEW_URL) return "an address may only stand in an attribute's quotes";
		if (kind == VIEW_HTML && m->place == MARKUP_PLAIN) return "a field of markup may not stand in title or textarea";
		if (m->matched > 0) return "inside title and textarea, < may only begin their end tag";
		return NULL;
	case MARKUP_DOUBLE:
	case MARKUP_SINGLE: return field_in_value(m, kind);
	case MARKUP_LT:
	case MARKUP_TAG_NAME: return "no field may stand in a tag's name";
	case MARKUP_BEFORE_NAME:
	case MARKUP_NAME:
	case MARKUP_AFTER_NAME:
	case MARKUP_AFTER_VALUE:
	case MARKUP_EITHER: return "no field may stand in an attribute's name";
	case MARKUP_BEFORE_VALUE:
	case MARKUP_UNQUOTED: return "a field in an attribute needs quotes around it";
	case MARKUP_BANG:
	case MARKUP_DECLARATION:
	case MARKUP_COMMENT: return "no field may stand in a comment or declaration of HTML";
	case MARKUP_RAW: return "no field may stand in script, style or iframe";
	}
	MUST(!"a place that is not known");
	return NULL;
}

static bool inside_tag(enum markup_place place)
{
	return (place >= MARKUP_TAG_NAME && place <= MARKUP_AFTER_NAME) || place == MARKUP_AFTER_VALUE || place == MARKUP_EITHER;
}

static bool same(const char *a, uint8_t a_n, const char *b, uint8_t b_n, size_t size)
{
	return a_n == b_n && memcmp(a, b, a_n < size ? a_n : size) == 0 && a_n <= size;
}
#define SAME(a, b, which) same((a)->which, (a)->which##_n, (b)->which, (b)->which##_n, sizeof (a)->which)

static bool join_values(struct markup *m, const struct markup *end)
{
	if (!SAME(m, end, name)) return false;
	if (!SAME(m, end, scheme)) m->scheme_n = UNKNOWN_SCHEME;
	m->spoiled = m->spoiled || end->spoiled;
	m->anchored = m->anchored && end->anchored;
	return true;
}

/* Between attributes, or behind a name that may still get a value. A space behind a name counts as between: then no = may follow. */
static bool join_in_tag(struct markup *m, const struct markup *end, bool repeats)
{
	enum markup_place from = m->place == MARKUP_AFTER_NAME ? MARKUP_BEFORE_NAME : m->place;
	enum markup_place to = end->place == MARKUP_AFTER_NAME ? MARKUP_BEFORE_NAME : end->place;
	bool names = from == MARKUP_NAME || to == MARKUP_NAME;
	bool equal = from == to && (!names || SAME(m, end, name));
	/* Shown twice, a name left open would run into the section's own beginning, and one begun before it would be there only once. */
	if (repeats && names && !equal) return false;
	enter(m, equal ? from : MARKUP_EITHER);
	if (m->place == MARKUP_NAME) m->name_n = end->name_n;
	return true;
}

bool markup_join(struct markup *m, const struct markup *end, bool repeats)
{
	if (m->place == MARKUP_TEXT && end->place == MARKUP_TEXT) return true;
	if (m->end_tag != end->end_tag || !SAME(m, end, tag)) return false;
	if (inside_tag(m->place) && inside_tag(end->place)) return join_in_tag(m, end, repeats);
	if (m->place != end->place) return false;
	switch (m->place) {
	case MARKUP_DOUBLE:
	case MARKUP_SINGLE:
	case MARKUP_UNQUOTED:
	case MARKUP_BEFORE_VALUE: return join_values(m, end);
	case MARKUP_RAW:
	case MARKUP_PLAIN: return m->matched == end->matched;
	case MARKUP_COMMENT:
	case MARKUP_DECLARATION: return m->dashes == end->dashes;
	default: return false;
	}
}

const char *markup_unfinished(const struct markup *m)
{
	switch (m->place) {
	case MARKUP_TEXT: return NULL;
	case MARKUP_COMMENT: return "inside a comment of HTML";
	case MARKUP_RAW:
	case MARKUP_PLAIN: return "inside an element that is not closed";
	case MARKUP_DOUBLE:
	case MARKUP_SINGLE: return "inside an attribute's quotes";
	default: return "inside a tag";
	}
}
