/* broadside: one program, many commands; its children are itself under another role. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/cli.h"
#include "base/banned.h"

static int finish(struct cx *cx, err e, const char *usage)
{
	int code = err_exit_code(e);
	if (e == INVALID && str_eq(cx->fault.field, S(CLI_USAGE))) {
		fprintf(stderr, "usage: broadside %s\n", usage);
		code = 2;
	} else if (e != OK) {
		str line = cx_fault_line(cx);
		fprintf(stderr, "broadside: " STR_FMT "\n", STR_ARG(line));
	}
	cx_end(cx);
	return fflush(stdout) == 0 ? code : 1;
}

int main(int argc, char **argv)
{
	struct cx *cx = cx_new();
	if (sodium_init() < 0) return finish(cx, cx_fail(cx, FAILED, NULL, "libsodium cannot be used here"), "");
	log_open("broadside", LOG_WARN);
	struct args args = { argv + 2, argc > 2 ? argc - 2 : 0 };
	if (argc > 1 && strcmp(argv[1], "role") == 0) return finish(cx, role_run(cx, &args), "role …");
	for (size_t i = 0; argc > 1 && i < commands_n; i++)
		if (strcmp(argv[1], commands[i].name) == 0) return finish(cx, commands[i].run(cx, &args), commands[i].usage);
	fprintf(stderr, "usage: broadside COMMAND …; `broadside help` lists the commands\n");
	cx_end(cx);
	return 2;
}
