/* term: the short lists of a site: types, topics, regions, licences, reasons for hiding. Readers hold all of them in memory. */
#ifndef STORE_TERM_H
#define STORE_TERM_H

#include "db/db.h"

enum term_kind { TERM_TYPE, TERM_TOPIC, TERM_REGION, TERM_LICENCE, TERM_REASON, TERM_KINDS };

#define TERMS_MAX 2000

struct term {
	id id;
	enum term_kind kind;
	str slug, name;
	str detail; /* a licence's sentence; what a reason means */
	str url;    /* a licence's text */
};

struct terms {
	struct term *at; /* by kind, in the site's order */
	size_t n;
};

CHECKED err terms_load(struct cx *cx, struct db *db, struct terms *out);
const struct term *term_by_id(const struct terms *t, id number);             /* NULL when there is none */
const struct term *term_by_slug(const struct terms *t, enum term_kind kind, str slug);
const struct term *term_by_name(const struct terms *t, enum term_kind kind, str name); /* ASCII case aside */

struct term_put {
	enum term_kind kind;
	str slug, name, detail, url;
	int position;
	id out;
};
/* Makes it, or renames the one with this slug. For db_write; arg is struct term_put. */
CHECKED err term_put(struct cx *cx, struct db *db, void *arg);

/* What a new site starts with. */
CHECKED err terms_defaults(struct cx *cx, struct db *db, void *unused);

#endif
