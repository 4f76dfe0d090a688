/* meter: what one thread of the server counts. Only its thread writes it; whoever asks for figures adds up those of all threads. Requests are
 * counted under the label that the application gave them in admit; 0 is for those it never named. */
#ifndef HTTP_METER_H
#define HTTP_METER_H

#include "base/metric.h"

struct meter_series {
	metric by_class[6]; /* [2] is 2xx */
	struct metric_histogram took;
};

struct meter {
	_Alignas(METRIC_ALIGN) metric requests, connections, cut; /* cut: off, to make room */
	metric at_hand;                 /* listeners: answered from their shelf */
	struct metric_histogram waited; /* workers: in the queue */
	size_t labels;
	struct meter_series *series;    /* listeners: from the head read to the answer handed over; workers: in the handler */
};

struct meter *meter_new(size_t labels);
void meter_free(struct meter *m);

static inline struct meter_series *meter_series(struct meter *m, size_t label) { return &m->series[label < m->labels ? label : 0]; }

#endif
