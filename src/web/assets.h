/* assets: the style sheet, the icon, the logo and the podcast's cover of the site: its own in theme/ (style.css, icon.svg, logo.svg or logo.png, cover.png) before the built-in ones;
 * there is no built-in logo, and the script is always the built-in one. Read once, at the start, whole, bounded and checked: what asks another site for anything, or is not what its name
 * says, stops the start with a sentence. Under its address, which carries a hash of its bytes, a file never changes. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include "base/cx.h"

enum asset { ASSET_STYLE, ASSET_ICON, ASSET_LOGO, ASSET_SCRIPT, ASSET_COVER, ASSETS };

struct asset_file {
	str bytes; /* empty: there is none */
	str type;  /* Content-Type */
	str mark;  /* hash, in hexadecimal */
	url address;
};

struct assets {
	struct asset_file at[ASSETS];
};

/* dir: the site's theme folder; it need not exist. Everything lives in cx. INVALID, LIMIT, DENIED or FAILED with the path and why. */
CHECKED err assets_read(struct cx *cx, const char *dir, struct assets *out);

/* Whether a style sheet asks somebody else for something: @import, or url() of anything but a path on this site or data:. */
bool assets_asks_elsewhere(str css);

#endif
