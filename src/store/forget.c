/* Counted, not flagged: what is asked for while the engine is at work is not taken for done by it. */
#include "store/forget.h"

#include "sql.h"
#include "store/search.h"
#include "base/banned.h"

#define ASKED S("forget")
#define DONE S("forgotten")

/* Every table from which erasing takes words. */
static const char *const tables[] = { "article", "article_topic", "article_text", "comment", "comment_revision", "revision", "letter", "log",
	"attachment", "file", "file_size", "upload", NULL };

err forget_ask(struct cx *cx, struct db *db, bool words)
{
	TRY(sql_setting_count(cx, db, ASKED));
	return words ? search_forget(cx, db) : OK;
}

static err read_number(struct cx *cx, struct db *db, str name, str *out)
{
	struct sql_setting_get *s;
	TRY(sql_setting_get(cx, db, name, &s));
	*out = s ? s->value : S("");
	return OK;
}

err forget_waits(struct cx *cx, struct db *db, bool *waits)
{
	str asked, done;
	TRY(read_number(cx, db, ASKED, &asked));
	TRY(read_number(cx, db, DONE, &done));
	*waits = !str_eq(asked, done);
	return OK;
}

static err put_done(struct cx *cx, struct db *db, void *arg)
{
	const str *asked = arg;
	TRY(sql_setting_put(cx, db, DONE, *asked));
	return search_forgotten(cx, db);
}

err forget_end(struct cx *cx, struct db *db)
{
	str asked;
	TRY(read_number(cx, db, ASKED, &asked));
	TRY(db_clean(cx, db, tables));
	return db_transaction(cx, db, put_done, &asked);
}
