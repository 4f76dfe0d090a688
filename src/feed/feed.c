/* What is the same in all formats. */
#include "feed/feed.h"

#include "feed/writers.h"
#include "text/date.h"
#include "text/esc.h"
#include "text/url.h"
#include "base/utf8.h"
#include "base/banned.h"

static const struct {
	str type;
	void (*write)(struct cx *cx, struct buf *b, const struct feed *f);
} forms[] = {
	[FEED_RSS] = { S_INIT("application/rss+xml; charset=utf-8"), feed_rss },
	[FEED_ATOM] = { S_INIT("application/atom+xml; charset=utf-8"), feed_atom },
	[FEED_JSON] = { S_INIT("application/feed+json; charset=utf-8"), feed_json },
};

str feed_type(enum feed_form form) { return forms[form].type; }

err feed_write(struct cx *cx, enum feed_form form, const struct feed *f, size_t max, str *out)
{
	struct buf b = buf_new(cx, max);
	forms[form].write(cx, &b, f);
	return buf_done(cx, &b, out);
}

str feed_time(struct cx *cx, int64_t t)
{
	struct civil c = date_civil_utc(t);
	return str_fmt(cx, "%04d-%02d-%02dT%02d:%02d:00Z", c.year, c.month, c.day, c.hour, c.minute);
}

int64_t feed_entry_updated(const struct feed_entry *e) { return e->updated ? e->updated : e->published; }

int64_t feed_updated(const struct feed *f)
{
	int64_t last = 0;
	for (size_t i = 0; i < f->entries_n; i++) {
		int64_t t = feed_entry_updated(&f->entries[i]);
		if (i == 0 || t > last) last = t;
	}
	return last;
}

/* Quotes are escaped in the sanitiser's text, so that an attribute can stand in tags alone. */
str feed_absolute(struct cx *cx, str text, str site, str page)
{
	static const str attributes[] = { S_INIT(" href=\""), S_INIT(" src=\""), S_INIT(" cite=\"") };
	struct buf b = buf_new(cx, text.n + (text.n / 6 + 1) * 6 * (site.n + page.n));
	str root = url_absolute(cx, (url){ S("/") }, site).s;
	root = str_sub(root, 0, root.n - 1);
	size_t from = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != ' ') continue;
		for (size_t k = 0; k < sizeof attributes / sizeof *attributes; k++) {
			if (!str_starts(str_sub(text, i, text.n), attributes[k])) continue;
			size_t at = i + attributes[k].n;
			str first = str_sub(text, at, 1);
			buf_str(&b, str_sub(text, from, at - from));
			from = at;
			if (str_eq(first, S("/"))) esc_html(&b, root);
			if (str_eq(first, S("#"))) esc_html(&b, page);
		}
	}
	buf_str(&b, str_sub(text, from, text.n));
	return buf_view(&b);
}

size_t feed_cost(str s)
{
	size_t cost = s.n;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == '&' || s.p[i] == '"' || s.p[i] == '\'' || s.p[i] == '\\') cost += 5; /* &quot; or \u001f */
	return cost;
}

void xml_text(struct buf *b, str s)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n;) {
		size_t start = i;
		if (esc_xml_holds(utf8_next(s, &i))) continue;
		esc_xml(b, str_sub(s, from, start - from));
		from = i;
	}
	esc_xml(b, str_sub(s, from, s.n));
}

void xml_element(struct buf *b, const char *name, str text)
{
	if (!text.n) return;
	buf_fmt(b, "<%s>", name);
	xml_text(b, text);
	buf_fmt(b, "</%s>\n", name);
}

void xml_attribute(struct buf *b, const char *name, str value)
{
	if (!value.n) return;
	buf_fmt(b, "%s=\"", name);
	xml_text(b, value);
	buf_char(b, '"');
}
