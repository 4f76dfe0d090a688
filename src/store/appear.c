/* What is on its way, and when it arrives. */
#include "store/appear.h"

#include "sql.h"
#include "base/banned.h"

void appear_later(struct cx *cx, int64_t most, const struct who *author, enum status *status, int64_t *posted)
{
	if (most <= 0 || *status != STATUS_SHOWN || who_may(author, CAP_EDIT)) return;
	*status = STATUS_COMING;
	*posted = cx_minute(cx) + (1 + (int64_t)rnd_below(cx->rnd, (uint64_t)most)) * MINUTE;
}

err appear_due(struct cx *cx, struct db *db, bool *due)
{
	struct sql_coming_due *d;
	TRY(sql_coming_due(cx, db, cx_now(cx), &d));
	*due = d->due != 0;
	return OK;
}

err appear(struct cx *cx, struct db *db, void *unused)
{
	int64_t changed, now = cx_now(cx);
	(void)unused;
	TRY(sql_coming_counted(cx, db, now, &changed));
	TRY(sql_comments_appear(cx, db, now, &changed));
	return sql_articles_appear(cx, db, now, &changed);
}
