/* The sentences name no path and no library: whoever asks may be a stranger. What exactly went wrong is in the log. */
#define OWNS_MEMORY
#include "web/ready.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "sys/spool.h"
#include "base/banned.h"

struct ready {
	pthread_mutex_t lock;
	int64_t checked; /* monotonic; 0: never */
	const char *fault; /* NULL: none */
};

struct ready *ready_new(void)
{
	struct ready *r = calloc(1, sizeof *r);
	MUST(r != NULL && pthread_mutex_init(&r->lock, NULL) == 0);
	return r;
}

void ready_free(struct ready *r)
{
	if (!r) return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static err write_something(struct page *p)
{
	static const char bytes[4 * KIB];
	int fd;
	TRY(spool_open(p->cx, p->app->dir, &fd));
	err e = spool_write(p->cx, fd, (str){ bytes, sizeof bytes });
	close(fd);
	return e;
}

static const char *find_fault(struct page *p)
{
	struct db_writer_figures w;
	err e = db_check_schema(p->cx, p->db);
	if (e == CONFLICT) return "The database belongs to a newer version of this program.";
	if (e != OK) return "The database does not answer as it should.";
	db_writer_figures(p->app->writer, &w);
	if (w.broken) return "The disk has failed: nothing is written any more.";
	if (write_something(p) != OK) return "The disk takes no files.";
	return NULL;
}

err ready_check(struct page *p)
{
	struct ready *r = p->app->ready;
	pthread_mutex_lock(&r->lock);
	int64_t now = clock_monotonic();
	if (r->checked == 0 || now - r->checked >= SECOND) {
		const char *before = r->fault;
		r->fault = find_fault(p);
		r->checked = now;
		if (r->fault && r->fault != before) log_error(p->cx, "not ready: %s (" STR_FMT ")", r->fault, STR_ARG(p->cx->fault.sentence));
		if (!r->fault && before) log_info(p->cx, "ready again");
	}
	const char *fault = r->fault;
	pthread_mutex_unlock(&r->lock);
	return fault ? cx_fail(p->cx, BUSY, NULL, "%s", fault) : OK;
}
