/* Lines and paragraphs; addresses are text/links' business. */
#include "text/plain.h"

#include "base/buf.h"
#include "base/limits.h"
#include "text/chars.h"
#include "text/links.h"
#include "base/banned.h"

/* Cuts the next line off *rest; CRLF, CR and LF end one. */
static str next_line(str *rest)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r') n++;
	str line = str_sub(*rest, 0, n);
	if (n + 1 < rest->n && rest->p[n] == '\r' && rest->p[n + 1] == '\n') n++;
	*rest = str_sub(*rest, n + 1, rest->n);
	return line;
}

err plain_to_html(struct cx *cx, str source, html *out)
{
	struct buf b = buf_new(cx, LIMIT_HTML);
	bool open = false;
	while (source.n) {
		str line = str_trim(chars_kept(cx, next_line(&source)));
		if (chars_blank(line) == line.n) {
			if (open) buf_lit(&b, "</p>\n");
			open = false;
			continue;
		}
		buf_str(&b, open ? S("<br>\n") : S("<p>"));
		open = true;
		links_write(cx, &b, line);
	}
	if (open) buf_lit(&b, "</p>\n");
	return buf_done(cx, &b, &out->s);
}
