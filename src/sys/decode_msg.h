/* decode_msg: what decode children are asked for and answer, over their socket (sys/msg).
 *
 *   DRAW    n: int; n times a number: str of DECODE_DIGITS_LEAST to DECODE_DIGITS_MOST digits; answered by n times DRAWN, in order
 *   DRAWN   place: int, png: str
 *
 * A child that is asked anything else, or for more than it may do, ends. */
#ifndef SYS_DECODE_MSG_H
#define SYS_DECODE_MSG_H

#include "sys/role.h"

enum decode_msg { DECODE_MSG_DRAW = ROLE_MSG_FIRST_FREE, DECODE_MSG_DRAWN };

#define DECODE_DRAW_MOST    256 /* numbers in one message */
#define DECODE_DIGITS_LEAST 4
#define DECODE_DIGITS_MOST  8
#define DECODE_WIDTH        160 /* pixels of a drawn number */
#define DECODE_HEIGHT       48
#define DECODE_PNG_MOST     4096 /* bytes of one */

/* An argument of broadside-decode: the operator wrote [sandbox] mode = off. */
#define DECODE_NO_SANDBOX "--sandbox=off"

#endif
