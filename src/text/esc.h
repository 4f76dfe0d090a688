/* esc: the ways text is made safe for a language it is put into. Pure. */
#ifndef TEXT_ESC_H
#define TEXT_ESC_H

#include "base/buf.h"

/* HTML text and double- or single-quoted attribute values: & < > " ' */
void esc_html(struct buf *b, str s);
str esc_html_str(struct cx *cx, str s);

/* The same, and without the characters that no text may hold (text/chars.h); what is not UTF-8 becomes U+FFFD. */
void esc_html_kept(struct buf *b, str s);

/* One URL component (RFC 3986 2.3): everything but unreserved characters is percent-encoded. */
void esc_url(struct buf *b, str s);

/* Undoes percent-encoding, and '+' as space when plus is set (WHATWG URL 5.1). False when an escape is broken; a decoded
 * NUL is left for the caller to refuse. */
bool esc_url_undo(struct cx *cx, str s, bool plus, str *out);

/* XML 1.0 text and attributes; characters that XML cannot hold become U+FFFD. */
void esc_xml(struct buf *b, str s);
bool esc_xml_holds(uint32_t c);

#endif
