/* Saved pages: any bytes end in a page or a sentence, and every text that comes out is clean and lies within what went in. */
#include <string.h>

#include "archive/page.h"
#include "base/must.h"
#include "base/utf8.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean(str s)
{
	MUST(utf8_valid(s));
	MUST(s.n == 0 || memchr(s.p, 0, s.n) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	struct archived_page p;
	err e = page_parse(cx, (str){ (const char *)data, size }, &p);
	MUST(e == OK || e == INVALID || e == LIMIT);
	if (e != OK) {
		MUST(cx->fault.sentence.n > 0);
	} else {
		MUST(p.type_name.n && p.title.n && p.day);
		clean(p.title);
		clean(p.summary);
		clean(p.body);
		clean(p.by.author);
		clean(p.site_name);
		for (size_t i = 0; i < p.topics.n; i++) clean(p.topics.at[i]);
		for (size_t i = 0; i < p.see_also.n; i++) clean(p.see_also.at[i]);
		for (size_t i = 0; i < p.comments_n; i++) clean(p.comments[i].body);
		for (size_t i = 0; i < p.network_n; i++) clean(p.network[i].text);
		for (size_t i = 0; i < p.blocks_n; i++)
			for (size_t j = 0; j < p.blocks[i].stations_n; j++)
				for (size_t k = 0; k < p.blocks[i].stations[j].shows_n; k++) {
					const struct archived_show *show = &p.blocks[i].stations[j].shows[k];
					MUST(show->minute >= -1 && show->minute < 1440 && show->days < 128);
				}
	}
	cx_end(cx);
	return 0;
}
