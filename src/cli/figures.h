/* figures: what a running server says of itself on /metrics, read, compared with what it said before, and laid out as text. */
#ifndef CLI_FIGURES_H
#define CLI_FIGURES_H

#include "base/buf.h"
#include "base/metric.h"

struct figures {
	struct cx *cx; /* owns all of it */
	int64_t at;    /* monotonic */
	struct metric_line *lines;
	size_t n;
};

/* Asks the server of this site. The caller ends out->cx, on success alone; the sentence of a failure is in cx. */
CHECKED err figures_ask(struct cx *cx, const char *dir, struct figures *out);
CHECKED err figures_read(struct cx *cx, str text, struct figures *out);

/* Lays them out: at most rows lines of at most columns characters, each with its line end, in ASCII but for the site's name. Rates are since before; with
 * before NULL, or of a server that has started anew since, they are since the server's start. */
void figures_show(const struct figures *now, const struct figures *before, const char *site, int columns, int rows, struct buf *out);

#endif
