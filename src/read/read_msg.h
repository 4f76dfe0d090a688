/* read_msg: what broadside-read is asked and answers, over its socket (sys/msg). It says HELLO when it has locked
 * itself; then it is asked and answers in turn, READ_TEXTS_MOST times at most. A text longer than one message goes on
 * in PARTs.
 *
 *   HELLO      no body
 *   RENDER     format: int, id_prefix: str, then a text
 *   RENDERED   a text: html as text/vet wants it
 *   REFUSED    why: int (enum read_refusal)
 *   PART       the next piece of a text: str
 *
 * A text is its length: int, and its first piece: str. Every piece but the last is READ_PIECE bytes long, so that
 * nobody can hand one over drop by drop. */
#ifndef READ_READ_MSG_H
#define READ_READ_MSG_H

#include "sys/msg.h"
#include "sys/role.h"

enum read_msg { READ_MSG_HELLO = ROLE_MSG_FIRST_FREE, READ_MSG_RENDER, READ_MSG_RENDERED, READ_MSG_REFUSED, READ_MSG_PART };

/* Why a text was refused by who read it to its end. */
enum read_refusal { READ_REFUSED_DENSE = 1 /* nested, or marked up, as no text is; or it would become too long */, READ_REFUSED_LAST = READ_REFUSED_DENSE };

#define READ_PIECE (32L * 1024)
#define READ_TEXTS_MOST 1000 /* whoever has taken over a child keeps it for so long at most */
#define READ_PREFIX_MOST 32  /* bytes of an id_prefix */

/* Arguments of broadside-read: the operator wrote [sandbox] mode = off. */
#define READ_NO_SANDBOX "--sandbox=off"

#define READ_NEVER INT64_MAX /* as a deadline: there is none */

/* Sends a message of this type: what is in head (which may be empty), then text. until: the monotonic time by which
 * all of it must be taken; BUSY then. */
CHECKED err read_send(struct cx *cx, int socket, enum read_msg type, str head, str text, int64_t until);

/* The rest of a message whose own fields were taken: its text, of at most `most` bytes, all of it by `until`. */
CHECKED err read_take(struct cx *cx, int socket, struct msg *m, size_t most, int64_t until, str *out);

/* Milliseconds until then: -1 for READ_NEVER, 0 when it is past. */
int read_left(int64_t until);

#endif
