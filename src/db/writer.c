/* Opens the connection that is written through, and counts. */
#include "base/arena.h"
#include "base/limits.h"
#include "db/engine.h"
#include "base/banned.h"

struct db_writer {
	struct arena *arena;
	struct db_group *group;
	struct db_meter meter;
};

err db_writer_start_sized(struct cx *cx, str place, size_t queue, struct db_writer **out)
{
	struct db *d;
	*out = NULL;
	TRY(db_open(cx, place, DB_WRITE, &d));
	struct arena *arena = arena_new();
	struct db_writer *w = arena_alloc(arena, sizeof *w);
	w->arena = arena;
	err e = db_group_start(cx, d, queue, &w->meter, &w->group);
	if (e != OK) return arena_free(arena), e;
	*out = w;
	return OK;
}

err db_writer_start(struct cx *cx, str place, struct db_writer **out)
{
	return db_writer_start_sized(cx, place, LIMIT_WRITE_QUEUE, out);
}

void db_writer_stop(struct db_writer *w)
{
	if (!w) return;
	db_group_stop(w->group);
	arena_free(w->arena);
}

err db_write(struct cx *cx, struct db_writer *w, err (*fn)(struct cx *, struct db *, void *), void *arg)
{
	return db_group_write(cx, w->group, fn, arg);
}

void db_writer_figures(struct db_writer *w, struct db_writer_figures *out)
{
	*out = (struct db_writer_figures){ .refused = metric_read(&w->meter.refused), .failed = metric_read(&w->meter.failed),
		.broken = metric_read(&w->meter.broken) != 0 };
	metric_gather(&out->batch, &w->meter.batch);
	metric_gather(&out->commit, &w->meter.commit);
	metric_gather(&out->waited, &w->meter.waited);
	out->queued = db_group_queued(w->group);
}
