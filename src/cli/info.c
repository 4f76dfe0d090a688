/* Commands that only tell: config, routes, version, help. */
#include <microhttpd.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "sys/sandbox.h"
#include "web/routes.h"
#include "base/banned.h"

static err say(struct cx *cx, struct buf *b)
{
	str text;
	TRY(buf_done(cx, b, &text));
	return fwrite(text.p, 1, text.n, stdout) == text.n ? OK : cx_fail(cx, FAILED, NULL, "standard output is closed");
}

err command_config(struct cx *cx, struct args *a)
{
	struct site site;
	struct buf b = buf_new(cx, 64 * KIB);
	TRY(args_done(cx, a, 1, 1));
	TRY(site_open(cx, a->at[0], false, &site));
	conf_describe(cx, &site.conf, &b);
	return say(cx, &b);
}

err command_routes(struct cx *cx, struct args *a)
{
	struct buf b = buf_new(cx, 64 * KIB);
	TRY(args_done(cx, a, 0, 0));
	routes_describe(&b);
	return say(cx, &b);
}

err command_version(struct cx *cx, struct args *a)
{
	struct buf b = buf_new(cx, 4 * KIB);
	str why = { 0 };
	TRY(args_done(cx, a, 0, 0));
	buf_fmt(&b, "broadside %s\nlibmicrohttpd %s\nsqlite %s\nlibsodium %s\n", BROADSIDE_VERSION, MHD_get_version(), sqlite3_libversion(),
	    sodium_version_string());
	if (sandbox_available(cx, &why)) buf_lit(&b, "sandbox available\n");
	else buf_fmt(&b, "sandbox not available: " STR_FMT "\n", STR_ARG(why));
	return say(cx, &b);
}

err command_help(struct cx *cx, struct args *a)
{
	struct buf b = buf_new(cx, 16 * KIB);
	TRY(args_done(cx, a, 0, 1));
	for (size_t i = 0; i < commands_n; i++)
		if (a->n == 0 || strcmp(commands[i].name, a->at[0]) == 0) buf_fmt(&b, "broadside %s\n    %s\n", commands[i].usage, commands[i].does);
	if (b.n == 0) return cx_fail(cx, NOTFOUND, NULL, "there is no command %s; `broadside help` lists them", a->at[0]);
	return say(cx, &b);
}
