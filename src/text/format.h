/* format: the three formats of the publish form. */
#ifndef TEXT_FORMAT_H
#define TEXT_FORMAT_H

#include "base/cx.h"

enum format { FORMAT_PLAIN, FORMAT_MARKDOWN, FORMAT_HTML };

/* "plain", "markdown", "html"; false on any other word. */
bool format_parse(str word, enum format *out);
str format_name(enum format f);

#endif
