/* gate: lets only some of the workers at once do what takes long or takes much memory. Some more wait, whoever comes then is sent away: so there are always
 * workers left for readers, half of them where there are more than a few, and one where there are two. Thread-safe. */
#ifndef WEB_GATE_H
#define WEB_GATE_H

#include <stdbool.h>

struct gate;

struct gate *gate_new(int workers, int most); /* most: at once, however many workers there are */
void gate_free(struct gate *g);

/* False: too many were waiting, or none left within so many seconds. True: gate_leave must follow. */
bool gate_enter(struct gate *g, int seconds);
void gate_leave(struct gate *g);

#endif
