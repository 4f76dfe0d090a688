/* typeface: typefaces that a document brings along, without what their makers and the programs that cut them wrote beside the letters: names, notices,
 * dates, comments, tables of others. Letters and their names stay as they are. Each answers the new file in the arena, empty when the old one
 * cannot be followed. Cleaned twice is cleaned once. Pure. */
#ifndef DECODE_TYPEFACE_H
#define DECODE_TYPEFACE_H

#include "base/cx.h"

/* TrueType and OpenType: the tables that a document's reader needs (ISO 32000-1 9.9), without dates. */
str typeface_sfnt(struct cx *cx, str file);

/* Adobe's technical note 5176: strings that are no letter's name are blanked where they stand. */
str typeface_cff(struct cx *cx, str file);

/* Type 1: comments, strings and names of the clear part and of the coded one; *parts: the lengths of the clear part, the coded one, and what ends it. */
str typeface_type1(struct cx *cx, str file, size_t parts[3]);

#endif
