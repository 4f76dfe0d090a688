/* lang: languages of texts, as BCP 47 tags (RFC 5646). */
#ifndef TEXT_LANG_H
#define TEXT_LANG_H

#include "base/str.h"

/* Well-formed: language, optional script, region, variants; at most 35 bytes. */
bool lang_valid(str tag);

/* "ltr" or "rtl", by the script subtag or the language. */
str lang_dir(str tag);

/* The language's own name ("Deutsch"), or the tag when we do not know it. */
str lang_name(str tag);

/* The languages offered in the publish form: tags, ended by an empty str. */
const str *lang_offered(void);

#endif
