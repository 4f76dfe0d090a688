/* run_jobs: the work role: what is done behind the pages: keeping anti-spam pictures drawn ahead, erasing what was withdrawn long ago, taking out what was purged,
 * has ended, or was received and never posted. */
#ifndef WORK_RUN_JOBS_H
#define WORK_RUN_JOBS_H

#include "db/db.h"
#include "sys/conf.h"

#define PICTURES_AHEAD 512 /* kept drawn in the database */
#define PICTURES_A_BATCH 32

struct run_jobs {
	const char *dir;         /* the site folder, absolute */
	const struct db_reach *reach; /* of conf's database */
	const struct conf *conf; /* database resolved */
	bool sandbox;
	int parent;              /* the socket to the parent: asked for decode children; its end is the sign to finish */
};

CHECKED err run_jobs(struct cx *cx, const struct run_jobs *w);

#endif
