/* The invented content that a new site may start with: the files of demo/, put into the store. */
#include "cli/cli.h"
#include "base/banned.h"

err demo_fill(struct cx *cx, struct db *db, void *unused)
{
	(void)db, (void)unused;
	return cx_fail(cx, FAILED, NULL, "no demo");
}
