/* serve: the web role from its start to its end. What needs no listener and no database is done before its turn comes: it may be a standby, which waits
 * (sys/parent.h). A standby holds little memory, and sees the database as it is when it takes over; where site.conf or the theme are no longer what it
 * has read, it ends, so that one takes its place that reads them anew. */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "db/db.h"
#include "sys/conf.h"

#define SERVE_OPERATORS 2 /* at most: the figures' listener, the control socket */
#define SERVE_LISTENERS (16 + SERVE_OPERATORS) /* at most */

struct serve {
	const char *dir;         /* the site folder, absolute */
	const struct db_reach *reach; /* of conf's database */
	const struct conf *conf; /* database resolved to an absolute URL */
	uint64_t stamp;          /* of the site, from before conf was read (sys/stamp.h) */
	void (*taken)(void *arg); /* when its turn has come */
	void *arg;
	bool sandbox;            /* enter the sandbox before the first thread starts */
	const char *version;     /* of this program */
	size_t operators_n;      /* of the listeners, the last so many are for operators (http/server.h) */
	int parent;              /* the socket to the parent (sys/parent.h): gives the listeners, is told when at work; its end is the sign to finish */
};

/* Whether the web role could start with this site: its templates compile, its own files are good, and every query prepares. For the parent, so
 * that a fault is told once and before anything listens. */
CHECKED err serve_check(struct cx *cx, const char *dir, const struct conf *conf);

CHECKED err serve_web(struct cx *cx, const struct serve *s);

#endif
