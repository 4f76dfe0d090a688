/* decode_msg: what decode children are asked for and answer, over their socket (sys/msg). One child does one kind of thing: the first message says
 * which, and the child gets ready for that alone before it locks itself.
 *
 *   DRAW    n: int; n times a number: str of DECODE_DIGITS_LEAST to DECODE_DIGITS_MOST digits; answered by n times DRAWN, in order; any number of times
 *   DRAWN   place: int, png: str
 *
 *   CLEAN   kinds, pixels, duration, pages, bytes: int (sys/media: struct media_limits), outputs: int; with the file, a seekable descriptor that
 *           is only read. Followed by as many OUTPUT, each with the descriptor of an empty file, in the order in which they are to be filled.
 *   STILLS  the same, of a cleaned video or document: its picture. kinds holds one kind.
 *   OUTPUT  no body
 *   CLEANED a result (media_put_result)
 *   REFUSED why: int (enum media_refusal)
 *
 * CLEAN and STILLS come once, are answered once by CLEANED or REFUSED, and the child ends. Whoever closes the socket earlier ends the child at once,
 * whatever it is doing. A child that is asked anything else, or for more than it may do, ends. */
#ifndef SYS_DECODE_MSG_H
#define SYS_DECODE_MSG_H

#include "sys/role.h"

enum decode_msg {
	DECODE_MSG_DRAW = ROLE_MSG_FIRST_FREE, DECODE_MSG_DRAWN,
	DECODE_MSG_CLEAN, DECODE_MSG_STILLS, DECODE_MSG_OUTPUT, DECODE_MSG_CLEANED, DECODE_MSG_REFUSED,
};

#define DECODE_DRAW_MOST    256 /* numbers in one message */
#define DECODE_DIGITS_LEAST 4
#define DECODE_DIGITS_MOST  8
#define DECODE_WIDTH        160 /* pixels of a drawn number */
#define DECODE_HEIGHT       48
#define DECODE_PNG_MOST     4096 /* bytes of one */

/* Arguments of broadside-decode: the operator wrote [sandbox] mode = off. */
#define DECODE_NO_SANDBOX "--sandbox=off"

#endif
