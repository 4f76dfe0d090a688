/* Memory of its own for each thread, so that counting moves no cache line between cores. */
#define OWNS_MEMORY
#include "http/meter.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/banned.h"

static void *aligned(size_t n)
{
	n = (n + METRIC_ALIGN - 1) / METRIC_ALIGN * METRIC_ALIGN;
	void *p = aligned_alloc(METRIC_ALIGN, n);
	MUST(p != NULL);
	memset(p, 0, n);
	return p;
}

struct meter *meter_new(size_t labels)
{
	struct meter *m = aligned(sizeof *m);
	m->labels = labels ? labels : 1;
	m->series = aligned(m->labels * sizeof *m->series);
	return m;
}

void meter_free(struct meter *m)
{
	if (!m) return;
	free(m->series);
	free(m);
}
