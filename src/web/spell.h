/* spell: numbers in English words, as they are read aloud. Pure but for the arena. */
#ifndef WEB_SPELL_H
#define WEB_SPELL_H

#include "base/cx.h"

#define SPELL_MOST 999999

/* "forty-eight thousand three hundred and seventeen"; 0 to SPELL_MOST. */
str spell_number(struct cx *cx, int n);

/* "four, eight, three, one, seven": each digit by itself. */
str spell_digits(struct cx *cx, str digits);

#endif
