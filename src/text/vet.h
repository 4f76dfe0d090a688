/* vet: html that another process says it wrote (read/reader.h) becomes the type html only here. What passes is in the
 * very form that text/sanitize writes: elements, attributes and values of the allow-list, everything quoted and
 * escaped, each element closed in turn and standing where a browser's parser leaves it (text/nesting), ids under the
 * given prefix, links with their rel, pictures of this site alone. So whoever has taken over the process that parses
 * strangers' markup can change words, but cannot make a page that runs, loads or reaches out of its place. A scanner
 * of one small grammar, linear, without recursion; pure. */
#ifndef TEXT_VET_H
#define TEXT_VET_H

#include "base/cx.h"

/* source must live as long as out. INVALID, with a sentence for the log, on any other bytes. */
CHECKED err vet_html(struct cx *cx, str source, str id_prefix, html *out);

/* For html that we stored ourselves after vetting it: takes the type back without work. */
html html_trusted(str stored);

#endif
