/* block: the side blocks of a site, which column each stands in, their links; and the static pages. */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "db/db.h"
#include "read/reader.h"

enum block_kind { BLOCK_TEXT, BLOCK_LINKS, BLOCK_PROMOTION, BLOCK_LATEST_COMMENTS };
enum block_place { PLACE_BAR, PLACE_LEFT, PLACE_RIGHT, PLACE_FOOTER };

#define BLOCKS_MAX 60
#define BLOCK_LINKS_MAX 1000

struct block_link {
	str text, url, detail;
	bool heading; /* a small heading over the links that follow */
};

struct block {
	id id;
	enum block_kind kind;
	enum block_place place;
	str title;
	html text;
	struct block_link *links;
	size_t links_n;
};

struct blocks {
	struct block *at;
	size_t n;
};

CHECKED err blocks_load(struct cx *cx, struct db *db, struct blocks *out);

struct block_add {
	struct reader *reader;
	enum block_kind kind;
	enum block_place place;
	int position;
	str title, text; /* text is Markdown */
	const struct block_link *links;
	size_t links_n;
	str origin;      /* empty, or where an import found it: then it is added once */
	bool again;      /* out */
};
CHECKED err block_add(struct cx *cx, struct db *db, void *arg);

struct page_put {
	struct reader *reader;
	str slug, title, body; /* body is Markdown */
};
CHECKED err page_put(struct cx *cx, struct db *db, void *arg);

#endif
