/* British "and" before tens and ones: it is how most people who write numbers out were taught. */
#include "web/spell.h"

#include "base/buf.h"
#include "base/must.h"
#include "base/banned.h"

static const char *const ones[] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
	"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens[] = { "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety" };

static void below_hundred(struct buf *b, int n)
{
	if (n < 20) buf_fmt(b, "%s", ones[n]);
	else buf_fmt(b, n % 10 ? "%s-%s" : "%s", tens[n / 10], ones[n % 10]);
}

static void below_thousand(struct buf *b, int n)
{
	if (n >= 100) buf_fmt(b, "%s hundred%s", ones[n / 100], n % 100 ? " and " : "");
	if (n % 100 || n == 0) below_hundred(b, n % 100);
}

str spell_number(struct cx *cx, int n)
{
	struct buf b = buf_new(cx, 200);
	MUST(n >= 0 && n <= SPELL_MOST);
	if (n >= 1000) {
		below_thousand(&b, n / 1000);
		buf_lit(&b, " thousand");
	}
	if (n >= 1000 && n % 1000) buf_str(&b, n % 1000 < 100 ? S(" and ") : S(" "));
	if (n < 1000 || n % 1000) below_thousand(&b, n % 1000);
	MUST(!b.full);
	return buf_view(&b);
}

str spell_digits(struct cx *cx, str digits)
{
	struct buf b = buf_new(cx, 16 * digits.n + 16);
	for (size_t i = 0; i < digits.n; i++) {
		MUST(digits.p[i] >= '0' && digits.p[i] <= '9');
		buf_fmt(&b, "%s%s", i ? ", " : "", ones[digits.p[i] - '0']);
	}
	MUST(!b.full);
	return buf_view(&b);
}
