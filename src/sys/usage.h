/* usage: what a process costs: memory and processor time, of itself and of the process that started it. Opened before the sandbox, which hides
 * /proc; read at any time after, on any thread. */
#ifndef SYS_USAGE_H
#define SYS_USAGE_H

#include <stdint.h>

struct usage {
	int self, parent; /* their statm; -1: not to be had */
};

void usage_open(struct usage *u);
void usage_close(struct usage *u);

int64_t usage_resident(int statm); /* bytes; 0 when it cannot be told */
double usage_processor(void);      /* seconds of this process */

#endif
