/* The demo's texts are files that people edit, so the reader is strict: a slip ends the build's tests with a line number. */
#include "archive/demo.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "base/banned.h"

static const str part_mark = S_INIT("%%% ");

static str trim_lines(str s)
{
	while (s.n && s.p[0] == '\n') s = str_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == ' ')) s.n--;
	return s;
}

/* The header fields of a part, up to the blank line; *s moves behind it. */
static err read_fields(struct cx *cx, str *s, int *line, struct demo_part *part)
{
	VEC(struct demo_field) v = { 0 };
	while (s->n && !str_starts(*s, part_mark)) {
		str text = str_cut(*s, '\n', s);
		(*line)++;
		if (text.n == 0) break;
		ptrdiff_t colon = str_find_char(text, ':', 0);
		if (colon <= 0) return cx_fail(cx, INVALID, NULL, "line %d: a header field has no colon", *line);
		str value = str_trim(str_sub(text, (size_t)colon + 1, text.n));
		vec_push(cx, &v, (struct demo_field){ str_sub(text, 0, (size_t)colon), value });
	}
	part->fields = v.at;
	part->fields_n = v.n;
	return OK;
}

static void read_body(str *s, int *line, struct demo_part *part)
{
	str body = { s->p, 0 };
	while (s->n && !str_starts(*s, part_mark)) {
		(void)str_cut(*s, '\n', s);
		(*line)++;
		body.n = (size_t)(s->p - body.p);
	}
	part->body = trim_lines(body);
}

err demo_parse(struct cx *cx, str bytes, struct demo_parts *out)
{
	VEC(struct demo_part) v = { 0 };
	int line = 0;
	if (!utf8_valid(bytes) || str_find_char(bytes, '\0', 0) >= 0) return cx_fail(cx, INVALID, NULL, "is not UTF-8 text");
	for (str s = bytes; s.n;) {
		struct demo_part part = { .line = line + 1 };
		if (str_starts(s, part_mark)) {
			part.word = str_trim(str_sub(str_cut(s, '\n', &s), part_mark.n, SIZE_MAX));
			line++;
		}
		TRY(read_fields(cx, &s, &line, &part));
		read_body(&s, &line, &part);
		vec_push(cx, &v, part);
	}
	if (v.n == 0) return cx_fail(cx, INVALID, NULL, "is empty");
	*out = (struct demo_parts){ v.at, v.n };
	return OK;
}

bool demo_field_next(const struct demo_part *p, str name, size_t *i, str *value)
{
	while (*i < p->fields_n) {
		const struct demo_field *f = &p->fields[(*i)++];
		if (str_eq_ascii_ci(f->name, name)) return *value = f->value, true;
	}
	return false;
}

str demo_field(const struct demo_part *p, str name)
{
	size_t i = 0;
	str value = S("");
	(void)demo_field_next(p, name, &i, &value);
	return value;
}

err demo_when(struct cx *cx, str value, int64_t now, int64_t *out)
{
	str clock, rest, day = str_cut(value, ' ', &clock);
	str hour = str_cut(clock, ':', &rest);
	int64_t d, h, m;
	if (!str_to_int(day, 0, 20000, &d) || !str_to_int(hour, 0, 23, &h) || !str_to_int(rest, 0, 59, &m))
		return cx_fail(cx, INVALID, NULL, "\"" STR_FMT "\" is not days and a time (\"3 14:20\")", STR_ARG(value));
	*out = (now / DAY - d) * DAY + h * HOUR + m * MINUTE;
	if (*out > now) *out = now - MINUTE;
	return OK;
}

/* Every field of part is one of names, which are parted by spaces. */
static err known_fields(struct cx *cx, const struct demo_part *part, const char *names)
{
	for (size_t i = 0; i < part->fields_n; i++) {
		str name = part->fields[i].name;
		bool known = false;
		for (str rest = str_of(names), word; rest.n && !known;) {
			word = str_cut(rest, ' ', &rest);
			known = str_eq_ascii_ci(word, name);
		}
		if (!known) return cx_fail(cx, INVALID, NULL, "line %d: no field is called \"" STR_FMT "\"", part->line, STR_ARG(name));
	}
	return OK;
}

static bool yes(const struct demo_part *p, str name) { return str_eq(demo_field(p, name), S("yes")); }

static str or_else(str s, str other) { return s.n ? s : other; }

static err read_comment(struct cx *cx, const struct demo_part *p, int64_t now, struct demo_comment *c)
{
	if (!str_eq(p->word, S("comment"))) return cx_fail(cx, INVALID, NULL, "line %d: a part that is no comment", p->line);
	TRY(known_fields(cx, p, "Title Author Email Format Days-ago Hidden Hidden-note"));
	*c = (struct demo_comment){
		.title = demo_field(p, S("Title")),
		.author = demo_field(p, S("Author")),
		.email = demo_field(p, S("Email")),
		.format = or_else(demo_field(p, S("Format")), S("plain")),
		.hidden = demo_field(p, S("Hidden")),
		.note = demo_field(p, S("Hidden-note")),
		.body = p->body,
	};
	if (!p->body.n) return cx_fail(cx, INVALID, NULL, "line %d: a comment without words", p->line);
	return demo_when(cx, demo_field(p, S("Days-ago")), now, &c->posted);
}

/* The fields that may stand more than once, or hold lists. */
static err read_lists(struct cx *cx, const struct demo_part *p, struct demo_article *a)
{
	size_t i = 0;
	for (str rest = demo_field(p, S("Topics")); rest.n;) {
		str topic = str_trim(str_cut(rest, ',', &rest));
		if (a->topics_n == DEMO_TOPICS) return cx_fail(cx, INVALID, NULL, "line %d: more than %d topics", p->line, DEMO_TOPICS);
		a->topics[a->topics_n++] = topic;
	}
	for (str value; demo_field_next(p, S("See-also"), &i, &value);) {
		if (a->see_also_n == DEMO_SEE_ALSO) return cx_fail(cx, INVALID, NULL, "line %d: more than %d addresses", p->line, DEMO_SEE_ALSO);
		a->see_also[a->see_also_n++] = value;
	}
	return OK;
}

err demo_article(struct cx *cx, str bytes, int64_t now, struct demo_article *out)
{
	struct demo_parts parts;
	TRY(demo_parse(cx, bytes, &parts));
	const struct demo_part *p = &parts.at[0];
	TRY(known_fields(cx, p, "Title Summary Type Topics Region Licence Local Feature Verified Locked Author Email Format Language Days-ago "
	                        "Source Source-url Source-days-ago See-also Picture Picture-alt Picture-caption Hidden Hidden-note"));
	*out = (struct demo_article){
		.title = demo_field(p, S("Title")),
		.summary = demo_field(p, S("Summary")),
		.body = p->body,
		.type = demo_field(p, S("Type")),
		.region = demo_field(p, S("Region")),
		.licence = demo_field(p, S("Licence")),
		.local = yes(p, S("Local")),
		.feature = yes(p, S("Feature")),
		.verified = yes(p, S("Verified")),
		.locked = yes(p, S("Locked")),
		.author = demo_field(p, S("Author")),
		.email = demo_field(p, S("Email")),
		.format = or_else(demo_field(p, S("Format")), S("plain")),
		.language = or_else(demo_field(p, S("Language")), S("en")),
		.source = demo_field(p, S("Source")),
		.source_url = demo_field(p, S("Source-url")),
		.picture = demo_field(p, S("Picture")),
		.picture_alt = demo_field(p, S("Picture-alt")),
		.picture_caption = demo_field(p, S("Picture-caption")),
		.hidden = demo_field(p, S("Hidden")),
		.note = demo_field(p, S("Hidden-note")),
	};
	if (!out->title.n || !out->type.n || !out->body.n) return cx_fail(cx, INVALID, NULL, "line 1: title, type or body is missing");
	TRY(read_lists(cx, p, out));
	TRY(demo_when(cx, demo_field(p, S("Days-ago")), now, &out->posted));
	str source_day = demo_field(p, S("Source-days-ago"));
	if (source_day.n) TRY(demo_when(cx, str_fmt(cx, STR_FMT " 12:00", STR_ARG(source_day)), now, &out->source_day));
	out->comments_n = parts.n - 1;
	out->comments = cx_array_of(cx, struct demo_comment, out->comments_n);
	for (size_t i = 0; i < out->comments_n; i++) TRY(read_comment(cx, &parts.at[i + 1], now, &out->comments[i]));
	return OK;
}

bool demo_link_next(str *body, struct demo_link *out)
{
	str line = S("");
	while (body->n && !line.n) line = str_trim(str_cut(*body, '\n', body));
	if (!line.n) return false;
	*out = (struct demo_link){ 0 };
	if (str_starts(line, S("# "))) {
		out->heading = true;
		out->text = str_trim(str_sub(line, 2, line.n));
		return true;
	}
	str rest, more;
	out->text = str_trim(str_cut(line, '|', &rest));
	out->url = str_trim(str_cut(rest, '|', &more));
	out->detail = str_trim(more);
	return true;
}

bool demo_pair(str value, str *slug, str *name)
{
	ptrdiff_t at = str_find(value, S(" = "), 0);
	if (at <= 0) return false;
	*slug = str_trim(str_sub(value, 0, (size_t)at));
	*name = str_trim(str_sub(value, (size_t)at + 3, value.n));
	return slug->n && name->n;
}
