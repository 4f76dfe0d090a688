/* One door for all that people write, so that no format can forget the sanitiser. */
#include "text/render.h"

#include "text/markdown.h"
#include "text/place.h"
#include "text/plain.h"
#include "text/sanitize.h"
#include "base/banned.h"

err render_html(struct cx *cx, enum format f, str source, str id_prefix, html *out)
{
	const struct sanitize_options options = { .id_prefix = id_prefix, .heading_shift = 1, .find_links = f == FORMAT_MARKDOWN, .drop_images = true };
	str markup = source;
	if (f != FORMAT_HTML) TRY(place_apart(cx, source, &source));
	if (f == FORMAT_PLAIN) return plain_to_html(cx, source, out);
	if (f == FORMAT_MARKDOWN) TRY(markdown_to_html(cx, source, &markup));
	return sanitize_html(cx, markup, &options, out);
}
