/* Bringing an archive in. */
#include "cli/cli.h"
#include "base/banned.h"

err command_import(struct cx *cx, struct args *a) { (void)a; return cx_fail(cx, FAILED, NULL, "no import"); }
