/* sniff: what a file is by its first bytes, and nothing else. Pure. */
#ifndef DECODE_SNIFF_H
#define DECODE_SNIFF_H

#include "sys/media.h"

#define SNIFF_HEAD 4096 /* bytes that are looked at */

/* head: the file's first SNIFF_HEAD bytes, or all of a shorter one. MEDIA_NONE: none of the kinds, by its head; MEDIA_TEXT: text so far, the
 * rest is to be looked at. Whether an Ogg or MP4 file holds video is only known when it is opened: it comes as MEDIA_OGG or MEDIA_MP4 here (M4A
 * when it says so itself). */
enum media_kind sniff(str head);

/* Whether all of it is text: UTF-8 without control characters but tab and line ends. */
bool sniff_is_text(str whole);

/* The text without what nobody sees in it: the mark at its start, and characters that have no width and that no script needs (joiners and directions are
 * needed), by which copies can be told apart. The same text where there is nothing of the kind. */
str sniff_seen(struct cx *cx, str text);

#endif
