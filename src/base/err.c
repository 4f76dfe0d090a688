/* One table maps an err to its name, its HTTP status and its exit code, so the three never drift apart. */
#include "base/err.h"

#include "base/must.h"
#include "base/banned.h"

static const struct {
	const char *name;
	int http, exit;
} table[] = {
	[OK] = { "ok", 200, 0 },
	[INVALID] = { "invalid", 422, 1 },
	[DENIED] = { "denied", 403, 1 },
	[NOTFOUND] = { "notfound", 404, 1 },
	[CONFLICT] = { "conflict", 409, 1 },
	[LIMIT] = { "limit", 413, 1 },
	[BUSY] = { "busy", 503, 1 },
	[FAILED] = { "failed", 500, 1 },
};

static int checked(err e)
{
	MUST(e >= OK && e <= FAILED);
	return (int)e;
}

const char *err_name(err e) { return table[checked(e)].name; }
int err_http_status(err e) { return table[checked(e)].http; }
int err_exit_code(err e) { return table[checked(e)].exit; }
