/* links: web and mail addresses in running text, found where a person sees them: "https://", "http://" or "www."
 * where a word begins, or name@host.
 *
 * An address begins behind anything but a letter or digit (of scripts that part their words: behind a Chinese or
 * Arabic letter it may), and goes on over ASCII but white space, quotation marks and angle brackets, and over
 * letters, marks and digits of every script; any other sign of any script ends it: quotation marks, brackets,
 * bullets, dashes, ellipses, spaces; so does an ASCII bracket that closes what it did not open. Sentence marks at its
 * end are the sentence's; a final "_", "-" or "/" is its own. Pure; linear; text is valid UTF-8. For use inside text/
 * only. */
#ifndef TEXT_LINKS_H
#define TEXT_LINKS_H

#include "base/cx.h"

struct link {
	size_t start, n;
	bool mail;
};

/* The first one that starts at `from` or behind it. */
bool links_next(str text, size_t from, struct link *out);

/* Writes text escaped, and each address in it as a link to it; what url_check does not agree to stays text. */
struct buf;
void links_write(struct cx *cx, struct buf *b, str text);

/* One link: to address, with its rel, and as its text. False, and nothing written, when url_check does not agree. */
bool links_write_one(struct cx *cx, struct buf *b, str address, bool mail);

#endif
