/* Two cheap signs: a filled trap, and a form answered faster than a person reads. */
#include "rules/spam.h"

#include "base/banned.h"

enum spam_verdict spam_form(str trap, int64_t seconds, int64_t least_seconds)
{
	if (trap.n) return SPAM_TRAP;
	if (seconds >= 0 && seconds < least_seconds) return SPAM_TOO_FAST;
	return SPAM_NO;
}
