/* serve: the web role from its listeners to its end. */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "db/db.h"
#include "sys/conf.h"

struct serve {
	const char *dir;         /* the site folder, absolute */
	const struct db_reach *reach; /* of conf's database */
	const struct conf *conf; /* database resolved to an absolute URL */
	int *listeners;
	size_t listeners_n;
	bool sandbox;            /* enter the sandbox before the first thread starts */
	const char *version;     /* of this program */
	size_t control_n;        /* of the listeners, the last so many are for operators (http/server.h) */
	int parent;              /* the socket to the parent (sys/parent.h): told when at work; its end is the sign to finish */
};

/* Whether the web role could start with this site: its templates compile, its own files are good, and every query prepares. For the parent, so
 * that a fault is told once and before anything listens. */
CHECKED err serve_check(struct cx *cx, const char *dir, const struct conf *conf);

CHECKED err serve_web(struct cx *cx, const struct serve *s);

#endif
