/* spam: what a form gives away about who filled it in. Pure. */
#ifndef RULES_SPAM_H
#define RULES_SPAM_H

#include "base/str.h"

enum spam_verdict { SPAM_NO, SPAM_TRAP, SPAM_TOO_FAST };

/* trap: the field no person sees; seconds: how long the form was open, negative when that is not known. */
enum spam_verdict spam_form(str trap, int64_t seconds, int64_t least_seconds);

#endif
