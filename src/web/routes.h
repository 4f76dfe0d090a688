/* routes: every page of the site is a row here, with all that is required of a request for it. The guard, `broadside routes` and the tests that
 * walk the table read the same rows. */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "rules/who.h"
#include "web/clients.h"
#include "web/page.h"

enum route_cache {
	ROUTE_CACHED,    /* the same for everybody who is not logged in: may be kept in the page cache */
	ROUTE_PRIVATE,   /* never kept anywhere */
	ROUTE_IMMUTABLE, /* its address changes with its content */
	ROUTE_FILE,      /* a file, whose handler says for how long it may be kept; the page cache takes none */
	ROUTE_BARE,      /* for operators' programs: never kept, and answered even while the database is away */
};

#define COUNTS_NOTHING CLIENT_ACTS

struct route {
	enum method method; /* METHOD_GET also answers HEAD */
	const char *path;   /* "/article/{id}/{slug}": segments in braces are {id} {slug} {key} {name} {year} {month} {feed} */
	enum capability capability;
	bool token;         /* a session form: needs its CSRF token */
	enum client_act counts; /* what one success counts as (web/clients.h), or COUNTS_NOTHING */
	int64_t body;       /* most bytes of a request body */
	enum route_cache cache;
	err (*handle)(struct page *p);
	bool files;         /* takes files, as the settings allow, beside body */
	bool proves_itself; /* a form whose handler sees to it that no other site sent it */
};

extern const struct route routes[];
extern const size_t routes_n;

/* Finds the row. NULL with *other_methods false: no such address; NULL with it true: the address has other methods, listed in allow for Allow. */
const struct route *route_find(enum method m, str path, struct page *p, bool *other_methods, char allow[64]);

/* What a route's figures are kept under: 1 to routes_n. */
unsigned route_label(const struct route *r);

/* The table as text, for `broadside routes`: method, path, capability, token, body, and what else a row says of its form. */
void routes_describe(struct buf *out);

#endif
