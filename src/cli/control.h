/* control: the socket SITE/control, by which commands of this machine ask a running server: HTTP, like everywhere, but whoever reaches it is taken
 * for an operator. The file system says who may: its owner alone. It is there whatever address the server listens on. */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include "base/cx.h"

/* *fd is -1 when another server answers there already (that one keeps it) or the file system has no sockets: the server does without then, and says
 * so in the log. Removed by control_remove. */
void control_listen(struct cx *cx, const char *dir, int *fd);
void control_remove(const char *dir);

/* NOTFOUND when no server runs on this site. */
CHECKED err control_connect(struct cx *cx, const char *dir, int *fd);

/* GET path over a connection of its own: the body of a 200. LIMIT when longer than max, FAILED with the status otherwise. */
CHECKED err control_get(struct cx *cx, const char *dir, const char *path, size_t max, str *body);

#endif
