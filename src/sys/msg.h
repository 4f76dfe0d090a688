/* msg: typed, bounded messages between parent and children over a SOCK_SEQPACKET socket: one packet is one message, {u32 type, u32
 * length, bytes}, with at most one descriptor. Fields are put and taken by kind, and a message must be consumed exactly; no struct crosses raw.
 * What a decode child sends is treated as hostile: msg_recv checks every length. */
#ifndef SYS_MSG_H
#define SYS_MSG_H

#include "base/buf.h"

#define MSG_MAX (64 * 1024)

struct msg {
	uint32_t type;
	str body;
	size_t at; /* how much of the body has been taken */
	int fd;    /* passed along, or -1; the receiver owns it */
};

void msg_put_int(struct buf *b, int64_t v);
void msg_put_str(struct buf *b, str s);
CHECKED err msg_take_int(struct cx *cx, struct msg *m, int64_t *out); /* INVALID when there is none */
CHECKED err msg_take_str(struct cx *cx, struct msg *m, str *out);
CHECKED err msg_end(struct cx *cx, const struct msg *m);              /* INVALID when something is left */

CHECKED err msg_send(struct cx *cx, int socket, uint32_t type, str body, int fd);
/* Waits for a message and gives its type, without taking it. NOTFOUND: the other side is gone. */
CHECKED err msg_peek_type(struct cx *cx, int socket, uint32_t *type);

/* NOTFOUND: the other side is gone; BUSY: nothing within timeout_ms (-1 waits for ever). */
CHECKED err msg_recv(struct cx *cx, int socket, int timeout_ms, struct msg *out);

#endif
