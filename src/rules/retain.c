/* The order of the bars is that in which they are told: what concerns the thing itself first. */
#include "rules/retain.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/banned.h"

enum retain_bar retain_bar(const struct retain_case *c)
{
	enum status looked_at = c->status == STATUS_WITHDRAWN ? c->before : c->status;
	if (c->status == STATUS_PURGED) return RETAIN_GONE;
	if (c->report) return RETAIN_REPORT;
	if (c->proposal) return RETAIN_PROPOSAL;
	if (c->letter) return RETAIN_LETTER;
	switch (looked_at) {
	case STATUS_HELD: return RETAIN_WAITING;
	case STATUS_HIDDEN:
	case STATUS_REFUSED: return RETAIN_HIDDEN;
	case STATUS_SHOWN:
	case STATUS_COMING:
	case STATUS_WITHDRAWN:
	case STATUS_PURGED: break;
	}
	return RETAIN_FREE;
}

int64_t retain_until(int64_t withdrawn, int64_t days)
{
	MUST(days >= 0 && days <= RETAIN_DAYS_MOST);
	return withdrawn + days * DAY;
}

bool retain_is_over(const struct retain_case *c, int64_t withdrawn, int64_t days, int64_t now)
{
	return c->status == STATUS_WITHDRAWN && !c->report && !c->proposal && retain_until(withdrawn, days) <= now;
}
