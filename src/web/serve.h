/* serve: the web role from its listeners to its end. */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "sys/conf.h"

struct serve {
	const char *dir;         /* the site folder, absolute */
	const struct conf *conf; /* database resolved to an absolute URL */
	int *listeners;
	size_t listeners_n;
	bool sandbox;            /* enter the sandbox once everything is open */
	int stop_fd;             /* readable: finish what is in flight and return */
	void (*ready)(void *);   /* called once connections are accepted */
	void *ready_arg;
};

CHECKED err serve_web(struct cx *cx, const struct serve *s);

#endif
