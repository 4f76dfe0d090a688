/* serve: the web role from its listeners to its end. */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "sys/conf.h"

struct serve {
	const char *dir;         /* the site folder, absolute */
	const struct conf *conf; /* database resolved to an absolute URL */
	int *listeners;
	size_t listeners_n;
	bool sandbox;            /* enter the sandbox before the first thread starts */
	int parent;              /* the socket to the parent (sys/parent.h): told when at work; its end is the sign to finish */
};

CHECKED err serve_web(struct cx *cx, const struct serve *s);

#endif
