/* The table of commands, and how arguments are read. */
#include "cli/cli.h"

#include <string.h>

#include "base/banned.h"

const struct command commands[] = {
	{ "init", "init SITE [--title T] [--url URL] [--database URL] [--demo]", "makes a site", command_init },
	{ "serve", "serve SITE [--listen ADDR:PORT | unix:PATH]", "serves it", command_serve },
	{ "user", "user SITE add NAME [--role contributor|editor|admin] | password NAME | role NAME ROLE | disable NAME | enable NAME | list",
	    "accounts; a password comes from the terminal or standard input", command_user },
	{ "import", "import SITE [--format auto|page] [--dry-run] [--site-blocks] [--report FILE.json] [--quiet] PATH…",
	    "brings an archive in; running it again changes nothing", command_import },
	{ "check", "check SITE [--deep]", "looks for faults in database, log and settings; names each", command_check },
	{ "log", "log verify SITE", "recomputes the editorial log's chain", command_log },
	{ "config", "config SITE", "settings with their meaning", command_config },
	{ "top", "top SITE [--once] [--interval SECONDS]", "live view of a running server's figures; q quits", command_top },
	{ "bench", "bench SITE --generate N", "fills a site with N invented articles, always the same", command_bench },
	{ "routes", "routes", "the table of pages", command_routes },
	{ "migrate", "migrate FROM TO", "copies a site between SQLite and PostgreSQL, either way, and compares the two; FROM and TO are site folders or database URLs", command_migrate },
	{ "version", "version", "versions of Broadside and its libraries", command_version },
	{ "help", "help [COMMAND]", "this", command_help },
};
const size_t commands_n = sizeof commands / sizeof *commands;

static void remove_at(struct args *a, int i, int n)
{
	for (int k = i; k + n < a->n; k++) a->at[k] = a->at[k + n];
	a->n -= n;
}

str args_option(struct args *a, const char *name)
{
	size_t len = strlen(name);
	for (int i = 0; i < a->n; i++) {
		if (strncmp(a->at[i], name, len) != 0) continue;
		if (a->at[i][len] == '=') {
			str v = str_of(a->at[i] + len + 1);
			return remove_at(a, i, 1), v;
		}
		if (a->at[i][len] == 0 && i + 1 < a->n) {
			str v = str_of(a->at[i + 1]);
			return remove_at(a, i, 2), v;
		}
	}
	return (str){ 0 };
}

bool args_flag(struct args *a, const char *name)
{
	for (int i = 0; i < a->n; i++)
		if (strcmp(a->at[i], name) == 0) return remove_at(a, i, 1), true;
	return false;
}

err args_usage(struct cx *cx) { return cx_fail(cx, INVALID, CLI_USAGE, "wrong usage"); }

err args_done(struct cx *cx, const struct args *a, int least, int most)
{
	for (int i = 0; i < a->n; i++)
		if (strncmp(a->at[i], "--", 2) == 0) return args_usage(cx);
	return a->n >= least && a->n <= most ? OK : args_usage(cx);
}
