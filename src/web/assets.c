/* A site's look is its operators' own, so what is checked here is not whether it is good but whether it keeps the site's promise to its readers: that
 * no page of it tells anybody else that they were there. The Content-Security-Policy would hold too, but silently. */
#include "web/assets.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "sys/spool.h"
#include "text/url.h"
#include "view/theme.h"
#include "base/banned.h"

static const struct candidate {
	enum asset asset;
	const char *file, *address;
	str type;
} candidates[] = {
	{ ASSET_STYLE, "style.css", "/style.css", S_INIT("text/css; charset=utf-8") },
	{ ASSET_ICON, "icon.svg", "/icon.svg", S_INIT("image/svg+xml") },
	{ ASSET_LOGO, "logo.svg", "/logo", S_INIT("image/svg+xml") },
	{ ASSET_LOGO, "logo.png", "/logo", S_INIT("image/png") },
	{ ASSET_COVER, "cover.png", "/cover.png", S_INIT("image/png") },
	{ ASSET_SCRIPT, "form.js", "/form.js", S_INIT("text/javascript; charset=utf-8") },
};

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/* Where, after the white space and quotes behind "url(", does it lead? Lower case. */
static bool leads_elsewhere(str address)
{
	while (address.n && (is_space(address.p[0]) || address.p[0] == '"' || address.p[0] == '\'')) address = str_sub(address, 1, address.n);
	if (str_starts(address, S("//")) || str_find_char(str_sub(address, 0, 40), '\\', 0) >= 0) return true;
	for (size_t i = 0; i < address.n; i++) {
		char c = address.p[i];
		if (c == ':') return !str_starts(address, S("data:"));
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return false;
	}
	return false;
}

bool assets_asks_elsewhere(str css)
{
	static const str calls[] = { S_INIT("url("), S_INIT("src("), S_INIT("image("), S_INIT("image-set(") };
	if (str_find(css, S("@import"), 0) >= 0) return true;
	for (size_t k = 0; k < sizeof calls / sizeof *calls; k++)
		for (ptrdiff_t at = 0; (at = str_find(css, calls[k], (size_t)at)) >= 0; at++)
			if (leads_elsewhere(str_sub(css, (size_t)at + calls[k].n, css.n))) return true;
	return false;
}

static err check(struct cx *cx, const struct candidate *c, const char *path, str bytes)
{
	bool png = str_ends(c->type, S("png"));
	if (bytes.n == 0) return cx_fail(cx, INVALID, NULL, "%s: is empty", path);
	if (png) return str_starts(bytes, S("\x89PNG\r\n\x1a\n")) ? OK : cx_fail(cx, INVALID, NULL, "%s: is not a PNG", path);
	if (!utf8_valid(bytes) || memchr(bytes.p, 0, bytes.n)) return cx_fail(cx, INVALID, NULL, "%s: is not text in UTF-8", path);
	str lower = str_lower_ascii(cx, bytes);
	if (c->asset == ASSET_STYLE && assets_asks_elsewhere(lower))
		return cx_fail(cx, INVALID, NULL, "%s: asks another site for something (@import, or url() of another site); put it into the theme itself", path);
	if (c->asset != ASSET_STYLE && str_find(lower, S("<svg"), 0) < 0) return cx_fail(cx, INVALID, NULL, "%s: is not an SVG", path);
	if (c->asset != ASSET_STYLE && str_find(lower, S("<script"), 0) >= 0) return cx_fail(cx, INVALID, NULL, "%s: holds a script", path);
	return OK;
}

/* The built-in sheet is written to be read; what only readers of the source need is not sent: comments, indentation, blanks beside braces and behind colons, semicolons
 * and commas. No string in it holds any of these. */
static str squeeze(struct cx *cx, str css)
{
	struct buf b = buf_new(cx, css.n + 1);
	for (size_t i = 0; i < css.n; i++) {
		ptrdiff_t end = str_starts(str_sub(css, i, 2), S("/*")) ? str_find(css, S("*/"), i) : -1;
		char c = css.p[i], before = b.n ? b.p[b.n - 1] : '\n', after = i + 1 < css.n ? css.p[i + 1] : 0;
		bool needless = c == '\t' || (c == '\n' && before == '\n') || (c == ' ' && (strchr("{:;,", before) || strchr("{}", after)));
		if (end >= 0) i = (size_t)end + 1;
		else if (!needless) buf_char(&b, c);
	}
	MUST(!b.full);
	return buf_view(&b);
}

static void keep(struct cx *cx, const struct candidate *c, str bytes, struct asset_file *out)
{
	unsigned char hash[crypto_generichash_BYTES];
	crypto_generichash(hash, sizeof hash, (const unsigned char *)bytes.p, bytes.n, NULL, 0);
	str mark = str_hex(cx, hash, 8);
	*out = (struct asset_file){ bytes, c->type, mark, url_path(cx, "%s?v=" STR_FMT, c->address, STR_ARG(mark)) };
}

err assets_read(struct cx *cx, const char *dir, struct assets *out)
{
	*out = (struct assets){ 0 };
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		const struct candidate *c = &candidates[i];
		const char *path = str_c(cx, str_fmt(cx, "%s/%s", dir, c->file));
		str bytes;
		if (out->at[c->asset].bytes.n) continue;
		err e = c->asset == ASSET_SCRIPT ? NOTFOUND : spool_read_file(cx, path, LIMIT_ASSET, &bytes);
		if (e == OK) TRY(check(cx, c, path, bytes));
		else if (e != NOTFOUND) return e;
		else if (!theme_file(str_of(c->file), &bytes)) continue;
		else if (c->asset == ASSET_STYLE) bytes = squeeze(cx, bytes);
		keep(cx, c, bytes, &out->at[c->asset]);
	}
	cx->fault = (struct fault){ 0 };
	MUST(out->at[ASSET_STYLE].bytes.n && out->at[ASSET_ICON].bytes.n);
	return OK;
}
