/* cmap: character maps (Adobe's technical note 5014; ISO 32000-1 9.7.5.4, 9.10.3), written anew from their ranges, so that nothing else of them is left. Pure. */
#ifndef DECODE_CMAP_H
#define DECODE_CMAP_H

#include "base/cx.h"

/* The map with the same ranges, under a name of ours; for a text that is no map, one without ranges. */
str cmap_rewrite(struct cx *cx, str map);

/* Whether name (without slash) is one of the maps that every reader has. */
bool cmap_is_known(str name);

/* A calculator function (ISO 32000-1 7.10.5) from its words; empty when it is none. */
str cmap_function(struct cx *cx, str program);

#endif
