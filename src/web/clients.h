/* clients: which client did how much lately, under hashes (http/peer.h) that mean nothing once their key is wiped. In memory only, bounded: a newer
 * client takes the place of an older one. Thread-safe. Times are microseconds. */
#ifndef WEB_CLIENTS_H
#define WEB_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>

enum client_act {
	CLIENT_POST,
	CLIENT_COMMENT,
	CLIENT_LOGIN,
	CLIENT_FILE,    /* a file sent with a form */
	CLIENT_GUESS,   /* a wrong anti-spam number */
	CLIENT_SESSION, /* a session cookie that is nobody's */
	CLIENT_ACTS
};

struct clients;

struct clients *clients_new(void);
void clients_free(struct clients *c);

/* How long until this client may do one more of this kind: 0 is now. Counts nothing. */
int64_t clients_wait(struct clients *c, uint64_t peer, enum client_act act, int64_t now, int64_t per_hour);

/* May it do one more now? Says yes and counts it, or no. */
bool clients_allow(struct clients *c, uint64_t peer, enum client_act act, int64_t now, int64_t per_hour);

#endif
