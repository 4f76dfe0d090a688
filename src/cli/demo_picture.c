/* The demo's pictures come in as anybody's do: a decode child cleans each and makes its sizes, so that a demo site holds only what the program
 * itself would keep. */
#include "archive/demo.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "store/file.h"
#include "sys/clean.h"
#include "sys/decode_msg.h"
#include "sys/role.h"
#include "sys/spool.h"
#include "base/banned.h"

static err clean(struct cx *cx, const struct site *site, str bytes, struct media_result *out)
{
	static const char *const unlocked[] = { DECODE_NO_SANDBOX, NULL };
	struct role_source decoder = { .parent = -1, .args = site->conf.sandbox_off ? unlocked : NULL };
	struct clean_request r = { .from = &decoder, .spool = site->dir, .kinds = MEDIA_ALL, .limits = media_limits_usual };
	TRY(role_program(cx, "broadside-decode", &decoder.program));
	TRY(spool_open(cx, site->dir, &r.input));
	err e = spool_write(cx, r.input, bytes);
	if (e == OK) e = clean_file(cx, &r, out, NULL);
	close(r.input);
	return e;
}

err demo_picture(struct cx *cx, struct db *db, const struct site *site, const struct demo_article *a, struct file_place *out)
{
	str name = str_fmt(cx, "pictures/" STR_FMT, STR_ARG(a->picture));
	const struct demo_file *f = demo_files;
	struct media_result cleaned;
	struct blob_store *media;
	while (f->name && !str_eq(str_of(f->name), name)) f++;
	if (!f->name) return cx_fail(cx, INVALID, NULL, "there is no picture \"" STR_FMT "\"", STR_ARG(a->picture));
	TRY(blob_store_open(cx, site->dir, site->conf.media, &media));
	*out = (struct file_place){ 0 };
	if (clean(cx, site, (str){ (const char *)f->bytes, f->n }, &cleaned) != OK) {
		fprintf(stderr, "broadside: the demo is made without " STR_FMT ": " STR_FMT "\n", STR_ARG(name), STR_ARG(cx->fault.sentence));
		cx->fault = (struct fault){ 0 };
		return OK;
	}
	struct file_in in = { .result = &cleaned };
	err e = file_put(cx, media, &in);
	if (e == OK) e = file_receive(cx, db, &in); /* nobody sweeps a site that is being made: file_look is not needed */
	clean_close(&cleaned);
	*out = (struct file_place){ .file = in.file, .media = media_group(cleaned.kind), .alt = a->picture_alt, .caption = a->picture_caption, .has_token = true };
	for (size_t i = 0; i < FILE_TOKEN; i++) out->token[i] = in.token[i];
	return e;
}
