/* stamp: whether what a process read at its start is still what lies there: site.conf and the files of theme/, told by their names, sizes, inodes and times
 * of change and not by their bytes, so that looking costs next to nothing. */
#ifndef SYS_STAMP_H
#define SYS_STAMP_H

#include "base/cx.h"

/* Of the site in dir, an absolute path. What is not there counts too: its coming changes the stamp. */
uint64_t stamp_site(struct cx *cx, const char *dir);

#endif
