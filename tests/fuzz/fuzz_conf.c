/* site.conf: any bytes end in settings within their bounds or in a sentence with file and line; and what `broadside config` would say of
 * them reads as the same settings again. */
#include <string.h>

#include "base/cx.h"
#include "base/must.h"
#include "base/utf8.h"
#include "sys/conf.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean(str s, size_t least, size_t most)
{
	MUST(s.n >= least && s.n <= most && utf8_valid(s));
	MUST(s.n == 0 || memchr(s.p, 0, s.n) == NULL);
	for (size_t i = 0; i < s.n; i++) MUST(s.p[i] != '\n'); /* a value is of one line, or `broadside config` could not show it */
}

static void check_conf(const struct conf *c)
{
	clean(c->title, 1, 120);
	clean(c->tagline, 0, 200);
	clean(c->url, 7, 200);
	MUST(str_starts(c->url, S("http://")) || str_starts(c->url, S("https://")));
	MUST(!str_ends(c->url, S("/")));
	clean(c->language, 2, 35);
	clean(c->listen, 1, 200);
	clean(c->database, 1, 300);
	MUST(c->workers >= 1 && c->workers <= 64 && c->connections >= 16 && c->connections <= 60000);
	MUST(c->cache_mb >= 0 && c->cache_mb <= 4096 && c->idle_seconds >= 2 && c->idle_seconds <= 600);
	MUST(c->challenge >= 0 && c->challenge <= CHALLENGE_NONE && c->wire >= 0 && c->wire <= WIRE_HELD);
	MUST(c->comments >= 0 && c->comments <= COMMENTS_CLOSED && c->sandbox_off >= 0 && c->sandbox_off <= 1);
	MUST(c->limit_posts_per_hour >= 1 && c->limit_comments_per_hour >= 1 && c->least_seconds >= 0 && c->least_seconds <= 60);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cx *cx = cx_new();
	struct conf c;
	err e = conf_read_text(cx, (str){ (const char *)data, size }, "site.conf", &c);
	MUST(e == OK || e == INVALID);
	if (e == OK) {
		check_conf(&c);
		struct buf b = buf_new(cx, 64 * 1024);
		str said;
		conf_describe(cx, &c, &b);
		MUST(buf_done(cx, &b, &said) == OK && utf8_valid(said));
	} else {
		MUST(str_starts(cx->fault.sentence, S("site.conf:")));
	}
	cx_end(cx);
	return 0;
}
