/* Forgetting, step by step: a whole index written at once would keep every poster of a large site waiting. */
#include "store/search.h"

#include <inttypes.h>

#include "sql.h"
#include "base/banned.h"

#define ASKED S("search_forget") /* the setting that says so: "1"; "2" once the index is clean, "0" when it has also left the database's files */
#define PAGES_A_STEP 500
#define FAULTS_TOLD 100

err search_forget(struct cx *cx, struct db *db) { return sql_setting_put(cx, db, ASKED, S("1")); }

err search_forgetting(struct cx *cx, struct db *db, bool *asked)
{
	struct sql_setting_get *s;
	TRY(sql_setting_get(cx, db, ASKED, &s));
	*asked = s && str_eq(s->value, S("1"));
	return OK;
}

static err shape(struct cx *cx, struct db *db, str *out)
{
	struct sql_search_shape *s;
	TRY(sql_search_shape(cx, db, &s));
	*out = s ? s->shape : S("");
	return OK;
}

static err step(struct cx *cx, struct db *db, void *arg)
{
	struct search_merge *m = arg;
	int64_t changed;
	str before, after;
	TRY(shape(cx, db, &before));
	TRY(sql_search_merge(cx, db, m->begun ? PAGES_A_STEP : -PAGES_A_STEP, &changed));
	TRY(shape(cx, db, &after));
	/* A first step that finds nothing may have met a merge that others began: a second one goes on with it. */
	m->more = !m->begun || !str_eq(before, after);
	m->begun = m->more;
	return OK;
}

err search_merge(struct cx *cx, struct db *db, void *arg)
{
	struct search_merge *m = arg;
	bool asked;
	m->more = false;
	TRY(search_forgetting(cx, db, &asked));
	if (!asked) return m->begun = false, OK;
	TRY(step(cx, db, m));
	return m->more ? OK : sql_setting_put(cx, db, ASKED, S("2"));
}

err search_forgotten(struct cx *cx, struct db *db)
{
	struct sql_setting_get *s;
	TRY(sql_setting_get(cx, db, ASKED, &s));
	return s && str_eq(s->value, S("2")) ? sql_setting_put(cx, db, ASKED, S("0")) : OK;
}

err search_gather(struct cx *cx, struct db *db)
{
	struct search_merge m = { .more = true };
	while (m.more) TRY(db_transaction(cx, db, step, &m));
	return OK;
}

static err verify(struct cx *cx, struct db *db, void *unused)
{
	(void)unused;
	return sql_search_verify(cx, db);
}

err search_verify(struct cx *cx, struct db *db, void (*report)(void *, str), void *arg)
{
	struct sql_search_strays *strays;
	size_t n;
	TRY(sql_search_strays(cx, db, FAULTS_TOLD, &strays, &n));
	for (size_t i = 0; i < n; i++) {
		static const char *const before[] = { "the search index does not know article ", "the search index holds what is no article any more, number ",
			"the search index holds other words than article " };
		report(arg, str_fmt(cx, "%s%" PRId64, before[strays[i].fault], strays[i].id));
	}
	err e = db_transaction(cx, db, verify, NULL);
	if (e == BUSY) return e;
	if (e != OK) report(arg, S("the search index does not hold the words that the articles do"));
	if (e != OK || n) return cx_fail(cx, FAILED, NULL, "the search index has faults");
	return OK;
}
