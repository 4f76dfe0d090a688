/* page_lines: a page as lines, shared by the halves of the page parser (page.c, page_blocks.c) and by nobody else. */
#ifndef ARCHIVE_PAGE_LINES_H
#define ARCHIVE_PAGE_LINES_H

#include "archive/page.h"

struct lines {
	str text;  /* the whole page */
	str *raw;  /* without their line ends */
	str *at;   /* the same, trimmed */
	size_t n;
};

static inline bool lines_blank(const struct lines *l, size_t i) { return i >= l->n || l->at[i].n == 0; }

/* The first line from i on (before end) that is not blank, or end. */
static inline size_t lines_next(const struct lines *l, size_t i, size_t end)
{
	while (i < end && l->at[i].n == 0) i++;
	return i;
}

bool lines_is_address(str line); /* a web address and nothing else */
bool lines_is_tool_bar(str line);

/* Reads lines [0, end) into site_name, site_url, network and blocks. end is the tool bar, or the type line. */
void page_read_furniture(struct cx *cx, const struct lines *l, size_t end, struct archived_page *out);

#endif
