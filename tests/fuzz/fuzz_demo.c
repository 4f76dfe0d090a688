/* Demo files: any bytes end in parts or in a sentence that names a line, and the texts lie within what went in. */
#include <string.h>

#include "archive/demo.h"
#include "base/must.h"
#include "base/utf8.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t now = INT64_C(1085000000) * SECOND;

static void within(str s, str bytes) { MUST(s.n == 0 || (s.p >= bytes.p && s.p + s.n <= bytes.p + bytes.n)); }

static void parts(struct cx *cx, str bytes)
{
	struct demo_parts p;
	err e = demo_parse(cx, bytes, &p);
	MUST(e == OK || e == INVALID || e == LIMIT);
	if (e != OK) {
		MUST(cx->fault.sentence.n > 0);
		return;
	}
	MUST(utf8_valid(bytes));
	for (size_t i = 0; i < p.n; i++) {
		const struct demo_part *part = &p.at[i];
		within(part->word, bytes);
		within(part->body, bytes);
		MUST(part->line > 0 && (i == 0 || part->line > p.at[i - 1].line));
		for (size_t j = 0; j < part->fields_n; j++) {
			within(part->fields[j].name, bytes);
			within(part->fields[j].value, bytes);
			MUST(demo_field(part, part->fields[j].name).p != NULL);
		}
		str body = part->body, slug, name;
		struct demo_link link;
		size_t lines = 0;
		while (demo_link_next(&body, &link)) MUST(lines++ <= part->body.n);
		if (demo_pair(part->word, &slug, &name)) within(slug, bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	str bytes = { (const char *)data, size };
	struct demo_article a;
	int64_t when;
	parts(cx, bytes);
	err e = demo_article(cx, bytes, now, &a);
	MUST(e == OK || e == INVALID || e == LIMIT);
	if (e == OK) MUST(a.title.n && a.body.n && a.topics_n <= DEMO_TOPICS && a.see_also_n <= DEMO_SEE_ALSO && a.posted <= now);
	else MUST(cx->fault.sentence.n > 0);
	if (demo_when(cx, bytes, now, &when) == OK) MUST(when <= now);
	cx_end(cx);
	return 0;
}
