/* One door for all that people write, so that no format can forget the sanitiser. */
#include "text/format.h"

#include "text/markdown.h"
#include "text/place.h"
#include "text/plain.h"
#include "text/sanitize.h"
#include "base/banned.h"

static const str names[] = {
	[FORMAT_PLAIN] = S_INIT("plain"),
	[FORMAT_MARKDOWN] = S_INIT("markdown"),
	[FORMAT_HTML] = S_INIT("html"),
};

bool format_parse(str word, enum format *out)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!str_eq(word, names[i])) continue;
		*out = (enum format)i;
		return true;
	}
	return false;
}

str format_name(enum format f) { return names[f]; }

err format_render(struct cx *cx, enum format f, str source, str id_prefix, html *out)
{
	const struct sanitize_options options = { .id_prefix = id_prefix, .heading_shift = 1, .drop_images = true };
	str markup = source;
	if (f != FORMAT_HTML) TRY(place_apart(cx, source, &source));
	if (f == FORMAT_PLAIN) TRY(plain_to_html(cx, source, &markup));
	if (f == FORMAT_MARKDOWN) TRY(markdown_to_html(cx, source, &markup));
	return sanitize_html(cx, markup, &options, out);
}
