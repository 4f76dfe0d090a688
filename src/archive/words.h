/* words: the words that dada pages are made of, in the languages they were seen in, and what they mean to us. All matching is of
 * ASCII letters without case; a space in a page may be a no-break space. */
#ifndef ARCHIVE_WORDS_H
#define ARCHIVE_WORDS_H

#include "base/str.h"

bool words_ascii_letter(char c);
str words_trim(str s);              /* white space off both ends, no-break spaces (U+00A0) too */
bool words_start(str s, str word);  /* s starts with word */
bool words_have(str s, str word);   /* word stands somewhere in s, in time linear in s for the short words of the tables */

/* The slug of an article type by the name that a page gives it ("Commentary", "Notícies"), or the empty str. */
str words_type_slug(str name);

/* The slug of a licence by the sentence that a page shows ("This work is in the public domain."), or the empty str when no
 * known licence is named in it. */
str words_licence_slug(str sentence);

/* BCP 47 tag of a language by its name in a title's mark ("english", "català"), or the empty str. */
str words_language(str name);

#endif
