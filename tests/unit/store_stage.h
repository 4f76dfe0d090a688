/* store_stage: a database with a site's first lists in a folder of its own, and the shortest ways to fill it. Each fails the test when the store
 * answers otherwise than expected. */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include "fixture.h"
#include "sql.h"
#include "store/comment.h"

struct stage {
	struct cx *cx;
	struct db *db;
	struct site *site;
	id type, topic, reason;
};

int stage_set_up(void **state);
int stage_tear_down(void **state);

struct article_publish stage_publish(struct stage *s, str title, str origin);
err stage_act(struct stage *s, enum act what, id number, bool comment); /* by an admin, for spam */
struct sql_row_article *stage_get(struct stage *s, id number);
id stage_comment(struct stage *s, id article, str body, err expected);

/* The last fault that was told: a copy, since what is told is there no longer than the telling. */
struct told {
	char text[200];
};
void stage_tell(void *told, str fault);

#endif
