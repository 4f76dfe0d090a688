/* Cleans the files that are named on standard input, one a line, with the real decode children, as a server does: `clean_one DECODE FOLDER`. For each
 * it prints one line of JSON, and leaves what came out in FOLDER as NUMBER-PLACE.SUFFIX. With --clean-only no sizes and stills are made, with
 * --discard nothing is left. Ends with status 1 when children are left over. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cx.h"
#include "sys/clean.h"
#include "sys/spool.h"
#include "base/banned.h"

struct options {
	const char *folder;
	bool discard;
};

static void keep(struct cx *cx, const char *path, int from)
{
	char bytes[65536];
	ssize_t n;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	while (fd >= 0 && (n = read(from, bytes, sizeof bytes)) > 0)
		if (spool_write(cx, fd, (str){ bytes, (size_t)n }) != OK) break;
	if (fd >= 0) close(fd);
}

static void show(struct cx *cx, const struct options *o, int number, const struct media_result *r)
{
	printf("{\"end\":\"ok\",\"found\":\"%s\",\"kind\":\"%s\",\"width\":%d,\"height\":%d,\"duration\":%lld,\"pages\":%d,\"removed\":\"" STR_FMT "\",\"outputs\":[",
	    media_suffix(r->found), media_suffix(r->kind), r->width, r->height, (long long)r->duration, r->pages,
	    STR_ARG(media_removed_words(cx, r->removed)));
	for (size_t i = 0; i < r->n; i++) {
		const struct media_output *p = &r->outputs[i];
		const char *path = str_c(cx, str_fmt(cx, "%s/%d-%zu.%s", o->folder, number, i, media_suffix(p->kind)));
		if (!o->discard) keep(cx, path, p->fd);
		printf("%s{\"path\":\"%s\",\"kind\":\"%s\",\"width\":%d,\"height\":%d,\"bytes\":%lld}", i ? "," : "", path, media_suffix(p->kind), p->width,
		    p->height, (long long)p->bytes);
	}
	printf("]}\n");
}

static void clean(struct cx *cx, struct clean_request *r, const struct options *o, int number, const char *path)
{
	struct media_result result;
	enum media_refusal why;
	r->input = open(path, O_RDONLY | O_CLOEXEC);
	err e = clean_file(cx, r, &result, &why);
	if (e == OK) show(cx, o, number, &result);
	else printf("{\"end\":\"%s\",\"why\":%d,\"sentence\":\"" STR_FMT "\"}\n", err_name(e), (int)why, STR_ARG(cx->fault.sentence));
	if (e == OK) clean_close(&result);
	close(r->input);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char line[4096];
	static char program[4096];
	static const char *const unlocked[] = { DECODE_NO_SANDBOX, NULL };
	if (argc < 3 || !realpath(argv[1], program)) return 2;
	struct options o = { argv[2], false };
	struct role_source from = { .parent = -1, .program = program };
	struct clean_request r = { .from = &from, .spool = argv[2], .kinds = MEDIA_ALL, .limits = media_limits_usual };
	for (int i = 3; i < argc; i++) {
		long long n = strchr(argv[i], '=') ? strtoll(strchr(argv[i], '=') + 1, NULL, 10) : 0;
		if (strcmp(argv[i], "--clean-only") == 0) r.only_clean = true;
		else if (strcmp(argv[i], "--discard") == 0) o.discard = true;
		else if (strcmp(argv[i], DECODE_NO_SANDBOX) == 0) from.args = unlocked;
		else if (strncmp(argv[i], "--pixels=", 9) == 0) r.limits.pixels = n;
		else if (strncmp(argv[i], "--duration=", 11) == 0) r.limits.duration = n;
		else if (strncmp(argv[i], "--pages=", 8) == 0) r.limits.pages = n;
		else if (strncmp(argv[i], "--bytes=", 8) == 0) r.limits.bytes = n;
		else if (strncmp(argv[i], "--patience=", 11) == 0) r.patience_ms = (int)n;
		else if (strncmp(argv[i], "--kinds=", 8) == 0) r.kinds = (uint32_t)n;
		else return 2;
	}
	struct cx *cx = cx_new();
	for (int number = 0; fgets(line, sizeof line, stdin); number++, cx_reset(cx)) {
		line[strcspn(line, "\n")] = 0;
		clean(cx, &r, &o, number, line);
	}
	cx_end(cx);
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? 0 : 1;
}
